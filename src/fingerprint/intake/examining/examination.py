"""All that is wrong with a file or folder, and what can be read in spite of it.

What is read here is for a description only: cells at fault count as not measured. No command may
go on with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from fingerprint.errors import InputError
from fingerprint.intake.examining.grains import Grains, examine_assay
from fingerprint.intake.files.formats import open_table
from fingerprint.intake.files.raw import Progress, RawTable
from fingerprint.intake.laboratory.recognition import PLAIN, open_for_description
from fingerprint.intake.problems import Collecting, Faults, ProblemList
from fingerprint.intake.reading import refuse_without_tables, tables_in
from fingerprint.intake.side_tables import ages_in, facts_in, mineralogy_in
from fingerprint.tables import Assay, SampleSet
from fingerprint.tables.arrays import Bools
from fingerprint.tables.reference_materials import is_standard, role_faults
from fingerprint.tables.samples import ONE_A_SAMPLE, clashes, two_facts

_Table = TypeVar("_Table")


@dataclass(frozen=True, eq=False)
class ExaminedTable:
    """One file of a folder, or the file itself.

    Parameters
    ----------
    raw
        The file.
    faults
        To whom what is wrong with it is reported.
    """

    raw: RawTable
    faults: Collecting


@dataclass(frozen=True, eq=False)
class Examination:
    """What was found.

    Parameters
    ----------
    tables
        The tables that could be opened, by name: ``assay`` and any of the others.
    problems
        What is wrong with them.
    grains
        Of samples, not of reference materials; None if no grain could be read.
    samples
        The samples as far as they could be read; None if none could.
    profile
        Name of the profile that the assay was read by; ``plain``: the public format.
    """

    tables: dict[str, ExaminedTable]
    problems: ProblemList
    grains: Grains | None
    samples: SampleSet | None
    profile: str


def examine(
    path: Path | str, profile: str | None = None, progress: Progress | None = None
) -> Examination:
    """Find all that is wrong with a table of samples.

    Parameters
    ----------
    path
        An assay file, of the public format or a laboratory's; or a folder with any of ``assay.*``,
        ``mineralogy.*`` and ``ages.*``, and perhaps ``samples.*``.
    profile
        How to read the assay, as in `open_recognised`; None: as its header says.
    progress
        Called now and then with bytes done and bytes in all of the assay.

    Raises
    ------
    InputError
        If there is no such file, or the profile cannot be read.
    """
    path = Path(path)
    files = tables_in(path) if path.is_dir() else {"assay": path}
    refuse_without_tables(files, path)
    return _Examiner(files, ProblemList(), profile).examine(progress)


class _Examiner:
    """Goes through the files of one set of samples."""

    def __init__(self, files: dict[str, Path], problems: ProblemList, profile: str | None) -> None:
        self.files = files
        self.problems = problems
        self.profile = profile
        self.tables: dict[str, ExaminedTable] = {}
        self.read_by = PLAIN

    def examine(self, progress: Progress | None) -> Examination:
        assay = self._opened("assay", self._recognised) if "assay" in self.files else None
        grains = None if assay is None else examine_assay(assay.raw, assay.faults, progress)
        if grains is not None and assay is not None:
            grains = _with_roles(grains, assay.faults)
        samples = None if grains is None and "assay" in self.files else self._joined(grains)
        of_samples = None if grains is None or samples is None else _of_samples(grains)
        return Examination(self.tables, self.problems, of_samples, samples, self.read_by)

    def _joined(self, grains: Grains | None) -> SampleSet | None:
        """Join the tables, as far as each could be read."""
        mineralogy = self._read("mineralogy", mineralogy_in)
        ages = self._read("ages", ages_in)
        facts = self._read("samples", facts_in)
        assay = None if grains is None else _one_of_a_kind(grains, self.tables["assay"].faults)
        try:
            if facts is not None:
                bare = SampleSet.from_tables(assay, mineralogy, ages)
                facts = self._agreeing(bare, facts)
            return SampleSet.from_tables(assay, mineralogy, ages, facts)
        except InputError as error:
            # Only tables without any sample are refused after all this.
            next(iter(self.tables.values())).faults.add(error)
            return None

    def _recognised(self, path: Path) -> RawTable:
        found = open_for_description(path, self.profile)
        self.read_by = found.profile
        for fault in found.faults:
            Collecting(_as_placed, self.problems).add(fault)
        return found.table

    def _opened(self, name: str, open_file: Callable[[Path], RawTable]) -> ExaminedTable | None:
        path = self.files[name]
        try:
            raw = open_file(path)
        except InputError as error:
            if not path.exists() or error.file is None or Path(error.file) != path:
                raise
            Collecting(_as_placed, self.problems).add(error)
            return None
        table = ExaminedTable(raw, Collecting(raw.place, self.problems))
        self.tables[name] = table
        for note in raw.notes:
            table.faults.note(note, "note")
        return table

    def _read(self, name: str, read: Callable[[RawTable, Faults], _Table]) -> _Table | None:
        table = self._opened(name, open_table) if name in self.files else None
        if table is None:
            return None
        try:
            return read(table.raw, table.faults)
        except InputError as error:
            table.faults.add(error)
            return None

    def _agreeing(self, samples: SampleSet, facts: pd.DataFrame) -> pd.DataFrame:
        """Leave out what the assay says otherwise."""
        agreeing = facts.copy()
        rows = dict(zip(facts["sample"], facts.index, strict=True))
        for sample, error in clashes(samples.facts, facts):
            self.tables["samples"].faults.add(replace(error, row=int(rows[sample])))
            agreeing.loc[rows[sample], error.column] = ""
        return agreeing


def _as_placed(error: InputError) -> InputError:
    return error


def _with_roles(grains: Grains, faults: Collecting) -> Grains:
    """Report and leave out rows that are neither a grain nor a known reference material."""
    wrong = np.zeros(grains.assay.n_grains, dtype=bool)
    for error in role_faults(grains.assay):
        if error.row is not None:
            wrong[error.row] = True
            faults.add(replace(error, row=int(grains.rows[error.row])))
    return grains if wrong.all() else _taken(grains, ~wrong)


def _of_samples(grains: Grains) -> Grains:
    return _taken(grains, ~is_standard(grains.assay))


def _taken(grains: Grains, chosen: Bools) -> Grains:
    return replace(grains, assay=grains.assay.take(chosen), rows=grains.rows[chosen])


def _one_of_a_kind(grains: Grains, faults: Collecting) -> Assay:
    """Report and blank the sites of grains that are not what most of their sample have."""
    facts = grains.assay.facts.copy()
    for name in ONE_A_SAMPLE:
        if name not in facts:
            continue
        minor, main = _minor(facts["sample"], facts[name])
        for i in np.flatnonzero(minor):
            sample, other = facts["sample"].iloc[i], facts[name].iloc[i]
            faults.add(two_facts(sample, name, main.iloc[i], other, int(grains.rows[i])))
        facts.loc[minor, name] = ""
    return replace(grains.assay, facts=facts)


def _minor(samples: pd.Series[str], texts: pd.Series[str]) -> tuple[Bools, pd.Series[str]]:
    """Rows whose text is not their sample's most frequent, and that text; ties: the first."""
    filled = pd.DataFrame({"sample": samples, "text": texts})[texts != ""]
    counts = filled.groupby(["sample", "text"], sort=False).size().rename("n").reset_index()
    main = counts.sort_values("n", ascending=False, kind="stable").drop_duplicates("sample")
    of_sample = samples.map(main.set_index("sample")["text"]).astype(object).fillna("")
    minor = (texts != "").to_numpy(dtype=bool) & (texts != of_sample).to_numpy(dtype=bool)
    return minor, of_sample

"""A laboratory's table seen through its profile: the public table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.errors import InputError
from fingerprint.intake.assembly import assemble
from fingerprint.intake.cells import read_texts
from fingerprint.intake.files.raw import Block, Progress, RawTable
from fingerprint.intake.laboratory.meanings import Meanings
from fingerprint.intake.laboratory.plan import place_of, plan_columns
from fingerprint.intake.laboratory.profiles import Profile
from fingerprint.intake.laboratory.texts import (
    blanked,
    filled_in,
    joined,
    matches,
    materials,
    part,
    renamed,
    rewritten,
)
from fingerprint.tables import Assay
from fingerprint.tables.arrays import Ints


def apply_profile(raw: RawTable, profile: Profile, progress: Progress | None = None) -> Assay:
    """Read the assay that a laboratory's file holds.

    Parameters
    ----------
    raw
        The file, opened as the profile says.
    profile
        How to read it.
    progress
        Called now and then with bytes done and bytes in all.

    Raises
    ------
    InputError
        If the file lacks what the profile expects, or anything in it is at fault.
    """
    return assemble(ProfiledTable(raw, profile), progress)


class ProfiledTable(RawTable):
    """A laboratory's table, its columns named as in the public format.

    Parameters
    ----------
    raw
        The file as it is.
    profile
        How to read it.

    Attributes
    ----------
    plan
        What each column of the file becomes.
    dropped
        Rows left out so far, by the reason.
    renamed
        Cells renamed so far, by fact, other name and one name.
    meanings
        What cells of numbers were taken to mean.

    Raises
    ------
    InputError
        If the file lacks a column that the profile needs.
    """

    def __init__(self, raw: RawTable, profile: Profile) -> None:
        self.raw = raw
        self.profile = profile
        self._kept: list[Ints] = []
        self.dropped: Counter[str] = Counter()
        self.renamed: Counter[tuple[str, str, str]] = Counter()
        self.plan = plan_columns(profile, raw.header)
        super().__init__(raw.path, raw.header_row)
        self.decimal_comma = raw.decimal_comma
        self.expected_rows = raw.expected_rows
        # A profile that names its sheet knows of the others.
        self.notes = () if profile.sheet else raw.notes
        self.meanings = Meanings(profile, self.plan.numbers, raw.decimal_comma)
        self._factors = {s.public: s.factor for s in self.plan.numbers}

    @property
    def words(self) -> Iterable[str]:
        """Words that mean below detection."""
        return self.profile.words

    def factor_of(self, column: str) -> float:
        """What a concentration is multiplied by, beyond its unit."""
        return self._factors.get(column, 1.0)

    def row_in_file(self, row: int) -> int:
        """Row of the file that holds a row of the table: some were dropped."""
        return self.raw.row_in_file(self._row_in_raw(row))

    def name_in_file(self, column: str) -> str:
        """What the file calls a column."""
        names = {s.public: s.column for s in self.plan.numbers} | self.plan.facts
        return self._shown(names.get(column, column))

    def place(self, error: InputError, columns: Mapping[str, str] | None = None) -> InputError:
        """Say where in the file an error lies whose row counts from 0 in the table."""
        if error.file is not None:
            return error
        column = error.column
        if column is not None:
            column = self.name_in_file((columns or {}).get(column, column))
        row = None if error.row is None else self._row_in_raw(error.row)
        return self.raw.place(replace(error, row=row, column=column))

    def _shown(self, column: str) -> str:
        place = place_of(column)
        if place is None:
            return column
        return self.raw.header[place] or f"column {place + 1}"

    def _row_in_raw(self, row: int) -> int:
        return int(np.concatenate(self._kept)[row])

    def _read_header(self) -> tuple[str, ...]:
        plan, profile = self.plan, self.profile
        if not plan.numbers and profile.analytes:
            raise self._missing("there is no column of an analyte")
        places = {c: p for c in plan.columns if (p := place_of(c)) is not None}
        self._at = self.raw.positions(plan.columns - set(places)) | places
        for column in sorted(plan.missing):
            raise self._missing(f"there is no column {column!r}")
        made = (*plan.facts, *plan.parts, *plan.joined)
        facts = [name for name in made if name != "sample"]
        roles = ("role", "material") if plan.materials else ()
        numbers = (source.public for source in plan.numbers)
        return ("sample", *facts, *profile.constants, *roles, *numbers)

    def _missing(self, what: str) -> InputError:
        return InputError(
            what,
            "Check that the file is of the kind that the profile is for, and its header row.",
            self.raw.path,
            self.raw.header_row,
        )

    def _read_blocks(self, progress: Progress) -> Generator[Block]:
        self._kept = []
        self.dropped.clear()
        self.renamed.clear()
        self.meanings.counts.clear()
        with closing(self.raw.blocks(progress, self._at.values())) as blocks:
            yield from self._profiled(blocks)

    def _profiled(self, blocks: Iterable[Block]) -> Iterator[Block]:
        start = 0
        for block in blocks:
            cells = {c: blanked(block[i], self.profile.blank) for c, i in self._at.items()}
            texts = {name: read_texts(cells[name]) for name in self.plan.texts}
            keep = self._keep(texts, len(block[0]))
            self._kept.append(start + keep)
            start += len(block[0])
            if keep.size:
                kept = pa.array(keep)
                texts = {name: text.take(kept) for name, text in texts.items()}
                numbers = [cells[s.column].take(kept) for s in self.plan.numbers]
                yield [*self._facts(texts, len(keep)), *self.meanings.read(numbers)]

    def _keep(self, texts: Mapping[str, pa.Array], rows: int) -> Ints:
        """Rows that are not dropped."""
        keep = np.ones(rows, dtype=bool)
        tests = [
            (f"{self._shown(column)} is blank", pc.is_null(texts[column]))
            for column in self.profile.required
        ]
        tests += [
            (drop.why, pa.array(matches(texts[drop.column], drop.pattern)))
            for drop in self.profile.drop
        ]
        for why, mask in tests:
            out = keep & mask.to_numpy(zero_copy_only=False)
            if out.any():
                self.dropped[why] += int(out.sum())
            keep &= ~out
        return np.flatnonzero(keep)

    def _facts(self, texts: dict[str, pa.Array], rows: int) -> Block:
        profile = self.profile
        for rewrite in profile.rewrites:
            texts[rewrite.column] = rewritten(rewrite, texts)
        facts = {name: texts[column] for name, column in self.plan.facts.items()}
        for name, columns in self.plan.parts.items():
            whole = pc.coalesce(*(texts[column] for column in columns))
            facts[name] = part(whole, profile.parts[name].pattern)
        constants = {name: pa.repeat(text, rows) for name, text in profile.constants.items()}
        self._rename(facts)
        for name, join in profile.joined.items():
            parts = [(texts | facts | constants)[column] for column in join.columns]
            facts[name] = joined(parts, join.between)
        facts |= constants
        if self.plan.materials and profile.reference_materials is not None:
            marks = joined([texts[column] for column in self.plan.materials], "\n")
            material = materials(marks, profile.reference_materials)
            facts["role"] = pc.if_else(pc.is_valid(material), "reference_material", None)
            facts["material"] = material
        if "sample" in profile.joined:
            sample = facts["sample"]
        else:
            sample = filled_in(profile.sample, texts | facts, rows)
        if self.plan.materials:
            # A standard has no site and no bag to be named by.
            sample = pc.coalesce(sample, facts["material"])
        return [sample, *(facts[name] for name in facts if name != "sample")]

    def _rename(self, facts: dict[str, pa.Array]) -> None:
        for name, aliases in self.profile.aliases.items():
            if name not in facts:
                continue
            for old in facts[name].dictionary_encode().dictionary.to_pylist():
                if old in aliases:
                    count = pc.sum(pc.equal(facts[name], old)).as_py()
                    self.renamed[name, old, aliases[old]] += count
            facts[name] = renamed(facts[name], aliases)

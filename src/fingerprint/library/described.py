"""A file described: what is in it, and each problem in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

from fingerprint.errors import InputError
from fingerprint.intake.examining.examination import Examination, ExaminedTable, examine
from fingerprint.intake.examining.excerpt import Cells, read_rows
from fingerprint.intake.examining.grains import Grains
from fingerprint.intake.files.raw import Progress, RawTable
from fingerprint.intake.problems import Collecting, Problem, Weight
from fingerprint.library.contents import Description
from fingerprint.library.description import describe
from fingerprint.library.oddities import odd_cells
from fingerprint.library.places import (
    columns_kept_as_text,
    doubled_grains,
    materials_without_role,
    poor_samples,
    spelling_variants,
)
from fingerprint.library.reference import is_made_up
from fingerprint.tables import Assay

_MOST_NOTES_OF_A_RULE = 100
# Rows to show around problems, and of a table without any.
_CONTEXT = 1
_MOST_ROWS = 200
_ROWS_WITHOUT_PROBLEMS = 6


@dataclass(frozen=True)
class Excerpt:
    """Some rows of a file as they stand there.

    Parameters
    ----------
    name
        Which table it is: ``assay``, ``mineralogy``, ``ages`` or ``samples``.
    file
        The file.
    header
        Names of the columns of the table as it was read.
    names
        What the file calls them.
    header_row
        Row of the file that names the columns.
    rows
        For rows of the table, counted from 0: their row of the file, and their cells.
    """

    name: str
    file: str
    header: tuple[str, ...]
    names: tuple[str, ...]
    header_row: int
    rows: dict[int, tuple[int, Cells]]


@dataclass(frozen=True, eq=False)
class DescribedFile:
    """What a file or folder holds, and what is wrong with it.

    Parameters
    ----------
    path
        As the user named it.
    description
        Cells at fault count as not measured; None if nothing could be read.
    problems
        Errors before notes; in each by file, row and column.
    unlisted
        Weight and kind of problems beyond those listed, and how many.
    n_errors, n_notes
        Of all problems, listed or not.
    profile
        Name of the profile that the assay was read by; ``plain``: the public format.
    made_up
        Whether any sample says that it is made-up data.
    reference_materials
        Measurements of laboratory standards; None if there are none.
    excerpts
        Rows with problems and some around them, of each table that could be opened.
    """

    path: Path
    description: Description | None
    problems: tuple[Problem, ...]
    unlisted: tuple[tuple[Weight, str, int], ...]
    n_errors: int
    n_notes: int
    profile: str
    made_up: bool
    reference_materials: Assay | None
    excerpts: tuple[Excerpt, ...]

    def refuse(self) -> None:
        """Refuse the file if anything is at fault.

        Raises
        ------
        InputError
            With the number of errors, and the first of them.
        """
        if not self.n_errors:
            return
        first = self.problems[0].as_error()
        if self.n_errors == 1:
            raise first
        place = [f"row {first.row}"] if first.row is not None else []
        place += [f"column {first.column}"] if first.column is not None else []
        where = f" in {', '.join(place)}" if place else ""
        what = f"{self.n_errors:,} errors, the first{where}: {first.what}"
        raise InputError(what, first.remedy, first.file)

    def as_dict(self) -> dict[str, Any]:
        """Give all but the excerpts as JSON can hold it."""
        described = (
            {field.name: None for field in fields(Description)}
            if self.description is None
            else self.description.as_dict()
        )
        return {
            "file": str(self.path),
            "profile": self.profile,
            "n_errors": self.n_errors,
            "n_notes": self.n_notes,
            "made_up": self.made_up,
            **described,
            "problems": [_as_dict(problem) for problem in self.problems],
            "problems_not_listed": [
                {"weight": weight, "what": what, "count": n} for weight, what, n in self.unlisted
            ],
        }


def describe_file(
    path: Path | str, profile: str | None = None, progress: Progress | None = None
) -> DescribedFile:
    """Describe a table of samples and find what is wrong with it.

    Parameters
    ----------
    path
        An assay file, or a folder of tables.
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
    found = examine(path, profile, progress)
    if found.grains is not None:
        _add_notes(found.grains, found.tables["assay"])
    headers = {str(table.raw.path): table.raw.header for table in found.tables.values()}
    problems = found.problems.in_order(headers)
    rows = {name: _rows_of(table, problems) for name, table in found.tables.items()}
    return DescribedFile(
        path=path,
        description=None if found.samples is None else describe(found.samples),
        problems=tuple(_with_value(problem, found, rows) for problem in problems),
        unlisted=tuple((*kind, n) for kind, n in found.problems.unlisted.most_common()),
        n_errors=found.problems.count("error"),
        n_notes=found.problems.count("note"),
        profile=found.profile,
        made_up=found.samples is not None and is_made_up(found.samples),
        reference_materials=None if found.samples is None else found.samples.reference_materials,
        excerpts=tuple(
            _excerpt(name, table.raw, rows[name]) for name, table in found.tables.items()
        ),
    )


def _add_notes(grains: Grains, table: ExaminedTable) -> None:
    raw = table.raw
    for rule in (
        columns_kept_as_text(grains, raw),
        grains.doubts,
        odd_cells(grains, raw),
        spelling_variants(grains),
        materials_without_role(grains),
        poor_samples(grains),
    ):
        _note(((error, None) for error in rule), table.faults)
    _note(doubled_grains(grains, raw), table.faults)


def _note(rule: Iterable[tuple[InputError, int | None]], faults: Collecting) -> None:
    """List the first of a rule, and count the rest."""
    errors = iter(rule)
    for error, beside in islice(errors, _MOST_NOTES_OF_A_RULE):
        faults.note(error, "note", beside)
    for error, _ in errors:
        faults.problems.leave("note", error.what, 1)


def _rows_of(table: ExaminedTable, problems: list[Problem]) -> dict[int, Cells]:
    """Cells of the rows that matter."""
    file = str(table.raw.path)
    at_fault = [p.cell[0] for p in problems if p.file == file and p.cell is not None]
    at_fault += [p.beside for p in problems if p.file == file and p.beside is not None]
    around = islice(chain.from_iterable(map(_around, at_fault)), (2 * _CONTEXT + 1) * _MOST_ROWS)
    wanted = {*at_fault, *around} or set(range(_ROWS_WITHOUT_PROBLEMS))
    return read_rows(table.raw, wanted)


def _around(row: int) -> Iterator[int]:
    return iter(range(max(row - _CONTEXT, 0), row + _CONTEXT + 1))


def _with_value(problem: Problem, found: Examination, rows: dict[str, dict[int, Cells]]) -> Problem:
    """Say what stands in the cell."""
    if problem.value is not None or problem.cell is None or problem.cell[1] is None:
        return problem
    row, column = problem.cell
    for name, table in found.tables.items():
        if str(table.raw.path) == problem.file and row in rows[name]:
            return replace(problem, value=rows[name][row][table.raw.header.index(column)] or "")
    return problem


def _excerpt(name: str, raw: RawTable, rows: dict[int, Cells]) -> Excerpt:
    return Excerpt(
        name,
        str(raw.path),
        raw.header,
        tuple(raw.name_in_file(column) for column in raw.header),
        raw.header_row,
        {row: (raw.row_in_file(row), cells) for row, cells in sorted(rows.items())},
    )


def _as_dict(problem: Problem) -> dict[str, Any]:
    document = asdict(problem)
    del document["cell"], document["beside"]
    return document

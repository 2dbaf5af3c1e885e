"""What was understood of a laboratory's file, column by column."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from fingerprint.chemistry import names_beside, read_column
from fingerprint.errors import InputError
from fingerprint.intake.assembly import Note, assemble
from fingerprint.intake.columns import lay_out
from fingerprint.intake.facts_beside import facts_beside, with_facts_beside
from fingerprint.intake.files.raw import Progress, RawTable
from fingerprint.intake.laboratory.counting import Counts, count_cells
from fingerprint.intake.laboratory.plan import PLACEHOLDER, place_of
from fingerprint.intake.laboratory.profiled import ProfiledTable
from fingerprint.intake.laboratory.profiles import Profile
from fingerprint.intake.laboratory.recognition import Recognised, open_recognised
from fingerprint.intake.one_of_a_kind import refuse_two_of_a_kind

Kind = Literal["fact", "value", "limit", "error", "number", "left out", "not used"]
_OF_NUMBERS = ("value", "limit", "error", "number")


@dataclass(frozen=True)
class ColumnExplained:
    """What one column of a file was taken for.

    Parameters
    ----------
    column
        Its name in the file.
    kind
        What it is.
    becomes
        Its name in the table that import writes, or names; blank if it does not go into it.
    unit, isotope, factor
        Of analytes: the unit of the file, the isotope if named, and what a number is multiplied by
        to give ppm of the element (or, of an error, one standard error).
    numbers, below, blank
        Cells that hold a number, ``<limit`` or a word for below detection, or nothing.
    not_understood, unread
        Of columns of numbers: how many cells hold anything else, and a few of them.
    examples
        A few cells.
    note
        Why it is left out, or what cells of it were taken to mean.
    """

    column: str
    kind: Kind
    becomes: str
    unit: str
    isotope: int | None
    factor: float | None
    numbers: int
    below: int
    blank: int
    not_understood: int
    unread: tuple[str, ...]
    examples: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Explanation:
    """What was understood of one file.

    Parameters
    ----------
    file
        The file.
    profile, why
        The profile that it was read with, and why that one.
    rows, grains
        Rows of the file below its header, and those that are kept.
    dropped
        How many rows were left out, by the reason.
    renamed
        Cells that had another name: fact, other name, name, how many.
    constants
        Facts that the profile adds to every row.
    notes
        The same, what cells were taken to mean, and what deserves a look, a sentence each.
    columns
        Its columns, in the order of the file.
    refused
        Why import refuses the file; blank: it does not.
    """

    file: str
    profile: str
    why: str
    rows: int
    grains: int
    dropped: dict[str, int]
    renamed: tuple[tuple[str, str, str, int], ...]
    constants: dict[str, str]
    notes: tuple[str, ...]
    columns: tuple[ColumnExplained, ...]
    refused: str

    def as_dict(self) -> dict[str, Any]:
        """Give the explanation as JSON can hold it."""
        return asdict(self)


def explain(
    path: Path | str, profile: str | Profile | None = None, progress: Progress | None = None
) -> Explanation:
    """Say what would be understood of a file.

    Parameters
    ----------
    path
        The file.
    profile
        As in `open_recognised`.
    progress
        Called now and then with bytes done and bytes in all; the file is read two or three times.

    Raises
    ------
    InputError
        If the file cannot be opened so; what import refuses it for is said in the explanation.
    """
    found = open_recognised(path, profile)
    table = found.table
    doubts: list[InputError] = []
    grains, refused = _read(table, progress, doubts.append)
    counts = count_cells(table)
    written = _written(table)
    header = table.raw.header if isinstance(table, ProfiledTable) else table.header
    columns = tuple(_explained(table, name, i, counts[i], written) for i, name in enumerate(header))
    return _explanation(path, found, counts[0].rows, grains, columns, refused, doubts)


def _read(table: RawTable, progress: Progress | None, note: Note) -> tuple[int, str]:
    """Give the number of grains, and why import refuses the table."""
    try:
        assay = with_facts_beside(assemble(table, progress, note), table)
        refuse_two_of_a_kind(assay, [table], [assay.n_grains])
    except InputError as error:
        # Reading stopped at the fault: what is said of the file is said of all its rows.
        return sum(len(block[0]) for block in table.blocks(progress)), str(error)
    return assay.n_grains, ""


def _written(table: RawTable) -> dict[str, str]:
    """What the columns of numbers are called in the table that import writes."""
    try:
        sources = lay_out(table.positions()).analytes
    except InputError:
        # Nothing is written.
        return {}
    names: dict[str, str] = {}
    for source, beside in zip(sources, names_beside([s.analyte for s in sources]), strict=True):
        names[source.value] = source.analyte.column
        if source.limit is not None:
            names[source.limit] = f"{beside}_lod"
        if source.error is not None:
            names[source.error] = f"{beside}_1se"
    return names


def _explanation(
    path: Path | str,
    found: Recognised,
    rows: int,
    grains: int,
    columns: tuple[ColumnExplained, ...],
    refused: str,
    doubts: list[InputError],
) -> Explanation:
    table = found.table
    dropped: dict[str, int] = {}
    renamed: tuple[tuple[str, str, str, int], ...] = ()
    constants: dict[str, str] = {}
    if isinstance(table, ProfiledTable):
        dropped = dict(table.dropped)
        renamed = tuple((*names, n) for names, n in sorted(table.renamed.items()))
        constants = dict(table.profile.constants)
    return Explanation(
        str(path),
        found.profile,
        found.why,
        rows,
        grains,
        dropped,
        renamed,
        constants,
        (*filter(None, [found.by_name]), *taken_to_mean(table), *map(str, doubts)),
        columns,
        refused,
    )


def taken_to_mean(table: RawTable) -> tuple[str, ...]:
    """Say what was left out of a table that was read, and what its cells were taken to mean.

    Parameters
    ----------
    table
        Read to its end.
    """
    beside = facts_beside(table.path)
    notes = [] if beside is None else [f"facts of its samples are added from {beside.name}"]
    if not isinstance(table, ProfiledTable):
        return tuple(notes)
    notes += [
        f"{_counted_word(n, 'row')} {'is' if n == 1 else 'are'} left out: {why}"
        for why, n in table.dropped.items()
    ]
    notes += [
        f"{fact} {old!r} is called {new!r} ({_counted_word(n, 'row')})"
        for (fact, old, new), n in sorted(table.renamed.items())
    ]
    factors = Counter(s.factor for s in table.plan.numbers if s.role == "value" and s.factor != 1)
    notes += [
        f"{_counted_word(n, 'analyte')}, their limits and errors are multiplied by {factor:g}"
        for factor, n in sorted(factors.items())
    ]
    cells: Counter[str] = Counter()
    for (_, what), n in table.meanings.counts.items():
        cells[what] += n
    notes += [f"{what}: {_counted_word(n, 'cell')}" for what, n in cells.items()]
    return tuple(notes)


def _counted_word(n: int, word: str) -> str:
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


def _explained(
    table: RawTable, name: str, place: int, counts: Counts, written: dict[str, str]
) -> ColumnExplained:
    if isinstance(table, ProfiledTable):
        kind, becomes, note = _in_profile(table, name, place)
    else:
        kind, becomes, note = _in_plain(name)
    unit, isotope, factor = _unit(table, becomes, kind)
    numeric = kind in _OF_NUMBERS
    return ColumnExplained(
        name or f"(column {place + 1})",
        kind,
        written.get(becomes, becomes),
        unit,
        isotope,
        factor,
        counts.numbers,
        counts.below,
        counts.blank,
        counts.not_understood if numeric else 0,
        tuple(counts.unread) if numeric else (),
        tuple(counts.examples),
        note,
    )


def _in_plain(name: str) -> tuple[Kind, str, str]:
    column = read_column(name)
    if column is None:
        return "fact", name, ""
    if column.role == "value":
        return "value", name, ""
    return ("limit" if column.role == "limit" else "error"), name, ""


def _in_profile(table: ProfiledTable, name: str, place: int) -> tuple[Kind, str, str]:
    """Say what a profile makes of a column: its kind, its public names, and a note."""

    def here(column: str) -> bool:
        return column == name or place_of(column) == place

    plan = table.plan
    counts = table.meanings.counts
    notes = [f"{what} ({n})" for (column, what), n in counts.items() if here(column)]
    for source in plan.numbers:
        if here(source.column):
            return source.role, source.public, "; ".join(notes)
    for left in plan.left_out:
        if here(left.column):
            return "left out", "", left.why
    names = [fact for fact, column in plan.facts.items() if here(column)]
    for group in (plan.parts, plan.joined):
        names += [fact for fact, columns in group.items() if any(map(here, columns))]
    if any(map(here, PLACEHOLDER.findall(table.profile.sample))):
        names.append("sample")
    if any(map(here, plan.materials)):
        notes.append("tells reference materials")
    if any(map(here, plan.texts)):
        if not names and not notes:
            notes.append("decides on rows or on names")
        return "fact", ", ".join(dict.fromkeys(names)), "; ".join(notes)
    return "not used", "", ""


def _unit(table: RawTable, public: str, kind: Kind) -> tuple[str, int | None, float | None]:
    """Unit, isotope and factor of a column of numbers."""
    if kind not in ("value", "limit", "error"):
        return "", None, None
    base, _, suffix = public.rpartition("_")
    value = public if kind == "value" else _values(table).get(base, "")
    try:
        column = read_column(value)
    except InputError:
        return "", None, None
    if column is None or column.analyte is None:
        return "", None, None
    factor = column.factor * table.factor_of(value)
    share = 0.5 if suffix == "2se" else 1.0
    isotope = column.analyte.isotope if kind == "value" else None
    return value.rpartition("_")[2], isotope, factor * share


def _values(table: RawTable) -> dict[str, str]:
    """Value column of each analyte that has one, by its name without the unit."""
    found: Counter[str] = Counter()
    values = {}
    for name in table.header:
        try:
            column = read_column(name)
        except InputError:
            continue
        if column is not None and column.role == "value":
            values[column.base] = name
            found[column.base] += 1
    return {base: name for base, name in values.items() if found[base] == 1}

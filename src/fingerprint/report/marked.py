"""The rows of a file around its problems, every cell at fault marked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from fingerprint.intake.problems import Problem, Weight
from fingerprint.library.described import DescribedFile, Excerpt

_MOST_ROWS = 200
_MOST_COLUMNS = 60
# What a screen has room for: so many are shown even where fewer have problems.
_IN_SIGHT = 14
# What a sheet of paper has room for.
_MOST_ON_PAPER = 9
_LEADING = ("sample", "site", "grain")


@dataclass(frozen=True)
class Mark:
    """What is wrong with a cell, a row or the name of a column.

    Parameters
    ----------
    weight
        The gravest.
    numbers
        Of the problems in the list, counted from 1.
    hint
        What and remedy of each, in words.
    """

    weight: Weight
    numbers: tuple[int, ...]
    hint: str


@dataclass(frozen=True)
class MarkedCell:
    """A cell.

    Parameters
    ----------
    text
        What stands in it; None: blank.
    mark
        None: nothing is wrong.
    anchor
        Id of the cell on the page.
    column
        Number of the column in the table.
    """

    text: str | None
    mark: Mark | None
    anchor: str
    column: int


@dataclass(frozen=True)
class MarkedRow:
    """A row.

    Parameters
    ----------
    number
        Row of the file.
    mark
        What is wrong with the row as a whole.
    anchor
        Id of the row on the page.
    cells
        Of the columns that are shown.
    after_gap
        Whether rows before it are left out.
    """

    number: int
    mark: Mark | None
    anchor: str
    cells: tuple[MarkedCell, ...]
    after_gap: bool


@dataclass(frozen=True)
class MarkedTable:
    """Rows and columns of one file.

    Parameters
    ----------
    name, file
        Of the table.
    header
        Names of the columns that are shown.
    header_row
        Row of the file that they stand in.
    rows
        The rows that are shown.
    sample
        Number of the column that names the sample; -1: none.
    on_paper
        Numbers of the columns that a sheet of paper has room for.
    after_gap
        Numbers of the columns before which others are left out.
    n_columns
        Of the file.
    more_rows
        Whether rows with problems are left out.
    """

    name: str
    file: str
    header: tuple[MarkedCell, ...]
    header_row: int
    rows: tuple[MarkedRow, ...]
    sample: int
    on_paper: frozenset[int]
    after_gap: frozenset[int]
    n_columns: int
    more_rows: bool


def mark_tables(described: DescribedFile) -> list[MarkedTable]:
    """Show each file around its problems: the assay always, others where something is wrong.

    Parameters
    ----------
    described
        From `fingerprint.library.describe_file`.
    """
    numbered = list(enumerate(described.problems, start=1))
    tables = []
    for excerpt in described.excerpts:
        own = [(n, problem) for n, problem in numbered if problem.file == excerpt.file]
        if excerpt.rows and (own or excerpt.name == "assay"):
            tables.append(_Marks(excerpt, own).table())
    return tables


def anchors(tables: Sequence[MarkedTable]) -> dict[int, str]:
    """For each problem that is shown in a table, the id of its place.

    Parameters
    ----------
    tables
        From `mark_tables`.
    """
    found: dict[int, str] = {}
    for table in tables:
        marked: list[MarkedRow | MarkedCell] = [*table.header, *table.rows]
        marked += [cell for row in table.rows for cell in row.cells]
        for place in marked:
            for number in place.mark.numbers if place.mark else ():
                found.setdefault(number, place.anchor)
    return found


class _Marks:
    """The marks of one excerpt, by place."""

    def __init__(self, excerpt: Excerpt, numbered: Iterable[tuple[int, Problem]]) -> None:
        self.excerpt = excerpt
        self.cells: dict[tuple[int, int], list[tuple[int, Problem]]] = defaultdict(list)
        self.whole_rows: dict[int, list[tuple[int, Problem]]] = defaultdict(list)
        self.names: dict[int, list[tuple[int, Problem]]] = defaultdict(list)
        for number, problem in numbered:
            if problem.cell is not None and problem.cell[1] is not None:
                column = excerpt.header.index(problem.cell[1])
                self.cells[problem.cell[0], column].append((number, problem))
            elif problem.cell is not None:
                self.whole_rows[problem.cell[0]].append((number, problem))
            elif problem.column in excerpt.names:
                # Of two columns of one name, the second is at fault.
                last = len(excerpt.names) - 1 - excerpt.names[::-1].index(problem.column)
                self.names[last].append((number, problem))
            if problem.beside is not None:
                self.whole_rows[problem.beside].append((number, problem))

    def table(self) -> MarkedTable:
        excerpt = self.excerpt
        rows = self._rows()
        marked = {c for _, c in self.cells} | set(self.names)
        columns = self._columns(marked)
        leading = [i for i in columns if excerpt.header[i] in _LEADING]
        at_fault = sorted({c for _, c in self.cells})
        rest = columns if len(columns) <= _MOST_ON_PAPER else sorted(self.names)
        paper = dict.fromkeys([*leading, *at_fault, *rest])
        return MarkedTable(
            name=excerpt.name,
            file=excerpt.file,
            header=tuple(self._cell(excerpt.names[i], self.names.get(i), "h", i) for i in columns),
            header_row=excerpt.header_row,
            rows=tuple(self._row(row, before, columns) for before, row in pairwise([-1, *rows])),
            sample=excerpt.header.index("sample") if "sample" in excerpt.header else -1,
            on_paper=frozenset(list(paper)[:_MOST_ON_PAPER]),
            after_gap=frozenset(b for a, b in pairwise([-1, *columns]) if b != a + 1),
            n_columns=len(excerpt.header),
            more_rows=len(rows) < len(excerpt.rows),
        )

    def _rows(self) -> list[int]:
        """Rows with problems first, and then those around them, as many as are shown."""
        at_fault = list(dict.fromkeys([*(r for r, _ in self.cells), *self.whole_rows]))
        kept = at_fault[:_MOST_ROWS]
        around = [r + step for r in kept for step in (-1, 1)] if kept else list(self.excerpt.rows)
        chosen = dict.fromkeys(r for r in [*kept, *around] if r in self.excerpt.rows)
        return sorted(list(chosen)[:_MOST_ROWS])

    def _columns(self, marked: set[int]) -> list[int]:
        """All columns of a narrow table; of a wide one those with problems, and some beside."""
        header = self.excerpt.header
        leading = [i for i, name in enumerate(header) if name in _LEADING]
        at_fault = list(dict.fromkeys([*leading, *sorted(marked)]))[:_MOST_COLUMNS]
        near = [i + step for i in sorted(marked) for step in (-1, 1)]
        rest = [i for i in [*near, *range(len(header))] if 0 <= i < len(header)]
        filled = list(dict.fromkeys([*at_fault, *rest]))[:_IN_SIGHT]
        return sorted({*at_fault, *filled})

    def _row(self, row: int, before: int, columns: list[int]) -> MarkedRow:
        number, cells = self.excerpt.rows[row]
        return MarkedRow(
            number,
            _mark(self.whole_rows.get(row)),
            f"{self.excerpt.name}-{row}",
            tuple(self._cell(cells[i], self.cells.get((row, i)), str(row), i) for i in columns),
            row != before + 1,
        )

    def _cell(
        self, text: str | None, found: list[tuple[int, Problem]] | None, row: str, column: int
    ) -> MarkedCell:
        return MarkedCell(text, _mark(found), f"{self.excerpt.name}-{row}-{column}", column)


def _mark(found: list[tuple[int, Problem]] | None) -> Mark | None:
    if not found:
        return None
    weights: set[Weight] = {problem.weight for _, problem in found}
    return Mark(
        "error" if "error" in weights else "note",
        tuple(number for number, _ in found),
        " ".join(f"{n}: {problem.what}. {problem.remedy}" for n, problem in found),
    )

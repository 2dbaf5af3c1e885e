"""What readers find wrong, and to whom they report it: one who refuses, or one who collects."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import pyarrow as pa

from fingerprint.errors import InputError
from fingerprint.intake.patterns import advised, whole_column
from fingerprint.tables.arrays import Ints

Weight = Literal["error", "note"]
Change = Callable[[InputError], InputError]

# Of each weight; more are only counted.
_MOST_LISTED = 1000
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\d[\d,.]*")


@dataclass(frozen=True)
class Problem:
    """Something wrong, or worth a look, in its place.

    Parameters
    ----------
    what
        What is wrong, one clause.
    remedy
        What to do about it, one sentence.
    file
        The file as the user named it.
    row
        Row of the file as a spreadsheet counts it; None: the whole column or file.
    column
        Name of the column in the file; None: the whole row or file.
    value
        Text of the cell.
    weight
        ``error``: every command refuses the file. ``note``: worth a look.
    cell
        Row, counted from 0, and column of the table as it was read; None: not a row of it.
    beside
        Another row of the table that the problem speaks of.
    """

    what: str
    remedy: str
    file: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    weight: Weight = "error"
    cell: tuple[int, str | None] | None = None
    beside: int | None = None

    def as_error(self) -> InputError:
        """Give the problem as what a command refuses with."""
        return InputError(self.what, self.remedy, self.file, self.row, self.column, self.value)


class Faults(ABC):
    """To whom the reader of one table reports what is wrong; returning means: go on without it."""

    @abstractmethod
    def add(self, error: InputError) -> None:
        """Take one fault."""

    @abstractmethod
    def add_cells(
        self, rows: Ints, error: Callable[[int], InputError], texts: pa.Array | None = None
    ) -> None:
        """Take faults of one kind in several cells of one column.

        Parameters
        ----------
        rows
            One or more rows of a block.
        error
            Makes the error of a row.
        texts
            (rows of the block,) all cells of the column, where what they have in common may tell
            more than each alone.
        """

    def under(self, change: Change) -> Faults:
        """Give the same, each fault first being changed: its row, its column."""
        return _Under(self, change)


@dataclass(frozen=True)
class _Under(Faults):
    faults: Faults
    change: Change

    def add(self, error: InputError) -> None:
        self.faults.add(self.change(error))

    def add_cells(
        self, rows: Ints, error: Callable[[int], InputError], texts: pa.Array | None = None
    ) -> None:
        self.faults.add_cells(rows, lambda row: self.change(error(row)), texts)


def _as_it_is(error: InputError) -> InputError:
    return error


@dataclass(frozen=True)
class Refusing(Faults):
    """Refuses the whole table for its first fault.

    Parameters
    ----------
    place
        Says where in the file an error lies.
    """

    place: Change = _as_it_is

    def add(self, error: InputError) -> None:
        """Raise it."""
        raise self.place(error) from None

    def add_cells(
        self, rows: Ints, error: Callable[[int], InputError], texts: pa.Array | None = None
    ) -> None:
        """Raise the first."""
        raise self.place(error(int(rows[0]))) from None


REFUSE = Refusing()


@dataclass(eq=False)
class ProblemList:
    """Problems found so far, in all files; beyond a thousand of a weight they are only counted.

    Attributes
    ----------
    listed
        The problems.
    unlisted
        By weight and kind, how many more there are.
    """

    listed: list[Problem] = field(default_factory=list)
    unlisted: Counter[tuple[Weight, str]] = field(default_factory=Counter)
    _n_listed: Counter[Weight] = field(default_factory=Counter)

    def count(self, weight: Weight) -> int:
        """How many there are of a weight, listed or not."""
        rest = sum(n for (of, _), n in self.unlisted.items() if of == weight)
        return self._n_listed[weight] + rest

    def room(self, weight: Weight) -> int:
        """How many more of a weight can be listed."""
        return _MOST_LISTED - self._n_listed[weight]

    def take(self, problem: Problem) -> None:
        """List a problem, or count it."""
        if not self.room(problem.weight):
            self.leave(problem.weight, problem.what, 1)
            return
        self._n_listed[problem.weight] += 1
        self.listed.append(problem)

    def leave(self, weight: Weight, what: str, n: int) -> None:
        """Count problems that are not listed."""
        self.unlisted[weight, _QUOTED.sub("…", what)] += n

    def in_order(self, headers: Mapping[str, Sequence[str]]) -> list[Problem]:
        """Errors before notes; in each, by file, row and column.

        Parameters
        ----------
        headers
            For each file, the columns of its table.
        """
        at = {(file, name): i for file, header in headers.items() for i, name in enumerate(header)}

        def place(problem: Problem) -> tuple[Weight, str, int, int, str]:
            column = problem.column if problem.cell is None else problem.cell[1]
            position = at.get((problem.file, column or ""), -1)
            return problem.weight, problem.file, problem.row or 0, position, problem.what

        return sorted(self.listed, key=place)


@dataclass(eq=False)
class Collecting(Faults):
    """Adds the faults of one table to a list; a reader goes on as if the cells were blank.

    Parameters
    ----------
    place
        Says where in the file an error lies.
    problems
        The list.
    """

    place: Change
    problems: ProblemList
    _whole: set[str | None] = field(default_factory=set)

    def add(self, error: InputError) -> None:
        """List it."""
        self.note(advised(error), "error")

    def note(self, error: InputError, weight: Weight, beside: int | None = None) -> None:
        """List something of any weight.

        Parameters
        ----------
        error
            Its row counted from 0 in the table.
        weight
            Its weight.
        beside
            Another row that it speaks of.
        """
        placed = self.place(error)
        inside = error.file is None and error.row is not None
        self.problems.take(
            Problem(
                placed.what,
                placed.remedy,
                str(placed.file),
                placed.row,
                placed.column,
                placed.value,
                weight,
                (error.row, error.column) if inside and error.row is not None else None,
                beside,
            )
        )

    def add_cells(
        self, rows: Ints, error: Callable[[int], InputError], texts: pa.Array | None = None
    ) -> None:
        """List each, or the column where nearly all its cells are at fault alike."""
        first = error(int(rows[0]))
        if texts is not None:
            if first.column in self._whole:
                return
            whole = whole_column(texts, rows, first)
            if whole is not None:
                self._whole.add(first.column)
                self.note(replace(whole, column=first.column), "error")
                return
        room = self.problems.room("error")
        for row in rows[:room]:
            self.add(error(int(row)))
        if len(rows) > room:
            self.problems.leave("error", first.what, len(rows) - room)

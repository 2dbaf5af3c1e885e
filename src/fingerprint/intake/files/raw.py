"""A file as it is: a header, and blocks of rows of cells."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.errors import InputError
from fingerprint.intake.cells import WORDS_FOR_CENSORED
from fingerprint.intake.problems import REFUSE, Faults

# Called with the bytes read so far and the bytes of the file.
Progress = Callable[[int, int], None]
# Some rows of a table, one array a column: numbers as numbers, anything else as text.
Block = list[pa.Array]
_BLANK_ROWS = 4_096


class RawTable(ABC):
    """The cells of one file, read in blocks so that memory stays bounded.

    Parameters
    ----------
    path
        The file.
    header_row
        Row of the file that names the columns, counted from 1.
    """

    # Whether a comma may be the decimal mark.
    decimal_comma = False
    # About how many rows there are, where the file lets one guess.
    expected_rows = 0
    # What is worth a look in the file as a whole, each with its place.
    notes: tuple[InputError, ...] = ()
    # Where the columns stand whose cells must be sound.
    _watched: Collection[int] = ()

    def __init__(self, path: Path, header_row: int = 1) -> None:
        self.path = path
        self.header_row = header_row
        self.header = tuple(" ".join(name.split()) for name in self._read_header())

    @property
    def first_row(self) -> int:
        """Row of the file that holds the table's row 0."""
        return self.header_row + 1

    @property
    def words(self) -> Iterable[str]:
        """Words that mean below detection."""
        return WORDS_FOR_CENSORED

    def factor_of(self, column: str) -> float:
        """What a concentration is multiplied by, beyond its unit."""
        return 1.0

    def row_in_file(self, row: int) -> int:
        """Row of the file that holds a row of the table counted from 0."""
        return self.first_row + row

    def name_in_file(self, column: str) -> str:
        """What the file calls a column."""
        return column

    def place(self, error: InputError, columns: Mapping[str, str] | None = None) -> InputError:
        """Say where in the file an error lies whose row counts from 0 in the table.

        Parameters
        ----------
        error
            The error, with or without row and column.
        columns
            The table's name of each column that the error may call otherwise.
        """
        if error.file is not None:
            return error
        row, column = error.row, error.column
        if column is not None:
            column = self.name_in_file((columns or {}).get(column, column))
        row = None if row is None else self.row_in_file(row)
        return replace(error, file=self.path, row=row, column=column)

    @abstractmethod
    def _read_header(self) -> tuple[str, ...]: ...

    @abstractmethod
    def _read_blocks(self, progress: Progress) -> Generator[Block]: ...

    def blocks(
        self, progress: Progress | None = None, columns: Collection[int] | None = None
    ) -> Generator[Block]:
        """Read the rows below the header, without the blank ones at the end.

        Parameters
        ----------
        progress
            Called now and then with bytes done and bytes in all.
        columns
            Where the columns stand that matter; all by default. A cell that is at fault in another
            column is passed over.

        Raises
        ------
        InputError
            If the file cannot be read to its end.
        """
        self._watched = range(len(self.header)) if columns is None else frozenset(columns)
        try:
            with closing(self._read_blocks(progress or _silent)) as blocks:
                yield from _without_blank_end(blocks)
        except OSError as error:
            raise InputError(
                f"the file cannot be read to its end ({error.strerror or type(error).__name__})",
                "Check that it is still there, and the disk or network that it is on.",
                self.path,
            ) from None

    def positions(
        self, names: Collection[str] | None = None, faults: Faults = REFUSE
    ) -> dict[str, int]:
        """Where each named column stands.

        Parameters
        ----------
        names
            The columns that matter; all by default.
        faults
            Told of each name that matters and stands twice in the header; the first counts.

        Raises
        ------
        InputError
            If `faults` refuse.
        """
        wanted = set(self.header if names is None else names) - {""}
        for name, n in Counter(self.header).items():
            if n > 1 and name in wanted:
                faults.add(
                    InputError(
                        f"two columns are called {name!r}",
                        "Rename or delete one of them.",
                        self.path,
                        self.header_row,
                        name,
                    )
                )
        found: dict[str, int] = {}
        for i, name in enumerate(self.header):
            if name in wanted:
                found.setdefault(name, i)
        return found

    def report_nameless(self, block: Block, start: int, faults: Faults) -> None:
        """Report the cells below a blank name in the header.

        Parameters
        ----------
        block
            Some rows.
        start
            The table's row that the block begins with.
        faults
            Told of each, its row counted from 0 in the table.
        """
        for name, column in zip(self.header, block, strict=True):
            if not name and column.null_count < len(column):
                rows = np.flatnonzero(pc.is_valid(column).to_numpy(zero_copy_only=False))
                faults.add_cells(
                    rows,
                    lambda row: InputError(
                        "the cell stands in a column without a name",
                        "Name the column in the header, or delete it.",
                        row=start + row,
                    ),
                )


def _silent(done: int, total: int) -> None:
    """Show no progress."""


def _without_blank_end(blocks: Iterable[Block]) -> Iterator[Block]:
    """Pass rows on up to the last one that is not blank."""
    blank = 0
    for block in blocks:
        used = _used_rows(block)
        if used:
            # Only counted while they may be the last: a spreadsheet can have a million.
            for start in range(0, blank, _BLANK_ROWS):
                yield [pa.nulls(min(_BLANK_ROWS, blank - start), pa.string())] * len(block)
            blank = 0
            yield [column[:used] for column in block]
        blank += len(block[0]) - used


def _used_rows(block: Block) -> int:
    """Number of rows up to the last one that is not blank."""
    if not block or any(column[-1].is_valid for column in block if len(column)):
        return len(block[0]) if block else 0
    last = [np.flatnonzero(pc.is_valid(c).to_numpy(zero_copy_only=False)) for c in block]
    return max((int(valid[-1]) + 1 for valid in last if valid.size), default=0)


def refuse_pipe(path: Path) -> None:
    """Refuse what is there but has no end, or nothing to read until somebody writes.

    Raises
    ------
    InputError
        If the path is that of a pipe or a device.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise InputError("this is a pipe or a device", "Name a file.", path)

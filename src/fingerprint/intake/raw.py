"""A file as it is: a header, and blocks of rows of cells."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.errors import InputError
from fingerprint.intake.cells import WORDS_FOR_CENSORED

# Called with the bytes read so far and the bytes of the file.
Progress = Callable[[int, int], None]
# Some rows of a table, one array a column: numbers as numbers, anything else as text.
Block = list[pa.Array]


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
        return InputError(error.what, error.remedy, self.path, row, column)

    @abstractmethod
    def _read_header(self) -> tuple[str, ...]: ...

    @abstractmethod
    def _read_blocks(self, progress: Progress) -> Generator[Block]: ...

    def blocks(self, progress: Progress | None = None) -> Generator[Block]:
        """Read the rows below the header, without the blank ones at the end.

        Parameters
        ----------
        progress
            Called now and then with bytes done and bytes in all.

        Raises
        ------
        InputError
            If the file cannot be read to its end.
        """
        held: list[Block] = []
        with closing(self._read_blocks(progress or _silent)) as blocks:
            for block in blocks:
                used = _used_rows(block)
                if used:
                    yield from held
                    held.clear()
                    yield [column[:used] for column in block]
                if used < len(block[0]):
                    held.append([column[used:] for column in block])

    def positions(self, names: Collection[str] | None = None) -> dict[str, int]:
        """Where each named column stands.

        Parameters
        ----------
        names
            The columns that matter; all by default.

        Raises
        ------
        InputError
            If a name that matters stands twice in the header.
        """
        wanted = set(self.header if names is None else names) - {""}
        twice = [name for name, n in Counter(self.header).items() if n > 1 and name in wanted]
        if twice:
            raise InputError(
                f"two columns are called {twice[0]!r}",
                "Rename or delete one of them.",
                self.path,
                self.header_row,
                twice[0],
            )
        return {name: i for i, name in enumerate(self.header) if name in wanted}

    def refuse_nameless(self, block: Block, start: int) -> None:
        """Refuse a cell below a blank name in the header.

        Parameters
        ----------
        block
            Some rows.
        start
            The table's row that the block begins with.
        """
        for name, column in zip(self.header, block, strict=True):
            if not name and column.null_count < len(column):
                row = start + int(np.argmax(pc.is_valid(column).to_numpy(zero_copy_only=False)))
                raise self.place(
                    InputError(
                        "the cell stands in a column without a name",
                        "Name the column in the header, or delete it.",
                        row=row,
                    )
                )


def _silent(done: int, total: int) -> None:
    """Show no progress."""


def _used_rows(block: Block) -> int:
    """Number of rows up to the last one that is not blank."""
    if not block or any(column[-1].is_valid for column in block if len(column)):
        return len(block[0]) if block else 0
    last = [np.flatnonzero(pc.is_valid(c).to_numpy(zero_copy_only=False)) for c in block]
    return max((int(valid[-1]) + 1 for valid in last if valid.size), default=0)

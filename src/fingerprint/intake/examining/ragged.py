"""A CSV file read on past the row where its reader stops, to see what else is wrong with it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from fingerprint.errors import InputError
from fingerprint.intake.files.csv_table import CsvTable
from fingerprint.intake.files.raw import Block, Progress, RawTable
from fingerprint.intake.problems import Faults

_BLOCK_ROWS = 5_000
_FARTHEST_HEADER = 100
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

Row = list[str]


@dataclass(eq=False)
class RaggedRows:
    """Rows that have more or fewer cells than the header.

    Parameters
    ----------
    table
        The file.
    faults
        Told of each, its row counted from 0 in the table.

    Attributes
    ----------
    rows
        The rows of the table; their cells are blank in what is read.
    """

    table: RawTable
    faults: Faults
    rows: set[int] = field(default_factory=set)
    # Why the reader stopped, which says more of that row than the number of its cells.
    stopped: InputError | None = None

    def blanked(self, at: int, row: Row) -> Row:
        """Report and blank a row if it is ragged."""
        width = len(self.table.header)
        if len(row) == width or not row:
            return row
        remedy = (
            "Complete the row; the file may have been cut off."
            if len(row) < width
            else "Put a cell that holds the separator in quotation marks."
        )
        what = f"the row has {len(row)} cells, the header {width}"
        if self.stopped is not None and self.stopped.row == self.table.row_in_file(at):
            what, remedy = self.stopped.what, self.stopped.remedy
        self.rows.add(at)
        self.faults.add(InputError(what, remedy, row=at))
        return []


def blocks_read_on(
    table: RawTable, ragged: RaggedRows, progress: Progress | None = None
) -> Generator[Block]:
    """Read a table as far as may be.

    Parameters
    ----------
    table
        The table.
    ragged
        Told of each row that has more or fewer cells than the header.
    progress
        Called now and then with bytes done and bytes in all.

    Raises
    ------
    InputError
        If the file cannot be read on for another reason.
    """
    done = 0
    try:
        with closing(table.blocks(progress)) as blocks:
            for block in blocks:
                yield block
                done += len(block[0])
        return
    except InputError as error:
        if not isinstance(table, CsvTable) or error.row is None or not table.header:
            raise
        ragged.stopped = error
    yield from _read_on(table, done, ragged.blanked)
    if ragged.stopped.row not in {table.row_in_file(row) for row in ragged.rows}:
        raise ragged.stopped


def rows_as_they_are(table: RawTable) -> Generator[Block]:
    """Read a table as far as may be, ragged rows being filled up or cut.

    Parameters
    ----------
    table
        The table.
    """
    done = 0
    try:
        with closing(table.blocks()) as blocks:
            for block in blocks:
                yield block
                done += len(block[0])
    except InputError:
        # That the file cannot be read on is a problem listed already.
        if isinstance(table, CsvTable) and table.header:
            yield from _read_on(table, done, lambda _, row: row)


def _read_on(table: CsvTable, done: int, change: Callable[[int, Row], Row]) -> Generator[Block]:
    """Read rows from one on, without the blank ones at the end."""
    held: list[Row] = []
    used = 0
    for at, row in enumerate(_rows(table)):
        if at < done:
            continue
        held.append(change(at, row))
        used = len(held) if any(row) else used
        if used == _BLOCK_ROWS:
            yield _block(held, len(table.header))
            held, used = [], 0
    if used:
        yield _block(held[:used], len(table.header))


def _rows(table: CsvTable) -> Iterator[Row]:
    """Rows below the header, as far as the quotation marks in them make sense."""
    with table.path.open(encoding=_encoding(table.path), errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=table.separator)
        try:
            for _, row in zip(range(_FARTHEST_HEADER), reader, strict=False):
                if tuple(" ".join(name.split()) for name in row) == table.header:
                    break
            yield from reader
        except csv.Error:
            return


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in _UTF16 else "utf-8-sig"


def _block(rows: list[Row], width: int) -> Block:
    padded = [[*row[:width], *[""] * (width - len(row))] for row in rows]
    return [
        pa.array([cell or None for cell in column], pa.string())
        for column in zip(*padded, strict=True)
    ]

"""Excel workbooks: one sheet, values instead of formulas."""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile

import pyarrow as pa

from fingerprint.errors import InputError
from fingerprint.intake.cells import read_texts
from fingerprint.intake.files.raw import Block, Progress, RawTable
from fingerprint.intake.files.xlsx_book import Book, open_book
from fingerprint.intake.files.xlsx_sheet import Fault, Sheet, Value, text_of

_BLOCK_ROWS = 5_000
_BLOCK_CELLS = 1_000_000
_NAMES_SHOWN = 5
# What openpyxl raises on a workbook that is damaged or is something else.
_DAMAGED = (
    BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    SyntaxError,
    NotImplementedError,
    RuntimeError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
_REMEDIES = {
    "a formula": "Open the file in Excel and save it, or put the value in its place.",
    "formatted as per cent": "Write the number in the unit of its column, formatted as a number.",
    "the error": "Correct the formula, or leave the cell blank if not measured.",
}
_VALUE_REMEDY = "Put the value in the cell, formatted as a number."


class XlsxTable(RawTable):
    """A sheet of an Excel workbook; hidden rows and columns are part of it.

    Parameters
    ----------
    path
        The workbook.
    header_row
        Row of the sheet that names the columns, counted from 1.
    sheet
        Its name; the first visible one by default.
    """

    def __init__(self, path: Path, header_row: int = 1, sheet: str = "") -> None:
        self._sheet = sheet
        super().__init__(path, header_row)

    def _read_header(self) -> tuple[str, ...]:
        cells: dict[int, Value] = {}
        with self._book() as book:
            self.notes = _on_sheets(book, self.path)
            for row, values in Sheet(book).rows():
                if row >= self.header_row:
                    cells = values if row == self.header_row else {}
                    break
        self._refuse_faults(cells, self.header_row)
        names = {j: (text_of(value) or "").strip() for j, value in cells.items()}
        width = max((j + 1 for j, name in names.items() if name), default=0)
        if not width:
            raise InputError(
                "the header row of the sheet is blank",
                "Put the table on the first visible sheet, its header in row 1.",
                self.path,
                self.header_row,
            )
        return tuple(names.get(j, "") for j in range(width))

    def _read_blocks(self, progress: Progress) -> Generator[Block]:
        size, width = self.path.stat().st_size, len(self.header)
        length = max(min(_BLOCK_ROWS, _BLOCK_CELLS // width), 1)
        with self._book() as book:
            sheet = Sheet(book)
            rows: list[dict[int, Value]] = []
            expected = self.first_row
            for row, values in sheet.rows():
                if row < self.first_row:
                    continue
                for start in range(expected, row, length):
                    # Rows that are not there are blank.
                    rows += [{}] * min(length, row - start)
                    if len(rows) >= length:
                        yield _block(rows, width)
                        rows = []
                self._refuse_wide(values, row)
                self._refuse_faults(values, row)
                rows.append(values)
                expected = row + 1
                if len(rows) >= length:
                    yield _block(rows, width)
                    rows = []
                    progress(size * sheet.bytes_read // max(book.bytes_of_sheet, 1), size)
            if rows:
                yield _block(rows, width)
            progress(size, size)
            self._refuse_merged(sheet)

    def _refuse_wide(self, values: dict[int, Value], row: int) -> None:
        beyond = [j for j in values if j >= len(self.header)]
        if any((text_of(values.pop(j)) or "").strip() for j in beyond):
            raise InputError(
                "there is a cell beyond the last column of the header",
                "Name its column, or delete the cell.",
                self.path,
                row,
            )

    def _refuse_faults(self, values: dict[int, Value], row: int) -> None:
        for j, value in values.items():
            if type(value) is Fault and (row == self.header_row or j in self._watched):
                remedy = next((r for word, r in _REMEDIES.items() if word in value), _VALUE_REMEDY)
                raise InputError(str(value), remedy, self.path, row, self._column(j))

    def _refuse_merged(self, sheet: Sheet) -> None:
        """Only the first of merged cells has a value: the others would count as not measured."""
        for top, bottom, left, right in sheet.merged:
            touched = [j for j in range(left - 1, right) if j in self._watched]
            if bottom >= self.header_row and touched:
                raise InputError(
                    "merged cells: only the first of them holds what they show",
                    "Unmerge them and fill in each cell.",
                    self.path,
                    max(top, self.header_row),
                    self._column(touched[0]),
                )

    def _column(self, j: int) -> str:
        from openpyxl.utils import get_column_letter

        header = getattr(self, "header", ())
        return (header[j] if j < len(header) else "") or get_column_letter(j + 1)

    @contextmanager
    def _book(self) -> Iterator[Book]:
        try:
            with open_book(self.path, self._sheet) as book:
                yield book
        except _DAMAGED as error:
            if _is_sealed(self.path):
                raise InputError(
                    "the workbook has a password, or is of the old kind (.xls)",
                    "Open it in Excel and save it as .xlsx without a password.",
                    self.path,
                ) from None
            raise InputError(
                f"the file is not a readable Excel workbook ({type(error).__name__})",
                "Open it in Excel and save it again as .xlsx, or as CSV UTF-8.",
                self.path,
            ) from None


def _on_sheets(book: Book, path: Path) -> tuple[InputError, ...]:
    if not book.others:
        return ()
    names = ", ".join(map(repr, book.others[:_NAMES_SHOWN]))
    more = len(book.others) - _NAMES_SHOWN
    rest = f" and {more} more" if more > 0 else ""
    what = f"only the sheet {book.name!r} is read, not {names}{rest}"
    remedy = "If the samples are on another sheet, make it the first or save it by itself."
    return (InputError(what, remedy, path),)


def _is_sealed(path: Path) -> bool:
    """Whether the file is a compound file: Excel puts old and encrypted workbooks into one."""
    with path.open("rb") as file:
        return file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _block(rows: list[dict[int, Value]], width: int) -> Block:
    return [_array([row.get(j) for row in rows]) for j in range(width)]


def _array(column: list[Value]) -> pa.Array:
    """Numbers if there is nothing else, or else text."""
    if all(type(value) is float or value is None for value in column):
        return pa.array(column, pa.float64())
    return read_texts(pa.array([text_of(value) for value in column], pa.string()))

"""Excel workbooks: the first sheet, values instead of formulas."""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import pyarrow as pa

from fingerprint.errors import InputError
from fingerprint.intake.cells import plain_number, read_texts
from fingerprint.intake.raw import Block, Progress, RawTable

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_BLOCK_ROWS = 5_000
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


class XlsxTable(RawTable):
    """A sheet of an Excel workbook.

    Parameters
    ----------
    path
        The workbook.
    header_row
        Row of the sheet that names the columns, counted from 1.
    sheet
        Its name; the first by default.
    """

    def __init__(self, path: Path, header_row: int = 1, sheet: str = "") -> None:
        self._name = sheet
        super().__init__(path, header_row)

    def _read_header(self) -> tuple[str, ...]:
        with self._sheet() as sheet:
            rows = sheet.iter_rows(
                min_row=self.header_row, max_row=self.header_row, values_only=True
            )
            header = ["" if v is None else str(v).strip() for v in next(rows, ())]
        while header and not header[-1]:
            header.pop()
        if not header:
            raise InputError(
                "the header row of the first sheet is blank",
                "Put the table on the first sheet, its header in row 1.",
                self.path,
                self.header_row,
            )
        return tuple(header)

    def _read_blocks(self, progress: Progress) -> Generator[Block]:
        size = self.path.stat().st_size
        width, done = len(self.header), 0
        with self._sheet() as sheet:
            rows = sheet.iter_rows(min_row=self.first_row, values_only=True)
            total = max(sheet.max_row or 1, 1)
            while chunk := list(islice(rows, _BLOCK_ROWS)):
                for i, row in enumerate(chunk):
                    self._refuse_wide(row[width:], self.first_row + done + i)
                padded = ((*row, *(None,) * (width - len(row))) for row in chunk)
                columns = zip(*padded, strict=False)
                yield [_array(column) for column in islice(columns, width)]
                done += len(chunk)
                progress(size * min(done, total) // total, size)

    def _refuse_wide(self, beyond: tuple[Any, ...], row: int) -> None:
        if any(value is not None and str(value).strip() for value in beyond):
            raise InputError(
                "there is a cell beyond the last column of the header",
                "Name its column, or delete the cell.",
                self.path,
                row,
            )

    def _place(self, sheets: list[str]) -> int:
        if not self._name:
            return 0
        if self._name not in sheets:
            raise InputError(
                f"there is no sheet {self._name!r}",
                f"The workbook has {', '.join(sheets)}.",
                self.path,
            )
        return sheets.index(self._name)

    @contextmanager
    def _sheet(self) -> Iterator[Worksheet]:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException

        book = None
        try:
            book = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
            sheet = book.worksheets[self._place([s.title for s in book.worksheets])]
            # The stated size of a sheet is often wrong.
            sheet.reset_dimensions()
            yield sheet
        except (*_DAMAGED, InvalidFileException) as error:
            raise InputError(
                f"the file is not a readable Excel workbook ({type(error).__name__})",
                "Open it in Excel and save it again as .xlsx, or as CSV UTF-8.",
                self.path,
            ) from None
        finally:
            if book is not None:
                book.close()


def _array(column: tuple[Any, ...]) -> pa.Array:
    """Numbers if there is nothing else, or else text."""
    if all(type(v) in (int, float) or v is None for v in column):
        return pa.array([None if v is None else float(v) for v in column], pa.float64())
    return read_texts(pa.array([_text(v) for v in column], pa.string()))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, datetime) and value.time() == value.min.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)

"""Excel workbooks: numbers exactly, text as text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.errors import InputError

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

# More than this, and Excel cuts the text off.
_LONGEST_TEXT = 32_767
_CONTROL_CHARACTERS = r"[\x00-\x08\x0b-\x1f]"
_MOST_ROWS = 1_048_576


def write_xlsx(table: pa.Table, path: Path, named: Path) -> None:
    """Write a table to the only sheet of a workbook.

    Parameters
    ----------
    table
        Columns of numbers and text.
    path
        Where to write.
    named
        The file as the user named it, for messages.

    Raises
    ------
    InputError
        If the table does not fit into a workbook.
    """
    import openpyxl

    if table.num_rows >= _MOST_ROWS:
        raise InputError(
            f"{table.num_rows} rows do not fit into a workbook", "Write .parquet or .csv.", named
        )
    _refuse_texts(table, named)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("table")
    try:
        for cells in _rows(table, sheet):
            sheet.append(cells)
        book.save(path)
    except OSError:
        # Else Python closes it later, fails again, and prints that below the message.
        with suppress(OSError, StopIteration):
            sheet.close()
        raise


def _refuse_texts(table: pa.Table, named: Path) -> None:
    """Refuse text that a workbook would not hold whole."""
    for name in table.column_names:
        column = table[name]
        if not pa.types.is_string(column.type):
            continue
        wrong = pc.or_(
            pc.match_substring_regex(column, _CONTROL_CHARACTERS),
            pc.greater(pc.utf8_length(column), _LONGEST_TEXT),
        )
        row = pc.index(wrong, True).as_py()
        if row >= 0:
            raise InputError(
                "a workbook cannot hold this text (control characters, or too long)",
                "Correct it, or write .parquet or .csv.",
                named,
                row + 2,
                name,
            )


def _rows(table: pa.Table, sheet: WriteOnlyWorksheet) -> Iterator[list[Cell | None]]:
    yield [_cell(name, sheet) for name in table.column_names]
    for batch in table.to_batches(max_chunksize=5_000):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield [_cell(value, sheet) for value in row]


def _cell(value: str | float | None, sheet: WriteOnlyWorksheet) -> Cell | None:
    """Make a cell whose text is never a formula and whose number keeps all digits."""
    from openpyxl.cell import WriteOnlyCell

    if value is None:
        return None
    text = value if isinstance(value, str) else repr(value)
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s" if isinstance(value, str) else "n"
    return cell

"""One sheet of an Excel workbook: rows of values, read as the XML comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from fingerprint.intake.cells import plain_number
from fingerprint.intake.files.xlsx_book import Book, Format
from fingerprint.intake.files.xlsx_parts import Metered, elements, plain_text

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_ROWS = 1 << 20
_MOST_COLUMNS = 1 << 14
_MOST_LETTERS = 1 << 15
_MOST_MERGED = 1 << 20
_NUMBER = re.compile(r"[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7}):\$?([A-Z]{1,3})\$?([0-9]{1,7})")
_DIGITS = "0123456789"

Value = float | str | None


class Fault(str):
    """What is wrong with a cell, in the place of its value."""

    __slots__ = ()


class Sheet:
    """The rows of a sheet, from its first to its last.

    Parameters
    ----------
    book
        The workbook, its sheet at the beginning.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._columns: dict[str, int] = {}
        self._source = Metered(book.sheet)
        # First and last row and column, counted from 1, of each range of merged cells.
        self.merged: list[tuple[int, int, int, int]] = []

    @property
    def bytes_read(self) -> int:
        """How much of the sheet has been read."""
        return self._source.bytes_read

    def rows(self) -> Iterator[tuple[int, dict[int, Value]]]:
        """Read the rows that are there.

        Yields
        ------
        int
            The row, counted from 1 and always growing.
        dict
            Value of each cell that is not blank, by column counted from 0.

        Raises
        ------
        ValueError
            If the XML is not that of a sheet.
        """
        row = 0
        for within, element in elements(self._source, 2):
            # Strict workbooks have another namespace.
            tag = element.tag
            if tag.endswith("}row") and within.endswith("}sheetData"):
                stated = element.get("r")
                number = row + 1 if stated is None else int(stated)
                if not row < number <= _MOST_ROWS:
                    raise ValueError(f"row {number} follows row {row}")
                row = number
                yield row, self._cells(element, row)
            elif tag.endswith("}mergeCell"):
                if len(self.merged) == _MOST_MERGED:
                    raise ValueError("merged cells without end")
                self.merged.append(self._range(element.get("ref", "")))

    def _cells(self, row: Element, number: int) -> dict[int, Value]:
        values: dict[int, Value] = {}
        column, text = -1, str(number)
        for cell in row:
            place = cell.get("r")
            if place is None:
                column += 1
            else:
                letters = place.rstrip(_DIGITS)
                before, column = column, self._column(letters)
                if place[len(letters) :] != text or column <= before:
                    raise ValueError(f"the cell {place} in row {number}")
            if column >= _MOST_COLUMNS:
                raise ValueError("more columns than a sheet can have")
            value = self._value(cell)
            if value is not None:
                values[column] = value
        return values

    def _column(self, letters: str) -> int:
        column = self._columns.get(letters)
        if column is None:
            from openpyxl.utils import column_index_from_string

            column = self._columns[letters] = column_index_from_string(letters) - 1
        return column

    def _value(self, cell: Element) -> Value:
        kind = cell.get("t", "n")
        text, has_formula, inline = None, False, None
        for child in cell:
            end = child.tag[-2:]
            if end == "}v":
                text = child.text
            elif end == "}f":
                has_formula = True
            elif child.tag.endswith("}is"):
                inline = child
        if has_formula and (not self._book.is_calculated or (not text and kind != "str")):
            return Fault("the cell holds a formula that was not calculated")
        if inline is not None:
            return plain_text(inline)
        if text is None:
            return None
        if kind == "n":
            return self._number(text.strip(), cell.get("s"))
        if kind == "s":
            return self._text(text)
        return _OTHERS[kind](text)

    def _number(self, text: str, style: str | None) -> Value:
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"{text[:20]!r} as a number")
        return self._formatted(float(text), self._book.formats[_index(style or "0")])

    def _formatted(self, number: float, form: Format) -> Value:
        if form.fault:
            return Fault(form.fault)
        if form.is_date:
            from openpyxl.utils.datetime import from_excel

            try:
                moment = from_excel(number, self._book.epoch, timedelta=form.is_duration)
            except (OverflowError, ValueError):
                return Fault(f"the cell is formatted as a date, which {number:g} cannot be")
            return _shown(moment)
        return number

    def _text(self, text: str) -> str:
        shared = self._book.texts[_index(text)]
        if len(shared) > _MOST_LETTERS:
            raise ValueError("a text longer than a cell can hold")
        return shared

    def _range(self, ref: str) -> tuple[int, int, int, int]:
        match = _RANGE.fullmatch(ref)
        if match is None:
            raise ValueError(f"the range {ref[:20]!r}")
        first, top, last, bottom = match.groups()
        return int(top), int(bottom), self._column(first) + 1, self._column(last) + 1


def _index(text: str) -> int:
    index = int(text)
    if index < 0:
        raise IndexError(index)
    return index


def _shown(moment: object) -> str:
    if isinstance(moment, datetime) and moment.time() == moment.min.time():
        return moment.date().isoformat()
    return moment.isoformat() if isinstance(moment, date) else str(moment)


def _boolean(text: str) -> str:
    return str(bool(int(text)))


def _error(text: str) -> Fault:
    return Fault(f"the cell holds the error {text[:20]}")


def _moment(text: str) -> str:
    return text.removesuffix("T00:00:00")


_OTHERS: dict[str, Callable[[str], Value]] = {
    "str": str,
    "b": _boolean,
    "e": _error,
    "d": _moment,
    "inlineStr": str,
}


def text_of(value: Value) -> str | None:
    """Write a value as the text of a cell."""
    return plain_number(value) if isinstance(value, float) else value

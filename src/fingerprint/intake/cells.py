"""Cells of a laboratory file: a number, ``<limit``, a word for below detection, or blank."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.errors import InputError
from fingerprint.intake.problems import REFUSE, Faults
from fingerprint.tables.arrays import Bools, Floats

WORDS_FOR_CENSORED = ("Below LOD", "b.d.l.", "bdl", "<LOD")

NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
# 1,234 alone may be 1.234 or 1234; 0,234 or 1,5 can only hold a decimal comma.
_LIKE_THOUSANDS = r"^[+-]?[1-9][0-9]{0,2},[0-9]{3}$"
_POINT_REMEDY = "Write numbers with a decimal point, and nothing between thousands."
_CELL_REMEDY = "Write a number or <limit, or leave the cell blank if not measured."


@dataclass(frozen=True, eq=False)
class Numbers:
    """One column of cells, read.

    Parameters
    ----------
    values
        (cells,) NaN where blank or a word; the limit where the cell is ``<limit``.
    below
        (cells,) True where the cell is ``<limit``.
    worded
        (cells,) True where a word says that the value is below detection.
    wrong
        (cells,) True where the cell is at fault, which was reported; its value is NaN.
    """

    values: Floats
    below: Bools
    worded: Bools
    wrong: Bools


@dataclass
class CellReader:
    """Reads the cells of one file, and keeps watch over its decimal mark.

    Parameters
    ----------
    words
        Words that mean below detection, in whatever case.
    decimal_comma
        Whether a comma may be the decimal mark (no, if it separates the cells).
    """

    words: Iterable[str] = WORDS_FOR_CENSORED
    decimal_comma: bool = False
    _comma: str = field(default="", init=False)
    _point: str = field(default="", init=False)
    _decimal: bool = field(default=False, init=False)
    # The decimal mark that the file used first.
    _mark: str = field(default="", init=False)

    def read(self, cells: pa.Array, faults: Faults = REFUSE) -> Numbers:
        """Read a column of numbers or of text.

        Parameters
        ----------
        cells
            Numeric or string array; null: blank.
        faults
            Told of each cell that is none of what a cell may be; the row is counted from 0 in
            `cells`.

        Raises
        ------
        InputError
            If `faults` refuse.
        """
        none = np.zeros(len(cells), dtype=bool)
        if not pa.types.is_string(cells.type):
            return Numbers(_floats(cells), none, none, none)
        if not self.decimal_comma:
            try:
                values = _floats(cells)
            except pa.ArrowInvalid:
                pass
            else:
                if np.isfinite(values).sum() + cells.null_count == len(cells):
                    return Numbers(values, none, none, none)
        return self._read_text(cells, faults)

    def finish(self, faults: Faults = REFUSE) -> None:
        """Say whether the decimal mark of the whole file is certain.

        Parameters
        ----------
        faults
            Told if every comma could as well stand between thousands.

        Raises
        ------
        InputError
            If `faults` refuse.
        """
        if self._comma and not self._decimal:
            faults.add(
                InputError(
                    f"the comma in {self._comma!r} may be a decimal mark or stand between "
                    "thousands",
                    _POINT_REMEDY,
                    value=self._comma,
                )
            )

    def _read_text(self, cells: pa.Array, faults: Faults) -> Numbers:
        text = pc.utf8_trim_whitespace(cells)
        text = pc.if_else(pc.equal(text, ""), None, text)
        known = pa.array([word.lower() for word in self.words], pa.string())
        worded = pc.fill_null(pc.is_in(pc.utf8_lower(text), known), False)
        below = pc.and_(pc.fill_null(pc.starts_with(text, "<"), False), pc.invert(worded))
        digits = pc.if_else(worded, None, text)
        digits = pc.if_else(
            below, pc.utf8_ltrim_whitespace(pc.utf8_slice_codeunits(digits, 1)), digits
        )
        plain = pc.replace_substring(digits, ",", ".") if self.decimal_comma else digits
        good = pc.fill_null(pc.match_substring_regex(plain, NUMBER), True)
        wrong = ~_bools(good)
        if wrong.any():
            faults.add_cells(
                np.flatnonzero(wrong), lambda row: _bad_cell(text[row].as_py(), row), text
            )
            plain = pc.if_else(good, plain, None)
            digits = pc.if_else(good, digits, None)
        if self.decimal_comma:
            wrong |= self._watch_mark(digits, faults)
        values = _floats(plain)
        if wrong.any():
            values = np.where(wrong, np.nan, values)
        return Numbers(values, _bools(below) & ~wrong, _bools(worded), wrong)

    def _watch_mark(self, digits: pa.Array, faults: Faults) -> Bools:
        """Report the cells whose decimal mark is not the one that the file used first."""
        comma = _bools(pc.fill_null(pc.match_substring(digits, ","), False))
        point = _bools(pc.fill_null(pc.match_substring(digits, "."), False))
        if comma.any():
            self._comma = self._comma or digits[int(np.argmax(comma))].as_py()
            thousands = pc.match_substring_regex(digits, _LIKE_THOUSANDS)
            certain = comma & ~_bools(pc.fill_null(thousands, False))
            self._decimal = self._decimal or bool(certain.any())
        if point.any():
            self._point = self._point or digits[int(np.argmax(point))].as_py()
        marked = comma | point
        if not self._mark and marked.any():
            self._mark = "," if comma[int(np.argmax(marked))] else "."
        other = point if self._mark == "," else comma
        if other.any():
            faults.add_cells(
                np.flatnonzero(other), lambda row: self._two_marks(digits, row), digits
            )
        return other

    def _two_marks(self, digits: pa.Array, row: int) -> InputError:
        return InputError(
            f"decimal commas and decimal points in one file ({self._comma!r} and {self._point!r})",
            _POINT_REMEDY,
            row=row,
            value=digits[row].as_py(),
        )


def read_texts(cells: pa.Array) -> pa.Array:
    """Turn any column into text without stray spaces; null where blank.

    Parameters
    ----------
    cells
        Numeric, boolean, date or string array.
    """
    if pa.types.is_floating(cells.type):
        # Spreadsheets keep every number as a fraction: sample 7 is not "7.0".
        texts = [None if v is None or v != v else plain_number(v) for v in cells.to_pylist()]
        return pa.array(texts, pa.string())
    text = pc.utf8_trim_whitespace(cells.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), None, text)


def plain_number(value: float) -> str:
    """Write a number that stands for a name: ``7``, not ``7.0``."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _bad_cell(text: str, row: int) -> InputError:
    if "\n" in text:
        what = f"a line break stands in the cell that begins with {text[:10]!r}"
        remedy = "Close the quotation mark that the cell opens."
        return InputError(what, remedy, row=row, value=text)
    remedy = _POINT_REMEDY if "," in text else _CELL_REMEDY
    what = f"{text[:40]!r} stands where a number belongs"
    return InputError(what, remedy, row=row, value=text)


def _floats(cells: pa.Array) -> Floats:
    values = cells.cast(pa.float64(), safe=pa.types.is_string(cells.type)).to_numpy(
        zero_copy_only=False
    )
    return np.asarray(values, dtype=np.float64)


def _bools(mask: pa.Array) -> Bools:
    return np.asarray(mask.to_numpy(zero_copy_only=False), dtype=bool)

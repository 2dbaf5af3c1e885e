"""What faults have in common, so that one remedy can be given instead of forty."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from fingerprint.chemistry import UNITS_TO_PPM, read_species
from fingerprint.errors import InputError
from fingerprint.tables.arrays import Ints

_LEAST_CELLS = 5
# Text that is of no known kind must fill a column before it is said of the column.
_LEAST_TEXTS = 20
_MOST_OF_A_COLUMN = 0.9
_UNITS_SHOWN = 3

_UNIT_WORDS = {unit.lower() for unit in UNITS_TO_PPM} | {
    "%", "wt.%", "wt %", "wt. %", "mass%", "ug g-1", "µg g-1", "μg g-1", "mg kg-1", "cps", "counts",
}  # fmt: skip
_SPELT_OUT = {"%": "wt%", "wt.%": "wt%", "µg/g": "ppm", "μg/g": "ppm", "ug/g": "ppm"}


@dataclass(frozen=True)
class _Kind:
    """A kind of text that stands where a number belongs."""

    pattern: re.Pattern[str]
    column: str
    column_remedy: str
    remedy: str


_KINDS = (
    _Kind(
        re.compile(
            r"\d{4}-\d{1,2}-\d{1,2}([ T][\d:.]+)?|\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2})"
            r"|\d{1,2}[.-]? ?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[.-]? ?\d{0,4}",
            re.IGNORECASE,
        ),
        "the column holds dates, not numbers",
        "Type the numbers again in cells formatted as number (spreadsheets make dates of entries "
        "such as 3-4 or 1.5), or give the column a name of its own, such as collected_on.",
        "Type the number again in a cell formatted as number: spreadsheets make dates of entries "
        "such as 3-4 or 1.5.",
    ),
    _Kind(
        re.compile(r"[+-]?\d{1,3}((,\d{3})+(\.\d+)?|(['’ \u00a0\u202f]\d{3})+([.,]\d+)?)"),
        "the column's numbers are written with separators between thousands",
        "Format the column as number without a thousands separator, and save again.",
        "Write the number without anything between thousands.",
    ),
    _Kind(
        re.compile(r"[+-]?\d+(\.\d+)? ?([a-zµμ%]+([/ ][a-z]+(-1)?)?)", re.IGNORECASE),
        "the column's cells hold a number and a unit",
        "Keep the number alone; the unit stands in the column's name, such as Ta_ppm.",
        "Keep the number alone; the unit stands in the column's name, such as Ta_ppm.",
    ),
    _Kind(
        re.compile(r"(n\.? ?[adm]\.?|n/a|not (analy[sz]ed|measured|determined)|[-–—]+|nan|null)",
                   re.IGNORECASE),
        "the column holds a word instead of numbers",
        "Leave the cells blank if not measured; write <limit or bdl if below detection.",
        "Leave the cell blank if not measured; write <limit or bdl if below detection.",
    ),
    _Kind(
        re.compile(r"#(N/A|VALUE!|REF!|DIV/0!|NUM!|NAME\?|NULL!)"),
        "the column's formulas failed",
        "Mend the formulas, or leave the cells blank if not measured.",
        "Mend the formula, or leave the cell blank if not measured.",
    ),
    _Kind(
        re.compile(r">.*"),
        "the column's values lie above a limit",
        "Give the measured value; only <limit is understood.",
        "Give the measured value, or leave the cell blank; only <limit is understood.",
    ),
)  # fmt: skip


def advised(error: InputError) -> InputError:
    """Give the remedy that fits what stands in a cell or a header, where it is plain.

    Parameters
    ----------
    error
        Its value is the cell's text, or its column the name at fault.
    """
    if error.value is None:
        name = None if error.column is None else right_name(error.column)
        is_name = error.what.startswith(("unknown unit", "the analyte"))
        return replace(error, remedy=f"Call it {name}.") if is_name and name else error
    if not error.what.endswith("stands where a number belongs"):
        return error
    kind = next((k for k in _KINDS if k.pattern.fullmatch(error.value.strip())), None)
    return error if kind is None else replace(error, remedy=kind.remedy)


def whole_column(texts: pa.Array, rows: Ints, first: InputError) -> InputError | None:
    """Say once what is wrong with nearly all cells of a column.

    Parameters
    ----------
    texts
        (cells,) null where blank.
    rows
        The cells at fault.
    first
        The error of the first of them.

    Returns
    -------
    InputError or None
        None if the cells are to be listed one by one.
    """
    filled = len(texts) - texts.null_count
    if len(rows) < max(_LEAST_CELLS, _MOST_OF_A_COLUMN * filled):
        return None
    wrong = texts.take(pa.array(rows)).to_pylist()
    for kind in _KINDS:
        alike = sum(kind.pattern.fullmatch(str(text)) is not None for text in wrong)
        if alike >= _MOST_OF_A_COLUMN * len(wrong):
            return replace(first, what=kind.column, remedy=kind.column_remedy)
    if len(rows) < _LEAST_TEXTS:
        return None
    if first.what.endswith("stands where a number belongs"):
        return replace(first, what="the column holds text, not numbers", remedy=_TEXT_REMEDY)
    return replace(first, what=f"{first.what}; so it is in the whole column")


_TEXT_REMEDY = "Rename the column if it is no analyte, or write its measurements as numbers."


def row_of_units(units: Sequence[str]) -> InputError:
    """Say that a row holds units.

    Parameters
    ----------
    units
        Some of them.
    """
    return InputError(
        f"the row holds units ({', '.join(units[:_UNITS_SHOWN])}), not measurements",
        "Delete the row; the unit stands in the name of each column, such as Ta_ppm.",
    )


def is_unit(text: str) -> bool:
    """Whether a cell is the name of a unit, with or without brackets."""
    return _bare(text) in _UNIT_WORDS


def units_in(cells: Iterable[str | None]) -> tuple[str, ...]:
    """Give the units, each once, if every cell that is not blank is one.

    Parameters
    ----------
    cells
        The cells of one row below the names of analytes.
    """
    filled = [text for text in cells if text]
    if not filled or not all(is_unit(text) for text in filled):
        return ()
    return tuple(dict.fromkeys(filled))


def _bare(text: str) -> str:
    return text.strip().strip("()[]").strip().lower().replace("−", "-").replace("_", " ")


_MASS = re.compile(r"[mM](\d{1,3})")
_ROLES = {"lod": "lod", "mdl": "lod", "dl": "lod", "2se": "2se", "int2se": "2se", "1se": "1se"}


def right_name(name: str) -> str | None:
    """Name a column as the public format does, if what is meant is plain.

    Parameters
    ----------
    name
        Such as ``Ta (ppm)``, ``Ta_ppm_m181`` or ``Ti49_ppm_Int2SE``.

    Examples
    --------
    >>> right_name("Ta [ug/g]"), right_name("Ta_ppm_m181"), right_name("Ta ppm Int2SE")
    ('Ta_ppm', 'Ta181_ppm', 'Ta_2se')
    >>> right_name("Tag (ppm)") is None
    True
    """
    parts = [part for part in re.split(r"[\s_()\[\],;]+", name) if part]
    if len(parts) < 2 or read_species(parts[0]) is None:
        return None
    analyte, *rest = parts
    unit, role, mass = "", "", ""
    for part in rest:
        word = _SPELT_OUT.get(part.lower(), part.lower())
        if word in UNITS_TO_PPM:
            unit = word
        elif word in _ROLES:
            role = _ROLES[word]
        elif match := _MASS.fullmatch(part):
            mass = match[1]
        else:
            return None
    if not (unit or role):
        return None
    labelled = analyte if analyte[-1].isdigit() or "O" in analyte[1:] else analyte + mass
    return f"{labelled}_{role or unit}"

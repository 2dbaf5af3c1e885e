"""An Excel workbook: which sheet is read, its texts and formats; no bombs."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any
from xml.etree import ElementTree
from zipfile import ZipFile

from fingerprint.errors import InputError
from fingerprint.intake.files.xlsx_parts import (
    check_part,
    check_sheet,
    check_texts,
    refuse_bomb,
    shared_texts,
)

if TYPE_CHECKING:
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import Stylesheet

# Formats of dates in East Asian and Thai Excel (ECMA-376 part 1, 18.8.30).
_OTHER_DATES = frozenset((*range(27, 37), *range(50, 59), *range(71, 82)))
# Widths of columns and views stand above the first cell of a sheet.
_BYTES_BEFORE_CELLS = 1 << 18
_STYLES = "xl/styles.xml"
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')


@dataclass(frozen=True)
class Format:
    """How a cell shows its number.

    Parameters
    ----------
    is_date, is_duration
        Whether the number is shown as a date or as a length of time.
    fault
        Why the number must not be taken for what the cell shows; ``""`` if it may.
    """

    is_date: bool = False
    is_duration: bool = False
    fault: str = ""


@dataclass(frozen=True)
class Book:
    """A workbook of which one sheet is open.

    Parameters
    ----------
    sheet
        The XML of the sheet.
    bytes_of_sheet
        How long it is.
    texts
        The shared texts.
    formats
        The formats, by number of the style.
    epoch
        What dates count from.
    is_calculated
        Whether the results of formulas that are stored may be taken for true.
    name
        Of the sheet.
    others
        Names of the other visible sheets with anything in them, which are not read.
    """

    sheet: IO[bytes]
    bytes_of_sheet: int
    texts: list[str]
    formats: list[Format]
    epoch: datetime
    is_calculated: bool
    name: str
    others: tuple[str, ...]


@contextmanager
def open_book(path: Path, sheet: str = "") -> Iterator[Book]:
    """Open one sheet of a workbook.

    Parameters
    ----------
    path
        The workbook.
    sheet
        Name of the sheet, which may be hidden; the first visible one by default.

    Raises
    ------
    InputError
        If the workbook would unpack to more than memory should hold, has no sheet of that name, or
        no sheet is visible.
    """
    from openpyxl.reader.excel import ExcelReader
    from openpyxl.styles.stylesheet import Stylesheet
    from openpyxl.xml.constants import ARC_CONTENT_TYPES
    from openpyxl.xml.functions import fromstring

    reader = ExcelReader(path, read_only=True, data_only=True, keep_links=False)
    with reader.archive as archive:
        refuse_bomb(archive, path)
        check_part(archive, ARC_CONTENT_TYPES, path)
        with warnings.catch_warnings():
            # What openpyxl cannot keep when it writes does not matter when it reads.
            warnings.simplefilter("ignore")
            reader.read_manifest()
            texts = _texts(reader, path)
            for part in (*_workbook_parts(reader), _STYLES):
                check_part(archive, part, path)
            reader.read_workbook()
            styles = None
            if _STYLES in archive.namelist():
                tree: Any = fromstring(archive.read(_STYLES))
                styles = Stylesheet.from_tree(tree)
            name, part, others = _chosen(reader, path, sheet)
        check_sheet(archive, part, path)
        with archive.open(part) as xml:
            yield Book(
                xml,
                archive.getinfo(part).file_size,
                texts,
                _formats(styles),
                reader.wb.epoch,
                _is_calculated(archive.read(reader.parser.workbook_part_name)),
                name,
                others,
            )


def _workbook_parts(reader: ExcelReader) -> tuple[str, str]:
    """Name the part that lists the sheets, and the one that says where they are."""
    from openpyxl.reader import excel

    found: Any = vars(excel)["_find_workbook_part"](reader.package)
    name = PurePosixPath(str(found.PartName)[1:])
    return str(name), str(name.parent / "_rels" / f"{name.name}.rels")


def _texts(reader: ExcelReader, path: Path) -> list[str]:
    from openpyxl.xml.constants import SHARED_STRINGS

    package: Any = reader.package
    found = package.find(SHARED_STRINGS)
    if found is None:
        return []
    name = str(found.PartName)[1:]
    check_texts(reader.archive, name, path)
    with reader.archive.open(name) as xml:
        return shared_texts(xml)


def _chosen(reader: ExcelReader, path: Path, name: str) -> tuple[str, str, tuple[str, ...]]:
    """Name the sheet to read, its place in the archive, and the other visible ones; no charts."""
    sheets = [
        (sheet, str(relation.target))
        for sheet, relation in reader.parser.find_sheets()
        if relation.Type.endswith("/worksheet")
    ]
    for sheet, part in sheets:
        if sheet.name == name or (not name and sheet.state == "visible"):
            others = (
                str(other.name)
                for other, at in sheets
                if at != part and other.state == "visible" and _has_cells(reader.archive, at)
            )
            return str(sheet.name), part, tuple(others)
    if name:
        names = ", ".join(str(sheet.name) for sheet, _ in sheets)
        raise InputError(f"there is no sheet {name!r}", f"The workbook has {names}.", path)
    raise InputError(
        "no sheet of the workbook is visible", "Show the sheet that holds the table.", path
    )


def _has_cells(archive: ZipFile, part: str) -> bool:
    with archive.open(part) as xml:
        return re.search(rb"<([a-z]+:)?c[ >]", xml.read(_BYTES_BEFORE_CELLS)) is not None


def _is_calculated(workbook: bytes) -> bool:
    """Whether Excel would show the results that are stored, and not calculate them first."""
    settings = ElementTree.fromstring(workbook).find("{*}calcPr")
    return settings is None or settings.get("fullCalcOnLoad", "0") in ("0", "false")


def _formats(styles: Stylesheet | None) -> list[Format]:
    from openpyxl.styles.numbers import (
        BUILTIN_FORMATS,
        BUILTIN_FORMATS_MAX_SIZE,
        is_date_format,
        is_timedelta_format,
    )

    if styles is None or not styles.cell_styles:
        return [Format()]
    codes = dict(BUILTIN_FORMATS)
    codes |= dict(enumerate(styles.number_formats, BUILTIN_FORMATS_MAX_SIZE))
    return [
        Format(
            style.numFmtId in _OTHER_DATES or is_date_format(code),
            is_timedelta_format(code),
            _fault_of(code),
        )
        for style in styles.cell_styles
        for code in [codes.get(style.numFmtId) or ""]
    ]


def _fault_of(code: str) -> str:
    if "%" in _QUOTED.sub("", code):
        return "the cell is formatted as per cent: 0.012 is shown as 1.2 %"
    # Conditions such as [<100] stand in brackets and show nothing.
    if any("<" in a + b for a, b in _LITERAL.findall(re.sub(r"\[[^\]]*\]", "", code))):
        return "the format of the cell shows a < that is not in the cell"
    return ""

"""Damaged and strange workbooks."""

from __future__ import annotations

import random
import re
import struct
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
from openpyxl.styles.numbers import FORMAT_PERCENTAGE_00

from intake.files.damaged import HEADER, PLAIN, ROWS, Case, text


def workbook(path: Path, change: Callable[[openpyxl.Workbook], None] | None = None) -> None:
    """Write the table as a workbook as Excel does: formulas are calculated."""
    book = openpyxl.Workbook()
    for row in [HEADER, *ROWS]:
        book.active.append(row)
    if change is not None:
        change(book)
    book.calculation.fullCalcOnLoad = None
    # Not by name: openpyxl wants its own extension.
    with path.open("wb") as file:
        book.save(file)
    rewrite(path, share_texts)


def rewrite(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change the parts of a workbook."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def share_texts(parts: dict[str, bytes]) -> None:
    """Put texts where Excel puts them: into a part of their own."""
    texts: list[bytes] = []

    def share(match: re.Match[bytes]) -> bytes:
        texts.append(match[1])
        return b't="s"><v>%d</v>' % (len(texts) - 1)

    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        parts[name] = re.sub(rb't="inlineStr"><is>(.*?)</is>', share, parts[name])
    types = "[Content_Types].xml"
    override = b'<Override PartName="/%s" ContentType="%s"/></Types>' % (
        STRINGS.encode(),
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml",
    )
    parts[types] = parts[types].replace(b"</Types>", override)
    items = b"".join(b"<si>%b</si>" % text for text in texts)
    namespace = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts[STRINGS] = b'<sst xmlns="%b">%b</sst>' % (namespace, items)


def book(change: Callable[[openpyxl.Workbook], None]) -> Callable[[Path], None]:
    return lambda path: workbook(path, change)


def cell(place: str, value: object, number_format: str = "") -> Callable[[Path], None]:
    def change(book: openpyxl.Workbook) -> None:
        book.active[place] = value
        if number_format:
            book.active[place].number_format = number_format

    return book(change)


def formatted(number_format: str) -> Callable[[Path], None]:
    def change(book: openpyxl.Workbook) -> None:
        for row in book.active["C2:E4"]:
            for found in row:
                found.number_format = number_format

    return book(change)


def merged(cells: str) -> Callable[[Path], None]:
    return book(lambda book: book.active.merge_cells(cells))


SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def patched(part: str, old: str, new: str) -> Callable[[Path], None]:
    """The workbook with some XML of a part changed; `old` is a regular expression."""

    def change(parts: dict[str, bytes]) -> None:
        content = parts[part].decode()
        parts[part] = re.sub(old, new, content, count=1).encode()
        assert parts[part].decode() != content, "nothing was changed"

    return lambda path: workbook(path) or rewrite(path, change)


def ta_of_row_2(xml: str) -> Callable[[Path], None]:
    return patched(SHEET, r'<c r="C2"[^>]*><v>1234.5</v></c>', xml)


def without(part: str) -> Callable[[Path], None]:
    return lambda path: workbook(path) or rewrite(path, lambda parts: parts.pop(part) and None)


def stated_size(size: int) -> Callable[[Path], None]:
    """The workbook whose archive tells another size of the sheet."""

    def make(path: Path) -> None:
        workbook(path)
        data = bytearray(path.read_bytes())
        entry = data.rindex(SHEET.encode()) - 46
        assert data[entry : entry + 4] == b"PK\x01\x02"
        data[entry + 24 : entry + 28] = struct.pack("<I", size)
        path.write_bytes(data)

    return make


def other_sheets_first(book: openpyxl.Workbook) -> None:
    hidden = book.create_sheet("old", 0)
    hidden.append(HEADER)
    hidden.append(["A", "Süd", 99.0, 99.0, 99.0])
    hidden.sheet_state = "hidden"
    deeper = book.create_sheet("older", 0)
    deeper.append(["sample", "Ta_ppm"])
    deeper.sheet_state = "veryHidden"
    book.create_chartsheet("chart", 0)
    book.create_sheet("notes").append(["sample", "Ta_ppm"])
    book.active = book["Sheet"]


def hidden_rows_and_columns(book: openpyxl.Workbook) -> None:
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["D"].hidden = True


def title_above(book: openpyxl.Workbook) -> None:
    book.active.insert_rows(1, 2)
    book.active["A1"] = "Laboratory A"
    book.active.merge_cells("A1:E1")


def text_numbers(book: openpyxl.Workbook) -> None:
    for row in book.active["C2:E4"]:
        for found in row:
            found.value = None if found.value is None else f" {found.value} "


def between_rows(times: int) -> Callable[[Path], None]:
    """The workbook with elements that mean nothing between its rows."""
    return patched(SHEET, '<row r="3"', times * "<a/>" + r"\g<0>")


def incompressible(megabytes: int) -> bytes:
    """A comment that packs to a fortieth, no less."""
    line = random.Random(1).randbytes(1500).hex().encode() + 60_000 * b" "
    return b"<!--" + line * (megabytes * (1 << 20) // len(line) + 1) + b"-->"


_DAMAGED = "not a readable Excel workbook"
_BOMB = "would unpack to"
_FORMULA = "row 2, column Ta_ppm: the cell holds a formula that was not calculated"
_MERGED = "merged cells: only the first of them holds what they show"

XLSX = [
    Case("plain.xlsx", workbook),
    Case("hidden sheets and a chart first.xlsx", book(other_sheets_first)),
    Case(
        "all sheets hidden.xlsx",
        patched("xl/workbook.xml", 'state="visible"', 'state="hidden"'),
        "no sheet of the workbook is visible",
    ),
    Case("hidden rows and columns.xlsx", book(hidden_rows_and_columns)),
    Case("title above.xlsx", book(title_above), "", 3),
    Case("numbers as text.xlsx", book(text_numbers)),
    Case("commas in text.xlsx", cell("C2", "1234,5"), "row 2, column Ta_ppm: '1234,5' stands"),
    Case("thousands in text.xlsx", cell("C2", "1,234.5"), "row 2, column Ta_ppm: '1,234.5' stands"),
    Case("thousands by format.xlsx", formatted("#,##0.00")),
    Case("a unit by format.xlsx", formatted('0.00" ppm"')),
    Case("colours by format.xlsx", formatted("[<10][Red]0.0;[Blue]0")),
    Case(
        "per cent by format.xlsx",
        formatted(FORMAT_PERCENTAGE_00),
        "row 2, column Ta_ppm: the cell is formatted as per cent",
    ),
    Case(
        "below by format.xlsx",
        cell("C2", 1234.5, '"<"0.0'),
        "row 2, column Ta_ppm: the format of the cell shows a <",
    ),
    Case(
        "a date.xlsx", cell("C3", datetime(2024, 5, 1)), "row 3, column Ta_ppm: '2024-05-01' stan"
    ),
    Case("a time.xlsx", cell("C3", time(1, 5)), "row 3, column Ta_ppm: '01:05:00' stands"),
    Case("a while.xlsx", cell("C3", timedelta(hours=30)), "row 3, column Ta_ppm: '1 day, 6:00"),
    Case(
        "a date that cannot be.xlsx",
        cell("C3", 1e9, "yyyy-mm-dd"),
        "row 3, column Ta_ppm: the cell is formatted as a date, which 1e+09 cannot be",
    ),
    Case(
        "a date of Japan.xlsx",
        patched("xl/styles.xml", r'(<cellXfs.*?numFmtId=)"0"', r'\1"31"'),
        "row 2, column Ta_ppm: '1903-05-18T12:00:00' stands",
    ),
    Case("a truth value.xlsx", cell("C3", True), "row 3, column Ta_ppm: 'True' stands"),
    Case(
        "an error.xlsx", cell("C3", "#DIV/0!"), "row 3, column Ta_ppm: the cell holds the error #D"
    ),
    Case(
        "an error in the header.xlsx", cell("C1", "#REF!"), "row 1, column C: the cell holds the e"
    ),
    Case("a formula without result.xlsx", cell("C2", "=B2*2"), _FORMULA),
    Case(
        "a formula for a site.xlsx", cell("B3", "=B2"), "row 3, column site: the cell holds a form"
    ),
    Case("a formula with result.xlsx", ta_of_row_2('<c r="C2"><f>1+1</f><v>1234.5</v></c>')),
    Case("a formula that gives nothing.xlsx", cell("D3", None)),
    Case(
        "a formula that gives no text.xlsx",
        patched(SHEET, r'(<c r="E3")', r'<c r="D3" t="str"><f>""</f><v></v></c>\1'),
    ),
    Case(
        "results that are out of date.xlsx",
        lambda path: (
            patched("xl/workbook.xml", "<calcPr ", '<calcPr fullCalcOnLoad="1" ')(path)
            or swap(path, SHEET, b"<v>1234.5</v>", b"<f>1+1</f><v>1234.5</v>")
        ),
        _FORMULA,
    ),
    Case(
        "merged header.xlsx", merged("C1:D1"), "row 2: the cell stands in a column without a name"
    ),
    Case("merged header and row.xlsx", merged("A1:A2"), f"row 1, column sample: {_MERGED}"),
    Case("merged values.xlsx", merged("C3:C4"), f"row 3, column Ta_ppm: {_MERGED}"),
    Case("merged across.xlsx", merged("D2:E2"), f"row 2, column Nb_ppm: {_MERGED}"),
    Case("merged sites.xlsx", merged("B2:B3"), f"row 2, column site: {_MERGED}"),
    Case("merged beside.xlsx", merged("G2:H9")),
    Case("cut off in mid-row.xlsx", cell("E3", "8.0 pp"), "row 3, column Ti_ppm: '8.0 pp' stands"),
    Case("a cell beyond the header.xlsx", cell("G3", 1), "row 3: there is a cell beyond the last"),
    Case("a blank cell beyond the header.xlsx", cell("G3", " ")),
    Case("a name twice.xlsx", cell("D1", "Ta_ppm"), "row 1, column Ta_ppm: two columns are called"),
    Case(
        "units in a second row.xlsx", book(lambda b: b.active.insert_rows(2)), "row 2, column samp"
    ),
    Case("only a header.xlsx", book(lambda b: b.active.delete_rows(2, 3)), "there are no grains"),
    Case("header beyond the end.xlsx", workbook, "row 9: the header row of the sheet is bl", 9),
    Case(
        "nothing on the sheet.xlsx", book(lambda b: b.active.delete_rows(1, 4)), "header row of th"
    ),
    Case("a huge size stated.xlsx", patched(SHEET, 'ref="A1:E4"', 'ref="A1:XFD1048576"')),
    Case("no size stated.xlsx", patched(SHEET, "<dimension[^>]*/>", "")),
    Case(
        "a million rows below.xlsx",
        patched(
            SHEET, "</sheetData>", '<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>'
        ),
    ),
    Case(
        "a value far below.xlsx",
        patched(
            SHEET, "</sheetData>", '<row r="50000"><c r="C50000"><v>1</v></c></row></sheetData>'
        ),
        "row 5, column sample: the sample is blank",
    ),
    Case("a row beyond the last.xlsx", patched(SHEET, '<row r="4"', '<row r="1048577"'), _DAMAGED),
    Case("rows out of order.xlsx", patched(SHEET, '<row r="3"', '<row r="5"'), _DAMAGED),
    Case("a cell of another row.xlsx", patched(SHEET, 'r="C3"', 'r="C4"'), _DAMAGED),
    Case("a cell twice.xlsx", patched(SHEET, 'r="E3"', 'r="C3"'), _DAMAGED),
    Case("a column beyond the last.xlsx", patched(SHEET, 'r="E4"', 'r="ZZZ4"'), _DAMAGED),
    Case("a text that is not there.xlsx", patched(SHEET, 't="s"><v>0<', 't="s"><v>999<'), _DAMAGED),
    Case("a text before the first.xlsx", patched(SHEET, 't="s"><v>0<', 't="s"><v>-1<'), _DAMAGED),
    Case("not a number.xlsx", ta_of_row_2('<c r="C2"><v>nan</v></c>'), _DAMAGED),
    Case("underscores in a number.xlsx", ta_of_row_2('<c r="C2"><v>1_234.5</v></c>'), _DAMAGED),
    Case(
        "text in the cell itself.xlsx",
        ta_of_row_2('<c r="C2" t="inlineStr"><is><r><t>1234</t></r><r><t>.5</t></r></is></c>'),
    ),
    Case("cells without places.xlsx", patched(SHEET, ' r="A2"', "")),
    Case("no strings.xlsx", without(STRINGS), _DAMAGED),
    Case("no sheet.xlsx", without(SHEET), _DAMAGED),
    Case("no styles.xlsx", without("xl/styles.xml")),
    Case("no properties.xlsx", without("docProps/core.xml")),
    Case("unpacks to gigabytes, it says.xlsx", stated_size(0xFFFFFFF0), _BOMB),
    Case("unpacks to more than it says.xlsx", stated_size(200), _DAMAGED),
    Case(
        "texts that unpack to much.xlsx",
        lambda path: workbook(path) or swap(path, STRINGS, b"Nord", b" " * 40_000_000),
        _BOMB,
    ),
    Case("elements between rows.xlsx", between_rows(100)),
    Case(
        "texts that grow in the sheet.xlsx",
        patched(SHEET, "<worksheet", r"<!DOCTYPE worksheet>\g<0>"),
        _DAMAGED,
    ),
    Case(
        "a type in the styles.xlsx",
        patched("xl/styles.xml", "<styleSheet", r"<!DOCTYPE a>\g<0>"),
        _DAMAGED,
    ),
    Case(
        "a type in the book.xlsx",
        patched("xl/workbook.xml", "<workbook", r"<!DOCTYPE a>\g<0>"),
        _DAMAGED,
    ),
    Case(
        "styles that unpack to much.xlsx",
        lambda path: (
            workbook(path)
            or swap(path, "xl/styles.xml", b"</styleSheet>", incompressible(17) + b"</styleSheet>")
        ),
        _BOMB,
    ),
    Case(
        "a text longer than a cell.xlsx",
        lambda path: workbook(path) or swap(path, STRINGS, b"Nord", b"x" * 70_000),
        _DAMAGED,
    ),
    Case(
        "texts that grow.xlsx",
        lambda path: (
            workbook(path) or swap(path, STRINGS, b"<sst", LAUGHS + b"<sst", b"Nord", b"&j;")
        ),
        _DAMAGED,
    ),
    Case(
        "a password.xlsx",
        text(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)),
        "the workbook has a password, or is of the old kind",
    ),
    Case("text by another name.xlsx", text(PLAIN), _DAMAGED),
]

LAUGHS = b"<!DOCTYPE sst [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%b'>" % (name, 10 * (b"&%c;" % (name - 1))) for name in b"bcdefghij"
)
LAUGHS += b"]>"


def swap(path: Path, part: str, *old_and_new: bytes) -> None:
    """Change some bytes of a part of a workbook."""

    def change(parts: dict[str, bytes]) -> None:
        for old, new in zip(old_and_new[::2], old_and_new[1::2], strict=True):
            assert old in parts[part]
            parts[part] = parts[part].replace(old, new)

    rewrite(path, change)

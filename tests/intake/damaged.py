"""Small files that are damaged, or only strange, in one way each; all hold the same table.

A case says what must come of reading it: the numbers of the table, or a message.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet
from openpyxl.styles.numbers import FORMAT_PERCENTAGE_00

HEADER = ["sample", "site", "Ta_ppm", "Nb_ppm", "Ti_ppm"]
ROWS = [
    ["A", "Süd", 1234.5, 0.25, 7.0],
    ["A", "Süd", 0.5, None, 8.0],
    ["B", "Nord", 12.0, 3.5, 9.25],
]
VALUES = np.array([[np.nan if v is None else v for v in row[2:]] for row in ROWS])


@dataclass(frozen=True)
class Case:
    """A file, and what must come of reading it.

    Parameters
    ----------
    name
        What is the matter with it, and the file's extension.
    make
        Writes it.
    message
        What the message holds; "" if the table is read, with its true numbers.
    header_row
        Where the names of the columns stand.
    """

    name: str
    make: Callable[[Path], None]
    message: str = ""
    header_row: int = 1

    @property
    def extension(self) -> str:
        return self.name.rpartition(".")[2]

    def write(self, folder: Path) -> Path:
        path = folder / f"assay.{self.extension}"
        self.make(path)
        return path


def csv_text(separator: str = ",", mark: str = ".", end: str = "\n") -> str:
    def cell(value: object) -> str:
        if value is None:
            return ""
        return f"{value:g}".replace(".", mark) if isinstance(value, float) else str(value)

    return "".join(separator.join(map(cell, row)) + end for row in [HEADER, *ROWS])


def text(content: str | bytes, encoding: str = "utf-8") -> Callable[[Path], None]:
    data = content if isinstance(content, bytes) else content.encode(encoding)
    return lambda path: path.write_bytes(data) and None


PLAIN = csv_text()
LINES = PLAIN.splitlines()


def with_line(number: int, line: str) -> Callable[[Path], None]:
    """The table with another line in the place of one, counted from 1."""
    lines = [*LINES]
    lines[number - 1] = line
    return text("\n".join(lines) + "\n")


def header_and(line: str) -> Callable[[Path], None]:
    """The table with a line between its header and its rows."""
    return text("\n".join([LINES[0], line, *LINES[1:]]) + "\n")


_UNITS = "row 2, column Ta_ppm: 'ppm' stands where a number"
_CUT = "row 4: the row has 3 cells, the header 5. Complete the row; the file may have been cut off"

CSV = [
    Case("plain.csv", text(PLAIN)),
    Case("semicolons.csv", text(csv_text(";"))),
    Case("semicolons and decimal commas.csv", text(csv_text(";", ","))),
    Case("tabs.csv", text(csv_text("\t"))),
    Case("carriage returns.csv", text(csv_text(end="\r"))),
    Case("line ends of Windows.csv", text(csv_text(end="\r\n"))),
    Case("byte-order mark.csv", text(PLAIN, "utf-8-sig")),
    Case("UTF-16.csv", text(PLAIN, "utf-16")),
    Case("UTF-16 big-endian.csv", text(b"\xfe\xff" + PLAIN.encode("utf-16-be"))),
    Case("UTF-16 tabs and decimal commas.csv", text(csv_text("\t", ",", "\r\n"), "utf-16")),
    Case(
        "UTF-16 without mark.csv", text(PLAIN, "utf-16-le"), "row 1: the text is UTF-16 without a b"
    ),
    Case("UTF-16 cut off.csv", text(PLAIN.encode("utf-16")[:-1]), "not sound UTF-16, or was cut"),
    Case("UTF-32.csv", text(PLAIN, "utf-32"), "row 1: the text is UTF-32"),
    Case("Latin-1.csv", text(PLAIN, "latin-1"), "row 2: the text is not UTF-8"),
    Case("setting of the separator.csv", text("sep=;\n" + csv_text(";", ","))),
    Case("quoted setting of the separator.csv", text('"sep=;"\r\n' + csv_text(";", ",", "\r\n"))),
    Case("all quoted.csv", text('"' + '"\n"'.join(LINES).replace(",", '","') + '"\n')),
    Case("no last line end.csv", text(PLAIN.rstrip("\n"))),
    Case("blank lines at the end.csv", text(PLAIN + "\n\n,,,,\n")),
    Case("spaces around.csv", text(PLAIN.replace(",", " , "))),
    Case("cut off in mid-row.csv", text(PLAIN[: PLAIN.index("12,") + 2]), _CUT),
    Case("cut off in quotes.csv", text(PLAIN + '"B","Nord","1'), "row 5: the row has 3 cells"),
    Case("mixed separators.csv", with_line(4, LINES[3].replace(",", ";")), "row 4: the row has 1"),
    Case(
        "mixed separators of as many cells.csv",
        text("sample,Ta_ppm\nA,1\nB;1,5\n"),
        "row 3: the cells of the row seem to be separated by ';'",
    ),
    Case("units in a second row.csv", header_and(",,ppm,ppm,ppm"), _UNITS),
    Case("units in a second row of text.csv", header_and("name,mine,ppm,ppm,ppm"), _UNITS),
    Case(
        "thousands.csv", with_line(2, 'A,Süd,"1,234.5",0.25,7'), "row 2, column Ta_ppm: '1,234.5'"
    ),
    Case("thousands unquoted.csv", with_line(2, "A,Süd,1,234.5,0.25,7"), "row 2: the row has 6"),
    Case(
        "thousands with points.csv",
        text(csv_text(";", ",").replace("1234,5", "1.234,5")),
        "row 2, column Ta_ppm: '1.234,5' stands where a number belongs",
    ),
    Case(
        "thousands with spaces.csv", with_line(2, "A,Süd,1 234.5,,7"), "row 2, column Ta_ppm: '1 2"
    ),
    Case(
        "both decimal marks.csv",
        text(csv_text(";", ",").replace("3,5", "3.5")),
        "decimal commas and decimal points in one file",
    ),
    Case("commas that may be either.csv", text("sample;Ta_ppm\nA;1,234\n"), "the comma in '1,234'"),
    Case(
        "a name twice.csv", with_line(1, "sample,site,Ta_ppm,Ta_ppm,Ti_ppm"), "two columns are ca"
    ),
    Case(
        "an analyte twice.csv", with_line(1, "sample,site,Ta_ppm,Ta_wt%,Ti_ppm"), "two columns fo"
    ),
    Case("NUL byte.csv", with_line(3, "A,Süd,0.5\0,,8"), "row 3: there is a NUL byte"),
    Case("NUL bytes at the end.csv", text(PLAIN.encode() + bytes(4096)), "row 5: there is a NUL"),
    Case("only a header.csv", text(LINES[0] + "\n"), "there are no grains"),
    Case("header beyond the end.csv", text(PLAIN), "row 9: the header row is blank, or there", 9),
    Case("title above.csv", text("Laboratory A\n\n" + PLAIN), "", 3),
    Case("blank line above.csv", text("\n" + PLAIN), "row 1: the header row is blank"),
    Case("line break in the header.csv", with_line(1, 'sample,"site",Ta_ppm,Nb_ppm,"\nTi_ppm"')),
    Case("a date.csv", with_line(3, "A,Süd,2024-05-01,,8"), "row 3, column Ta_ppm: '2024-05-01'"),
    Case(
        "a date of Excel.csv", with_line(3, "A,Süd,01.05.2024,,8"), "row 3, column Ta_ppm: '01.05"
    ),
    Case("an error of Excel.csv", with_line(3, "A,Süd,#DIV/0!,,8"), "row 3, column Ta_ppm: '#DIV/"),
    Case("a formula.csv", with_line(3, "A,Süd,=B2/2,,8"), "row 3, column Ta_ppm: '=B2/2'"),
    Case("per cent.csv", with_line(3, "A,Süd,0.5%,,8"), "row 3, column Ta_ppm: '0.5%'"),
    Case("nested quotes.csv", with_line(3, 'A,"Süd",0.5,"",8')),
    Case("quotes in a cell.csv", text(PLAIN.replace("Nord", '"No ""r"" d"')), ""),
    Case("an open quotation mark.csv", with_line(2, 'A,"Süd,1234.5,0.25,7'), "row 2: the row has"),
    Case("a long cell.csv", text(PLAIN.replace("Nord", 200_000 * "x"))),
    Case("nothing but NUL.csv", text(bytes(1000)), "row 1: there is a NUL byte"),
    Case("nothing.csv", text(""), "the file is empty"),
    Case("a workbook by another name.csv", lambda path: workbook(path), "row 1"),
]


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


def columns() -> dict[str, pa.Array]:
    return {name: pa.array([row[j] for row in ROWS]) for j, name in enumerate(HEADER)}


def parquet(**changed: pa.Array) -> Callable[[Path], None]:
    return lambda path: pyarrow.parquet.write_table(pa.table(columns() | changed), path)


def parquet_bytes(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        parquet()(path)
        path.write_bytes(change(path.read_bytes()))

    return make


_NOT_PARQUET = "not a readable Parquet file"

PARQUET = [
    Case("plain.parquet", parquet()),
    Case("a dictionary.parquet", parquet(site=columns()["site"].dictionary_encode())),
    Case("long text.parquet", parquet(site=columns()["site"].cast(pa.large_string()))),
    Case("text seen.parquet", parquet(site=columns()["site"].cast(pa.string_view()))),
    Case("numbers as text.parquet", parquet(Ta_ppm=pa.array(["1234.5", " 0.5", "12"]))),
    Case(
        "decimals.parquet",
        parquet(Ta_ppm=pa.array([Decimal("1234.50"), Decimal("0.50"), Decimal("12.00")])),
    ),
    Case("NaN.parquet", parquet(Nb_ppm=pa.array([0.25, np.nan, 3.5]))),
    Case("small fractions.parquet", parquet(Ti_ppm=pa.array(np.array([7, 8, 9.25], np.float16)))),
    Case(
        "commas.parquet", parquet(Ta_ppm=pa.array(["1234,5", "0,5", "12"])), "row 2, column Ta_ppm"
    ),
    Case(
        "truth values.parquet", parquet(Ta_ppm=pa.array([True, False, True])), "'true' stands where"
    ),
    Case(
        "times with a zone.parquet",
        parquet(Ta_ppm=pa.array([datetime(2024, 5, 1, tzinfo=UTC)] * 3)),
        "row 2, column Ta_ppm: '2024-05-01",
    ),
    Case(
        "whiles.parquet",
        parquet(Ta_ppm=pa.array([timedelta(1)] * 3)),
        "column Ta_ppm: the column is of type duration",
    ),
    Case(
        "lists.parquet", parquet(Ta_ppm=pa.array([[1.0]] * 3)), "Ta_ppm: the column is of type list"
    ),
    Case(
        "structs.parquet", parquet(Ta_ppm=pa.array([{"x": 1}] * 3)), "the column is of type struct"
    ),
    Case("bytes.parquet", parquet(Ta_ppm=pa.array([b"1"] * 3)), "the column is of type binary"),
    Case(
        "bytes as text.parquet",
        parquet(site=pa.array([b"\xff\xfe"] * 3).cast(pa.string(), safe=False)),
        _NOT_PARQUET,
    ),
    Case("wrong mark at the end.parquet", parquet_bytes(lambda b: b[:-4] + b"PAR2"), _NOT_PARQUET),
    Case("sealed.parquet", parquet_bytes(lambda b: b[:-4] + b"PARE"), _NOT_PARQUET),
    Case(
        "wrong length of the footer.parquet",
        parquet_bytes(lambda b: b[:-8] + struct.pack("<I", 2**31 - 1) + b[-4:]),
        _NOT_PARQUET,
    ),
    Case(
        "short length of the footer.parquet",
        parquet_bytes(lambda b: b[:-8] + struct.pack("<I", 40) + b[-4:]),
        _NOT_PARQUET,
    ),
    Case("cut off.parquet", parquet_bytes(lambda b: b[: len(b) // 2]), _NOT_PARQUET),
    Case("no rows.parquet", lambda p: parquet_rows(p, 0), "there are no grains"),
    Case("text by another name.parquet", text(PLAIN), _NOT_PARQUET),
]


def parquet_rows(path: Path, rows: int) -> None:
    pyarrow.parquet.write_table(pa.table(columns()).slice(0, rows), path)


CASES = [*CSV, *XLSX, *PARQUET]

"""Damaged and strange text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from intake.files.damaged import PLAIN, Case, csv_text, text
from intake.files.damaged_xlsx import workbook

LINES = PLAIN.splitlines()


def with_line(number: int, line: str) -> Callable[[Path], None]:
    """The table with another line in the place of one, counted from 1."""
    lines = [*LINES]
    lines[number - 1] = line
    return text("\n".join(lines) + "\n")


def header_and(line: str) -> Callable[[Path], None]:
    """The table with a line between its header and its rows."""
    return text("\n".join([LINES[0], line, *LINES[1:]]) + "\n")


_UNITS = "row 2: the row holds units (ppm), not measurements"
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

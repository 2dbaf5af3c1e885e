"""From the name of a file to its format."""

from __future__ import annotations

from pathlib import Path

from fingerprint.errors import InputError
from fingerprint.intake.files.csv_table import CsvTable
from fingerprint.intake.files.parquet_table import ParquetTable
from fingerprint.intake.files.raw import RawTable, refuse_pipe
from fingerprint.intake.files.xlsx_table import XlsxTable

_FORMATS: dict[str, type[RawTable]] = {
    ".csv": CsvTable,
    ".tsv": CsvTable,
    ".txt": CsvTable,
    ".xlsx": XlsxTable,
    ".parquet": ParquetTable,
}
EXTENSIONS = tuple(_FORMATS)
# What tables are written as; delimited text is written as .csv.
WRITABLE = (".csv", ".xlsx", ".parquet")


def check_extension(path: Path, known: tuple[str, ...] = WRITABLE) -> str:
    """Say which known extension a file has.

    Parameters
    ----------
    path
        The file.
    known
        The extensions that it may have.

    Raises
    ------
    InputError
        If it has none of them.
    """
    extension = path.suffix.lower()
    if extension not in known:
        raise InputError(
            f"the extension {path.suffix!r} is not known" if path.suffix else "no extension",
            f"Use one of {', '.join(known)}.",
            path,
        )
    return extension


def open_table(path: Path | str, header_row: int = 1, sheet: str = "") -> RawTable:
    """Open a file and read its header.

    Parameters
    ----------
    path
        A CSV, XLSX or Parquet file.
    header_row
        Row of the file that names the columns, counted from 1.
    sheet
        Sheet of a workbook; the first visible one by default.

    Raises
    ------
    InputError
        If there is no such file, or it is not what its extension says.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise InputError("this is a folder", "Name a file.", path)
        size = path.stat().st_size
        extension = check_extension(path, EXTENSIONS)
        refuse_pipe(path)
        if size == 0:
            raise InputError("the file is empty", "Give a header and at least one row.", path)
        if extension == ".xlsx":
            return XlsxTable(path, header_row, sheet)
        return _FORMATS[extension](path, header_row)
    except FileNotFoundError:
        raise InputError("there is no such file", "Check the name and the folder.", path) from None
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror or type(error).__name__})",
            "Check its name, and whether you have leave to read it.",
            path,
        ) from None

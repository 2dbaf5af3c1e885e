"""Files whose rows are not grains: blocks of GLITTER, and columns that are samples."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Generator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pyarrow as pa

from fingerprint.errors import InputError
from fingerprint.intake.cells import read_texts
from fingerprint.intake.files.formats import open_table
from fingerprint.intake.files.raw import Block, Progress, RawTable, refuse_pipe
from fingerprint.intake.laboratory.profiles import Profile

_TITLE = "GLITTER!:"
_HEAD_BYTES = 1 << 16
# What a column of the table is called after its element, by how its block begins.
_BLOCKS = {
    "Trace Element Concentrations MDL filtered": "",
    "1 sigma error": "_1sigma",
    "Minimum detection limits": "_MDL",
}


def open_laboratory_file(
    path: Path | str, profile: Profile, beside: Path | str | None = None
) -> RawTable:
    """Open a file as its profile says, one row a grain.

    Parameters
    ----------
    path
        The file.
    profile
        How it is laid out.
    beside
        Where columns are samples: a file of the same shape, with the errors.

    Raises
    ------
    InputError
        If there is no such file, or it is not laid out so.
    """
    if profile.layout == "glitter":
        return GlitterTable(Path(path))
    raw = open_table(path, profile.header_row, profile.sheet)
    if profile.layout == "rows":
        return raw
    other = None if beside is None else open_table(beside, profile.header_row, profile.sheet)
    return ColumnASample(raw, other)


class GlitterTable(RawTable):
    """The export of GLITTER: blocks of elements x analyses, seen as one row an analysis.

    Its columns are ``Analysis`` and for each element the concentration (``Ti49``), its error
    (``Ti49_1sigma``) and its detection limit (``Ti49_MDL``), where there are such blocks.
    """

    def _read_header(self) -> tuple[str, ...]:
        lines = self._lines()
        starts = [i for i, (_, cells) in enumerate(lines) if cells[0].startswith(_TITLE)]
        self._analyses: list[str] = []
        self._columns: dict[str, list[str]] = {}
        self._at: dict[str, int] = {}
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            title = lines[start][1][0].removeprefix(_TITLE).strip()
            suffix = next((s for name, s in _BLOCKS.items() if title.startswith(name)), None)
            if suffix is not None:
                self._add(lines[start + 1 : end], suffix)
        if not self._columns:
            raise InputError(
                "there is no block of concentrations", "Export them from GLITTER.", self.path
            )
        return ("Analysis", *self._columns)

    def _lines(self) -> list[tuple[int, list[str]]]:
        """Lines that are not blank, with their numbers; one that ends in a comma goes on."""
        _refuse_other(self.path)
        content = _decoded(self.path)
        lines: list[tuple[int, list[str]]] = []
        held = ""
        for number, line in enumerate(content.splitlines(), start=1):
            held += line.strip()
            if held and not held.endswith(","):
                lines.append((number, self._cells(held, number)))
            if not held.endswith(",") or not line.strip():
                held = ""
        return lines

    def _cells(self, line: str, number: int) -> list[str]:
        if "\0" in line:
            raise self._broken("the line holds a NUL byte", number)
        try:
            return [cell.strip() for cell in next(csv.reader([line]))]
        except csv.Error:
            raise self._broken("a cell of the line is far too long", number) from None

    def _add(self, lines: list[tuple[int, list[str]]], suffix: str) -> None:
        if not lines or lines[0][1][0] != "Element":
            number = lines[0][0] if lines else None
            raise self._broken("the block does not begin with the line of its analyses", number)
        analyses = lines[0][1][1:]
        again = next((name for name, n in Counter(analyses).items() if n > 1), None)
        if again is not None:
            raise self._broken(f"the analysis {again!r} stands twice", lines[0][0])
        if self._columns and analyses != self._analyses:
            raise self._broken("the block has other analyses than the first", lines[0][0])
        self._analyses = analyses
        for number, (element, *cells) in lines[1:]:
            if len(cells) != len(analyses):
                raise self._broken(
                    f"the line has {len(cells)} cells, and there are {len(analyses)} analyses",
                    number,
                )
            self._refuse_name(element, suffix, number)
            self._columns[element + suffix] = cells
            self._at[element + suffix] = number

    def _refuse_name(self, element: str, suffix: str, number: int) -> None:
        if not element:
            raise self._broken("the name of the element is blank", number)
        first = self._at.get(element + suffix)
        if first is not None:
            raise self._broken(f"{element} stands twice, first in line {first}", number)

    def _broken(self, what: str, row: int | None) -> InputError:
        return InputError(what, "Export the file from GLITTER again.", self.path, row)

    def place(self, error: InputError, columns: Mapping[str, str] | None = None) -> InputError:
        """Say where in the file an error lies: its rows are elements, its columns analyses."""
        if error.file is not None:
            return error
        row = self._at.get(error.column or "", self.header_row)
        analysis = None if error.row is None else self._analyses[error.row]
        return replace(error, file=self.path, row=row, column=analysis)

    def _read_blocks(self, progress: Progress) -> Generator[Block]:
        size = self.path.stat().st_size
        columns = [self._analyses, *self._columns.values()]
        yield [pa.array([cell or None for cell in column], pa.string()) for column in columns]
        progress(size, size)


def _refuse_other(path: Path) -> None:
    """Look for the first title near the beginning: any other file may be a large one."""
    try:
        refuse_pipe(path)
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError as error:
        raise _unreadable(path, error) from None
    if not any(line.startswith(_TITLE.encode()) for line in head.splitlines()):
        raise InputError(
            f"no line near the beginning starts with {_TITLE!r}",
            "Give the export of GLITTER as it is, with its blocks.",
            path,
        )


def _unreadable(path: Path, error: OSError) -> InputError:
    return InputError(
        f"the file cannot be read ({error.strerror or type(error).__name__})",
        "Check its name, and whether you have leave to read it.",
        path,
    )


def _decoded(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        # GLITTER writes the path of the raw file in the code page of Windows.
        return raw.decode("cp1252", errors="replace")


class ColumnASample(RawTable):
    """A table whose columns are samples, seen as the columns ``sample`` and ``value``.

    Parameters
    ----------
    raw
        The file.
    beside
        A file of the same shape, whose numbers become the column ``beside``: errors.

    Raises
    ------
    InputError
        If the two differ in their samples.
    """

    def __init__(self, raw: RawTable, beside: RawTable | None = None) -> None:
        self._raw = raw
        self._beside = beside
        if beside is not None and beside.header != raw.header:
            raise InputError(
                f"the samples are not those of {raw.path}",
                "Give two files with the same columns.",
                beside.path,
                beside.header_row,
            )
        self._origin: list[tuple[int, str]] = []
        super().__init__(raw.path, raw.header_row)
        self.decimal_comma = raw.decimal_comma

    def _read_header(self) -> tuple[str, ...]:
        self._raw.positions()
        return ("sample", "value") if self._beside is None else ("sample", "value", "beside")

    def place(self, error: InputError, columns: Mapping[str, str] | None = None) -> InputError:
        """Say where in the file an error lies: its columns are samples."""
        if error.file is not None or error.row is None:
            return super().place(error, columns)
        row, sample = self._origin[error.row]
        return self._raw.place(replace(error, row=row, column=sample))

    def _read_blocks(self, progress: Progress) -> Generator[Block]:
        values = _whole(self._raw, progress)
        self._origin = [
            (i, sample)
            for sample, cells in zip(self._raw.header, values, strict=True)
            for i, cell in enumerate(cells)
            if cell is not None
        ]
        columns: list[list[str | None]] = [[s for _, s in self._origin], self._picked(values)]
        if self._beside is not None:
            beside = _whole(self._beside, progress)
            self._refuse_other_blanks(values, beside, self._beside)
            columns.append(self._picked(beside))
        yield [pa.array(column, pa.string()) for column in columns]

    def _picked(self, table: list[list[str | None]]) -> list[str | None]:
        at = {sample: j for j, sample in enumerate(self._raw.header)}
        return [table[at[sample]][i] for i, sample in self._origin]

    def _refuse_other_blanks(
        self, values: list[list[str | None]], beside: list[list[str | None]], other: RawTable
    ) -> None:
        for sample, cells, others in zip(self._raw.header, values, beside, strict=True):
            if [cell is None for cell in cells] != [cell is None for cell in others]:
                raise InputError(
                    f"other cells are blank than in {self.path}",
                    "Give two files of the same cells.",
                    other.path,
                    column=sample,
                )


def _whole(raw: RawTable, progress: Progress) -> list[list[str | None]]:
    """Return every column of a small table as text."""
    blocks = list(raw.blocks(progress))
    return [
        list(chain.from_iterable(read_texts(block[j]).to_pylist() for block in blocks))
        for j in range(len(raw.header))
    ]

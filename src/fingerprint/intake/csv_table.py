"""CSV files: read in blocks, every cell as text."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Generator
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.csv

from fingerprint.errors import InputError
from fingerprint.intake.raw import Block, Progress, RawTable

_BLOCK_BYTES = 1 << 20
_HEAD_BYTES = 1 << 20
_SEPARATORS = (",", ";", "\t")
_UTF8_REMEDY = "Save the file as UTF-8 (in Excel: 'CSV UTF-8')."


class CsvTable(RawTable):
    """A CSV file in UTF-8, its cells separated by comma, semicolon or tab."""

    separator = ","

    def _read_header(self) -> tuple[str, ...]:
        with self.path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in head:
            raise InputError("the text is UTF-16, not UTF-8", _UTF8_REMEDY, self.path, 1)
        lines = head.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
        rest = b"".join(lines[self.header_row - 1 :])
        try:
            # Only at the end of what was read may a character be cut.
            whole = len(head) < _HEAD_BYTES
            text = codecs.getincrementaldecoder("utf-8")().decode(rest, final=whole)
        except UnicodeDecodeError:
            raise self._not_utf8() from None
        if not text.strip():
            raise InputError("the file is empty", "Give a header and at least one row.", self.path)
        self.separator = _separator(text)
        self.decimal_comma = self.separator != ","
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.separator)
        header = tuple(next(reader))
        bytes_a_row = len(head) / len(lines)
        self.expected_rows = int(1.02 * self.path.stat().st_size / bytes_a_row)
        self._has_rows = len(head) == _HEAD_BYTES or next(reader, None) is not None
        return header

    def _read_blocks(self, progress: Progress) -> Generator[Block]:
        if not self._has_rows:
            return
        size = self.path.stat().st_size
        invalid: list[Any] = []
        rows, last = 0, None
        with self.path.open("rb") as opened:
            file = _CountsQuotes(opened)
            try:
                with self._open(pa.PythonFile(file, mode="r"), invalid) as batches:
                    for batch in batches:
                        progress(min(opened.tell(), size), size)
                        if len(batch):
                            rows += len(batch)
                            last = batch.columns[-1][-1].as_py()
                            yield batch.columns
            except pa.ArrowInvalid as error:
                raise self._unreadable(error, invalid, rows) from None
        if file.quotes % 2 and ("\n" in (last or "") or b'"' in file.last_line):
            raise self._open_quote(self.header_row + rows)

    def _open(self, file: pa.NativeFile, invalid: list[Any]) -> pyarrow.csv.CSVStreamingReader:
        names = [str(i) for i in range(len(self.header))]

        def refuse(row: pyarrow.csv.InvalidRow) -> str:
            invalid.append(row)
            return "error"

        return pyarrow.csv.open_csv(
            file,
            pyarrow.csv.ReadOptions(
                # Rows have numbers only without threads.
                use_threads=False,
                block_size=_BLOCK_BYTES,
                column_names=names,
                skip_rows=self.header_row - 1,
                skip_rows_after_names=1,
            ),
            pyarrow.csv.ParseOptions(
                delimiter=self.separator,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=refuse,
            ),
            pyarrow.csv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                null_values=[""],
                strings_can_be_null=True,
            ),
        )

    def _unreadable(self, error: Exception, invalid: list[Any], rows: int) -> InputError:
        if invalid:
            row = invalid[0]
            few = row.actual_columns < row.expected_columns
            return InputError(
                f"the row has {row.actual_columns} cells, the header {row.expected_columns}",
                "Complete the row; the file may have been cut off."
                if few
                else "Put a cell that holds the separator in quotation marks.",
                self.path,
                row.number,
            )
        if "UTF8" in str(error):
            return self._not_utf8()
        return self._open_quote(self.first_row + rows)

    def _open_quote(self, row: int) -> InputError:
        return InputError(
            "a quotation mark is opened and not closed at or after this row",
            'Close it; a quotation mark inside a quoted cell is written twice ("").',
            self.path,
            row,
        )

    def _not_utf8(self) -> InputError:
        row, quotes = 1, 0
        with self.path.open("rb") as file:
            for line in file:
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError:
                    break
                quotes += line.count(b'"')
                # A line break inside a quoted cell does not end the row.
                row += quotes % 2 == 0
        return InputError("the text is not UTF-8", _UTF8_REMEDY, self.path, row)


class _CountsQuotes(io.RawIOBase):
    """Passes bytes on and counts the quotation marks among them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.quotes = 0
        # What follows the last line break.
        self.last_line = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self.quotes += chunk.count(b'"')
        start = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
        self.last_line = chunk[start:] if start else self.last_line + chunk
        return chunk


def _separator(text: str) -> str:
    """Take the separator under which the header has a cell `sample`, or else the most cells."""
    cells = {s: next(csv.reader(io.StringIO(text, newline=""), delimiter=s)) for s in _SEPARATORS}
    return max(
        _SEPARATORS, key=lambda s: ("sample" in [c.strip() for c in cells[s]], len(cells[s]))
    )

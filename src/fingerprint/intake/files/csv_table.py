"""CSV files: read in blocks, every cell as text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from fingerprint.errors import InputError
from fingerprint.intake.files.csv_text import CsvText, Scan, first_row, guess_separator
from fingerprint.intake.files.raw import Block, Progress, RawTable

_BLOCK_BYTES = 1 << 20
_HEAD_BYTES = 1 << 20
_MOST_HEAD_BYTES = 1 << 26
# A comma that cannot be a decimal mark.
_BETWEEN_CELLS = re.compile(r"(?<![0-9]),|,(?![0-9])")


class CsvTable(RawTable):
    """A CSV file, its cells separated by comma, semicolon or tab."""

    separator = ","

    def _read_header(self) -> tuple[str, ...]:
        self._text = CsvText(self.path)
        size = self._text.path.stat().st_size
        head_bytes = _HEAD_BYTES
        while True:
            text, bytes_a_row = self._from_header_on(head_bytes)
            self.separator = self._text.separator or guess_separator(text)
            header, lines = first_row(text, self.separator)
            self._has_rows = head_bytes < size or lines < _lines(text)
            if lines < _lines(text) or head_bytes >= min(size, _MOST_HEAD_BYTES):
                break
            # The header may go on beyond what was read.
            head_bytes *= 4
        self.decimal_comma = self.separator != ","
        if "\0" in text:
            self._text.scan()
        self._refuse_header(header)
        self.expected_rows = int(1.02 * size / bytes_a_row)
        # A row may be much longer than the header, but not without end.
        self._block_bytes = max(_BLOCK_BYTES, 16 * sum(map(len, header)))
        return tuple(header)

    def _from_header_on(self, size: int) -> tuple[str, float]:
        """Read the beginning of the file without what stands above the header.

        Returns
        -------
        str
            The text.
        float
            Bytes a line.
        """
        head = self._text.head(size)
        lines = head.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
        rest = b"".join(lines[self._text.lines_before + self.header_row - 1 :])
        try:
            # Only at the end of what was read may a character be cut.
            text = codecs.getincrementaldecoder("utf-8")().decode(rest, final=len(head) < size)
        except UnicodeDecodeError:
            raise self._text.not_utf8() from None
        if not any(line.strip() for line in lines):
            raise InputError("the file is empty", "Give a header and at least one row.", self.path)
        return text, len(head) / len(lines)

    def _refuse_header(self, header: list[str]) -> None:
        if not any(name.strip() for name in header):
            raise InputError(
                "the header row is blank, or there is none",
                "Put the names of the columns there, without blank lines above them.",
                self.path,
                self.header_row,
            )
        if len(header) == 1 and "|" in header[0]:
            raise InputError(
                "the names of the columns are separated by '|'",
                "Separate the cells by comma, semicolon or tab.",
                self.path,
                self.header_row,
            )

    def _read_blocks(self, progress: Progress) -> Generator[Block]:
        scan = self._text.scan()
        if not self._has_rows:
            return
        size = self._text.path.stat().st_size
        invalid: list[Any] = []
        rows, last = 0, None
        # A file of pyarrow's own: one of Python's would be read ahead in a thread that may outlive
        # the interpreter, which ends the program with an abort.
        with pa.OSFile(str(self._text.path)) as file:
            try:
                with self._open(file, invalid) as batches:
                    for batch in batches:
                        progress(min(file.tell(), size), size)
                        if len(batch):
                            self._refuse_other_separator(batch, rows, scan)
                            rows += len(batch)
                            last = batch.columns[-1][-1].as_py()
                            yield batch.columns
            except pa.ArrowInvalid as error:
                raise self._unreadable(error, invalid, rows, scan) from None
        if scan.quotes % 2 and ("\n" in (last or "") or b'"' in scan.last_line):
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
                block_size=self._block_bytes,
                column_names=names,
                skip_rows=self._text.lines_before + self.header_row - 1,
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

    def _refuse_other_separator(self, batch: pa.RecordBatch, start: int, scan: Scan) -> None:
        """Refuse a row such as ``A;1,5`` under a header with commas: it is no 5 of a sample A;1."""
        others = scan.separators - {","} if self.separator == "," else frozenset()
        for other in sorted(others):
            counts = np.zeros(len(batch), dtype=np.int64)
            for column in batch.columns:
                counts += pc.fill_null(pc.count_substring(column, other), 0).to_numpy()
            for row in np.flatnonzero(counts == len(self.header) - 1):
                cells = (column[int(row)].as_py() or "" for column in batch.columns)
                if not _BETWEEN_CELLS.search(",".join(cells)):
                    raise InputError(
                        f"the cells of the row seem to be separated by {other!r}, not by ','",
                        "Separate all rows alike.",
                        self.path,
                        self.first_row + start + int(row),
                    )

    def _unreadable(
        self, error: Exception, invalid: list[Any], rows: int, scan: Scan
    ) -> InputError:
        if invalid:
            row = invalid[0]
            few = row.actual_columns < row.expected_columns
            return InputError(
                f"the row has {row.actual_columns} cells, the header {row.expected_columns}",
                "Complete the row; the file may have been cut off."
                if few
                else "Put a cell that holds the separator in quotation marks.",
                self.path,
                row.number - self._text.lines_before,
            )
        if "UTF8" in str(error):
            return self._text.not_utf8()
        if not scan.quotes:
            return InputError(
                f"a row is longer than {self._block_bytes:,} bytes",
                "Check the row for a cell that does not belong there.",
                self.path,
                self.first_row + rows,
            )
        return self._open_quote(self.first_row + rows)

    def _open_quote(self, row: int) -> InputError:
        return InputError(
            "a quotation mark is opened and not closed at or after this row",
            'Close it; a quotation mark inside a quoted cell is written twice ("").',
            self.path,
            row,
        )


def _lines(text: str) -> int:
    """Number of lines as the reader of the header counts them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.count("\n") + (text[-1:] not in ("", "\n"))

"""The text of a CSV file: its encoding, its separator, and what the whole of it tells."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, _TemporaryFileWrapper

from fingerprint.errors import InputError

SEPARATORS = (",", ";", "\t")
_CHUNK_BYTES = 1 << 20
_UTF8_REMEDY = "Save the file as UTF-8 (in Excel: 'CSV UTF-8')."
# What Excel reads as a setting, not as a row.
_SEPARATOR_LINE = re.compile(rb'^(?:\xef\xbb\xbf)?"?sep=([^\w\s"]|\t)"?(?:\r\n|\r|\n)')


class CsvText:
    """A CSV file as UTF-8.

    UTF-16 with a byte-order mark (which names the order of its bytes) is turned into UTF-8 in a
    temporary file, which lasts as long as this object.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    InputError
        If the text is neither.
    """

    def __init__(self, path: Path) -> None:
        self._named = path
        self._decoded: _TemporaryFileWrapper[bytes] | None = None
        with path.open("rb") as file:
            head = file.read(_CHUNK_BYTES)
        if head[:4] in (b"\xff\xfe\0\0", b"\0\0\xfe\xff"):
            raise self._error("the text is UTF-32, not UTF-8", 1)
        if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
            self._decoded = self._from_utf16()
        elif _looks_like_utf16(head):
            raise self._error("the text is UTF-16 without a byte-order mark", 1)
        self.path = path if self._decoded is None else Path(self._decoded.name)
        line = _SEPARATOR_LINE.match(head if self._decoded is None else self.head(64))
        # Excel counts no row for this line.
        self.lines_before = 0 if line is None else 1
        self.separator = None if line is None else line[1].decode()

    def head(self, size: int) -> bytes:
        """Read the beginning."""
        with self.path.open("rb") as file:
            return file.read(size)

    def scan(self) -> Scan:
        """Look at every byte once.

        Raises
        ------
        InputError
            If there is a NUL byte.
        """
        quotes, last_line, separators = 0, b"", set()
        with self.path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                if b"\0" in chunk:
                    row = self.row_of(lambda line: b"\0" in line)
                    raise self._error("there is a NUL byte, which is no text", row)
                quotes += chunk.count(b'"')
                separators |= {s for s in SEPARATORS if s.encode() in chunk}
                start = max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) + 1
                last_line = chunk[start:] if start else last_line + chunk
        return Scan(quotes, last_line, frozenset(separators))

    def not_utf8(self) -> InputError:
        """Say in which row the text is not UTF-8."""
        return self._error("the text is not UTF-8", self.row_of(_is_not_utf8))

    def row_of(self, test: Callable[[bytes], bool]) -> int:
        """Find the row of the first line that passes a test."""
        row, quotes = 1 - self.lines_before, 0
        with self.path.open("rb") as file:
            for line in file:
                if test(line):
                    break
                quotes += line.count(b'"')
                # A line break inside a quoted cell does not end the row.
                row += quotes % 2 == 0
        return max(row, 1)

    def _from_utf16(self) -> _TemporaryFileWrapper[bytes]:
        decoded = NamedTemporaryFile(suffix=".csv")  # noqa: SIM115
        try:
            with self._named.open(encoding="utf-16", newline="") as file:
                while text := file.read(_CHUNK_BYTES):
                    decoded.write(text.encode("utf-8"))
        except UnicodeError:
            raise self._error("the text is not sound UTF-16, or was cut off") from None
        decoded.flush()
        return decoded

    def _error(self, what: str, row: int | None = None) -> InputError:
        return InputError(what, _UTF8_REMEDY, self._named, row)


@dataclass(frozen=True)
class Scan:
    """What the whole of a CSV file tells.

    Parameters
    ----------
    quotes
        Number of quotation marks.
    last_line
        What follows the last line break.
    separators
        Which of `SEPARATORS` there are, in cells or between them.
    """

    quotes: int
    last_line: bytes
    separators: frozenset[str]


def first_row(text: str, separator: str) -> tuple[list[str], int]:
    """Read the first row of a text.

    Returns
    -------
    list of str
        Its cells; none if a cell is too long to be one.
    int
        How many lines it takes.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return next(reader, []), reader.line_num
    except csv.Error:
        return [], reader.line_num


def guess_separator(text: str) -> str:
    """Take the separator under which the header has a cell `sample`, or else the most cells."""
    cells = {s: first_row(text, s)[0] for s in SEPARATORS}
    return max(SEPARATORS, key=lambda s: ("sample" in [c.strip() for c in cells[s]], len(cells[s])))


def _looks_like_utf16(head: bytes) -> bool:
    """Whether every other byte is NUL, as in text of the western alphabet."""
    least = max(len(head) // 5, 1)
    even, odd = head[::2].count(0), head[1::2].count(0)
    return (even >= least and odd == 0) or (odd >= least and even == 0)


def _is_not_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False

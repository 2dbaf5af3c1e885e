"""Files that were meant for the public format, but whose header is not quite that of it."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from pathlib import Path

from fingerprint.errors import InputError
from fingerprint.intake.columns import is_value
from fingerprint.intake.files.formats import open_table
from fingerprint.intake.files.raw import Block, Progress, RawTable
from fingerprint.intake.patterns import right_name
from fingerprint.tables import KNOWN_FACTS

# Rows among which the header is looked for.
_FARTHEST_HEADER = 20
_LEAST_NAMES = 2
_NAMES_OF_SAMPLE = ("sample", "samples", "sampleid", "samplename", "sampleno")


class NearlyPlainTable(RawTable):
    """A table whose columns are called as the public format would call them.

    Parameters
    ----------
    raw
        The file, opened at the row that looks like its header.
    """

    def __init__(self, raw: RawTable) -> None:
        self._raw = raw
        self._right = _right_names(raw.header)
        super().__init__(raw.path, raw.header_row)
        self._in_file = {right: name for name, right in self._right.items()}
        self.decimal_comma = raw.decimal_comma
        self.expected_rows = raw.expected_rows
        self.notes = raw.notes

    def name_in_file(self, column: str) -> str:
        """What the file calls a column."""
        return self._in_file.get(column, column)

    def faults(self) -> Iterator[InputError]:
        """Say what must change before the header is that of the public format.

        Yields
        ------
        InputError
            In its place in the file; none if the header is at fault in no such way.
        """
        if self.header_row > 1:
            yield InputError(
                "this row looks like the header, which belongs in row 1",
                "Delete the rows above it.",
                self.path,
                self.header_row,
            )
        for name, right in self._right.items():
            yield InputError(
                "the public format has another name for this column",
                f"Rename {name} to {right}.",
                self.path,
                self.header_row,
                name,
            )

    def _read_header(self) -> tuple[str, ...]:
        return tuple(self._right.get(name, name) for name in self._raw.header)

    def _read_blocks(self, progress: Progress) -> Generator[Block]:
        yield from self._raw.blocks(progress, self._watched)


def open_nearly_plain(path: Path) -> NearlyPlainTable | None:
    """Open a file at the first row that looks like a header of the public format.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    NearlyPlainTable or None
        None if no row near the top has the name of an analyte and another name.
    """
    for row in range(1, _FARTHEST_HEADER + 1):
        try:
            raw = open_table(path, row)
        except InputError:
            # A row above the header need not be one that a table can begin with.
            continue
        if _looks_like_a_header(raw.header):
            return NearlyPlainTable(raw)
    return None


def _looks_like_a_header(names: tuple[str, ...]) -> bool:
    analytes = sum(is_value(name) or right_name(name) is not None for name in names)
    facts = sum(_right_fact(name) is not None for name in names)
    return analytes >= 1 and analytes + facts >= _LEAST_NAMES


def _right_names(header: tuple[str, ...]) -> Mapping[str, str]:
    """For each name that is nearly one of the public format, that one, unless it is taken."""
    found: dict[str, str] = {}
    taken = set(header)
    for name in header:
        right = name if is_value(name) else _right_fact(name) or right_name(name) or name
        if right not in taken:
            found[name] = right
            taken.add(right)
    return found


def _right_fact(name: str) -> str | None:
    bare = name.strip().lower().replace(" ", "_")
    if bare in KNOWN_FACTS:
        return bare
    return "sample" if bare.replace("_", "").rstrip(".") in _NAMES_OF_SAMPLE else None

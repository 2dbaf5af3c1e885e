"""The parts of an Excel workbook: none is unpacked to more than it may hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, iterparse
from xml.parsers import expat
from zipfile import ZipFile

from fingerprint.errors import InputError

# A sheet is read row by row, of the texts a list is held, the other parts are held whole.
_MOST_BYTES_OF_A_SHEET = 1 << 32
_MOST_BYTES_OF_A_PART = 1 << 24
# The XML of a sheet shrinks to between a tenth and a twentieth; that of a bomb to a thousandth.
_MOST_TIMES = 250
_SMALL_BYTES = 1 << 24
_SMALL_BYTES_OF_TEXTS = 1 << 26
_MOST_TIMES_OF_TEXTS = 20
# No row of 16,384 cells comes near, nor does a text.
_MOST_BYTES_OF_AN_ELEMENT = 1 << 24
_MOST_BYTES_BEFORE_ROOT = 1 << 16


class Metered:
    """Passes bytes on, but not without end within one element.

    Parameters
    ----------
    file
        The XML of a part.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.bytes_read = 0
        self.since_element = 0

    def read(self, size: int = -1) -> bytes:
        """Read some bytes."""
        chunk = self._file.read(size)
        self.bytes_read += len(chunk)
        self.since_element += len(chunk)
        if self.since_element > _MOST_BYTES_OF_AN_ELEMENT:
            raise ValueError("an element without end")
        return chunk


def elements(source: Metered, depth: int) -> Iterator[tuple[str, Element]]:
    """Read the elements at a depth, and forget each one.

    Parameters
    ----------
    source
        The XML.
    depth
        How many elements they stand in.

    Yields
    ------
    str
        The tag of what the element stands in.
    Element
        The element with all that is in it, until the next one.
    """
    parents: list[Element] = []
    for event, element in iterparse(source, ("start", "end")):
        if event == "start":
            parents.append(element)
            continue
        parents.pop()
        level = len(parents)
        if level == depth:
            yield parents[-1].tag, element
        if 0 < level <= depth:
            # The parent would keep it, were it ever so empty.
            parents[-1].clear()
            source.since_element = 0


def refuse_bomb(archive: ZipFile, path: Path) -> None:
    """Refuse what the archive says unpacks to too much: no more than it says is ever unpacked.

    Raises
    ------
    InputError
        If a sheet or another part is too large for what it is packed into.
    """
    for part in archive.infolist():
        times = part.file_size / max(part.compress_size, 1)
        is_bomb = part.file_size > _SMALL_BYTES and times > _MOST_TIMES
        if part.file_size > _MOST_BYTES_OF_A_SHEET or is_bomb:
            raise _too_much(part.filename, part.file_size, path)


def check_part(archive: ZipFile, name: str, path: Path) -> None:
    """Check a part that is held whole, if it is there.

    Raises
    ------
    InputError
        If it would unpack to too much.
    ValueError
        If it defines a type of its own.
    """
    if name in archive.namelist():
        _check(archive, name, _MOST_BYTES_OF_A_PART, path)


def check_texts(archive: ZipFile, name: str, path: Path) -> None:
    """Check the part of the shared texts; raises as `check_part` does."""
    packed = archive.getinfo(name).compress_size
    _check(archive, name, _SMALL_BYTES_OF_TEXTS + _MOST_TIMES_OF_TEXTS * packed, path)


def check_sheet(archive: ZipFile, name: str, path: Path) -> None:
    """Check the part of a sheet; raises as `check_part` does."""
    _check(archive, name, _MOST_BYTES_OF_A_SHEET, path)


def _check(archive: ZipFile, name: str, most: int, path: Path) -> None:
    size = archive.getinfo(name).file_size
    if size > most:
        raise _too_much(name, size, path)
    with archive.open(name) as xml:
        _refuse_doctype(xml.read(_MOST_BYTES_BEFORE_ROOT))


def _too_much(name: str, size: int, path: Path) -> InputError:
    return InputError(
        f"{name[:60]!r} in the workbook would unpack to {size:,} bytes",
        "Save the table alone as CSV UTF-8.",
        path,
    )


def _refuse_doctype(beginning: bytes) -> None:
    """No program writes one into a workbook; texts that grow are defined there."""
    found: list[str] = []
    parser = expat.ParserCreate()

    def on_doctype(*_: object) -> None:
        raise ValueError("a part that defines a type of its own")

    def on_element(name: str, _: object) -> None:
        found.append(name)

    parser.StartDoctypeDeclHandler = on_doctype
    parser.StartElementHandler = on_element
    try:
        parser.Parse(beginning, False)
    except expat.ExpatError:
        # Whoever reads the part says so.
        return
    if not found:
        raise ValueError("a part that does not begin")


def shared_texts(file: IO[bytes]) -> list[str]:
    """Read the shared texts of a workbook."""
    # Excel escapes an underscore that would begin an escape.
    return [
        plain_text(item).replace("x005F_", "")
        for _, item in elements(Metered(file), 1)
        if item.tag.endswith("}si")
    ]


def plain_text(item: Element) -> str:
    """Text without its formatting, and without its reading in another script."""
    parts = (item, *(part for part in item if part.tag.endswith("}r")))
    return "".join(t.text or "" for part in parts for t in part if t.tag.endswith("}t"))

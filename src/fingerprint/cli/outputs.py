"""What a command writes: whole or not at all, and in the place of nothing that it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from pathlib import Path

from fingerprint.errors import InputError

Name = Path | str | None


def refuse_same(inputs: Iterable[Name], outputs: Iterable[Name]) -> None:
    """Refuse outputs that would be written over an input or over each other.

    Parameters
    ----------
    inputs
        Files and folders that will be read; None where an option was not given. A folder stands
        for its tables and its history.
    outputs
        Files that will be written; None, "-" and devices are written over nothing.

    Raises
    ------
    InputError
        If an output is one of the inputs, would be read as one of their tables, or is named twice.
    """
    read = [Path(name) for name in inputs if name is not None]
    written = [Path(name) for name in outputs if name is not None and str(name) != "-"]
    written = [path for path in written if path.is_file() or not path.exists()]
    for path in written:
        if any(_same(path, other) for name in read for other in (name, *_beside(name, path))):
            raise InputError("this file is read by the same command", _REMEDY, path)
    for one, other in combinations(written, 2):
        if _same(one, other):
            raise InputError("two outputs have this name", "Name a file for each.", other)


def write_text(target: Path | str, text: str) -> None:
    """Write a text to a file; ``-`` prints it."""
    import click

    from fingerprint.intake import atomic_write

    if str(target) == "-":
        click.echo(text, nl=False)
        return
    with atomic_write(target) as temporary:
        temporary.write_text(text, encoding="utf-8")


def files_of_model(folder: Path | str) -> Sequence[Path]:
    """Files of a trained model, none of which may be written over."""
    return sorted(Path(folder).glob("*"))


_REMEDY = "Name another file to write."


def _same(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _beside(read: Path, written: Path) -> Iterator[Path]:
    """Files of the name of an output that are read along with an input."""
    from fingerprint.health.history import IN_FOLDER, history_path
    from fingerprint.intake.files.formats import WRITABLE
    from fingerprint.intake.reading import TABLES

    name = written.resolve()
    table = name.stem in TABLES and name.suffix.lower() in WRITABLE
    if read.is_dir():
        if table or name.name == IN_FOLDER:
            yield read / name.name
        return
    yield history_path(read)
    if table and read.stem in TABLES:
        yield read.parent / name.name

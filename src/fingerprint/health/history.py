"""The history of a library: who added what, when and why, in a chain that shows tampering."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from stat import S_ISREG

from fingerprint.errors import InputError
from fingerprint.health.findings import Finding

IN_FOLDER = "history.jsonl"
_LISTS = ("samples", "sites", "findings")
_NUMBERS = ("number", "n_grains")


@dataclass(frozen=True)
class Entry:
    """One admission of samples.

    Parameters
    ----------
    number
        Counted from 1.
    at
        When, UTC, ISO 8601.
    by
        Who.
    action
        ``add``.
    samples, sites
        Names of the samples that came in, and of their sites.
    n_grains
        Grains that came in.
    content_before, content_after
        Content hash of the library.
    findings
        What stood against the samples.
    reason
        Why they came in.
    previous
        sha256 of the line before, ``""`` for the first.
    """

    number: int
    at: str
    by: str
    action: str
    samples: tuple[str, ...]
    sites: tuple[str, ...]
    n_grains: int
    content_before: str
    content_after: str
    findings: tuple[str, ...]
    reason: str
    previous: str

    def line(self) -> str:
        """Return the entry as it stands in the file."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True)
class History:
    """Entries as they stand, and what is wrong with the chain.

    Parameters
    ----------
    lines
        Lines of the file.
    entries
        As far as they can be read.
    broken
        What is wrong, ``""`` if nothing is.
    """

    lines: tuple[str, ...]
    entries: tuple[Entry, ...]
    broken: str

    @property
    def digest(self) -> str:
        """sha256 of the last line, ``""`` without one."""
        return _digest(self.lines[-1]) if self.lines else ""


def history_path(library: Path | str) -> Path:
    """Return where the history of a library is kept: in its folder, or beside its file.

    A library reached through a link has one history all the same, beside the file itself.
    """
    path = Path(library)
    if path.is_symlink():
        path = Path(os.path.realpath(path))
    return path / IN_FOLDER if path.is_dir() else path.with_name(f"{path.name}.history.jsonl")


def history_file(library: Path | str) -> Path | None:
    """Return the file of the history, None if there is none.

    Parameters
    ----------
    library
        The library's file or folder.

    Raises
    ------
    InputError
        If what stands in its place is no regular file: a link, a device, a pipe.
    """
    path = history_path(library)
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        raise _unreadable(path) from None
    if not S_ISREG(mode):
        raise InputError(
            "the history is no regular file", "Put the file itself in its place.", path
        )
    return path


def _unreadable(path: Path) -> InputError:
    return InputError("the history cannot be read", "Restore the file from a backup.", path)


def read_history(library: Path | str) -> History:
    """Read and verify the history of a library; one that has none is empty.

    Parameters
    ----------
    library
        The library's file or folder.

    Raises
    ------
    InputError
        If the history is no regular file, or cannot be read as text.
    """
    path = history_file(library)
    if path is None:
        return History((), (), "")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise _unreadable(path) from None
    if not text:
        return History((), (), "")  # its only entry was taken out again
    lines = tuple(text.removesuffix("\n").split("\n"))
    entries: list[Entry] = []
    previous = ""
    for number, line in enumerate(lines, start=1):
        entry = _parsed(line)
        if entry is None:
            return History(lines, tuple(entries), f"entry {number} cannot be read")
        if entry.number != number or entry.previous != previous:
            return History(
                lines, tuple(entries), f"entry {number} does not follow from the one before it"
            )
        if entries and entry.content_before != entries[-1].content_after:
            entries.append(entry)
            return History(
                lines,
                tuple(entries),
                f"the library was changed between entries {number - 1} and {number}",
            )
        entries.append(entry)
        previous = _digest(line)
    return History(lines, tuple(entries), "")


def history_findings(history: History, content_hash: str) -> list[Finding]:
    """Tell whether the chain is whole and the library is what its last entry says.

    Parameters
    ----------
    history
        From `read_history`.
    content_hash
        Of the library as it is.
    """
    findings = []
    if history.broken:
        findings.append(
            Finding(
                "history",
                "settle",
                f"The history is broken: {history.broken}. It was changed by hand; compare it with "
                "a backup.",
                "chain",
            )
        )
    elif history.entries and history.entries[-1].content_after != content_hash:
        findings.append(Finding("history", "settle", _unlike(history.entries[-1], content_hash),
                                "content"))  # fmt: skip
    return findings


def _unlike(last: Entry, content_hash: str) -> str:
    if last.content_before == content_hash:
        return (
            f"The library is what it was before entry {last.number} of its history, the last: its "
            "samples were never written, or taken out again. Take that line out of the history, "
            "and add the samples again."
        )
    return (
        "The library is not what the last entry of its history says: it was changed without "
        "fingerprint library add."
    )


def _parsed(line: str) -> Entry | None:
    try:
        fields = json.loads(line)
        for name in _LISTS:
            fields[name] = _texts(fields[name])
        entry = Entry(**fields)
        # What JSON may hold and no other text: half of a pair of surrogates.
        entry.line().encode()
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return entry if all(_fits(name, fields[name]) for name in fields) else None


def _fits(name: str, value: object) -> bool:
    if name in _LISTS:
        return True
    if name in _NUMBERS:
        return type(value) is int and value >= 0  # True is an int too
    return isinstance(value, str)


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError("not a list of texts")
    return tuple(values)


def _digest(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()

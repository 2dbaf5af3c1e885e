"""Writing a library anew, whole or not at all, with its history, one writer at a time."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from fingerprint.errors import InputError
from fingerprint.health.admission import Admission
from fingerprint.health.history import (
    IN_FOLDER,
    Entry,
    History,
    history_file,
    history_findings,
    history_path,
    read_history,
)
from fingerprint.intake import atomic_write, read_samples, write_samples
from fingerprint.intake.reading import tables_in
from fingerprint.intake.writing.folders import atomic_folder
from fingerprint.library import content_hash


@contextmanager
def writing(library: Path | str) -> Iterator[None]:
    """Hold the library for one writer; a second one is refused.

    The lock is the operating system's and goes with the process, whatever ends it.

    Parameters
    ----------
    library
        The library's file or folder.

    Raises
    ------
    InputError
        If another process is writing a library in the same place.
    """
    path = Path(library).resolve()
    try:
        handle = os.open(path.parent, os.O_RDONLY)
    except OSError:
        raise InputError("there is no such library", "Check the name.", library) from None
    try:
        _lock(handle, library)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, library: Path | str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(
            "samples are being added here by another command",
            "Wait until it is done, then add these.",
            library,
        ) from None
    except OSError:
        # Some network disks know no locks; what another command wrote is still seen by its hash.
        return


def fingerprint_of_files(library: Path | str) -> str:
    """Return a hash of the library's files as they are: has anyone changed them meanwhile?"""
    path = Path(library)
    files = [*tables_in(path).values()] if path.is_dir() else [path]
    digest = hashlib.sha256()
    history_file(path)  # refuses what cannot be read to its end
    for file in [*files, history_path(path)]:
        digest.update(f"{file.name}\x1f".encode())
        if file.exists():
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()


def store(
    library: Path | str, admission: Admission, *, by: str, reason: str, before: str, unchanged: str
) -> Entry:
    """Write the joined library in its own format, and the entry in its history.

    What was written is read again before it takes the place of the old library.

    Parameters
    ----------
    library
        The library's file or folder.
    admission
        From `examine`.
    by, reason
        Who, and why.
    before
        Content hash of the library as it was read.
    unchanged
        `fingerprint_of_files` of when it was read.

    Returns
    -------
    Entry
        As it stands in the history.

    Raises
    ------
    InputError
        If the history is broken or does not fit the library, the files have changed since they
        were read, or they cannot be written.
    """
    path = Path(library)
    history = read_history(path)
    _refuse_changed(path, unchanged)
    _refuse_unfit(path, history, before)
    entry = _entry(admission, history, by, reason, before)
    if path.is_dir():
        return _store_folder(path, admission, history, entry, unchanged)
    _refuse_beside_one_file(path, admission)
    # The last opened is put in place first: a kill between the two leaves a history that the
    # library does not fit, not samples of which nothing is told.
    with atomic_write(path) as file, atomic_write(history_path(path)) as lines:
        entry = replace(entry, content_after=_write(admission, file, path))
        _write_history(lines, history, entry)
        _refuse_changed(path, unchanged)
    return entry


def _refuse_unfit(path: Path, history: History, before: str) -> None:
    if history.broken:
        raise InputError(
            f"the history is broken: {history.broken}",
            "Settle that before samples are added: compare it with a backup.",
            history_path(path),
        )
    for finding in history_findings(history, before):
        raise InputError(
            finding.sentence.removesuffix("."),
            "See 'History of a library' in docs/formats.md for what to do.",
            history_path(path),
        )


def _store_folder(
    path: Path, admission: Admission, history: History, entry: Entry, unchanged: str
) -> Entry:
    tables = tables_in(path)
    with atomic_folder(path) as fresh:
        kept = {table.name for table in tables.values()} | {IN_FOLDER}
        for other in path.iterdir():
            if other.name not in kept:
                _copy(other, fresh / other.name)
        entry = replace(entry, content_after=_write(admission, fresh, path, _format(tables)))
        _write_history(fresh / IN_FOLDER, history, entry)
        _refuse_changed(path, unchanged)
    return entry


def _write(admission: Admission, fresh: Path, library: Path, extension: str = ".parquet") -> str:
    """Write the samples and read them again; a failure names the library, not the fresh file.

    Returns
    -------
    str
        Content hash of what was read.
    """
    try:
        write_samples(admission.library.samples, fresh, extension)
        return content_hash(read_samples(fresh))
    except InputError as error:
        if not isinstance(error.__cause__, OSError):
            raise replace(error, file=library) from error
        why = error.__cause__.strerror or type(error.__cause__).__name__
        raise InputError(
            f"the library cannot be written ({why})",
            "See that there is leave to write and space left; nothing was changed.",
            library,
        ) from error


def _format(tables: Mapping[str, Path]) -> str:
    """Extension of the assay, or of what stands in its place in a library that has none."""
    first = tables.get("assay") or next(iter(tables.values()))
    return first.suffix


def _refuse_beside_one_file(path: Path, admission: Admission) -> None:
    samples = admission.library.samples
    for table, word in ((samples.mineralogy, "mineralogy"), (samples.ages, "ages")):
        if table is not None:
            raise InputError(
                f"the samples have {word}, and a library of one file cannot hold them",
                f"Move the file to a folder of its own, as assay{path.suffix}, and add them to "
                "that folder.",
                path,
            )


def _copy(source: Path, target: Path) -> None:
    """Copy what else lies in the folder; links stay links, wherever they lead."""
    if source.is_symlink():
        target.symlink_to(source.readlink())
    elif source.is_dir():
        target.mkdir()
        for inner in source.iterdir():
            _copy(inner, target / inner.name)
        shutil.copystat(source, target)
    elif source.is_file():
        shutil.copy2(source, target)
    else:
        raise InputError(
            "a pipe, socket or device cannot be copied with the library",
            "Remove it from the library's folder.",
            source,
        )


def _write_history(path: Path, history: History, entry: Entry) -> None:
    text = "".join(f"{line}\n" for line in [*history.lines, entry.line()])
    path.write_text(text, encoding="utf-8")


def _entry(admission: Admission, history: History, by: str, reason: str, before: str) -> Entry:
    return Entry(
        len(history.entries) + 1,
        datetime.now(UTC).isoformat(timespec="seconds"),
        by,
        "add",
        admission.samples,
        admission.sites,
        admission.n_grains,
        before,
        "",
        tuple(finding.sentence for finding in admission.against),
        reason,
        history.digest,
    )


def _refuse_changed(path: Path, unchanged: str) -> None:
    if fingerprint_of_files(path) != unchanged:
        raise InputError(
            "the library was changed by another command meanwhile",
            "Add the samples again; nothing was written.",
            path,
        )

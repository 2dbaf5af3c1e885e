"""Adding samples to a library: read, check, and write with the history, as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fingerprint.errors import InputError
from fingerprint.health.admission import examine
from fingerprint.health.checking import Step
from fingerprint.health.findings import Finding
from fingerprint.health.history import Entry
from fingerprint.health.joining import joined_materials
from fingerprint.health.storing import fingerprint_of_files, store, writing
from fingerprint.intake import read_samples
from fingerprint.intake.files.raw import Progress
from fingerprint.library import content_hash, read_library
from fingerprint.quality import SessionQuality
from fingerprint.tables import Assay

Judge = Callable[[Assay | None], Sequence[SessionQuality]]


@dataclass(frozen=True)
class Addition:
    """What became of samples that asked to join.

    Parameters
    ----------
    against
        Findings that they bring.
    entry
        Of the history; None if they were held back.
    """

    against: tuple[Finding, ...]
    entry: Entry | None


def add_samples(
    library: Path | str,
    samples: Path | str,
    *,
    by: str,
    reason: str = "",
    judge: Judge = lambda _: (),
    progress: Progress | None = None,
    step: Step = lambda _: None,
) -> Addition:
    """Add samples to a library, unless findings speak against them and no reason is given.

    Parameters
    ----------
    library
        File or folder; it is written anew, whole or not at all, with its history.
    samples
        File or folder.
    by, reason
        Who, and why although findings stand.
    judge
        Judges the sessions of the reference materials of both.
    progress
        Called with bytes done and bytes in all of what is read.
    step
        Called with a few words when the next step begins.

    Raises
    ------
    InputError
        If anything cannot be read or written, samples and library do not fit together, the history
        does not fit the library, or another command adds samples there.
    """
    with writing(library):
        unchanged = fingerprint_of_files(library)
        reference = read_library(library, progress)
        offered = read_samples(samples, progress)
        sessions = judge(joined_materials(reference.samples, offered))
        try:
            admission = examine(reference, offered, sessions=sessions, step=step)
        except InputError as error:
            raise error.in_file(samples) from None
        if admission.against and not reason:
            return Addition(admission.against, None)
        step("Writing the library")
        before = content_hash(reference.samples)
        entry = store(library, admission, by=by, reason=reason, before=before, unchanged=unchanged)
    return Addition(admission.against, entry)

"""Files and folders to a reference library."""

from __future__ import annotations

from pathlib import Path

from fingerprint.errors import InputError
from fingerprint.intake import read_samples
from fingerprint.intake.files.raw import Progress
from fingerprint.library.reference import Library


def read_library(path: Path | str, progress: Progress | None = None) -> Library:
    """Read a reference library.

    Parameters
    ----------
    path
        As for `fingerprint.intake.read_samples`; every sample must have its site.
    progress
        Called now and then with bytes done and bytes in all of the assay.

    Raises
    ------
    InputError
        If a file is at fault, a sample has no site, or there are fewer than two sites.
    """
    samples = read_samples(path, progress)
    try:
        return Library(samples)
    except InputError as error:
        raise error.in_file(path) from None

"""Raw files of public data: from a folder or by download, their hashes checked either way."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from fingerprint.errors import InputError
from fingerprint.intake.files.raw import Progress
from fingerprint.library.downloading import SAFE_ADDRESS, Downloader

FOLDER_VARIABLE = "FINGERPRINT_DATASETS"


class SourceFile(BaseModel):
    """One file of a data set.

    Parameters
    ----------
    name
        What the file is called.
    folder
        Folder that it lies in, within that of the data set.
    address
        Where the public finds it.
    made
        How it is made from what is found there, if it cannot be had as it is.
    sha256
        What it must hash to, in hexadecimal.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[^/\\]+$")]
    folder: Annotated[str, Field(pattern=r"^[a-z0-9_]*$")] = ""
    address: Annotated[str, Field(pattern=SAFE_ADDRESS)]
    made: str = ""
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

    @property
    def path(self) -> str:
        """Where the file lies within the data set."""
        return f"{self.folder}/{self.name}" if self.folder else self.name


def fetch_files(
    name: str, files: Sequence[SourceFile], progress: Progress | None = None
) -> list[Path]:
    """Find the raw files of a data set, or download them; check their hashes either way.

    Parameters
    ----------
    name
        The data set.
    files
        Its files.
    progress
        Called with bytes done and bytes in all of the file that is being downloaded.

    Returns
    -------
    list of Path
        In ``$FINGERPRINT_DATASETS/<name>/`` if that variable is set, else in a cache.

    Raises
    ------
    InputError
        If a file is missing, altered or out of reach. What arrived of a download is kept aside
        and continued by the next try; nothing has a file's name that is not that file.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder:
        return [_local(file, Path(folder) / name) for file in files]
    for file in files:
        _refuse_made(file, name)
    return [_downloaded(file, name, progress) for file in files]


def _refuse_made(file: SourceFile, name: str) -> None:
    if file.made:
        raise InputError(
            f"the file cannot be downloaded as it is: {file.made}",
            f"Put it into ${FOLDER_VARIABLE}/{name}/{file.path}.",
            file.address,
        )


def _local(file: SourceFile, folder: Path) -> Path:
    path = folder / file.path
    digest = hashlib.sha256()
    try:
        with path.open("rb") as opened:
            while chunk := opened.read(1 << 20):
                digest.update(chunk)
    except OSError as error:
        raise InputError(
            f"the raw file cannot be read ({error.strerror})",
            f"Put it there from {file.address}, or unset {FOLDER_VARIABLE} to download it.",
            path,
        ) from None
    if digest.hexdigest() != file.sha256:
        raise _altered(
            file, path, digest.hexdigest(), f"Remove it and fetch it again from {file.address}."
        )
    return path


def _downloaded(file: SourceFile, name: str, progress: Progress | None) -> Path:
    import pooch

    folder = Path(pooch.os_cache("fingerprint")) / name / file.folder
    part = folder / f"{file.name}.{file.sha256[:16]}.part"
    downloader = Downloader(part, progress)
    try:
        with _alone(folder):
            path = pooch.retrieve(
                file.address,
                known_hash=f"sha256:{file.sha256}",
                fname=file.name,
                path=folder,
                downloader=downloader,
            )
    except ValueError as error:
        # pooch says what it got, and has removed it.
        got = re.search(r"got ([0-9a-f]{64})", str(error))
        raise _altered(
            file, file.address, got[1] if got else "another", _after_another(file, downloader)
        ) from None
    except InputError as error:
        by_hand = f"Or put the file into ${FOLDER_VARIABLE}/{name}/{file.path}."
        raise InputError(error.what, f"{error.remedy} {by_hand}", error.file) from None
    return Path(path)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait for whoever else downloads into a folder, so that each byte is fetched once."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise InputError(
            f"the folder of downloads cannot be used ({error.strerror})",
            "Check that you have leave to write there.",
            folder,
        ) from None
    try:
        # Some network disks know no locks; a wrong mixture is still caught by its hash.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _after_another(file: SourceFile, downloader: Downloader) -> str:
    """What to do after a download that is not the file."""
    if downloader.continued:
        return "It was removed; it came in two pieces. Try again for a whole one."
    if not downloader.length_known:
        return "It was removed; it may have been cut off, as the server gave no length. Try again."
    return f"It was removed. Report it: what changed is at {file.address}."


def _altered(file: SourceFile, where: Path | str, got: str, remedy: str) -> InputError:
    return InputError(
        f"the file is not the one that the recipe is for: sha256 expected {file.sha256}, got {got}",
        f"Nothing was read from it. {remedy}",
        where,
    )

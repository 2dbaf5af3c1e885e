"""A folder that is written whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fingerprint.errors import InputError


@contextmanager
def atomic_folder(target: Path | str) -> Iterator[Path]:
    """Write a folder whole or not at all; one that stands there is replaced.

    Whether it may be replaced is for the caller to decide beforehand.

    Parameters
    ----------
    target
        The folder to be.

    Yields
    ------
    Path
        A new folder beside it. When the block ends its files are synced to disk and it takes the
        place of `target`; if the block fails it is removed.

    Raises
    ------
    InputError
        If the folder cannot be written there.
    """
    path = Path(target).resolve()
    mark = secrets.token_hex(4)
    fresh = path.with_name(f".{path.name}.new-{mark}")
    try:
        fresh.mkdir(parents=True)
        yield fresh
        _sync(fresh)
        _put_in_place(fresh, path, path.with_name(f".{path.name}.old-{mark}"))
    except OSError as error:
        raise InputError(
            f"the folder cannot be written ({error.strerror or type(error).__name__})",
            "Name a folder that may be made there, with space left.",
            file=target,
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _sync(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        # What a link leads to is not part of the folder, and may not be there.
        if path.is_symlink():
            continue
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _put_in_place(fresh: Path, target: Path, aside: Path) -> None:
    if not target.exists():
        fresh.rename(target)
        return
    target.rename(aside)
    try:
        fresh.rename(target)
    except OSError:
        aside.rename(target)
        raise
    shutil.rmtree(aside)

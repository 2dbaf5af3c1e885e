"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fingerprint.errors import InputError


@contextmanager
def atomic_write(path: Path | str) -> Iterator[Path]:
    """Write a file whole or not at all.

    Parameters
    ----------
    path
        The file to be; it is replaced if it exists.

    Yields
    ------
    Path
        A temporary file in the same folder, with the same extension; it takes the place of
        `path` when the block ends, and is removed if the block fails.

    Raises
    ------
    InputError
        If the file cannot be written there.
    """
    path = Path(path)
    if path.name == "-":
        raise InputError("- is no file", "Name a file; /dev/stdout prints it.", path)
    if path.is_dir():
        raise InputError("this is a folder", "Name a file to write.", path)
    temporary = None
    try:
        # Through a link, the file it leads to is replaced, not the link.
        target = path.resolve()
        temporary = _temporary(target)
        yield temporary
        _put(temporary, target)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def _temporary(target: Path) -> Path:
    """Make an empty file beside the target; devices and pipes take a copy of one made elsewhere."""
    beside = target.is_file() or not target.exists()
    handle, name = tempfile.mkstemp(
        target.suffix, f".{target.stem}-", target.parent if beside else None
    )
    os.close(handle)
    return Path(name)


def _put(temporary: Path, target: Path) -> None:
    if target.exists() and not target.is_file():
        with temporary.open("rb") as written, target.open("wb") as device:
            shutil.copyfileobj(written, device)
        return
    # mkstemp makes a file that only its owner may read.
    if target.exists():
        mode = target.stat().st_mode & 0o777
    else:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    temporary.chmod(mode)
    temporary.replace(target)


def unwritable(path: Path, error: OSError) -> InputError:
    """Say that a file or folder cannot be written, and why."""
    return InputError(
        f"the file cannot be written ({error.strerror or type(error).__name__})",
        "Name a file in a folder that exists, with leave to write and space left.",
        path,
    )

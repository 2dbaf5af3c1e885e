"""A trained model on disk: a folder whose every byte is accounted for."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import re
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, StringConstraints

from fingerprint import __version__
from fingerprint.bundle.card import card
from fingerprint.bundle.estimators import estimator_bytes, estimator_from
from fingerprint.bundle.state import Parts, pack, unpack
from fingerprint.errors import InputError
from fingerprint.intake.writing.folders import atomic_folder
from fingerprint.judgement import Model

FORMAT = 4
_MANIFEST = "manifest.json"
_SELF = "sha256_of_this_file"
_OURS = re.compile(r"manifest\.json|arrays\.npz|card\.md|estimator_\d+\.skops")
_PACKAGES = ("numpy", "scipy", "scikit-learn", "skops")
_REMEDY = "Do not use it; train it anew or get a sound copy."


class _Shape(BaseModel):
    """What a manifest must hold for its files to be read."""

    files: dict[Annotated[str, StringConstraints(pattern=_OURS.pattern)], str]
    estimators: list[str]
    model: dict[str, Any]


def save_model(model: Model, folder: Path | str) -> str:
    """Write a bundle, whole or not at all; an older bundle in its place is replaced.

    Parameters
    ----------
    model
        A trained model.
    folder
        Where to.

    Returns
    -------
    str
        Hash of the model: sha256 of its manifest, which holds the hash of every other file.

    Raises
    ------
    InputError
        If something else stands there, or the folder cannot be written.
    """
    refuse_foreign(folder)
    parts = Parts()
    state = pack(model, "", parts)
    files = {"arrays.npz": _arrays_bytes(parts.arrays), "card.md": card(model).encode()}
    for i, (place, estimator) in enumerate(parts.estimators.items()):
        files[f"estimator_{i}.skops"] = estimator_bytes(estimator)
        parts.estimators[place] = estimator
    manifest = _manifest(model, state, list(parts.estimators), files)
    with atomic_folder(folder) as fresh:
        for name, content in files.items():
            (fresh / name).write_bytes(content)
        (fresh / _MANIFEST).write_bytes(manifest)
    return hashlib.sha256(manifest).hexdigest()


def refuse_foreign(folder: Path | str) -> None:
    """Refuse to overwrite anything but a bundle.

    Raises
    ------
    InputError
        If the folder exists and is not an empty folder or a bundle.
    """
    path = Path(folder)
    if not path.exists():
        return
    names = {inside.name for inside in path.iterdir()} if path.is_dir() else {path.name}
    foreign = sorted(name for name in names if not _OURS.fullmatch(name))
    if not foreign and names and not {_MANIFEST, "arrays.npz"} <= names:
        foreign = sorted(names)
    if foreign:
        raise InputError(
            f"{foreign[0]!r} stands there, which is no part of a model",
            "Name another folder.",
            file=folder,
        )


def load_model(folder: Path | str) -> tuple[Model, str]:
    """Read a bundle, having checked every byte of it.

    Parameters
    ----------
    folder
        A bundle.

    Returns
    -------
    model, hash
        The model and the sha256 of its manifest.

    Raises
    ------
    InputError
        If a file is missing, added or changed, a type is unknown, or the format is another.
    """
    manifest, digest = read_manifest(folder)
    places = {f"estimator_{i}.skops": place for i, place in enumerate(manifest["estimators"])}
    contents = _checked_files(Path(folder), manifest["files"], {"arrays.npz", *places})
    parts = Parts(_arrays(contents["arrays.npz"], Path(folder) / "arrays.npz"))
    for name, place in places.items():
        parts.estimators[place] = estimator_from(contents[name], str(Path(folder) / name))
    try:
        model = unpack(manifest["model"], parts)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise InputError(f"the model is damaged ({error})", _REMEDY, file=folder) from error
    if not isinstance(model, Model):
        raise InputError("the bundle holds no model", _REMEDY, file=folder)
    return model, digest


def read_manifest(folder: Path | str) -> tuple[dict[str, Any], str]:
    """Read and check the manifest alone.

    Returns
    -------
    manifest, hash
        Its content and the sha256 of its bytes.

    Raises
    ------
    InputError
        If it is missing, changed, or of another format.
    """
    path = Path(folder) / _MANIFEST
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"there is no model here ({_MANIFEST}: {error.strerror})",
            "Name a folder that fingerprint train wrote.",
            file=folder,
        ) from error
    try:
        manifest = json.loads(content)
        if manifest["format"] > FORMAT:
            raise InputError(
                f"the model has format {manifest['format']}, this program reads up to {FORMAT}",
                "Update fingerprint.",
                file=path,
            )
        if manifest["format"] < FORMAT:
            raise InputError(
                f"the model has format {manifest['format']}, of an earlier version",
                "Train it anew: what models weigh has changed since.",
                file=path,
            )
        stated = manifest[_SELF]
        _Shape.model_validate(manifest)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError("the manifest is damaged", _REMEDY, file=path) from error
    if content != _with_own_hash(manifest):
        raise _changed(path, stated, hashlib.sha256(content).hexdigest())
    return manifest, hashlib.sha256(content).hexdigest()


def _checked_files(folder: Path, hashes: dict[str, str], needed: set[str]) -> dict[str, bytes]:
    there = {path.name for path in folder.iterdir()} - {_MANIFEST}
    if missing := sorted((set(hashes) | needed) - there):
        raise InputError("the model lacks this file", _REMEDY, file=folder / missing[0])
    if added := sorted(there - set(hashes)):
        raise InputError(
            "this file does not belong to the model", "Move it elsewhere.", file=folder / added[0]
        )
    contents = {}
    for name, expected in hashes.items():
        try:
            contents[name] = (folder / name).read_bytes()
        except OSError as error:
            raise InputError(
                f"the file cannot be read ({error.strerror})", _REMEDY, file=folder / name
            ) from error
        got = hashlib.sha256(contents[name]).hexdigest()
        if got != expected:
            raise _changed(folder / name, expected, got)
    return contents


def _changed(path: Path, expected: str, got: str) -> InputError:
    return InputError(
        f"the file was changed after training (sha256 expected {expected}, got {got})",
        _REMEDY,
        file=path,
    )


def _manifest(model: Model, state: Any, estimators: list[str], files: dict[str, bytes]) -> bytes:
    provenance = model.provenance
    return _with_own_hash(
        {
            "format": FORMAT,
            "fingerprint": __version__,
            "python": ".".join(platform.python_version_tuple()[:2]),
            "packages": {name: version(name) for name in _PACKAGES},
            "seed": provenance.seed,
            "library_sha256": provenance.library_hash,
            "made_up": provenance.made_up,
            "analytes": list(model.analytes),
            "policy": model.policy.model_dump(),
            "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
            "estimators": estimators,
            "model": state,
        }
    )


def _with_own_hash(manifest: dict[str, Any]) -> bytes:
    """Bytes of a manifest, which holds the sha256 of what its bytes are without that entry."""
    rest = {key: value for key, value in manifest.items() if key != _SELF}
    own = hashlib.sha256(_json_bytes(rest)).hexdigest()
    return _json_bytes({**rest, _SELF: own})


def _json_bytes(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _arrays_bytes(arrays: dict[str, np.ndarray]) -> bytes:
    # Entries of numpy's archives carry no date.
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _arrays(content: bytes, path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"the arrays are damaged ({error})", _REMEDY, file=path) from error

"""Recipes of public data: files, hashes, addresses, licences, and how they become a library."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fingerprint.errors import InputError
from fingerprint.intake import write_samples
from fingerprint.intake.profiles import load_model
from fingerprint.intake.raw import Progress
from fingerprint.intake.shipped import shipped
from fingerprint.library.building import TableRecipe, read_tables
from fingerprint.library.reference import Library
from fingerprint.tables import SampleSet

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
    address: Annotated[str, Field(pattern="^https://")]
    made: str = ""
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]

    @property
    def path(self) -> str:
        """Where the file lies within the data set."""
        return f"{self.folder}/{self.name}" if self.folder else self.name


class Recipe(BaseModel):
    """How a public data set becomes a library.

    Parameters
    ----------
    name
        Name of the data set, and of its recipe.
    title, licence, citation
        What it is, and under what terms it may be used.
    sites, samples, grains
        How much is in it, where known; grains are those of the assay, or else of the ages.
    files
        Its files.
    tables
        What they become.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    licence: str
    citation: str
    sites: int | None = None
    samples: int | None = None
    grains: int | None = None
    files: Annotated[tuple[SourceFile, ...], Field(min_length=1)]
    tables: Annotated[tuple[TableRecipe, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check_files(self) -> Self:
        known = {file.path for file in self.files}
        named = {n for table in self.tables for n in (*table.files, table.errors) if n}
        if unknown := sorted(named - known):
            raise ValueError(f"a table names the file {unknown[0]!r}, which is not listed")
        return self


def load_recipe(path: Path | str) -> Recipe:
    """Read a recipe.

    Raises
    ------
    InputError
        If there is no such file, or it is not a recipe.
    """
    return load_model(Path(path), Recipe)


def recipes() -> list[Recipe]:
    """Read every shipped recipe, by name."""
    return [load_recipe(path) for path in sorted(shipped("datasets").glob("*.toml"))]


def recipe(name: str) -> Recipe:
    """Read a shipped recipe.

    Raises
    ------
    InputError
        If there is none of that name.
    """
    path = shipped("datasets") / f"{name}.toml"
    known = sorted(p.stem for p in shipped("datasets").glob("*.toml"))
    if name not in known:
        raise InputError(f"there is no data set {name!r}", f"Name one of {', '.join(known)}.")
    return load_recipe(path)


def build(recipe: Recipe, output: Path | str, progress: Progress | None = None) -> SampleSet:
    """Make a library of public data and write it.

    Parameters
    ----------
    recipe
        What to build.
    output
        A folder, or a file with a known extension.
    progress
        Called now and then with bytes done and bytes in all of the file at hand.

    Returns
    -------
    SampleSet
        What was written.

    Raises
    ------
    InputError
        If a raw file is missing, altered or out of reach, or the output cannot be written.
    """
    paths = dict(zip((file.path for file in recipe.files), fetch(recipe), strict=True))
    library = Library(read_tables(recipe.tables, paths, progress))
    write_samples(library.samples, output)
    return library.samples


def fetch(recipe: Recipe) -> list[Path]:
    """Find the raw files of a data set, or download them; check their hashes either way.

    Parameters
    ----------
    recipe
        Whose files.

    Returns
    -------
    list of Path
        In ``$FINGERPRINT_DATASETS/<name>/`` if that variable is set, else in a cache.

    Raises
    ------
    InputError
        If a file is missing, altered or out of reach.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder:
        return [_local(file, Path(folder) / recipe.name / file.folder) for file in recipe.files]
    for file in recipe.files:
        _refuse_made(file, recipe.name)
    return [_downloaded(file, str(Path(recipe.name) / file.folder)) for file in recipe.files]


def _refuse_made(file: SourceFile, name: str) -> None:
    if file.made:
        raise InputError(
            f"the file cannot be downloaded as it is: {file.made}",
            f"Put it into ${FOLDER_VARIABLE}/{name}/{file.path}.",
            file.address,
        )


def _local(file: SourceFile, folder: Path) -> Path:
    path = folder / file.name
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
        raise _altered(file, path, digest.hexdigest(), "Remove it and fetch it again from")
    return path


def _downloaded(file: SourceFile, name: str) -> Path:
    import pooch

    try:
        path = pooch.retrieve(
            file.address,
            known_hash=f"sha256:{file.sha256}",
            fname=file.name,
            path=pooch.os_cache("fingerprint") / name,
        )
    except ValueError as error:
        # pooch says what it got, and has removed it.
        got = re.search(r"got ([0-9a-f]{64})", str(error))
        raise _altered(
            file, file.address, got[1] if got else "another", "Report it: what changed is at"
        ) from None
    except OSError as error:
        raise InputError(
            f"the file cannot be downloaded ({type(error).__name__})",
            f"Check the network, or put the file into ${FOLDER_VARIABLE}/{name}/{file.name}.",
            file.address,
        ) from None
    return Path(path)


def _altered(file: SourceFile, where: Path | str, got: str, remedy: str) -> InputError:
    return InputError(
        f"the file is not the one that the recipe is for: sha256 expected {file.sha256}, got {got}",
        f"Nothing was read from it. {remedy} {file.address}.",
        where,
    )

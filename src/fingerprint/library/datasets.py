"""Recipes of public data: files, hashes, addresses, licences, and how they become a library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fingerprint.errors import InputError
from fingerprint.intake import write_samples
from fingerprint.intake.files.raw import Progress
from fingerprint.intake.laboratory.profiles import load_model
from fingerprint.intake.shipped import shipped
from fingerprint.library.building import TableRecipe, read_tables
from fingerprint.library.fetching import SourceFile, fetch_files
from fingerprint.library.reference import Library
from fingerprint.tables import SampleSet


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


def fetch(recipe: Recipe, progress: Progress | None = None) -> list[Path]:
    """Find the raw files of a data set, or download them: see `fetch_files`.

    Parameters
    ----------
    recipe
        Whose files.
    progress
        Called with bytes done and bytes in all of the file that is being downloaded.

    Raises
    ------
    InputError
        If a file is missing, altered or out of reach.
    """
    return fetch_files(recipe.name, recipe.files, progress)

"""Files of a data set to the tables of a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field

from fingerprint.errors import InputError
from fingerprint.intake.files.raw import Progress, RawTable
from fingerprint.intake.joining import import_tables
from fingerprint.intake.laboratory.layouts import open_laboratory_file
from fingerprint.intake.laboratory.profiled import ProfiledTable
from fingerprint.intake.laboratory.profiles import Profile, named_profile
from fingerprint.intake.problems import Refusing
from fingerprint.intake.side_tables import ages_in, facts_in, mineralogy_in
from fingerprint.tables import Ages, Mineralogy, SampleSet


class TableRecipe(BaseModel):
    """How some files of a data set become one of its tables.

    Parameters
    ----------
    kind
        Which table. Several of one kind are put one below the other.
    files
        Names of the files, each read alike.
    errors
        Of ages in columns that are samples: the file of their errors.
    profile
        How to read them: the name of a shipped profile, or the profile itself.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["assay", "mineralogy", "ages", "samples"]
    files: Annotated[tuple[str, ...], Field(min_length=1)]
    errors: str | None = None
    profile: str | Profile


def read_tables(
    tables: Sequence[TableRecipe], paths: Mapping[str, Path], progress: Progress | None = None
) -> SampleSet:
    """Read the samples that the files of a data set hold.

    Parameters
    ----------
    tables
        What to make of which file.
    paths
        Where each file is.
    progress
        Called now and then with bytes done and bytes in all of the file at hand.

    Raises
    ------
    InputError
        If a file is at fault, or two tables do not go together.
    """
    opened: dict[str, list[RawTable]] = {}
    for table in tables:
        opened.setdefault(table.kind, []).extend(_opened(table, paths))
    facts = [facts_in(raw, Refusing(raw.place)) for raw in opened.get("samples", [])]
    return SampleSet.from_tables(
        import_tables(opened["assay"], progress) if "assay" in opened else None,
        _mineralogies(
            [mineralogy_in(raw, Refusing(raw.place)) for raw in opened.get("mineralogy", [])]
        ),
        _ages([ages_in(raw, Refusing(raw.place)) for raw in opened.get("ages", [])]),
        pd.concat(facts, ignore_index=True).fillna("") if facts else None,
    )


def _opened(table: TableRecipe, paths: Mapping[str, Path]) -> list[RawTable]:
    profile = named_profile(table.profile) if isinstance(table.profile, str) else table.profile
    beside = None if table.errors is None else paths[table.errors]
    return [
        ProfiledTable(open_laboratory_file(paths[name], profile, beside), profile)
        for name in table.files
    ]


def _ages(tables: list[Ages]) -> Ages | None:
    if not tables:
        return None
    unnamed = all(table.minerals is None for table in tables)
    blank = [np.full(len(table.samples), "", dtype=object) for table in tables]
    minerals = [b if t.minerals is None else t.minerals for t, b in zip(tables, blank, strict=True)]
    return Ages(
        np.concatenate([table.samples for table in tables]),
        np.concatenate([table.ages_ma for table in tables]),
        np.concatenate([table.standard_errors_ma for table in tables]),
        None if unnamed else np.concatenate(minerals),
    )


def _mineralogies(tables: list[Mineralogy]) -> Mineralogy | None:
    """Put mineralogies one below the other; a mineral that one lacks was not looked for there."""
    if not tables:
        return None
    if len({table.unit for table in tables}) > 1:
        raise InputError("minerals in per cent and in counts", "Give one or the other.")
    minerals = tuple(dict.fromkeys(name for table in tables for name in table.minerals))
    parts = []
    for table in tables:
        part = np.full((len(table.samples), len(minerals)), np.nan)
        part[:, [minerals.index(name) for name in table.minerals]] = table.abundances
        parts.append(part)
    samples = np.concatenate([table.samples for table in tables])
    return Mineralogy(samples, minerals, tables[0].unit, np.concatenate(parts))

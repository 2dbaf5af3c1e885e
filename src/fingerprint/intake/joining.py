"""Several laboratory files to one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from fingerprint.chemistry import Analyte
from fingerprint.intake.assembly import Note, assemble
from fingerprint.intake.facts_beside import with_facts_beside
from fingerprint.intake.files.raw import Progress, RawTable
from fingerprint.intake.laboratory.profiles import Profile
from fingerprint.intake.laboratory.recognition import PLAIN, open_recognised
from fingerprint.intake.one_of_a_kind import refuse_two_of_a_kind
from fingerprint.tables import Assay
from fingerprint.tables.arrays import Bools, Floats


def import_files(
    paths: Sequence[Path | str],
    profile: Profile | str | None = PLAIN,
    progress: Progress | None = None,
) -> Assay:
    """Read laboratory files into one assay.

    Parameters
    ----------
    paths
        One file or more.
    profile
        How to read them, as in `open_recognised`; None: each by the profile that fits it.
    progress
        Called now and then with bytes done and bytes in all of the file at hand.

    Raises
    ------
    InputError
        If a file is at fault, or a sample has two sites, districts or countries.
    """
    return import_tables([open_recognised(path, profile).table for path in paths], progress)


def import_tables(
    tables: Sequence[RawTable], progress: Progress | None = None, note: Note | None = None
) -> Assay:
    """Read opened laboratory files into one assay.

    A file called ``assay`` is given the facts of its samples that ``samples.*`` beside it has.

    Parameters
    ----------
    tables
        One or more, their columns named as in the public format.
    progress
        Called now and then with bytes done and bytes in all of the file at hand.
    note
        Told of what deserves a look but is no fault, with its place.

    Raises
    ------
    InputError
        If a file is at fault, or a sample has two sites, districts or countries.
    """
    assays = [with_facts_beside(assemble(table, progress, note), table) for table in tables]
    assay = assays[0] if len(assays) == 1 else concatenate(assays)
    refuse_two_of_a_kind(assay, tables, [a.n_grains for a in assays])
    return assay


def concatenate(assays: Sequence[Assay]) -> Assay:
    """Stack assays: their analytes are united, and not measured where an assay lacks them.

    An analyte that the assays measured on different isotopes names none.

    Parameters
    ----------
    assays
        One or more.
    """
    analytes: dict[str, Analyte] = {}
    for assay in assays:
        for analyte in assay.analytes:
            known = analytes.setdefault(analyte.key, analyte)
            if known.isotope != analyte.isotope:
                analytes[analyte.key] = replace(known, isotope=None)
    keys = tuple(analytes)
    errors = [a.standard_errors for a in assays]
    return Assay(
        pd.concat([a.facts for a in assays], ignore_index=True).fillna(""),
        tuple(analytes.values()),
        np.concatenate([_spread(a.values, a, keys) for a in assays]),
        np.concatenate([_spread(a.limits, a, keys) for a in assays]),
        np.concatenate([_spread(a.censored, a, keys) for a in assays]).astype(bool),
        None
        if all(e is None for e in errors)
        else np.concatenate([_spread(e, a, keys) for e, a in zip(errors, assays, strict=True)]),
    )


def _spread(array: Floats | Bools | None, assay: Assay, keys: tuple[str, ...]) -> Floats:
    """Put each column where its analyte stands among all."""
    filler = 0.0 if array is not None and array.dtype == bool else np.nan
    wide = np.full((assay.n_grains, len(keys)), filler)
    if array is not None:
        wide[:, [keys.index(key) for key in assay.keys]] = array
    return wide

"""What is in a table of samples, and what may be wrong with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from fingerprint.library.contents import AnalyteShares, Description, LimitRange
from fingerprint.library.duplicates import find_duplicates
from fingerprint.library.notes import notes_on
from fingerprint.tables import Assay, SampleSet
from fingerprint.tables.arrays import Bools, Floats


def describe(samples: SampleSet) -> Description:
    """Describe samples, of a library or to be checked.

    Parameters
    ----------
    samples
        With or without sites.

    Returns
    -------
    Description
        Counts, shares, limits, duplicates and notes.
    """
    site = pd.Series(samples.fact("site"))
    counts = site[site != ""].value_counts()
    grains = samples.n_grains
    described = Description(
        n_sites=len(counts),
        n_samples=len(samples),
        n_grains=samples.assay.n_grains,
        facts=tuple(str(name) for name in samples.facts if (samples.facts[name] != "").any()),
        analytes=_shares(samples.assay),
        limits=tuple(_limits(samples.assay)),
        duplicates=find_duplicates(samples),
        sites_with_one_sample=tuple(sorted(map(str, counts.index[counts == 1]))),
        samples_without_site=int((site == "").sum()),
        grains_a_sample=(int(grains.min()), float(np.median(grains)), int(grains.max())),
        n_mineralogy=len(samples.mineralogy.samples) if samples.mineralogy else 0,
        n_ages=len(samples.ages.samples) if samples.ages else 0,
    )
    return replace(described, notes=tuple(notes_on(samples, described)))


def _shares(assay: Assay) -> tuple[AnalyteShares, ...]:
    grains = max(assay.n_grains, 1)
    censored = assay.censored.sum(axis=0) / grains
    not_measured = (~assay.measured).sum(axis=0) / grains
    return tuple(
        AnalyteShares(analyte.column, float(c), float(n))
        for analyte, c, n in zip(assay.analytes, censored, not_measured, strict=True)
    )


def _limits(assay: Assay) -> list[LimitRange]:
    laboratories, code = np.unique(assay.fact("laboratory").astype(str), return_inverse=True)
    ranges = []
    for i, laboratory in enumerate(laboratories):
        here: Bools = code == i
        for j, analyte in enumerate(assay.analytes):
            known: Floats = assay.limits[here, j]
            known = known[np.isfinite(known)]
            if known.size:
                lowest, median, highest = (float(q) for q in np.quantile(known, (0, 0.5, 1)))
                ranges.append(LimitRange(str(laboratory), analyte.column, lowest, median, highest))
    return ranges

"""What is in a table of samples, and what may be wrong with it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from fingerprint.library.duplicates import Duplicates, find_duplicates
from fingerprint.library.notes import notes_on
from fingerprint.tables import Assay, SampleSet
from fingerprint.tables.arrays import Bools, Floats


@dataclass(frozen=True)
class AnalyteShares:
    """How much of an analyte was measured.

    Parameters
    ----------
    column
        The analyte as columns call it.
    censored, not_measured
        Shares of all grains.
    """

    column: str
    censored: float
    not_measured: float


@dataclass(frozen=True)
class LimitRange:
    """Detection limits of one analyte in one laboratory.

    Parameters
    ----------
    laboratory
        Its name, ``""`` where not given.
    column
        The analyte as columns call it.
    lowest, median, highest
        Of the limits known, in the unit of the column.
    """

    laboratory: str
    column: str
    lowest: float
    median: float
    highest: float


@dataclass(frozen=True)
class Description:
    """What is in a table of samples.

    Parameters
    ----------
    n_sites, n_samples, n_grains
        Counts; samples without a site belong to none.
    facts
        Names of the facts of samples.
    analytes
        Shares censored and not measured.
    limits
        Detection limits by laboratory.
    duplicates
        Grains and samples that stand twice.
    sites_with_one_sample
        Names of sites.
    samples_without_site
        How many.
    grains_a_sample
        Least, median and most grains of a sample.
    n_mineralogy, n_ages
        Samples with mineralogy, and grains with an age.
    notes
        Sentences on what deserves a look.
    """

    n_sites: int
    n_samples: int
    n_grains: int
    facts: tuple[str, ...]
    analytes: tuple[AnalyteShares, ...]
    limits: tuple[LimitRange, ...]
    duplicates: Duplicates
    sites_with_one_sample: tuple[str, ...]
    samples_without_site: int
    grains_a_sample: tuple[int, float, int]
    n_mineralogy: int
    n_ages: int
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Give the description as JSON can hold it."""
        return asdict(self)


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
        facts=tuple(map(str, samples.facts.columns)),
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
    censored = assay.censored.mean(axis=0)
    not_measured = 1.0 - assay.measured.mean(axis=0)
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

"""Faults planted in a library, to measure whether its checks find them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from fingerprint.health.drift import days
from fingerprint.intake import concatenate
from fingerprint.library import Library
from fingerprint.simulate.laboratory import round_significant
from fingerprint.tables import Assay, SampleSet
from fingerprint.tables.arrays import Bools, Floats


def swap_labels(library: Library, share: float, seed: int) -> tuple[Library, tuple[str, ...]]:
    """Exchange the sites of pairs of samples of different sites.

    Parameters
    ----------
    library
        The library.
    share
        Of the samples, to the nearest even number.
    seed
        The same seed swaps the same samples.

    Returns
    -------
    library, samples
        The library with wrong labels, and the samples that bear them.
    """
    rng = np.random.default_rng(seed)
    sites = library.samples.fact("site").copy()
    swapped: list[int] = []
    while len(swapped) < 2 * round(share * len(library) / 2):
        i, j = (int(k) for k in rng.choice(len(library), 2, replace=False))
        if sites[i] != sites[j] and not {i, j} & set(swapped):
            sites[i], sites[j] = sites[j], sites[i]
            swapped += [i, j]
    facts = _facts(library).assign(site=sites)
    assay = library.samples.assay
    if "site" in assay.facts:
        kept = assay.facts.drop(columns="site")
        assay = replace(assay, facts=kept)
    names = tuple(str(library.samples.ids[i]) for i in swapped)
    return Library(SampleSet.from_tables(assay, sample_facts=facts)), names


def multiply(library: Library, factors: Floats) -> Library:
    """Multiply values and detection limits.

    Parameters
    ----------
    library
        The library.
    factors
        (grains, analytes) or what broadcasts to it.
    """
    assay = library.samples.assay
    values, limits = assay.values * factors, assay.limits * factors
    values = np.where(assay.censored, limits, values)
    changed = replace(assay, values=values, limits=limits)
    return Library(SampleSet.from_tables(changed, sample_facts=_facts(library)))


def wrong_standard(library: Library, grains: Bools, factor: float) -> Library:
    """Multiply everything measured on some grains: a wrong value of the internal standard.

    Parameters
    ----------
    library
        The library.
    grains
        (grains,) which.
    factor
        By what.
    """
    return multiply(library, np.where(grains, factor, 1.0)[:, None])


def let_drift(library: Library, site: str, analyte: str, log10_a_year: float) -> Library:
    """Let an analyte of one site change steadily with the day of collection.

    Parameters
    ----------
    library
        The library; its samples have dates.
    site, analyte
        Names.
    log10_a_year
        How fast.
    """
    assay = library.samples.assay
    years = days(library.samples.fact("collected_on").tolist()) / 365.25
    there = library.samples.fact("site") == site
    change = np.where(there, log10_a_year * (years - np.nanmin(years)), 0.0)
    factors = np.ones(assay.values.shape)
    factors[:, assay.keys.index(analyte)] = 10.0 ** change[library.samples.grain_sample]
    return multiply(library, factors)


def copy_sample(
    library: Library, sample: str, site: str, *, digits: int, factor: float, share: float
) -> Library:
    """Add a copy of a sample under another site, called ``copy of`` its name.

    Parameters
    ----------
    library
        The library.
    sample, site
        What is copied, and where to.
    digits
        Significant digits that the copy is rounded to.
    factor
        That the copy is multiplied by.
    share
        Of the grains.
    """
    samples, name = library.samples, f"copy of {sample}"
    row = samples.ids.tolist().index(sample)
    grains = np.flatnonzero(samples.grain_sample == row)
    part = samples.assay.take(grains[: max(1, round(share * grains.size))][::-1].copy())
    facts = part.facts.assign(sample=name)
    limits = round_significant(part.limits * factor, digits)
    values = round_significant(part.values * factor, digits)
    copied = Assay(
        facts.assign(site=site) if "site" in facts else facts,
        part.analytes,
        np.where(part.censored, limits, values),
        limits,
        part.censored,
    )
    added = samples.facts.iloc[[row]].reset_index().astype(object).assign(sample=name, site=site)
    everything = pd.concat([_facts(library), added], ignore_index=True)
    return Library(
        SampleSet.from_tables(concatenate([samples.assay, copied]), sample_facts=everything)
    )


def _facts(library: Library) -> pd.DataFrame:
    return library.samples.facts.reset_index().astype(object)

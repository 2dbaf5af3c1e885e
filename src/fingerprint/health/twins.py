"""The same grains twice: exactly, rounded, in part, or multiplied by a common factor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.health.copies import find_copies
from fingerprint.health.findings import Finding
from fingerprint.library import Library
from fingerprint.library.duplicates import find_duplicates
from fingerprint.library.notes import counted
from fingerprint.tables.arrays import Floats

# Grains that differ from each other, and analytes, from which a copy is told for sure.
_LEAST_GRAINS = 3
_LEAST_ANALYTES = 5


@dataclass(frozen=True)
class Twins:
    """Two samples of which the grains are the same.

    Parameters
    ----------
    samples, sites
        The two.
    n_grains
        Grains that are the same in both.
    share
        Of the grains of the smaller sample.
    exact
        Whether the numbers are equal, but for the factor.
    factor
        Values of the second are so many times those of the first.
    sure
        Whether so many values agree that chance is no explanation.
    """

    samples: tuple[str, str]
    sites: tuple[str, str]
    n_grains: int
    share: float
    exact: bool
    factor: float
    sure: bool


def find_twins(library: Library) -> list[Twins]:
    """Find samples that hold the same grains, whatever their order.

    Samples whose grains are all exactly the same are found whatever was measured; for the others
    see `fingerprint.health.copies`.

    Parameters
    ----------
    library
        The library.
    """
    exact = _exact(library)
    known = {twins.samples for twins in exact}
    return exact + [twins for twins in _copied(library) if twins.samples not in known]


def _exact(library: Library) -> list[Twins]:
    """Samples of which every grain is the same, each with the first of its kind."""
    samples = library.samples
    at = {str(name): i for i, name in enumerate(samples.ids)}
    starts = np.searchsorted(samples.grain_sample, np.arange(len(samples) + 1))
    found = []
    for first, *others in find_duplicates(samples).samples:
        i = at[first]
        sure = _telling(samples.assay.values[starts[i] : starts[i + 1]])
        for other in others:
            sites = _sites(library, (i, at[other]))
            n = int(samples.n_grains[i])
            found.append(Twins((first, other), sites, n, 1.0, True, 1.0, sure))
    return found


def _telling(values: Floats) -> bool:
    """Whether grains, equal ones counted once, and analytes are enough to tell a copy by."""
    grains = np.unique(values, axis=0)
    analytes = np.isfinite(grains).all(axis=0).sum()
    return len(grains) >= _LEAST_GRAINS and int(analytes) >= _LEAST_ANALYTES


def _copied(library: Library) -> list[Twins]:
    ids = library.samples.ids
    return [
        Twins(
            (str(ids[a]), str(ids[b])),
            _sites(library, (a, b)),
            copy.n_grains,
            copy.share,
            copy.exact,
            float(10.0**copy.log10_factor),
            sure=True,
        )
        for (a, b), copy in find_copies(library.samples).items()
    ]


def _sites(library: Library, samples: tuple[int, int]) -> tuple[str, str]:
    one, other = (str(library.sites[library.sample_site[i]]) for i in samples)
    return one, other


def twin_findings(twins: list[Twins]) -> list[Finding]:
    """Tell which samples hold the same grains."""
    return [
        Finding(
            "same_grains",
            "settle" if t.sure else "look",
            _sentence(t),
            " = ".join(t.samples),
            t.samples,
            tuple(sorted(set(t.sites))),
            (("n_grains", t.n_grains), ("share", t.share), ("factor", t.factor)),
        )
        for t in twins
    ]


def _sentence(twins: Twins) -> str:
    one, other = twins.samples
    apart = twins.sites[0] != twins.sites[1]
    whose = (
        f"{one} ({twins.sites[0]}) and of {other} ({twins.sites[1]})"
        if apart
        else f"{one} and of {other}, both of {twins.sites[0]},"
    )
    are = "is" if twins.n_grains == 1 else "are"
    return (
        f"{counted(twins.n_grains, 'grain')} of {whose} {are} the same{_how(twins)}. "
        + _meaning(twins, apart)
    )


def _meaning(twins: Twins, apart: bool) -> str:
    if not twins.sure:
        means = "A row was copied, or values given to few figures happen to agree"
        return means + (", or one place stands under two names." if apart else ".")
    if not apart:
        return "They count twice as evidence."
    return "One of the two sites is wrong, one place stands under two names, or a table was copied."


def _how(twins: Twins) -> str:
    how = "" if twins.exact else " to within rounding"
    if twins.factor != 1.0:
        how += f", values of the second {twins.factor:.4g} times those of the first"
    return how

"""The same grains twice: exactly, rounded, in part, or multiplied by a common factor."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from fingerprint.evidence.features import log_table
from fingerprint.health.findings import Finding
from fingerprint.library import Library
from fingerprint.library.duplicates import find_duplicates
from fingerprint.library.notes import counted
from fingerprint.tables.arrays import Bools, Floats, Ints

# Two figures: 1.04 and 0.96 both become 1.0. Half a step of the second figure, in log10.
_ROUNDING = 0.0225
_EXACT = 1e-6
# Analytes above detection that two grains must share, and how many the search goes by.
_LEAST_ANALYTES = 5
_SEARCHED = 6
_NEAREST = 8
# Grains of the smaller sample that must have a twin.
_LEAST_GRAINS = 3
_LEAST_SHARE = 0.5
_NO_FACTOR = 0.004


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
    """

    samples: tuple[str, str]
    sites: tuple[str, str]
    n_grains: int
    share: float
    exact: bool
    factor: float


def find_twins(library: Library) -> list[Twins]:
    """Find samples that hold the same grains, whatever their order.

    Grains are looked up by the ratios of the analytes that most grains have above detection, so
    that a common factor does not hide them; each candidate is then compared in all analytes that
    both grains have above detection. Grains with fewer than five of those are not looked up, but
    samples whose grains are all exactly the same are found whatever was measured.

    Parameters
    ----------
    library
        The library.
    """
    table = log_table(library.samples.assay, library.samples.assay.keys)
    x = np.where(table.censored, np.nan, table.x)
    ratio = np.array([a.quantity == "ppm" for a in library.samples.assay.analytes], dtype=bool)
    x = x[:, ratio]
    exact = _exact(library)
    if x.shape[1] < _LEAST_ANALYTES:
        return exact
    candidates = _candidates(x, library.samples.grain_sample)
    if not len(candidates):
        return exact
    alike, factor, gap = _compared(x, candidates)
    known = {twins.samples for twins in exact}
    more = _of_samples(library, candidates[alike], factor[alike], gap[alike])
    return exact + [twins for twins in more if twins.samples not in known]


def _exact(library: Library) -> list[Twins]:
    """Samples of which every grain is the same, each with the first of its kind."""
    n_grains = dict(zip(library.samples.ids, library.samples.n_grains, strict=True))
    site = dict(zip(library.samples.ids, library.samples.fact("site"), strict=True))
    return [
        Twins((first, other), (site[first], site[other]), int(n_grains[first]), 1.0, True, 1.0)
        for first, *others in find_duplicates(library.samples).samples
        for other in others
    ]


def _candidates(x: Floats, grain_sample: Ints) -> Ints:
    """(pairs, 2) grains of different samples that are alike in the ratios searched by."""
    most = np.argsort(-np.isfinite(x).sum(axis=0), kind="stable")[:_SEARCHED]
    rows = np.flatnonzero(np.isfinite(x[:, most]).all(axis=1))
    if rows.size < 2:
        return np.empty((0, 2), dtype=np.int64)
    points = x[np.ix_(rows, most)]
    points = points - points.mean(axis=1, keepdims=True)
    k = min(_NEAREST, rows.size)
    reach = 2.0 * _ROUNDING
    _, near = cKDTree(points).query(points, k=k, p=np.inf, distance_upper_bound=reach, workers=2)
    first = np.repeat(np.arange(rows.size), k)
    second = near.ravel()
    found = second < rows.size
    pairs = np.sort(np.column_stack([rows[first[found]], rows[second[found]]]), axis=1)
    pairs = pairs[grain_sample[pairs[:, 0]] != grain_sample[pairs[:, 1]]]
    return np.unique(pairs, axis=0).astype(np.int64)


def _compared(x: Floats, pairs: Ints) -> tuple[Bools, Floats, Floats]:
    """(pairs,) whether alike in all analytes, log10 of the factor, and the largest deviation."""
    difference = x[pairs[:, 1]] - x[pairs[:, 0]]
    shared = np.isfinite(difference).sum(axis=1)
    usable = shared >= _LEAST_ANALYTES
    difference[~usable] = 0.0
    factor = np.nanmedian(difference, axis=1)
    gap = np.nanmax(np.abs(difference - factor[:, None]), axis=1)
    return usable & (gap <= 2.0 * _ROUNDING), factor, gap


def _of_samples(library: Library, pairs: Ints, factor: Floats, gap: Floats) -> list[Twins]:
    samples, n_grains = library.samples, library.samples.n_grains
    together: dict[tuple[int, int], list[int]] = defaultdict(list)
    for k, (a, b) in enumerate(samples.grain_sample[pairs]):
        together[int(a), int(b)].append(k)
    twins = []
    for (a, b), members in sorted(together.items()):
        rows = np.array(members)
        middle = float(np.median(factor[rows]))
        rows = rows[np.abs(factor[rows] - middle) <= _ROUNDING]
        n = min(np.unique(pairs[rows, 0]).size, np.unique(pairs[rows, 1]).size)
        share = n / min(n_grains[a], n_grains[b])
        if n < _LEAST_GRAINS or share < _LEAST_SHARE:
            continue
        names = [library.sites[library.sample_site[i]] for i in (a, b)]
        shift = middle if abs(middle) > _NO_FACTOR else 0.0
        twins.append(
            Twins(
                (str(samples.ids[a]), str(samples.ids[b])),
                (str(names[0]), str(names[1])),
                int(n),
                float(share),
                bool(np.median(gap[rows]) <= _EXACT),
                float(10.0**shift),
            )
        )
    return twins


def twin_findings(twins: list[Twins]) -> list[Finding]:
    """Tell which samples hold the same grains."""
    return [
        Finding(
            "same_grains",
            "settle" if t.n_grains >= _LEAST_GRAINS else "look",
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
    means = (
        "One of the two sites is wrong, or a table was copied."
        if apart
        else "They count twice as evidence."
    )
    if twins.n_grains < _LEAST_GRAINS:
        means = "A row was copied, or values given to few figures happen to agree."
    return f"{counted(twins.n_grains, 'grain')} of {whose} are the same{_how(twins)}. {means}"


def _how(twins: Twins) -> str:
    how = "" if twins.exact else " to within rounding"
    if twins.factor != 1.0:
        how += f", values of the second {twins.factor:.4g} times those of the first"
    return how

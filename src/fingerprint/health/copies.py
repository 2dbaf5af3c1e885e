"""Pairs of grains nearer to each other than grains of one sample are: copies."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from fingerprint.evidence.features import log_table
from fingerprint.library.duplicates import hashes_of
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats, Ints

# Two figures: 1.04 and 0.96 both become 1.0. Half a step of the second figure, in log10.
_ROUNDING = 0.0225
_EXACT = 1e-6
# Analytes above detection that two grains must share, and how many the search goes by.
_LEAST_ANALYTES = 5
_SEARCHED = 6
_NEAREST = 8
# Grains of the smaller sample that must have a copy.
_LEAST_GRAINS = 3
_LEAST_SHARE = 0.5
_NO_FACTOR = 0.004
# A copy is so much nearer than the nearest other grain of either sample.
_NEARER = 3.0
# Differences of one sample's grains held in memory at a time.
_CELLS = 4_000_000


@dataclass(frozen=True)
class Copy:
    """What two samples have in common.

    Parameters
    ----------
    n_grains, share
        Grains that are the same, also as a share of the smaller sample; equal grains of one sample
        count once.
    exact
        Whether the numbers are equal, but for the factor.
    log10_factor
        Values of the second against those of the first; 0 where not more than 1 %.
    """

    n_grains: int
    share: float
    exact: bool
    log10_factor: float


def find_copies(samples: SampleSet) -> dict[tuple[int, int], Copy]:
    """Find pairs of samples of which grains are copies: rounded, in part or multiplied.

    Grains are looked up by the ratios of the analytes that most grains have above detection, so
    that a common factor does not hide them. Each candidate is compared in all analytes that both
    grains have above detection, five at least. Grains of homogeneous material are all alike, so
    that being alike proves nothing: a copy must also be three times nearer than the nearest other
    grain of its own sample, on either side, and that grain must differ in most analytes.

    Parameters
    ----------
    samples
        In their canonical order.

    Returns
    -------
    dict
        By the rows of the two samples, the lower first.
    """
    assay = samples.assay
    table = log_table(assay, assay.keys)
    ppm = np.array([a.quantity == "ppm" for a in assay.analytes], dtype=bool)
    _, distinct = np.unique(
        np.column_stack([samples.grain_sample, hashes_of(assay)]), axis=0, return_index=True
    )
    distinct = np.sort(distinct)
    x = np.where(table.censored, np.nan, table.x)[np.ix_(distinct, ppm)]
    sample = samples.grain_sample[distinct]
    n_grains = np.bincount(sample, minlength=len(samples))
    apart = _Apart(x, sample)
    found = {}
    for (a, b), pairs in _by_samples(x, sample).items():
        fewest = int(min(n_grains[a], n_grains[b]))
        if _matched(pairs) >= max(_LEAST_GRAINS, _LEAST_SHARE * fewest):
            copy = _copy(x, pairs, np.minimum(apart.of(a, pairs[:, 0]), apart.of(b, pairs[:, 1])))
            if copy[0] >= max(_LEAST_GRAINS, _LEAST_SHARE * fewest):
                found[a, b] = Copy(copy[0], copy[0] / fewest, copy[1], copy[2])
    return found


def _by_samples(x: Floats, sample: Ints) -> dict[tuple[int, int], Ints]:
    """(pairs, 2) grains alike in the ratios searched by, for each two samples."""
    if x.shape[1] < _LEAST_ANALYTES:
        return {}
    most = np.argsort(-np.isfinite(x).sum(axis=0), kind="stable")[:_SEARCHED]
    rows = np.flatnonzero(np.isfinite(x[:, most]).all(axis=1))
    if rows.size < 2:
        return {}
    points = x[np.ix_(rows, most)]
    points = points - points.mean(axis=1, keepdims=True)
    k = min(_NEAREST, rows.size)
    reach = 2.0 * _ROUNDING
    _, near = cKDTree(points).query(points, k=k, p=np.inf, distance_upper_bound=reach)
    first, second = np.repeat(np.arange(rows.size), k), near.ravel()
    reached = second < rows.size
    pairs = np.sort(np.column_stack([rows[first[reached]], rows[second[reached]]]), axis=1)
    pairs = np.unique(pairs[sample[pairs[:, 0]] != sample[pairs[:, 1]]], axis=0)
    together: dict[tuple[int, int], list[Ints]] = defaultdict(list)
    for pair, (a, b) in zip(pairs, sample[pairs].tolist(), strict=True):
        together[a, b].append(pair)
    return {both: np.array(own) for both, own in sorted(together.items())}


def _matched(pairs: Ints) -> int:
    return min(np.unique(side).size for side in pairs.T) if len(pairs) else 0


def _copy(x: Floats, pairs: Ints, apart: Floats) -> tuple[int, bool, float]:
    """Grains copied, whether exactly, and log10 of the factor."""
    difference = x[pairs[:, 1]] - x[pairs[:, 0]]
    factor, gap, farthest = _gaps(difference)
    alike = (farthest <= 2.0 * _ROUNDING) & (_NEARER * gap <= apart) & (apart > 0)
    if not alike.any():
        return 0, False, 0.0
    middle = float(np.median(factor[alike]))
    alike &= np.abs(factor - middle) <= _ROUNDING
    exact = bool(np.median(farthest[alike]) <= _EXACT) if alike.any() else False
    return _matched(pairs[alike]), exact, middle if abs(middle) > _NO_FACTOR else 0.0


def _gaps(difference: Floats) -> tuple[Floats, Floats, Floats]:
    """(...,) median, root of the mean square about it, and farthest from it; NaN: too few known."""
    known = np.isfinite(difference).sum(axis=-1)
    ordered = np.sort(difference, axis=-1)  # NaN last
    middle = [
        np.take_along_axis(ordered, np.maximum(at, 0)[..., None], axis=-1)[..., 0]
        for at in ((known - 1) // 2, known // 2)
    ]
    enough = known >= _LEAST_ANALYTES
    median = np.where(enough, 0.5 * (middle[0] + middle[1]), np.nan)
    about = np.nan_to_num(np.abs(difference - median[..., None]), nan=0.0)
    mean_square = np.square(about).sum(axis=-1) / np.maximum(known, 1)
    return (
        median,
        np.where(enough, np.sqrt(mean_square), np.nan),
        np.where(enough, about.max(axis=-1, initial=0.0), np.nan),
    )


class _Apart:
    """How far each grain is from the nearest other one of its sample; looked up once a sample."""

    def __init__(self, x: Floats, sample: Ints) -> None:
        self._x, self._starts = x, np.searchsorted(sample, np.arange(sample.max(initial=-1) + 2))
        self._known: dict[int, Floats] = {}

    def of(self, sample: int, grains: Ints) -> Floats:
        """(grains,) distance; 0 where the nearest differs in few analytes, inf where none is."""
        start, end = self._starts[sample], self._starts[sample + 1]
        if sample not in self._known:
            own = self._x[start:end]
            step = max(_CELLS // max(own.size, 1), 1)
            parts = [_nearest(own, at, step) for at in range(0, len(own), step)]
            self._known[sample] = np.concatenate(parts)
        return np.asarray(self._known[sample][grains - start])


def _nearest(own: Floats, start: int, step: int) -> Floats:
    difference = own[start : start + step, None] - own[None]
    _, gap, _ = _gaps(difference)
    rows = np.arange(len(gap))
    gap[rows, start + rows] = np.inf
    gap = np.where(np.isnan(gap), np.inf, gap)
    nearest = np.argmin(gap, axis=1)
    to = difference[rows, nearest]
    known = np.maximum(np.isfinite(to).sum(axis=1), 1)
    equal = (np.abs(to) <= _EXACT).sum(axis=1)
    return np.where(2 * equal > known, 0.0, gap[rows, nearest])

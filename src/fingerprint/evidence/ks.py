"""Kolmogorov-Smirnov distances between the grains of a sample and of a site."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np

from fingerprint.evidence.features import log_table
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints

# Fourth moment of the Kolmogorov distribution. (Its first moment is sqrt(pi / 2) ln 2 = 0.869.)
_FOURTH_MOMENT = float(7 * np.pi**4 / 720)


def mean_d4_by_chance(n: int, m: Ints) -> Floats:
    """Mean of D^4 for two samples of n and m draws from one distribution.

    The fourth moment of the Kolmogorov distribution at the effective number nm / (n + m), with the
    correction for small numbers of Stephens (1970), J. R. Statist. Soc. B 32, 115-122.
    """
    root = np.sqrt(n * m / (n + m))
    return np.asarray(_FOURTH_MOMENT / (root + 0.12 + 0.11 / root) ** 4)


class KS:
    """Kolmogorov-Smirnov distances, fourth powers averaged over analytes.

    After Gäbler et al. (2013, 2020). For each analyte ``D = sup |F_sample - F_site|``, the distance
    between the cumulative curves of the sample's grains and of all grains of the site's reference
    samples. All values below the larger of the two detection limits are one tie. The fourth power
    lets the analytes that differ most speak; what chance explains of it, the mean of D^4 for two
    samples of one distribution, is taken off, so that few grains do not look unlike. The score is
    minus the mean over the analytes that both have.

    Attributes
    ----------
    keys_ : list of str
    sorted_ : list of (grains,) arrays
        For each analyte, log10 values by site and then by size.
    start_ : (analytes, sites + 1) array
        Where each site begins in `sorted_`.
    limit_ : (analytes, sites) array
        The largest detection limit that a censored grain of the site had, -inf if none.
    """

    name = "ks"

    def fit(self, library: Library) -> Self:
        """Sort the grains of each site, analyte by analyte."""
        self.keys_ = list(library.samples.assay.keys)
        table = log_table(library.samples.assay, self.keys_)
        n_sites = len(library.sites)
        self.sorted_: list[Floats] = []
        self.start_: Ints = np.zeros((len(self.keys_), n_sites + 1), dtype=np.int64)
        self.limit_: Floats = np.full((len(self.keys_), n_sites), -np.inf)
        for j, (x, censored) in enumerate(zip(table.x.T, table.censored.T, strict=True)):
            known = np.isfinite(x)
            site, x, censored = library.grain_site[known], x[known], censored[known]
            self.sorted_.append(x[np.lexsort([x, site])])
            self.start_[j, 1:] = np.cumsum(np.bincount(site, minlength=n_sites))
            np.maximum.at(self.limit_[j], site[censored], x[censored])
        return self

    def score(self, samples: SampleSet) -> Floats:
        """Score samples; see `fingerprint.evidence.scorer.Scorer`."""
        scores = np.empty((len(samples), self.start_.shape[1] - 1))
        table = log_table(samples.assay, self.keys_)
        for i, (first, last) in enumerate(pairwise(samples.bounds)):
            counts = np.ones((1, last - first))
            scores[i] = self._score(table.x[first:last], table.censored[first:last], counts)[0]
        return scores

    def resampled(self, sample: SampleSet, counts: Floats, normals: Floats) -> Floats:
        """Score one sample with its grains drawn anew."""
        table = log_table(sample.assay, self.keys_)
        return self._score(table.x, table.censored, counts)

    def curve(self, analyte: int, site: int) -> Floats:
        """Ascending log10 values of one analyte at one site."""
        first, last = self.start_[analyte, site : site + 2]
        return self.sorted_[analyte][first:last]

    def distances(self, sample: SampleSet) -> Floats:
        """(analytes, sites) D^4 less chance for one sample, NaN where either has no grain."""
        table = log_table(sample.assay, self.keys_)
        counts = np.ones((1, sample.assay.n_grains))
        return np.stack(
            [
                self._corrected(j, table.x[:, j], table.censored[:, j], counts)[0]
                for j in range(len(self.keys_))
            ]
        )

    def _score(self, x: Floats, censored: Bools, counts: Floats) -> Floats:
        total = np.zeros((len(counts), self.start_.shape[1] - 1))
        n_used = np.zeros_like(total)
        for j in range(len(self.keys_)):
            distance = self._corrected(j, x[:, j], censored[:, j], counts)
            used = np.isfinite(distance)
            total += np.where(used, distance, 0.0)
            n_used += used
        return np.where(n_used > 0, -total / np.maximum(n_used, 1), np.nan)

    def _corrected(self, j: int, x: Floats, censored: Bools, counts: Floats) -> Floats:
        """(draws, sites) D^4 less what chance alone explains."""
        known = np.isfinite(x)
        m = np.diff(self.start_[j])
        if not known.any():
            return np.full((len(counts), m.size), np.nan)
        order = np.argsort(x[known], kind="stable")
        q, n = x[known][order], int(known.sum())
        drawn = counts[:, known][:, order]
        share = np.cumsum(drawn, axis=1) / np.maximum(drawn.sum(axis=1, keepdims=True), 1.0)
        share = np.concatenate([np.zeros((len(counts), 1)), share], axis=1)
        own_limit = x[known & censored].max(initial=-np.inf)
        distance = self._distance(j, q, share, own_limit)
        with np.errstate(divide="ignore", invalid="ignore"):
            chance = mean_d4_by_chance(n, m)
        return np.where(m > 0, distance**4 - chance, np.nan)

    def _distance(self, j: int, q: Floats, share: Floats, own_limit: float) -> Floats:
        """Sup of |F_sample - F_site| at and above the larger limit, for ascending values q.

        Between two steps of F_sample it is constant and F_site only rises, so the sup is reached
        at a step, or just below one. Below the limit all is one tie.
        """
        index = self._indices[j]
        limit = np.maximum(self.limit_[j], own_limit)
        at = np.maximum(q[:, None], limit)  # (n, sites)
        upto = np.searchsorted(q, at.ravel(), side="right").reshape(at.shape)
        below = np.searchsorted(q, q, side="left")
        rank = np.searchsorted(index.levels, q, side="right")
        least = np.searchsorted(index.levels, limit, side="right")
        site_upto = index.share_below(np.maximum(rank[:, None], least))
        site_below = index.share_below(np.searchsorted(index.levels, q, side="left")[:, None])
        above_limit = q[:, None] > limit
        here = np.abs(share[:, upto] - site_upto)
        just_below = np.abs(share[:, below][:, :, None] - site_below) * above_limit
        largest: Floats = np.maximum(here, just_below).max(axis=1)
        return largest

    @cached_property
    def _indices(self) -> list[_Index]:
        return [_Index.of(x, start) for x, start in zip(self.sorted_, self.start_, strict=True)]


@dataclass(frozen=True, eq=False)
class _Index:
    """The values of one analyte at all sites, for one search over all sites at once.

    Parameters
    ----------
    levels
        Distinct values, ascending.
    keys
        For each value, ordered by site and then by rank: a number that orders so.
    start
        (sites + 1,) where each site begins.
    """

    levels: Floats
    keys: Ints
    start: Ints

    @classmethod
    def of(cls, values: Floats, start: Ints) -> _Index:
        levels = np.unique(values)
        site = np.repeat(np.arange(start.size - 1), np.diff(start))
        return cls(levels, site * (levels.size + 1) + np.searchsorted(levels, values), start)

    def share_below(self, rank: Ints) -> Floats:
        """Share of each site's values with a rank below (n, sites) or (n, 1) ranks."""
        base = np.arange(self.start.size - 1) * (self.levels.size + 1)
        below = np.searchsorted(self.keys, base + rank, side="left") - self.start[:-1]
        return np.asarray(below / np.maximum(np.diff(self.start), 1))

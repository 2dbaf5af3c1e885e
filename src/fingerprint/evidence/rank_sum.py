"""Wilcoxon's rank sum of the grains of a sample among those of a site."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.evidence.by_analyte import ByRank, SiteIndex
from fingerprint.evidence.features import log_table
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints


class RankSum(ByRank):
    """Effect sizes of the rank-sum test, fourth powers averaged over analytes.

    After Gäbler et al. (2013), who rank sites by Wilcoxon's rank-sum test. For each analyte
    ``e = U / (n m) - 1/2``: the share of pairs in which the sample's grain exceeds the site's, ties
    counting half, less a half. All values at or under the larger of the two detection limits are
    one tie. The score is minus the mean of ``e^4 - 3 v^2`` over the analytes that both have, where
    v is the variance of e by chance (Mann & Whitney 1947, corrected for ties), and ``3 v^2`` the
    mean of e^4 that chance explains.

    The test itself goes by ``z = e / sqrt(v)`` (`standardised`), which is no measure of likeness:
    the grains of a sample are not independent and a sample differs a little from its own site, so
    that |z| of true pairs grows with the number of grains. On held-out samples it tells far less
    than e; see "What was tried" in ``docs/methods.md``.
    """

    name = "rank_sum"

    def standardised(self, sample: SampleSet) -> Floats:
        """(analytes, sites) z of the rank-sum test for one sample.

        Positive where the sample is higher; 0 where all is one tie; NaN where either has no grain.
        """
        table = log_table(sample.assay, self.keys_)
        z = np.full(self.limit_.shape, np.nan)
        for j, (x, censored) in enumerate(zip(table.x.T, table.censored.T, strict=True)):
            known = np.isfinite(x)
            if known.any():
                ranks = _Ranks.of(self._indices[j], self.limit_[j], x[known], censored[known])
                effect, deviation = ranks.exceeds.mean(axis=0) - 0.5, np.sqrt(ranks.variance())
                # Without deviation all is one tie, and the effect 0.
                z[j] = effect / np.where(deviation > 0, deviation, 1.0)
        return z

    def _unlikeness(self, j: int, x: Floats, censored: Bools, counts: Floats) -> Floats:
        """(draws, sites) e^4 less what chance alone explains."""
        known = np.isfinite(x)
        if not known.any():
            return np.full((len(counts), self.limit_.shape[1]), np.nan)
        ranks = _Ranks.of(self._indices[j], self.limit_[j], x[known], censored[known])
        drawn = counts[:, known]
        total = drawn.sum(axis=1, keepdims=True)
        # A draw may hold none of the grains that were measured.
        effect = drawn @ ranks.exceeds / np.where(total > 0, total, np.nan) - 0.5
        return np.asarray(effect**4 - 3.0 * ranks.variance() ** 2)


@dataclass(frozen=True, eq=False)
class _Ranks:
    """One analyte of a sample among all sites at once.

    Parameters
    ----------
    exceeds
        (n, sites) share of the site's grains that each grain exceeds, ties counting half; NaN for
        a site without grains.
    ties
        (sites,) sum of ``t^3 - t`` over the ties of sample and site together, t grains in each.
    m
        (sites,) grains of the site.
    """

    exceeds: Floats
    ties: Floats
    m: Ints

    @classmethod
    def of(cls, index: SiteIndex, site_limit: Floats, x: Floats, censored: Bools) -> _Ranks:
        """Rank a sample's grains x, a censored one at its limit, among those of the sites."""
        q = np.sort(x)
        limit = np.maximum(site_limit, x[censored].max(initial=-np.inf))
        above = q[:, None] > limit
        at = np.maximum(q[:, None], limit)  # (n, sites)
        right = np.searchsorted(index.levels, at.ravel(), side="right").reshape(at.shape)
        left = np.searchsorted(index.levels, q, side="left")[:, None] * above
        upto, below = index.count_below(right), index.count_below(left)
        m = np.diff(index.start)
        exceeds = 0.5 * (upto + below) / np.where(m > 0, m, np.nan)
        # Each of the sample's levels once, at its first grain.
        first = np.append(True, q[1:] > q[:-1])
        own = np.diff(np.append(np.flatnonzero(first), q.size))[:, None]
        site = (upto - below)[first]
        joined = np.where(above[first], _cubes(own + site) - _cubes(site), 0.0).sum(axis=0)
        under = np.searchsorted(index.levels, limit, side="right")[None]
        n_under = index.count_below(under)[0]
        block = _cubes((~above).sum(axis=0) + n_under)
        ties = joined + block + index.ties_from(index.start[:-1] + n_under)
        grain = np.argsort(np.argsort(x, kind="stable"), kind="stable")
        return cls(exceeds[grain], ties, m)

    def variance(self) -> Floats:
        """(sites,) variance of e if sample and site are draws from one distribution."""
        n, total = len(self.exceeds), len(self.exceeds) + self.m
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = total + 1.0 - self.ties / (total * (total - 1.0))
            return np.asarray(np.maximum(spread, 0.0) / (12.0 * n * self.m))


def _cubes(t: Ints) -> Floats:
    return np.asarray(t.astype(float) ** 3 - t)

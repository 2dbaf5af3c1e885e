"""Kolmogorov-Smirnov distances between the grains of a sample and of a site."""

from __future__ import annotations

import numpy as np

from fingerprint.evidence.by_analyte import ByRank
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


class KS(ByRank):
    """Kolmogorov-Smirnov distances, fourth powers averaged over analytes.

    After Gäbler et al. (2013, 2020). For each analyte ``D = sup |F_sample - F_site|``, the distance
    between the cumulative curves of the sample's grains and of all grains of the site's reference
    samples. All values below the larger of the two detection limits are one tie. The fourth power
    lets the analytes that differ most speak; what chance explains of it, the mean of D^4 for two
    samples of one distribution, is taken off, so that few grains do not look unlike. The score is
    minus the mean over the analytes that both have.
    """

    name = "ks"

    def _unlikeness(self, j: int, x: Floats, censored: Bools, counts: Floats) -> Floats:
        """(draws, sites) D^4 less what chance alone explains."""
        known = np.isfinite(x)
        m = np.diff(self.start_[j])
        if not known.any():
            return np.full((len(counts), m.size), np.nan)
        order = np.argsort(x[known], kind="stable")
        q, n = x[known][order], int(known.sum())
        drawn = counts[:, known][:, order]
        total = drawn.sum(axis=1, keepdims=True)
        # A draw may hold none of the grains that were measured.
        share = np.cumsum(drawn, axis=1) / np.where(total > 0, total, np.nan)
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

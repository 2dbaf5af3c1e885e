"""Areas between the cumulative curves of a sample and of a site, over those within the site."""

from __future__ import annotations

from typing import Self

import numpy as np

from fingerprint.evidence.by_analyte import ByAnalyte, sorted_by_site
from fingerprint.evidence.features import LogTable, library_scores, log_table
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints

# A curve is kept as its quantiles at the middles of so many equal steps.
N_QUANTILES = 64
_PROBABILITIES = (np.arange(N_QUANTILES) + 0.5) / N_QUANTILES
# The library's typical within-site area weighs as much as so many samples of a site.
_PRIOR_SAMPLES = 4.0
# Between the mean of ratios and the mean of their squares.
_POWER = 1.5
# Smallest within-site area, in normal scores: keeps a constant analyte from ruling.
_FLOOR = 0.02


class AreasRatio(ByAnalyte):
    """Area between cumulative curves, in units of what is usual within the site.

    After Gäbler et al. (2013, 2020), whose full texts were not at hand. For each analyte the area
    between the cumulative curves of sample and site, from the larger of the two detection limits
    up (the Wasserstein distance of the values, all under the limit set to it), on normal scores.
    It is divided by the site's own: the mean area between each of its reference samples and the
    others, drawn towards the mean over the library's samples as if that were four more samples.
    The score is minus the mean over the analytes that both have of the ratio to the power 1.5.

    Attributes
    ----------
    scores_ : NormalScores
    quantiles_ : (analytes, sites, 64) array
        Quantiles of the normal scores of each site's grains, a censored grain at its limit.
    limit_ : (analytes, sites) array
        Normal score of the largest limit that a censored grain of the site had, -inf if none.
    within_ : (analytes, sites) array
        Within-site area.
    """

    name = "areas_ratio"

    def fit(self, library: Library) -> Self:
        """Take the quantiles of each site, and the areas within sites."""
        self.keys_ = list(library.samples.assay.keys)
        self.scores_, _ = library_scores(library)
        table = self._table(library.samples)
        ascending, self.start_, self.limit_ = sorted_by_site(table, library)
        self.quantiles_: Floats = np.stack(
            [quantiles(x, start) for x, start in zip(ascending, self.start_, strict=True)]
        )
        areas = np.stack([self._own_areas(j, x, library) for j, x in enumerate(table.x.T)])
        self.within_: Floats = within_site(areas, library.sample_site)
        return self

    def _table(self, samples: SampleSet) -> LogTable:
        """Normal scores, a censored cell at that of its limit."""
        table = log_table(samples.assay, self.keys_)
        as_measured = LogTable(table.x, np.zeros_like(table.censored))
        return LogTable(self.scores_.transform(as_measured), table.censored)

    def _own_areas(self, j: int, z: Floats, library: Library) -> Floats:
        """(samples,) area between each sample and the others of its site, NaN without others.

        ``F_site`` holds the sample's n of its m grains, so that
        ``F_sample - F_others = m / (m - n) (F_sample - F_site)``.
        """
        known = np.isfinite(z)
        sample, z = library.samples.grain_sample[known], z[known]
        n = np.bincount(sample, minlength=len(library))
        m = np.diff(self.start_[j])[library.sample_site]
        own = quantiles(z[np.lexsort([z, sample])], np.concatenate([[0], np.cumsum(n)]))
        site = self.quantiles_[j][library.sample_site]
        area = area_between(own, site, self.limit_[j][library.sample_site])
        others = np.where((n > 0) & (m > n), m - n, np.nan)
        return np.asarray(area * m / others)

    def _unlikeness(self, j: int, x: Floats, censored: Bools, counts: Floats) -> Floats:
        """(draws, sites) ratio of areas to the power 1.5."""
        known = np.isfinite(x)
        if not known.any():
            return np.full((len(counts), self.start_.shape[1] - 1), np.nan)
        limit = np.maximum(self.limit_[j], x[known & censored].max(initial=-np.inf))
        order = np.argsort(x[known], kind="stable")
        q, upto = x[known][order], np.cumsum(counts[:, known][:, order], axis=1)
        unlike = np.full((len(counts), limit.size), np.nan)
        for k in np.flatnonzero(upto[:, -1] > 0):  # a draw may hold none of those measured
            drawn = q[np.searchsorted(upto[k] / upto[k, -1], _PROBABILITIES, side="right")]
            area = area_between(drawn, self.quantiles_[j], limit)
            unlike[k] = (area / self.within_[j]) ** _POWER
        return unlike


def quantiles(ascending: Floats, start: Ints) -> Floats:
    """Quantiles of each group of values, at the middles of 64 equal steps.

    Parameters
    ----------
    ascending
        (values,) by group, ascending within each.
    start
        (groups + 1,) where each group begins.

    Returns
    -------
    array
        (groups, 64), NaN for a group without values.
    """
    size = np.diff(start)[:, None]
    at = np.minimum(start[:-1, None] + np.floor(_PROBABILITIES * size), ascending.size - 1)
    if not ascending.size:
        return np.full(at.shape, np.nan)
    return np.where(size > 0, ascending[at.astype(np.int64)], np.nan)


def area_between(one: Floats, other: Floats, limit: Floats) -> Floats:
    """Area between cumulative curves from a limit up.

    Parameters
    ----------
    one, other
        (curves, 64) quantiles of both; one curve may serve for all.
    limit
        (curves,) where to begin, -inf for the whole.

    Returns
    -------
    array
        (curves,) in the unit of the values.
    """
    floor = limit[:, None]
    return np.asarray(np.abs(np.maximum(one, floor) - np.maximum(other, floor)).mean(axis=1))


def within_site(areas: Floats, sample_site: Ints) -> Floats:
    """Mean within-site area of each site, drawn towards the library's where samples are few.

    Parameters
    ----------
    areas
        (analytes, samples) between each sample and the others of its site, NaN where it has none.
    sample_site
        (samples,) site of each sample.

    Returns
    -------
    array
        (analytes, sites). Without any area at all, 1: nothing is known, and normal scores have
        variance 1.
    """
    n_sites = int(sample_site.max()) + 1
    known = np.isfinite(areas)
    sums, counts = (
        np.stack([np.bincount(sample_site, row, n_sites) for row in rows])
        for rows in (np.where(known, areas, 0.0), known.astype(float))
    )
    total, number = sums.sum(axis=1, keepdims=True), counts.sum(axis=1, keepdims=True)
    whole = total.sum() / number.sum() if number.any() else 1.0
    typical = np.where(number > 0, total / np.maximum(number, 1.0), whole)
    area = (sums + _PRIOR_SAMPLES * typical) / (counts + _PRIOR_SAMPLES)
    return np.asarray(np.maximum(area, _FLOOR))

"""Scorers that compare one analyte at a time, and the ascending grains that they search."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Self

import numpy as np

from fingerprint.evidence.features import LogTable, log_table
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints


class ByAnalyte(ABC):
    """Minus the mean, over the analytes that both have, of how unlike sample and site are.

    Attributes
    ----------
    keys_ : list of str
    start_ : (analytes, sites + 1) array
        Running number of grains of the sites measured for each analyte.
    """

    keys_: list[str]
    start_: Ints

    def score(self, samples: SampleSet) -> Floats:
        """Score samples; see `fingerprint.evidence.scorer.Scorer`."""
        scores = np.empty((len(samples), self.start_.shape[1] - 1))
        table = self._table(samples)
        for i, (first, last) in enumerate(pairwise(samples.bounds)):
            counts = np.ones((1, last - first))
            scores[i] = self._score(table.x[first:last], table.censored[first:last], counts)[0]
        return scores

    def resampled(self, sample: SampleSet, counts: Floats, normals: Floats) -> Floats:
        """Score one sample with its grains drawn anew."""
        table = self._table(sample)
        return self._score(table.x, table.censored, counts)

    def distances(self, sample: SampleSet) -> Floats:
        """(analytes, sites) how unlike one sample is, NaN where either has no grain."""
        table = self._table(sample)
        counts = np.ones((1, sample.assay.n_grains))
        return np.stack(
            [
                self._unlikeness(j, table.x[:, j], table.censored[:, j], counts)[0]
                for j in range(len(self.keys_))
            ]
        )

    def _score(self, x: Floats, censored: Bools, counts: Floats) -> Floats:
        total = np.zeros((len(counts), self.start_.shape[1] - 1))
        n_used = np.zeros_like(total)
        for j in range(len(self.keys_)):
            distance = self._unlikeness(j, x[:, j], censored[:, j], counts)
            used = np.isfinite(distance)
            total += np.where(used, distance, 0.0)
            n_used += used
        return np.where(n_used > 0, -total / np.maximum(n_used, 1), np.nan)

    def _table(self, samples: SampleSet) -> LogTable:
        """Values to compare, a censored cell at its limit."""
        return log_table(samples.assay, self.keys_)

    @abstractmethod
    def _unlikeness(self, j: int, x: Floats, censored: Bools, counts: Floats) -> Floats:
        """(draws, sites) of one analyte, NaN where sample or site has no grain."""


class ByRank(ByAnalyte):
    """Compares the order of the grains of a sample and of a site, in log10.

    Attributes
    ----------
    sorted_ : list of (grains,) arrays
        For each analyte, log10 values by site and then by size.
    limit_ : (analytes, sites) array
        The largest detection limit that a censored grain of the site had, -inf if none.
    """

    def fit(self, library: Library) -> Self:
        """Sort the grains of each site, analyte by analyte."""
        self.keys_ = list(library.samples.assay.keys)
        table = log_table(library.samples.assay, self.keys_)
        self.sorted_, self.start_, self.limit_ = sorted_by_site(table, library)
        return self

    def curve(self, analyte: int, site: int) -> Floats:
        """Ascending log10 values of one analyte at one site."""
        first, last = self.start_[analyte, site : site + 2]
        return self.sorted_[analyte][first:last]

    @cached_property
    def _indices(self) -> list[SiteIndex]:
        return [SiteIndex.of(x, start) for x, start in zip(self.sorted_, self.start_, strict=True)]


def sorted_by_site(table: LogTable, library: Library) -> tuple[list[Floats], Ints, Floats]:
    """Sort the grains of a library by site and then by size, analyte by analyte.

    Parameters
    ----------
    table
        Grains of the library, a censored cell at its limit.
    library
        Where they were taken.

    Returns
    -------
    sorted, start, limit
        `ByRank.sorted_`, `ByAnalyte.start_` and `ByRank.limit_`.
    """
    n_sites, n_analytes = len(library.sites), table.x.shape[1]
    ascending: list[Floats] = []
    start: Ints = np.zeros((n_analytes, n_sites + 1), dtype=np.int64)
    limit: Floats = np.full((n_analytes, n_sites), -np.inf)
    for j, (x, censored) in enumerate(zip(table.x.T, table.censored.T, strict=True)):
        known = np.isfinite(x)
        site, x, censored = library.grain_site[known], x[known], censored[known]
        ascending.append(x[np.lexsort([x, site])])
        start[j, 1:] = np.cumsum(np.bincount(site, minlength=n_sites))
        np.maximum.at(limit[j], site[censored], x[censored])
    return ascending, start, limit


@dataclass(frozen=True, eq=False)
class SiteIndex:
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
    def of(cls, values: Floats, start: Ints) -> SiteIndex:
        """Index values that ascend within each site."""
        levels = np.unique(values)
        site = np.repeat(np.arange(start.size - 1), np.diff(start))
        return cls(levels, site * (levels.size + 1) + np.searchsorted(levels, values), start)

    def count_below(self, rank: Ints) -> Ints:
        """Count each site's values with a rank below (n, sites) or (n, 1) ranks."""
        base = np.arange(self.start.size - 1) * (self.levels.size + 1)
        return np.asarray(np.searchsorted(self.keys, base + rank, side="left") - self.start[:-1])

    def share_below(self, rank: Ints) -> Floats:
        """Share of each site's values with a rank below (n, sites) or (n, 1) ranks."""
        return np.asarray(self.count_below(rank) / np.maximum(np.diff(self.start), 1))

    def ties_from(self, first: Ints) -> Floats:
        """Sum ``t^3 - t`` over the ties among each site's values from position `first` (sites,) on.

        A tie of t values; `first` must not cut one in two.
        """
        return np.asarray(self._ties[self.start[1:]] - self._ties[first])

    @cached_property
    def _ties(self) -> Floats:
        """(values + 1,) running sum of ``t^3 - t``, all of a tie at its first value."""
        _, first, size = np.unique(self.keys, return_index=True, return_counts=True)
        steps = np.zeros(self.keys.size + 1)
        steps[first + 1] = size.astype(float) ** 3 - size
        return np.cumsum(steps)

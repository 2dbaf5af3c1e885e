"""Distance between the grain distributions of a sample and of a site as wholes."""

from __future__ import annotations

from functools import cached_property
from itertools import combinations, pairwise
from typing import Self

import numpy as np

from fingerprint.evidence.features import library_scores
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats, Ints

# Half of the waves run along single analytes, half across pairs.
_N_WAVES = 1024
# Width of the Gaussian kernel in normal scores, along an analyte and across a pair.
_WIDTH_ALONE, _WIDTH_PAIR = 0.5, 1.0
# The library's typical spread weighs as much as so many samples of a site.
_PRIOR_SAMPLES = 4.0
_FLOOR = 1e-3
_SEED = 0


class KernelMean:
    """Maximum mean discrepancy of normal scores, in units of what is usual within the site.

    The kernel is a sum of Gaussian kernels over single analytes and over pairs of them, as 1,024
    random waves ``sqrt(2) cos(w z + b)`` (Gretton et al. 2012; Rahimi & Recht 2007). A
    distribution is the mean of each wave over its grains; a site's is the mean over its reference
    samples, each weighing the same. The score is minus the mean over waves of
    ``((q - s)^2 - v / n) / u``: q and s the means of sample and site, ``v / n`` what the sample's
    n grains add by chance (v is the pooled variance within samples), u the mean squared distance
    between each reference sample of the site and its others, drawn towards the library's.

    A wave needs only one or two analytes, so a sample that lacks some is compared by the waves of
    those it has. Cost: grains x waves and samples x sites x waves.

    Attributes
    ----------
    keys_ : list of str
    scores_ : NormalScores
    analyte_ : (waves, 2) array
        Analytes that each wave needs; one that runs along a single analyte has it twice.
    frequency_ : (waves, 2) array
    phase_ : (waves,) array
    site_mean_, within_ : (sites, waves) arrays
        s and u; NaN where a site was not measured.
    variance_ : (waves,) array
        v.
    """

    name = "kernel_mean"

    def fit(self, library: Library) -> Self:
        """Take the mean of each wave at each site, and how samples vary about it."""
        self.keys_ = list(library.samples.assay.keys)
        self.scores_, table = library_scores(library)
        self._draw_waves(len(self.keys_))
        z, bounds = self.scores_.transform(table), library.samples.bounds
        means = np.empty((len(library), _N_WAVES))
        squares, free = np.zeros(_N_WAVES), np.zeros(_N_WAVES)
        for i, (first, last) in enumerate(pairwise(bounds)):
            waves = self._waves(z[first:last])
            n = np.isfinite(waves).sum(axis=0)
            means[i] = _mean(waves, n)
            squares += np.nansum((waves - means[i]) ** 2, axis=0)
            free += np.maximum(n - 1, 0)
        # A cosine of a far-spread value has variance one.
        self.variance_: Floats = np.where(free > 0, squares / np.maximum(free, 1.0), 1.0)
        self._learn_sites(means, library.sample_site)
        return self

    def score(self, samples: SampleSet) -> Floats:
        """Score samples; see `fingerprint.evidence.scorer.Scorer`."""
        z = self.scores_.transform_samples(samples, self.keys_)
        scores = np.empty((len(samples), len(self.site_mean_)))
        for i, (first, last) in enumerate(pairwise(samples.bounds)):
            scores[i] = self._score(z[first:last], np.ones((1, last - first)))[0]
        return scores

    def resampled(self, sample: SampleSet, counts: Floats, normals: Floats) -> Floats:
        """Score one sample with its grains drawn anew."""
        return self._score(self.scores_.transform_samples(sample, self.keys_), counts)

    def _score(self, z: Floats, counts: Floats) -> Floats:
        """(draws, sites) from (n, analytes) normal scores and (draws, n) counts."""
        waves = self._waves(z)
        known = np.isfinite(waves)
        drawn = counts @ known.astype(float)
        total = counts @ np.where(known, waves, 0.0)
        used = (drawn > 0).astype(float)
        q = total / np.maximum(drawn, 1.0)
        chance = self.variance_ / np.maximum(known.sum(axis=0), 1)
        weight, s = self._by_site
        # ((q - s)^2 - v / n) / u, multiplied out: no array of draws x sites x waves.
        distance = (used * (q**2 - chance)) @ weight.T - 2.0 * (used * q) @ (weight * s).T
        distance += used @ (weight * s**2).T
        n_waves = used @ (weight > 0).astype(float).T
        return np.where(n_waves > 0, -distance / np.maximum(n_waves, 1.0), np.nan)

    @cached_property
    def _by_site(self) -> tuple[Floats, Floats]:
        """(sites, waves) 1 / u and s, both 0 where the site was not measured."""
        known = np.isfinite(self.site_mean_)
        return np.where(known, 1.0 / self.within_, 0.0), np.where(known, self.site_mean_, 0.0)

    def _waves(self, z: Floats) -> Floats:
        """(n, waves), NaN where a grain lacks an analyte that the wave needs.

        Elementwise, so that a sample's last bits do not depend on the company it is scored in.
        """
        first, second = self.analyte_.T
        angle = z[:, first] * self.frequency_[:, 0] + z[:, second] * self.frequency_[:, 1]
        return np.asarray(np.sqrt(2.0) * np.cos(angle + self.phase_))

    def _draw_waves(self, n_analytes: int) -> None:
        """Draw the waves: all analytes and all pairs as evenly as can be."""
        rng = np.random.default_rng(_SEED)
        alone = [(j, j) for j in range(n_analytes)]
        pairs = list(combinations(range(n_analytes), 2)) or alone
        half = _N_WAVES // 2
        self.analyte_: Ints = np.concatenate(
            [np.resize(rng.permutation(kind), (half, 2)) for kind in (alone, pairs)]
        ).astype(np.int64)
        single = self.analyte_[:, 0] == self.analyte_[:, 1]
        width = np.where(single, _WIDTH_ALONE, _WIDTH_PAIR)
        self.frequency_: Floats = rng.standard_normal((_N_WAVES, 2)) / width[:, None]
        self.frequency_[single, 1] = 0.0
        self.phase_: Floats = rng.uniform(0.0, 2.0 * np.pi, _N_WAVES)

    def _learn_sites(self, means: Floats, sample_site: Ints) -> None:
        """Learn s and u from (samples, waves) means."""
        n_sites = int(sample_site.max()) + 1
        known = np.isfinite(means)
        total = _by_site(np.where(known, means, 0.0), sample_site, n_sites)
        n = _by_site(known.astype(float), sample_site, n_sites)
        self.site_mean_: Floats = total / np.where(n > 0, n, np.nan)
        # The mean of the others is (n s - own) / (n - 1), so own lies n / (n - 1) (own - s) off.
        n_own = n[sample_site]
        others = known & (n_own > 1)
        off = np.where(others, (means - self.site_mean_[sample_site]) * n_own, 0.0)
        squared = (off / np.maximum(n_own - 1.0, 1.0)) ** 2
        sums = _by_site(squared, sample_site, n_sites)
        counts = _by_site(others.astype(float), sample_site, n_sites)
        number = counts.sum(axis=0)
        typical = np.where(number > 0, sums.sum(axis=0) / np.maximum(number, 1.0), 1.0)
        within = (sums + _PRIOR_SAMPLES * typical) / (counts + _PRIOR_SAMPLES)
        self.within_: Floats = np.maximum(within, _FLOOR)


def _mean(waves: Floats, n: Ints) -> Floats:
    """(waves,) mean over the grains that have the analytes, NaN where none has."""
    return np.asarray(np.nansum(waves, axis=0) / np.where(n > 0, n, np.nan))


def _by_site(rows: Floats, sample_site: Ints, n_sites: int) -> Floats:
    """(sites, waves) sums of rows over the samples of each site."""
    sums = np.zeros((n_sites, rows.shape[1]))
    np.add.at(sums, sample_site, rows)
    return sums

"""Density of a site's grains around each grain of a sample."""

from __future__ import annotations

from itertools import pairwise
from typing import Self

import numpy as np

from fingerprint.evidence.pooling import (
    alike,
    in_turn,
    mean_over_drawn,
    mean_over_grains,
    seen_analytes,
)
from fingerprint.evidence.scatter import SiteScatter, filled_with_means
from fingerprint.evidence.variance import SampleMeans
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints

# A kernel is as wide as half of what samples of the site vary by, and a trace of its grains' own
# scatter: a grain of another sample lies about so far off.
_OF_SAMPLES, _OF_GRAINS = 0.5, 0.02
_TAIL = 6
# A grain that no kernel reaches is unlike the site, not impossible.
_LOG_FLOOR = float(np.log(1e-5))
# Bounds the cost of one query, and of the bundle.
_MAX_GRAINS_OF_SITE = 400
_MAX_KERNELS = 100_000
# Grains at a time: bounds memory.
_CHUNK = 1000


class KernelDensity:
    """Mean log share of the site in the density of grains around each grain of the sample.

    The density of a site is a mean of kernels, one on each grain of its reference samples, in
    normal scores. Grains are weighted by one over the square root of how many their sample has.
    Each kernel is a Student t with the covariance ``0.5 W_s + 0.02 E_s``: W_s and E_s are the
    site's own covariances between samples and within, drawn towards the library's (`SiteScatter`).
    A grain's share is the density of the site over the sum of those of all sites and of one broad
    t, which stands for origins that the library lacks; shares are floored at 1e-5.

    An analyte that a sample lacks is integrated out.

    Attributes
    ----------
    keys_ : list of str
    scores_ : NormalScores
    z_ : (grains, analytes) array
        Reference grains by site; of a site with many, some of each sample.
    weight_ : (grains,) array
        Sums to 1 over each site.
    start_ : (sites + 1,) array
        Where each site begins in `z_`.
    kernel_ : (sites, analytes, analytes) array
        Covariance of each site's kernels.
    centre_, spread_ : (analytes,) and (analytes, analytes) arrays
        Of the broad density.
    """

    name = "kernel_density"

    def fit(self, library: Library) -> Self:
        """Set a kernel on each reference grain."""
        self.keys_ = list(library.samples.assay.keys)
        scatter = SiteScatter.of(library)
        self.scores_ = scatter.scores
        rows = _bounded(library)
        site, sample = library.grain_site[rows], library.samples.grain_sample[rows]
        self.z_: Floats = scatter.z[rows]
        self.start_: Ints = np.searchsorted(site, np.arange(len(library.sites) + 1))
        weight = 1.0 / np.sqrt(np.bincount(sample)[sample])
        self.weight_: Floats = weight / np.bincount(site, weight)[site]
        self.kernel_: Floats = _OF_SAMPLES * scatter.between + _OF_GRAINS * scatter.within
        c = scatter.components
        self.centre_: Floats = c.mu
        self.spread_: Floats = c.B + c.W + c.E
        return self

    def score(self, samples: SampleSet) -> Floats:
        """Score samples; see `fingerprint.evidence.scorer.Scorer`."""
        z, known, seen = self._filled(samples)
        scores = np.empty((len(samples), len(self.kernel_)))
        for first, end in in_turn(samples.bounds, _CHUNK):
            rows = slice(samples.bounds[first], samples.bounds[end])
            own = samples.grain_sample[rows] - first
            share = self._log_share(z[rows], known[rows], own, seen[first:end])
            scores[first:end] = mean_over_grains(share, known[rows], own, end - first)
        return scores

    def resampled(self, sample: SampleSet, counts: Floats, normals: Floats) -> Floats:
        """Score one sample with its grains drawn anew."""
        z, known, seen = self._filled(sample)
        return mean_over_drawn(self._log_share(z, known, sample.grain_sample, seen), known, counts)

    def _filled(self, samples: SampleSet) -> tuple[Floats, Floats, Bools]:
        """Normal scores; (grains,) 1 for those with any analyte, else 0; analytes of samples."""
        z = self.scores_.transform_samples(samples, self.keys_)
        known = np.isfinite(z).any(axis=1).astype(float)
        means = SampleMeans.of(z, samples.grain_sample, len(samples)).means
        filled = filled_with_means(z, means, samples.grain_sample)
        return filled, known, seen_analytes(z, samples)

    def _log_share(self, z: Floats, known: Floats, grain_sample: Ints, seen: Bools) -> Floats:
        """(grains, sites) log shares of grains, 0 for those without any analyte."""
        share = np.zeros((len(z), len(self.kernel_)))
        rows = np.flatnonzero(known)
        rows_of = np.split(rows, np.searchsorted(grain_sample[rows], np.arange(1, len(seen))))
        for pattern, which in alike(seen):
            if pattern.any():
                own = np.concatenate([rows_of[i] for i in which])
                bounds = np.cumsum([0, *(rows_of[i].size for i in which)])
                share[own] = self._log_share_on(z[np.ix_(own, pattern)], bounds, pattern)
        return share

    def _log_share_on(self, z: Floats, bounds: Ints, seen: Bools) -> Floats:
        """(grains, sites) from (grains, analytes seen) of samples that lie between bounds."""
        density = np.empty((len(z), len(self.kernel_) + 1))
        for s, factor in enumerate(_inverse_factors(self.kernel_, seen)):
            at = slice(self.start_[s], self.start_[s + 1])
            density[:, s] = _log_mean_kernel(
                z, bounds, self.z_[at][:, seen], self.weight_[at], factor
            )
        broad = _inverse_factors(self.spread_[None], seen)[0]
        density[:, -1] = _log_mean_kernel(z, bounds, self.centre_[None, seen], np.ones(1), broad)
        return _log_shares(density)


def _inverse_factors(covariance: Floats, seen: Bools) -> Floats:
    """(k, q, q) lower factors L with ``L V L' = 1`` of covariances V on some of the analytes."""
    return np.asarray(np.linalg.inv(np.linalg.cholesky(covariance[:, seen][:, :, seen])))


def _log_mean_kernel(
    z: Floats, bounds: Ints, centres: Floats, weight: Floats, factor: Floats
) -> Floats:
    """(grains,) log of the weighted mean of t kernels about centres, up to a constant."""
    n_halves = _TAIL + len(factor)
    scaled = factor.T / np.sqrt(_TAIL)
    centres = centres @ scaled
    across = -2.0 * centres.T
    y = np.empty_like(z)
    far = np.empty((len(z), len(centres)))
    # A product for each sample: its last bits must not depend on the company it is scored in.
    for first, end in pairwise(bounds):
        np.matmul(z[first:end], scaled, out=y[first:end])
        np.matmul(y[first:end], across, out=far[first:end])
    far += 1.0 + np.square(centres).sum(axis=1)
    far += np.square(y).sum(axis=1)[:, None]
    nearest = np.maximum(far, 1.0, out=far).min(axis=1)
    near = _power_of_halves(np.divide(nearest[:, None], far, out=far), n_halves)
    near *= weight
    log_mean = np.log(near.sum(axis=1)) - 0.5 * n_halves * np.log(nearest)
    return np.asarray(log_mean + np.log(np.diag(factor)).sum())


def _power_of_halves(base: Floats, n: int) -> Floats:
    """``base ** (n / 2)`` by squaring, which for a whole n is much faster; overwrites the base."""
    power = np.sqrt(base) if n % 2 else np.ones_like(base)
    n //= 2
    while n:
        if n % 2:
            power *= base
        np.square(base, out=base)
        n //= 2
    return power


def _log_shares(log_density: Floats) -> Floats:
    """(n, sites) from the densities of sites and, in the last column, of what is none of them."""
    most = log_density.max(axis=1, keepdims=True)
    total = most + np.log(np.exp(log_density - most).sum(axis=1, keepdims=True))
    return np.asarray(np.logaddexp(log_density[:, :-1] - total, _LOG_FLOOR))


def _bounded(library: Library) -> Ints:
    """Rows of the grains that get a kernel, by site; of a large site as many of each sample."""
    sample, site = library.samples.grain_sample, library.grain_site
    n_sample = np.bincount(sample, minlength=len(library))
    of_site = min(_MAX_GRAINS_OF_SITE, _MAX_KERNELS // len(library.sites))
    most = np.maximum(of_site // library.n_reference, 1)[library.sample_site]
    rank = np.arange(sample.size) - library.samples.bounds[sample]
    # Evenly through each sample, whose grains stand in the order of their values.
    step = np.minimum(most / n_sample, 1.0)[sample]
    kept = np.floor((rank + 1) * step + 1e-9) > np.floor(rank * step + 1e-9)
    rows = np.flatnonzero(kept)
    return rows[np.argsort(site[rows], kind="stable")]

"""Density of a site's grains around each grain of a sample."""

from __future__ import annotations

from functools import cached_property
from typing import Self

import numpy as np

from fingerprint.evidence.pooling import alike, mean_over_drawn, mean_over_grains, seen_analytes
from fingerprint.evidence.scatter import SiteScatter, filled_with_means
from fingerprint.evidence.variance import SampleMeans
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints

# A kernel is as wide as half of what samples of the site vary by, and a trace of its grains' own
# scatter: a grain of another sample lies about so far off.
_OF_SAMPLES, _OF_GRAINS = 0.5, 0.02
_TAIL = 6.0
# A grain that no kernel reaches is unlike the site, not impossible.
_LOG_FLOOR = float(np.log(1e-5))
# Bounds the cost of one query, and of the bundle.
_MAX_GRAINS_OF_SITE = 400


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
    log_weight_ : (grains,) array
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
        self.log_weight_: Floats = np.log(weight / np.bincount(site, weight)[site])
        self.kernel_: Floats = _OF_SAMPLES * scatter.between + _OF_GRAINS * scatter.within
        c = scatter.components
        self.centre_: Floats = c.mu
        self.spread_: Floats = c.B + c.W + c.E
        return self

    def score(self, samples: SampleSet) -> Floats:
        """Score samples; see `fingerprint.evidence.scorer.Scorer`."""
        return mean_over_grains(*self._log_share(samples), samples)

    def resampled(self, sample: SampleSet, counts: Floats, normals: Floats) -> Floats:
        """Score one sample with its grains drawn anew."""
        return mean_over_drawn(*self._log_share(sample), counts)

    def _log_share(self, samples: SampleSet) -> tuple[Floats, Floats]:
        """(grains, sites) log shares, and (grains,) 1 for those with any analyte, else 0."""
        z = self.scores_.transform_samples(samples, self.keys_)
        seen = seen_analytes(z, samples)
        means = SampleMeans.of(z, samples.grain_sample, len(samples)).means
        known = np.isfinite(z).any(axis=1)
        z = filled_with_means(z, means, samples.grain_sample)
        share = np.zeros((len(z), len(self.kernel_)))
        for pattern, which in alike(seen):
            if pattern.any():
                chosen = np.zeros(len(samples), dtype=bool)
                chosen[which] = True
                rows = np.flatnonzero(chosen[samples.grain_sample] & known)
                share[rows] = self._log_share_on(z[rows], pattern.astype(bool))
        return share, known.astype(float)

    def _log_share_on(self, z: Floats, seen: Bools) -> Floats:
        """(n, sites) on some of the analytes."""
        factors = self._factors if seen.all() else _inverse_factors(self.kernel_, seen)
        log_density = np.empty((len(z), len(factors) + 1))
        z = z[:, seen]
        for s, factor in enumerate(factors):
            at = slice(self.start_[s], self.start_[s + 1])
            log_density[:, s] = (
                _log_mean_kernel(
                    z @ factor.T, self.z_[at][:, seen] @ factor.T, self.log_weight_[at]
                )
                + np.log(np.diag(factor)).sum()
            )
        broad = _inverse_factors(self.spread_[None], seen)[0]
        log_density[:, -1] = (
            _log_mean_kernel(z @ broad.T, (self.centre_[seen] @ broad.T)[None], np.zeros(1))
            + np.log(np.diag(broad)).sum()
        )
        total = _log_sum(log_density)
        return np.logaddexp(log_density[:, :-1] - total[:, None], _LOG_FLOOR)

    @cached_property
    def _factors(self) -> Floats:
        return _inverse_factors(self.kernel_, np.ones(len(self.keys_), dtype=bool))


def _inverse_factors(covariance: Floats, seen: Bools) -> Floats:
    """(k, q, q) lower factors L with ``L V L' = 1`` of covariances V on some of the analytes."""
    return np.asarray(np.linalg.inv(np.linalg.cholesky(covariance[:, seen][:, :, seen])))


def _log_mean_kernel(y: Floats, centres: Floats, log_weight: Floats) -> Floats:
    """(n,) log of the weighted mean of standard t kernels, up to a constant, at (n, q) points."""
    q = y.shape[1]
    # Squares of differences, multiplied out one point at a time: a grain's last bits must not
    # depend on the company it is scored in.
    norm = np.square(centres).sum(axis=1)
    log_kernel = np.empty((len(y), len(centres)))
    for i, point in enumerate(y):
        distance = np.maximum(norm - 2.0 * (centres @ point) + point @ point, 0.0)
        log_kernel[i] = -0.5 * (_TAIL + q) * np.log1p(distance / _TAIL)
    return _log_sum(log_kernel + log_weight)


def _log_sum(values: Floats) -> Floats:
    most = values.max(axis=1)
    return np.asarray(most + np.log(np.exp(values - most[:, None]).sum(axis=1)))


def _bounded(library: Library) -> Ints:
    """Rows of the grains that get a kernel, by site; of a large site as many of each sample."""
    sample, site = library.samples.grain_sample, library.grain_site
    n_sample = np.bincount(sample, minlength=len(library))
    most = np.maximum(_MAX_GRAINS_OF_SITE // library.n_reference, 1)[library.sample_site]
    rank = np.arange(sample.size) - library.samples.bounds[sample]
    # Evenly through each sample, whose grains stand in the order of their values.
    step = np.minimum(most / n_sample, 1.0)[sample]
    kept = np.floor((rank + 1) * step + 1e-9) > np.floor(rank * step + 1e-9)
    rows = np.flatnonzero(kept)
    return rows[np.argsort(site[rows], kind="stable")]

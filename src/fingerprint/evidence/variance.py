"""Variances between sites, between samples of a site, and between grains of a sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from fingerprint.tables.arrays import Bools, Floats, Ints

_MAX_ITERATIONS = 200
_TOLERANCE = 1e-3
# Smallest variance in units of a normal score: keeps a constant analyte from ruling.
_FLOOR = 1e-4


@dataclass(frozen=True, eq=False)
class SampleMeans:
    """Sufficient statistics of the grains.

    Parameters
    ----------
    means
        (samples, p) mean of each sample's grains.
    n_grains
        (samples,).
    within
        (p, p) pooled sum of squares and products of grains about their sample's mean.
    """

    means: Floats
    n_grains: Ints
    within: Floats

    @classmethod
    def of(cls, z: Floats, grain_sample: Ints, n_samples: int) -> Self:
        """Summarise grains; a cell that was not measured takes its sample's mean, else 0.

        Parameters
        ----------
        z
            (grains, p), NaN where not measured.
        grain_sample
            (grains,) sample of each grain, ascending.
        n_samples
            Number of samples.
        """
        known = np.isfinite(z)
        sums, present = (
            np.stack([np.bincount(grain_sample, c, n_samples) for c in columns.T], axis=1)
            for columns in (np.where(known, z, 0.0), known.astype(float))
        )
        means = sums / np.maximum(present, 1.0)
        residual = np.where(known, z - means[grain_sample], 0.0)
        counts = np.bincount(grain_sample, minlength=n_samples).astype(np.int64)
        return cls(means, counts, residual.T @ residual)


@dataclass(frozen=True, eq=False)
class VarianceComponents:
    """Grand mean, and covariances between sites (B), samples of a site (W) and grains (E).

    Parameters
    ----------
    mu
        (p,).
    B, W, E
        (p, p).
    """

    mu: Floats
    B: Floats
    W: Floats
    E: Floats

    def of(self, analytes: Bools) -> VarianceComponents:
        """Return the components of some of the analytes: the others are integrated out."""
        square = np.ix_(analytes, analytes)
        return VarianceComponents(self.mu[analytes], self.B[square], self.W[square], self.E[square])

    def site_posterior(self, samples: SampleMeans, sample_site: Ints) -> tuple[Floats, Floats]:
        """Posterior mean (sites, p) and covariance (sites, p, p) of each site given its samples."""
        precision, weighted = self._site_sums(samples, sample_site)
        covariance = np.linalg.inv(np.linalg.inv(self.B) + precision)
        covariance = 0.5 * (covariance + np.swapaxes(covariance, 1, 2))
        mean = self.mu + np.einsum("spq,sq->sp", covariance, weighted)
        return mean, np.asarray(covariance)

    def _site_sums(self, samples: SampleMeans, sample_site: Ints) -> tuple[Floats, Floats]:
        sizes, size_of = np.unique(samples.n_grains, return_inverse=True)
        inverse = np.linalg.inv(self.W + self.E / sizes[:, None, None])
        n_sites, p = int(sample_site.max()) + 1, len(self.mu)
        counts = np.zeros((n_sites, sizes.size))
        np.add.at(counts, (sample_site, size_of), 1.0)
        precision = np.einsum("sk,kpq->spq", counts, inverse)
        residual = samples.means - self.mu
        weighted = np.zeros((n_sites, p))
        for k in range(sizes.size):  # sizes repeat: far fewer than samples
            at = size_of == k
            np.add.at(weighted, sample_site[at], residual[at] @ inverse[k])
        return precision, weighted


def estimate_components(samples: SampleMeans, sample_site: Ints) -> VarianceComponents:
    """Estimate the variances by expectation-maximisation.

    E comes from the pooled scatter within samples. B and W maximise the likelihood of the sample
    means, site and sample effects being the hidden data (Dempster, Laird & Rubin 1977; for this
    model Prince & Elder 2007). Correlations are shrunk by how few samples they rest on.

    Parameters
    ----------
    samples
        Sample means.
    sample_site
        (samples,) site of each sample, 0 to sites - 1, each with at least one sample.
    """
    n_samples = len(samples.means)
    n_sites = int(sample_site.max()) + 1
    free_grains = max(int((samples.n_grains - 1).sum()), 1)
    E = _shrunk(samples.within / free_grains, free_grains)
    c = _start(samples, sample_site, E)
    for _ in range(_MAX_ITERATIONS):
        updated = _step(c, samples, sample_site)
        change = max(
            np.abs(np.diag(new - old)).max() for new, old in ((updated.B, c.B), (updated.W, c.W))
        )
        c = updated
        if change < _TOLERANCE:
            break
    return VarianceComponents(
        c.mu, _shrunk(c.B, n_sites), _shrunk(c.W, max(n_samples - n_sites, 1)), E
    )


def _start(samples: SampleMeans, sample_site: Ints, E: Floats) -> VarianceComponents:
    total = np.var(samples.means, axis=0) + _FLOOR
    return VarianceComponents(
        samples.means.mean(axis=0), np.diag(0.7 * total), np.diag(0.3 * total), E
    )


def _step(c: VarianceComponents, samples: SampleMeans, sample_site: Ints) -> VarianceComponents:
    site_mean, site_covariance = c.site_posterior(samples, sample_site)
    deviation = site_mean - c.mu
    B = site_covariance.mean(axis=0) + deviation.T @ deviation / len(site_mean)
    sizes, size_of = np.unique(samples.n_grains, return_inverse=True)
    residual = samples.means - site_mean[sample_site]
    total = np.zeros_like(c.W)
    for k, n in enumerate(sizes):
        at = size_of == k
        gain = c.W @ np.linalg.inv(c.W + c.E / n)
        effect = residual[at] @ gain.T
        about_site = gain @ site_covariance[sample_site[at]].sum(axis=0) @ gain.T
        total += effect.T @ effect + at.sum() * (c.W - gain @ c.W) + about_site
    mu = site_mean.mean(axis=0)
    return VarianceComponents(mu, _symmetric(B), _symmetric(total / len(residual)), c.E)


def _shrunk(covariance: Floats, n: int) -> Floats:
    """Draw the correlations towards none, the more the fewer observations there are."""
    p = len(covariance)
    amount = (p + 1) / (p + 1 + n)
    diagonal = np.diag(np.maximum(np.diag(covariance), _FLOOR))
    return _symmetric((1 - amount) * covariance + amount * diagonal) + _FLOOR * np.eye(p)


def _symmetric(matrix: Floats) -> Floats:
    return 0.5 * (matrix + matrix.T)

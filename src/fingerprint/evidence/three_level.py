"""Grain in sample in site, all Gaussian: the likelihood ratio of a sample's mean."""

from __future__ import annotations

from typing import Self

import numpy as np
from scipy.special import gammaln

from fingerprint.evidence.features import library_scores
from fingerprint.evidence.pooling import alike, seen_analytes
from fingerprint.evidence.posterior import Grains, Knowledge, draw_truth
from fingerprint.evidence.variance import SampleMeans, estimate_components
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints

# Samples at a time: bounds memory.
_CHUNK = 64
# Degrees of freedom to choose among; inf is Gaussian.
TAILS = (3.0, 4.0, 6.0, 8.0, 12.0, 20.0, 40.0, float("inf"))


class ThreeLevel:
    """Likelihood ratio of a three-level model on normal scores.

    ``x = mu + b_site + w_sample + e_grain`` with covariances B, W and E. In speaker recognition
    the model is called PLDA. The numerator takes the sample's mean as coming from the claimed
    site, whose mean is known only from its reference samples; the denominator as coming from a
    site of which nothing is known. Leaving W out, as if grains were independent draws from a site,
    makes grossly overconfident ratios.

    Real sites differ in how much their samples vary, which gives a sample's distance from its site
    heavier tails than one common W allows. Both densities are therefore Student t, with the
    degrees of freedom that best foretell each reference sample from the others of its site;
    Gaussian where nothing heavier is called for.

    Attributes
    ----------
    keys_ : list of str
    scores_ : NormalScores
    components_ : VarianceComponents
    freedom_ : (2,) array
        Degrees of freedom of the estimates of B and of W.
    tail_ : float
        Degrees of freedom of the t densities, inf for Gaussian.
    site_mean_ : (sites, analytes) array
        Posterior mean of each site.
    site_covariance_ : (sites, analytes, analytes) array
        Posterior covariance of each site.
    """

    name = "three_level"

    def fit(self, library: Library) -> Self:
        """Estimate the variances and each site's posterior."""
        self.keys_ = list(library.samples.assay.keys)
        self.scores_, table = library_scores(library)
        means = SampleMeans.of(
            self.scores_.transform(table), library.samples.grain_sample, len(library)
        )
        self.components_ = estimate_components(means, library.sample_site)
        n_sites = len(library.sites)
        self.freedom_ = np.array([n_sites - 1.0, max(len(library) - n_sites, 0.0)])
        self.site_mean_, self.site_covariance_ = self.components_.site_posterior(
            means, library.sample_site
        )
        self.tail_ = self._best_tail(means, library.sample_site)
        return self

    def score(self, samples: SampleSet) -> Floats:
        """Natural logarithm of the likelihood ratio; see `fingerprint.evidence.scorer.Scorer`."""
        z = self.scores_.transform_samples(samples, self.keys_)
        means = SampleMeans.of(z, samples.grain_sample, len(samples)).means
        scores = np.full((len(samples), len(self.site_mean_)), np.nan)
        # Samples measured for the same analytes on as many grains share their covariances.
        kinds = np.column_stack([samples.n_grains, seen_analytes(z, samples)])
        for (n_grains, *pattern), which in alike(kinds):
            measured = np.array(pattern, dtype=bool)
            if not measured.any():
                continue
            for rows in np.array_split(which, -(-which.size // _CHUNK)):
                scores[rows] = self._log_lr(means[rows][:, measured], measured, int(n_grains))
        return scores

    def resampled(self, sample: SampleSet, counts: Floats, normals: Floats) -> Floats:
        """Score one sample, its mean, the sites' and the variances known: anew in each draw."""
        z = self.scores_.transform_samples(sample, self.keys_)
        seen = np.asarray(np.isfinite(z).any(axis=0))
        if not seen.any():
            return np.full((len(counts), len(self.site_mean_)), np.nan)
        z = z[:, seen]
        filled = np.where(np.isfinite(z), z, np.nanmean(z, axis=0))
        means = counts @ filled / counts.sum(axis=1, keepdims=True)
        grains = Grains(filled.mean(axis=0), len(z), means)
        known = Knowledge(
            self.components_, self.freedom_, self.site_mean_, self.site_covariance_
        ).of(seen)
        drawn = draw_truth(known, grains, self.score(sample)[0], normals[:, :, seen])
        from_site = (drawn.sample[:, None] - drawn.site).swapaxes(0, 1)
        from_mean = (drawn.sample - drawn.mu)[None]
        here = log_t(from_site, drawn.noise, self.tail_)
        return (here - log_t(from_mean, drawn.B + drawn.noise, self.tail_)).T

    def _log_lr(self, means: Floats, seen: Bools, n_grains: int) -> Floats:
        """(k, sites) from (k, analytes seen) means of samples of n grains each."""
        c = self.components_.of(seen)
        noise = c.W + c.E / n_grains
        elsewhere = log_t((means - c.mu)[:, None], (c.B + noise)[None], self.tail_)
        covariance = self.site_covariance_[:, seen][:, :, seen] + noise
        here = log_t(means[:, None] - self.site_mean_[:, seen], covariance, self.tail_)
        return here - elsewhere

    def _best_tail(self, means: SampleMeans, sample_site: Ints) -> float:
        """Degrees of freedom under which each sample is best foretold by the others of its site."""
        c = self.components_
        noise = c.W + c.E / means.n_grains[:, None, None]
        rest = np.linalg.inv(self.site_covariance_)[sample_site] - np.linalg.inv(noise)
        full = np.linalg.solve(self.site_covariance_, (self.site_mean_ - c.mu)[:, :, None])
        own = np.linalg.solve(noise, (means.means - c.mu)[:, :, None])
        covariance = np.linalg.inv(rest)
        covariance = 0.5 * (covariance + np.swapaxes(covariance, 1, 2))
        centre = c.mu + (covariance @ (full[sample_site] - own))[:, :, 0]
        difference = (means.means - centre)[None]
        fit = [log_t(difference, covariance + noise, tail).sum() for tail in TAILS]
        return TAILS[int(np.argmax(fit))]


def log_t(difference: Floats, scale: Floats, tail: float) -> Floats:
    """Return (k, sites) logarithms of Student t densities, up to a constant.

    Parameters
    ----------
    difference
        (k, sites, p) from the centre.
    scale
        (sites, p, p) scale matrices; one may serve all sites.
    tail
        Degrees of freedom.
    """
    p = scale.shape[-1]
    factor = np.linalg.cholesky(scale)
    log_det = 2.0 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    inverse = np.linalg.inv(factor)
    # One at a time: a sample's last bits must not depend on the company it is scored in.
    distance = np.stack(
        [np.square(inverse @ one[..., None]).sum(axis=(1, 2)) for one in difference]
    )
    if np.isinf(tail):
        return np.asarray(-0.5 * (distance + log_det + p * np.log(2.0)))
    constant = gammaln(0.5 * (tail + p)) - gammaln(0.5 * tail) - 0.5 * p * np.log(0.5 * tail)
    return np.asarray(
        constant - 0.5 * (log_det + (tail + p) * np.log1p(distance / tail) + p * np.log(2.0))
    )

"""Grain in source, two levels only: the multivariate likelihood ratio of Aitken & Lucy (2004)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Self

import numpy as np
from scipy.special import logsumexp

from fingerprint.evidence.background import Background, mean_and_count
from fingerprint.evidence.features import log_table
from fingerprint.evidence.log_values import LogValues
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats

# More kernels than these cost more than they tell: sites x kernels is quadratic in the sites.
MAX_CENTRES = 500
_LN10 = float(np.log(10.0))

# From the mean of a sample's measurements and their number to (sources,) natural log LR.
Comparison = Callable[[Floats, float], Floats]


def log10_lr_normal(control: Floats, recovered: Floats, background: Background) -> float:
    """Likelihood ratio of two sets of measurements, sources being normally distributed.

    Aitken & Lucy (2004), section 3.1. Numerator: both come from one source; denominator: from two.

    Parameters
    ----------
    control, recovered
        (measurements, p) of a known and of a questioned source.
    background
        Of sources in general.

    Raises
    ------
    ValueError
        If the background rests on too few repeated measurements.
    """
    controls, numbers = control.mean(axis=0, keepdims=True), np.array([float(len(control))])
    compare = compare_normal(background, controls, numbers)
    return float(compare(recovered.mean(axis=0), len(recovered))[0]) / _LN10


def log10_lr_kernel(control: Floats, recovered: Floats, background: Background) -> float:
    """Likelihood ratio of two sets of measurements, a kernel about each source of the background.

    Aitken & Lucy (2004), section 3.2; see `log10_lr_normal` and `bandwidth`.
    """
    controls, numbers = control.mean(axis=0, keepdims=True), np.array([float(len(control))])
    compare = compare_kernel(background, controls, numbers)
    return float(compare(recovered.mean(axis=0), len(recovered))[0]) / _LN10


def bandwidth(n_analytes: int, n_sources: int) -> float:
    """Width of a kernel in units of the scatter between sources: Aitken & Lucy (2004), section 3.2.

    >>> round(bandwidth(3, 200), 4)
    0.4331
    """
    return float((4 / ((2 * n_analytes + 1) * n_sources)) ** (1 / (n_analytes + 4)))


def compare_normal(background: Background, controls: Floats, n_control: Floats) -> Comparison:
    """Make what compares a sample with many sources, sources being normally distributed.

    Parameters
    ----------
    background
        Of sources in general.
    controls
        (sources, p) mean of the measurements of each source.
    n_control
        (sources,) their number.

    Returns
    -------
    callable
        From a sample's (p,) mean and number of measurements to (sources,) natural logarithms of
        the likelihood ratio.
    """
    vectors, between = background.axes()
    centre, at = background.mean @ vectors, controls @ vectors
    left, pull = _posterior(between, n_control)
    expected = centre + pull * (at - centre)

    def compare(mean: Floats, n: float) -> Floats:
        y = mean @ vectors
        return _log_normal(y - expected, left + 1 / n) - _log_normal(y - centre, between + 1 / n)

    return compare


def compare_kernel(background: Background, controls: Floats, n_control: Floats) -> Comparison:
    """Make what compares a sample with many sources, a kernel about each source's mean.

    The distribution of sources is a mean of normal distributions about the means of the
    background's sources with covariance h^2 C; see `compare_normal` and `bandwidth`.
    """
    vectors, between = background.axes()
    origin = background.mean @ vectors
    at, kernels = controls @ vectors - origin, background.source_means @ vectors - origin
    between = bandwidth(len(between), len(kernels)) ** 2 * between
    left, pull = _posterior(between, n_control)
    weight = _log_kernels(at, np.ones_like(at), between + 1 / n_control[:, None], kernels)
    weight -= logsumexp(weight, axis=1, keepdims=True)

    def compare(mean: Floats, n: float) -> Floats:
        y = mean @ vectors - origin
        here = _log_kernels(y - pull * at, 1 - pull, left + 1 / n, kernels)
        here += weight
        elsewhere = _log_normal(y - kernels, between + 1 / n)
        return np.asarray(_log_sum(here) - _log_sum(elsewhere[None]) + np.log(len(kernels)))

    return compare


def _log_kernels(points: Floats, pull: Floats, variance: Floats, kernels: Floats) -> Floats:
    """(sources, kernels) log densities at points, the kernels' centres times their pull.

    The square is multiplied out: two products of matrices instead of sources x kernels x axes.
    """
    slope = pull / variance
    left = np.concatenate([points * slope, -0.5 * pull * slope], axis=1)
    own = 0.5 * (points**2 / variance + np.log(variance)).sum(axis=1, keepdims=True)
    return np.asarray(left @ np.concatenate([kernels, kernels**2], axis=1).T - own)


def _log_sum(logs: Floats) -> Floats:
    """(rows,) logarithm of the sum of the exponentials of each row; overwrites them."""
    most = logs.max(axis=1, keepdims=True)
    logs -= most
    return np.asarray(np.log(np.exp(logs, out=logs).sum(axis=1)) + most[:, 0])


def _posterior(between: Floats, n_control: Floats) -> tuple[Floats, Floats]:
    """Variance left of each source's mean given n measurements, and their weight in it."""
    known = n_control[:, None] * between
    return between / (1 + known), known / (1 + known)


def _log_normal(difference: Floats, variance: Floats) -> Floats:
    """Log density along independent axes, up to a constant."""
    return np.asarray(-0.5 * (difference**2 / variance + np.log(variance)).sum(axis=-1))


class TwoLevel:
    """Likelihood ratio of a two-level model on log10 values, sites being normally distributed.

    ``x = mu + b_site + e_grain``: the levels are site and grain, as in Aitken & Lucy (2004), where
    panes of glass have no samples. **What samples of one site differ by is left out**: a sample of
    many grains counts as if each grain had been drawn from the whole site. Where samples of a site
    differ the ratios are therefore grossly overconfident, which is why `ThreeLevel` exists; they
    rank claims, and the fusion calibrates them.

    Attributes
    ----------
    keys_ : list of str
    values_ : LogValues
    background_ : Background
    site_mean_ : (sites, analytes) array
        Mean of each site's grains.
    site_n_ : (sites,) array
        Measured grains of each site, on average over the analytes.
    """

    name = "two_level"

    def fit(self, library: Library) -> Self:
        """Estimate scatter between and within sites."""
        self.keys_ = list(library.samples.assay.keys)
        n_sites = len(library.sites)
        per_site = np.bincount(library.grain_site, minlength=n_sites)
        table = log_table(library.samples.assay, self.keys_)
        self.values_ = LogValues().fit(table, 1.0 / per_site[library.grain_site])
        x = self.values_.transform(table)
        background = Background.of(x, library.grain_site)
        self.background_ = background.steadied(len(x) - n_sites)
        self.site_mean_ = background.source_means
        counts = mean_and_count(x, library.grain_site, n_sites)[1]
        self.site_n_ = np.maximum(counts.mean(axis=1), 1.0)
        return self

    def score(self, samples: SampleSet) -> Floats:
        """Natural logarithm of the likelihood ratio; see `fingerprint.evidence.scorer.Scorer`."""
        x = self.values_.transform_samples(samples, self.keys_)
        means, counts = mean_and_count(x, samples.grain_sample, len(samples))
        scores = np.full((len(samples), len(self.site_mean_)), np.nan)
        patterns, pattern_of = np.unique(counts > 0, axis=0, return_inverse=True)
        for k, seen in enumerate(patterns):
            if not seen.any():
                continue
            compare = self._comparison(seen)
            # One at a time: a sample's last bits must not depend on the company it is scored in.
            for row in np.flatnonzero(pattern_of == k):
                scores[row] = compare(means[row, seen], float(counts[row, seen].mean()))
        return scores

    def resampled(self, sample: SampleSet, counts: Floats, normals: Floats) -> Floats:
        """Score one sample with its grains drawn anew; what is not known of a site is in the ratio.

        A cell that was not measured takes the sample's mean.
        """
        x = self.values_.transform_samples(sample, self.keys_)
        known = np.isfinite(x)
        seen = np.asarray(known.any(axis=0))
        if not seen.any():
            return np.full((len(counts), len(self.site_mean_)), np.nan)
        x = x[:, seen]
        filled = np.where(known[:, seen], x, np.nanmean(x, axis=0))
        n = float(known[:, seen].sum(axis=0).mean())
        compare = self._comparison(seen)
        means = counts @ filled / counts.sum(axis=1, keepdims=True)
        return np.stack([compare(mean, n) for mean in means])

    def _comparison(self, seen: Bools) -> Comparison:
        background = self.background_.of_analytes(seen)
        return compare_normal(background, self.site_mean_[:, seen], self.site_n_)


class TwoLevelKernel(TwoLevel):
    """The same with a kernel about each site for the distribution of sites.

    At most `MAX_CENTRES` sites carry a kernel, evenly chosen in the order of the library's sites:
    with a kernel each, the cost would be quadratic in the sites. The claimed site's own mean is
    one of the kernels, as in the published check values (unless it was not chosen).
    """

    name = "two_level_kernel"

    def fit(self, library: Library) -> Self:
        """Estimate scatter between and within sites, and choose the sites that carry a kernel."""
        super().fit(library)
        n_sites = len(self.site_mean_)
        chosen = np.linspace(0, n_sites - 1, min(n_sites, MAX_CENTRES)).round().astype(np.int64)
        self.background_ = replace(self.background_, source_means=self.site_mean_[chosen])
        return self

    def _comparison(self, seen: Bools) -> Comparison:
        background = self.background_.of_analytes(seen)
        return compare_kernel(background, self.site_mean_[:, seen], self.site_n_)

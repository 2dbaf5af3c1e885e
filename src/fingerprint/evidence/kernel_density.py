"""Density of a site's grains around each grain of a sample."""

from __future__ import annotations

from typing import Self

import numpy as np

from fingerprint.evidence.features import log_table
from fingerprint.evidence.pooling import in_turn, mean_over_drawn, mean_over_grains
from fingerprint.evidence.scatter import SiteScatter
from fingerprint.evidence.truncated_kernels import TruncatedKernels
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints

# A kernel is as wide as half of what samples of the site vary by, and a trace of its grains' own
# scatter: a grain of another sample lies about so far off.
_OF_SAMPLES, _OF_GRAINS = 0.5, 0.02
# A grain that no kernel reaches is unlike the site, not impossible.
_LOG_FLOOR = float(np.log(1e-5))
# Bounds the cost of one query, and of the bundle.
_MAX_GRAINS_OF_SITE = 400
_MAX_KERNELS = 100_000
# Grains at a time: bounds memory.
_CHUNK = 20_000


class KernelDensity:
    """Mean log share of the site in the density of grains around each grain of the sample.

    The density of a site is a mean of kernels, one on each grain of its reference samples, in
    normal scores. Grains are weighted by one over the square root of how many their sample has.
    Each kernel is a Student t with the covariance ``0.5 W_s + 0.02 E_s``: W_s and E_s are the
    site's own covariances between samples and within, drawn towards the library's (`SiteScatter`).
    A grain's share is the density of the site over the sum of those of all sites and of one broad
    t, which stands for origins that the library lacks; shares are floored at 1e-5.

    Of a cell below its detection limit a kernel counts by its share below the limit, given the
    grain's other cells (`TruncatedKernels`), so that limits cost no more than they hide. What was
    not measured is integrated out.

    Attributes
    ----------
    keys_ : list of str
    scores_ : NormalScores
    z_ : (grains + 1, analytes) array
        Reference grains by site, of a site with many some of each sample, and the centre of the
        broad density.
    weight_ : (grains + 1,) array
        Sums to 1 over each site, and 1.
    start_ : (sites + 2,) array
        Where each site begins in `z_`, and the broad density.
    kernel_ : (sites + 1, analytes, analytes) array
        Covariance of each site's kernels, and of the broad density.
    """

    name = "kernel_density"

    def fit(self, library: Library) -> Self:
        """Set a kernel on each reference grain."""
        self.keys_ = list(library.samples.assay.keys)
        scatter = SiteScatter.of(library)
        self.scores_ = scatter.scores
        rows = _bounded(library)
        site, sample = library.grain_site[rows], library.samples.grain_sample[rows]
        c = scatter.components
        self.z_: Floats = np.append(scatter.z[rows], c.mu[None], axis=0)
        self.start_: Ints = np.append(
            np.searchsorted(site, np.arange(len(library.sites) + 1)), rows.size + 1
        )
        weight = 1.0 / np.sqrt(np.bincount(sample)[sample])
        self.weight_: Floats = np.append(weight / np.bincount(site, weight)[site], 1.0)
        of_sites = _OF_SAMPLES * scatter.between + _OF_GRAINS * scatter.within
        self.kernel_: Floats = np.append(of_sites, (c.B + c.W + c.E)[None], axis=0)
        return self

    def score(self, samples: SampleSet) -> Floats:
        """Score samples; see `fingerprint.evidence.scorer.Scorer`."""
        z, censored = self._cells(samples)
        scores = np.empty((len(samples), len(self.start_) - 2))
        for first, end in in_turn(samples.bounds, _CHUNK):
            rows = slice(samples.bounds[first], samples.bounds[end])
            own = samples.grain_sample[rows] - first
            share, known = self._log_share(z[rows], censored[rows], own)
            scores[first:end] = mean_over_grains(share, known, own, end - first)
        return scores

    def resampled(self, sample: SampleSet, counts: Floats, normals: Floats) -> Floats:
        """Score one sample with its grains drawn anew."""
        share, known = self._log_share(*self._cells(sample), sample.grain_sample)
        return mean_over_drawn(share, known, counts)

    def _cells(self, samples: SampleSet) -> tuple[Floats, Bools]:
        """(grains, analytes) normal scores, of the limit where censored; and whether censored."""
        return self.scores_.transform_limits(log_table(samples.assay, self.keys_))

    def _log_share(self, z: Floats, censored: Bools, own: Ints) -> tuple[Floats, Floats]:
        """(grains, sites) log shares, 0 for grains without any analyte; (grains,) 0 for those."""
        known = np.isfinite(z).any(axis=1)
        share = np.zeros((len(z), len(self.start_) - 2))
        kernels = TruncatedKernels(self.z_, self.weight_, self.start_, self.kernel_)
        share[known] = _log_shares(kernels.log_density(z[known], censored[known], own[known]))
        return share, known.astype(float)


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

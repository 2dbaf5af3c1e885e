"""Density of a site's reference samples around a sample."""

from __future__ import annotations

from typing import Self

import numpy as np

from fingerprint.evidence.pooling import alike, seen_analytes
from fingerprint.evidence.scatter import SiteScatter, filled_with_means
from fingerprint.evidence.variance import SampleMeans
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints

_TAIL = 6.0
# A sample that no reference sample is near to is unlike the site, not impossible.
_LOG_FLOOR = float(np.log(1e-6))
# Bounds the cost of one query.
_MAX_SAMPLES_OF_SITE = 60
# Of samples by reference samples at a time: bounds memory.
_MAX_CELLS = 2_000_000


class SampleDensity:
    """Log share of the site in the density of sample means around the sample's mean.

    A site is not one cloud: its veins and levels differ. So the density of a site is a mean of
    Student t densities, one on the mean of each of its reference samples, in normal scores, with
    the scale ``W_s + E / n``: W_s is the site's own covariance between samples, drawn towards the
    library's (`SiteScatter`), E the pooled covariance of grains, n the grains of the sample. The
    share is that of the site in the sum over all sites and of one broad t with the scale
    ``B + W + E / n``, which stands for origins that the library lacks; floored at 1e-6.

    An analyte that a sample lacks is integrated out.

    Attributes
    ----------
    keys_ : list of str
    scores_ : NormalScores
    means_ : (samples, analytes) array
        Of reference samples, by site.
    start_ : (sites + 1,) array
        Where each site begins in `means_`.
    between_ : (sites, analytes, analytes) array
        W_s.
    within_ : (analytes, analytes) array
        E.
    centre_, spread_ : (analytes,) and (analytes, analytes) arrays
        mu, and B + W.
    """

    name = "sample_density"

    def fit(self, library: Library) -> Self:
        """Keep the mean of each reference sample, and how samples of each site scatter."""
        self.keys_ = list(library.samples.assay.keys)
        scatter = SiteScatter.of(library)
        self.scores_ = scatter.scores
        rows = _bounded(library)
        self.means_: Floats = scatter.means.means[rows]
        self.start_: Ints = np.searchsorted(
            library.sample_site[rows], np.arange(len(library.sites) + 1)
        )
        c = scatter.components
        self.between_: Floats = scatter.between
        self.within_: Floats = c.E
        self.centre_: Floats = c.mu
        self.spread_: Floats = c.B + c.W
        return self

    def score(self, samples: SampleSet) -> Floats:
        """Score samples; see `fingerprint.evidence.scorer.Scorer`."""
        z = self.scores_.transform_samples(samples, self.keys_)
        means = SampleMeans.of(z, samples.grain_sample, len(samples)).means
        scores = np.full((len(samples), len(self.between_)), np.nan)
        kinds = np.column_stack([samples.n_grains, seen_analytes(z, samples)])
        for (n_grains, *pattern), rows in alike(kinds):
            seen = np.array(pattern, dtype=bool)
            if seen.any():
                scores[rows] = self._log_share(means[rows][:, seen], seen, int(n_grains))
        return scores

    def resampled(self, sample: SampleSet, counts: Floats, normals: Floats) -> Floats:
        """Score one sample with its grains drawn anew."""
        z = self.scores_.transform_samples(sample, self.keys_)
        seen = np.asarray(np.isfinite(z).any(axis=0))
        if not seen.any():
            return np.full((len(counts), len(self.between_)), np.nan)
        own = SampleMeans.of(z, sample.grain_sample, 1).means
        filled = filled_with_means(z, own, sample.grain_sample)[:, seen]
        means = counts @ filled / counts.sum(axis=1, keepdims=True)
        scores = self._log_share(means, seen, len(z))
        # A draw may hold none of the grains that were measured.
        scores[counts @ np.isfinite(z).any(axis=1) == 0] = np.nan
        return scores

    def _log_share(self, means: Floats, seen: Bools, n_grains: int) -> Floats:
        """(k, sites) from (k, analytes seen) means of samples of n grains each."""
        most = max(_MAX_CELLS // len(self.means_), 1)
        parts = [means[i : i + most] for i in range(0, len(means), most)]
        return np.concatenate([self._log_share_of_few(part, seen, n_grains) for part in parts])

    def _log_share_of_few(self, means: Floats, seen: Bools, n_grains: int) -> Floats:
        square = np.ix_(seen, seen)
        noise = self.within_[square] / n_grains
        scale = self.between_[:, seen][:, :, seen] + noise
        each = _log_t(means, self.means_[:, seen], scale, self.start_)
        broad = (self.spread_[square] + noise)[None]
        density = np.empty((len(means), len(scale) + 1))
        density[:, -1:] = _log_t(means, self.centre_[None, seen], broad, np.array([0, 1]))
        first, n_reference = self.start_[:-1], np.diff(self.start_)
        most = np.maximum.reduceat(each, first, axis=1)
        near = np.exp(each - np.repeat(most, n_reference, axis=1))
        density[:, :-1] = most + np.log(np.add.reduceat(near, first, axis=1) / n_reference)
        highest = density.max(axis=1, keepdims=True)
        everywhere = highest + np.log(np.exp(density - highest).sum(axis=1, keepdims=True))
        return np.asarray(np.logaddexp(density[:, :-1] - everywhere, _LOG_FLOOR))


def _log_t(points: Floats, centres: Floats, scale: Floats, start: Ints) -> Floats:
    """(k, samples) log Student t densities, up to a constant, about centres that share scales.

    Parameters
    ----------
    points
        (k, p).
    centres
        (samples, p), in groups.
    scale
        (groups, p, p).
    start
        (groups + 1,) where each group begins.
    """
    p = points.shape[1]
    factor = np.linalg.inv(np.linalg.cholesky(scale))
    half_log_det = np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(axis=1)
    group = np.repeat(np.arange(len(scale)), np.diff(start))
    own = np.concatenate([centres[start[g] : start[g + 1]] @ f.T for g, f in enumerate(factor)])
    # One at a time: a sample's last bits must not depend on the company it is scored in.
    distance = np.stack([np.square((factor @ point)[group] - own).sum(axis=1) for point in points])
    return np.asarray(half_log_det[group] - 0.5 * (_TAIL + p) * np.log1p(distance / _TAIL))


def _bounded(library: Library) -> Ints:
    """Rows of the samples that are kept, by site: of a site with many, evenly through them."""
    order = np.argsort(library.sample_site, kind="stable")
    site = library.sample_site[order]
    start = np.searchsorted(site, np.arange(len(library.sites)))
    rank = np.arange(order.size) - start[site]
    step = np.minimum(_MAX_SAMPLES_OF_SITE / library.n_reference, 1.0)[site]
    kept = np.floor((rank + 1) * step + 1e-9) > np.floor(rank * step + 1e-9)
    return np.asarray(order[kept])

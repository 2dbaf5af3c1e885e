"""How the samples and the grains of each single site scatter, drawn towards what is usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from fingerprint.evidence.features import NormalScores, library_scores
from fingerprint.evidence.variance import SampleMeans, VarianceComponents, estimate_components
from fingerprint.library import Library
from fingerprint.tables.arrays import Floats, Ints

# What is usual in the library weighs as much as so many samples of a site, and so many grains.
_PRIOR_SAMPLES = 8.0
_PRIOR_GRAINS = 20.0


@dataclass(frozen=True, eq=False)
class SiteScatter:
    """A library in normal scores, with the scatter of each of its sites.

    Sites differ in how much their samples and their grains vary. A site's own covariance rests on
    few samples, so it is drawn towards the library's: ``(a W + S) / (a + k)`` with S the sum of
    squares and products of k degrees of freedom, and likewise for grains.

    Parameters
    ----------
    scores
        Turns log10 values into normal scores.
    z
        (grains, p) normal scores; a cell that was not measured has the mean of its sample.
    means
        Of the samples.
    components
        Of the whole library.
    between, within
        (sites, p, p) covariance of the means of a site's samples, and of grains in a sample.
    """

    scores: NormalScores
    z: Floats
    means: SampleMeans
    components: VarianceComponents
    between: Floats
    within: Floats

    @classmethod
    def of(cls, library: Library) -> Self:
        """Learn the scatter of a library's sites."""
        grain_sample = library.samples.grain_sample
        scores, table = library_scores(library)
        z = scores.transform(table)
        means = SampleMeans.of(z, grain_sample, len(library))
        z = filled_with_means(z, means.means, grain_sample)
        components = estimate_components(means, library.sample_site)
        centre = _mean_by(means.means, library.sample_site, len(library.sites))
        between = _drawn_towards(
            components.W,
            _PRIOR_SAMPLES,
            means.means - centre[library.sample_site],
            library.sample_site,
            library.n_reference - 1,
        )
        within = _drawn_towards(
            components.E,
            _PRIOR_GRAINS,
            z - means.means[grain_sample],
            library.grain_site,
            np.bincount(library.grain_site) - library.n_reference,
        )
        return cls(scores, z, means, components, between, within)


def filled_with_means(z: Floats, means: Floats, grain_sample: Ints) -> Floats:
    """Put the mean of its sample where a grain lacks a value that others of the sample have."""
    return np.where(np.isfinite(z), z, means[grain_sample])


def _mean_by(values: Floats, group: Ints, n: int) -> Floats:
    sums = np.stack([np.bincount(group, column, n) for column in values.T], axis=1)
    return np.asarray(sums / np.bincount(group, minlength=n)[:, None])


def _drawn_towards(
    usual: Floats, weight: float, deviation: Floats, group: Ints, freedom: Ints
) -> Floats:
    """(groups, p, p) covariances, each drawn towards the usual one."""
    squares = np.zeros((freedom.size, *usual.shape))
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(freedom.size + 1))
    for g in range(freedom.size):
        own = deviation[order[bounds[g] : bounds[g + 1]]]
        squares[g] = own.T @ own
    free = np.maximum(freedom, 0)[:, None, None]
    return np.asarray((weight * usual + squares) / (weight + free))

"""A forest that tells samples of sites apart by how their grains are distributed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Self

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from fingerprint.evidence.features import library_scores
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats, Ints

_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
# Redrawn samples beside each reference sample, and the standard deviation (in normal scores) of the
# offset that each redrawn sample gets on each analyte: two laboratories differ by about so much.
_N_REDRAWN = 15
_OFFSET = 0.1
# A sample is redrawn with a third of its grains to all of them; with fewer grains, with all.
_FEW_GRAINS = 4
_MAX_ROWS = 60_000
# A tree holds one number for each site in each node, and that is what memory grows with:
# 8 bytes x 60 million is half a gigabyte.
_MAX_NODE_CELLS = 60_000_000
_FLOOR = 1e-3
# Samples to predict at a time: the forest holds several arrays of samples by sites.
_CHUNK = 1000


class SampleForest:
    """Log probability that a forest gives the site, by a summary of the sample.

    A sample is summarised by the mean, the standard deviation and five quantiles of the normal
    scores of each analyte. The forest, of extremely randomised trees (Geurts et al. 2006), learns
    from each reference sample and from samples redrawn from its grains, each with a small offset of
    its own on every analyte, as another laboratory or session would have: without it the redrawn
    samples only repeat one another. Sites weigh the same.

    Parameters
    ----------
    n_trees
        Number of trees.
    seed
        Seed of the redrawn samples and of the forest.

    Attributes
    ----------
    keys_ : list of str
    scores_ : NormalScores
    forest_ : sklearn.ensemble.ExtraTreesClassifier
    """

    name = "sample_forest"

    def __init__(self, n_trees: int = 150, seed: int = 0) -> None:
        self.n_trees = n_trees
        self.seed = seed

    def fit(self, library: Library) -> Self:
        """Summarise the samples, redraw them, and grow the trees."""
        self.keys_ = list(library.samples.assay.keys)
        self.scores_, table = library_scores(library)
        z = self.scores_.transform(table)
        features, site = self._training_rows(z, library)
        leaves = max(_MAX_NODE_CELLS // (2 * self.n_trees * len(library.sites)), 2)
        self.forest_ = ExtraTreesClassifier(
            self.n_trees,
            max_features="sqrt",
            max_leaf_nodes=leaves if leaves < site.size else None,
            class_weight="balanced",
            random_state=self.seed,
        )
        self.forest_.fit(features, site)
        return self

    def score(self, samples: SampleSet) -> Floats:
        """Score samples; see `fingerprint.evidence.scorer.Scorer`."""
        z = self.scores_.transform_samples(samples, self.keys_)
        scores = np.full((len(samples), len(self.forest_.classes_)), np.nan)
        known = np.zeros(len(samples), dtype=bool)
        known[samples.grain_sample[np.isfinite(z).any(axis=1)]] = True
        bounds = samples.bounds
        grains = [z[bounds[i] : bounds[i + 1]] for i in np.flatnonzero(known)]
        scores[known] = self._log_probability(grains)
        return scores

    def resampled(self, sample: SampleSet, counts: Floats, normals: Floats) -> Floats:
        """Score one sample with its grains drawn anew."""
        z = self.scores_.transform_samples(sample, self.keys_)
        # A draw may hold none of the grains that were measured.
        known = counts @ np.isfinite(z).any(axis=1) > 0
        rows = np.arange(len(z))
        scores = np.full((len(counts), len(self.forest_.classes_)), np.nan)
        scores[known] = self._log_probability(
            [z[np.repeat(rows, each.astype(np.int64))] for each in counts[known]]
        )
        return scores

    def _log_probability(self, grains: Sequence[Floats]) -> Floats:
        """(samples, sites) from the normal scores of the grains of each sample."""
        parts = [np.empty((0, len(self.forest_.classes_)))]
        for i in range(0, len(grains), _CHUNK):
            features = _summaries(grains[i : i + _CHUNK])
            parts.append(np.log(self.forest_.predict_proba(features) + _FLOOR))
        return np.concatenate(parts)

    def _training_rows(self, z: Floats, library: Library) -> tuple[Floats, Ints]:
        rng = np.random.default_rng(self.seed)
        n_redrawn = min(_N_REDRAWN, max(_MAX_ROWS // len(library) - 1, 1))
        grains = [z[first:last] for first, last in pairwise(library.samples.bounds)]
        rows: list[Floats] = []
        for i in range(0, len(grains), _CHUNK // (n_redrawn + 1)):
            drawn = [
                each
                for own in grains[i : i + _CHUNK // (n_redrawn + 1)]
                for each in (own, *(_redrawn(own, rng) for _ in range(n_redrawn)))
            ]
            rows.append(_summaries(drawn))
        return np.concatenate(rows), np.repeat(library.sample_site, n_redrawn + 1)


def _redrawn(z: Floats, rng: np.random.Generator) -> Floats:
    """Some grains of a sample drawn with replacement, as another laboratory would measure them."""
    n = len(z)
    size = n if n < _FEW_GRAINS else int(rng.integers(max(3, n // 3), n + 1))
    offset = rng.normal(0.0, _OFFSET, z.shape[1])
    return np.asarray(z[rng.integers(0, n, size)] + offset)


def _summaries(grains: Sequence[Floats]) -> Floats:
    """(samples, 7 x analytes) from the normal scores of the grains of each sample.

    Samples of as many grains are summarised together: many samples of a grain or two would
    otherwise take longer to summarise than to learn from.
    """
    n_grains = np.array([len(z) for z in grains])
    features = np.empty((len(grains), (2 + len(_QUANTILES)) * grains[0].shape[1]))
    for n in np.unique(n_grains):
        rows = np.flatnonzero(n_grains == n)
        features[rows] = _summary(np.stack([grains[i] for i in rows.tolist()]))
    return features


def _summary(z: Floats) -> Floats:
    """(samples, 7 x analytes) mean, standard deviation and quantiles; NaN where not measured.

    Parameters
    ----------
    z
        (samples, grains, analytes).
    """
    known = np.isfinite(z)
    n = known.sum(axis=1, keepdims=True)
    counts = np.where(n > 0, n, np.nan)
    mean = np.where(known, z, 0.0).sum(axis=1, keepdims=True) / counts
    square = np.where(known, np.square(z - mean), 0.0)
    deviation = np.sqrt(square.sum(axis=1, keepdims=True) / counts)
    ordered = np.sort(z, axis=1)  # what was not measured comes last
    at = np.array(_QUANTILES)[:, None] * np.maximum(n - 1, 0)
    low = at.astype(np.int64)
    high = np.minimum(low + 1, np.maximum(n - 1, 0))
    below, above = (np.take_along_axis(ordered, rows, axis=1) for rows in (low, high))
    quantiles = below + (at - low) * (above - below)
    return np.concatenate([mean, deviation, quantiles], axis=1).reshape(len(z), -1)

"""A forest that tells grains of sites apart, pooled over the grains of a sample."""

from __future__ import annotations

from typing import Self

import numpy as np
from joblib import parallel_config
from sklearn.ensemble import RandomForestClassifier

from fingerprint.evidence.features import library_scores
from fingerprint.evidence.pooling import mean_over_drawn, mean_over_grains
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats, Ints

# A tree holds one number for each site in each node, and that is what memory grows with:
# 8 bytes x 60 million is half a gigabyte.
_MAX_NODE_CELLS = 60_000_000
_MAX_GRAINS = 100_000
# A grain that no tree gives to the site is unlike it, not impossible.
_FLOOR = 1e-3


class Forest:
    """Mean log probability that a random forest gives the site, over the grains of a sample.

    In training each site weighs the same, and a sample weighs as the square root of its grains,
    since grains of one sample repeat one another. The grains of one sample are never split: the
    forest is fitted and judged by whole samples like every scorer.

    Parameters
    ----------
    n_trees
        Number of trees.
    seed
        Seed of the forest.
    n_jobs
        Cores to train on; prediction runs on one, so that sums come out the same everywhere.

    Attributes
    ----------
    keys_ : list of str
    scores_ : NormalScores
    forest_ : sklearn.ensemble.RandomForestClassifier
    """

    name = "forest"

    def __init__(self, n_trees: int = 120, seed: int = 0, n_jobs: int = 1) -> None:
        self.n_trees = n_trees
        self.seed = seed
        self.n_jobs = n_jobs

    def fit(self, library: Library) -> Self:
        """Grow the trees."""
        self.keys_ = list(library.samples.assay.keys)
        self.scores_, table = library_scores(library)
        z = self.scores_.transform(table)
        rows = self._bounded_rows(library)
        leaves = _MAX_NODE_CELLS // (2 * self.n_trees * len(library.sites))
        self.forest_ = RandomForestClassifier(
            self.n_trees,
            max_features="sqrt",
            max_leaf_nodes=leaves if leaves < rows.size else None,
            random_state=self.seed,
            n_jobs=self.n_jobs,
        )
        weights = self._weights(library, rows)
        # In processes: scikit-learn's threads race for the list of warnings to be left out.
        with parallel_config(backend="loky"):
            self.forest_.fit(z[rows], library.grain_site[rows], sample_weight=weights)
        self.forest_.set_params(n_jobs=1)
        return self

    def score(self, samples: SampleSet) -> Floats:
        """Score samples; see `fingerprint.evidence.scorer.Scorer`."""
        return mean_over_grains(*self._log_probability(samples), samples.grain_sample, len(samples))

    def resampled(self, sample: SampleSet, counts: Floats, normals: Floats) -> Floats:
        """Score one sample with its grains drawn anew."""
        return mean_over_drawn(*self._log_probability(sample), counts)

    def _log_probability(self, samples: SampleSet) -> tuple[Floats, Floats]:
        """(grains, sites) log probabilities, and (grains,) 1 for those with any analyte, else 0."""
        z = self.scores_.transform_samples(samples, self.keys_)
        known = np.isfinite(z).any(axis=1)
        log_p = np.zeros((len(z), len(self.forest_.classes_)))
        if known.any():
            log_p[known] = np.log(self.forest_.predict_proba(z[known]) + _FLOOR)
        return log_p, known.astype(float)

    def _weights(self, library: Library, rows: Ints) -> Floats:
        """(rows,) weights, by how many grains of each sample and site are among the rows."""
        sample, site = library.samples.grain_sample[rows], library.grain_site[rows]
        grain_weight = 1.0 / np.sqrt(np.bincount(sample)[sample])
        site_total = np.bincount(site, grain_weight)
        return np.asarray(grain_weight / site_total[site] * grain_weight.size)

    def _bounded_rows(self, library: Library) -> Ints:
        """All grains of a small library; of a large one the same number from each sample."""
        n = library.samples.assay.n_grains
        if n <= _MAX_GRAINS:
            return np.arange(n)
        rng = np.random.default_rng(self.seed)
        shuffled = rng.permutation(n)
        by_sample = shuffled[np.argsort(library.samples.grain_sample[shuffled], kind="stable")]
        starts = np.searchsorted(library.samples.grain_sample, np.arange(len(library)))
        rank = np.arange(n) - starts[library.samples.grain_sample]
        return np.sort(by_sample[rank < max(_MAX_GRAINS // len(library), 1)])

"""Scores of samples that the scorers have not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fingerprint.evidence import SCORERS
from fingerprint.judgement.splits import sample_folds
from fingerprint.library import Library
from fingerprint.tables.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class CrossScores:
    """Out-of-fold scores of the samples of a library.

    Parameters
    ----------
    folds
        (samples,) fold that each sample was held out in.
    scores
        (scorers, samples, sites). NaN where the site had no sample left in the training part.
    n_reference
        (samples, sites) reference samples that the site had in the training part.
    """

    folds: Ints
    scores: Floats
    n_reference: Ints


def cross_scores(
    library: Library, names: Sequence[str], n_folds: int, seed: int, n_jobs: int
) -> CrossScores:
    """Score every sample of a library with scorers fitted without its fold.

    Parameters
    ----------
    library
        Reference samples.
    names
        Names of scorers, see `fingerprint.evidence.SCORERS`.
    n_folds, seed
        See `sample_folds`.
    n_jobs
        Cores.
    """
    folds = sample_folds(library, n_folds, seed)
    shape = (len(library), len(library.sites))
    scores = np.full((len(names), *shape), np.nan)
    n_reference = np.zeros(shape, dtype=np.int64)
    site_index = {site: j for j, site in enumerate(library.sites)}
    for fold in range(n_folds):
        held_out = folds == fold
        known = library.take(~held_out)
        columns = np.array([site_index[site] for site in known.sites])
        queries = library.samples.take(held_out)
        n_reference[np.ix_(held_out, columns)] = known.n_reference
        for k, name in enumerate(names):
            scorer = SCORERS[name](seed, n_jobs).fit(known)
            scores[k][np.ix_(held_out, columns)] = scorer.score(queries)
    return CrossScores(folds, scores, n_reference)

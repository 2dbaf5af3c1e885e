"""Scores of samples that the scorers have not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fingerprint.evidence import SCORERS
from fingerprint.judgement.splits import sample_folds
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats, Ints

# Shares of the analytes on which true claims are tried as well: a claim on a sample that was
# measured for fewer analytes is to be compared with true claims that were, too.
WEAKER = (0.85, 0.7)
# Different choices of analytes among the samples of a fold: the fewer, the less there is to invert.
_CHOICES = 32


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
    weaker
        Scores of the same samples on a share of their analytes, by that share.
    """

    folds: Ints
    scores: Floats
    n_reference: Ints
    weaker: dict[float, Floats]


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
    scores = {share: np.full((len(names), *shape), np.nan) for share in (1.0, *WEAKER)}
    n_reference = np.zeros(shape, dtype=np.int64)
    site_index = {site: j for j, site in enumerate(library.sites)}
    for fold in range(n_folds):
        held_out = folds == fold
        known = library.take(~held_out)
        columns = np.array([site_index[site] for site in known.sites])
        queries = {
            share: _with_share(library.samples.take(held_out), share, seed) for share in scores
        }
        n_reference[np.ix_(held_out, columns)] = known.n_reference
        for k, name in enumerate(names):
            scorer = SCORERS[name](seed, n_jobs).fit(known)
            for share, samples in queries.items():
                scores[share][k][np.ix_(held_out, columns)] = scorer.score(samples)
    return CrossScores(folds, scores.pop(1.0), n_reference, scores)


def _with_share(samples: SampleSet, share: float, seed: int) -> SampleSet:
    """The same samples with a share of their analytes: each with one of a few random choices."""
    n_analytes = len(samples.assay.keys)
    n_kept = int(share * n_analytes + 1e-9)
    rng = np.random.default_rng([seed, n_kept])
    ranks = np.argsort(rng.random((_CHOICES, n_analytes)), axis=1)
    dropped = (ranks >= n_kept)[rng.integers(0, _CHOICES, len(samples))]
    return replace(samples, assay=samples.assay.without(dropped[samples.grain_sample]))

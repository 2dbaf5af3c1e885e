"""Scores of samples that the scorers have not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fingerprint.errors import InputError
from fingerprint.evidence import SCORERS
from fingerprint.judgement.conditions import AS_IT_IS, Condition
from fingerprint.judgement.splits import sample_folds
from fingerprint.library import Library
from fingerprint.tables.arrays import Bools, Floats, Ints


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
        Scores of the same samples under each other condition that was tried.
    """

    folds: Ints
    scores: Floats
    n_reference: Ints
    weaker: dict[Condition, Floats]


def cross_scores(
    library: Library,
    names: Sequence[str],
    n_folds: int,
    seed: int,
    n_jobs: int,
    tried: Sequence[Condition] = (AS_IT_IS,),
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
    tried
        Conditions to score the samples under, `AS_IT_IS` among them.

    Raises
    ------
    InputError
        If too few sites are left when a fold is held out.
    """
    folds = sample_folds(library, n_folds, seed)
    shape = (len(library), len(library.sites))
    scores = {condition: np.full((len(names), *shape), np.nan) for condition in tried}
    n_reference = np.zeros(shape, dtype=np.int64)
    site_index = {site: j for j, site in enumerate(library.sites)}
    for fold in range(n_folds):
        held_out = folds == fold
        _refuse_one_site(library, held_out)
        known = library.take(~held_out)
        columns = np.array([site_index[site] for site in known.sites])
        queries = {
            condition: condition.of(library.samples.take(held_out), seed) for condition in tried
        }
        n_reference[np.ix_(held_out, columns)] = known.n_reference
        for k, name in enumerate(names):
            scorer = SCORERS[name](seed, n_jobs).fit(known)
            for condition, samples in queries.items():
                scores[condition][k][np.ix_(held_out, columns)] = scorer.score(samples)
    return CrossScores(folds, scores.pop(AS_IT_IS), n_reference, scores)


def _refuse_one_site(library: Library, held_out: Bools) -> None:
    if np.unique(library.sample_site[~held_out]).size < 2:
        raise InputError(
            "the library has no two sites left when some of its samples are held out",
            "Add reference samples to sites that have one only.",
        )


def fewer_analytes(cross: CrossScores, n_analytes: int) -> list[tuple[int, CrossScores]]:
    """Return the scores under each condition that lacks analytes, as if they were all there are.

    Parameters
    ----------
    cross
        Scores under all conditions.
    n_analytes
        Analytes of the library.

    Returns
    -------
    list
        How many analytes are left, and the scores on them.
    """
    return [
        (condition.n_analytes(n_analytes), replace(cross, scores=scores, weaker={}))
        for condition, scores in cross.weaker.items()
        if condition.share < 1.0
    ]

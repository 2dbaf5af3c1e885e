"""Scores of samples that the scorers have not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from joblib import Parallel, delayed

from fingerprint.errors import InputError
from fingerprint.evidence import SCORERS
from fingerprint.judgement.conditions import AS_IT_IS, Condition
from fingerprint.judgement.splits import sample_folds, tied_groups, value_folds
from fingerprint.library import Library
from fingerprint.tables.arrays import Bools, Floats, Ints

# Groups of samples, of which one can be held out.
_LEAST_GROUPS = 2


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
    strangers
        (scorers, samples, sites) from scorers that were fitted without the whole site of the
        sample, as if it came from no known site. NaN where the claimed site was left out with it.
    weaker, weaker_strangers
        Scores of the same samples under each other condition that was tried; of strangers, where
        analytes are missing.
    """

    folds: Ints
    scores: Floats
    n_reference: Ints
    strangers: Floats
    weaker: dict[Condition, Floats]
    weaker_strangers: dict[Condition, Floats]


def cross_scores(
    library: Library,
    names: Sequence[str],
    n_folds: int,
    seed: int,
    n_jobs: int,
    tried: Sequence[Condition] = (AS_IT_IS,),
    together: str | None = None,
) -> CrossScores:
    """Score every sample of a library with scorers fitted without its fold, and without its site.

    Parameters
    ----------
    library
        Reference samples.
    names
        Names of scorers, see `fingerprint.evidence.SCORERS`.
    n_folds, seed
        See `sample_folds`.
    n_jobs
        Parts at a time.
    tried
        Conditions to score the samples under, `AS_IT_IS` among them.
    together
        Column whose equal values are held out together, such as publications; None: any sample may
        be held out without the others.

    Raises
    ------
    InputError
        If too few sites are left when a fold is held out.
    """
    folds = _folds(library, n_folds, seed, together)
    for fold in np.unique(folds):
        _refuse_one_site(library, folds == fold)
    scores, n_reference = _scored(library, names, folds, tried, seed, n_jobs)
    lacking = tuple(c for c in tried if c == AS_IT_IS or c.share < 1.0)
    n_groups = min(n_folds, len(library.sites))
    groups = value_folds(library.sample_site.astype(str), n_groups, seed)
    strangers, _ = _scored(library, names, groups, lacking, seed, n_jobs)
    return CrossScores(
        folds,
        scores.pop(AS_IT_IS),
        n_reference,
        strangers.pop(AS_IT_IS),
        scores,
        strangers,
    )


def _folds(library: Library, n_folds: int, seed: int, together: str | None) -> Ints:
    if together is None:
        return sample_folds(library, n_folds, seed)
    values = library.samples.fact(together)
    n_groups = int(tied_groups(values).max()) + 1
    if n_groups < _LEAST_GROUPS:  # nothing is there to hold out together
        return sample_folds(library, n_folds, seed)
    return value_folds(values, min(n_folds, n_groups), seed)


def _scored(
    library: Library,
    names: Sequence[str],
    part: Ints,
    tried: Sequence[Condition],
    seed: int,
    n_jobs: int,
) -> tuple[dict[Condition, Floats], Ints]:
    """Score the samples of each part with scorers that were fitted on the other parts.

    Returns the scores under each condition, and the reference samples that sites had.
    """
    shape = (len(library), len(library.sites))
    scores = {condition: np.full((len(names), *shape), np.nan) for condition in tried}
    n_reference = np.zeros(shape, dtype=np.int64)
    # One site is no cohort.
    held_out = [h for h in (part == p for p in np.unique(part)) if _cohort_is_left(library, h)]
    found = Parallel(n_jobs=n_jobs)(
        delayed(_scored_part)(library, names, h, tried, seed) for h in held_out
    )
    for h, of_part in zip(held_out, found, strict=True):
        known = library.take(~h)
        columns = np.searchsorted(library.sites.astype(str), known.sites.astype(str))
        at = np.ix_(h, columns)
        n_reference[at] = known.n_reference
        for condition, of_names in of_part.items():
            for k, of_name in enumerate(of_names):
                scores[condition][k][at] = of_name
    return scores, n_reference


def _scored_part(
    library: Library, names: Sequence[str], held_out: Bools, tried: Sequence[Condition], seed: int
) -> dict[Condition, list[Floats]]:
    """Score the samples held out, by each scorer, under each condition."""
    known = library.take(~held_out)
    queries = {c: c.of(library.samples.take(held_out), seed) for c in tried}
    scores: dict[Condition, list[Floats]] = {condition: [] for condition in tried}
    for name in names:
        scorer = SCORERS[name](seed, 1).fit(known)
        for condition, samples in queries.items():
            scores[condition].append(scorer.score(samples))
    return scores


def _cohort_is_left(library: Library, held_out: Bools) -> bool:
    return np.unique(library.sample_site[~held_out]).size >= 2


def _refuse_one_site(library: Library, held_out: Bools) -> None:
    if not _cohort_is_left(library, held_out):
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
        (condition.n_analytes(n_analytes), _as_all_there_is(cross, condition))
        for condition in cross.weaker_strangers
    ]


def _as_all_there_is(cross: CrossScores, condition: Condition) -> CrossScores:
    return replace(
        cross,
        scores=cross.weaker[condition],
        strangers=cross.weaker_strangers[condition],
        weaker={},
        weaker_strangers={},
    )

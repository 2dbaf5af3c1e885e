"""Fused scores of samples that neither the scorers nor the fusion have seen."""

from __future__ import annotations

import numpy as np

from fingerprint.judgement.cohort import cohort_features
from fingerprint.judgement.conditions import AS_IT_IS
from fingerprint.judgement.conformal import TrueScores
from fingerprint.judgement.crossfit import CrossScores
from fingerprint.judgement.fusion import Plan
from fingerprint.judgement.open_fusion import OpenFusion, fit_open_fusion
from fingerprint.judgement.trials import Trials
from fingerprint.library import Library
from fingerprint.tables.arrays import Floats, Ints

# Samples at a time: bounds the memory that features take.
_CHUNK = 256


def fusions_without(trials: Trials, folds: Ints, plan: Plan) -> dict[int, OpenFusion]:
    """Fit a fusion without the samples of each fold.

    Parameters
    ----------
    trials
        All trials.
    folds
        (samples,) fold of each sample of the library.
    plan
        How a fusion is learned.
    """
    fold = folds[trials.sample]
    fusions = {}
    for held_out in np.unique(folds):
        rest = trials.take(fold != held_out)
        can_learn = rest.is_true.any() and not rest.is_true.all()
        source = rest if can_learn else trials
        fusions[int(held_out)] = fit_open_fusion(plan, source)
    return fusions


def fused_without(trials: Trials, folds: Ints, fusions: dict[int, OpenFusion]) -> Floats:
    """(trials,) fused score of every trial from the fusion that did not see its sample."""
    fused = np.full(len(trials.is_true), np.nan)
    fold = folds[trials.sample]
    for held_out, fusion in fusions.items():
        fused[fold == held_out] = fusion.score(trials.features[fold == held_out])
    return fused


def score_true_claims(
    library: Library, cross: CrossScores, fusions: dict[int, OpenFusion]
) -> TrueScores:
    """Score every sample on its own site, under each condition that was tried.

    Parameters
    ----------
    library
        Reference samples.
    cross
        Their out-of-fold scores.
    fusions
        From `fusions_without`.
    """
    own = np.arange(len(library)), library.sample_site
    n_analytes = len(library.samples.assay.keys)
    parts = []
    for condition, scores in ((AS_IT_IS, cross.scores), *cross.weaker.items()):
        # Of some samples nothing may be left to score.
        known = np.asarray(np.isfinite(scores).any(axis=0))[own]
        n_grains = condition.n_grains(library.samples.n_grains)
        features = _own_features(library, scores)
        fused = np.full(len(library), np.nan)
        for fold, fusion in fusions.items():
            at = cross.folds == fold
            fused[at] = fusion.score(features[at])
        share = condition.n_analytes(n_analytes) / n_analytes
        tried = (share, condition.offset, condition.grains or np.inf)
        counts = (n_grains, cross.n_reference[own])
        columns = (fused, *counts, *(np.full(len(library), value) for value in tried))
        parts.append([column[known] for column in columns])
    return TrueScores(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _own_features(library: Library, scores: Floats) -> Floats:
    """(samples, features) of each sample's claim on its own site."""
    rows = []
    for first in range(0, len(library), _CHUNK):
        at = slice(first, first + _CHUNK)
        features = cohort_features(scores[:, at])
        own = library.sample_site[at]
        rows.append(features[np.arange(len(own)), own])
    return np.concatenate(rows)

"""A score says more beside the scores of the other sites: the cohort."""

from __future__ import annotations

import numpy as np

from fingerprint.tables.arrays import Bools, Floats, Ints

# Columns a scorer contributes to the fusion.
PER_SCORER = ("score", "less_best_other", "standardised", "rank")
# Columns that do not belong to a scorer.
COUNTS = ("log_n_grains", "log_n_reference")


def cohort_features(scores: Floats, n_grains: Ints, n_reference: Ints) -> Floats:
    """Features of every claim: each scorer's score, alone and beside the other sites.

    Parameters
    ----------
    scores
        (scorers, samples, sites), NaN where the site is not in the cohort.
    n_grains
        (samples,).
    n_reference
        (samples, sites) or (sites,).

    Returns
    -------
    array
        (samples, sites, features), features in the order of `feature_names`. NaN throughout for a
        claim on a site that is not in the cohort.
    """
    parts = [
        part
        for one in scores
        for part in (
            squashed(one),
            squashed(less_best_other(one)),
            _standardised(squashed(one)),
            _log_rank(one),
        )
    ]
    counts = np.broadcast_to(np.log(n_grains.astype(float))[:, None], scores.shape[1:])
    references = np.broadcast_to(np.log(np.maximum(n_reference, 1.0)), scores.shape[1:])
    return np.stack([*parts, counts, references], axis=-1)


def feature_names(scorers: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the columns of `cohort_features`."""
    return (*(f"{s}:{part}" for s in scorers for part in PER_SCORER), *COUNTS)


def squashed(scores: Floats) -> Floats:
    """Inverse hyperbolic sine: as it is near 0, a logarithm far out.

    A log likelihood ratio of -800 says no more than one of -80, and must not set the slope of the
    fusion where claims are open.
    """
    return np.arcsinh(scores)


def less_best_other(scores: Floats) -> Floats:
    """(samples, sites) each score less the best of the other sites; 0 if there is no other."""
    filled = np.where(np.isnan(scores), -np.inf, scores)
    n_sites = filled.shape[1]
    if n_sites < 2:
        return np.where(np.isnan(scores), np.nan, 0.0)
    top = np.partition(filled, n_sites - 2, axis=1)
    best, second = top[:, -1:], top[:, -2:-1]
    # The best site's best other is the second; a tie for the best has the best itself as other.
    is_best = filled == best
    other = np.where(is_best, second, best)
    return _gap(scores, other)


def less_best_neighbour(scores: Floats, neighbours: Bools) -> Floats:
    """(samples, sites) each score less the best of the site's neighbours; NaN without any.

    Parameters
    ----------
    scores
        (samples, sites), NaN where the site is not in the cohort.
    neighbours
        (sites, sites) row: site, column: True for its neighbours.
    """
    filled = np.where(np.isnan(scores), -np.inf, scores)
    best = np.full(scores.shape, -np.inf)
    for site, near in enumerate(neighbours):
        if near.any():
            best[:, site] = filled[:, near].max(axis=1)
    return np.where(np.isinf(best), np.nan, scores - np.where(np.isinf(best), 0.0, best))


def _gap(scores: Floats, other: Floats) -> Floats:
    return np.where(np.isinf(other), 0.0 * scores, scores - np.where(np.isinf(other), 0.0, other))


def _standardised(scores: Floats) -> Floats:
    known = np.isfinite(scores)
    n = np.maximum(known.sum(axis=1, keepdims=True), 1)
    mean = np.where(known, scores, 0.0).sum(axis=1, keepdims=True) / n
    deviation = np.where(known, scores - mean, np.nan)
    spread = np.sqrt(np.nansum(deviation**2, axis=1, keepdims=True) / n)
    return np.asarray(deviation / np.where(spread > 0, spread, 1.0))


def _log_rank(scores: Floats) -> Floats:
    """Logarithm of the number of sites at least as alike, the site itself among them."""
    filled = np.where(np.isnan(scores), -np.inf, scores)
    ascending = np.sort(filled, axis=1)
    better = np.empty(scores.shape)
    for i, row in enumerate(ascending):
        better[i] = row.size - np.searchsorted(row, filled[i], side="left")
    return np.where(np.isnan(scores), np.nan, np.log(better))

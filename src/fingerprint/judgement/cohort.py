"""A score says more beside the scores of the other sites: the cohort."""

from __future__ import annotations

import numpy as np

from fingerprint.tables.arrays import Bools, Floats

# Columns a scorer contributes to the fusion. How many grains and reference samples there are is
# none of them: true claims are more often on sites with many reference samples, and the fusion
# would take that for evidence.
PER_SCORER = ("score", "less_best_other")


def cohort_features(scores: Floats) -> Floats:
    """Features of every claim: each scorer's score, alone and beside the other sites.

    Parameters
    ----------
    scores
        (scorers, samples, sites), NaN where the site is not in the cohort.

    Returns
    -------
    array
        (samples, sites, features), features in the order of `feature_names`. NaN throughout for a
        claim on a site that is not in the cohort.
    """
    parts = [part for one in scores for part in (squashed(one), squashed(less_best_other(one)))]
    return np.stack(parts, axis=-1)


def feature_names(scorers: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the columns of `cohort_features`."""
    return tuple(f"{s}:{part}" for s in scorers for part in PER_SCORER)


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

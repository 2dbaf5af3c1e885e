"""Curves of true claims against false ones, each with its interval, ready to be drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fingerprint.evaluation.bootstrap import Band, Number, mean
from fingerprint.evaluation.claims import Claims
from fingerprint.evaluation.metrics import RankedScores, bits, cross_entropy, least_possible
from fingerprint.tables.arrays import Floats

PRIORS = np.linspace(-2.5, 2.5, 51)
_TIPPETT_POINTS = 101
_BINS = 10
# Shares of true claims rejected, along the DET curve.
_REJECTED = np.array(
    [0.001, 0.002, 0.005, *np.arange(0.01, 0.1, 0.005), *np.arange(0.1, 0.5, 0.02)]
)


@dataclass(frozen=True)
class Entropy:
    """Empirical cross-entropy, bits, over prior log10 odds.

    Parameters
    ----------
    actual
        Of the log10 LR as they are; at prior odds of 1 it is the Cllr.
    least
        After the best monotone calibration of the scores, at the same priors.
    nothing
        Without evidence: the entropy of the prior.
    """

    actual: Band
    least: tuple[Number, ...]
    nothing: tuple[Number, ...]


@dataclass(frozen=True)
class Reliability:
    """Posterior probabilities at even prior odds against what came true, in ten bins.

    True and false claims count the same in sum, as even odds have it; so do the bins.

    Parameters
    ----------
    observed
        x: mean posterior of each bin; y: share of true claims in it.
    n_true, n_false
        Claims in each bin.
    """

    observed: Band
    n_true: tuple[int, ...]
    n_false: tuple[int, ...]


@dataclass(frozen=True)
class Curves:
    """Of the fusion, against false claims of one kind.

    Parameters
    ----------
    kind
        Of the false claims.
    tippett_true, tippett_false
        Share of claims with a log10 LR above x.
    det
        x: share of true claims rejected, y: share of false ones accepted.
    entropy, reliability
        See there.
    """

    kind: str
    tippett_true: Band
    tippett_false: Band
    det: Band
    entropy: Entropy
    reliability: Reliability


def curves(kind: str, claims: Claims) -> Curves | None:
    """Measure the curves of true claims against one kind of false ones; None without either."""
    if not len(claims.score_true) or not len(claims.score_false):
        return None
    true, false = claims.log10_lr_true, claims.log10_lr_false
    x = np.linspace(min(true.min(), false.min()), max(true.max(), false.max()), _TIPPETT_POINTS)
    ranked = RankedScores(claims.score_true, claims.score_false)
    # No finer than the true claims are many.
    rejected = _REJECTED[_REJECTED * len(true) >= 1.0 - 1e-9]
    above = [share_above(values, x) for values in (true, false)]
    return Curves(
        kind,
        claims.sites.band(x, lambda t, f: above[0](t)),
        claims.sites.band(x, lambda t, f: above[1](f)),
        claims.sites.band(rejected, lambda t, f: ranked.counted(t, f).accepted(rejected)),
        _entropy(claims),
        _reliability(claims),
    )


def share_above(values: Floats, x: Floats) -> Callable[[Floats], Floats]:
    """Share of some values above each x, as a function of how often each value counts.

    Parameters
    ----------
    values
        (claims,).
    x
        (points,), rising.
    """
    # Between which points each value lies.
    at = np.searchsorted(x, values, side="left")

    def share(weights: Floats) -> Floats:
        counts = np.bincount(at, weights, minlength=x.size + 1)
        with np.errstate(invalid="ignore"):
            return np.asarray(1.0 - np.cumsum(counts)[:-1] / counts.sum())

    return share


def _entropy(claims: Claims) -> Entropy:
    costs = [bits(claims.log10_lr_true, claims.log10_lr_false, prior) for prior in PRIORS]
    missed, believed = (np.stack([cost[k] for cost in costs], axis=1) for k in (0, 1))
    best = least_possible(claims.score_true, claims.score_false)
    zero = np.zeros(1)
    return Entropy(
        claims.sites.band(PRIORS, lambda t, f: mean(t, missed) + mean(f, believed)),
        tuple(cross_entropy(*best, prior) for prior in PRIORS),
        tuple(cross_entropy(zero, zero, prior) for prior in PRIORS),
    )


def _reliability(claims: Claims) -> Reliability:
    true, false = (1.0 / (1.0 + 10.0**-x) for x in (claims.log10_lr_true, claims.log10_lr_false))
    edges = _even_edges(true, false)
    at = tuple(np.searchsorted(edges, each, side="right") for each in (true, false))
    n_bins = len(edges) + 1

    def in_bins(w_true: Floats, w_false: Floats) -> tuple[Floats, Floats]:
        # Not a number where a draw has claims of one kind only.
        with np.errstate(invalid="ignore"):
            of_true = np.bincount(at[0], w_true, n_bins) / w_true.sum()
            of_false = np.bincount(at[1], w_false, n_bins) / w_false.sum()
        return of_true, of_false

    def observed(w_true: Floats, w_false: Floats) -> Floats:
        of_true, of_false = in_bins(w_true, w_false)
        with np.errstate(invalid="ignore"):
            return np.asarray(of_true / (of_true + of_false))

    of_true, of_false = in_bins(np.ones(len(true)), np.ones(len(false)))
    sums = [np.bincount(a, v, n_bins) / len(v) for a, v in zip(at, (true, false), strict=True)]
    return Reliability(
        claims.sites.band((sums[0] + sums[1]) / (of_true + of_false), observed),
        tuple(map(int, np.bincount(at[0], minlength=n_bins))),
        tuple(map(int, np.bincount(at[1], minlength=n_bins))),
    )


def _even_edges(true: Floats, false: Floats) -> Floats:
    """Edges of bins of about the same weight, true and false claims counting the same in sum."""
    ranked = RankedScores(true, false)
    masses = ranked.once()
    weight = 0.5 * (masses.true / true.size + masses.false / false.size)
    below = np.cumsum(weight) - weight
    edges, since = [], 0.0
    for at in np.searchsorted(below, np.arange(1, _BINS) / _BINS):
        # Ties are not parted; a bin that they leave nearly empty joins its neighbour.
        if at < below.size and min(below[at] - since, 1.0 - below[at]) >= 0.5 / _BINS:
            edges.append(ranked.levels[at])
            since = below[at]
    return np.array(edges)

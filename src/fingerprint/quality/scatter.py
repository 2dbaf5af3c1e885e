"""Scatter of few measurements, steadied by that of the other analytes."""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import digamma, polygamma

from fingerprint.tables.arrays import Floats

# A variance below this, 0.1 % relative, is that of rounded numbers.
LEAST_VARIANCE = 1e-6
_FEWEST_TO_SHARE = 3


def steadied(variances: Floats, freedom: Floats) -> tuple[Floats, Floats]:
    """Shrink variances of few measurements towards what they have in common.

    The variances are taken to scatter about a common one as scaled inverse chi-square; how widely
    is estimated from the variances themselves (Smyth 2004, *Stat. Appl. Genet. Mol. Biol.* 3:3,
    section 6.2). Analytes that are equally noisy lend each other their degrees of freedom; where
    they differ widely, each keeps its own.

    Parameters
    ----------
    variances
        (analytes,) each from its own measurements.
    freedom
        (analytes,) their degrees of freedom, at least 1.

    Returns
    -------
    variances, freedom
        (analytes,) each after shrinking.
    """
    own = np.maximum(variances, LEAST_VARIANCE)
    if own.size < _FEWEST_TO_SHARE:
        return own, freedom.astype(float)
    common, prior = _prior(own, freedom.astype(float))
    if np.isinf(prior):
        return np.full_like(own, common), np.full_like(own, float(freedom.sum()))
    total = prior + freedom
    # No more than all analytes together have.
    return (prior * common + freedom * own) / total, np.minimum(total, freedom.sum())


def _prior(variances: Floats, freedom: Floats) -> tuple[float, float]:
    """The common variance, and the degrees of freedom that it counts for."""
    logs = np.log(variances) - digamma(freedom / 2) + np.log(freedom / 2)
    excess = float(logs.var(ddof=1) - polygamma(1, freedom / 2).mean())
    if excess <= 0:
        pooled = float(np.sum(freedom * variances) / freedom.sum())
        return pooled, np.inf
    half = _inverse_trigamma(excess)
    return float(np.exp(logs.mean() + digamma(half) - np.log(half))), 2 * half


def _inverse_trigamma(value: float) -> float:
    low, high = min(1e-4, 0.5 / np.sqrt(value)), 2.0 / min(value, 1.0) + 1.0
    return float(brentq(lambda x: float(polygamma(1, x)) - value, low, high))

"""Error rates and information of scores whose truth is known."""

from __future__ import annotations

import numpy as np
from sklearn.isotonic import IsotonicRegression

from fingerprint.tables.arrays import Floats


def false_acceptance(true: Floats, false: Floats, rejection: float) -> float:
    """Share of false claims accepted at the highest threshold that rejects no more true ones.

    A claim is accepted if it scores no lower than the threshold, which is the score of a true
    claim: at most the share asked for, and no more, of the true claims scores lower.

    Parameters
    ----------
    true, false
        Scores of true and of false claims, higher is more alike.
    rejection
        Largest share of true claims that may be rejected.

    Returns
    -------
    float
        NaN if there are no claims of either kind.
    """
    if true.size == 0 or false.size == 0:
        return float("nan")
    threshold = np.sort(true)[min(int(rejection * true.size + 1e-9), true.size - 1)]
    return float((false >= threshold).mean())


def equal_error_rate(true: Floats, false: Floats) -> float:
    """Rate at which as many true claims are rejected as false ones are accepted.

    >>> equal_error_rate(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 0.5, 0.7, 1.5]))
    0.25
    """
    if true.size == 0 or false.size == 0:
        return float("nan")
    thresholds = np.unique(np.concatenate([true, false]))
    rejected = np.searchsorted(np.sort(true), thresholds, side="left") / true.size
    accepted = 1.0 - np.searchsorted(np.sort(false), thresholds, side="left") / false.size
    at = int(np.argmin(np.abs(rejected - accepted)))
    return float(0.5 * (rejected[at] + accepted[at]))


def cllr(true: Floats, false: Floats) -> float:
    """Cost of the log likelihood ratio, in bits: 0 is perfect, 1 is knowing nothing.

    Brümmer & du Preez (2006), Computer Speech and Language 20, 230-275.

    Parameters
    ----------
    true, false
        log10 likelihood ratios of true and of false claims.

    Examples
    --------
    >>> cllr(np.zeros(3), np.zeros(5))
    1.0
    """
    if true.size == 0 or false.size == 0:
        return float("nan")
    ln10, ln2 = np.log(10.0), np.log(2.0)
    missed = np.logaddexp(0.0, -true * ln10).mean()
    believed = np.logaddexp(0.0, false * ln10).mean()
    return float(0.5 * (missed + believed) / ln2)


def cllr_min(true: Floats, false: Floats) -> float:
    """Least Cllr that any monotone calibration of the scores could have (pool adjacent violators).

    Parameters
    ----------
    true, false
        Scores of true and of false claims.
    """
    if true.size == 0 or false.size == 0:
        return float("nan")
    scores = np.concatenate([true, false])
    is_true = np.concatenate([np.ones(true.size), np.zeros(false.size)])
    weights = np.where(is_true == 1.0, 1.0 / true.size, 1.0 / false.size)
    posterior = IsotonicRegression(y_min=0.0, y_max=1.0).fit(scores, is_true, weights)
    p = posterior.predict(scores)
    with np.errstate(divide="ignore"):
        bits = np.where(is_true == 1.0, -np.log2(p), -np.log2(1.0 - p))
    return float(0.5 * (bits * weights).sum())

"""Error rates and information of scores whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

from fingerprint.tables.arrays import Floats, Ints

_LN10, _LN2 = float(np.log(10.0)), float(np.log(2.0))


@dataclass(frozen=True, eq=False)
class Masses:
    """How many true and false claims have each distinct score. All metrics of scores rest on it.

    Parameters
    ----------
    true, false
        (distinct scores,) in the order of rising scores; counts, or weights of claims that count
        more or less often than once.
    """

    true: Floats
    false: Floats

    @property
    def lack_a_kind(self) -> bool:
        """Whether there are no true or no false claims."""
        return not (self.true.sum() > 0 and self.false.sum() > 0)

    def accepted(self, rejections: Floats) -> Floats:
        """Share of false claims accepted where no more true ones are rejected; `false_acceptance`.

        Parameters
        ----------
        rejections
            (points,) largest shares of true claims that may be rejected.
        """
        if self.lack_a_kind:
            return np.full(np.shape(rejections), np.nan)
        at = self._threshold(rejections)
        return np.asarray(1.0 - (np.cumsum(self.false) - self.false)[at] / self.false.sum())

    def _threshold(self, rejections: Floats) -> Ints:
        """(points,) place of the highest score of a true claim that rejects no more."""
        n = self.true.sum()
        rejected = np.minimum(np.floor(rejections * n + 1e-9), n - 1.0)
        return np.asarray(np.searchsorted(np.cumsum(self.true), rejected, side="right"))

    def equal_error_rate(self) -> float:
        """Rate at which as many true claims are rejected as false ones accepted."""
        if self.lack_a_kind:
            return float("nan")
        there = self.true + self.false > 0
        true, false = self.true[there], self.false[there]
        rejected = (np.cumsum(true) - true) / true.sum()
        accepted = 1.0 - (np.cumsum(false) - false) / false.sum()
        at = int(np.argmin(np.abs(rejected - accepted)))
        return float(0.5 * (rejected[at] + accepted[at]))

    def posterior(self) -> Floats:
        """(distinct scores,) pooled posterior at even odds (pool adjacent violators)."""
        true, false = self.true / self.true.sum(), self.false / self.false.sum()
        pooled = isotonic_regression(true / (true + false), weights=true + false)
        return np.clip(pooled.x, 0.0, 1.0)

    def cllr_min(self) -> float:
        """Least Cllr that any monotone calibration of the scores could have."""
        if self.lack_a_kind:
            return float("nan")
        there = self.true + self.false > 0
        kept = Masses(self.true[there], self.false[there])
        posterior = kept.posterior()
        of_true, of_false = kept.true > 0, kept.false > 0
        missed = -(kept.true[of_true] * np.log2(posterior[of_true])).sum() / kept.true.sum()
        believed = -(kept.false[of_false] * np.log2(1.0 - posterior[of_false])).sum()
        # Added to zero: no minus sign where nothing is left.
        return float(0.0 + 0.5 * (missed + believed / kept.false.sum()))

    def auroc(self) -> float:
        """Chance that a true claim scores higher than a false one; a tie counts half."""
        if self.lack_a_kind:
            return float("nan")
        below = np.cumsum(self.false) - 0.5 * self.false
        return float((self.true * below).sum() / (self.true.sum() * self.false.sum()))


class RankedScores:
    """Scores of true and false claims, ranked once, so that claims can be counted anew.

    Parameters
    ----------
    true, false
        (claims,) scores.

    Attributes
    ----------
    levels
        Distinct scores, rising.
    """

    def __init__(self, true: Floats, false: Floats) -> None:
        self.levels, at = np.unique(np.concatenate([true, false]), return_inverse=True)
        self._at_true, self._at_false = at[: true.size], at[true.size :]

    def counted(self, w_true: Floats, w_false: Floats) -> Masses:
        """Count each claim so many times."""
        n = self.levels.size
        masses = (
            np.bincount(at, weights, minlength=n).astype(float)
            for at, weights in ((self._at_true, w_true), (self._at_false, w_false))
        )
        return Masses(*masses)

    def once(self) -> Masses:
        """Count each claim once."""
        return self.counted(np.ones(self._at_true.size), np.ones(self._at_false.size))


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
    return float(RankedScores(true, false).once().accepted(np.array([rejection]))[0])


def equal_error_rate(true: Floats, false: Floats) -> float:
    """Rate at which as many true claims are rejected as false ones are accepted.

    >>> equal_error_rate(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 0.5, 0.7, 1.5]))
    0.25
    """
    return RankedScores(true, false).once().equal_error_rate()


def cllr_min(true: Floats, false: Floats) -> float:
    """Least Cllr that any monotone calibration of the scores could have (pool adjacent violators).

    Parameters
    ----------
    true, false
        Scores of true and of false claims.
    """
    return RankedScores(true, false).once().cllr_min()


def auroc(true: Floats, false: Floats) -> float:
    """Chance that a true claim scores higher than a false one; a tie counts half.

    >>> auroc(np.array([2.0, 3.0]), np.array([1.0, 2.0]))
    0.875
    """
    return RankedScores(true, false).once().auroc()


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
    return cross_entropy(true, false, 0.0)


def cross_entropy(true: Floats, false: Floats, prior_log10_odds: float) -> float:
    """Empirical cross-entropy: bits that the posterior probabilities leave open.

    ``P mean_true log2(1 + 1 / (LR O)) + (1 - P) mean_false log2(1 + LR O)`` with the prior odds O
    and P = O / (1 + O). At even prior odds it is the Cllr. Ramos & Gonzalez-Rodriguez (2013),
    Forensic Science International 230, 156-169.

    Parameters
    ----------
    true, false
        log10 likelihood ratios of true and of false claims.
    prior_log10_odds
        log10 of the odds, before the evidence, that a claim is true.
    """
    if true.size == 0 or false.size == 0:
        return float("nan")
    missed, believed = bits(true, false, prior_log10_odds)
    return float(missed.mean() + believed.mean())


def bits(true: Floats, false: Floats, prior_log10_odds: float) -> tuple[Floats, Floats]:
    """Cost of each true and of each false claim; the sum of the means is the cross-entropy."""
    prior = 1.0 / (1.0 + 10.0**-prior_log10_odds)
    missed = np.logaddexp(0.0, -(true + prior_log10_odds) * _LN10) / _LN2
    believed = np.logaddexp(0.0, (false + prior_log10_odds) * _LN10) / _LN2
    return prior * missed, (1.0 - prior) * believed


def least_possible(true: Floats, false: Floats) -> tuple[Floats, Floats]:
    """log10 LR of true and false claims after the best monotone calibration of their scores.

    Pool adjacent violators; infinite where only true or only false claims were pooled.

    Parameters
    ----------
    true, false
        Scores, at least one of each.
    """
    ranked = RankedScores(true, false)
    p = ranked.once().posterior()
    with np.errstate(divide="ignore"):
        log10_lr = np.log10(p) - np.log10(1.0 - p)
    at_true, at_false = (np.searchsorted(ranked.levels, scores) for scores in (true, false))
    return log10_lr[at_true], log10_lr[at_false]

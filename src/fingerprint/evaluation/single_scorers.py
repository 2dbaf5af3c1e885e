"""Log likelihood ratios of single scorers, each fold calibrated on the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from fingerprint.judgement.facts import Support
from fingerprint.tables.arrays import Bools, Floats, Ints


@dataclass(frozen=True)
class Calibration:
    """Turns a single scorer's score into a bounded log10 LR.

    Parameters
    ----------
    slope, intercept
        Natural logarithm of the odds at even prior odds is linear in the score.
    low, high
        Bounds of log10 LR, see `fingerprint.judgement.facts.Support`.
    """

    slope: float
    intercept: float
    low: float
    high: float

    def log10_lr(self, score: Floats) -> Floats:
        """Calibrated and bounded."""
        odds = self.intercept + self.slope * score
        return np.asarray(np.clip(odds / np.log(10.0), self.low, self.high))


_NO_EVIDENCE = Calibration(0.0, 0.0, 0.0, 0.0)


def calibrations(
    true: tuple[Floats, Bools], false: Sequence[tuple[Floats, Bools]], folds: Ints
) -> dict[int, Calibration]:
    """Calibrate a single scorer for each fold, on the trials of the other folds.

    Unlike the fusion's, the scores that calibrate come from scorers that have seen the fold.

    Parameters
    ----------
    true
        (samples, sites) scores, and which of them are true trials.
    false
        The same of each kind of false trials; all kinds count the same.
    folds
        (samples,).
    """
    by_fold = {}
    for fold in np.unique(folds):
        outside = (folds != fold)[:, None]
        parts = [(scores, mask & outside) for scores, mask in (true, *false)]
        sizes = [int(mask.sum()) for _, mask in parts]
        if not sizes[0] or not sum(sizes[1:]):
            by_fold[int(fold)] = _NO_EVIDENCE  # nothing to learn from
            continue
        scores = np.concatenate([of[mask] for of, mask in parts])
        weight = np.concatenate([np.full(n, 1.0 / max(n, 1)) for n in sizes])
        is_true = np.arange(scores.size) < sizes[0]
        weight[is_true] *= sum(n > 0 for n in sizes[1:])
        learned = LogisticRegression(C=1e4, max_iter=1000)
        learned.fit(scores[:, None], is_true, weight * scores.size / weight.sum())
        n_false = int(np.any([mask.any(axis=1) for _, mask in parts[1:]], axis=0).sum())
        by_fold[int(fold)] = Calibration(
            float(learned.coef_[0, 0]),
            float(learned.intercept_[0]),
            *Support(sizes[0], n_false).bounds,
        )
    return by_fold


def weigh(by_fold: Mapping[int, Calibration], scores: Floats, folds: Ints) -> Floats:
    """(samples, sites) log10 LR of scores, each sample by the calibration of its fold."""
    return np.stack(
        [by_fold[int(fold)].log10_lr(row) for fold, row in zip(folds, scores, strict=True)]
    )

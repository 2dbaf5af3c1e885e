"""Weight of a claim against two alternatives: another known site, and one that is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import expit

from fingerprint.judgement.fusion import Fusion, Plan
from fingerprint.judgement.trials import Trials
from fingerprint.tables.arrays import Bools, Floats

# Whether a sample that is not from the claimed site is from another known one: even odds.
_SHARE = np.array([0.5, 0.5])
# Log odds that move less than this do not move.
_NO_CHANGE = 1e-6


@dataclass(frozen=True, eq=False)
class OpenFusion:
    """Two fusions, each against its own alternative, and their likelihood ratios taken together.

    A likelihood ratio against a mixture of alternatives is the harmonic mean of the ratios against
    each: ``1 / LR = 1/2 / LR_known + 1/2 / LR_unknown``. What speaks against other known sites is
    not what speaks against unknown ones, and the claim is worth no more than the worse of the two
    allows.

    Parameters
    ----------
    known, unknown
        Against samples of other known sites, and of sites that no scorer knows.
    """

    known: Fusion
    unknown: Fusion

    def __post_init__(self) -> None:
        if not all(isinstance(one, Fusion) for one in (self.known, self.unknown)):
            raise ValueError("both alternatives need a fusion")
        if len(self.known.weights) != len(self.unknown.weights):
            raise ValueError("both fusions must take the same features")

    @classmethod
    def of_one(cls, fusion: Fusion) -> Self:
        """Let one fusion serve against either alternative."""
        return cls(fusion, fusion)

    @property
    def n_features(self) -> int:
        """Number of features that a claim has."""
        return len(self.known.weights)

    def score(self, features: Floats) -> Floats:
        """Score claims: natural logarithm of the odds at even prior odds.

        Parameters
        ----------
        features
            (..., features), see `Fusion.score`.

        Returns
        -------
        array
            (...).
        """
        against = -self._against(features) + np.log(_SHARE)
        return np.asarray(-np.logaddexp(against[..., 0], against[..., 1]))

    def parts(self, features: Floats) -> tuple[Floats, float]:
        """Split the score of one claim into what each feature adds, and that of knowing nothing.

        From every feature at its centre to what they are, all grow in step, and each is given what
        the score changes by it on the way (Aumann & Shapley 1974). Both fusions are linear, so a
        feature's part is that in either, weighed by how much the alternative counts on average
        along the way; the split is exact.

        Parameters
        ----------
        features
            (features,).

        Returns
        -------
        array, float
            (features,) contributions, and what stands in any case. They sum to `score`.
        """
        (known, start), (unknown, other) = self.known.parts(features), self.unknown.parts(features)
        odds = np.log(_SHARE[0] / _SHARE[1]) + other - start
        weight = _mean_share(float(odds), float(unknown.sum() - known.sum()))
        nothing = -np.logaddexp(np.log(_SHARE[0]) - start, np.log(_SHARE[1]) - other)
        return weight * known + (1.0 - weight) * unknown, float(nothing)

    def with_unused(self, n_more: int) -> OpenFusion:
        """Return the same fusion for features with more columns, which it leaves unused."""
        return OpenFusion(self.known.with_unused(n_more), self.unknown.with_unused(n_more))

    def _against(self, features: Floats) -> Floats:
        """(..., 2) against each alternative."""
        return np.stack([self.known.score(features), self.unknown.score(features)], axis=-1)


def _mean_share(start: float, change: float) -> float:
    """Mean of 1 / (1 + exp(-x)) as x goes from `start` by `change`."""
    if abs(change) < _NO_CHANGE:
        return float(expit(start))
    return float((np.logaddexp(0.0, start + change) - np.logaddexp(0.0, start)) / change)


def fit_open_fusion(plan: Plan, trials: Trials) -> OpenFusion:
    """Learn a fusion against each alternative, from the true trials and its own false ones.

    Parameters
    ----------
    plan
        How each is learned.
    trials
        True and false trials. Where there are no false ones of a kind, the other kind serves.

    Raises
    ------
    ValueError
        If there are no true or no false trials.
    """
    of_kind = [
        trials.is_true | kind for kind in (~trials.of_unknown_origin, trials.of_unknown_origin)
    ]
    kinds = [chosen for chosen in of_kind if not trials.is_true[chosen].all()]
    fusions = [_fitted(plan, trials, chosen) for chosen in kinds or of_kind]
    return OpenFusion(fusions[0], fusions[-1])


def _fitted(plan: Plan, trials: Trials, chosen: Bools) -> Fusion:
    some = trials.take(chosen)
    return plan.fit(some.features, some.is_true, some.weight)

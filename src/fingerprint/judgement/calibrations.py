"""How scores of more than one sample, or of more than one site, become likelihood ratios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.judgement.conformal import TrueScores
from fingerprint.judgement.fusion import Fusion
from fingerprint.tables.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class Calibrations:
    """What turns fused scores into the logarithm of a likelihood ratio.

    Parameters
    ----------
    far, near
        Against anywhere, and against neighbours.
    """

    far: Fusion
    near: Fusion


@dataclass(frozen=True, eq=False)
class BlendGauge:
    """What the claim that a sample is a blend of named sites is measured by.

    Parameters
    ----------
    calibrations
        From true blends and false claims.
    mixed, one_sided
        Fused scores of true claims, with the fewest reference samples of a named site: on blends
        of two sites, and on samples that come from one of the two alone.
    """

    calibrations: Calibrations
    mixed: TrueScores
    one_sided: TrueScores

    def p_values(self, scores: Floats, n_grains: Ints, n_reference: Ints, alpha: float) -> Floats:
        """P-values of claims: the larger of those among blends and among one-sided samples.

        So the rate of false rejection is kept for either kind. NaN where either is too few.

        Parameters
        ----------
        scores, n_grains, n_reference, alpha
            See `TrueScores.p_values`.
        """
        each = [
            true.p_values(scores, n_grains, n_reference, np.ones(1), alpha)
            for true in (self.mixed, self.one_sided)
        ]
        return np.asarray(np.maximum(*each))

"""How scores of more than one sample, or of more than one site, become likelihood ratios."""

from __future__ import annotations

from dataclasses import dataclass

from fingerprint.judgement.conformal import TrueScores
from fingerprint.judgement.fusion import Fusion


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
    true_scores
        Fused scores of true blends, with the fewest reference samples of a named site.
    """

    calibrations: Calibrations
    true_scores: TrueScores

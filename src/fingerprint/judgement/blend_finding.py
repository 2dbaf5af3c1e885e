"""What is found of one claim that a sample is a blend of named sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.judgement.blends import BlendWeighed, deal, grain_scores, regrouped, weigh_blends
from fingerprint.judgement.calibrations import BlendGauge
from fingerprint.judgement.decide import by_weight
from fingerprint.judgement.model import Model, ends_of
from fingerprint.judgement.policy import Policy
from fingerprint.judgement.verdict import Reason
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats, Ints


@dataclass(frozen=True, eq=False)
class BlendFinding:
    """Numbers of a verdict on a blend, named as in `Verdict`.

    Parameters
    ----------
    shares
        (named sites,) estimated.
    deciding
        What the weight of evidence decides.
    """

    score: float
    log10_lr: float
    log10_lr_low: float
    log10_lr_high: float
    log10_lr_near: float
    p_value: float
    shares: Floats
    deciding: Reason


def weigh_claim_of_blend(model: Model, one: SampleSet, sites: Ints, policy: Policy) -> BlendFinding:
    """Weigh the claim that a sample is a blend.

    Parameters
    ----------
    model
        A trained model that has a gauge for blends.
    one
        A set of one sample with grains.
    sites
        Rows of two or more sites of the model.
    policy
        Thresholds.

    Raises
    ------
    ValueError
        If the model has no gauge for blends.
    """
    gauge = model.blends
    if gauge is None:
        raise ValueError("the model has no gauge for blends")
    dealing = deal(grain_scores(model, one), sites)
    (weighed,) = weigh_blends(model, one, [dealing])
    score = float(weighed.score[0])
    far, near = _log10_lr(model, gauge, sites, weighed.score, weighed.score_near)
    drawn, _ = _log10_lr(model, gauge, sites, *_drawn(model, one, weighed, sites))
    low, high = ends_of(drawn, far[0])
    n_reference = model.sites.n_reference[sites].min(keepdims=True)
    p = gauge.p_values(weighed.score, one.n_grains, n_reference, policy.alpha)
    (deciding,) = by_weight(far, near, p, policy)
    return BlendFinding(
        score,
        float(far[0]),
        float(low),
        float(high),
        float(near[0]),
        float(p[0]),
        dealing.shares,
        Reason.TOO_FEW_TRUE_TRIALS if np.isnan(p[0]) else deciding,
    )


def _log10_lr(
    model: Model, gauge: BlendGauge, sites: Ints, score: Floats, score_near: Floats
) -> tuple[Floats, Floats]:
    far, near = model.log10_lr(score, score_near, gauge.calibrations)
    others = np.array(model.sites.neighbours[sites].any(axis=0))
    others[sites] = False
    # Without a neighbour that is not named there is no nearer alternative than elsewhere.
    return far, near if others.any() else far


def _drawn(
    model: Model, one: SampleSet, weighed: BlendWeighed, sites: Ints
) -> tuple[Floats, Floats]:
    """(draws,) fused scores with the grains of each part drawn anew, dealt as they were."""
    way = weighed.ways[0]
    scores, scores_near = 0.0, 0.0
    for rows, site, share in zip(way.grains, way.sites, way.share, strict=True):
        part = regrouped(one, [rows])
        drawn = model.drawn(part, model.weigh(part).scores[:, 0], str(one.ids[0]))
        hidden = np.tile(sites[sites != site], (len(drawn.score), 1))
        score, score_near = model.without(drawn.scores, hidden)
        scores = scores + share * score[:, site]
        scores_near = scores_near + share * score_near[:, site]
    return np.asarray(scores), np.asarray(scores_near)

"""What a verdict rests on: the share of each scorer, and the analytes for and against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.evidence import KS
from fingerprint.judgement.cohort import PER_SCORER
from fingerprint.judgement.model import Model
from fingerprint.judgement.trials import claim_features
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats, Ints

_LN10 = float(np.log(10.0))
# Other sites that an analyte is weighed against: those that are real alternatives.
_ALTERNATIVES = 5


@dataclass(frozen=True)
class Explanation:
    """What one claim's log10 LR is made of.

    Parameters
    ----------
    scorers
        log10 LR that each scorer contributes; with ``counts`` (grains and reference samples) and
        ``base`` they sum to the calibrated log10 LR before bounds.
    raw_scores
        Each scorer's own score of the claim.
    analytes
        For each measured analyte, by how much the sample's cumulative curve is nearer to the
        claimed site's than to those of the five other sites that are most alike, on average
        (difference of D^4). Positive speaks for the claim, negative against it. Empty if the model
        has no ks scorer.
    """

    scorers: dict[str, float]
    raw_scores: dict[str, float]
    analytes: dict[str, float]


def explain(model: Model, sample: SampleSet, site: int) -> Explanation:
    """Explain the weight of one claim.

    Parameters
    ----------
    model
        A trained model.
    sample
        A set of one sample with at least one grain.
    site
        Row of the claimed site among the model's sites.
    """
    scores = np.stack([scorer.score(sample) for scorer in model.scorers.values()])
    features, _ = claim_features(
        scores, sample.n_grains, model.sites.n_reference, model.sites.neighbours
    )
    names = tuple(model.scorers)
    alike = np.argsort(-model.fusion.score(features[0]), kind="stable")
    alternatives = alike[alike != site][:_ALTERNATIVES]
    return Explanation(
        _shares(model, names, features[0, site], int(model.comparable(sample)[1].sum())),
        {name: float(scores[k, 0, site]) for k, name in enumerate(names)},
        _analytes(model, sample, site, alternatives),
    )


def _shares(
    model: Model, names: tuple[str, ...], features: Floats, n_analytes: int
) -> dict[str, float]:
    """Exact, since fusion and calibration are linear."""
    fusion, calibration = model.fusion, model.calibrations(n_analytes).calibration
    slope = float(calibration.weights[0] / calibration.scale[0]) / _LN10
    each = slope * fusion.weights * np.nan_to_num((features - fusion.centre) / fusion.scale)
    n = len(PER_SCORER)
    shares = {name: float(each[n * k : n * (k + 1)].sum()) for k, name in enumerate(names)}
    shares["counts"] = float(each[n * len(names) :].sum())
    offset = calibration.intercept / _LN10 - slope * float(calibration.centre[0])
    shares["base"] = offset + slope * fusion.intercept
    return shares


def _analytes(model: Model, sample: SampleSet, site: int, alternatives: Ints) -> dict[str, float]:
    ks = model.scorers.get("ks")
    if not isinstance(ks, KS):
        return {}
    distances = ks.distances(sample)
    others = distances[:, alternatives]
    known = np.isfinite(distances[:, site]) & np.isfinite(others).any(axis=1)
    return {
        key: float(np.nanmean(others[j]) - distances[j, site])
        for j, key in enumerate(ks.keys_)
        if known[j]
    }

"""What a verdict rests on: the shares of scorers, of analytes and of grains."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from fingerprint.judgement.cohort import feature_names
from fingerprint.judgement.fusion import Fusion
from fingerprint.judgement.model import Model
from fingerprint.judgement.shapley import Estimate, shapley
from fingerprint.judgement.trials import claim_features
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints

_LN10 = float(np.log(10.0))
# One of more grains than this moves little, and the cost grows with their number.
_MOST_GRAINS = 100
# So many single grains tell what the first one brings; any number would be right on average.
_SINGLE_GRAINS = 10


@dataclass(frozen=True)
class Explanation:
    """What one claim's calibrated log10 LR, before bounds, is made of.

    Parameters
    ----------
    scorers
        log10 LR that each scorer contributes; with ``base`` they sum to the whole. Exact.
    raw_scores
        Each scorer's own score of the claim.
    analytes
        Share of each measured analyte (Shapley value): they sum to what the scorers contribute.
    grains
        Share of each grain (Shapley value), in the order of the sample's grains; empty if there
        are more than 100. They sum to what the scorers contribute. Positive speaks for the claim.
    """

    scorers: dict[str, float]
    raw_scores: dict[str, float]
    analytes: dict[str, Estimate]
    grains: tuple[Estimate, ...]


def explain(model: Model, sample: SampleSet, site: int) -> Explanation:
    """Explain the weight of one claim.

    Analytes and grains are weighed by taking them away: the fused score of what is left, with the
    calibration of the sample as it is. The same model, sample and site give the same numbers.

    Parameters
    ----------
    model
        A trained model.
    sample
        A set of one sample with at least one grain.
    site
        Row of the claimed site among the model's sites.
    """
    scores, features = _features(model, sample, site)
    calibration = model.calibrations(int(model.comparable(sample)[1].sum())).calibration
    players = [key for key in _measured(sample) if key in model.analytes]
    columns = np.array([sample.assay.keys.index(key) for key in players], dtype=np.int64)
    rng = np.random.default_rng([model.provenance.seed, zlib.crc32(str(sample.ids[0]).encode())])
    analytes = shapley(
        lambda kept: _log10_lr(model, calibration, _with_analytes(sample, columns, kept), site),
        len(players),
        rng,
    )
    return Explanation(
        _shares(model, calibration, features[0]),
        {name: float(scores[k, 0, site]) for k, name in enumerate(model.scorers)},
        dict(zip(players, analytes, strict=True)),
        _grains(model, calibration, sample, site, rng),
    )


def _grains(
    model: Model,
    calibration: Fusion,
    sample: SampleSet,
    site: int,
    rng: np.random.Generator,
) -> tuple[Estimate, ...]:
    """Shares of the grains; those of too many are left out.

    The first grain to join brings most, whichever it is. That step is the same for all and is
    shared out evenly, so that chance has no part in who comes first.
    """
    n_grains = sample.assay.n_grains
    if n_grains > _MOST_GRAINS:
        return ()

    def worth(kept: Bools) -> Floats:
        return _log10_lr(model, calibration, _with_grains(sample, kept), site)

    alone = np.eye(n_grains, dtype=bool)[:: -(-n_grains // _SINGLE_GRAINS)]
    step = float(worth(alone).mean() - worth(np.zeros((1, n_grains), dtype=bool))[0])
    shares = shapley(lambda kept: worth(kept) - step * kept.any(axis=1), n_grains, rng)
    return tuple(Estimate(each.value + step / n_grains, each.error) for each in shares)


def _features(model: Model, samples: SampleSet, site: int) -> tuple[Floats, Floats]:
    """(scorers, samples, sites) scores and (samples, features) of the claims on one site."""
    scores = np.stack([scorer.score(samples) for scorer in model.scorers.values()])
    far, _ = claim_features(scores, model.sites.neighbours)
    return scores, far[:, site]


def _log10_lr(model: Model, calibration: Fusion, samples: SampleSet, site: int) -> Floats:
    """(samples,) calibrated, not bounded."""
    _, features = _features(model, samples, site)
    return calibration.score(model.fusion.score(features)[:, None]) / _LN10


def _shares(model: Model, calibration: Fusion, features: Floats) -> dict[str, float]:
    """Exact: the calibration is linear, and a fusion says what each feature adds."""
    slope = float(calibration.weights[0] / calibration.scale[0]) / _LN10
    each, rest = model.fusion.parts(features)
    shares = dict.fromkeys(model.scorers, 0.0)
    for name, value in zip(feature_names(tuple(model.scorers)), slope * each, strict=True):
        shares[name.rsplit(":", 1)[0]] += float(value)
    offset = calibration.intercept / _LN10 - slope * float(calibration.centre[0])
    shares["base"] = offset + slope * rest
    return shares


def _measured(sample: SampleSet) -> list[str]:
    found = np.flatnonzero(sample.assay.measured.any(axis=0))
    return [sample.assay.keys[j] for j in found]


def _with_analytes(sample: SampleSet, columns: Ints, kept: Bools) -> SampleSet:
    """As many copies of the sample as there are rows in `kept`, each with some of its analytes."""
    everything = np.ones((len(kept), sample.assay.n_grains), dtype=bool)
    copies = _with_grains(sample, everything)
    lacking = np.zeros((len(kept), len(sample.assay.keys)), dtype=bool)
    lacking[:, columns] = ~kept
    return replace(copies, assay=copies.assay.without(lacking[copies.grain_sample]))


def _with_grains(sample: SampleSet, kept: Bools) -> SampleSet:
    """As many copies of the sample as there are rows in `kept`, each with some of its grains."""
    copy, grain = np.nonzero(kept)
    facts = pd.DataFrame(index=pd.RangeIndex(len(kept)).astype(str))
    return SampleSet(sample.assay.take(grain), facts, copy.astype(np.int64))

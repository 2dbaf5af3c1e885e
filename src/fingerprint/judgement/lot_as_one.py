"""A lot in the place of one sample: its calibration, its grains, what its evidence is made of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fingerprint.judgement.calibrations import Calibrations
from fingerprint.judgement.explain import Explanation, explain
from fingerprint.judgement.fusion import Fusion
from fingerprint.judgement.model import Model
from fingerprint.judgement.shapley import Estimate
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats

_LN10 = float(np.log(10.0))


def calibrations_of_lot(model: Model, n_samples: int, n_analytes: int) -> Calibrations:
    """Return what calibrates a lot of so many samples that have so many analytes in common.

    Where the library had too few lots of that size to calibrate by, that of smaller ones, in the
    end that of single samples, whose evidence is weaker. Lots on fewer analytes were not tried:
    they have the calibration of single samples on as many.
    """
    single = model.calibrations(n_analytes)
    n_sizes = min(n_samples - 1, len(model.lots))
    if n_sizes < 1 or single.n_analytes < len(model.analytes):
        return single.single
    return model.lots[n_sizes - 1]


def pool(samples: SampleSet, name: str) -> SampleSet:
    """Return the grains of samples as one sample, for what is shown of a lot as a whole.

    Parameters
    ----------
    samples
        At least one.
    name
        What the one is called.
    """
    facts = {
        str(column): ["; ".join(sorted({t for t in samples.facts[column] if t}))]
        for column in samples.facts.columns
    }
    return SampleSet(
        samples.assay,
        pd.DataFrame(facts, index=pd.Index([name], name="sample"), dtype=object),
        np.zeros(samples.assay.n_grains, dtype=np.int64),
        reference_materials=samples.reference_materials,
    )


def explain_lot(model: Model, samples: SampleSet, site: int) -> Explanation:
    """Explain the weight of one claim on a lot.

    The lot's score is the mean of its samples' scores, so its shares are theirs, divided by the
    number of samples, in the calibration of the lot.

    Parameters
    ----------
    model
        A trained model.
    samples
        Those that the lot is judged by, each with grains.
    site
        Row of the claimed site among the model's sites.
    """
    each = [explain(model, samples.take(np.array([i])), site) for i in range(len(samples))]
    if len(each) == 1:
        return each[0]
    fine = model.comparable(samples)[1]
    of_lot = calibrations_of_lot(model, len(each), int(fine.all(axis=0).sum())).far
    single = [model.calibrations(int(n)).calibration for n in fine.sum(axis=1)]
    ratio = np.array([_slope(of_lot) / _slope(one) for one in single])
    scorers = _mean([e.scorers for e in each], ratio)
    at_zero = np.array([_at_zero(one) for one in single])
    scorers["base"] += (_at_zero(of_lot) - float((ratio * at_zero).mean())) / _LN10
    return Explanation(
        scorers,
        _mean([e.raw_scores for e in each], np.ones(len(each))),
        _of_all([e.analytes for e in each], ratio),
        _grains(each, ratio),
    )


def _mean(parts: list[dict[str, float]], ratio: Floats) -> dict[str, float]:
    return {
        name: float(np.mean([k * part[name] for k, part in zip(ratio, parts, strict=True)]))
        for name in parts[0]
    }


def _of_all(parts: list[dict[str, Estimate]], ratio: Floats) -> dict[str, Estimate]:
    """Means over the samples; an analyte that one of them lacks has no share in it."""
    found = {}
    for key in dict.fromkeys(key for part in parts for key in part):
        of_key = [(k, part[key]) for k, part in zip(ratio, parts, strict=True) if key in part]
        value = sum(k * share.value for k, share in of_key)
        error = np.sqrt(sum((k * share.error) ** 2 for k, share in of_key))
        found[key] = Estimate(float(value / len(parts)), float(error / len(parts)))
    return found


def _grains(each: list[Explanation], ratio: Floats) -> tuple[Estimate, ...]:
    """Shares of all grains, sample by sample; none if one of the samples has too many."""
    if not all(e.grains for e in each):
        return ()
    by = ratio / len(each)
    return tuple(
        Estimate(float(k * share.value), float(k * share.error))
        for k, e in zip(by, each, strict=True)
        for share in e.grains
    )


def _slope(calibration: Fusion) -> float:
    return float(calibration.weights[0] / calibration.scale[0])


def _at_zero(calibration: Fusion) -> float:
    return float(calibration.intercept - _slope(calibration) * calibration.centre[0])

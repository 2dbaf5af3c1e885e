"""A lot in the place of one sample: its calibration, its grains, what its evidence is made of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from fingerprint.judgement.calibrations import Calibrations
from fingerprint.judgement.explain import Explanation, explain
from fingerprint.judgement.fusion import Fusion
from fingerprint.judgement.model import Model
from fingerprint.tables import SampleSet

_LN10 = float(np.log(10.0))


def calibrations_of_lot(model: Model, n_samples: int) -> Calibrations:
    """Return what calibrates a lot of so many samples.

    Where the library had too few lots of that size to calibrate by, that of smaller ones, in the
    end that of single samples, whose evidence is weaker.
    """
    n_sizes = min(n_samples - 1, len(model.lots))
    if n_sizes < 1:
        return Calibrations(model.calibration, model.calibration_near)
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

    Shares of scorers are means over the samples, in the calibration of the lot; analytes are those
    of all grains together.

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
    single, of_lot = model.calibration, calibrations_of_lot(model, len(each)).far
    ratio = _slope(of_lot) / _slope(single)
    shares = _mean([e.scorers for e in each])
    offset = (_at_zero(of_lot) - ratio * _at_zero(single)) / _LN10
    scaled = {name: ratio * share for name, share in shares.items()}
    scaled["base"] += offset
    pooled = explain(model, pool(samples, "lot"), site)
    return Explanation(scaled, _mean([e.raw_scores for e in each]), pooled.analytes)


def _mean(parts: list[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([part[name] for part in parts])) for name in parts[0]}


def _slope(calibration: Fusion) -> float:
    return float(calibration.weights[0] / calibration.scale[0])


def _at_zero(calibration: Fusion) -> float:
    return float(calibration.intercept - _slope(calibration) * calibration.centre[0])

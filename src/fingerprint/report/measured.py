"""What was measured in the sample, and what was not."""

from __future__ import annotations

from collections import Counter

import numpy as np

from fingerprint.chemistry import Analyte
from fingerprint.judgement import Explanation, Model
from fingerprint.judgement.shapley import Estimate
from fingerprint.report.contents import AnalyteRow, GrainShare, Measured, Number
from fingerprint.tables import SampleSet

# Facts of a sample that a reader asks for, in the words to show them under.
_FACTS = {
    "lot": "Lot",
    "laboratory": "Laboratory",
    "session": "Session",
    "method": "Method",
    "collected_on": "Collected on",
    "country": "Country",
}


def measured(
    model: Model,
    samples: SampleSet,
    row: int,
    sample: SampleSet | None,
    explanation: Explanation | None,
) -> Measured:
    """Say what was measured.

    Parameters
    ----------
    model
        A trained model.
    samples, row
        The samples, and which of them it is about.
    sample
        The set of that sample alone, None if it has no grains.
    explanation
        Its explanation, if there is one.
    """
    facts = [(word, str(samples.fact(name)[row])) for name, word in _FACTS.items()]
    given = tuple((word, text) for word, text in facts if text)
    if sample is None:
        return Measured((), model.analytes, (), given)
    shares = explanation.analytes if explanation else {}
    rows = {a.key: _row(sample, j, a, shares) for j, a in enumerate(sample.assay.analytes)}
    has = [key for key in model.analytes if key in rows and rows[key].n_measured > 0]
    return Measured(
        tuple(rows[key] for key in has),
        tuple(key for key in model.analytes if key not in has),
        tuple(key for key in sample.assay.keys if key not in model.analytes),
        (*given, *_minerals(sample)),
        _grains(sample, explanation),
    )


def finite(value: float | None) -> Number:
    """Return the number, or None for one that is not known, not a number or infinite."""
    return float(value) if value is not None and np.isfinite(value) else None


def _row(sample: SampleSet, j: int, analyte: Analyte, shares: dict[str, Estimate]) -> AnalyteRow:
    assay, share = sample.assay, shares.get(analyte.key)
    censored = assay.censored[:, j]
    return AnalyteRow(
        analyte.key,
        analyte.quantity,
        int(assay.measured[:, j].sum()),
        int(censored.sum()),
        float(assay.limits[censored, j].max()) if censored.any() else None,
        finite(share.value) if share else None,
        finite(share.error) if share else None,
    )


def _grains(sample: SampleSet, explanation: Explanation | None) -> tuple[GrainShare, ...]:
    names = [str(name) or str(i + 1) for i, name in enumerate(sample.assay.fact("grain"))]
    of_sample = sample.assay.fact("sample")
    if len(set(of_sample)) > 1:
        names = [f"{one} {name}" for one, name in zip(of_sample, names, strict=True)]
    shares = explanation.grains if explanation else ()
    return tuple(
        GrainShare(name, finite(share.value), finite(share.error))
        for name, share in zip(names, shares, strict=False)
    )


def _minerals(sample: SampleSet) -> tuple[tuple[str, str], ...]:
    phases = Counter(str(mineral) for mineral in sample.assay.fact("mineral") if mineral)
    text = ", ".join(f"{name} ({n})" for name, n in sorted(phases.items()))
    return (("Minerals (grains)", text),) if text else ()

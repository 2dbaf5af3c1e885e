"""The tables of two sets of samples, stacked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from fingerprint.errors import InputError
from fingerprint.intake import concatenate
from fingerprint.tables import Ages, Assay, Mineralogy, SampleSet
from fingerprint.tables.arrays import Texts


def joined_samples(first: SampleSet, second: SampleSet) -> SampleSet:
    """Stack all tables of two sets of samples that share no sample.

    A table may be missing from either; what only one has is kept as it is.

    Parameters
    ----------
    first, second
        The samples.

    Raises
    ------
    InputError
        If their mineralogies do not fit together.
    """
    facts = pd.concat(
        [samples.facts.reset_index().astype(object) for samples in (first, second)],
        ignore_index=True,
    ).fillna("")
    joined = SampleSet.from_tables(
        concatenate([first.assay, second.assay]),
        _joined_mineralogy(first.mineralogy, second.mineralogy),
        _joined_ages(first.ages, second.ages),
        facts,
    )
    return replace(joined, reference_materials=joined_materials(first, second))


def joined_materials(first: SampleSet, second: SampleSet) -> Assay | None:
    """Stack the measurements of reference materials, each once.

    A session's standards are often handed in with each of its batches of samples: a row of the
    second that is in all as one of the first is the same measurement.

    Parameters
    ----------
    first, second
        The samples that the materials were measured with.
    """
    one, other = first.reference_materials, second.reference_materials
    if one is None or other is None:
        return one or other
    both = concatenate([one, other])
    rows = _rows(both)
    known = set(rows[: one.n_grains])
    new = [i for i in range(one.n_grains, both.n_grains) if rows[i] not in known]
    return both.take(np.array([*range(one.n_grains), *new], dtype=np.int64))


def _rows(assay: Assay) -> list[tuple[str, bytes]]:
    """Everything that a row says, so that rows can be compared."""
    texts = assay.facts.astype(str).agg("\x1f".join, axis=1)
    numbers = np.column_stack([assay.values, assay.limits, assay.censored])
    numbers[np.isnan(numbers)] = np.nan  # one of the many forms of NaN
    return [(text, row.tobytes()) for text, row in zip(texts, numbers, strict=True)]


def _joined_mineralogy(first: Mineralogy | None, second: Mineralogy | None) -> Mineralogy | None:
    if first is None or second is None:
        return first or second
    if first.unit != second.unit or set(first.minerals) != set(second.minerals):
        raise InputError(
            "the mineralogy has other minerals or another unit than the library's",
            "Give the same minerals, all in the unit of the library; 0 for one that was not found.",
        )
    order = [second.minerals.index(mineral) for mineral in first.minerals]
    return Mineralogy(
        _stacked(first.samples, second.samples),
        first.minerals,
        first.unit,
        np.concatenate([first.abundances, second.abundances[:, order]]),
    )


def _joined_ages(first: Ages | None, second: Ages | None) -> Ages | None:
    if first is None or second is None:
        return first or second
    return Ages(
        _stacked(first.samples, second.samples),
        np.concatenate([first.ages_ma, second.ages_ma]),
        np.concatenate([first.standard_errors_ma, second.standard_errors_ma]),
        _joined_minerals(first, second),
    )


def _joined_minerals(first: Ages, second: Ages) -> Texts | None:
    if first.minerals is None and second.minerals is None:
        return None
    return _stacked(*(_minerals(ages) for ages in (first, second)))


def _minerals(ages: Ages) -> Texts:
    return np.full(len(ages.samples), "") if ages.minerals is None else ages.minerals


def _stacked(first: Texts, second: Texts) -> Texts:
    return np.concatenate([first, second]).astype(object)

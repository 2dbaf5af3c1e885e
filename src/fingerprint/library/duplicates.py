"""Grains and samples that stand twice in a table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from fingerprint.tables import Assay, SampleSet
from fingerprint.tables.arrays import Bools, Ints

# Fewer may well be equal by chance: instruments write two or three digits.
_LEAST_EQUAL = 3
_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Duplicates:
    """What stands twice.

    Parameters
    ----------
    grains
        Grains whose measurements all equal those of an earlier grain, three or more of them above
        detection.
    grains_across_samples
        Those of them that equal a grain of another sample.
    samples
        Groups of samples under different names whose grains are all the same.
    """

    grains: int
    grains_across_samples: int
    samples: tuple[tuple[str, ...], ...]


def find_duplicates(samples: SampleSet) -> Duplicates:
    """Find grains and samples that stand twice.

    Parameters
    ----------
    samples
        In their canonical order, as `SampleSet.from_tables` leaves them.
    """
    repeated, first = repeats(samples.assay)
    sample = samples.grain_sample
    across = repeated & (sample != sample[first])
    hashes = hashes_of(samples.assay)
    return Duplicates(int(repeated.sum()), int(across.sum()), _same_samples(samples, hashes))


def repeats(assay: Assay) -> tuple[Bools, Ints]:
    """Find grains that are measured exactly like an earlier one.

    Parameters
    ----------
    assay
        Of grains in any order.

    Returns
    -------
    repeated
        (grains,) True where all measurements are those of an earlier grain, and three or more of
        them lie above detection.
    first
        (grains,) the first grain that is measured so, which may be the grain itself.
    """
    _, first, code = np.unique(hashes_of(assay), return_index=True, return_inverse=True)
    quantified = (assay.measured & ~assay.censored).sum(axis=1) >= _LEAST_EQUAL
    return quantified & (first[code] != np.arange(len(code))), first[code]


def hashes_of(assay: Assay) -> Ints:
    """(grains,) equal where all measurements of two grains are equal."""
    parts = []
    for start in range(0, assay.n_grains, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        values = assay.values[rows]
        # One bit pattern for all that is not measured, and for zero.
        values = np.where(np.isnan(values), np.nan, values) + 0.0
        block = np.column_stack([values, assay.censored[rows]])
        parts.append(np.array([hash(row.tobytes()) for row in block], dtype=np.int64))
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)


def _same_samples(samples: SampleSet, hashes: Ints) -> tuple[tuple[str, ...], ...]:
    starts = np.searchsorted(samples.grain_sample, np.arange(len(samples) + 1))
    groups: dict[bytes, list[str]] = defaultdict(list)
    for i, name in enumerate(samples.ids):
        grains = np.sort(hashes[starts[i] : starts[i + 1]])
        if grains.size:
            groups[grains.tobytes()].append(str(name))
    return tuple(tuple(names) for names in groups.values() if len(names) > 1)

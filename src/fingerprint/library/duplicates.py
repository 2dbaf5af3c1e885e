"""Grains and samples that stand twice in a table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from fingerprint.tables import Assay, SampleSet
from fingerprint.tables.arrays import Ints

_ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Duplicates:
    """What stands twice.

    Parameters
    ----------
    grains
        Grains whose measurements all equal those of an earlier grain.
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
    hashes = _hashes(samples.assay)
    measured = samples.assay.measured.any(axis=1)
    _, first, code = np.unique(hashes, return_index=True, return_inverse=True)
    repeated = measured & (first[code] != np.arange(len(code)))
    sample = samples.grain_sample
    across = repeated & (sample != sample[first[code]])
    return Duplicates(int(repeated.sum()), int(across.sum()), _same_samples(samples, hashes))


def _hashes(assay: Assay) -> Ints:
    """(grains,) equal where all measurements of two grains are equal."""
    parts = []
    for start in range(0, assay.n_grains, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        values = assay.values[rows]
        # One bit pattern for all that is not measured, and for zero.
        values = np.where(np.isnan(values), np.nan, values) + 0.0
        block = np.column_stack([values, assay.censored[rows]])
        parts.append(np.array([hash(row.tobytes()) for row in block], dtype=np.int64))
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _same_samples(samples: SampleSet, hashes: Ints) -> tuple[tuple[str, ...], ...]:
    starts = np.searchsorted(samples.grain_sample, np.arange(len(samples) + 1))
    groups: dict[bytes, list[str]] = defaultdict(list)
    for i, name in enumerate(samples.ids):
        grains = np.sort(hashes[starts[i] : starts[i + 1]])
        if grains.size:
            groups[grains.tobytes()].append(str(name))
    return tuple(tuple(names) for names in groups.values() if len(names) > 1)

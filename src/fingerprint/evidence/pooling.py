"""From grains to the sample, and samples that were measured for the same analytes together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints


def mean_over_grains(values: Floats, known: Floats, grain_sample: Ints, n_samples: int) -> Floats:
    """(samples, sites) mean over each sample's grains; NaN for a sample without a known grain.

    Parameters
    ----------
    values
        (grains, sites), 0 where not known.
    known
        (grains,) 1 for a grain that has any analyte, else 0.
    grain_sample
        (grains,) sample of each.
    n_samples
        Number of samples.
    """
    totals = np.stack([np.bincount(grain_sample, c, n_samples) for c in values.T], axis=1)
    # Without grains numpy counts in whole numbers, which hold no NaN.
    counts = np.bincount(grain_sample, known, n_samples).astype(float)
    counts[counts == 0] = np.nan
    return np.asarray(totals / counts[:, None])


def mean_over_drawn(values: Floats, known: Floats, counts: Floats) -> Floats:
    """(draws, sites) mean over the grains of one sample, each as often as it was drawn.

    Parameters
    ----------
    values
        (n, sites), 0 where not known.
    known
        (n,) 1 for a grain that has any analyte, else 0.
    counts
        (draws, n).
    """
    total = counts @ known
    total[total == 0] = np.nan
    return np.asarray(counts @ values / total[:, None])


def seen_analytes(z: Floats, samples: SampleSet) -> Bools:
    """(samples, analytes) whether any grain of a sample was measured for an analyte."""
    seen = np.zeros((len(samples), z.shape[1]), dtype=bool)
    np.logical_or.at(seen, samples.grain_sample, np.isfinite(z))
    return seen


def alike(kinds: Ints | Bools) -> Iterator[tuple[np.ndarray, Ints]]:
    """Yield each distinct row, and the rows that are equal to it.

    Parameters
    ----------
    kinds
        (samples or grains, ...) what they must share to be scored together.
    """
    distinct, which = np.unique(kinds, axis=0, return_inverse=True)
    for k, kind in enumerate(distinct):
        yield kind, np.flatnonzero(which.ravel() == k)


def in_turn(bounds: Ints, most: int) -> Iterator[tuple[int, int]]:
    """Yield the first sample and the end of runs of samples with so many grains at most.

    Parameters
    ----------
    bounds
        (samples + 1,) where the grains of each sample begin and end.
    most
        Number of grains. A sample with more is a run of its own.
    """
    first = 0
    while first < bounds.size - 1:
        end = int(np.searchsorted(bounds, bounds[first] + most, side="right")) - 1
        end = max(end, first + 1)
        yield first, end
        first = end

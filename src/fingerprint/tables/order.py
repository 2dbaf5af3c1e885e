"""One order of grains, whatever the order of rows and columns in a file."""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from fingerprint.tables.arrays import Floats, Ints
from fingerprint.tables.assay import Assay

# Odd multiplier of Fibonacci hashing; any would do, but it must never change: hashes of libraries
# rest on the order.
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(32)


def canonical_order(assay: Assay, sample: Ints) -> Ints:
    """Order grains by sample, then by a mark of what was measured, then by a mark of their texts.

    Texts come last so that a model does not change with a label. Two grains that share both marks
    are alike in every cell, so that it does not matter which comes first. The order of some grains
    does not depend on which others there are.

    Parameters
    ----------
    assay
        The grains.
    sample
        (grains,) sample of each grain.

    Returns
    -------
    array
        (grains,) rows of the assay.
    """
    return np.lexsort([_text_marks(assay), _cell_marks(assay), sample]).astype(np.int64)


def _cell_marks(assay: Assay) -> NDArray[np.uint64]:
    """(grains,) 64 bits made of everything that was measured on a grain."""
    marks = np.zeros(assay.n_grains, dtype=np.uint64)
    for j in np.argsort(assay.keys):
        for array in (assay.values, assay.limits, assay.standard_errors):
            if array is not None:
                _mix(marks, _bits(array[:, j]))
        _mix(marks, assay.censored[:, j].astype(np.uint64))
    return marks


def _text_marks(assay: Assay) -> NDArray[np.uint64]:
    """(grains,) 64 bits made of every text of a grain."""
    marks = np.zeros(assay.n_grains, dtype=np.uint64)
    for name in sorted(assay.facts.columns):
        codes, texts = pd.factorize(assay.fact(name))
        words = np.array([zlib.crc32(str(text).encode()) for text in texts], dtype=np.uint64)
        _mix(marks, words[codes])
    return marks


def _bits(column: Floats) -> NDArray[np.uint64]:
    """The bits of numbers; NaN and zero have more than one form and get one."""
    plain = np.where(np.isnan(column), np.inf, column) + 0.0
    return np.ascontiguousarray(plain).view(np.uint64)


def _mix(marks: NDArray[np.uint64], bits: NDArray[np.uint64]) -> None:
    marks ^= bits
    marks *= _MULTIPLIER
    marks ^= marks >> _SHIFT

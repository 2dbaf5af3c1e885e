"""Which analytes of a library its samples can be compared by."""

from __future__ import annotations

import numpy as np

from fingerprint.library.reference import Library
from fingerprint.tables.arrays import Ints

# An analyte measured in a smaller share of the grains would compare few sites with few.
LEAST_MEASURED = 0.8


def comparable_analytes(library: Library) -> Ints:
    """Choose the analytes that most grains were measured for and that vary above detection.

    Parameters
    ----------
    library
        Any library.

    Returns
    -------
    array
        (chosen,) columns of the assay, in the order of their names, so that the order of columns in
        a file leaves no trace; empty if there is none.
    """
    assay = library.samples.assay
    if assay.n_grains == 0:
        return np.zeros(0, dtype=np.int64)
    found = np.where(assay.censored, np.nan, assay.values)
    least = np.where(np.isnan(found), np.inf, found).min(axis=0)
    most = np.where(np.isnan(found), -np.inf, found).max(axis=0)
    telling = (assay.measured.mean(axis=0) >= LEAST_MEASURED) & (least < most)
    by_name = np.argsort(assay.keys)
    return np.asarray(by_name[telling[by_name]])

"""Splits by sample. There is no other way to split: grains of one sample stay together."""

from __future__ import annotations

import numpy as np

from fingerprint.errors import InputError
from fingerprint.library import Library
from fingerprint.tables.arrays import Ints


def sample_folds(library: Library, n_folds: int, seed: int) -> Ints:
    """Deal the samples of a library into folds, those of each site as evenly as can be.

    Parameters
    ----------
    library
        Reference samples.
    n_folds
        Number of folds, at least 2.
    seed
        Seed of the shuffle.

    Returns
    -------
    array
        (samples,) fold of each sample, 0 to n_folds - 1.

    Raises
    ------
    InputError
        If there are fewer samples than folds, or fewer than 2 folds.
    """
    if not 2 <= n_folds <= len(library):
        raise InputError(
            f"cannot split {len(library)} samples into {n_folds} folds",
            f"Choose between 2 and {len(library)} folds.",
        )
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(library))
    by_site = shuffled[np.argsort(library.sample_site[shuffled], kind="stable")]
    # Dealing on from site to site keeps the folds even in size as well.
    folds = np.empty(len(library), dtype=np.int64)
    folds[by_site] = np.arange(len(library)) % n_folds
    return folds

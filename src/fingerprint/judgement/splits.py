"""Splits by sample or by groups of whole samples: grains of one sample stay together."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fingerprint.errors import InputError
from fingerprint.library import Library
from fingerprint.tables.arrays import Ints, Texts


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


def value_folds(values: Texts, n_folds: int, seed: int) -> Ints:
    """Deal samples into folds so that none shares a value with another fold.

    Whole groups are dealt, the largest first, each to the fold that is smallest so far.

    Parameters
    ----------
    values
        (samples,) such as the publication of each sample; several separated by ``"; "`` tie their
        groups together, and a sample without any is a group of its own.
    n_folds
        Number of folds, at least 2.
    seed
        Seed of the order among groups of one size.

    Returns
    -------
    array
        (samples,) fold of each sample, 0 to n_folds - 1.

    Raises
    ------
    InputError
        If there are fewer groups than folds, or fewer than 2 folds.
    """
    group = tied_groups(values)
    size = np.bincount(group)
    if not 2 <= n_folds <= size.size:
        raise InputError(
            f"cannot split {size.size} groups of samples into {n_folds} folds",
            f"Choose between 2 and {size.size} folds, or another column.",
        )
    shuffled = np.random.default_rng(seed).permutation(size.size)
    fold_of, filled = np.empty(size.size, dtype=np.int64), np.zeros(n_folds)
    for one in shuffled[np.argsort(-size[shuffled], kind="stable")]:
        fold_of[one] = np.argmin(filled)
        filled[fold_of[one]] += size[one]
    return fold_of[group]


def tied_groups(texts: Texts) -> Ints:
    """(samples,) number of the group of each, 0 up: samples that values tie together.

    Parameters
    ----------
    texts
        (samples,) see `value_folds`.
    """
    values = [[part for part in text.split("; ") if part] for text in texts]
    code = {text: i for i, text in enumerate(sorted({v for each in values for v in each}))}
    rows = [i for i, each in enumerate(values) for _ in each]
    columns = [len(values) + code[v] for each in values for v in each]
    n = len(values) + len(code)
    ties = coo_array((np.ones(len(rows)), (rows, columns)), shape=(n, n))
    _, label = connected_components(ties, directed=False)
    _, group = np.unique(label[: len(values)], return_inverse=True)
    return np.asarray(group, dtype=np.int64)

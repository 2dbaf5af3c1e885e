"""Which sites are neighbours: where laundered ore most likely comes from."""

from __future__ import annotations

import numpy as np

from fingerprint.judgement.crossfit import CrossScores
from fingerprint.library import Library
from fingerprint.tables.arrays import Bools, Floats

DEFAULT_COLUMN = "district"
_N_MOST_ALIKE = 5


def neighbours(library: Library, column: str | None, alike: CrossScores) -> Bools:
    """Say which sites are neighbours of which.

    Parameters
    ----------
    library
        Reference samples.
    column
        Sites that share a value of it are neighbours. None: ``district`` if the library has it,
        else the five most alike sites.
    alike
        Out-of-fold scores, of which the first scorer's are used to find the most alike sites.

    Returns
    -------
    array
        (sites, sites) row: site, column: True for its neighbours; False on the diagonal.

    Raises
    ------
    InputError
        If the library has no such column.
    """
    if column is None and not any(library.samples.fact(DEFAULT_COLUMN) != ""):
        return _most_alike(_mean_scores(library, alike.scores[0]))
    return sharing(library, column or DEFAULT_COLUMN)


def sharing(library: Library, column: str) -> Bools:
    """(sites, sites) True where two sites share a value of a column; False on the diagonal.

    Raises
    ------
    InputError
        If the library has no such column.
    """
    values = library.values_of_sites(column)
    shared = np.array([[bool(a & b) for b in values] for a in values])
    np.fill_diagonal(shared, False)
    return shared


def _mean_scores(library: Library, scores: Floats) -> Floats:
    """(sites, sites) mean score of the row's samples against the column's site, symmetric."""
    known = np.isfinite(scores)
    totals = np.zeros((len(library.sites), len(library.sites)))
    counts = np.zeros_like(totals)
    np.add.at(totals, library.sample_site, np.where(known, scores, 0.0))
    np.add.at(counts, library.sample_site, known)
    lowest = scores[known].min()
    mean = np.where(counts > 0, totals / np.maximum(counts, 1), lowest)
    return 0.5 * (mean + mean.T)


def _most_alike(alikeness: Floats) -> Bools:
    ranked = alikeness.copy()
    np.fill_diagonal(ranked, -np.inf)
    n = min(_N_MOST_ALIKE, len(ranked) - 1)
    chosen = np.argsort(-ranked, axis=1, kind="stable")[:, :n]
    near = np.zeros(ranked.shape, dtype=bool)
    np.put_along_axis(near, chosen, True, axis=1)
    return near

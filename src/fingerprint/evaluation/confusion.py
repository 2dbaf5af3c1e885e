"""Which district is taken for which: a closed-set table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.evaluation.bootstrap import Figure, mean_of
from fingerprint.evaluation.held_out import HeldOut
from fingerprint.evaluation.rows import best_site
from fingerprint.judgement.neighbours import DEFAULT_COLUMN, sharing
from fingerprint.library import Library
from fingerprint.tables.arrays import Ints


@dataclass(frozen=True)
class Confusion:
    """Samples of known sites, by their own district and that of the site that scores highest.

    Parameters
    ----------
    column
        What makes a district, such as ``district`` or ``reference``.
    names
        Districts that any of the samples came from or was taken for, sorted.
    counts
        counts[i][j]: samples of district i whose best site lies in district j.
    accuracy
        Share of samples whose best site is their own or shares a district with it.
    """

    column: str
    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    accuracy: Figure

    def __post_init__(self) -> None:
        if {len(self.counts), *map(len, self.counts)} != {len(self.names)}:
            raise ValueError("a confusion has a row and a column for each name")


def confusion(library: Library, held_out: HeldOut, near: str | None) -> Confusion | None:
    """Count which district is taken for which by the fusion.

    Parameters
    ----------
    library, held_out
        Reference samples and their held-out claims.
    near
        Column that makes districts; None: ``district``.

    Returns
    -------
    Confusion or None
        None if the library has no such column or no site is known by two samples.
    """
    column = near or DEFAULT_COLUMN
    rows, best = best_site(held_out, held_out.score)
    if not any(library.samples.fact(column) != "") or not rows.size:
        return None
    # A site of two districts is one of its own; one without any stands alone under its name.
    district = np.array(
        [
            "; ".join(sorted(values)) or str(site)
            for site, values in zip(library.sites, library.values_of_sites(column), strict=True)
        ]
    )
    own, taken_for = district[library.sample_site[rows]], district[best]
    alike = sharing(library, column) | np.eye(len(library.sites), dtype=bool)
    right = mean_of(alike[library.sample_site[rows], best].astype(float), library.sample_site[rows])
    names = np.unique(np.concatenate([own, taken_for]))
    counts = _counts(np.searchsorted(names, own), np.searchsorted(names, taken_for), len(names))
    return Confusion(column, tuple(map(str, names)), counts, right)


def _counts(own: Ints, taken_for: Ints, n: int) -> tuple[tuple[int, ...], ...]:
    table = np.zeros((n, n), dtype=np.int64)
    np.add.at(table, (own, taken_for), 1)
    return tuple(tuple(map(int, row)) for row in table)

"""Grains of one sample in one laboratory or session: what can be compared at the same site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from fingerprint.evidence.features import LogTable, log_table
from fingerprint.library import Library
from fingerprint.tables.arrays import Floats, Ints, Texts


@dataclass(frozen=True, eq=False)
class Units:
    """Units: the grains of one sample that belong to one group.

    Parameters
    ----------
    groups
        (groups,) names, sorted; ``""``: units of which the group is not given. They are no group
        to be tested, but among the others that each group is compared with.
    group, site, sample
        (units,) row of each.
    keys
        (analytes,).
    medians
        (units, analytes) log10 medians; NaN where not measured, or where the median lies below a
        detection limit of the unit: it is then no number.
    """

    groups: Texts
    group: Ints
    site: Ints
    sample: Ints
    keys: tuple[str, ...]
    medians: Floats

    @property
    def tested(self) -> Ints:
        """Named groups to compare with the others: of two groups, the one with fewer units."""
        named = np.flatnonzero(self.groups != "").astype(np.int64)
        counts = np.bincount(self.group, minlength=len(self.groups))
        if counts.size == 2 == named.size:
            return np.array([int(np.argmin(counts))], dtype=np.int64)
        return named

    @classmethod
    def of(cls, library: Library, labels: Texts) -> Self:
        """Make units of all grains.

        Parameters
        ----------
        library
            The library.
        labels
            (grains,) group of each grain, ``""`` where not given.
        """
        keys = library.samples.assay.keys
        table = log_table(library.samples.assay, keys)
        groups, group = np.unique(labels.astype(str), return_inverse=True)
        sample = library.samples.grain_sample
        code, unit = np.unique(sample * max(groups.size, 1) + group, return_inverse=True)
        of_sample = code // max(groups.size, 1)
        return cls(
            groups.astype(object),
            (code % max(groups.size, 1)).astype(np.int64),
            library.sample_site[of_sample].astype(np.int64),
            of_sample.astype(np.int64),
            keys,
            _medians(table, unit, code.size),
        )


def _medians(table: LogTable, unit: Ints, n_units: int) -> Floats:
    known = np.where(table.censored, -np.inf, table.x)
    medians = pd.DataFrame(known).groupby(unit).median().reindex(range(n_units)).to_numpy()
    limits = np.where(table.censored, table.x, np.nan)
    highest = pd.DataFrame(limits).groupby(unit).max().reindex(range(n_units)).to_numpy()
    hidden = ~np.isfinite(medians) | (np.isfinite(highest) & (medians < highest))
    return np.where(hidden, np.nan, medians)

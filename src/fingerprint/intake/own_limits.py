"""Cells ``<limit`` against the column of limits beside them: do they speak of the same analyte?

In a real file the names of the limits were one column off their numbers. Nothing else shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from fingerprint.errors import InputError
from fingerprint.intake.columns import AnalyteSource
from fingerprint.tables.arrays import Floats

# Digits are cut in some files, so that a cell may differ from its limit by less.
_APART = np.log10(2.0)


class OwnLimits:
    """Counts the cells that disagree with the limit beside them.

    Parameters
    ----------
    sources
        The analytes, and where they come from.
    """

    def __init__(self, sources: Sequence[AnalyteSource]) -> None:
        self._sources = sources
        self._compared = [0] * len(sources)
        self._apart = [0] * len(sources)

    def add(self, j: int, own: Floats, beside: Floats) -> None:
        """Compare some cells of an analyte.

        Parameters
        ----------
        j
            Which analyte.
        own, beside
            (cells,) the limit in each cell, and beside it, in the unit of the file; NaN: none.
        """
        if self._sources[j].analyte.quantity != "log10":
            with np.errstate(invalid="ignore", divide="ignore"):
                own, beside = np.log10(own), np.log10(beside)
        known = np.isfinite(own) & np.isfinite(beside)
        self._compared[j] += int(known.sum())
        self._apart[j] += int((np.abs(own - beside)[known] > _APART).sum())

    def doubts(self, called: Callable[[str], str]) -> Iterator[InputError]:
        """Name the columns of which most cells disagree.

        Parameters
        ----------
        called
            What the file calls a column of the table.
        """
        for source, n, apart in zip(self._sources, self._compared, self._apart, strict=True):
            if source.limit is None or 2 * apart <= n:
                continue
            limit = called(source.limit)
            yield InputError(
                f"of {n:,} cells <limit {apart:,} are more than twice or less than half of what "
                f"the column {limit} says beside them",
                f"What the cells say is taken; check whether {limit} holds the limits of another "
                "analyte.",
                column=source.value,
            )

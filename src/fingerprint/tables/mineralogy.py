"""Modal mineralogy: one row a sample, counts or area per cent of each mineral."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np

from fingerprint.errors import InputError
from fingerprint.tables.arrays import Floats, Texts, frozen


@dataclass(frozen=True, eq=False)
class Mineralogy:
    """Abundance of minerals in samples.

    Parameters
    ----------
    samples
        (samples,) identifiers, each once.
    minerals
        Names of the minerals, in the order of the columns of `abundances`.
    unit
        ``pct`` of area, or ``count`` of grains.
    abundances
        (samples, minerals), NaN: not looked for.

    Raises
    ------
    InputError
        If a sample or a mineral stands twice, or an abundance is negative.
    """

    samples: Texts
    minerals: tuple[str, ...]
    unit: Literal["pct", "count"]
    abundances: Floats

    def __post_init__(self) -> None:
        for names, word in ((self.samples, "sample"), (self.minerals, "mineral")):
            twice = [name for name, n in Counter(names).items() if n > 1]
            if twice:
                raise InputError(
                    f"the {word} {twice[0]!r} stands twice in the mineralogy", "Keep one."
                )
        if self.abundances.shape != (len(self.samples), len(self.minerals)):
            raise ValueError("abundances must be samples x minerals")
        if (self.abundances < 0).any():
            row, column = (int(i) for i in np.argwhere(self.abundances < 0)[0])
            raise InputError(
                "the abundance is negative",
                "Give a positive number, 0 if absent, blank if not looked for.",
                row=row,
                column=f"{self.minerals[column]}_{self.unit}",
            )
        object.__setattr__(self, "abundances", frozen(self.abundances))

"""U-Pb ages: one row a grain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.errors import InputError
from fingerprint.tables.arrays import Bools, Floats, Ints, Texts, frozen


@dataclass(frozen=True, eq=False)
class Ages:
    """U-Pb ages of single grains.

    Parameters
    ----------
    samples
        (grains,) the sample of each grain.
    ages_ma
        (grains,) ages in Ma, positive.
    standard_errors_ma
        (grains,) one standard error in Ma, NaN where not given.
    minerals
        (grains,) the mineral that each age is of, ``""`` where not given; None if it never is.

    Raises
    ------
    InputError
        If an age or an error is not positive.
    """

    samples: Texts
    ages_ma: Floats
    standard_errors_ma: Floats
    minerals: Texts | None = None

    def __post_init__(self) -> None:
        if not len(self.samples) == len(self.ages_ma) == len(self.standard_errors_ma):
            raise ValueError("samples, ages and errors must have the same length")
        if self.minerals is not None and len(self.minerals) != len(self.samples):
            raise ValueError("samples and minerals must have the same length")
        for array, column in ((self.ages_ma, "age_ma"), (self.standard_errors_ma, "age_2se")):
            wrong = np.flatnonzero(array <= 0)
            if wrong.size:
                raise InputError(
                    "the age or its error is zero or negative",
                    "Give a positive number, or leave out the grain.",
                    row=int(wrong[0]),
                    column=column,
                )
        if np.isnan(self.ages_ma).any():
            raise InputError(
                "the age is blank",
                "Give the age in Ma, or leave out the grain.",
                row=int(np.flatnonzero(np.isnan(self.ages_ma))[0]),
                column="age_ma",
            )
        object.__setattr__(self, "ages_ma", frozen(self.ages_ma))
        object.__setattr__(self, "standard_errors_ma", frozen(self.standard_errors_ma))

    def take(self, rows: Ints | Bools) -> Ages:
        """Return the ages of some grains, in the order given."""
        return Ages(
            self.samples[rows],
            self.ages_ma[rows],
            self.standard_errors_ma[rows],
            None if self.minerals is None else self.minerals[rows],
        )

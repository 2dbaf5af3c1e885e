"""U-Pb ages: one row a grain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.errors import InputError
from fingerprint.tables.arrays import Floats, Texts, frozen


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

    Raises
    ------
    InputError
        If an age or an error is not positive.
    """

    samples: Texts
    ages_ma: Floats
    standard_errors_ma: Floats

    def __post_init__(self) -> None:
        if not len(self.samples) == len(self.ages_ma) == len(self.standard_errors_ma):
            raise ValueError("samples, ages and errors must have the same length")
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

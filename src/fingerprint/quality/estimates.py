"""Levels and drifts of a session, and how surely they are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from fingerprint.quality.readings import Reading
from fingerprint.tables.arrays import Floats, Ints

COMMON = ""
_LEVEL = 0.05


@dataclass(frozen=True, eq=False)
class Uncertain:
    """Estimated logarithms with their standard errors.

    Parameters
    ----------
    values, errors, freedom
        (analytes,) estimates, standard errors, and the errors' degrees of freedom.
    """

    values: Floats
    errors: Floats
    freedom: Floats

    def margin(self, chance: float) -> Floats:
        """(analytes,) the deviation that chance exceeds, up or down, in a share of sessions."""
        return np.asarray(student.ppf(1 - chance / 2, self.freedom) * self.errors)


def joined(values: Floats, *terms: tuple[Floats, Floats]) -> Uncertain:
    """Estimates whose error is the sum of independent ones, each with its own uncertainty.

    Welch and Satterthwaite's degrees of freedom (Satterthwaite 1946, *Biometrics Bull.* 2,
    110-114): a large term known from few measurements leaves few.

    Parameters
    ----------
    values
        (analytes,) estimates.
    terms
        (analytes,) variance and degrees of freedom of each term; infinite: known.
    """
    total = np.sum([variance for variance, _ in terms], axis=0)
    with np.errstate(invalid="ignore"):
        doubt = np.sum([(variance / total) ** 2 / freedom for variance, freedom in terms], axis=0)
    # An infinite error (no drift is known) is one with any degrees of freedom.
    return Uncertain(values, np.sqrt(total), np.where(np.isfinite(total), 1 / doubt, 1.0))


@dataclass(frozen=True, eq=False)
class Estimates:
    """Levels and drifts of some analytes, as logarithms, with what their intervals rest on.

    Parameters
    ----------
    keys
        The analytes' keys; one, ``""``, for what is common to all.
    level, drift
        As measured, with errors that hold the noise that the analytes share.
    level_apart, drift_apart
        What an analyte is off by beyond what all are off by, without the noise that they share;
        for what is common, and where analytes are too few to share, as measured.
    repeatability
        Relative standard deviation about the drift.
    n
        Measurements.
    """

    keys: tuple[str, ...]
    level: Uncertain
    drift: Uncertain
    level_apart: Uncertain
    drift_apart: Uncertain
    repeatability: Floats
    n: Ints

    @property
    def is_common(self) -> bool:
        """Whether this is what all analytes share."""
        return self.keys == (COMMON,)

    def reading(self, j: int) -> Reading:
        """Ratios and relative changes with their 95 % intervals."""
        level, drift = float(self.level.values[j]), float(self.drift.values[j])
        about = float(self.level.margin(_LEVEL)[j])
        change = float(self.drift.margin(_LEVEL)[j])
        return Reading(
            analyte=self.keys[j],
            n=int(self.n[j]),
            recovery=float(np.exp(level)),
            recovery_low=float(np.exp(level - about)),
            recovery_high=float(np.exp(level + about)),
            drift=float(np.expm1(drift)),
            drift_low=float(np.expm1(drift - change)),
            drift_high=float(np.expm1(drift + change)),
            repeatability=float(self.repeatability[j]),
        )

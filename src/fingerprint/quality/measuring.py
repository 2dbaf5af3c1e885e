"""Recovery and drift of one reference material in one session."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from fingerprint.quality.readings import Reading
from fingerprint.quality.scatter import steadied
from fingerprint.tables.arrays import Floats, Ints

COMMON = ""
_FEWEST_IN_COMMON = 3
_LEVEL = 0.05


@dataclass(frozen=True, eq=False)
class Measured:
    """Log ratios of one reference material in one session.

    Parameters
    ----------
    material
        Its name.
    keys
        The analytes' keys.
    logs
        (n, analytes) natural logarithm of measured over certified; NaN: not measured.
    order
        (n,) when, 0: the session's first measurement, 1: its last.
    certified_errors
        (analytes,) one standard error of the logarithm of the certified value; 0: not given.
    """

    material: str
    keys: tuple[str, ...]
    logs: Floats
    order: Floats
    certified_errors: Floats


@dataclass(frozen=True, eq=False)
class Estimates:
    """Levels and drifts of some analytes, as logarithms, with what their intervals rest on.

    Parameters
    ----------
    keys
        The analytes' keys; one, ``""``, for what is common to all.
    level, level_error, drift, drift_error
        Estimates and their standard errors.
    freedom
        Degrees of freedom of the errors.
    repeatability
        Relative standard deviation about the drift.
    n
        Measurements.
    """

    keys: tuple[str, ...]
    level: Floats
    level_error: Floats
    drift: Floats
    drift_error: Floats
    freedom: Floats
    repeatability: Floats
    n: Ints

    @property
    def is_common(self) -> bool:
        """Whether this is what all analytes share."""
        return self.keys == (COMMON,)

    def reading(self, j: int) -> Reading:
        """Ratios and relative changes with their 95 % intervals."""
        wide = float(student.ppf(1 - _LEVEL / 2, self.freedom[j]))
        level, drift = float(self.level[j]), float(self.drift[j])
        about, change = wide * float(self.level_error[j]), wide * float(self.drift_error[j])
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

    def significant(self, false_alarm: float) -> tuple[Floats, Floats]:
        """(analytes,) least deviation of level and of drift that chance does not explain."""
        wide = student.ppf(1 - false_alarm / 2, self.freedom)
        return wide * self.level_error, wide * self.drift_error


def estimate(measured: Measured) -> Estimates:
    """Level, drift and scatter of each analyte; all must have three measurements or more.

    The level is the median, the drift the slope of a least-squares line over `order`, the scatter
    that about the line, steadied by the other analytes' (`steadied`).

    Parameters
    ----------
    measured
        Of one material in one session.
    """
    known = np.isfinite(measured.logs)
    n = known.sum(axis=0)
    logs = np.where(known, measured.logs, 0.0)
    mean_order = (known * measured.order[:, None]).sum(axis=0) / n
    offset = np.where(known, measured.order[:, None] - mean_order, 0.0)
    spread = (offset**2).sum(axis=0)
    # Analytes measured at one moment only have no drift.
    drift = np.divide((offset * logs).sum(axis=0), spread, out=np.zeros(n.size), where=spread > 0)
    mean = logs.sum(axis=0) / n
    residual = np.where(known, logs - mean - drift * offset, 0.0)
    own = (residual**2).sum(axis=0) / (n - 2)
    variance, freedom = steadied(own, n - 2)
    drift_error = np.sqrt(
        np.divide(variance, spread, out=np.full(n.size, np.inf), where=spread > 0)
    )
    return Estimates(
        measured.keys,
        np.nanmedian(measured.logs, axis=0),
        np.sqrt(variance * _median_variance(n) + measured.certified_errors**2),
        drift,
        drift_error,
        freedom,
        np.sqrt(own),
        n.astype(np.int64),
    )


def estimate_common(measured: Measured, each: Estimates) -> Estimates | None:
    """What all analytes share: the median over analytes, with the scatter between and within them.

    Parameters
    ----------
    measured, each
        The log ratios, and what `estimate` made of them.

    Returns
    -------
    Estimates or None
        Of one "analyte"; None for fewer than three.
    """
    n_analytes = each.level.size
    if n_analytes < _FEWEST_IN_COMMON:
        return None
    series = np.nanmedian(measured.logs - each.level, axis=1)
    known = np.isfinite(series)
    alone = Measured(
        measured.material, (COMMON,), series[known, None], measured.order[known], np.zeros(1)
    )
    within = estimate(alone)
    share = np.sqrt(_median_variance(np.array(n_analytes)))
    between = [_spread(x) * share for x in (each.level, each.drift)]
    stated = np.sqrt(np.mean(measured.certified_errors**2)) * share
    return Estimates(
        (COMMON,),
        np.array([np.median(each.level)]),
        np.hypot(within.level_error, np.hypot(between[0], stated)),
        np.array([np.median(each.drift)]),
        np.hypot(within.drift_error, between[1]),
        np.array([n_analytes - 1.0]),
        within.repeatability,
        within.n,
    )


def _spread(values: Floats) -> float:
    """Standard deviation by the median absolute deviation: a few analytes may be far off."""
    return float(1.4826 * np.median(np.abs(values - np.median(values))))


def _median_variance(n: Ints) -> Floats:
    """Variance of the median of n normal numbers over theirs; a little too large for even n.

    Hodges & Lehmann (1967), J. Am. Stat. Assoc. 62, 926-931.
    """
    return np.asarray(np.pi / 2 / (n + np.pi / 2 - 1))

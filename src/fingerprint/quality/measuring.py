"""Recovery and drift of one reference material in one session."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.quality.estimates import COMMON, Estimates, Uncertain, joined
from fingerprint.quality.scatter import LEAST_VARIANCE, steadied
from fingerprint.tables.arrays import Floats, Ints

_FEWEST_IN_COMMON = 3


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
class _Lines:
    """A median and a line over `order` through each column; `spread`: sum of squares of order."""

    level: Floats
    drift: Floats
    variance: Floats
    spread: Floats
    n: Ints

    @property
    def freedom(self) -> Floats:
        """Degrees of freedom of the variance about the line."""
        return np.asarray(self.n - 2.0)


def estimate(measured: Measured) -> tuple[Estimates, Estimates | None]:
    """Level, drift and scatter of each analyte, and of what all share.

    The level is the median, the drift the slope of a least-squares line over `order`, the scatter
    that about the line. Noise that all analytes of a measurement share is one series, however many
    they are: it is taken off before analytes steady each other's scatter (`steadied`), and joins
    the error with the degrees of freedom of its own.

    Parameters
    ----------
    measured
        Of one material in one session; each analyte three times or more.

    Returns
    -------
    each, common
        Of every analyte; of one "analyte", what all share: the median over analytes, None for
        fewer than three.
    """
    raw = _lines(measured.logs, measured.order)
    if raw.n.size < _FEWEST_IN_COMMON:
        alone = steadied(raw.variance, raw.freedom)
        level, drift = _errors(raw, measured.certified_errors, alone)
        return Estimates(
            measured.keys, level, drift, level, drift, np.sqrt(raw.variance), raw.n
        ), None
    series = np.nanmedian(measured.logs - raw.level, axis=1)
    shared = _lines(series[:, None], measured.order)
    own = _lines(measured.logs - series[:, None], measured.order)
    alone, together = _own_scatter(own), (shared.variance, shared.freedom)
    level, drift = _errors(raw, measured.certified_errors, alone, together)
    level_apart, drift_apart = _errors(_about_median(own), measured.certified_errors, alone)
    each = Estimates(
        measured.keys, level, drift, level_apart, drift_apart, np.sqrt(raw.variance), raw.n
    )
    return each, _common(raw, shared, measured.certified_errors)


def _lines(logs: Floats, order: Floats) -> _Lines:
    known = np.isfinite(logs)
    n = known.sum(axis=0)
    filled = np.where(known, logs, 0.0)
    mean_order = (known * order[:, None]).sum(axis=0) / n
    offset = np.where(known, order[:, None] - mean_order, 0.0)
    spread = (offset**2).sum(axis=0)
    # Columns measured at one moment only have no drift.
    drift = np.divide((offset * filled).sum(axis=0), spread, out=np.zeros(n.size), where=spread > 0)
    residual = np.where(known, filled - filled.sum(axis=0) / n - drift * offset, 0.0)
    variance = (residual**2).sum(axis=0) / (n - 2)
    return _Lines(np.nanmedian(logs, axis=0), drift, variance, spread, n.astype(np.int64))


def _own_scatter(own: _Lines) -> tuple[Floats, Floats]:
    """Variance of each analyte beside the others, with its degrees of freedom."""
    variance, freedom = steadied(own.variance, own.freedom)
    # The series of medians took the worth of one analyte.
    return variance, freedom * (1 - 1 / own.n.size)


def _errors(
    lines: _Lines, certified_errors: Floats, *noise: tuple[Floats, Floats]
) -> tuple[Uncertain, Uncertain]:
    """Level and drift with the errors that come of each noise, a variance with its freedom."""
    levels = [(variance * _median_variance(lines.n), freedom) for variance, freedom in noise]
    known = (certified_errors**2, np.full(lines.n.size, np.inf))
    return (
        joined(lines.level, *levels, known),
        joined(lines.drift, *((_over(v, lines.spread), freedom) for v, freedom in noise)),
    )


def _about_median(own: _Lines) -> _Lines:
    """Levels and drifts beside those of the other analytes."""
    level, drift = own.level - np.median(own.level), own.drift - np.median(own.drift)
    return _Lines(level, drift, own.variance, own.spread, own.n)


def _common(raw: _Lines, shared: _Lines, certified_errors: Floats) -> Estimates:
    """The median over analytes, with the scatter between them and that of their series."""
    n_analytes = np.array([raw.n.size])
    share = _median_variance(n_analytes)
    within, few = np.maximum(shared.variance, LEAST_VARIANCE), shared.freedom
    between = np.array([raw.n.size - 1.0])
    level = joined(
        np.array([np.median(raw.level)]),
        (within * _median_variance(shared.n), few),
        (_variance(raw.level) * share, between),
        (np.mean(certified_errors**2) * share, np.array([np.inf])),
    )
    drift = joined(
        np.array([np.median(raw.drift)]),
        (_over(within, shared.spread), few),
        (_variance(raw.drift) * share, between),
    )
    return Estimates((COMMON,), level, drift, level, drift, np.sqrt(shared.variance), shared.n)


def _over(variance: Floats, spread: Floats) -> Floats:
    """Variance of a slope; infinite where all was measured at one moment."""
    full = np.full(spread.size, np.inf)
    return np.asarray(
        np.divide(np.broadcast_to(variance, full.shape), spread, out=full, where=spread > 0)
    )


def _variance(values: Floats) -> float:
    """Variance by the median absolute deviation: a few analytes may be far off."""
    return float((1.4826 * np.median(np.abs(values - np.median(values)))) ** 2)


def _median_variance(n: Ints) -> Floats:
    """Variance of the median of n normal numbers over theirs; a little too large for even n.

    Hodges & Lehmann (1967), J. Am. Stat. Assoc. 62, 926-931.
    """
    return np.asarray(np.pi / 2 / (n + np.pi / 2 - 1))

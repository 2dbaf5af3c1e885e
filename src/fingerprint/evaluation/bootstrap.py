"""Intervals by drawing whole sites anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import BeforeValidator

from fingerprint.tables.arrays import Bools, Floats, Ints

_DRAWS = 200


def _nan_if_null(value: object) -> object:
    return float("nan") if value is None else value


# A number that JSON holds as null where it is not known.
Number = Annotated[float, BeforeValidator(_nan_if_null)]
# Numbers measured on true and false claims, given how often each claim counts.
Measure = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True)
class Figure:
    """A number with its 95 % interval from a bootstrap over sites.

    Parameters
    ----------
    value, low, high
        NaN where there were no trials.
    """

    value: Number
    low: Number
    high: Number


@dataclass(frozen=True)
class Band:
    """A line with its pointwise 95 % interval from a bootstrap over sites.

    Parameters
    ----------
    x, y, low, high
        One number a point; NaN where there is none.
    """

    x: tuple[Number, ...]
    y: tuple[Number, ...]
    low: tuple[Number, ...]
    high: tuple[Number, ...]

    def __post_init__(self) -> None:
        if not len(self.x) == len(self.y) == len(self.low) == len(self.high):
            raise ValueError("a band has as many lower and upper ends as points")


@dataclass(frozen=True, eq=False)
class Sites:
    """Sites that the samples of claims were taken at: what is drawn anew.

    Parameters
    ----------
    true, false
        (claims,) number of the site of each claim's sample.
    """

    true: Ints
    false: Ints

    def figures(self, measure: Measure) -> tuple[Figure, ...]:
        """Measure numbers, each with an interval.

        Each draw takes as many sites as there are, with all their samples' claims; a site that is
        drawn twice has its claims count twice.
        """
        value, drawn = self._drawn(measure)
        return tuple(Figure(float(v), *_ends(each)) for v, each in zip(value, drawn.T, strict=True))

    def recentred_figures(self, measure: Measure) -> tuple[Figure, ...]:
        """Measure numbers that drawing with replacement moves, such as a minimum over calibrations.

        Claims that count twice are fitted more closely, so that all draws lie to one side. The
        interval is that of the draws, moved so that their median is the value measured.
        """
        value, drawn = self._drawn(measure)
        moved = drawn + (value - _middle(drawn))
        return tuple(Figure(float(v), *_ends(each)) for v, each in zip(value, moved.T, strict=True))

    def band(self, x: Floats, measure: Measure) -> Band:
        """Measure a line, one number a point of x, each with an interval; see `figures`."""
        y, drawn = self._drawn(measure)
        low, high = zip(*(_ends(point) for point in drawn.T), strict=True) if y.size else ((), ())
        return Band(tuple(map(float, x)), tuple(map(float, y)), low, high)

    def _drawn(self, measure: Measure) -> tuple[Floats, Floats]:
        """(numbers,) as measured, and (draws, numbers)."""
        value = measure(np.ones(len(self.true)), np.ones(len(self.false)))
        if not len(self.true) or not len(self.false):
            return value, np.full((1, value.size), np.nan)
        n_sites = int(max(self.true.max(), self.false.max())) + 1
        rng = np.random.default_rng(0)
        drawn = np.empty((_DRAWS, value.size))
        for i in range(_DRAWS):
            times = np.bincount(rng.integers(0, n_sites, n_sites), minlength=n_sites).astype(float)
            drawn[i] = measure(times[self.true], times[self.false])
        return value, drawn


def _ends(drawn: Floats) -> tuple[float, float]:
    """95 % of what was drawn; a draw that leaves claims of one kind only measures nothing."""
    measured = drawn[np.isfinite(drawn)]
    if not measured.size:
        return np.nan, np.nan
    low, high = np.quantile(measured, (0.025, 0.975))
    return float(low), float(high)


def _middle(drawn: Floats) -> Floats:
    """(numbers,) median of the draws that measure anything."""
    kept = drawn[np.isfinite(drawn).all(axis=1)]
    return np.asarray(np.median(kept, axis=0)) if len(kept) else np.full(drawn.shape[1], np.nan)


def mean(weights: Floats, values: Floats) -> Floats:
    """Weighted mean over the first axis of (claims, ...); NaN if nothing counts."""
    total = weights.sum()
    means = weights @ values / total if total > 0 else np.full(values.shape[1:], np.nan)
    return np.atleast_1d(means)


def shares_of(holds: Bools, site: Ints) -> tuple[Figure, ...]:
    """Share of claims of which each of several things holds, with its interval.

    Parameters
    ----------
    holds
        (claims, things).
    site
        (claims,) site of each claim's sample.
    """
    values = holds.astype(float)
    return Sites(site, site).figures(lambda w, _: mean(w, values))


def mean_of(values: Floats, site: Ints) -> Figure:
    """Mean over claims or samples, with its interval."""
    return Sites(site, site).figures(lambda w, _: mean(w, values))[0]

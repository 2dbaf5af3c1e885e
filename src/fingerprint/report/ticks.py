"""Tick labels that a person can read on a logarithmic axis."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from fingerprint.report.numbers import decimal

_DECADES_FOR_POWERS = 2.2
_MOST_TICKS = 5
_LEAST_GAP = 0.17  # share of the axis


def log_ticks(left: float, right: float, *, is_log: bool) -> tuple[list[float], list[str]]:
    """Place ticks at plain numbers.

    Parameters
    ----------
    left, right
        Ends of the axis, log10.
    is_log
        Whether the quantity itself is a logarithm, to be labelled as it is.

    Returns
    -------
    positions, labels
        At least two. Positions are log10.

    Examples
    --------
    >>> log_ticks(-0.2, 3.1, is_log=False)
    ([0.0, 1.0, 2.0, 3.0], ['1', '10', '100', '1,000'])
    """
    if is_log:
        values = _inside(MaxNLocator(4).tick_values(left, right), left, right)
        return values, [_plain(value) for value in values]
    decades = np.arange(np.ceil(left), np.floor(right) + 1)
    if decades.size >= 2 and right - left >= _DECADES_FOR_POWERS:
        step = int(np.ceil(decades.size / _MOST_TICKS))
        positions = [float(d) + 0.0 for d in decades[::step]]
        return positions, [_plain(10.0**d) for d in positions]
    exponents = range(int(np.floor(left)), int(np.ceil(right)) + 1)
    for leads in ((1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7)):
        numbers = [lead * 10.0**e for e in exponents for lead in leads]
        positions = _inside(np.log10(numbers), left, right)
        if len(positions) >= 3:
            break
    else:
        numbers = list(MaxNLocator(3).tick_values(10.0**left, 10.0**right))
        positions = _inside(np.log10([n for n in numbers if n > 0]), left, right)
    positions = _apart(positions, _LEAST_GAP * (right - left))
    return positions, [_plain(10.0**p) for p in positions]


def _apart(positions: list[float], gap: float) -> list[float]:
    """Leave out what would touch the label before it."""
    kept: list[float] = []
    for position in positions:
        if not kept or position - kept[-1] >= gap:
            kept.append(position)
    return kept


def _inside(values: ArrayLike, left: float, right: float) -> list[float]:
    return [float(v) for v in np.asarray(values) if left <= v <= right]


def _plain(value: float) -> str:
    """No exponent and no digits that say nothing."""
    rounded = float(f"{value:.4g}") + 0.0
    if abs(rounded) >= 1000:
        return decimal(rounded, 0)
    return np.format_float_positional(rounded, trim="-").replace("-", "−")

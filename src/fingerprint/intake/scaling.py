"""Numbers times a factor, without the noise of binary fractions."""

from __future__ import annotations

import numpy as np

from fingerprint.tables.arrays import Floats

_DIGITS = 15
# Powers of ten up to this are exact in binary, and a quotient of exact numbers is the nearest.
_MOST_DECIMALS = 22


def scaled(values: Floats, factor: float) -> Floats:
    """Multiply numbers; the result is what its first 15 digits say.

    A number that needs no factor stays as it is, bit for bit.

    Parameters
    ----------
    values
        (cells,) any numbers, NaN among them.
    factor
        What they are multiplied by.

    >>> 0.1499 * 2420
    362.75800000000004
    >>> scaled(np.array([2420.0, 7.4]), 0.1499).tolist()
    [362.758, 1.10926]
    """
    if factor == 1.0:
        return values
    product = values * factor
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        decimals = _DIGITS - 1 - np.floor(np.log10(np.abs(product)))
        power = 10.0**decimals
        rounded = np.rint(product * power) / power
    # Beyond these no element has a concentration; zero and NaN have no digits to round.
    fits = (decimals >= 0) & (decimals <= _MOST_DECIMALS)
    return np.where(fits, rounded, product)

"""Numbers as people read them."""

from __future__ import annotations

import numpy as np

from fingerprint.report.contents import Number

NOT_KNOWN = "not available"


def decimal(value: Number, places: int = 2) -> str:
    """Fixed places, a true minus sign, words for a number that is not known.

    >>> decimal(-1.5)
    '−1.50'
    >>> decimal(None)
    'not available'
    """
    if value is None:
        return NOT_KNOWN
    text = f"{value:,.{places}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("-")


def signed(value: Number, places: int = 2) -> str:
    """Like `decimal`, with a plus sign before what is positive.

    >>> signed(0.254)
    '+0.25'
    """
    text = decimal(value, places)
    return f"+{text}" if value is not None and text.strip("0.,−") and value > 0 else text


def significant(value: Number, digits: int = 3) -> str:
    """Significant digits without an exponent; the last zeros of a large number are rounding.

    >>> significant(12345.0), significant(0.01234)
    ('12,300', '0.0123')
    """
    if value is None:
        return NOT_KNOWN
    if value == 0:
        return "0"
    places = digits - 1 - int(np.floor(np.log10(abs(value))))
    return decimal(round(value, places), max(places, 0))


def percent(share: float) -> str:
    """Whole percents; a share that rounds to none or all of it says so.

    >>> percent(0.004), percent(0.02), percent(0.999)
    ('< 1 %', '2 %', '> 99 %')
    """
    if 0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{100 * share:.0f} %"


def rate(alpha: float) -> str:
    """Percents of a rate that was set, with as many digits as it was set with.

    >>> rate(0.02), rate(0.025)
    ('2 %', '2.5 %')
    """
    return f"{100 * alpha:.4g} %"


def count(n: int, one: str, many: str | None = None) -> str:
    """Give a number with its noun.

    >>> count(1, "grain"), count(1200, "grain")
    ('1 grain', '1,200 grains')
    """
    return f"{n:,} {one if n == 1 else many or one + 's'}"

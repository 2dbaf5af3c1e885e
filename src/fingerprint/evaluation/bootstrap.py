"""Intervals by drawing whole sites anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fingerprint.tables.arrays import Bools, Floats, Ints

_DRAWS = 200
Metric = Callable[[Floats, Floats], float]


@dataclass(frozen=True)
class Figure:
    """A number with its 95 % interval from a bootstrap over sites.

    Parameters
    ----------
    value, low, high
        NaN where there were no trials.
    """

    value: float
    low: float
    high: float


def bootstrapped(
    metric: Metric,
    true: Floats,
    false: Floats,
    site_true: Ints,
    site_false: Ints,
) -> Figure:
    """Measure, with an interval from drawing whole sites, with all their samples' claims, anew.

    Parameters
    ----------
    metric
        Of the scores of true and of false claims.
    true, false
        (claims,) scores.
    site_true, site_false
        (claims,) site of each claim's sample.
    """
    n_sites = int(max(site_true.max(initial=0), site_false.max(initial=0))) + 1
    rng = np.random.default_rng(0)
    rows_true, rows_false = (_rows_of_sites(s, n_sites) for s in (site_true, site_false))
    values = []
    for _ in range(_DRAWS):
        sites = rng.integers(0, n_sites, n_sites)
        t = true[np.concatenate([rows_true[s] for s in sites])]
        f = false[np.concatenate([rows_false[s] for s in sites])]
        values.append(metric(t, f))
    low, high = np.nanquantile(values, (0.025, 0.975)) if true.size else (np.nan, np.nan)
    return Figure(metric(true, false), float(low), float(high))


def _rows_of_sites(site: Ints, n_sites: int) -> list[Ints]:
    order = np.argsort(site, kind="stable")
    return np.split(order, np.searchsorted(site[order], np.arange(1, n_sites)))


def share_of(holds: Bools, site: Ints) -> Figure:
    """Share of claims of which something holds, with its interval.

    Parameters
    ----------
    holds
        (claims,).
    site
        (claims,) site of each claim's sample.
    """
    values = holds.astype(float)
    return bootstrapped(
        lambda t, f: float(t.mean()) if t.size else np.nan, values, values, site, site
    )

"""Figures over several seeds of the split."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fingerprint.evaluation.bootstrap import Figure, Number
from fingerprint.evaluation.league import League
from fingerprint.evaluation.rows import Row


@dataclass(frozen=True)
class Spread:
    """Mean and range of a figure over seeds: what the split alone changes.

    Parameters
    ----------
    mean, least, most
        NaN if any seed has no figure.
    """

    mean: Number
    least: Number
    most: Number


def over_seeds(leagues: Sequence[League], figure: Callable[[Row], Figure]) -> dict[str, Spread]:
    """Average a figure of every scorer and of the fusion.

    Parameters
    ----------
    leagues
        Of the same library, one a seed.
    figure
        Which figure of a row.

    Returns
    -------
    dict
        By name of the row, in the order of the first league.

    Raises
    ------
    ValueError
        If the leagues are of different libraries, splits or scorers.
    """
    if len({_what(league) for league in leagues}) != 1:
        raise ValueError("leagues of one library, split and set of scorers are needed")
    spreads = {}
    for k, row in enumerate(leagues[0].rows):
        values = np.array([figure(league.rows[k]).value for league in leagues])
        spreads[row.name] = Spread(float(values.mean()), float(values.min()), float(values.max()))
    return spreads


def _what(league: League) -> tuple[object, ...]:
    names = tuple(row.name for row in league.rows)
    split = league.folds, league.left_out, league.near_column, league.alpha
    return league.library_hash, league.n_samples, league.fused, names, *split

"""Shapley values: what each of several players brings to a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fingerprint.tables.arrays import Bools, Floats, Ints

# Coalitions to look at, which is what an explanation costs; pairs of orders, at least and at most.
_MOST_COALITIONS = 150
_PAIRS = (3, 20)

# The worth (coalitions,) of coalitions (coalitions, players).
Worth = Callable[[Bools], Floats]


@dataclass(frozen=True)
class Estimate:
    """A number and its standard error."""

    value: float
    error: float


def shapley(worth: Worth, n_players: int, rng: np.random.Generator) -> list[Estimate]:
    """Estimate Shapley values: what a player adds, on average over the orders of joining.

    Orders are drawn at random, each together with its reverse (Castro, Gómez & Tejada 2009;
    Mitchell et al. 2022). The estimates sum to the worth of all less that of none, exactly; the
    standard error is that over pairs of orders. Of more than 25 players several join at once: what
    the others of such a block add is taken off, each counting as an average player.

    Parameters
    ----------
    worth
        Worth of coalitions.
    n_players
        Number of players.
    rng
        Source of randomness.
    """
    if n_players == 0:
        return []
    block = -(-2 * _PAIRS[0] * n_players // _MOST_COALITIONS)
    n_blocks = -(-n_players // block)
    n_pairs = int(np.clip(_MOST_COALITIONS // (2 * n_blocks), *_PAIRS))
    orders = np.stack([rng.permutation(n_players) for _ in range(n_pairs)])
    orders = np.concatenate([orders, orders[:, ::-1]])
    joins = np.argsort(orders, axis=1) // block
    # After t blocks have joined: (orders, t, players)
    coalitions = joins[:, None, :] < np.arange(n_blocks + 1)[None, :, None]
    distinct, at = np.unique(coalitions.reshape(-1, n_players), axis=0, return_inverse=True)
    values = worth(distinct)[at.reshape(coalitions.shape[:2])]
    added = _of_one(np.diff(values, axis=1), joins, n_players)
    pairs = added.reshape(2, n_pairs, n_players).mean(axis=0)
    errors = pairs.std(axis=0, ddof=1) / np.sqrt(n_pairs)
    return [Estimate(float(v), float(e)) for v, e in zip(pairs.mean(axis=0), errors, strict=True)]


def _of_one(added: Floats, joins: Ints, n_players: int) -> Floats:
    """(orders, players) what each adds, from what the blocks add that they join in."""
    total = added.sum(axis=1, keepdims=True)
    others = np.stack([np.bincount(order)[order] for order in joins]) - 1.0
    share = others / max(n_players - 1, 1)
    own = (np.take_along_axis(added, joins, axis=1) - share * total) / (1.0 - share)
    # Blocks of unequal size leave a remainder.
    return np.asarray(own + (total - own.sum(axis=1, keepdims=True)) / n_players)

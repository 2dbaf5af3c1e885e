"""Shapley values against their definition, and their properties."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint.judgement.shapley import shapley


def game(seed, n):
    """A game with main effects, pairs and a threshold; player 0 adds nothing."""
    rng = np.random.default_rng(seed)
    alone, pairs = rng.normal(size=n), rng.normal(size=(n, n))
    alone[0], pairs[0], pairs[:, 0] = 0.0, 0.0, 0.0

    def worth(coalitions):
        c = coalitions.astype(float)
        others = coalitions[:, 1:].sum(axis=1)
        return c @ alone + ((c @ pairs) * c).sum(axis=1) + np.sqrt(others) + 3.0

    return worth


def exactly(worth, n):
    added = np.zeros(n)
    orders = list(permutations(range(n)))
    for order in orders:
        inside = np.zeros(n, dtype=bool)
        for player in order:
            before = worth(inside[None])[0]
            inside[player] = True
            added[player] += worth(inside[None])[0] - before
    return added / len(orders)


def test_estimates_agree_with_the_definition_within_their_errors():
    deviations = []
    for seed in range(40):
        worth = game(seed, 5)
        got = shapley(worth, 5, np.random.default_rng(seed))
        expected = exactly(worth, 5)
        deviations += [
            (g.value - e) / max(g.error, 1e-9) for g, e in zip(got[1:], expected[1:], strict=True)
        ]
    # Errors rest on 15 pairs of orders: deviations have the spread of Student's t.
    assert np.std(deviations) == pytest.approx(1.0, abs=0.25)
    assert abs(np.mean(deviations)) < 0.2


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40))
def test_they_sum_to_the_whole_and_who_adds_nothing_gets_nothing(seed, n):
    worth = game(seed, n)
    got = shapley(worth, n, np.random.default_rng(seed))
    ends = worth(np.array([np.zeros(n, dtype=bool), np.ones(n, dtype=bool)]))
    assert sum(g.value for g in got) == pytest.approx(ends[1] - ends[0], abs=1e-9)
    if n <= 25:  # nobody else joins with it
        assert got[0].value == pytest.approx(0.0, abs=1e-9)
        assert got[0].error == pytest.approx(0.0, abs=1e-9)


def test_players_that_join_together_are_told_apart():
    """What 60 players add on their own comes back, though three join at once."""
    alone = np.random.default_rng(0).normal(size=60)
    alone[17] = -8.0
    got = [shapley(lambda c: c @ alone, 60, np.random.default_rng(k)) for k in range(40)]
    values = np.array([[g.value for g in one] for one in got])
    assert (values.argmin(axis=1) == 17).all()
    spread = values.std(axis=0) / np.sqrt(40)
    assert np.abs((values.mean(axis=0) - alone) / spread).max() < 4.5

"""Means over grains, and samples put together by what they share."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from builders import samples_of
from fingerprint.evidence.pooling import (
    alike,
    in_turn,
    mean_over_drawn,
    mean_over_grains,
    seen_analytes,
)

VALUES = np.array([[1.0, 10.0], [3.0, 30.0], [0.0, 0.0], [5.0, 7.0], [0.0, 0.0]])
KNOWN = np.array([1.0, 1.0, 0.0, 1.0, 0.0])
SAMPLE = np.array([0, 0, 0, 1, 2])


def test_the_mean_is_over_the_known_grains():
    means = mean_over_grains(VALUES, KNOWN, SAMPLE, 4)
    # The third sample has no known grain, the fourth no grain at all.
    assert means[:2].tolist() == [[2.0, 20.0], [5.0, 7.0]]
    assert np.isnan(means[2:]).all()


def test_no_grains_at_all_have_no_mean():
    empty = mean_over_grains(np.zeros((0, 2)), np.zeros(0), np.zeros(0, dtype=np.int64), 2)
    assert np.isnan(empty).all()


def test_a_grain_counts_as_often_as_it_was_drawn():
    counts = np.array([[1.0, 1, 1], [0, 2, 1], [1, 0, 5], [0, 0, 3]])
    means = mean_over_drawn(VALUES[:3], KNOWN[:3], counts)
    assert means[:3].tolist() == [[2.0, 20.0], [3.0, 30.0], [1.0, 10.0]]
    assert np.isnan(means[3]).all()


def test_an_analyte_is_seen_if_any_grain_of_the_sample_has_it():
    nan = np.nan
    z = np.array([[1.0, nan, nan], [nan, 2.0, nan], [nan, nan, 0.0]])
    seen = seen_analytes(z, samples_of(np.ones((3, 1)), ["a", "a", "b"]))
    assert seen.tolist() == [[True, True, False], [False, False, True]]


def test_rows_that_are_alike_come_together_each_once():
    kinds = np.array([[1, 0], [0, 1], [1, 0], [1, 1]])
    together = {tuple(kind): rows.tolist() for kind, rows in alike(kinds)}
    assert together == {(1, 0): [0, 2], (0, 1): [1], (1, 1): [3]}


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(0, 25))
def test_runs_cover_all_samples_and_hold_no_more_than_they_may(n_grains, most):
    bounds = np.concatenate([[0], np.cumsum(n_grains)]).astype(np.int64)
    runs = list(in_turn(bounds, most))
    assert [i for first, end in runs for i in range(first, end)] == list(range(len(n_grains)))
    for first, end in runs:
        assert end == first + 1 or bounds[end] - bounds[first] <= most
    for (first, end), _ in pairwise(runs):  # none could have held one more
        assert bounds[end + 1] - bounds[first] > most

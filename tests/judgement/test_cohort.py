"""Cohort features against loops written out."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint.judgement.cohort import (
    cohort_features,
    feature_names,
    less_best_neighbour,
    less_best_other,
)
from fingerprint.judgement.trials import claim_features, near_plan_of, plan_of

NAN = np.nan
values = st.sampled_from([-2.0, -1.0, 0.0, 0.5, 3.0, NAN])  # ties and absent sites abound
tables = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(values, min_size=n, max_size=n), min_size=1, max_size=4)
)


def brute(row, j):
    """The two features of one claim, from the definition."""
    if np.isnan(row[j]):
        return [NAN] * 2
    others = [v for k, v in enumerate(row) if k != j and not np.isnan(v)]
    return [np.arcsinh(row[j]), np.arcsinh(row[j] - max(others)) if others else 0.0]


@settings(max_examples=200, deadline=None)
@given(tables)
def test_features_are_what_the_definitions_say(table):
    scores = np.array(table)
    features = cohort_features(np.stack([scores, -scores]))
    for i, row in enumerate(scores):
        for j in range(len(row)):
            expected = [*brute(row, j), *brute(-row, j)]
            np.testing.assert_allclose(features[i, j], expected, atol=1e-12)


def test_their_names_are_in_the_same_order():
    assert feature_names(("a", "b")) == (
        "a:score", "a:less_best_other", "b:score", "b:less_best_other",
    )  # fmt: skip


def test_two_sites_and_a_tie_by_hand():
    np.testing.assert_array_equal(less_best_other(np.array([[3.0, 1.0]])), [[2.0, -2.0]])
    np.testing.assert_array_equal(less_best_other(np.array([[3.0, 3.0]])), [[0.0, 0.0]])
    np.testing.assert_array_equal(less_best_other(np.array([[5.0]])), [[0.0]])


@settings(max_examples=150, deadline=None)
@given(tables, st.data())
def test_the_best_neighbour_is_the_best_of_the_neighbours(table, data):
    scores = np.array(table)
    s = scores.shape[1]
    flags = st.lists(st.lists(st.booleans(), min_size=s, max_size=s), min_size=s, max_size=s)
    near = np.array(data.draw(flags)) & ~np.eye(s, dtype=bool)
    got = less_best_neighbour(scores, near)
    for i, row in enumerate(scores):
        for j in range(s):
            there = [row[k] for k in range(s) if near[j, k] and not np.isnan(row[k])]
            expected = row[j] - max(there) if there else NAN
            np.testing.assert_equal(got[i, j], expected)


def test_a_site_without_scores_is_as_if_it_were_not_in_the_library():
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(2, 5, 4))
    gone = np.array([0, 1, 2, 3, 1])
    lacking = scores.copy()
    lacking[:, np.arange(5), gone] = NAN
    features = cohort_features(lacking)
    assert np.isnan(features[np.arange(5), gone]).all()
    for i in range(5):
        left = np.delete(np.arange(4), gone[i])
        without = cohort_features(scores[:, i : i + 1, left])
        np.testing.assert_allclose(features[i, left], without[0], atol=1e-12)


def test_features_against_neighbours_come_after_those_against_anywhere():
    scores = np.random.default_rng(2).normal(size=(3, 4, 5))
    near = ~np.eye(5, dtype=bool)
    far, closer = claim_features(scores, near)
    np.testing.assert_array_equal(closer[..., : far.shape[-1]], far)
    # With every other site a neighbour, the best neighbour is the best other.
    names = feature_names(("a", "b", "c"))
    for k, scorer in enumerate("abc"):
        other = far[..., names.index(f"{scorer}:less_best_other")]
        np.testing.assert_allclose(closer[..., far.shape[-1] + k], other)


def test_the_plans_give_each_scorer_its_own_columns():
    scorers = ("ks", "three_level")
    scores = np.random.default_rng(3).normal(size=(2, 4, 5))
    near = ~np.eye(5, dtype=bool)
    moved = scores.copy()
    moved[1] *= 2.0
    plans = (plan_of(scorers), near_plan_of(scorers))
    for plan, before, after in zip(
        plans, claim_features(scores, near), claim_features(moved, near), strict=True
    ):
        changed = np.flatnonzero((before != after).any(axis=(0, 1)))
        assert sorted(plan.columns[1]) == changed.tolist()
        assert sorted(sum(plan.columns, ())) == list(range(before.shape[-1]))
        assert plan.anchor == 1
    assert plan_of(("ks",)).anchor is None

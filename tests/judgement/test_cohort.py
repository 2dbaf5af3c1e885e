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
from fingerprint.judgement.trials import claim_features, hide_own_site

NAN = np.nan
values = st.sampled_from([-2.0, -1.0, 0.0, 0.5, 3.0, NAN])  # ties and absent sites abound
tables = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(values, min_size=n, max_size=n), min_size=1, max_size=4)
)


def brute(row, j):
    """The four features of one claim, from the definition."""
    if np.isnan(row[j]):
        return [NAN] * 4
    there = [v for v in row if not np.isnan(v)]
    others = [v for k, v in enumerate(row) if k != j and not np.isnan(v)]
    squashed = np.arcsinh(there)
    spread = np.std(squashed)
    return [
        np.arcsinh(row[j]),
        np.arcsinh(row[j] - max(others)) if others else 0.0,
        (np.arcsinh(row[j]) - np.mean(squashed)) / (spread if spread > 0 else 1.0),
        np.log(sum(v >= row[j] for v in there)),
    ]


@settings(max_examples=200, deadline=None)
@given(tables)
def test_features_are_what_the_definitions_say(table):
    scores = np.array(table)
    n, s = scores.shape
    n_grains, n_reference = np.arange(1, n + 1), np.arange(1, s + 1)
    features = cohort_features(np.stack([scores, -scores]), n_grains, n_reference)
    for i in range(n):
        for j in range(s):
            expected = [
                *brute(scores[i], j),
                *brute(-scores[i], j),
                np.log(n_grains[i]),
                np.log(n_reference[j]),
            ]
            np.testing.assert_allclose(features[i, j], expected, atol=1e-12)


def test_their_names_are_in_the_same_order():
    assert feature_names(("a", "b")) == (
        "a:score", "a:less_best_other", "a:standardised", "a:rank",
        "b:score", "b:less_best_other", "b:standardised", "b:rank",
        "log_n_grains", "log_n_reference",
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


def test_a_hidden_site_is_as_if_it_were_not_in_the_library():
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(2, 5, 4))
    own = np.array([0, 1, 2, 3, 1])
    hidden = hide_own_site(scores, own)
    assert np.isnan(hidden[:, np.arange(5), own]).all()
    assert np.isnan(hidden).sum() == 10
    assert np.isfinite(scores).all()  # the original is left alone
    features = cohort_features(hidden, np.full(5, 3), np.ones(4))
    for i in range(5):
        left = np.delete(np.arange(4), own[i])
        without = cohort_features(scores[:, i : i + 1, left], np.array([3]), np.ones(3))
        np.testing.assert_allclose(features[i, left], without[0], atol=1e-12)


def test_features_against_neighbours_come_after_those_against_anywhere():
    scores = np.random.default_rng(2).normal(size=(3, 4, 5))
    near = ~np.eye(5, dtype=bool)
    far, closer = claim_features(scores, np.full(4, 2), np.ones(5), near)
    np.testing.assert_array_equal(closer[..., : far.shape[-1]], far)
    # With every other site a neighbour, the best neighbour is the best other.
    for k in range(3):
        np.testing.assert_allclose(closer[..., far.shape[-1] + k], far[..., 4 * k + 1])

"""Fusion is a penalised logistic model: against scikit-learn's, and towards its prior."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from fingerprint.judgement.fusion import Fusion, fit_fusion

NAN = np.nan


def claims(n_true, n_false, seed=0, p=3):
    rng = np.random.default_rng(seed)
    is_true = np.arange(n_true + n_false) < n_true
    x = rng.normal(size=(len(is_true), p)) * [1.0, 5.0, 0.2][:p] + 1.0
    x[:, 0] += 1.5 * is_true
    return x, is_true


def test_without_a_prior_it_is_scikit_learns_logistic_regression():
    x, is_true = claims(40, 300)
    weight = np.random.default_rng(1).uniform(0.5, 2.0, size=340)
    weight[is_true] = 1.0
    got = fit_fusion(x, is_true, weight, np.zeros(3))
    # One true trial counts as one observation, and false ones count as many in sum.
    per_claim = np.where(is_true, 1.0, 40 * weight / weight[~is_true].sum())
    z = (x - got.centre) / got.scale
    theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(z, is_true, per_claim)
    np.testing.assert_allclose(got.weights, theirs.coef_[0], atol=2e-3)
    assert got.intercept == pytest.approx(theirs.intercept_[0], abs=2e-3)


def test_features_are_standardised_with_both_kinds_counting_the_same():
    x = np.array([[1.0], [3.0], [10.0], [10.0], [10.0], [10.0]])
    is_true = np.array([True, True, False, False, False, False])
    got = fit_fusion(x, is_true, np.ones(6), np.zeros(1))
    assert got.centre[0] == pytest.approx((2 + 10) / 2)
    # Mean square about 6: of the true (25 + 9) / 2 = 17, of the false 16.
    assert got.scale[0] == pytest.approx(np.sqrt(16.5))


@pytest.mark.parametrize(("n_true", "share"), [(2, 0.5), (20, 1 / 11), (2000, 1 / 1001)])
def test_the_fewer_true_trials_the_nearer_it_stays_to_the_prior(n_true, share):
    # Both kinds lie evenly at -1 and 1, so that the trials alone call for weight 0. Near 0 their
    # curvature is 1/4 from each kind and the prior's 1 / n_true: what is left of a small prior
    # is (1 / n_true) / (1 / n_true + 1 / 2).
    x = np.tile([-1.0, 1.0], n_true // 2 + 50)[:, None]
    is_true = np.arange(len(x)) < n_true
    # In units of 5 the prior, which is per unit of the feature, is a fifth.
    got = fit_fusion(5 * x, is_true, np.ones(len(x)), np.array([0.1 / 5]))
    assert got.scale[0] == pytest.approx(5.0)
    assert got.weights[0] == pytest.approx(0.1 * share, abs=5e-4)


def test_the_prior_is_per_unit_of_the_feature_and_is_met_where_the_trials_agree_with_it():
    rng = np.random.default_rng(4)
    is_true = np.arange(2000) < 1000
    # log LR of two normals one apart, times a unit: weight 1 / unit on the feature is the truth.
    unit = 20.0
    log_lr = rng.normal(np.where(is_true, 0.5, -0.5), 1.0)
    got = fit_fusion(unit * log_lr[:, None], is_true, np.ones(2000), np.array([1 / unit]))
    assert got.weights[0] / got.scale[0] * unit == pytest.approx(1.0, abs=0.1)
    np.testing.assert_allclose(got.score(unit * log_lr[:, None]), log_lr, atol=0.35)


def test_a_feature_that_does_not_vary_or_is_never_known_does_no_harm():
    x, is_true = claims(20, 50)
    padded = np.column_stack([x, np.full(70, 7.0), np.full(70, NAN)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        got = fit_fusion(padded, is_true, np.ones(70), np.zeros(5))
    bare = fit_fusion(x, is_true, np.ones(70), np.zeros(3))
    np.testing.assert_allclose(got.weights[3:], 0.0, atol=1e-4)
    np.testing.assert_allclose(got.score(padded), bare.score(x), atol=5e-3)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_the_score_is_linear(seed):
    rng = np.random.default_rng(seed)
    fusion = Fusion(rng.normal(size=3), rng.uniform(0.1, 2, 3), rng.normal(size=3), 0.7)
    a, b = rng.normal(size=(2, 3))
    mid = fusion.score(0.25 * a + 0.75 * b)
    assert mid == pytest.approx(0.25 * fusion.score(a) + 0.75 * fusion.score(b), abs=1e-9)
    by_hand = 0.7 + sum(fusion.weights * (a - fusion.centre) / fusion.scale)
    assert fusion.score(a) == pytest.approx(by_hand, abs=1e-9)


def test_an_unknown_feature_counts_as_middling():
    fusion = Fusion(np.array([2.0, 5.0]), np.ones(2), np.array([3.0, 4.0]), 1.0)
    assert fusion.score(np.array([NAN, 6.0])) == pytest.approx(5.0)
    assert fusion.score(np.full((2, 3, 2), NAN)).tolist() == [[1.0] * 3] * 2


@pytest.mark.parametrize("is_true", [[True, True], [False, False]])
def test_one_kind_of_trial_is_not_enough(is_true):
    with pytest.raises(ValueError, match="true and false"):
        fit_fusion(np.ones((2, 1)), np.array(is_true), np.ones(2), np.zeros(1))

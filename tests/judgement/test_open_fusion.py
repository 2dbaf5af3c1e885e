"""A claim is weighed against two alternatives, and is worth what both leave of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.judgement.fusion import Fusion
from fingerprint.judgement.open_fusion import OpenFusion, fit_open_fusion
from fingerprint.judgement.trials import Trials, plan_of

NUMBERS = st.floats(-5, 5)
SCORERS = ("three_level", "other")


def linear(weights, intercept=0.0):
    n = len(weights)
    return Fusion(np.zeros(n), np.ones(n), np.array(weights, dtype=float), intercept)


def drawn(rng, n):
    """Trials whose likelihood ratios are known: true about (1, 1), others off in one feature.

    Against known sites the first feature tells, against unknown ones the third.
    """
    kinds = np.repeat([0, 1, 2], n)
    centre = np.array([[1.0, 0, 1, 0], [-1, 0, 1, 0], [1, 0, -1, 0]])[kinds]
    x = rng.normal(size=(3 * n, 4)) * [1, 0.1, 1, 0.1] + centre
    order = np.arange(3 * n)
    trials = Trials(x, kinds == 0, np.ones(3 * n), order, order, kinds == 2)
    # log N(1, 1) / N(-1, 1) is 2 x.
    right = -np.logaddexp(-2 * x[:, 0], -2 * x[:, 2]) + np.log(2)
    return trials, right


def test_the_likelihood_ratio_against_a_mixture_is_recovered():
    rng = np.random.default_rng(5)
    trials, _ = drawn(rng, 4000)
    fusion = fit_open_fusion(plan_of(SCORERS), trials)
    fresh, right = drawn(rng, 1000)
    error = fusion.score(fresh.features) - right
    assert np.abs(error).mean() < 0.15
    # One fusion against both, linear as it is, cannot: it adds where the lesser of two counts.
    one = plan_of(SCORERS).fit(trials.features, trials.is_true, trials.weight)
    assert np.abs(one.score(fresh.features) - right).mean() > 0.5


def test_a_claim_is_worth_no_more_than_twice_what_the_worse_alternative_leaves():
    fusion = OpenFusion(linear([1.0, 0.0]), linear([0.0, 1.0]))
    assert fusion.score(np.array([50.0, -3.0])) == pytest.approx(-3.0 + np.log(2))
    assert fusion.score(np.array([-3.0, 50.0])) == pytest.approx(-3.0 + np.log(2))
    assert fusion.score(np.array([2.0, 2.0])) == pytest.approx(2.0)


@given(st.lists(NUMBERS, min_size=9, max_size=9))
def test_what_features_add_and_the_rest_sum_to_the_score(numbers):
    fusion = OpenFusion(linear(numbers[:3], 0.7), linear(numbers[3:6], -1.2))
    features = np.array(numbers[6:])
    each, rest = fusion.parts(features)
    assert each.sum() + rest == pytest.approx(float(fusion.score(features)), abs=1e-6)
    assert rest == pytest.approx(float(fusion.score(np.zeros(3))))
    # A feature that is at its centre adds nothing.
    bare, _ = fusion.parts(features * [0, 1, 1])
    assert bare[0] == 0.0


def test_what_a_feature_adds_is_gathered_along_the_way():
    """The integral of feature times slope from nothing known to the claim, by small steps."""
    fusion = OpenFusion(linear([1.5, -0.5], 0.3), linear([0.2, 2.0], -0.4))
    features = np.array([2.0, 1.5])
    way = (np.arange(2000)[:, None] + 0.5) / 2000 * features
    step = 1e-5 * np.eye(2)
    slope = np.stack(
        [(fusion.score(way + step[j]) - fusion.score(way - step[j])) / 2e-5 for j in range(2)],
        axis=1,
    )
    np.testing.assert_allclose(fusion.parts(features)[0], features * slope.mean(axis=0), rtol=1e-5)


@given(st.lists(NUMBERS, min_size=4, max_size=4))
def test_one_fusion_against_either_is_that_fusion(numbers):
    one = linear(numbers[:2], 0.4)
    fusion, features = OpenFusion.of_one(one), np.array(numbers[2:])
    assert fusion.score(features) == pytest.approx(float(one.score(features)), abs=1e-9)
    np.testing.assert_allclose(fusion.parts(features)[0], one.parts(features)[0], atol=1e-9)


def test_without_trials_of_one_kind_the_other_serves():
    trials, _ = drawn(np.random.default_rng(1), 50)
    for missing in (True, False):
        some = trials.take(trials.is_true | (trials.of_unknown_origin != missing))
        fusion = fit_open_fusion(plan_of(SCORERS), some)
        assert fusion.known is fusion.unknown
    with pytest.raises(ValueError, match="true and false"):
        fit_open_fusion(plan_of(SCORERS), trials.take(trials.is_true))


def test_columns_that_are_left_unused_change_nothing():
    fusion = OpenFusion(linear([1.0, 2.0], 0.1), linear([0.5, -1.0]))
    features = np.array([[0.3, -2.0], [4.0, 1.0]])
    more = np.column_stack([features, [9.0, -9.0]])
    assert fusion.with_unused(1).n_features == 3
    np.testing.assert_array_equal(fusion.with_unused(1).score(more), fusion.score(features))


def test_a_fusion_is_checked_at_birth():
    with pytest.raises(ValueError, match="same features"):
        OpenFusion(linear([1.0]), linear([1.0, 2.0]))
    with pytest.raises(ValueError, match="both alternatives"):
        OpenFusion(linear([1.0]), None)

"""Metrics: by hand, against other ways to the same number, and what leaves them unchanged."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression
from sklearn.metrics import roc_curve

from fingerprint.evaluation.metrics import cllr, cllr_min, equal_error_rate, false_acceptance

scores = st.lists(st.integers(-40, 40).map(lambda i: i / 10), min_size=1, max_size=25).map(np.array)


def test_false_acceptance_by_hand():
    true = np.arange(100.0)  # at 2 % the two lowest, 0 and 1, may be rejected: the threshold is 2
    assert false_acceptance(true, np.array([1.0, 1.9, 2.0, 3.0]), 0.02) == 0.5
    # One of 99 is 1 %, two are more than 2 %.
    assert false_acceptance(true[:99], np.array([0.9, 1.0]), 0.02) == 0.5
    assert false_acceptance(true, np.array([-1.0]), 0.0) == 0.0
    assert false_acceptance(true, np.array([-0.1, 0.0]), 0.0) == 0.5  # none may be rejected


def test_equal_error_rate_by_hand():
    assert equal_error_rate(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 0.0
    assert equal_error_rate(np.array([1.0, 2.0]), np.array([3.0, 4.0])) == 1.0
    # At 2: one of four true claims is rejected, one of four false ones accepted.
    assert equal_error_rate(np.array([1, 3, 4, 5.0]), np.array([-1, 0, 0.5, 2.0])) == 0.25


def test_cllr_by_hand():
    assert cllr(np.zeros(3), np.zeros(2)) == pytest.approx(1.0)
    # An LR of 3 for the one true claim and of 1/3 for the one false: log2(4/3) each.
    third = math.log10(3)
    assert cllr(np.array([third]), np.array([-third])) == pytest.approx(math.log2(4 / 3))
    # LR 3 of a false claim costs log2(4), an LR of 1 of a true one costs 1.
    assert cllr(np.array([0.0]), np.array([third])) == pytest.approx((1 + 2) / 2)
    assert cllr(np.array([300.0]), np.array([-300.0])) == pytest.approx(0.0)
    # Certain and wrong costs its exponent, and no overflow.
    assert cllr(np.array([-1000.0]), np.array([-9.0])) == pytest.approx(500 * math.log2(10))


def test_cllr_of_a_known_law():
    """Normal log LRs, mean +-v/2 and variance v: Cllr is one integral."""
    v = 4.0
    x = np.linspace(-30, 30, 200_001)
    density = np.exp(-((x - v / 2) ** 2) / (2 * v)) / np.sqrt(2 * np.pi * v)
    expected = np.trapezoid(density * np.log2(1 + np.exp(-x)), x)
    rng = np.random.default_rng(0)
    true = rng.normal(v / 2, np.sqrt(v), 200_000) / np.log(10)
    false = rng.normal(-v / 2, np.sqrt(v), 200_000) / np.log(10)
    assert cllr(true, false) == pytest.approx(expected, abs=0.004)
    # They are calibrated already, so nothing is to be gained.
    assert cllr_min(true, false) == pytest.approx(expected, abs=0.004)
    assert cllr(2 * true, 2 * false) > expected + 0.05


def pooled(true, false):
    """Cllr of the optimal calibration, by scipy's isotonic regression over distinct scores."""
    levels = np.unique(np.concatenate([true, false]))
    t = np.array([(true == v).mean() for v in levels])
    f = np.array([(false == v).mean() for v in levels])
    p = isotonic_regression(t / (t + f), weights=t + f).x
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = np.where(t > 0, -t * np.log2(p), 0.0) + np.where(f > 0, -f * np.log2(1 - p), 0.0)
    return 0.5 * bits.sum()


@settings(max_examples=150, deadline=None)
@given(scores, scores)
def test_cllr_min_is_what_another_pooling_gives(true, false):
    assert cllr_min(true, false) == pytest.approx(pooled(true, false), abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(scores, scores)
def test_no_calibration_beats_the_least_cost(true, false):
    least = cllr_min(true, false)
    assert -1e-12 <= least <= 1.0 + 1e-12
    for slope, offset in ((1.0, 0.0), (0.3, -0.2), (2.0, 0.5)):
        assert least <= cllr(slope * true + offset, slope * false + offset) + 1e-9


@settings(max_examples=100, deadline=None)
@given(scores, scores)
def test_order_alone_decides_least_cost_and_equal_error_rate(true, false):
    for bend in (lambda x: 3 * x - 1, lambda x: x**3, np.exp):
        assert cllr_min(bend(true), bend(false)) == pytest.approx(cllr_min(true, false), abs=1e-9)
        assert equal_error_rate(bend(true), bend(false)) == pytest.approx(
            equal_error_rate(true, false)
        )


@settings(max_examples=100, deadline=None)
@given(scores, scores, st.sampled_from([0.0, 0.02, 0.1, 0.5]))
def test_unit_and_origin_of_the_scores_do_not_matter(true, false, rejection):
    assert false_acceptance(8 * true + 4, 8 * false + 4, rejection) == pytest.approx(
        false_acceptance(true, false, rejection)
    )


@settings(max_examples=100, deadline=None)
@given(scores, scores)
def test_claims_said_twice_change_nothing(true, false):
    for metric in (cllr, cllr_min, equal_error_rate):
        assert metric(np.tile(true, 3), np.tile(false, 2)) == pytest.approx(
            metric(true, false), abs=1e-9
        )


@settings(max_examples=100, deadline=None)
@given(scores, scores)
def test_the_two_kinds_are_treated_alike(true, false):
    assert cllr(-false, -true) == pytest.approx(cllr(true, false), abs=1e-9)
    assert cllr_min(-false, -true) == pytest.approx(cllr_min(true, false), abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(scores, scores)
def test_the_equal_error_rate_lies_on_the_operating_curve(true, false):
    """At scikit-learn's thresholds: the point where the two rates are nearest."""
    fpr, tpr, _ = roc_curve(
        np.repeat([1, 0], [true.size, false.size]),
        np.concatenate([true, false]),
        drop_intermediate=False,
    )
    gap = np.abs(fpr - (1 - tpr))[1:]  # the first point accepts nobody
    nearest = 0.5 * (fpr + 1 - tpr)[1:][np.isclose(gap, gap.min())]
    assert np.isclose(nearest, equal_error_rate(true, false)).any()


@settings(max_examples=60, deadline=None)
@given(scores, scores)
def test_more_rejection_never_accepts_more(true, false):
    rates = [false_acceptance(true, false, r) for r in (0.0, 0.01, 0.05, 0.3, 1.0)]
    assert rates == sorted(rates, reverse=True)


@pytest.mark.parametrize("metric", [cllr, cllr_min, equal_error_rate])
def test_without_claims_of_either_kind_there_is_no_figure(metric):
    none, some = np.empty(0), np.ones(2)
    assert math.isnan(metric(none, some))
    assert math.isnan(metric(some, none))
    assert math.isnan(false_acceptance(none, some, 0.02))

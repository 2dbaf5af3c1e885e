"""Metrics: by hand, against other ways to the same number, and what leaves them unchanged."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression
from sklearn.metrics import roc_auc_score, roc_curve

from fingerprint.evaluation.metrics import (
    RankedScores,
    auroc,
    cllr,
    cllr_min,
    cross_entropy,
    equal_error_rate,
    false_acceptance,
    least_possible,
)

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


# Oracle: lir 1.3.1 (Netherlands Forensic Institute), cllr, cllr_min and calculate_ece on these.
LIR_TRUE = np.array([2.1, 0.4, 1.3, -0.6, 0.9, 3.0])
LIR_FALSE = np.array([-1.7, -0.2, 0.8, -2.4, -0.9, 0.1, -3.1, -1.2])


def test_costs_are_those_of_the_package_lir():
    assert cllr(LIR_TRUE, LIR_FALSE) == pytest.approx(0.5699005516092791, abs=1e-12)
    assert cllr_min(LIR_TRUE, LIR_FALSE) == pytest.approx(0.3459604770163843, abs=1e-12)
    ece = [cross_entropy(LIR_TRUE, LIR_FALSE, prior) for prior in (-1.0, 0.0, 0.5)]
    expected = [0.25790617980483566, 0.569900551609279, 0.4556577600019188]
    assert ece == pytest.approx(expected, abs=1e-12)


def test_cross_entropy_by_hand():
    third = math.log10(3)
    # Prior odds 3: a true claim of LR 3 has odds 9, a false one of LR 1/3 even odds.
    expected = 0.75 * math.log2(10 / 9) + 0.25 * math.log2(2)
    assert cross_entropy(np.array([third]), np.array([-third]), third) == pytest.approx(expected)
    # Without evidence: the entropy of the prior.
    zero = np.zeros(2)
    entropy = -(0.75 * math.log2(0.75) + 0.25 * math.log2(0.25))
    assert cross_entropy(zero, zero, third) == pytest.approx(entropy)
    assert math.isnan(cross_entropy(np.empty(0), zero, 0.0))


@settings(max_examples=100, deadline=None)
@given(scores, scores)
def test_at_even_odds_the_cross_entropy_is_the_cllr(true, false):
    assert cross_entropy(true, false, 0.0) == pytest.approx(cllr(true, false), rel=1e-12)


@settings(max_examples=100, deadline=None)
@given(scores, scores)
def test_the_least_possible_calibration_costs_the_least(true, false):
    best = least_possible(true, false)
    assert cllr(*best) == pytest.approx(cllr_min(true, false), abs=1e-9)
    both, calibrated = np.concatenate([true, false]), np.concatenate(best)
    order = np.argsort(both)
    assert (calibrated[order][1:] >= calibrated[order][:-1]).all()


@settings(max_examples=100, deadline=None)
@given(scores, scores, st.data())
def test_a_claim_that_counts_twice_is_two_claims(true, false, data):
    """The bootstrap counts claims anew instead of drawing them: the same figures."""
    times = [
        np.array(data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)), dtype=float)
        for n in (true.size, false.size)
    ]
    counted = RankedScores(true, false).counted(*times)
    again = [np.repeat(s, t.astype(int)) for s, t in zip((true, false), times, strict=True)]
    for rejection in (0.0, 0.02, 0.3):
        expected = false_acceptance(*again, rejection)
        assert counted.accepted(np.array([rejection]))[0] == pytest.approx(expected, nan_ok=True)
    for metric in (equal_error_rate, cllr_min, auroc):
        got = getattr(counted, metric.__name__)()
        assert got == pytest.approx(metric(*again), abs=1e-9, nan_ok=True)


@settings(max_examples=100, deadline=None)
@given(scores, scores)
def test_auroc_is_that_of_scikit_learn(true, false):
    labels = np.repeat([1, 0], [true.size, false.size])
    assert auroc(true, false) == pytest.approx(roc_auc_score(labels, np.concatenate([true, false])))

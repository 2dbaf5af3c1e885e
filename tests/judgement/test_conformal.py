"""The p-value keeps what it promises: by hand, and in the long run."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from fingerprint.judgement.conformal import TrueScores


def true_scores(scores, n_grains=20, n_reference=3):
    scores = np.asarray(scores, float)
    shape = scores.shape
    return TrueScores(
        scores,
        np.broadcast_to(n_grains, shape).astype(int),
        np.broadcast_to(n_reference, shape).astype(int),
        *as_it_is(shape),
    )


def as_it_is(shape):
    """Shares, offsets, and grains kept at most, of claims that were tried as they are."""
    return np.ones(shape), np.zeros(shape), np.full(shape, np.inf)


def p_of(true, scores, n_grains=20, n_reference=3, alpha=0.1):
    scores = np.atleast_1d(np.asarray(scores, float))
    return true.p_values(scores, np.asarray(n_grains), np.asarray(n_reference), np.ones(1), alpha)


def test_by_hand():
    true = true_scores(np.arange(10.0))
    # (1 + how many are no larger) / 11
    got = p_of(true, [-1.0, 0.0, 0.5, 8.9, 9.0, 20.0])
    np.testing.assert_allclose(got, np.array([1, 2, 2, 10, 11, 11]) / 11)


def test_groups_by_hand():
    # 1 reference sample: ten scores near 0; more: twenty near 100, ten of them on few grains.
    true = TrueScores(
        np.concatenate([np.arange(10.0), 100 + np.arange(10.0), 200 + np.arange(10.0)]),
        np.repeat([20, 3, 20], 10),
        np.repeat([1, 4, 4], 10),
        *as_it_is(30),
    )
    # A score of 50 is high for a site known by one sample, and lowest for the other groups.
    assert p_of(true, 50, 20, 1)[0] == pytest.approx(11 / 11)
    assert p_of(true, 50, 3, 4)[0] == pytest.approx(1 / 11)
    assert p_of(true, 150, 3, 4)[0] == pytest.approx(11 / 11)
    assert p_of(true, 150, 20, 4)[0] == pytest.approx(1 / 11)
    # Two reference samples lie in no group of their own: they go with the higher one.
    assert p_of(true, 50, 20, 2)[0] == pytest.approx(1 / 11)


@pytest.mark.parametrize(("alpha", "least"), [(0.02, 50), (0.05, 20), (0.1, 10), (0.03, 34)])
def test_fewer_true_claims_than_can_show_alpha_reject_nobody(alpha, least):
    few, enough = true_scores(np.arange(least - 1)), true_scores(np.arange(least))
    assert not few.enough(alpha)
    assert np.isnan(p_of(few, [-5.0, 5.0], alpha=alpha)).all()
    assert enough.enough(alpha)
    p = p_of(enough, -5.0, alpha=alpha)[0]
    assert p == pytest.approx(1 / (least + 1))
    assert p <= alpha


@pytest.mark.parametrize("alpha", [0.01, 0.02, 0.05, 0.10])
def test_among_exchangeable_scores_as_many_are_rejected_as_was_set(alpha):
    rng = np.random.default_rng(0)
    n_rows, n_true = 6000, 199
    rejected = 0
    for row in rng.standard_t(3, size=(n_rows, n_true + 1)):
        rejected += p_of(true_scores(row[1:]), row[0], alpha=alpha)[0] <= alpha
    # Exactly floor(alpha (n + 1)) / (n + 1) in the mean, here alpha itself.
    low, high = binom.ppf([1e-4, 1 - 1e-4], n_rows, alpha)
    assert low <= rejected <= high


def test_the_rate_holds_within_each_group():
    """Scores that sink with few grains would reject small samples all the time."""
    rng = np.random.default_rng(1)

    def draw(n):
        grains = rng.choice([2, 4, 10, 40], size=n)
        references = rng.choice([1, 2, 8], size=n)
        return rng.normal(0.3 * np.log(grains) - 2.0 / references), grains, references

    rates = {g: [] for g in (2, 4, 10, 40)}
    for _ in range(60):
        true = TrueScores(*draw(1500), *as_it_is(1500))
        scores, grains, references = draw(500)
        p = true.p_values(scores, grains, references, np.ones(1), 0.05)
        for g in rates:
            rates[g].append((p[grains == g] <= 0.05).mean())
    for rate in rates.values():
        assert np.mean(rate) == pytest.approx(0.05, abs=0.012)


grain_counts = st.lists(st.integers(1, 60), min_size=5, max_size=150)


@settings(max_examples=80, deadline=None)
@given(grain_counts, st.data())
def test_every_claim_is_in_one_group_that_is_large_enough(n_grains, data):
    n = len(n_grains)
    n_reference = data.draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    true = TrueScores(np.zeros(n), np.array(n_grains), np.array(n_reference), *as_it_is(n))
    groups = true._groups(0.2)
    grid_g, grid_r = np.meshgrid(np.arange(1, 80), np.arange(0, 12))
    held = np.array([g.holds(grid_g, grid_r) for g in groups])
    np.testing.assert_array_equal(held.sum(axis=0), 1)
    for group in groups:
        assert group.holds(true.n_grains, true.n_reference).sum() >= 5


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.floats(-5, 5), min_size=10, max_size=60),
    st.lists(st.floats(-6, 6), min_size=2, max_size=10),
)
def test_a_higher_score_never_has_a_lower_p_value(true, scores):
    p = p_of(true_scores(true), np.sort(scores))
    assert np.all(np.diff(p) >= 0)
    assert np.all((p > 0) & (p <= 1))


def test_scores_of_samples_and_sites_broadcast():
    true = true_scores(np.arange(20.0))
    scores, share = np.arange(6.0).reshape(2, 3), np.ones((2, 1))
    p = true.p_values(scores, np.array([[4], [30]]), np.array([1, 2, 3]), share, 0.1)
    np.testing.assert_allclose(p, (2 + np.arange(6.0).reshape(2, 3)) / 21)


def test_a_claim_is_compared_with_true_claims_on_no_more_analytes_than_its_own():
    # On all analytes true claims score about 100, on 0.85 of them about 50, on 0.7 about 0.
    true = TrueScores(
        np.concatenate([100 + np.arange(10.0), 50 + np.arange(10.0), np.arange(10.0)]),
        np.full(30, 20),
        np.full(30, 3),
        np.repeat([1.0, 0.85, 0.7], 10),
        np.zeros(30),
        np.full(30, np.inf),
    )
    grains, references = np.full(1, 20), np.full(1, 3)

    def p(score, share):
        return true.p_values(np.array([score]), grains, references, np.array([share]), 0.1)[0]

    assert p(60.0, 1.0) == p(40.0, 0.9) == p(40.0, 0.85) == pytest.approx(1 / 11)
    assert p(40.0, 0.84) == p(40.0, 0.7) == pytest.approx(11 / 11)
    # Fewer than were ever tried: compared with the fewest; the policy decides no such claim.
    assert p(-1.0, 0.3) == pytest.approx(1 / 11)


def of_two_kinds(**column):
    """Ten true claims as they are, scored about 100, and the same otherwise, scored about 50."""
    kind = np.repeat([0, 1], 10)
    share, offset, most_grains = as_it_is(20)
    changed = {"offset": offset, "most_grains": most_grains}
    for name, value in column.items():
        changed[name] = np.where(kind == 1, value, changed[name])
    n_grains = np.minimum(20, changed["most_grains"]).astype(int)
    scores = np.where(kind == 0, 100.0, 50.0) + np.tile(np.arange(10.0), 2)
    return TrueScores(
        scores, n_grains, np.full(20, 3), share, changed["offset"], changed["most_grains"]
    )


def test_an_offset_that_cannot_be_excluded_gives_the_larger_p_value():
    true = of_two_kinds(offset=0.1)
    assert p_of(true, 55.5)[0] == pytest.approx(7 / 11)
    assert p_of(true, 40.0)[0] == pytest.approx(1 / 11)
    # Were offsets to raise scores, those without would decide.
    assert p_of(true.take(true.offset == 0), 55.5)[0] == pytest.approx(1 / 11)


def test_only_claims_on_few_grains_are_compared_with_true_claims_cut_to_few():
    true = of_two_kinds(most_grains=5.0)
    assert p_of(true, 55.5, n_grains=20)[0] == pytest.approx(1 / 11)
    assert p_of(true, 55.5, n_grains=5)[0] == pytest.approx(7 / 11)


def test_a_sample_tried_under_two_conditions_is_no_two_true_claims():
    assert not of_two_kinds(offset=0.1).enough(0.05)
    assert of_two_kinds(offset=0.1).enough(0.1)

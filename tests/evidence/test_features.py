"""Distributions under detection limits, and normal scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from builders import assay_of
from fingerprint.chemistry import Analyte
from fingerprint.evidence.features import (
    LogTable,
    NormalScores,
    left_censored_distribution,
    log_table,
)
from fingerprint.tables import Assay

# Logarithms of measurements have a few digits; numbers next to 0 are not among them.
logs = st.integers(-3000, 3000).map(lambda i: i / 1000)
queries = st.integers(-4000, 4000).map(lambda i: i / 1000)


def scores_of(x, censored=None, weights=None):
    x = np.asarray(x, float).reshape(len(x), -1)
    censored = np.zeros(x.shape, bool) if censored is None else np.asarray(censored)
    weights = np.ones(len(x)) if weights is None else weights
    return NormalScores().fit(LogTable(x, censored.reshape(x.shape)), weights)


def transformed(scores, x, censored=False):
    x = np.asarray(x, float)[:, None]
    return scores.transform(LogTable(x, np.broadcast_to(censored, x.shape)))[:, 0]


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=30))
def test_without_censoring_it_is_the_empirical_distribution_at_the_middle_of_its_steps(values):
    x = np.array(values, float)
    levels, below = left_censored_distribution(x, np.zeros(x.size, bool), np.ones(x.size))
    expected = [(np.mean(x < v) + np.mean(x <= v)) / 2 for v in np.unique(x)]
    edge = 0.5 / max(x.size, 2)
    assert levels.tolist() == np.unique(x).tolist()
    np.testing.assert_allclose(below, np.clip(expected, edge, 1 - edge), atol=1e-12)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(1, 4)), min_size=2, max_size=20))
def test_a_weight_of_two_is_the_value_twice(pairs):
    x, times = (np.array(c) for c in zip(*pairs, strict=True))
    free = np.zeros(x.size, bool)
    _, weighted = left_censored_distribution(x.astype(float), free, times.astype(float))
    long = np.repeat(x, times).astype(float)
    _, repeated = left_censored_distribution(long, np.zeros(long.size, bool), np.ones(long.size))
    edge = 0.5 / x.size  # the clip counts grains, not weights
    np.testing.assert_allclose(
        np.clip(weighted, edge, 1 - edge), np.clip(repeated, edge, 1 - edge), atol=1e-12
    )


def test_one_worked_by_hand():
    # Measured 1, 3 and 5; one below 2, one below 4. From the top: 5 is 1 of 5 at risk, 4/5 are
    # left; of <4, 3, <2, 1 the 3 is one of three at or below 3 (3, <2, 1): 2/3 are left; of 1
    # alone at or below 1: none is left.
    x = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    censored = np.array([False, True, False, True, False])
    levels, below = left_censored_distribution(x, censored, np.ones(5))
    at = [4 / 5 * 2 / 3, 4 / 5, 1.0]
    before = [0.0, 4 / 5 * 2 / 3, 4 / 5]
    assert levels.tolist() == [1.0, 3.0, 5.0]
    np.testing.assert_allclose(below, np.mean([at, before], axis=0), atol=1e-12)


def test_nothing_measured_above_detection_gives_nothing():
    levels, below = left_censored_distribution(
        np.array([1.0, 2.0, np.nan]), np.array([True, True, False]), np.ones(3)
    )
    assert levels.size == below.size == 0


def test_with_several_limits_it_follows_the_exact_law():
    rng = np.random.default_rng(3)
    n = 20_000
    truth = rng.normal(size=n)
    limit = rng.choice([-1.5, -0.5, 0.5], size=n)
    censored = truth < limit
    levels, below = left_censored_distribution(
        np.where(censored, limit, truth), censored, np.ones(n)
    )
    # Dvoretzky-Kiefer-Wolfowitz at 1e-6 for n, with a third of the data at the low end (only
    # those with the lowest limit speak below -0.5) as the worst case.
    band = np.sqrt(np.log(2 / 1e-6) / (2 * n / 3))
    assert np.abs(below - norm.cdf(levels)).max() < band
    # Taking the limit for the value would be far outside the band.
    substituted = np.mean(np.where(censored, limit, truth) < -0.6)
    assert abs(substituted - norm.cdf(-0.6)) > 2 * band


def test_normal_scores_of_a_normal_law_are_the_standardised_values():
    rng = np.random.default_rng(4)
    scores = scores_of(rng.normal(3.0, 0.2, size=20_000))
    x = np.array([2.6, 2.9, 3.0, 3.1, 3.4])
    np.testing.assert_allclose(transformed(scores, x), (x - 3.0) / 0.2, atol=0.06)


@pytest.mark.parametrize("limit", [-1.0, 0.2, 0.7])
def test_a_censored_cell_is_the_mean_of_what_lies_below_its_limit_or_the_librarys(limit):
    rng = np.random.default_rng(5)
    truth = rng.normal(size=40_000)
    library_limit = rng.choice([-1.2, 0.2], size=truth.size)
    censored = truth < library_limit
    scores = scores_of(np.where(censored, library_limit, truth), censored)
    got = transformed(scores, [limit], True)[0]
    level = max(limit, 0.2)  # half of the library is blind beneath
    assert got == pytest.approx(-norm.pdf(level) / norm.cdf(level), abs=0.04)
    # The same without the formula: the mean of the truth below the limit.
    assert got == pytest.approx(truth[truth < level].mean(), abs=0.04)


@settings(deadline=None)
@given(
    st.lists(logs, min_size=3, max_size=40),
    st.lists(queries, min_size=2, max_size=20),
)
def test_normal_scores_never_fall(library, query):
    z = transformed(scores_of(library), np.sort(query))
    assert np.all(np.diff(z) >= -1e-12)
    assert np.isfinite(z).all()


@settings(deadline=None)
@given(st.lists(logs, min_size=3, max_size=40), queries)
def test_a_censored_cell_scores_below_its_limit_and_a_higher_limit_scores_higher(library, limit):
    scores = scores_of(library)
    at = transformed(scores, [limit])[0]
    below = transformed(scores, [limit], True)[0]
    assert below < at
    assert transformed(scores, [limit + 0.5], True)[0] >= below


def test_what_was_not_measured_stays_so():
    scores = scores_of([1.0, 2.0, 3.0])
    assert np.isnan(transformed(scores, [np.nan])[0])
    never = scores_of([1.0, 1.0, 1.0], np.ones(3, bool))
    assert transformed(never, [2.0])[0] == 0.0
    assert np.isnan(transformed(never, [np.nan])[0])


def test_grains_that_were_not_measured_do_not_count():
    with_blanks = scores_of([1.0, np.nan, 2.0, np.nan, 3.0])
    without = scores_of([1.0, 2.0, 3.0])
    np.testing.assert_allclose(with_blanks.scores_[0], without.scores_[0])


def test_a_long_distribution_is_thinned_without_moving_it():
    x = np.random.default_rng(6).normal(size=30_000)
    scores = scores_of(x)
    assert scores.knots_[0].size <= 1000
    assert (scores.knots_[0][0], scores.knots_[0][-1]) == (x.min(), x.max())
    at = np.quantile(x, [0.01, 0.2, 0.5, 0.9, 0.99])
    np.testing.assert_allclose(
        transformed(scores, at), norm.ppf([0.01, 0.2, 0.5, 0.9, 0.99]), atol=0.02
    )


def test_tables_are_aligned_to_the_models_analytes():
    assay = assay_of([[10.0, 100.0]], ["a"], elements=("Nb", "Ta"), limits=20.0,
                     censored=[[True, False]])  # fmt: skip
    table = log_table(assay, ["Ta", "Sn", "Nb"])
    np.testing.assert_allclose(table.x, [[2.0, np.nan, np.log10(20.0)]])
    assert table.censored.tolist() == [[False, False, True]]


def test_ratios_are_logged_and_logarithms_are_not_logged_again():
    plain = assay_of([[100.0, 100.0]], ["a"])
    assay = Assay(
        plain.facts,
        (Analyte("Pb", "ratio"), Analyte("Zr", "log10")),
        np.array([[100.0, -1.5]]),
        np.full((1, 2), np.nan),
        np.zeros((1, 2), bool),
    )
    np.testing.assert_allclose(log_table(assay, ["Pb_ratio", "Zr_log10"]).x, [[2.0, -1.5]])
    # A ratio of lead is no concentration of lead.
    assert np.isnan(log_table(assay, ["Pb", "Zr"]).x).all()


def test_limits_stand_where_a_measured_value_would_and_none_above_all_of_them():
    scores = scores_of([0.0, 1.0, 2.0, 3.0])
    x = np.array([[0.5], [1.5], [9.0], [9.0], [np.nan], [-5.0]])
    censored = np.array([[False], [True], [True], [False], [False], [True]])
    z, below = scores.transform_limits(LogTable(x, censored))
    measured = transformed(scores, [0.5, 1.5, 9.0, 9.0, 9.0, -5.0])
    truth = np.where([1, 1, 0, 1, 0, 1], measured, np.nan)
    np.testing.assert_array_equal(z[:, 0], truth)
    assert below[:, 0].tolist() == [False, True, False, False, False, True]


def test_an_analyte_never_measured_above_detection_has_no_limits():
    scores = scores_of([1.0, 2.0], censored=[True, True])
    table = LogTable(np.array([[0.5], [3.0], [np.nan]]), np.array([[True], [False], [False]]))
    z, below = scores.transform_limits(table)
    np.testing.assert_array_equal(z[:, 0], [0.0, 0.0, np.nan])
    assert not below.any()


def two_limits(share_of_higher):
    """100 grains below 1, and so many of them below 2 instead: the rest of 200 lie above."""
    n = round(100 * share_of_higher)
    x = np.concatenate([np.full(100 - n, 1.0), np.full(n, 2.0), np.linspace(2.5, 9.0, 100)])
    return x, x < 2.2


@pytest.mark.parametrize(("share", "level"), [(0.02, 1.0), (0.3, 2.0), (1.0, 2.0)])
def test_the_library_is_blind_beneath_nearly_its_highest_limit(share, level):
    x, censored = two_limits(share)
    scores = scores_of(x, censored)
    assert scores.reach_.tolist() == scores.tie_.tolist() == [level]
    free = scores_of(x)
    assert free.reach_.tolist() == [x.min()]
    assert free.tie_.tolist() == [-np.inf]


def test_where_the_library_is_blind_a_value_a_limit_and_a_lower_value_are_one():
    scores = scores_of(*two_limits(0.5))
    x, censored = np.array([2.0, 1.9, 0.1, 1.0, -7.0]), np.array([1, 0, 0, 1, 0], bool)
    z = scores.transform(LogTable(x[:, None], censored[:, None]))[:, 0]
    assert np.unique(z).size == 1
    assert z[0] < transformed(scores, [2.0])[0]
    at, below = scores.transform_limits(LogTable(x[:, None], censored[:, None]))
    assert np.unique(at).size == 1
    assert below.all()

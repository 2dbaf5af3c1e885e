"""Areas between curves against scipy's Wasserstein distance, and within sites by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, wasserstein_distance

from builders import gaussian, half_below_the_limit, library_of, samples_of, sites_of
from fingerprint.evidence import AreasRatio
from fingerprint.evidence.areas_ratio import N_QUANTILES, area_between, quantiles, within_site

values = st.lists(st.integers(-30, 30), min_size=8, max_size=8)


def curve_of(x):
    return quantiles(np.sort(np.asarray(x, float)), np.array([0, len(x)]))


@settings(max_examples=150, deadline=None)
@given(values, values, st.sampled_from([-np.inf, -3.5, 0.0, 12.0]))
def test_the_area_is_the_wasserstein_distance_from_the_limit_up(one, other, limit):
    # Eight grains divide the 64 steps: nothing is rounded.
    got = area_between(curve_of(one), curve_of(other), np.array([limit]))[0]
    expected = wasserstein_distance(np.maximum(one, limit), np.maximum(other, limit))
    assert got == pytest.approx(expected, abs=1e-12)


def test_the_area_of_a_known_shift_is_the_shift():
    rng = np.random.default_rng(1)
    x = rng.normal(size=5000)
    no_limit = np.array([-np.inf])
    assert area_between(curve_of(x), curve_of(x + 0.3), no_limit)[0] == pytest.approx(0.3)
    # From a limit c up: the integral of Phi(x) - Phi(x - d) over x > c.
    grid = np.linspace(0.2, 12, 100_001)
    expected = np.trapezoid(norm.cdf(grid) - norm.cdf(grid - 0.3), grid)
    got = area_between(curve_of(x), curve_of(x + 0.3), np.array([0.2]))[0]
    assert got == pytest.approx(expected, abs=0.02)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_quantiles_of_groups_are_those_of_each_alone(seed):
    rng = np.random.default_rng(seed)
    sizes = rng.integers(0, 9, size=5)
    groups = [np.sort(rng.normal(size=n)) for n in sizes]
    got = quantiles(np.concatenate(groups), np.concatenate([[0], np.cumsum(sizes)]))
    for row, x in zip(got, groups, strict=True):
        if x.size == 0:
            assert np.isnan(row).all()
        else:
            at = (np.arange(N_QUANTILES) + 0.5) / N_QUANTILES
            expected = [x[np.argmax((np.arange(x.size) + 1) / x.size > p)] for p in at]
            np.testing.assert_array_equal(row, expected)


def test_the_area_within_a_site_is_that_between_each_sample_and_the_others():
    library = gaussian(3, [1, 2, 4], 8, p=2, seed=3)
    scorer = AreasRatio().fit(library)
    z = scorer._table(library.samples).x
    for j in range(2):
        got = scorer._own_areas(j, z[:, j], library)
        for i, site in enumerate(library.sample_site):
            own = library.samples.grain_sample == i
            others = (library.grain_site == site) & ~own
            if not others.any():
                assert np.isnan(got[i])
                continue
            expected = wasserstein_distance(z[own, j], z[others, j])
            assert got[i] == pytest.approx(expected, abs=0.03)


def test_few_samples_are_drawn_towards_the_librarys_typical_area():
    site = np.array([0, 1, 1, 2, 2, 2])
    areas = np.array([[np.nan, 0.1, 0.3, 0.6, 0.6, 0.9], [np.nan] * 6])
    typical = 0.5
    expected = [typical, (0.4 + 4 * typical) / 6, (2.1 + 4 * typical) / 7]
    got = within_site(areas, site)
    np.testing.assert_allclose(got[0], expected)
    # An analyte of which no site has two samples takes what the others have.
    np.testing.assert_allclose(got[1], typical)
    np.testing.assert_allclose(within_site(np.full((1, 2), np.nan), np.array([0, 1])), 1.0)
    np.testing.assert_allclose(within_site(np.zeros((1, 3)), np.array([0, 0, 1])), 0.02)


def test_a_site_whose_samples_differ_forgives_more():
    rng = np.random.default_rng(4)
    base = rng.normal(size=(24, 20, 1))
    wild, tame = 0.8 * rng.normal(size=(12, 1, 1)), 0.05 * rng.normal(size=(12, 1, 1))
    level = np.concatenate([wild - wild.mean(), 3.0 + tame - tame.mean()])
    library = library_of(
        10 ** (base + level).reshape(-1, 1),
        np.repeat([f"{i}" for i in range(24)], 20),
        np.repeat(["wild", "tame"], 240),
    )
    scorer = AreasRatio().fit(library)
    tame_within, wild_within = scorer.within_[0]
    assert wild_within > 1.3 * tame_within


def test_counts_give_the_grains_so_often():
    library = gaussian(4, 2, 8, p=3, seed=9)
    scorer = AreasRatio().fit(library)
    query = library.samples.take(np.array([1]))
    counts = np.array([[3.0, 0, 0, 2, 0, 1, 2, 0]])
    took = np.repeat(np.arange(8), counts[0].astype(int))
    drawn = samples_of(query.assay.values[took], ["q"] * 8, elements=query.assay.keys)
    got = scorer.resampled(query, counts, np.zeros((4, 3)))
    np.testing.assert_allclose(got, scorer.score(drawn), atol=1e-12)


def test_curves_stand_on_the_normal_scores_of_the_limits():
    """A censored grain lies at its limit, not at the mean of what is below it."""
    library = half_below_the_limit()
    scorer = AreasRatio().fit(library)
    at = np.interp(np.log10(2.0), scorer.scores_.knots_[0], scorer.scores_.scores_[0])
    assert scorer.limit_[0].tolist() == [pytest.approx(at), -np.inf]
    assert scorer.quantiles_[0, 0, 0] == pytest.approx(at)


def test_the_score_is_minus_the_mean_ratio_to_the_power_of_one_and_a_half():
    library = gaussian(3, [2, 3, 4], 8, p=3, seed=6)
    scorer = AreasRatio().fit(library)
    query = samples_of(
        10 ** np.random.default_rng(7).normal(2, 0.5, (64, 3)),
        ["q"] * 64,
        elements=library.samples.assay.keys,
    )
    z, q = scorer._table(library.samples).x, scorer._table(query).x
    for s in range(3):
        area = [wasserstein_distance(q[:, j], z[library.grain_site == s, j]) for j in range(3)]
        expected = -np.mean((np.array(area) / scorer.within_[:, s]) ** 1.5)
        assert scorer.score(query)[0, s] == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("n", [1, 7, 64, 128, 200])
def test_a_sample_that_is_all_of_its_site_lies_at_no_distance(n):
    rng = np.random.default_rng(8)
    library = sites_of(rng.lognormal(size=(n, 2)), rng.lognormal(size=(5, 2)))
    scores = AreasRatio().fit(library).score(library.samples)
    assert scores[0, 0] == scores[1, 1] == 0.0
    assert scores[0, 1] < 0.0

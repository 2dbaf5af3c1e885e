"""Rank sums against scipy's, ties and limits and all, and against truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, norm, ranksums

from builders import half_below_the_limit, samples_of, sites_of
from fingerprint.evidence import RankSum

levels = st.sampled_from([0.5, 1.0, 1.5, 2.0, 4.0, 8.0])
columns = st.lists(st.tuples(levels, levels), min_size=1, max_size=12)


def scipy_z(one, other):
    n, m = len(one), len(other)
    found = mannwhitneyu(one, other, method="asymptotic", use_continuity=False)
    everything = np.concatenate([one, other])
    _, t = np.unique(everything, return_counts=True)
    N = n + m
    variance = n * m / 12 * (N + 1 - (t**3 - t).sum() / (N * (N - 1)))
    z = (found.statistic - n * m / 2) / np.sqrt(variance)
    # The variance is scipy's own: its p-value says so.
    assert 2 * norm.sf(abs(z)) == pytest.approx(found.pvalue, abs=1e-9)
    return z


@settings(max_examples=100, deadline=None)
@given(columns, columns, columns)
def test_the_standardised_statistic_is_scipys_with_ties_and_all(query, first, second):
    scorer = RankSum().fit(sites_of(first, second))
    got = scorer.standardised(samples_of(np.array(query), ["q"] * len(query)))
    for j in range(2):
        for s, site in enumerate((first, second)):
            one, other = (np.array(rows)[:, j] for rows in (query, site))
            if np.unique(np.append(one, other)).size == 1:
                assert got[j, s] == 0.0
            else:
                assert got[j, s] == pytest.approx(scipy_z(one, other), abs=1e-9)


def test_without_ties_it_is_the_plain_rank_sum():
    rng = np.random.default_rng(1)
    query, site, other = rng.lognormal(size=(3, 15, 1))
    got = RankSum().fit(sites_of(site, other)).standardised(samples_of(query, ["q"] * 15))
    assert got[0, 0] == pytest.approx(ranksums(query[:, 0], site[:, 0]).statistic, abs=1e-9)


def test_the_score_is_minus_the_mean_of_fourth_powers_less_chance():
    rng = np.random.default_rng(2)
    query, site, other = rng.lognormal(size=(3, 12, 3))
    got = RankSum().fit(sites_of(site, other)).score(samples_of(query, ["q"] * 12))[0, 0]
    expected = []
    for j in range(3):
        effect = (query[:, j, None] > site[None, :, j]).mean() - 0.5
        expected.append(effect**4 - 3 * (25 / (12 * 144)) ** 2)
    assert got == pytest.approx(-np.mean(expected), abs=1e-12)


@pytest.mark.parametrize("n", [4, 12, 60])
def test_what_chance_explains_is_taken_off(n):
    rng = np.random.default_rng(3)
    scorer = RankSum().fit(sites_of(rng.lognormal(size=(300, 8)), rng.lognormal(1, 1, (9, 8))))
    got = [scorer.score(samples_of(rng.lognormal(size=(n, 8)), ["q"] * n))[0, 0] for _ in range(99)]
    # Uncorrected, the mean would be -3 v^2: -0.0013 at n = 4.
    chance = 3 * ((n + 301) / (12 * n * 300)) ** 2
    assert abs(np.mean(got)) < 0.5 * chance


def test_the_sites_limit_counts_as_well():
    library = half_below_the_limit()
    scorer = RankSum().fit(library)
    for low in (0.5, 1.9, 2.0):
        z = scorer.standardised(samples_of([low, low, 8.0, 9.0], ["q"] * 4))
        assert z[0, 0] == 0.0


def test_a_draw_that_holds_no_measured_grain_leaves_its_analyte_out():
    rng = np.random.default_rng(6)
    values = rng.lognormal(size=(3, 2))
    values[1:, 1] = np.nan
    query = samples_of(values, ["q"] * 3)
    scorer = RankSum().fit(sites_of(rng.lognormal(size=(5, 2)), rng.lognormal(size=(5, 2))))
    blank = np.isnan(query.assay.values[:, 1]).astype(float)
    got = scorer.resampled(query, np.stack([blank, 1 - blank]), np.zeros((1, 2)))
    only = scorer.resampled(query.with_analytes(np.array([0])), blank[None], np.zeros((1, 2)))
    np.testing.assert_allclose(got[:1], only, atol=1e-12)
    assert np.isfinite(got).all()


@settings(max_examples=60, deadline=None)
@given(columns, columns, st.sampled_from([1.0, 2.0, 8.0]))
def test_under_a_limit_it_is_scipys_on_values_set_to_the_limit(query, site, limit):
    one, other = np.array(query), np.array(site)
    if not (one < limit).any(axis=0).all():  # no censored cell, no limit to compare at
        return
    sample = samples_of(one, ["q"] * len(one), limits=limit, censored=one < limit)
    got = RankSum().fit(sites_of(site, [(4.0, 4.0)])).standardised(sample)
    for j in range(2):
        clipped = [np.maximum(rows[:, j], limit) for rows in (one, other)]
        if np.unique(np.concatenate(clipped)).size > 1:
            assert got[j, 0] == pytest.approx(scipy_z(*clipped), abs=1e-9)


def test_counts_weigh_the_grains():
    rng = np.random.default_rng(7)
    query, site = rng.lognormal(size=(2, 9, 2))
    sample = samples_of(query, ["q"] * 9)
    counts = rng.multinomial(9, np.ones(9) / 9, size=5).astype(float)
    got = RankSum().fit(sites_of(site, site)).resampled(sample, counts, np.zeros((2, 2)))
    exceeds = (sample.assay.values[:, None] > site[None]).mean(axis=1)
    effect = counts @ exceeds / 9 - 0.5
    expected = -(effect**4 - 3 * (19 / (12 * 81)) ** 2).mean(axis=1)
    np.testing.assert_allclose(got[:, 0], expected, atol=1e-12)

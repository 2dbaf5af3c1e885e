"""Shares of sites in the density around grains, against scipy's densities and against truth."""

import numpy as np
import pytest
from scipy.stats import multivariate_t

from builders import gaussian, library_of, samples_of, with_limits
from fingerprint.evidence import KernelDensity, kernel_density
from fingerprint.evidence.scatter import SiteScatter


def log_shares(library, z, seen):
    """(grains, sites) straight from the formula, on the grains in normal scores."""
    found = SiteScatter.of(library)
    square = np.ix_(seen, seen)
    c, sample = found.components, library.samples.grain_sample
    density = []
    for s in range(len(library.sites)):
        own = np.flatnonzero(library.grain_site == s)
        weight = 1 / np.sqrt(library.samples.n_grains[sample[own]])
        scale = (0.5 * found.between[s] + 0.02 * found.within[s])[square]
        each = [multivariate_t.pdf(z[:, seen], found.z[g][seen], scale, df=6) for g in own]
        density.append(weight @ np.reshape(each, (len(own), -1)) / weight.sum())
    broad = multivariate_t.pdf(z[:, seen], c.mu[seen], (c.B + c.W + c.E)[square], df=6)
    share = np.array(density) / (np.sum(density, axis=0) + broad)
    return np.log(share + 1e-5).T


@pytest.fixture(scope="module")
def library():
    n_grains = [3, 1, 4, 2, 6, 5]
    return gaussian(3, [1, 2, 3], n_grains, p=3, seed=1, between=0.2, within=0.1)


@pytest.fixture(scope="module")
def scorer(library):
    return KernelDensity().fit(library)


def query_of(library, values):
    return samples_of(values, ["q"] * len(values), elements=library.samples.assay.keys)


@pytest.mark.parametrize("seen", [[0, 1, 2], [0, 2], [1]])
def test_the_score_is_the_formula_whatever_analytes_are_missing(library, scorer, seen):
    values = 10 ** np.random.default_rng(2).normal(2.0, 0.3, (5, 3))
    values[:, np.setdiff1d([0, 1, 2], seen)] = np.nan
    query = query_of(library, values)
    z = scorer.scores_.transform_samples(query, scorer.keys_)
    truth = log_shares(library, z, seen).mean(axis=0)
    np.testing.assert_allclose(scorer.score(query)[0], truth, rtol=1e-9)


def test_a_hole_is_integrated_out_and_a_blank_grain_is_left_out(library, scorer):
    values = 10 ** np.random.default_rng(3).normal(2.0, 0.3, (4, 3))
    values[1, 0] = values[3] = np.nan
    query = query_of(library, values)
    z = scorer.scores_.transform_samples(query, scorer.keys_)
    whole = log_shares(library, z[np.isfinite(z).all(axis=1)], [0, 1, 2])
    hole = np.isnan(z[:, 0]) & np.isfinite(z[:, 1])
    truth = np.concatenate([whole, log_shares(library, z[hole], [1, 2])])
    assert truth.shape == (3, 3)
    np.testing.assert_allclose(scorer.score(query)[0], truth.mean(axis=0), rtol=1e-9)
    blank_first = np.argsort(np.isfinite(query.assay.values).any(axis=1), kind="stable")
    assert blank_first[0] == np.flatnonzero(np.isnan(query.assay.values).all(axis=1))[0]
    counts = np.ones(4)
    counts[blank_first[0]] = 7.0  # however often the blank grain is drawn
    drawn = scorer.resampled(query, counts[None], np.zeros((3, 3)))
    np.testing.assert_allclose(drawn[0], truth.mean(axis=0), rtol=1e-9)


def test_below_a_limit_above_all_grains_is_as_good_as_not_measured(library, scorer):
    values = 10 ** np.random.default_rng(4).normal(2.0, 0.3, (4, 3))
    censored = np.zeros((4, 3), bool)
    censored[:2, 1] = True
    keys = library.samples.assay.keys
    coarse = samples_of(values, ["q"] * 4, elements=keys, limits=1e9, censored=censored)
    values[censored] = np.nan
    assert np.array_equal(scorer.score(coarse), scorer.score(query_of(library, values)))


@pytest.mark.parametrize(("hidden", "left"), [(0.3, 0.9), (0.6, 0.8)])
def test_higher_limits_neither_raise_false_rejection_nor_hide_what_is_left(hidden, left):
    """A threshold that 5 % of true claims miss, set where nothing is censored."""
    whole = gaussian(30, 10, 8, p=6, seed=11)
    rank = np.concatenate([np.arange(n) for n in whole.n_reference])
    scorer = KernelDensity().fit(whole.take(rank < 5))
    fresh = whole.take(rank >= 5)
    own = np.arange(30) == fresh.sample_site[:, None]
    full = scorer.score(fresh.samples)
    least = np.quantile(full[own], 0.05)
    limits = np.quantile(whole.samples.assay.values, hidden, axis=0)
    coarse = scorer.score(with_limits(fresh.samples, limits))
    n = own.sum()
    assert n == 150
    assert (coarse[own] < least).mean() <= 0.05 + 2.33 * np.sqrt(2 * 0.05 * 0.95 / n)
    assert (coarse[~own] < least).mean() > left


def test_many_analytes_and_grains_far_from_all_sites_overflow_nothing():
    library = gaussian(3, 2, 3, p=30, seed=4, within=1e-4)
    scorer = KernelDensity().fit(library)
    values = np.full((2, 30), 1e9)
    values[1] = 1e-9
    with np.errstate(all="raise", under="ignore"):
        scores = scorer.score(query_of(library, values))
    assert np.isfinite(scores).all()


def test_own_sites_win_where_sites_are_many_clouds():
    """Site x lies left and right, y between: their means are the same."""
    rng = np.random.default_rng(5)
    at = np.array([-1.0, 1.0, -1.0, 1.0, 0.0, 0.0, 0.0, 0.0])
    grains = np.repeat(at, 20) + 0.05 * rng.normal(size=160)
    names = np.repeat(list("abcdefgh"), 20)
    scorer = KernelDensity().fit(library_of(10**grains, names, np.repeat(["x", "y"], 80)))
    new = np.array([-1.0, 0.0, 1.0])
    queries = samples_of(10 ** np.repeat(new, 5), np.repeat(["l", "m", "r"], 5))
    left, middle, right = scorer.score(queries)
    assert left[0] > left[1]
    assert middle[0] < middle[1]
    assert right[0] > right[1]


def test_samples_of_sites_may_stand_among_each_other():
    rng = np.random.default_rng(8)
    names = np.repeat(list("abcdef"), [3, 2, 4, 1, 2, 3])
    sites = np.repeat(list("xyxzyx"), [3, 2, 4, 1, 2, 3])
    mixed = library_of(10 ** rng.normal(2.0, 0.3, (15, 2)), names, sites)
    scorer = KernelDensity().fit(mixed)
    query = query_of(mixed, 10 ** rng.normal(2.0, 0.3, (3, 2)))
    z = scorer.scores_.transform_samples(query, scorer.keys_)
    truth = log_shares(mixed, z, [0, 1]).mean(axis=0)
    np.testing.assert_allclose(scorer.score(query)[0], truth, rtol=1e-9)


def uneven():
    """Site x has samples of 30, 2 and 9 grains, y one of 1."""
    values = 10 ** np.random.default_rng(6).normal(size=(42, 2))
    names = np.repeat(list("abcd"), [30, 2, 9, 1])
    return library_of(values, names, np.repeat(["x", "y"], [41, 1]))


@pytest.mark.parametrize("cap", ["_MAX_GRAINS_OF_SITE", "_MAX_KERNELS"])
def test_a_capped_site_keeps_grains_of_each_sample(monkeypatch, cap):
    library = uneven()
    assert KernelDensity().fit(library).start_.tolist() == [0, 41, 42, 43]
    monkeypatch.setattr(kernel_density, cap, 12 * (1 + (cap == "_MAX_KERNELS")))
    rows = kernel_density._bounded(library)
    assert np.bincount(library.samples.grain_sample[rows]).tolist() == [4, 2, 4, 1]
    scorer = KernelDensity().fit(library)
    assert scorer.start_.tolist() == [0, 10, 11, 12]
    weight = [1 / np.sqrt(n) for n in (4, 2, 4) for _ in range(n)]
    np.testing.assert_allclose(scorer.weight_[:10], weight / np.sum(weight), rtol=1e-12)


def test_of_more_samples_than_the_cap_each_keeps_one_grain(monkeypatch):
    monkeypatch.setattr(kernel_density, "_MAX_GRAINS_OF_SITE", 2)
    library = uneven()
    kept = library.samples.grain_sample[kernel_density._bounded(library)]
    assert kept.tolist() == [0, 1, 2, 3]

"""Shares of sites in the density around a sample's mean, against scipy and against truth."""

import numpy as np
import pytest
from scipy.stats import multivariate_t

from builders import gaussian, library_of, samples_of
from fingerprint.evidence import SampleDensity, sample_density
from fingerprint.evidence.scatter import SiteScatter


def log_shares(library, mean, n_grains, seen):
    """(sites,) straight from the formula, for the mean of n grains in normal scores."""
    found = SiteScatter.of(library)
    square = np.ix_(seen, seen)
    c = found.components
    density = []
    for s in range(len(library.sites)):
        scale = (found.between[s] + c.E / n_grains)[square]
        own = found.means.means[library.sample_site == s]
        density.append(np.mean([multivariate_t.pdf(mean[seen], m[seen], scale, 6) for m in own]))
    broad = multivariate_t.pdf(mean[seen], c.mu[seen], (c.B + c.W + c.E / n_grains)[square], 6)
    return np.log(np.array(density) / (np.sum(density) + broad) + 1e-6)


@pytest.fixture(scope="module")
def library():
    return gaussian(3, [1, 2, 4], 5, p=3, seed=1, between=0.2, within=0.1)


@pytest.fixture(scope="module")
def scorer(library):
    return SampleDensity().fit(library)


def query_of(library, values):
    return samples_of(values, ["q"] * len(values), elements=library.samples.assay.keys)


@pytest.mark.parametrize("n_grains", [1, 6])
@pytest.mark.parametrize("seen", [[0, 1, 2], [0, 2], [1]])
def test_the_score_is_the_formula_whatever_analytes_are_missing(library, scorer, seen, n_grains):
    values = 10 ** np.random.default_rng(2).normal(2.0, 0.3, (n_grains, 3))
    values[:, np.setdiff1d([0, 1, 2], seen)] = np.nan
    query = query_of(library, values)
    mean = scorer.scores_.transform_samples(query, scorer.keys_).mean(axis=0)
    truth = log_shares(library, mean, n_grains, seen)
    np.testing.assert_allclose(scorer.score(query)[0], truth, rtol=1e-9)


def test_drawn_grains_make_another_mean_of_as_many_grains(library, scorer):
    values = 10 ** np.random.default_rng(3).normal(2.0, 0.3, (4, 3))
    values[2, 1] = np.nan
    query = query_of(library, values)
    z = scorer.scores_.transform_samples(query, scorer.keys_)
    z = np.where(np.isnan(z), np.nanmean(z, axis=0), z)
    counts = np.array([[1.0, 1, 1, 1], [0, 3, 0, 1], [4, 0, 0, 0]])
    drawn = scorer.resampled(query, counts, np.zeros((3, 3)))
    for got, count in zip(drawn, counts, strict=True):
        truth = log_shares(library, count @ z / 4, 4, [0, 1, 2])
        np.testing.assert_allclose(got, truth, rtol=1e-9)


def test_a_site_of_two_veins_is_not_taken_for_what_lies_between():
    rng = np.random.default_rng(4)
    at = np.concatenate([np.tile([-1.0, 1.0], 6), np.zeros(12)])
    at = at + 0.03 * rng.normal(size=24)
    # The prior is the library's own scatter, which must not swallow the veins.
    others = np.repeat(np.linspace(-3, 3, 8), 12) + 0.03 * rng.normal(size=96)
    grains = np.repeat(np.concatenate([at, others]), 5) + 0.03 * rng.normal(size=600)
    names = np.repeat([f"{i:03}" for i in range(120)], 5)
    sites = np.repeat([f"{i}" for i in range(10)], 60)
    scorer = SampleDensity().fit(library_of(10**grains, names, sites))
    queries = samples_of(10 ** np.repeat([-1.0, 0.0, 1.0], 5), np.repeat(["l", "m", "r"], 5))
    left, middle, right = scorer.score(queries)[:, :2]
    assert left[0] > left[1]
    assert middle[0] < middle[1]
    assert right[0] > right[1]


def test_samples_of_sites_may_stand_among_each_other():
    rng = np.random.default_rng(8)
    names, sites = np.repeat(list("abcdef"), 3), np.repeat(list("xyxzyx"), 3)
    mixed = library_of(10 ** rng.normal(2.0, 0.3, (18, 2)), names, sites)
    scorer = SampleDensity().fit(mixed)
    query = query_of(mixed, 10 ** rng.normal(2.0, 0.3, (3, 2)))
    mean = scorer.scores_.transform_samples(query, scorer.keys_).mean(axis=0)
    truth = log_shares(mixed, mean, 3, [0, 1])
    np.testing.assert_allclose(scorer.score(query)[0], truth, rtol=1e-9)


def test_the_samples_of_a_site_beyond_the_cap_are_left_out_evenly(monkeypatch):
    library = gaussian(3, [1, 3, 12], 2, p=2, seed=5)
    assert SampleDensity().fit(library).start_.tolist() == [0, 1, 4, 16]
    monkeypatch.setattr(sample_density, "_MAX_SAMPLES_OF_SITE", 4)
    scorer = SampleDensity().fit(library)
    assert scorer.start_.tolist() == [0, 1, 4, 8]
    all_means = SiteScatter.of(library).means.means
    assert np.array_equal(scorer.means_[4:], all_means[4:][[2, 5, 8, 11]])


def test_more_analytes_than_samples_and_values_far_off_stay_finite():
    library = gaussian(2, [1, 2], [1, 3, 2], p=9, seed=8)
    far = query_of(library, np.stack([np.full(9, 1e9), np.full(9, 1e-9)]))
    scores = SampleDensity().fit(library).score(far)
    assert np.isfinite(scores).all()
    assert np.all(scores >= np.log(1e-6))

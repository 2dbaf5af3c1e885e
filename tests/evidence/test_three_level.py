"""The three-level model against brute-force Gaussian algebra and against truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, multivariate_t

from builders import gaussian, samples_of
from fingerprint.evaluation.metrics import cllr, cllr_min
from fingerprint.evidence import ThreeLevel, three_level
from fingerprint.evidence.features import NormalScores, log_table
from fingerprint.evidence.three_level import log_t
from fingerprint.evidence.variance import SampleMeans, VarianceComponents, estimate_components
from fingerprint.library import Library
from fingerprint.simulate import simulate_gaussian

B = np.array([[1.0, 0.5, 0.0], [0.5, 0.8, 0.0], [0.0, 0.0, 0.6]])
W = np.array([[0.3, 0.0, 0.1], [0.0, 0.2, 0.0], [0.1, 0.0, 0.3]])
E = np.array([[0.5, 0.1, 0.0], [0.1, 0.4, 0.0], [0.0, 0.0, 0.3]])
MU = np.array([2.0, 1.0, 0.0])


def means_of(library):
    table = log_table(library.samples.assay, library.samples.assay.keys)
    return SampleMeans.of(table.x, library.samples.grain_sample, len(library))


def test_sample_means_and_their_scatter_by_hand():
    z = np.array([[1.0, 5.0], [3.0, np.nan], [2.0, np.nan], [2.0, np.nan], [5.0, np.nan]])
    means = SampleMeans.of(z, np.array([0, 0, 1, 1, 1]), 2)
    assert means.n_grains.tolist() == [2, 3]
    # An analyte that a sample lacks altogether sits at 0, the library's middle.
    np.testing.assert_allclose(means.means, [[2.0, 5.0], [3.0, 0.0]])
    np.testing.assert_allclose(means.within, [[2.0 + 6.0, 0.0], [0.0, 0.0]])


def test_the_variances_that_made_a_library_come_back():
    sites, samples, grains = 600, 4, 6
    library = simulate_gaussian(sites, samples, grains, B, W, E, seed=3, mean=MU)
    got = estimate_components(means_of(library), library.sample_site)
    # Four standard errors of a variance estimated on as many degrees of freedom.
    for name, truth, free in (
        ("B", B + W / samples, sites),
        ("W", W + E / grains, sites * (samples - 1)),
        ("E", E, sites * samples * (grains - 1)),
    ):
        expected = {"B": B, "W": W, "E": E}[name]
        off = 4 * np.diag(truth).max() * np.sqrt(2 / free) + 0.01
        np.testing.assert_allclose(getattr(got, name), expected, atol=off, err_msg=name)
    np.testing.assert_allclose(got.mu, MU, atol=4 * np.sqrt(1.1 / sites))


def test_unequal_numbers_of_samples_and_grains_do_not_bias_them():
    rng = np.random.default_rng(5)
    samples = rng.integers(1, 7, size=600)
    grains = rng.integers(2, 30, size=samples.sum())
    library = simulate_gaussian(600, samples, grains, B, W, E, seed=4, mean=MU)
    got = estimate_components(means_of(library), library.sample_site)
    np.testing.assert_allclose(got.B, B, atol=0.25)
    np.testing.assert_allclose(got.W, W, atol=0.06)
    np.testing.assert_allclose(got.E, E, atol=0.03)


def joint(c, sample_site, n_grains):
    """Mean and covariance of all sample means and all site means, stacked: the whole matrix."""
    p, sites = len(c.mu), int(sample_site.max()) + 1
    n = len(sample_site)
    cov = np.zeros(((n + sites) * p, (n + sites) * p))
    block = [slice(i * p, (i + 1) * p) for i in range(n + sites)]
    for i in range(n + sites):
        for j in range(n + sites):
            site_i = sample_site[i] if i < n else i - n
            site_j = sample_site[j] if j < n else j - n
            if site_i == site_j:
                cov[block[i], block[j]] += c.B
            if i == j and i < n:
                cov[block[i], block[j]] += c.W + c.E / n_grains[i]
    return np.tile(c.mu, n + sites), cov


def conditioned(mean, cov, given_at, given):
    rest = np.setdiff1d(np.arange(mean.size), given_at)
    gain = cov[np.ix_(rest, given_at)] @ np.linalg.inv(cov[np.ix_(given_at, given_at)])
    return (
        mean[rest] + gain @ (given - mean[given_at]),
        cov[np.ix_(rest, rest)] - gain @ cov[np.ix_(given_at, rest)],
    )


def test_the_posterior_of_a_site_is_what_conditioning_gives():
    c = VarianceComponents(MU, B, W, E)
    site, n_grains = np.array([0, 1, 0, 1, 0]), np.array([3, 1, 8, 8, 20])
    means = np.random.default_rng(1).normal(MU, 1.0, size=(5, 3))
    got_mean, got_cov = c.site_posterior(SampleMeans(means, n_grains, np.eye(3)), site)
    mean, cov = conditioned(*joint(c, site, n_grains), np.arange(15), means.ravel())
    np.testing.assert_allclose(got_mean.ravel(), mean, rtol=1e-9)
    for s in (0, 1):
        at = slice(3 * s, 3 * s + 3)
        np.testing.assert_allclose(got_cov[s], cov[at, at], rtol=1e-9, atol=1e-12)


@pytest.fixture(scope="module")
def library():
    return gaussian(12, 4, 6, p=3, seed=11)


@pytest.fixture(scope="module")
def fitted(library):
    model = ThreeLevel().fit(library)
    model.tail_ = np.inf
    return model


@pytest.mark.parametrize("lacking", [(), (1,), (0, 2)])
def test_the_score_is_the_ratio_of_two_normal_densities(library, fitted, lacking):
    rng = np.random.default_rng(2)
    values = 10 ** rng.normal(2.0, 0.5, size=(5, 3))
    values[:, list(lacking)] = np.nan
    query = samples_of(values, ["q"] * 5, elements=library.samples.assay.keys)
    got = fitted.score(query)[0]

    c, seen = fitted.components_, np.setdiff1d(np.arange(3), lacking)
    z = fitted.scores_.transform(log_table(query.assay, fitted.keys_))
    mean = z[:, seen].mean(axis=0)
    train_z = fitted.scores_.transform(log_table(library.samples.assay, fitted.keys_))
    train = SampleMeans.of(train_z, library.samples.grain_sample, len(library))
    square = np.ix_(seen, seen)
    elsewhere = multivariate_normal(c.mu[seen], (c.B + c.W + c.E / 5)[square]).logpdf(mean)
    for s in range(len(library.sites)):
        # Joint density of the query and the site's samples over that of the samples alone.
        own = library.sample_site == s
        site = np.zeros(own.sum() + 1, int)
        n = np.append(train.n_grains[own], 5)
        m, cov = joint(c, site, n)
        kept = (own.sum()) * 3
        at = np.concatenate([np.arange(kept), kept + seen])
        both = multivariate_normal(m[at], cov[np.ix_(at, at)]).logpdf(
            np.append(train.means[own].ravel(), mean)
        )
        alone = multivariate_normal(m[:kept], cov[:kept, :kept]).logpdf(train.means[own].ravel())
        assert got[s] == pytest.approx(both - alone - elsewhere, abs=1e-6)


def test_a_sample_without_any_of_the_analytes_has_no_score(fitted):
    query = samples_of([[1.0]], ["q"], elements=("Zr",))
    assert np.isnan(fitted.score(query)).all()
    assert np.isnan(fitted.resampled(query, np.ones((2, 1)), np.zeros((2, 14, 3)))).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([3.0, 8.0, 40.0, np.inf]), st.integers(1, 4))
def test_densities_are_scipys_up_to_one_constant(seed, tail, p):
    rng = np.random.default_rng(seed)
    scale = np.stack([a @ a.T + 0.1 * np.eye(p) for a in rng.normal(size=(3, p, p))])
    x = rng.normal(size=(4, 3, p))
    got = log_t(x, scale, tail)
    law = (
        (lambda s: multivariate_normal(np.zeros(p), s))
        if np.isinf(tail)
        else (lambda s: multivariate_t(np.zeros(p), s, df=tail))
    )
    expected = np.array([[law(scale[s]).logpdf(x[k, s]) for s in range(3)] for k in range(4)])
    # The constant is the same whatever the tail, so that tails can be compared by likelihood.
    np.testing.assert_allclose(got, expected + 0.5 * p * np.log(np.pi), rtol=1e-9, atol=1e-9)
    one = log_t(x, scale[:1], tail)
    np.testing.assert_allclose(one[:, 0], got[:, 0])


def heavy(seed):
    """A library in which some samples lie far from their site, as t with 2 degrees would."""
    rng = np.random.default_rng(seed)
    sites, samples, grains, p = 60, 5, 6, 3
    b = rng.normal(0, 0.7, (sites, p))[:, None, None]
    spread = np.sqrt(2 / rng.chisquare(2, (sites, samples)))[:, :, None, None]
    x = b + 0.1 * spread * rng.normal(size=(sites, samples, 1, p))
    x = x + 0.1 * rng.normal(size=(sites, samples, grains, p))
    site = np.repeat([f"{s:02d}" for s in range(sites)], samples * grains)
    sample = [f"{s}-{i // grains % samples}" for i, s in enumerate(site)]
    return Library(samples_of(10 ** x.reshape(-1, p), sample, site=list(site)))


def test_tails_are_heavy_where_the_library_is_and_only_there():
    light = gaussian(60, 5, 6, p=3, seed=1)
    assert ThreeLevel().fit(light).tail_ >= 20
    assert ThreeLevel().fit(heavy(1)).tail_ <= 6


def test_each_sample_is_foretold_from_the_others_of_its_site_alone(library, monkeypatch):
    """The tail's likelihood rests on predictions that leave the sample out."""
    model = ThreeLevel().fit(library)
    c, z = model.components_, model.scores_.transform(log_table(library.samples.assay, model.keys_))
    means = SampleMeans.of(z, library.samples.grain_sample, len(library))
    totals = {}
    for tail in (3.0, 8.0, np.inf):
        total = 0.0
        for i, site in enumerate(library.sample_site):
            rest = (library.sample_site == site) & (np.arange(len(library)) != i)
            part = SampleMeans(means.means[rest], means.n_grains[rest], means.within)
            mean, cov = c.site_posterior(part, np.zeros(rest.sum(), int))
            scale = cov + c.W + c.E / means.n_grains[i]
            total += log_t((means.means[i] - mean)[None], scale, tail)[0, 0]
        totals[tail] = total
    best = max(totals, key=totals.get)

    monkeypatch.setattr(three_level, "TAILS", tuple(totals))
    assert model._best_tail(means, library.sample_site) == best


def test_ratios_are_calibrated_where_the_model_is_true():
    whole = gaussian(60, 8, 5, p=3, seed=21, between=0.05, within=0.02)
    rank = np.concatenate([np.arange(n) for n in whole.n_reference])
    known, fresh = whole.take(rank < 4), whole.samples.take(rank >= 4)
    model = ThreeLevel().fit(known)
    log10_lr = model.score(fresh) / np.log(10)
    own = whole.sample_site[rank >= 4][:, None] == np.arange(60)
    true, false = log10_lr[own], log10_lr[~own]
    cost, least = cllr(true, false), cllr_min(true, false)
    assert cost < 0.75
    assert cost - least < 0.05
    # An LR of true claims is believed as often as it says: E[1/LR | true] = 1.
    assert np.mean(10.0**-true) == pytest.approx(1.0, abs=0.5)
    assert np.mean(10.0**false) == pytest.approx(1.0, abs=0.3)


def test_without_the_sample_level_ratios_are_grossly_overconfident():
    whole = gaussian(40, 6, 30, p=3, seed=22, between=0.05, within=0.03)
    rank = np.concatenate([np.arange(n) for n in whole.n_reference])
    known, fresh = whole.take(rank < 3), whole.samples.take(rank >= 3)
    model = ThreeLevel().fit(known)
    own = whole.sample_site[rank >= 3][:, None] == np.arange(40)

    def cost():
        log10_lr = model.score(fresh) / np.log(10)
        return cllr(log10_lr[own], log10_lr[~own])

    honest = cost()
    c = model.components_
    model.components_ = VarianceComponents(c.mu, c.B, 1e-6 * c.W, c.E)
    model.site_covariance_ = 0.01 * model.site_covariance_
    model.tail_ = np.inf
    assert honest < 0.8 < 1.0 < cost()


def test_normal_scores_weigh_sites_alike_whatever_their_grains():
    """Ten times the grains of one site leave the scores of the others where they were."""
    base = gaussian(6, 2, 10, p=1, seed=8)
    assay = base.samples.assay
    first = np.flatnonzero(base.grain_site == 0)
    rows = np.concatenate([np.arange(assay.n_grains), *[first] * 9])
    table = log_table(assay, assay.keys)
    site = base.grain_site

    def fitted_on(rows):
        weights = 1.0 / np.bincount(site[rows])[site[rows]]
        part = type(table)(table.x[rows], table.censored[rows])
        return NormalScores().fit(part, weights).scores_[0]

    np.testing.assert_allclose(
        fitted_on(rows)[5:-5], fitted_on(np.arange(assay.n_grains))[5:-5], atol=1e-9
    )

"""Draws of the truth: against Gaussian conditioning, and whether intervals hold the truth."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from fingerprint.evidence import ThreeLevel, posterior
from fingerprint.evidence.posterior import Grains, Knowledge, draw_truth
from fingerprint.evidence.variance import VarianceComponents
from fingerprint.simulate import simulate_gaussian

P = 2
C = VarianceComponents(
    np.array([1.0, -1.0]),
    np.array([[1.0, 0.3], [0.3, 0.8]]),
    np.array([[0.2, -0.1], [-0.1, 0.3]]),
    np.array([[0.9, 0.2], [0.2, 0.6]]),
)
SITE = np.array([[0.5, 0.0], [2.0, -2.0]])
SITE_COVARIANCE = np.array([[[0.3, 0.1], [0.1, 0.2]], [[0.1, 0.0], [0.0, 0.1]]])
KNOWN = Knowledge(C, np.array([50.0, 80.0]), SITE, SITE_COVARIANCE)
DRAWS = 40_000


def drawn(score, n_grains=3):
    rng = np.random.default_rng(1)
    mean = np.array([0.9, 0.4])
    scatter = rng.multivariate_normal(np.zeros(P), C.E / n_grains, size=DRAWS)
    grains = Grains(mean, n_grains, mean + scatter)
    return mean, draw_truth(KNOWN, grains, score, rng.standard_normal((DRAWS, 4, P)))


def conditioned(prior_mean, between, n_grains, mean):
    """Mean and covariance of (site, sample) given the grains' mean; Gaussian algebra."""
    joint = np.block([[between, between], [between, between + C.W]])
    to_grains = joint[:, P:]
    gain = to_grains @ np.linalg.inv(between + C.W + C.E / n_grains)
    return (
        np.tile(prior_mean, 2) + gain @ (mean - prior_mean),
        joint - gain @ to_grains.T,
    )


@pytest.mark.parametrize("n_grains", [1, 3, 30])
def test_sample_and_site_of_origin_inform_on_each_other(n_grains):
    mean, got = drawn(np.array([60.0, -60.0]), n_grains)
    expected, covariance = conditioned(SITE[0], SITE_COVARIANCE[0], n_grains, mean)
    both = np.hstack([got.site[:, 0], got.sample])
    np.testing.assert_allclose(both.mean(axis=0), expected, atol=0.02)
    np.testing.assert_allclose(np.cov(both.T), covariance, atol=0.02)
    # The other site is what its own samples make it, and knows nothing of this sample.
    np.testing.assert_allclose(got.site[:, 1].mean(axis=0), SITE[1], atol=0.01)
    np.testing.assert_allclose(np.cov(got.site[:, 1].T), SITE_COVARIANCE[1], atol=0.01)
    assert np.abs(np.corrcoef(got.site[:, 1].T, got.sample.T)[:P, P:]).max() < 0.02


def test_a_sample_from_nowhere_known_leaves_the_sites_alone():
    mean, got = drawn(np.array([-60.0, -60.0]))
    expected, covariance = conditioned(C.mu, C.B, 3, mean)
    np.testing.assert_allclose(got.sample.mean(axis=0), expected[P:], atol=0.02)
    np.testing.assert_allclose(np.cov(got.sample.T), covariance[P:, P:], atol=0.02)
    np.testing.assert_allclose(got.site.mean(axis=0), SITE, atol=0.02)


def test_origins_are_drawn_by_their_likelihoods():
    # exp(1) : exp(0) : 1 for none of them
    got = np.bincount(posterior._origins(np.array([1.0, 0.0]), 10_000), minlength=3) / 10_000
    np.testing.assert_allclose(got, np.array([np.e, 1, 1]) / (np.e + 2), atol=1e-3)


def test_variances_are_drawn_about_their_estimates():
    _, got = drawn(np.zeros(2))
    # The mean of an inverse Wishart of f + p + 1 degrees of freedom is (f + p + 1) / f estimates.
    np.testing.assert_allclose(got.B.mean(axis=0), C.B * 53 / 50, atol=0.01)
    np.testing.assert_allclose(got.noise.mean(axis=0), C.W * 83 / 80 + C.E / 3, atol=0.01)
    assert got.B[:, 0, 0].std() == pytest.approx(C.B[0, 0] * np.sqrt(2 / 50), rel=0.1)
    np.testing.assert_allclose(np.cov(got.mu.T), (C.B + C.W) / 2, atol=0.02)


GRAINS, REFERENCES, N_SITES, N_LIBRARIES = 4, (1, 2, 5), 45, 5
ALIKE = 0.4 + 0.6 * np.eye(5)
BETWEEN, WITHIN, AMONG = 0.6 * ALIKE, 0.02 * ALIKE, 0.15 * ALIKE
NONE = np.zeros_like(ALIKE)


@pytest.fixture(scope="module")
def worlds():
    """Fitted models with a fresh sample of each site, and the true log LR of its true claim."""
    made = []
    for seed in range(N_LIBRARIES):
        n_samples = np.resize(REFERENCES, N_SITES) + 1
        is_query = np.zeros(n_samples.sum(), bool)
        is_query[np.cumsum(n_samples) - 1] = True
        n_grains = np.where(is_query, GRAINS, 12)
        whole = simulate_gaussian(N_SITES, n_samples, n_grains, BETWEEN, WITHIN, AMONG, seed)
        # The same seed draws the same sites and samples: what varies below them is switched off.
        site = simulate_gaussian(N_SITES, 1, 1, BETWEEN, NONE, NONE, seed)
        sample = simulate_gaussian(N_SITES, n_samples, 1, BETWEEN, WITHIN, NONE, seed)
        theta = np.log10(site.samples.assay.values)
        m = np.log10(sample.samples.assay.values)[is_query]
        noise = WITHIN + AMONG / GRAINS
        truth = multivariate_normal(np.zeros(5), noise).logpdf(m - theta)
        truth -= multivariate_normal(np.full(5, 2.0), BETWEEN + noise).logpdf(m)
        queries = whole.samples.take(is_query)
        made.append((ThreeLevel().fit(whole.take(~is_query)), queries, truth))
    return made


def coverage(worlds):
    """Share of true claims whose interval holds the truth, by number of reference samples."""
    held = []
    rng = np.random.default_rng(0)
    for model, queries, truth in worlds:
        for i in range(N_SITES):
            counts = rng.multinomial(GRAINS - 1, np.full(GRAINS, 1 / GRAINS), size=100)
            normals = rng.standard_normal((100, N_SITES + 2, 5))
            got = model.resampled(queries.take(np.array([i])), counts.astype(float), normals)[:, i]
            low, high = np.quantile(got, (0.025, 0.975), method="weibull")
            held.append(low <= truth[i] <= high)
    return np.reshape(held, (-1, len(REFERENCES))).mean(axis=0)


def test_the_interval_holds_the_truth_with_1_2_and_5_reference_samples(worlds):
    got = coverage(worlds)
    assert got.min() > 0.84, got
    assert got.max() < 0.997, got


def test_it_does_not_if_the_grains_are_left_out(worlds, monkeypatch):
    informed = posterior._informed

    def as_they_are(prior, error, spread, c, grains):
        _, miss = informed(prior, error, spread, c, grains)
        return np.broadcast_to(grains.mean, prior.shape), miss

    monkeypatch.setattr(posterior, "_informed", as_they_are)
    got = coverage(worlds)
    assert got.mean() < 0.75, got


def test_it_does_not_if_the_site_is_left_out(worlds, monkeypatch):
    for model, _, _ in worlds:
        monkeypatch.setattr(model, "site_covariance_", 1e-6 * model.site_covariance_)
    got = coverage(worlds)
    assert got[0] < 0.8, got

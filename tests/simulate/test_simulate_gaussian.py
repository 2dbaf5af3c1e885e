"""The three-level Gaussian library has the covariances that it was asked for."""

import numpy as np
import pytest

from fingerprint.errors import InputError
from fingerprint.simulate import ANALYTES, simulate_gaussian

B = np.array([[0.09, 0.03, 0.0], [0.03, 0.04, 0.0], [0.0, 0.0, 0.01]])
W = np.array([[0.010, 0.0, 0.004], [0.0, 0.020, 0.0], [0.004, 0.0, 0.010]])
E = np.diag([0.04, 0.01, 0.02])
MEAN = np.array([2.0, -1.0, 4.0])


def moments(library):
    """Balanced nested analysis of variance: unbiased estimates of B, W and E."""
    assay = library.samples.assay
    n_samples, n_grains = library.n_reference[0], library.samples.n_grains[0]
    x = np.log10(assay.values).reshape(len(library.sites), n_samples, n_grains, -1)
    grains = x - x.mean(axis=2, keepdims=True)
    samples = x.mean(axis=2) - x.mean(axis=(1, 2))[:, None]
    sites = x.mean(axis=(1, 2)) - x.mean(axis=(0, 1, 2))
    i, j, k, _ = x.shape
    e = np.einsum("ijkp,ijkq->pq", grains, grains) / (i * j * (k - 1))
    w = np.einsum("ijp,ijq->pq", samples, samples) / (i * (j - 1)) - e / k
    b = sites.T @ sites / (i - 1) - w / j - e / (j * k)
    return b, w, e


def test_a_big_library_gives_back_its_variance_components():
    library = simulate_gaussian(2000, 4, 5, B, W, E, seed=1, mean=MEAN)
    b, w, e = moments(library)
    # Four standard errors of the largest element of each: 2000 sites, 6000 and 32,000 degrees.
    np.testing.assert_allclose(b, B, atol=4 * 0.09 * np.sqrt(2 / 2000))
    np.testing.assert_allclose(w, W, atol=4 * 0.03 * np.sqrt(2 / 6000))
    np.testing.assert_allclose(e, E, atol=4 * 0.04 * np.sqrt(2 / 32000))
    x = np.log10(library.samples.assay.values)
    np.testing.assert_allclose(x.mean(axis=0), MEAN, atol=4 * 0.3 / np.sqrt(2000))


def test_counts_may_differ_from_site_to_site_and_sample_to_sample():
    library = simulate_gaussian(3, [1, 2, 1], [5, 1, 7, 2], B, W, E, seed=2)
    assert library.n_reference.tolist() == [1, 2, 1]
    assert library.samples.n_grains.tolist() == [5, 1, 7, 2]
    assert library.samples.assay.keys == ANALYTES[:3]


def test_the_seed_decides():
    same, again, other = (
        simulate_gaussian(3, 2, 4, B, W, E, seed=seed).samples.assay.values for seed in (3, 3, 4)
    )
    assert np.array_equal(same, again)
    assert not np.isclose(same, other).any()


def test_nothing_is_censored_without_limits_and_what_lies_below_one_is():
    free = simulate_gaussian(4, 2, 50, B, W, E, seed=5).samples.assay
    assert not free.censored.any()
    assert np.isnan(free.limits).all()
    limited = simulate_gaussian(4, 2, 50, B, W, E, seed=5, limits=[100.0, 1.0, 50.0]).samples.assay
    assert 0.2 < limited.censored[:, 0].mean() < 0.8
    assert not limited.censored[:, 1].any()
    assert (limited.values >= limited.limits).all()
    assert (limited.values[limited.censored] == limited.limits[limited.censored]).all()


def test_a_level_may_be_absent_and_analytes_may_be_forty():
    library = simulate_gaussian(5, 2, 3, np.eye(40), np.zeros((40, 40)), np.zeros((40, 40)), 6)
    assert len(set(library.samples.assay.keys)) == 40
    x = np.log10(library.samples.assay.values).reshape(5, 6, 40)
    np.testing.assert_allclose(x, x[:, :1].repeat(6, axis=1), rtol=1e-12)


@pytest.mark.parametrize(
    "arguments",
    [
        (3, 2, 4, B, W, np.eye(2)),
        (3, 2, 4, np.eye(41), np.eye(41), np.eye(41)),
        (3, 2, 4, B - 0.2 * np.eye(3), W, E),
        (3, 2, 4, np.triu(B), W, E),
        (3, [2, 2], 4, B, W, E),
        (3, 2, 0, B, W, E),
        (1, 2, 4, B, W, E),
    ],
)
def test_what_does_not_fit_together_is_refused(arguments):
    with pytest.raises(InputError):
        simulate_gaussian(*arguments, seed=0)

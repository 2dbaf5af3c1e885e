"""The scatter of each site, against sums written out and against known variances."""

import numpy as np
import pytest

from builders import gaussian, library_of, rows_of
from fingerprint.evidence import scatter
from fingerprint.evidence.scatter import SiteScatter, filled_with_means
from fingerprint.library import Library


def test_each_sites_scatter_is_its_sum_of_squares_drawn_towards_the_librarys():
    library = gaussian(4, [1, 2, 4, 6], [5] * 13, p=3, seed=1)
    found = SiteScatter.of(library)
    z, sample = found.z, library.samples.grain_sample
    for s in range(4):
        own = np.flatnonzero(library.sample_site == s)
        means = np.stack([z[sample == i].mean(axis=0) for i in own])
        about = means - means.mean(axis=0)
        n = len(own) - 1
        np.testing.assert_allclose(
            found.between[s], (8 * found.components.W + about.T @ about) / (8 + n), rtol=1e-9
        )
        grains = np.concatenate([z[sample == i] - z[sample == i].mean(axis=0) for i in own])
        n = 4 * len(own)
        np.testing.assert_allclose(
            found.within[s], (20 * found.components.E + grains.T @ grains) / (20 + n), rtol=1e-9
        )


def test_a_site_with_one_sample_of_one_grain_has_the_librarys_scatter():
    rng = np.random.default_rng(2)
    names = ["a"] * 6 + ["b"] * 6 + ["c"]
    library = library_of(10 ** rng.normal(size=(13, 2)), names, ["x"] * 12 + ["y"])
    found = SiteScatter.of(library)
    np.testing.assert_allclose(found.between[1], found.components.W, rtol=1e-12)
    np.testing.assert_allclose(found.within[1], found.components.E, rtol=1e-12)
    assert not np.allclose(found.between[0], found.components.W)


def test_a_site_that_scatters_more_is_found_to():
    """Ten sites, the samples of the last with nine times the variance, on a straight scale."""
    rng = np.random.default_rng(3)
    spread = np.where(np.arange(10) == 9, 0.6, 0.2)
    site = np.repeat(np.arange(10), 30)
    means = rng.normal(0.0, 1.0, (10, 2))[site] + spread[site][:, None] * rng.normal(size=(300, 2))
    grains = np.repeat(means, 5, axis=0) + 0.1 * rng.normal(size=(1500, 2))
    names = np.repeat([f"{i:03}" for i in range(300)], 5)
    found = SiteScatter.of(library_of(10**grains, names, np.repeat(site, 5).astype(str)))
    variances = np.diagonal(found.between, axis1=1, axis2=2)
    usual = np.median(variances[:9], axis=0)
    # Drawn towards the library's by 8 in 37, so less than nine times.
    assert np.all(variances[9] > 3 * usual)
    assert np.all(variances[9] < 9 * usual)


@pytest.mark.parametrize("prior", ["_PRIOR_SAMPLES", "_PRIOR_GRAINS"])
def test_a_large_prior_leaves_all_sites_the_same(monkeypatch, prior):
    monkeypatch.setattr(scatter, prior, 1e12)
    found = SiteScatter.of(gaussian(4, 4, 5, p=3, seed=4))
    same = found.between if prior == "_PRIOR_SAMPLES" else found.within
    np.testing.assert_allclose(same, np.broadcast_to(same[:1], same.shape), rtol=1e-6)


def test_covariances_are_positive_definite_with_more_analytes_than_samples():
    rng = np.random.default_rng(5)
    values = 10 ** rng.normal(size=(12, 8))
    values[:, 3] = 7.0
    library = library_of(values, np.repeat(list("abcdef"), 2), np.repeat(list("xy"), 6))
    found = SiteScatter.of(library)
    for covariances in (found.between, found.within):
        assert np.linalg.eigvalsh(covariances).min() > 1e-7
        np.testing.assert_allclose(covariances, np.swapaxes(covariances, 1, 2), atol=1e-12)


def test_a_hole_is_filled_with_the_mean_of_its_sample():
    nan = np.nan
    z = np.array([[1.0, nan], [3.0, 4.0], [nan, 5.0]])
    means = np.array([[2.0, 4.0], [9.0, 5.0]])
    filled = filled_with_means(z, means, np.array([0, 0, 1]))
    assert filled.tolist() == [[1.0, 4.0], [3.0, 4.0], [9.0, 5.0]]


def test_the_order_of_rows_is_of_no_account():
    library = gaussian(4, 3, 5, p=3, seed=6)
    order = np.random.default_rng(0).permutation(library.samples.assay.n_grains)
    one, other = (SiteScatter.of(a) for a in (library, Library(rows_of(library.samples, order))))
    assert np.array_equal(one.between, other.between)
    assert np.array_equal(one.within, other.within)

"""Logarithms for models of measured values; what lies below a limit stands at its mean."""

import numpy as np
import pytest
from scipy.stats import norm

from builders import samples_of
from fingerprint.evidence.features import LogTable
from fingerprint.evidence.log_values import LogValues


@pytest.fixture(scope="module")
def two_laboratories():
    """20,000 grains of N(2, 0.3) in log10; the first half is censored below 10^2."""
    x = np.random.default_rng(1).normal(2.0, 0.3, (20_000, 1))
    censored = (x < 2.0) & (np.arange(20_000) < 10_000)[:, None]
    return LogTable(np.where(censored, 2.0, x), censored), x


def test_what_lies_beneath_the_librarys_limit_stands_at_its_mean(two_laboratories):
    table, truth = two_laboratories
    got = LogValues().fit(table, np.ones(20_000)).transform(table)
    expected = 2.0 - 0.3 * norm.pdf(0) / norm.cdf(0)
    beneath = truth < 2.0
    np.testing.assert_allclose(got[beneath], expected, atol=0.015)
    np.testing.assert_array_equal(got[~beneath], truth[~beneath])


def test_a_higher_limit_stands_higher_and_below_itself(two_laboratories):
    values = LogValues().fit(two_laboratories[0], np.ones(20_000))
    limits = np.array([[1.6], [2.0], [2.4]])
    lower, at, higher = values.transform(LogTable(limits, np.ones((3, 1), bool)))[:, 0]
    assert lower == at < higher  # the library is blind beneath 2
    assert at < 2.0
    assert higher < 2.4


def test_what_was_not_measured_stays_so_and_what_was_never_found_is_alike():
    table = LogTable(
        np.array([[1.0, np.nan], [2.0, 3.0], [3.0, 3.5]]),
        np.array([[False, False], [False, True], [False, True]]),
    )
    got = LogValues().fit(table, np.ones(3)).transform(table)
    np.testing.assert_array_equal(got, [[1.0, np.nan], [2.0, 0.0], [3.0, 0.0]])


def test_samples_are_aligned_to_the_analytes_of_the_model(two_laboratories):
    values = LogValues().fit(two_laboratories[0], np.ones(20_000))
    query = samples_of([[5.0, 100.0], [5.0, 1000.0]], ["q", "q"], elements=("Nb", "Ta"))
    got = values.transform_samples(query, [query.assay.keys[1]])
    np.testing.assert_allclose(got, [[2.0], [3.0]])

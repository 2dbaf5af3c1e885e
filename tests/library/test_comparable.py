"""Analytes that the samples of a library can be compared by."""

import numpy as np
import pytest

from builders import library_of
from fingerprint.library.comparable import comparable_analytes

NAMES = ("Zr", "Ta", "Nb", "Sn")


def library(values, **more):
    samples = [str(i) for i in range(len(values))]
    return library_of(values, samples, samples, elements=NAMES, **more)


def test_analytes_that_most_grains_have_and_that_vary_in_the_order_of_their_names():
    values = np.arange(1.0, 41.0).reshape(10, 4)
    values[:3, 1] = np.nan  # Ta was measured in 70 % of the grains
    values[:, 3] = 5.0  # Sn does not vary
    assert [NAMES[j] for j in comparable_analytes(library(values))] == ["Nb", "Zr"]


@pytest.mark.parametrize(("missing", "takes_part"), [(2, True), (3, False)])
def test_the_share_of_grains_that_it_takes(missing, takes_part):
    values = np.arange(1.0, 41.0).reshape(10, 4)
    values[:missing, 0] = np.nan
    assert (0 in comparable_analytes(library(values))) is takes_part


def test_limits_are_no_values_that_vary():
    values = np.arange(1.0, 41.0).reshape(10, 4)
    censored = np.zeros(values.shape, bool)
    censored[1:, 2] = True  # one value above detection, and nine limits that differ
    chosen = comparable_analytes(library(values, limits=values, censored=censored))
    assert [NAMES[j] for j in chosen] == ["Sn", "Ta", "Zr"]

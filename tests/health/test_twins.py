"""The same grains twice: exact, rounded, in part, multiplied; never merely alike."""

import numpy as np
import pytest

from builders import library_of
from fingerprint.health.twins import find_twins
from fingerprint.simulate import Design, simulate_library
from fingerprint.simulate.faults import copy_sample


@pytest.fixture(scope="module")
def library():
    return simulate_library(Design(n_sites=12, n_districts=3), 0).library


@pytest.mark.parametrize(
    ("digits", "factor", "share"),
    [(6, 1.0, 1.0), (3, 1.0, 1.0), (2, 1.0, 1.0), (6, 1.0, 0.5), (4, 0.15, 1.0), (4, 0.15, 0.6)],
)
def test_a_copy_under_another_site_is_found(library, digits, factor, share):
    sample = str(library.samples.ids[7])
    elsewhere = next(s for s in library.sites if s != library.samples.fact("site")[7])
    copied = copy_sample(library, sample, elsewhere, digits=digits, factor=factor, share=share)
    (found,) = find_twins(copied)
    assert set(found.samples) == {sample, f"copy of {sample}"}
    expected = factor if found.samples[0] == sample else 1 / factor
    assert found.factor == pytest.approx(expected, rel=0.01)
    assert found.exact == (digits == 6)
    assert found.sites[0] != found.sites[1]


def test_samples_that_are_merely_alike_are_no_twins():
    assert find_twins(simulate_library(Design(), 1).library) == []


def test_exact_copies_of_few_analytes_are_found():
    values = np.tile(np.arange(1.0, 5.0)[:, None] * [1.0, 2.0], (2, 1))
    library = library_of(values, list("aaaabbbb"), list("AAAABBBB"))
    (found,) = find_twins(library)
    assert found.samples == ("a", "b")
    assert found.exact


def test_grains_that_are_all_the_same_do_not_multiply_the_work():
    values = np.tile(np.arange(1.0, 9.0), (2000, 1))
    names = [f"s{i // 20:03d}" for i in range(2000)]
    library = library_of(values, names, [f"S{i // 40:02d}" for i in range(2000)])
    assert find_twins(library)

"""Samples unlike their own site: planted swaps are found, clean libraries are left alone."""

import numpy as np
import pytest

from builders import gaussian, library_of, relabelled, rows_of
from fingerprint.health import check_library
from fingerprint.health.labels import unlike_their_site
from fingerprint.health.means import ComparedSamples
from fingerprint.library import Library
from fingerprint.simulate import Design, simulate_library
from fingerprint.simulate.faults import multiply, swap_labels


def unlike(library):
    return unlike_their_site(library, ComparedSamples.of(library))


@pytest.fixture(scope="module")
def library():
    return simulate_library(Design(), 0).library


def test_swapped_samples_are_found_and_few_others():
    right = told = wrong = 0
    for seed in range(100, 104):
        swapped, samples = swap_labels(simulate_library(Design(), seed).library, 0.05, seed)
        found = {one.sample for one in unlike(swapped)}
        right += len(found & set(samples))
        told += len(found)
        wrong += len(samples)
    assert right / wrong >= 0.8
    assert right / told >= 0.8


def test_clean_libraries_give_few_findings():
    libraries = [simulate_library(Design(), seed).library for seed in range(100, 104)]
    found = sum(len(unlike(one)) for one in libraries)
    assert found <= 0.01 * sum(len(one) for one in libraries)


def test_a_swapped_sample_is_more_like_the_site_that_it_came_from():
    whole = gaussian(8, 5, 10, between=1.0)
    sites = whole.samples.fact("site").copy()
    first, other = sites[0], sites[-1]
    sites[0], sites[-1] = other, first
    found = {one.sample: one for one in unlike(relabelled(whole, sites))}
    assert set(found) == {str(whole.samples.ids[0]), str(whole.samples.ids[-1])}
    assert found[str(whole.samples.ids[0])].more_like[0] == first
    assert found[str(whole.samples.ids[0])].site == other


def test_two_wrong_samples_at_one_site_do_not_hide_each_other():
    whole = gaussian(20, 6, 10, between=1.0, seed=5)
    sites = whole.samples.fact("site").copy()
    sites[[0, 1]] = sites[-1]
    assert {one.sample for one in unlike(relabelled(whole, sites))} == set(whole.samples.ids[:2])


def test_a_site_with_one_sample_is_not_tested_and_that_is_said():
    whole = gaussian(20, [5] * 19 + [1], 10, between=1.0)
    sites = whole.samples.fact("site").copy()
    sites[0], sites[-1] = sites[-1], sites[0]
    health = check_library(relabelled(whole, sites))
    assert {one.sample for one in health.unlike} == {str(whole.samples.ids[-1])}
    (single,) = [f for f in health.findings if f.subject == "one sample"]
    assert single.sites == ("site 0019",)
    assert "cannot be tested" in single.sentence


def test_the_order_of_rows_changes_nothing(library):
    swapped, _ = swap_labels(library, 0.05, 1)
    order = np.random.default_rng(0).permutation(swapped.samples.assay.n_grains)
    assert unlike(Library(rows_of(swapped.samples, order))) == unlike(swapped)


def test_names_of_sites_do_not_matter(library):
    swapped, _ = swap_labels(library, 0.05, 1)
    names = dict(zip(swapped.sites, swapped.sites[::-1], strict=True))
    renamed = relabelled(swapped, [names[site] for site in swapped.samples.fact("site")])
    before, after = unlike(swapped), unlike(renamed)
    assert [one.sample for one in before] == [one.sample for one in after]
    np.testing.assert_allclose(
        [one.log10_lr for one in before], [one.log10_lr for one in after], atol=0.02
    )


def test_a_factor_on_everything_changes_nothing(library):
    swapped, _ = swap_labels(library, 0.05, 1)
    half = multiply(swapped, np.array(0.5))
    assert [one.sample for one in unlike(half)] == [one.sample for one in unlike(swapped)]


def test_a_sample_that_lacks_analytes_is_not_unlike_for_that():
    values = 10 ** np.random.default_rng(3).normal(1, 0.1, (200, 6))
    values[:100] *= 30
    values[:10, 5] = np.nan
    library = library_of(
        values, [f"s{i // 10:02d}" for i in range(200)], [f"S{i // 50}" for i in range(200)]
    )
    assert unlike(library) == []

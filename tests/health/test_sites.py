"""Drift, likeness, needs and minerals of sites."""

import numpy as np
import pytest
from scipy.stats import norm

from builders import gaussian, library_of, relabelled
from fingerprint.health import check_library
from fingerprint.health.leave_one_out import fit_sites
from fingerprint.health.likeness import CONFUSED, site_likeness
from fingerprint.health.means import ComparedSamples
from fingerprint.library import Library
from fingerprint.simulate import Design, simulate_library
from fingerprint.simulate.faults import let_drift
from fingerprint.tables import SampleSet


def dated(library, dates):
    facts = library.samples.facts.reset_index().astype(object).assign(collected_on=dates)
    return Library(SampleSet.from_tables(library.samples.assay, sample_facts=facts))


@pytest.fixture(scope="module")
def regular():
    """Ten sites of eight samples, one a year."""
    library = gaussian(10, 8, 12, between=0.5, within=0.02)
    return dated(library, [f"{2010 + i % 8}-05-31" for i in range(len(library))])


def test_a_planted_drift_is_found_at_its_site_and_nowhere_else(regular):
    site, analyte = str(regular.sites[3]), regular.samples.assay.keys[2]
    found = check_library(let_drift(regular, site, analyte, 0.12)).drift
    assert {(d.site, d.analyte) for d in found} == {(site, analyte)}
    assert found[0].a_year > 0
    assert found[0].years == pytest.approx(7.0, abs=0.1)


def test_clean_libraries_do_not_drift(regular):
    assert check_library(regular).drift == ()


def test_many_grains_do_not_make_a_drift():
    """Between samples, not grains: 300 grains a sample must not make chance significant."""
    library = gaussian(8, 5, 300, between=0.5, within=0.05, seed=4)
    library = dated(library, [f"{2010 + i % 5}-05-31" for i in range(len(library))])
    assert check_library(library).drift == ()


def test_dates_that_cannot_be_read_are_named(regular):
    dates = regular.samples.fact("collected_on").copy()
    dates[0] = "31.5.2010"
    (finding,) = [f for f in check_library(dated(regular, dates)).findings if f.subject == "dates"]
    assert "31.5.2010" in finding.sentence


def test_without_dates_that_is_said():
    (finding,) = [f for f in check_library(gaussian()).findings if f.subject == "dates"]
    assert "not tested" in finding.sentence


def test_two_names_of_one_site_cannot_be_told_apart():
    whole = gaussian(6, 10, 10, between=1.0)
    sites = whole.samples.fact("site").copy()
    halves = np.flatnonzero(sites == sites[0])
    sites[halves[::2]] = "twin"
    health = check_library(relabelled(whole, sites))
    assert health.likeness.groups == (("site 0000", "twin"),)


def test_the_share_confused_is_that_of_samples_with_the_true_distributions():
    """Fisher's rule with the true means and variances, on samples drawn from them."""
    p, n_grains, rng = 3, 10, np.random.default_rng(0)
    between, within, grains = 0.03, 0.02, 0.05
    site_mean = rng.normal(1.0, np.sqrt(between), (4, p))
    sample_mean = np.repeat(site_mean, 200, axis=0)
    sample_mean = sample_mean + rng.normal(0.0, np.sqrt(within), sample_mean.shape)
    x = np.repeat(sample_mean, n_grains, axis=0)
    x = x + rng.normal(0.0, np.sqrt(grains), x.shape)
    names = np.repeat([f"s{i:03d}" for i in range(800)], n_grains)
    library = library_of(10**x, names, np.repeat([f"S{i}" for i in range(4)], 200 * n_grains))
    compared = ComparedSamples.of(library)
    model = fit_sites(compared, np.ones(len(compared), dtype=bool))
    likeness = site_likeness(library, compared, model)
    noise = np.sqrt(within + grains / n_grains)
    for a, b in ((0, 1), (0, 3), (1, 3)):
        fresh = rng.normal(site_mean[a], noise, (20_000, p))
        nearer = np.linalg.norm(fresh - site_mean[b], axis=1)
        taken = nearer < np.linalg.norm(fresh - site_mean[a], axis=1)
        assert likeness.share_confused(a, b) == pytest.approx(taken.mean(), abs=0.03)
    assert norm.cdf(-0.5 * likeness.threshold) == pytest.approx(CONFUSED)


def test_all_pairs_of_a_group_are_confused_and_its_tree_is_complete():
    health = check_library(simulate_library(Design(), 20260101).library)
    at = {name: i for i, name in enumerate(health.likeness.sites)}
    assert health.likeness.groups
    for group in health.likeness.groups:
        for one in group:
            for other in group:
                assert health.likeness.share_confused(at[one], at[other]) >= CONFUSED
    assert len(health.likeness.tree) == len(health.likeness.sites) - 1


def test_sites_with_few_samples_gain_most_by_one_more():
    needs = check_library(gaussian(5, [1, 2, 3, 6, 12], 200, between=1.0)).needs
    assert [n.site for n in needs] == [f"site {i:04d}" for i in range(5)]
    assert [n.needs_more for n in needs] == [True, True, False, False, False]
    for need in needs[1:]:
        # without shrinkage the variance of a mean of n is W / n
        assert need.uncertainty == pytest.approx(1 / need.n_samples, rel=0.3)
        assert need.with_one_more < need.uncertainty


def test_mixed_minerals_are_never_silent():
    values = 10 ** np.random.default_rng(0).normal(1, 0.1, (12, 6))
    samples = [f"s{i // 2}" for i in range(12)]
    library = library_of(
        values, samples, ["A"] * 6 + ["B"] * 6,
        mineral=["coltan", "cassiterite", *["coltan"] * 4, *["coltan"] * 2, *["wolframite"] * 4],
    )  # fmt: skip
    found = {f.subject: f for f in check_library(library).findings if f.kind == "phases"}
    assert found["minerals in samples"].samples == ("s0",)
    assert found["minerals at sites"].sites == ("A", "B")


def test_one_mineral_is_no_finding():
    library = library_of(np.ones((4, 1)), list("abcd"), list("AABB"), mineral=["coltan"] * 4)
    assert not [f for f in check_library(library).findings if f.kind == "phases"]


def test_samples_named_at_a_site_of_mixed_minerals_are_the_odd_ones():
    library = library_of(
        np.ones((7, 1)), list("abcdefg"), list("AAABBCC"),
        mineral=["coltan", "coltan", "wolframite", "coltan", "wolframite", "coltan", ""],
    )  # fmt: skip
    (found,) = [f for f in check_library(library).findings if f.kind == "phases"]
    assert found.sites == ("A", "B")
    assert found.samples == ("c", "d", "e")

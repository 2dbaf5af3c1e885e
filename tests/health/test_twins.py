"""The same grains twice: exact, rounded, in part, multiplied; never merely alike."""

import numpy as np
import pytest

from builders import library_of
from fingerprint.health import copies
from fingerprint.health.twins import find_twins, twin_findings
from fingerprint.simulate import Design, simulate_library
from fingerprint.simulate.faults import copy_sample
from fingerprint.simulate.laboratory import round_significant


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


def test_one_grain_of_few_rounded_values_is_no_proof():
    library = library_of([[1.1, 1.9, 0.8]] * 2, list("ab"), list("AB"))
    (finding,) = twin_findings(find_twins(library))
    assert finding.weight == "look"
    assert finding.sentence.startswith("1 grain of a (A) and of b (B) is the same.")
    assert "two names" in finding.sentence


def test_grains_that_are_all_equal_are_no_proof_however_many():
    values = np.concatenate([np.tile(np.arange(1.0, 9.0), (40, 1)), 9.0 * np.ones((1, 8))])
    library = library_of(values, [*"a" * 20, *"b" * 20, "c"], [*"A" * 40, "C"])
    (finding,) = twin_findings(find_twins(library))
    assert finding.weight == "look"


def homogeneous(seed, scatter, digits, n_analytes=8, n_samples=3, n_grains=20):
    """Ten sites; samples of a site are drawn from the same normal distribution of log10."""
    rng = np.random.default_rng(seed)
    each = n_samples * n_grains
    level = np.repeat(rng.normal(2.0, 1.0, (10, n_analytes)), each, axis=0)
    values = round_significant(10 ** (level + rng.normal(0.0, scatter, level.shape)), digits)
    names = [f"s{i // n_grains:02d}" for i in range(len(values))]
    return library_of(values, names, [f"S{i // each}" for i in range(len(values))])


@pytest.mark.parametrize("scatter", [0.002, 0.01, 0.02])
@pytest.mark.parametrize("digits", [2, 3, 6])
def test_samples_of_homogeneous_material_are_not_the_same(scatter, digits):
    for n_grains, n_analytes in ((20, 8), (5, 8), (4, 5)):
        library = homogeneous(1, scatter, digits, n_analytes, n_grains=n_grains)
        assert not [t for t in find_twins(library) if t.sure]


@pytest.mark.parametrize(("digits", "factor", "share"), [(6, 1, 1), (3, 1, 0.5), (4, 6.67, 1)])
def test_copies_of_homogeneous_material_are_found(digits, factor, share):
    library = homogeneous(2, 0.01, 6)
    copied = copy_sample(library, "s05", "S9", digits=digits, factor=factor, share=share)
    (found,) = find_twins(copied)
    assert set(found.samples) == {"s05", "copy of s05"}


def test_many_equal_grains_of_a_sample_do_not_hide_its_copy():
    """Each grain twelve times: more often than neighbours are looked up."""
    library = homogeneous(3, 0.02, 6)
    values, names = library.samples.assay.values, library.samples.grain_sample
    own = np.repeat(values[names == 7], 12, axis=0)
    part = round_significant(values[names == 7][:15], 4)
    rest = names != 7
    whole = library_of(
        np.concatenate([values[rest], own, part]),
        [f"s{i:02d}" for i in names[rest]] + ["s07"] * len(own) + ["z"] * len(part),
        [f"S{i // 3}" for i in names[rest]] + ["S2"] * len(own) + ["Z"] * len(part),
    )
    (found,) = find_twins(whole)
    assert set(found.samples) == {"s07", "z"}
    assert (found.n_grains, found.share) == (15, 1.0)


def test_grains_that_are_all_the_same_do_not_multiply_the_work(monkeypatch):
    """2,000 equal grains in 100 samples: 100 are looked up, and no pair of all."""
    looked = []
    monkeypatch.setattr(copies, "_by_samples", lambda x, sample: looked.append(len(x)) or {})
    names = [f"s{i // 20:03d}" for i in range(2000)]
    values = np.tile(np.arange(1.0, 9.0), (2000, 1))
    found = find_twins(library_of(values, names, [f"S{i // 40:02d}" for i in range(2000)]))
    assert looked == [100]
    assert len(found) == 99

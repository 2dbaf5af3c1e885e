"""Laboratories and sessions: common factors and shifts of single analytes."""

from dataclasses import replace

import numpy as np
import pytest

from builders import library_of
from fingerprint.health import check_library
from fingerprint.health.common_factor import common_factors, divided
from fingerprint.health.contrasts import Contrast, contrast
from fingerprint.health.groups import Grouping, groupings
from fingerprint.health.shifts import Shift, _of_analytes, shift_findings, shifts
from fingerprint.health.units import Units
from fingerprint.simulate import Design, simulate_library
from fingerprint.simulate.faults import multiply, wrong_standard

NONE = np.zeros(0)


@pytest.fixture(scope="module")
def library():
    return simulate_library(Design(), 0).library


def session(library, k=2):
    labels = library.samples.assay.fact("session")
    name = np.unique(labels.astype(str))[k]
    return labels == name, name


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.25, 2.0, 6.67])
def test_a_wrong_standard_in_one_session_is_found_and_named(library, factor):
    grains, name = session(library)
    off = wrong_standard(library, grains, factor)
    (found,), mended = common_factors(off, groupings(off))
    assert found.group.endswith(name)
    assert found.factor == pytest.approx(factor, rel=0.05)
    assert found.low < found.factor < found.high
    assert found.paired
    assert not common_factors(mended, groupings(mended))[0]


def test_a_wrong_standard_in_one_laboratory_is_found_and_named(library):
    off = wrong_standard(library, library.samples.assay.fact("laboratory") == "Laboratory B", 0.5)
    (found,), _ = common_factors(off, groupings(off))
    assert (found.grouping, found.group) == ("laboratory", "Laboratory B")
    assert found.either
    assert found.factor == pytest.approx(0.5, rel=0.05)


def test_clean_libraries_hold_no_common_factor():
    for seed in range(100, 103):
        library = simulate_library(Design(), seed).library
        assert common_factors(library, groupings(library))[0] == []


def test_a_shift_of_one_analyte_is_no_common_factor(library):
    by = np.ones(library.samples.assay.values.shape)
    column = library.samples.assay.keys.index("Ti")
    by[library.samples.assay.fact("laboratory") == "Laboratory B", column] = 1.5
    shifted = multiply(library, by)
    parted = groupings(shifted)
    assert common_factors(shifted, parted)[0] == []
    found, _ = shifts(shifted, parted)
    own = [s for s in found if s.grouping == "laboratory"]
    assert [s.analyte for s in own] == ["Ti"]
    (ti,) = own
    assert ti.low < 1.5 < ti.high


def test_one_fault_is_told_once(library):
    grains, _ = session(library)
    health = check_library(wrong_standard(library, grains, 0.15))
    clean = check_library(library)
    assert [one.sample for one in health.unlike] == [one.sample for one in clean.unlike]
    assert health.findings[0].kind == "common_factor"


def test_a_factor_on_everything_is_none(library):
    whole = multiply(library, np.array(0.3))
    assert common_factors(whole, groupings(whole))[0] == []


def test_divided_takes_limits_with_it_and_leaves_ratios(library):
    half = divided(library, np.ones(library.samples.assay.n_grains, dtype=bool), 0.5)
    assay, before = half.samples.assay, library.samples.assay
    assert np.nanmax(assay.values) == pytest.approx(2 * np.nanmax(before.values))
    assert np.array_equal(assay.values[assay.censored], assay.limits[assay.censored])
    ratios = tuple(replace(a, quantity="ratio") for a in before.analytes)
    kept = replace(library.samples, assay=replace(before, analytes=ratios))
    same = divided(type(library)(kept), np.ones(before.n_grains, dtype=bool), 0.5)
    assert np.nanmax(same.samples.assay.values) == np.nanmax(before.values)


def two_laboratories(shared):
    """Three grains of one sample in each of 12 sites; both laboratories at `shared` of them."""
    rng = np.random.default_rng(0)
    rows = [(site, lab) for site in range(12) for lab in (0, 1) if site < shared or site % 2 == lab]
    values = [10 ** (site / 6 + rng.normal(0, 0.02, (3, 6))) for site, _ in rows]
    names = [f"s{i:02d}" for i in range(len(rows)) for _ in range(3)]
    return library_of(
        np.concatenate(values),
        names,
        [f"S{site:02d}" for site, _ in rows for _ in range(3)],
        laboratory=[f"L{lab}" for _, lab in rows for _ in range(3)],
    )


def test_without_shared_sites_that_is_said():
    health = check_library(two_laboratories(0))
    (blind,) = [f for f in health.findings if f.subject == "shifts of laboratory"]
    assert "cannot be told from its sites" in blind.sentence
    assert not health.shifts


def test_without_shared_sites_a_huge_factor_is_found_with_a_wide_interval():
    library = two_laboratories(0)
    off = wrong_standard(library, library.samples.assay.fact("laboratory") == "L1", 3000.0)
    (found,), _ = common_factors(off, groupings(off))
    assert not found.paired
    assert found.high / found.low > 3
    assert found.low < 3000 < found.high or found.low < 1 / 3000 < found.high


def test_shared_sites_are_compared_as_pairs():
    units = Units.of(two_laboratories(5), two_laboratories(5).samples.assay.fact("laboratory"))
    c = contrast(units, 1)
    assert (c.paired, c.n_shared) == (True, 5)
    assert abs(c.shift) < 0.03


def test_one_group_is_nothing_to_compare():
    library = two_laboratories(3)
    alone = Grouping("batch", np.full(library.samples.assay.n_grains, "all", dtype=object))
    assert "batch" not in {g.name for g in groupings(library, (alone,))}


def test_a_median_below_detection_is_no_number():
    values = np.array([[1.0], [1.0], [9.0], [5.0], [6.0], [2.0]])
    library = library_of(
        values, list("aaabbb"), list("AAABBB"), limits=np.array([[1.0]] * 5 + [[2.0]]),
        censored=np.array([[True], [True], [False], [False], [False], [True]]),
    )  # fmt: skip
    units = Units.of(library, np.full(6, "x", dtype=object))
    assert np.isnan(units.medians[0, 0])
    assert units.medians[1, 0] == pytest.approx(np.log10(5))


def test_grains_of_which_the_group_is_not_given_are_among_the_others(library):
    """Found by what the unnamed measured at the same sites; they are no group themselves."""
    labels = library.samples.assay.fact("session").copy()
    first, second, *rest = np.unique(labels.astype(str))
    labels[np.isin(labels.astype(str), rest)] = ""
    off = wrong_standard(library, labels == second, 0.5)
    parted = [Grouping("batch", labels)]
    (found,), _ = common_factors(off, parted)
    assert (found.group, found.paired, found.either) == (second, True, False)
    assert found.factor == pytest.approx(0.5, rel=0.05)
    assert {g.group for g in shifts(off, parted)[1]} == {first, second}
    unnamed = wrong_standard(library, labels == "", 0.5)
    assert all(f.group for f in common_factors(unnamed, parted)[0])
    units = Units.of(off, labels)
    assert set(units.groups[units.tested]) == {first, second}


def test_two_shared_sites_are_too_few_for_a_shift_of_one_analyte():
    contrast_of = np.array([[0.3, np.nan], [0.3, 0.3], [np.nan, 0.3], [0.3, np.nan]])
    c = Contrast("B", 4, True, 4, contrast_of, np.isfinite(contrast_of).astype(float), 0.3, NONE)
    few = np.full(2, 40.0)
    tested = _of_analytes("laboratory", c, ("Ta", "Nb"), np.full(2, 0.03), few)
    assert [s.analyte for _, s in tested] == ["Ta"]


def test_what_sound_laboratories_differ_by_is_no_shift_however_many_sites():
    """1.5 % at 400 sites that repeat to 0.2 %."""
    difference = np.random.default_rng(0).normal(0.0065, 0.001, (400, 1))
    c = Contrast("B", 400, True, 400, difference, np.ones((400, 1)), 0.0065, NONE)
    ((p, shift),) = _of_analytes("laboratory", c, ("Ta",), np.array([0.001]), np.array([800.0]))
    assert p > 0.2
    assert shift.low < 1.0 < shift.high


@pytest.mark.parametrize(
    ("grouping", "remedy"), [("laboratory", "reference materials"), ("reference", "publication")]
)
def test_what_to_do_about_a_shift_goes_by_the_grouping(grouping, remedy):
    shift = Shift(grouping, "X", "Ti", 1.5, 1.4, 1.6, 0.001, 9)
    (finding,) = shift_findings([shift], [])
    assert remedy in finding.sentence

"""Kolmogorov-Smirnov distances against scipy's, under detection limits, and drawn anew."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from builders import gaussian, half_below_the_limit, library_of, samples_of, sites_of
from fingerprint.evidence import KS
from fingerprint.evidence.ks import mean_d4_by_chance

# Few levels, so that ties abound; all of them positive.
levels = st.sampled_from([0.5, 1.0, 1.5, 2.0, 4.0, 8.0])
columns = st.lists(st.tuples(levels, levels), min_size=1, max_size=12)


def raw_distance(ks, query):
    """D itself: (analytes, sites), chance put back."""
    n = np.isfinite(query.assay.values).sum(axis=0)[:, None]
    m = np.diff(ks.start_, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        chance = mean_d4_by_chance(n, m)
    return (ks.distances(query) + chance).clip(0) ** 0.25


def largest_gap(one, other):
    with np.errstate(divide="ignore"):  # of its p-value, which nobody asks for
        return ks_2samp(one, other, method="asymp").statistic


@settings(max_examples=150, deadline=None)
@given(columns, columns, columns, columns)
def test_distances_are_scipys_with_ties_and_all(query, first, second, third):
    sites = (first, second, third)
    ks = KS().fit(sites_of(*sites))
    got = raw_distance(ks, samples_of(np.array(query), ["q"] * len(query)))
    for j in range(2):
        for s, site in enumerate(sites):
            expected = largest_gap([q[j] for q in query], [v[j] for v in site])
            assert got[j, s] == pytest.approx(expected, abs=1e-6)


def test_the_score_is_minus_the_mean_of_fourth_powers_less_chance():
    rng = np.random.default_rng(1)
    query, a, b = rng.lognormal(size=(3, 10, 2))
    ks = KS().fit(sites_of(a, b))
    got = ks.score(samples_of(query, ["q"] * 10))[0]
    # Kolmogorov's law: E[K^4] = 2 sum (-1)^(k-1) 4!! / (2 k^2)^2, summed here by quadrature.
    x = np.linspace(1e-3, 8, 40_001)
    survival = sum(2 * (-1.0) ** (k - 1) * np.exp(-2 * k**2 * x**2) for k in range(1, 200))
    survival[x < 0.2] = 1.0
    moment = np.trapezoid(4 * x**3 * survival, x)
    for s, site in enumerate((a, b)):
        d = [ks_2samp(query[:, j], site[:, j]).statistic for j in range(2)]
        root = np.sqrt(100 / 20)  # with Stephens' correction for small numbers
        chance = moment / (root + 0.12 + 0.11 / root) ** 4
        expected = -np.mean([v**4 - chance for v in d])
        assert got[s] == pytest.approx(expected, abs=1e-6)


def test_what_chance_explains_is_taken_off():
    rng = np.random.default_rng(2)
    for n, off in ((5, 0.15), (50, 0.12), (800, 0.12)):
        draws = rng.normal(size=(2, 2000, n))
        fourth = [
            ks_2samp(a, b, method="asymp").statistic ** 4 for a, b in zip(*draws, strict=True)
        ]
        # The law is the limit for many grains, reached from below.
        ratio = np.mean(fourth) / mean_d4_by_chance(n, np.array([n]))[0]
        assert 1 - off < ratio < 1.08


def test_few_grains_of_the_same_law_do_not_look_unlike():
    rng = np.random.default_rng(3)
    library = sites_of(rng.lognormal(size=(400, 6)), rng.lognormal(2.0, 1.0, size=(400, 6)))
    ks = KS().fit(library)
    for n in (5, 60):
        scores = [
            ks.score(samples_of(rng.lognormal(size=(n, 6)), ["q"] * n))[0, 0] for _ in range(150)
        ]
        # Corrected: near 0 whatever the number; uncorrected it were -0.038 at n = 5.
        assert abs(np.mean(scores)) < 0.01


def test_the_sites_limit_counts_as_well():
    library = half_below_the_limit()
    ks = KS().fit(library)
    assert ks.limit_[0].tolist() == [pytest.approx(np.log10(2.0)), -np.inf]
    one, other = (samples_of([low, low, 8.0, 9.0], ["q"] * 4) for low in (0.5, 1.9))
    # Below 2 ppm the site says nothing: half below, half above, just as the sample.
    assert raw_distance(ks, one)[0, 0] == raw_distance(ks, other)[0, 0] == pytest.approx(0.0)
    assert raw_distance(ks, one)[0, 1] != raw_distance(ks, other)[0, 1]


def test_ones_give_the_score_again_and_counts_give_the_grains_so_often():
    library = gaussian(4, 2, 7, p=3, seed=9)
    ks = KS().fit(library)
    rng = np.random.default_rng(5)
    values = 10 ** rng.normal(2.0, 0.5, size=(6, 3))
    values[1, 2] = np.nan
    censored = np.zeros((6, 3), bool)
    censored[[0, 3], 0] = True
    same = {"limits": 60.0, "elements": library.samples.assay.keys}
    query = samples_of(values, ["q"] * 6, censored=censored, **same)
    normals = np.zeros((3, 3))
    ones = ks.resampled(query, np.ones((3, 6)), normals)
    np.testing.assert_allclose(ones, np.repeat(ks.score(query), 3, axis=0), atol=1e-12)

    # Grain by grain in the order of the set; the finite-sample term keeps the n measured.
    below = np.flatnonzero(query.assay.censored[:, 0])
    above = np.flatnonzero(~query.assay.censored[:, 0])
    counts = np.zeros((1, 6))
    counts[0, [below[0], above[0], above[1]]] = [3, 1, 2]
    took = np.repeat(np.arange(6), counts[0].astype(int))
    assay = query.assay.take(took)
    drawn = samples_of(assay.values, ["q"] * 6, censored=assay.censored, **same)
    d = raw_distance(ks, drawn)
    n = np.isfinite(query.assay.values).sum(axis=0)[:, None]
    m = np.diff(ks.start_, axis=1)
    expected = -(d**4 - mean_d4_by_chance(n, m)).mean(axis=0)
    # An undrawn censored grain would still say where the limit lies; here one is drawn.
    assert censored_columns(query) == censored_columns(drawn)
    np.testing.assert_allclose(ks.resampled(query, counts, normals)[0], expected, atol=1e-9)


def censored_columns(samples):
    return samples.assay.censored.any(axis=0).tolist()


def test_an_analyte_that_either_lacks_is_left_out():
    library = library_of([[1, 5.0], [2, 6], [3, np.nan], [4, np.nan]], list("abcd"), list("xxyy"))
    ks = KS().fit(library)
    query = samples_of([[1.0, 5.0], [2.0, 6.0]], ["q", "q"])
    assert np.isnan(ks.distances(query)).tolist() == [[False, False], [False, True]]
    only_first = ks.score(query.with_analytes(np.array([0])))
    assert ks.score(query)[0, 1] == pytest.approx(only_first[0, 1])
    nothing = samples_of([[1.0]], ["q"], elements=("Zr",))
    assert np.isnan(ks.score(nothing)).all()


def test_the_curve_of_a_site_is_its_own_grains_in_order():
    library = library_of([30, 10, 20.0, 5], list("aabc"), list("xxyx"))
    ks = KS().fit(library)
    np.testing.assert_allclose(10 ** ks.curve(0, 0), [5, 10, 30])
    np.testing.assert_allclose(10 ** ks.curve(0, 1), [20])

"""Densities of grains with cells below a limit, against scipy's and against truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import multivariate_t, norm
from scipy.stats import t as student

from fingerprint.evidence import truncated_kernels
from fingerprint.evidence.truncated_kernels import TruncatedKernels

DF = 6


def kernels_of(seed, sizes=(3, 1, 4), p=4):
    """Densities of so many kernels each, of shapes of their own."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(len(sizes), p, p))
    covariance = root @ np.swapaxes(root, 1, 2) + 0.3 * np.eye(p)
    weight = rng.uniform(0.2, 1.0, sum(sizes))
    start = np.cumsum([0, *sizes])
    weight /= np.repeat(np.add.reduceat(weight, start[:-1]), sizes)
    return TruncatedKernels(rng.normal(size=(sum(sizes), p)), weight, start, covariance)


def given_the_seen(value, centre, scale, seen, below):
    """Mean, variance over df, and df of a Student t's censored cells given those seen."""
    if not seen.any():
        return centre[below], np.diag(scale)[below], DF
    off = value[seen] - centre[seen]
    turned = np.linalg.solve(scale[np.ix_(seen, seen)], scale[np.ix_(seen, below)])
    distance = off @ np.linalg.solve(scale[np.ix_(seen, seen)], off)
    left = np.diag(scale[np.ix_(below, below)] - scale[np.ix_(below, seen)] @ turned)
    df = DF + seen.sum()
    return centre[below] + off @ turned, left * (DF + distance) / df, df


def density_of(kernels, value, seen, below, share=norm.cdf):
    """(densities,) of one grain, one kernel after the other."""
    found = np.zeros(len(kernels.covariance))
    for s, scale in enumerate(kernels.covariance):
        for k in range(kernels.start[s], kernels.start[s + 1]):
            centre = kernels.centres[k]
            mean, variance, _ = given_the_seen(value, centre, scale, seen, below)
            of_seen = 1.0
            if seen.any():
                square = np.ix_(seen, seen)
                of_seen = multivariate_t.pdf(value[seen], centre[seen], scale[square], df=DF)
            of_below = np.prod(share((value[below] - mean) / np.sqrt(variance)))
            found[s] += kernels.weight[k] * of_seen * of_below
    return found


KINDS = ["ssss", "sscs", "cscc", "cccc", "s..c", "..c.", ".s.."]


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_formula_whatever_was_measured(kind):
    kernels = kernels_of(1)
    cells = np.array(list(kind))
    values = np.random.default_rng(2).normal(size=(5, 4))
    values[:, cells == "."] = np.nan
    censored = np.tile(cells == "c", (5, 1))
    got = kernels.log_density(values, censored, np.array([0, 0, 1, 1, 1]))
    truth = [density_of(kernels, v, cells == "s", cells == "c") for v in values]
    # Up to a constant: that of the measured cells is the same for all.
    off = got - np.log(truth)
    np.testing.assert_allclose(off, np.full_like(off, off[0, 0]), atol=1e-10)


def test_grains_with_different_cells_stand_in_their_own_rows():
    kernels = kernels_of(3)
    rng = np.random.default_rng(4)
    kinds = rng.choice(list("sc."), size=(40, 4))
    kinds[:, 0] = "s"
    values = np.where(kinds == ".", np.nan, rng.normal(size=kinds.shape))
    own = np.repeat(np.arange(8), 5)
    got = kernels.log_density(values, kinds == "c", own)
    for i, (value, kind) in enumerate(zip(values, kinds, strict=True)):
        truth = np.log(density_of(kernels, value, kind == "s", kind == "c"))
        np.testing.assert_allclose(np.diff(got[i]), np.diff(truth), atol=1e-9)


def test_one_censored_cell_has_about_the_share_of_a_student_t():
    """The normal share stands for that of a t with as many degrees of freedom as are left."""
    kernels = kernels_of(5, sizes=(1, 1))
    seen, below = np.array([True] * 3 + [False]), np.array([False] * 3 + [True])
    for value in np.random.default_rng(6).normal(size=(20, 4)):
        for s in (0, 1):
            mean, variance, df = given_the_seen(
                value, kernels.centres[s], kernels.covariance[s], seen, below
            )
            z = float((value[3] - mean[0]) / np.sqrt(variance[0]))
            assert norm.cdf(z) == pytest.approx(student.cdf(z, df), abs=0.02)
        off = kernels.log_density(value[None], below[None], np.zeros(1, int))[0]
        truth = density_of(kernels, value, seen, below)
        assert np.diff(off)[0] == pytest.approx(np.diff(np.log(truth))[0], abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.floats(0.0, 3.0))
def test_the_higher_a_limit_the_denser(seed, rise):
    """What may lie lower is a larger share, and at last all of it: the cell says nothing."""
    kernels = kernels_of(seed)
    rng = np.random.default_rng(seed + 1)
    values = rng.normal(size=(3, 4))
    censored = rng.random((3, 4)) < 0.5
    own = np.zeros(3, int)
    low = kernels.log_density(values, censored, own)
    high = kernels.log_density(np.where(censored, values + rise, values), censored, own)
    assert (high >= low - 1e-12).all()
    endless = kernels.log_density(np.where(censored, 1e9, values), censored, own)
    without = kernels.log_density(np.where(censored, np.nan, values), np.zeros((3, 4), bool), own)
    np.testing.assert_allclose(endless, without, atol=1e-9)


def test_limits_that_no_kernel_reaches_below_leave_a_number():
    kernels = kernels_of(7)
    values, censored = np.full((2, 4), -1e6), np.ones((2, 4), bool)
    censored[1, :2] = False
    with np.errstate(all="raise", under="ignore"):
        found = kernels.log_density(values, censored, np.zeros(2, int))
    assert np.isfinite(found).all()


@pytest.mark.parametrize("most", [1, 30, 200])
def test_few_pairs_at_a_time_change_no_bit(monkeypatch, most):
    monkeypatch.setattr(truncated_kernels, "_GRAINS", 3)
    kernels = kernels_of(8)
    rng = np.random.default_rng(9)
    values, own = rng.normal(size=(50, 4)), np.sort(rng.integers(0, 7, 50))
    censored = rng.random((50, 4)) < 0.3
    whole = kernels.log_density(values, censored, own)
    alone = [kernels.log_density(values[r], censored[r], own[r]) for r in (own == 0, own == 3)]
    assert np.array_equal(whole[(own == 0) | (own == 3)], np.concatenate(alone))
    monkeypatch.setattr(truncated_kernels, "_PAIRS", most)
    assert np.array_equal(kernels.log_density(values, censored, own), whole)


@pytest.mark.parametrize("n", [1, 2, 7, 8, 31, 66])
def test_powers_of_halves(n):
    base = np.linspace(0.01, 1.0, 9)
    np.testing.assert_allclose(
        truncated_kernels._power_of_halves(base.copy(), n), base ** (n / 2), rtol=1e-12
    )

"""Curves of claims whose law is known."""

import numpy as np
import pytest
from scipy.stats import norm

from fingerprint.evaluation.claims import Claims
from fingerprint.evaluation.curves import PRIORS, curves
from fingerprint.evaluation.metrics import cllr, cllr_min, cross_entropy

V = 6.0  # natural log LRs: normal, means +-V/2 and variance V, which makes them calibrated


def claims(n=4000, stretch=1.0, seed=0):
    rng = np.random.default_rng(seed)
    true, false = (
        stretch * rng.normal(side * V / 2, np.sqrt(V), size) / np.log(10)
        for side, size in ((1, n), (-1, 3 * n))
    )
    rows = np.arange(n), np.arange(3 * n)
    return Claims(true, false, true, false, *rows, rows[0] % 200, rows[1] % 200)


@pytest.fixture(scope="module")
def honest():
    return curves("known", claims())


def test_tippett_shows_the_laws(honest):
    for band, side in ((honest.tippett_true, 1), (honest.tippett_false, -1)):
        x = np.array(band.x) * np.log(10)
        np.testing.assert_allclose(band.y, norm.sf(x, side * V / 2, np.sqrt(V)), atol=0.025)
        assert (np.array(band.low) <= np.array(band.y) + 1e-12).all()
        assert (np.array(band.y) <= np.array(band.high) + 1e-12).all()


def test_det_curve_of_normal_scores_is_a_straight_line_in_deviates(honest):
    x, y = norm.ppf(honest.det.x), norm.ppf(honest.det.y)
    # Rejected Phi((t - m) / s), accepted Phi(-(t + m) / s): the deviates sum to -2 m / s.
    inside = np.array(honest.det.x) > 0.02
    np.testing.assert_allclose((x + y)[inside], -np.sqrt(V), atol=0.12)


def test_entropy_at_even_odds_is_the_cllr_and_no_less_than_the_least(honest):
    some = claims()
    at = int(np.argmin(np.abs(PRIORS)))
    entropy = honest.entropy
    cost = cllr(some.log10_lr_true, some.log10_lr_false)
    assert entropy.actual.y[at] == pytest.approx(cost)
    assert entropy.least[at] == pytest.approx(cllr_min(some.score_true, some.score_false))
    assert entropy.nothing[at] == pytest.approx(1.0)
    odds = 10.0**PRIORS
    prior = odds / (1 + odds)
    expected = -(prior * np.log2(prior) + (1 - prior) * np.log2(1 - prior))
    np.testing.assert_allclose(entropy.nothing, expected)
    assert (np.array(entropy.least) <= np.array(entropy.actual.y) + 1e-9).all()
    # Calibrated evidence helps whatever the prior.
    assert (np.array(entropy.actual.y) < expected).all()


def test_entropy_is_that_of_its_prior():
    """Shifted evidence, whose cost is not the same at a prior and at its opposite."""
    some = claims(n=100)
    moved = [x + 0.8 for x in (some.log10_lr_true, some.log10_lr_false)]
    rows = some.sample_true, some.sample_false, some.site_true, some.site_false
    entropy = curves("known", Claims(*moved, *moved, *rows)).entropy.actual
    expected = [cross_entropy(*moved, prior) for prior in PRIORS]
    np.testing.assert_allclose(entropy.y, expected)
    assert entropy.y[10] > entropy.y[-11] + 0.01


def test_calibrated_posteriors_come_true(honest):
    observed = honest.reliability.observed
    np.testing.assert_allclose(observed.y, observed.x, atol=0.05)
    inside = (np.array(observed.low) <= observed.x) & (np.array(observed.high) >= observed.x)
    assert inside.mean() >= 0.7
    assert sum(honest.reliability.n_true) == 4000
    assert sum(honest.reliability.n_false) == 12000
    # Bins of the same weight, true and false claims counting the same in sum.
    weight = (
        np.array(honest.reliability.n_true) / 4000 + np.array(honest.reliability.n_false) / 12000
    )
    np.testing.assert_allclose(weight, 0.2, atol=0.01)


def test_overconfident_posteriors_do_not():
    observed = curves("known", claims(stretch=3.0)).reliability.observed
    x, y = np.array(observed.x), np.array(observed.y)
    sure = (x > 0.8) & (x < 0.999)
    assert sure.any()
    assert (y[sure] < x[sure] - 0.02).all()


def test_without_claims_of_a_kind_there_is_no_curve():
    some = claims(n=40)
    assert curves("near", some.of_samples(np.zeros(120, bool))) is None


def test_ties_at_the_bounds_are_not_parted():
    some = claims(n=400)
    clipped = [np.clip(x, -1, 1) for x in (some.log10_lr_true, some.log10_lr_false)]
    tied = Claims(
        *clipped, *clipped, some.sample_true, some.sample_false, some.site_true, some.site_false
    )
    reliability = curves("known", tied).reliability
    weight = np.array(reliability.n_true) / 400 + np.array(reliability.n_false) / 1200
    assert weight.min() > 0.09  # of a sum of 2: half of a tenth or more
    assert reliability.observed.x[-1] == pytest.approx(10 / 11, abs=1e-3)

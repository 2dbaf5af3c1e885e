"""Fewer grains, fewer analytes, a higher detection limit: weaker evidence, no more rejections."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from builders import gaussian
from builders import with_limits as limited
from fingerprint.evaluation.metrics import cllr, cllr_min
from fingerprint.judgement import Policy, Reason, train_for_samples
from fingerprint.judgement.conditions import Condition, conditions, scaled, with_offset
from fingerprint.judgement.decide import decide
from fingerprint.library import Library

ALPHA = 0.05


@pytest.fixture(scope="module")
def setting():
    """A model of 40 sites with five samples each, and five fresh samples of each."""
    whole = gaussian(40, 10, 8, p=8, seed=0, between=0.15)
    fresh = np.array([int(sample[-2:]) >= 5 for sample in whole.samples.ids])
    model = train_for_samples(whole.take(~fresh), ("three_level", "ks"))
    is_own = whole.sample_site[fresh][:, None] == np.arange(40)
    return model, whole.samples.take(fresh), is_own


def with_limits(samples, quantile):
    """The same grains, measured with a limit at a quantile of each analyte."""
    return limited(samples, np.quantile(samples.assay.values, quantile, axis=0))


def rejected(setting, samples):
    """Share of true claims that are rejected, and the most that chance explains (1 in 10,000)."""
    model, _, is_own = setting
    deciding = decide(model, samples, model.weigh(samples), Policy(alpha=ALPHA)).deciding
    n = int(is_own.sum())
    return (deciding[is_own] == Reason.UNLIKE_SITE).mean(), binom.ppf(1 - 1e-4, n, ALPHA) / n


def test_samples_like_those_of_the_library_are_rejected_as_often_as_was_set(setting):
    rate, most = rejected(setting, setting[1])
    assert rate <= most


def test_a_slightly_higher_limit_is_borne(setting):
    rate, most = rejected(setting, with_limits(setting[1], 0.2))
    assert rate <= most


@pytest.mark.parametrize("quantile", [0.3, 0.6, 0.9])
def test_a_high_limit_does_not_reject_true_claims(setting, quantile):
    rate, most = rejected(setting, with_limits(setting[1], quantile))
    assert rate <= most


@settings(max_examples=6, deadline=None)
@given(st.floats(0.05, 0.95))
def test_no_limit_raises_the_rate_of_false_rejection(setting, quantile):
    rate, most = rejected(setting, with_limits(setting[1], quantile))
    assert rate <= most


@pytest.fixture(scope="module", params=[1, 2])
def coarse_setting(request):
    """A model of a library of which each site, or each other one, was measured coarsely."""
    whole = gaussian(40, 10, 8, p=8, seed=0, between=0.15)
    fresh = np.array([int(sample[-2:]) >= 5 for sample in whole.samples.ids])
    coarse = with_limits(whole.samples, 0.5)
    as_it_is = (whole.grain_site % request.param != 0)[:, None]
    mixed = replace(
        coarse.assay,
        values=np.where(as_it_is, whole.samples.assay.values, coarse.assay.values),
        limits=np.where(as_it_is, np.nan, coarse.assay.limits),
        censored=coarse.assay.censored & ~as_it_is,
    )
    library = Library(replace(whole.samples, assay=mixed))
    scorers = ("three_level", "kernel_density", "two_level")
    model = train_for_samples(library.take(~fresh), scorers)
    is_own = whole.sample_site[fresh][:, None] == np.arange(40)
    return (model, whole.samples.take(fresh), is_own), coarse.take(fresh)


def test_neither_a_finer_nor_a_coarser_query_is_rejected_for_it(coarse_setting):
    """Taken as they are, 52 % of the true claims of finer samples would be on a coarse library."""
    setting, coarse = coarse_setting
    for samples in (setting[1], coarse):
        rate, most = rejected(setting, samples)
        assert rate <= most


def test_a_sample_of_which_nothing_can_be_compared_is_no_evidence(setting):
    model, fresh, _ = setting
    blind = with_limits(fresh.take(np.arange(3)), 1.0)
    weighed = model.weigh(blind)
    assert not weighed.log10_lr.any()
    assert not weighed.log10_lr_near.any()
    decisions = decide(model, blind, weighed, Policy(alpha=ALPHA))
    assert np.isnan(decisions.p_values).all()
    assert set(decisions.deciding.ravel()) == {Reason.TOO_FEW_ANALYTES}


def test_few_grains_do_not_reject_true_claims(setting):
    rate, most = rejected(setting, Condition(grains=3).of(setting[1], 9))
    assert rate <= most


@pytest.mark.parametrize("n_analytes", [4, 6])
def test_fewer_analytes_do_not_reject_true_claims(setting, n_analytes):
    rate, most = rejected(setting, setting[1].with_analytes(np.arange(n_analytes)))
    assert rate <= most


@pytest.mark.parametrize(
    ("weaker", "excess"),
    [
        (lambda s: s, 0.05),
        (lambda s: with_limits(s, 0.4), 0.08),
        (lambda s: s.with_analytes(np.arange(4)), 0.08),
    ],
)
def test_likelihood_ratios_stay_near_calibrated(setting, weaker, excess):
    model, fresh, is_own = setting
    weighed = model.weigh(weaker(fresh))
    true, false = weighed.log10_lr[is_own], weighed.log10_lr[~is_own]
    least = cllr_min(weighed.score[is_own], weighed.score[~is_own])
    assert cllr(true, false) - least < excess


def test_weaker_measurements_weaken_the_evidence_for_true_claims(setting):
    model, fresh, is_own = setting
    full = model.weigh(fresh).log10_lr[is_own].mean()
    for weaker in (with_limits(fresh, 0.6), fresh.with_analytes(np.arange(4))):
        assert model.weigh(weaker).log10_lr[is_own].mean() < full


def test_on_fewer_analytes_the_calibration_is_another(setting):
    model, fresh, _ = setting
    half = fresh.with_analytes(np.arange(4))
    assert [each.n_analytes for each in model.fewer] == [6, 5, 4]
    assert model.calibrations(4) is model.fewer[2]
    assert model.calibrations(7) is model.fewer[0]
    assert model.calibrations(8).calibration is model.calibration
    assert model.calibrations(2) is model.fewer[2]  # fewer than were tried: the nearest
    weighed = model.weigh(half)
    expected = model.fewer[2].calibration.score(weighed.score[..., None]) / np.log(10)
    np.testing.assert_allclose(weighed.log10_lr, np.clip(expected, *model.bounds))


@pytest.fixture(scope="module")
def tight():
    """Sites whose samples differ by less than laboratories do; models that know so, and not."""
    whole = gaussian(30, 9, 20, p=10, seed=5, between=0.1, within=0.0004)
    fresh = np.array([int(sample[-2:]) >= 5 for sample in whole.samples.ids])
    known = whole.take(~fresh)
    models = [
        train_for_samples(known, ("three_level", "ks"), policy=Policy(laboratory_offset=offset))
        for offset in (0.2, 0.0)
    ]
    is_own = whole.sample_site[fresh][:, None] == np.arange(30)
    return models, whole.samples.take(fresh), is_own


def test_a_laboratory_offset_is_not_taken_for_another_origin(tight):
    (careful, trusting), fresh, is_own = tight
    for offset in (0.1, 0.2):
        rate, most = rejected((careful, fresh, is_own), with_offset(fresh, offset, 8))
        assert rate <= most
    # Without trying offsets the same samples would be.
    rate, most = rejected((trusting, fresh, is_own), with_offset(fresh, 0.2, 8))
    assert rate > most


def test_factors_are_of_each_sample_and_analyte_and_as_large_as_asked(tight):
    _, fresh, _ = tight
    ratio = with_offset(fresh, 0.1, 3).assay.values / fresh.assay.values
    of_sample = np.log(ratio[fresh.bounds[:-1]])
    np.testing.assert_allclose(ratio, np.exp(of_sample)[fresh.grain_sample])
    assert of_sample.std() == pytest.approx(0.1, rel=0.1)
    censored = with_limits(fresh, 0.3)
    doubled = scaled(censored, np.full((len(fresh), 10), 2.0)).assay
    np.testing.assert_array_equal(doubled.limits, 2 * censored.assay.limits)
    np.testing.assert_array_equal(doubled.censored, censored.assay.censored)


def test_few_grains_are_some_of_the_sample(tight):
    _, fresh, _ = tight
    few = Condition(grains=5).of(fresh, 1)
    assert set(few.n_grains) == {5}
    np.testing.assert_array_equal(few.ids, fresh.ids)
    for i in (0, 17):
        grains = fresh.take(np.array([i])).assay.values
        assert all(
            (grains == one).all(axis=1).any() for one in few.take(np.array([i])).assay.values
        )


def test_without_offsets_nothing_is_tried_twice():
    assert len(conditions(0.1)) == len(conditions(0.0)) + 1 == 6
    assert len(set(conditions(0.0))) == 5

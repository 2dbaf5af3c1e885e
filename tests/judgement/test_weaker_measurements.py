"""Fewer grains, fewer analytes, a higher detection limit: weaker evidence, no more rejections."""

import numpy as np
import pytest
from scipy.stats import binom

from builders import gaussian
from fingerprint.evaluation.metrics import cllr, cllr_min
from fingerprint.judgement import Policy, Reason, train
from fingerprint.judgement.decide import decide
from fingerprint.tables import Assay, SampleSet

ALPHA = 0.05


@pytest.fixture(scope="module")
def setting():
    """A model of 40 sites with five samples each, and five fresh samples of each."""
    whole = gaussian(40, 10, 8, p=8, seed=0, between=0.15)
    fresh = np.array([int(sample[-2:]) >= 5 for sample in whole.samples.ids])
    model = train(whole.take(~fresh), ("three_level", "ks"))
    is_own = whole.sample_site[fresh][:, None] == np.arange(40)
    return model, whole.samples.take(fresh), is_own


def with_limits(samples, quantile):
    """The same grains, measured with a limit at a quantile of each analyte."""
    assay = samples.assay
    limits = np.quantile(assay.values, quantile, axis=0)
    censored = assay.values < limits
    limits = np.broadcast_to(limits, censored.shape).copy()
    values = np.where(censored, limits, assay.values)
    weaker = Assay(assay.facts, assay.analytes, values, limits, censored)
    return SampleSet.from_tables(weaker, sample_facts=samples.facts.reset_index().astype(object))


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

"""A factor common to all analytes: planted, found, named; and not found where there is none."""

from dataclasses import replace

import numpy as np
import pytest

from builders import gaussian
from fingerprint.chemistry import Analyte
from fingerprint.judgement import Policy, Reason, judge, train_for_samples
from fingerprint.judgement.conditions import scaled
from fingerprint.judgement.factor import (
    GRID,
    _weights,
    common_factor,
    of_sessions,
    profile,
    widened,
)
from fingerprint.judgement.verdict import CommonFactor
from fingerprint.tables import SampleSet

LIMIT = 0.08


@pytest.fixture(scope="module")
def setting():
    """A model of 25 well told sites, and two fresh samples of each."""
    whole = gaussian(25, 5, 30, p=16, seed=3, between=0.15, within=0.004)
    fresh = np.array([int(sample[-2:]) >= 3 for sample in whole.samples.ids])
    model = train_for_samples(whole.take(~fresh), ("three_level", "ks"))
    return model, whole.samples.take(fresh)


def times(samples, factor):
    return scaled(samples, np.full((len(samples), len(samples.assay.keys)), factor))


def in_session(samples, session):
    facts = samples.assay.facts.assign(session=session)
    return SampleSet.from_tables(
        replace(samples.assay, facts=facts),
        sample_facts=samples.facts.reset_index()
        .astype(object)
        .drop(columns="session", errors="ignore"),
    )


def own(samples):
    return [(sample, sample[:-3]) for sample in samples.ids]


@pytest.mark.parametrize("factor", [0.4, 2.0])
def test_a_factor_on_single_samples_is_recognised_and_named(setting, factor):
    model, fresh = setting
    some = times(fresh.take(np.arange(0, len(fresh), 2)), factor)
    verdicts = list(judge(model, some, own(some), Policy()))
    found = [v for v in verdicts if v.reasons[0] is Reason.COMMON_FACTOR]
    assert len(found) >= 0.8 * len(verdicts)
    assert all(v.verdict == "inconclusive" for v in found)
    named = np.array([v.factor.factor.factor for v in found])
    assert np.median(np.abs(named / factor - 1)) < 0.06
    held = [v.factor.factor.low <= factor <= v.factor.factor.high for v in found]
    assert np.mean(held) > 0.85
    assert all(v.factor.log10_lr >= 1.0 for v in found)
    assert f"{found[0].factor.factor.factor:.2g} times" in found[0].details[Reason.COMMON_FACTOR]


def test_true_claims_without_a_factor_hardly_ever_seem_to_have_one(setting):
    model, fresh = setting
    reasons = [v.reasons[0] for v in judge(model, fresh, own(fresh), Policy())]
    assert np.mean([reason is Reason.COMMON_FACTOR for reason in reasons]) <= 0.02


def test_a_false_claim_does_not_escape_by_this_door(setting):
    model, fresh = setting
    some = fresh.take(np.arange(0, len(fresh), 12))
    claims = [(s, site) for s in some.ids for site in model.sites.names if site != s[:-3]]
    verdicts = list(judge(model, some, claims, Policy()))
    assert np.mean([v.reasons[0] is Reason.COMMON_FACTOR for v in verdicts]) < 0.02
    assert np.mean([v.verdict == "implausible" for v in verdicts]) > 0.9


def test_a_session_knows_its_factor_better_than_a_sample_does(setting):
    model, fresh = setting
    # One sample of each of 20 sites, claimed rightly, and four more under a wrong name.
    some = fresh.take(np.arange(0, 48, 2))
    claims = own(some)[:20] + [(s, "site 0024") for s in some.ids[20:24]]
    together = in_session(times(some, 1.2), "7")
    verdicts = list(judge(model, together, claims, Policy()))
    assert {v.reasons[0] for v in verdicts} == {Reason.COMMON_FACTOR}
    found = verdicts[0].factor.factor
    assert found.factor == pytest.approx(1.2, rel=0.05)
    assert found.low < 1.2 < found.high
    assert found.n_samples == 24
    # Nothing is pooled where sessions are not named, or a sample has more than one claim.
    rows = [(i, int(model.sites.index(claim))) for i, (_, claim) in enumerate(claims)]
    assert of_sessions(model, times(some, 1.2), rows, LIMIT) == {}
    twice = [*rows, *((row, (site + 1) % 25) for row, site in rows)]
    assert of_sessions(model, together, twice, LIMIT) == {}
    assert of_sessions(model, in_session(some, "7"), rows, LIMIT) == {}


def bell(centre, height, width=0.05):
    return height - 0.5 * ((GRID - centre) / width) ** 2


def test_by_hand():
    """A claim whose log likelihood ratio is a parabola about a factor of two."""
    found = common_factor(GRID, bell(0.301, 8.0)[:, None], np.ones(1), LIMIT)
    assert found.factor == pytest.approx(2.0, rel=0.05)  # to the nearest that is tried
    # Half of the width of the interval: 1.96 of its spread, 0.05.
    assert np.log10(found.high / 2.0) == pytest.approx(1.96 * 0.05, rel=0.15)
    assert np.log10(2.0 / found.low) == pytest.approx(1.96 * 0.05, rel=0.15)


@pytest.mark.parametrize(
    "log_lr",
    [
        bell(0.301, 3.0),  # not far better than no claim being true: log(1 + e^3) / 2 = 2.4
        bell(0.0, 8.0),  # best without a factor
        bell(0.02, 60.0, width=0.005),  # 1.05 times: within the limit
        bell(1.3, 30.0, width=0.5),  # best at the end of what is tried
    ],
)
def test_what_is_no_factor(log_lr):
    assert common_factor(GRID, log_lr[:, None], np.ones(1), LIMIT) is None


def test_false_claims_and_unmeasured_samples_add_nothing():
    true, false = bell(0.301, 8.0), np.full(GRID.size, -50.0)
    alone = common_factor(GRID, true[:, None], np.ones(1), LIMIT)
    among = common_factor(
        GRID, np.stack([true, false, false, np.full(GRID.size, np.nan)], axis=1), np.ones(4), LIMIT
    )
    assert among == replace(alone, n_samples=3)


def test_claims_on_one_site_count_for_no_more_than_it_is_known(setting):
    """Ten samples of a site that one reference sample is known by: not ten times the evidence."""
    claim = bell(0.301, 4.0)[:, None]
    sites = np.zeros(10, dtype=int)
    # (1/1 + 1) / (1/1 + 1/10) = 1.82 claims' worth in all.
    assert _weights(sites, np.array([1])).sum() == pytest.approx(2 / 1.1)
    # Ten different sites: ten claims' worth.
    assert _weights(np.arange(10), np.ones(10, dtype=int)).sum() == pytest.approx(10.0)
    assert common_factor(GRID, np.repeat(claim, 10, axis=1), _weights(sites, np.array([1])), LIMIT)


def test_offsets_of_single_analytes_widen_the_interval():
    found = CommonFactor(2.0, 2.0 / np.exp(0.03), 2.0 * np.exp(0.04), 1)
    got = widened(found, 0.02)
    assert np.log(2.0 / got.low) == pytest.approx(np.hypot(0.03, 1.96 * 0.02), rel=1e-3)
    assert np.log(got.high / 2.0) == pytest.approx(np.hypot(0.04, 1.96 * 0.02), rel=1e-3)
    assert widened(found, 0.0).low == pytest.approx(found.low)


def test_ratios_and_logarithms_have_no_common_factor(setting):
    model, fresh = setting
    assay = fresh.assay
    ratios = replace(assay, analytes=tuple(Analyte(a.name, "ratio") for a in assay.analytes))
    doubled = times(replace(fresh, assay=ratios), 2.0)
    np.testing.assert_array_equal(doubled.assay.values, assay.values)
    assert profile(model, replace(fresh, assay=ratios)) is None

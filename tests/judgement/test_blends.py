"""A declared blend: grains are dealt to the named sites, and the parts weighed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from builders import ELEMENTS, gaussian, samples_of, told_model
from fingerprint.errors import InputError
from fingerprint.judgement import Policy, Reason, judge, train
from fingerprint.judgement.blend_trials import mix
from fingerprint.judgement.blends import deal, regrouped, sites_of_claim

SIZED = Policy(few_grains=2)


def one_sample():
    return samples_of(np.full((20, len(ELEMENTS)), 3.0), ["s"] * 20)


@pytest.mark.parametrize(
    ("claim", "sites"),
    [
        ("A", ("A",)),
        ("A;B", ("A", "B")),
        (" A ; B", ("A", "B")),
        ("B;A;B", ("B", "A")),
        ("A;A", ("A",)),
        (" A", (" A",)),
    ],
)
def test_sites_of_a_claim(claim, sites):
    assert sites_of_claim(claim) == sites


@pytest.mark.parametrize("claim", [";", "A;", ";A", "A;;B", "A; ;B"])
def test_a_blank_site_is_refused_before_any_claim_is_judged(claim):
    with pytest.raises(InputError, match="blank"):
        sites_of_claim(claim)
    with pytest.raises(InputError, match="blank"):
        next(judge(told_model({"s": [2.0, -1.0, -5.0]}), one_sample(), [("s", claim)], SIZED))


def test_a_site_that_the_library_lacks_is_named_and_the_claimed_others_are_no_other_sites():
    model = told_model({"s": [2.0, 1.0, 1.5]})
    [got] = judge(model, one_sample(), [("s", "A;Nowhere;B;Elsewhere")], SIZED)
    assert (got.verdict, got.reasons[0]) == ("inconclusive", Reason.SITE_UNKNOWN)
    assert got.details[Reason.SITE_UNKNOWN] == "Not in the library: Nowhere, Elsewhere."
    assert got.not_excluded == ("C",)
    # A model without a measure of blends cannot weigh it; A and B are claimed all the same.
    [got] = judge(model, one_sample(), [("s", "A;B")], SIZED)
    assert (got.reasons[0], got.not_excluded) == (Reason.TOO_FEW_TRUE_TRIALS, ("C",))


def test_one_site_named_twice_is_a_claim_on_that_site():
    model = told_model({"s": [2.0, -1.0, -5.0]})
    twice, once = judge(model, one_sample(), [("s", "A; A"), ("s", "A")], SIZED)
    assert twice.claim == "A; A"
    assert (twice.log10_lr, twice.p_value, twice.reasons) == (
        once.log10_lr,
        once.p_value,
        once.reasons,
    )


def test_an_unknown_site_among_them_is_inconclusive():
    [got] = judge(told_model({"s": [2.0, -1.0, -5.0]}), one_sample(), [("s", "A;Z")], SIZED)
    assert (got.verdict, got.reasons[0]) == ("inconclusive", Reason.SITE_UNKNOWN)
    assert np.isnan(got.log10_lr)


def test_a_model_that_tried_no_blends_decides_none():
    [got] = judge(told_model({"s": [2.0, -1.0, -5.0]}), one_sample(), [("s", "A;B")], SIZED)
    assert (got.verdict, got.reasons[0]) == ("inconclusive", Reason.TOO_FEW_TRUE_TRIALS)


def test_shares_of_sites_that_are_far_apart_are_those_of_their_grains():
    scores = np.array([[5.0, -5.0, 0.0]] * 3 + [[-5.0, 5.0, 0.0]] * 7)
    dealing = deal(scores, np.array([0, 1]))
    assert dealing.part.tolist() == [0] * 3 + [1] * 7
    assert dealing.shares == pytest.approx([0.3, 0.7], abs=1e-3)


@given(st.lists(st.tuples(*[st.floats(-50, 50)] * 3), min_size=1, max_size=20))
def test_every_grain_is_dealt_and_shares_sum_to_one(rows):
    dealing = deal(np.array(rows), np.array([2, 0, 1]))
    assert len(dealing.part) == len(rows)
    assert dealing.shares.sum() == pytest.approx(1.0)
    assert (dealing.shares >= 0).all()


@given(st.integers(1, 30), st.integers(1, 30), st.floats(0.1, 0.9))
def test_a_mixture_takes_no_grain_twice_and_some_of_both(n_a, n_b, share):
    a, b = np.arange(n_a), 100 + np.arange(n_b)
    rows = mix(a, b, share, np.random.default_rng(0))
    assert len(set(rows.tolist())) == len(rows)
    assert (rows < 100).any()
    assert (rows >= 100).any()
    assert len(rows) <= (n_a + n_b) / 2 + 2


@pytest.fixture(scope="module")
def tried():
    """A model, fresh samples of its sites, and the site of each."""
    rng = np.random.default_rng(8)
    n_samples = rng.integers(6, 13, 24) + 2
    whole = gaussian(24, list(n_samples), 16, p=5, seed=4, between=0.3, within=0.02)
    number = np.array([int(sample[-2:]) for sample in whole.samples.ids])
    fresh = whole.take(number < 2)
    return train(whole.take(number >= 2), ("three_level",)), fresh


def verdicts_on(tried, shares, kind):
    """Judge blends of each sample and one of another site, under a true or a false claim."""
    model, fresh = tried
    rng = np.random.default_rng(1)
    grains, claims = [], []
    rows = [np.arange(*fresh.samples.bounds[i : i + 2]) for i in range(len(fresh))]
    for i in range(len(fresh)):
        others = np.flatnonzero(fresh.sample_site != fresh.sample_site[i])
        j = int(rng.choice(others))
        named = {fresh.sample_site[i], fresh.sample_site[j]}
        if kind == "false":
            named = set(rng.choice(np.delete(np.arange(24), list(named)), 2, replace=False))
        share = shares[i % len(shares)]
        grains.append(rows[i] if share == 1 else mix(rows[i], rows[j], share, rng))
        claims.append(";".join(model.sites.names[sorted(named)]))
    queries = regrouped(fresh.samples, grains)
    return list(judge(model, queries, list(zip(queries.ids, claims, strict=True)), SIZED))


def test_true_blends_and_one_sided_ones_are_rejected_no_more_often_than_set(tried):
    verdicts = verdicts_on(tried, (0.1, 0.3, 0.5, 0.7, 0.9, 1.0), "true")
    rejected = sum(v.verdict == "implausible" for v in verdicts)
    assert rejected <= binom.ppf(0.995, len(verdicts), SIZED.alpha)
    assert np.mean([v.log10_lr > 0 for v in verdicts]) > 0.8


def test_blends_of_other_sites_are_rejected(tried):
    verdicts = verdicts_on(tried, (0.5,), "false")
    assert np.mean([v.verdict == "implausible" for v in verdicts]) > 0.8
    assert np.mean([v.verdict == "plausible" for v in verdicts]) < 0.05


def test_the_order_of_the_named_sites_does_not_matter(tried):
    model, fresh = tried
    one = fresh.samples.take(np.array([0]))
    a, b = model.sites.names[:2]
    there, back = judge(model, one, [(one.ids[0], f"{a};{b}"), (one.ids[0], f"{b};{a}")], SIZED)
    assert there.score == pytest.approx(back.score)
    assert there.p_value == back.p_value
    assert dict(there.blend_shares) == pytest.approx(dict(back.blend_shares))
    assert there.log10_lr_low <= there.log10_lr <= there.log10_lr_high

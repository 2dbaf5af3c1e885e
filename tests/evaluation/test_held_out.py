"""Held-out claims and the league table."""

import numpy as np
import pandas as pd
import pytest

from builders import gaussian, relabelled
from fingerprint.evaluation import evaluate
from fingerprint.evaluation.bootstrap import mean_of
from fingerprint.evaluation.claims import fusion_claims
from fingerprint.evaluation.held_out import hold_out
from fingerprint.evaluation.metrics import cllr, cllr_min
from fingerprint.evaluation.single_scorers import calibrations, weigh
from fingerprint.judgement import Policy, train
from fingerprint.judgement.decide import decide
from fingerprint.judgement.splits import sample_folds, value_folds
from fingerprint.library import Library, content_hash
from fingerprint.tables import Mineralogy, SampleSet

QUICK = ("three_level", "ks")
COUNTS = [1, *[7] * 13]


@pytest.fixture(scope="module")
def library():
    return gaussian(14, COUNTS, 5, p=4, seed=31)


@pytest.fixture(scope="module")
def held_out(library):
    folds = sample_folds(library, 3, 2)
    return hold_out(library, QUICK, folds=folds, near=None, policy=Policy(), seed=2, n_jobs=1)


@pytest.fixture(scope="module")
def left_out(library):
    """Whole sites in each group."""
    groups = value_folds(library.sample_site.astype(str), 5, 2)
    return hold_out(library, QUICK, folds=groups, near=None, policy=Policy(), seed=2, n_jobs=1)


@pytest.fixture(scope="module")
def league(library):
    return evaluate(library, QUICK, folds=3, seed=2)


def test_a_fold_is_weighed_by_a_model_trained_without_it(library, held_out):
    folds = sample_folds(library, 3, 2)
    assert np.array_equal(held_out.folds, folds)
    rest, fold = library.take(folds != 1), library.samples.take(folds == 1)
    model = train(rest, QUICK, seed=2)
    weighed = model.weigh(fold)
    at = np.ix_(folds == 1, np.isin(library.sites, model.sites.names))
    np.testing.assert_array_equal(held_out.score[at], weighed.score)
    np.testing.assert_array_equal(held_out.log10_lr[at], weighed.log10_lr)
    np.testing.assert_array_equal(held_out.log10_lr_near[at], weighed.log10_lr_near)
    np.testing.assert_array_equal(held_out.raw[0][at], weighed.scores[0])
    np.testing.assert_array_equal(
        held_out.p_values[at], decide(model, fold, weighed, Policy()).p_values
    )


def test_which_claims_are_known_true_and_near(library, held_out):
    own = library.sample_site[:, None] == np.arange(14)
    assert np.array_equal(held_out.is_true, own)
    # The site of one sample is unknown to the fold that holds it out, and only to that.
    expected = np.ones(own.shape, bool)
    expected[held_out.folds == held_out.folds[0], 0] = False
    assert library.n_reference[0] == 1
    assert np.array_equal(held_out.known, expected)
    # Five most alike neighbours a site; none is its own.
    assert not (held_out.is_near & own).any()
    assert (held_out.is_near.sum(axis=1) > 0).mean() > 0.9


def test_of_unknown_origin_is_what_a_model_weighs_that_never_saw_the_site(library, left_out):
    """By hand: train on the sites that a sample was not left out with, weigh the sample."""
    false = fusion_claims(library, left_out, left_out)["unknown"]
    assert np.isin(np.arange(len(library)), false.sample_false).all()
    for sample in (0, 30, 91):
        rest = np.isfinite(left_out.score[sample])
        assert not rest[library.sample_site[sample]]
        assert 11 <= rest.sum() <= 12  # of 14 sites in five groups
        model = train(library.take(rest[library.sample_site]), QUICK, seed=2)
        assert np.array_equal(model.sites.names, library.sites[rest])
        weighed = model.weigh(library.samples.take(np.array([sample])))
        got = false.sample_false == sample
        np.testing.assert_array_equal(false.score_false[got], weighed.score[0])
        np.testing.assert_array_equal(false.log10_lr_false[got], weighed.log10_lr[0])


def test_strangers_look_better_than_samples_whose_own_site_is_in_the_cohort(
    library, held_out, left_out
):
    """The best of a bad lot stands out more: to leave the site in would flatter the figures."""
    false = held_out.known & left_out.known & ~held_out.is_true
    assert left_out.score[false].mean() > held_out.score[false].mean()


def test_the_league_counts_claims_as_by_hand(library, league):
    fusion = league.rows[-1]
    assert [row.name for row in league.rows] == [*QUICK, "fusion"]
    assert fusion.known.n_true == 91
    # 91 samples of known sites on the other 13 sites, less those of the fold that lacks site 0.
    in_fold = (sample_folds(library, 3, 2) == sample_folds(library, 3, 2)[0]).sum() - 1
    assert fusion.known.n_false == 91 * 13 - in_fold
    assert fusion.known.n_false_samples == 91
    # Of unknown origin: 13 sites of seven samples and one of one, in five groups as even as can be.
    # Three of three sites, one of two and the single one, one of two; the other sites are claimed.
    assert fusion.unknown.n_false == 3 * 21 * 11 + 15 * 11 + 14 * 12
    assert fusion.unknown.n_false_samples == 92
    assert league.library_hash == content_hash(library.samples)
    assert (league.n_sites, league.n_samples, league.n_grains) == (14, 92, 460)


def test_the_figures_are_those_of_the_held_out_claims(library, league, held_out):
    fusion = league.rows[-1]
    own = held_out.is_true & held_out.known
    has_own = own.any(axis=1, keepdims=True)
    false = held_out.known & has_own & ~held_out.is_true
    true_lr, false_lr = held_out.log10_lr[own], held_out.log10_lr[false]
    assert fusion.known.cllr.value == pytest.approx(cllr(true_lr, false_lr))
    assert fusion.known.cllr_min.value == pytest.approx(
        cllr_min(held_out.score[own], held_out.score[false])
    )
    threshold = np.sort(held_out.score[own])[int(0.02 * own.sum())]
    assert fusion.known.false_acceptance[0.02].value == pytest.approx(
        (held_out.score[false] >= threshold).mean()
    )
    best = np.nanargmax(held_out.score, axis=1) == library.sample_site
    assert fusion.closed_set_accuracy.value == pytest.approx(best[has_own[:, 0]].mean())
    implausible = held_out.p_values[own] <= 0.02
    assert fusion.verdicts["true"]["implausible"].value == pytest.approx(implausible.mean())
    for verdicts in (fusion.verdicts["true"], fusion.verdicts["known"]):
        assert sum(f.value for f in verdicts.values()) == pytest.approx(1.0)
        assert all(f.low <= f.value <= f.high for f in verdicts.values())


def test_a_clear_signal_is_seen(league):
    for row in league.rows:
        assert row.known.cllr_min.value < 0.25
        assert row.closed_set_accuracy.value > 0.75
        assert row.known.equal_error_rate.value < 0.1
        assert row.known.false_acceptance[0.05].value <= row.known.false_acceptance[0.01].value
    fusion = league.rows[-1]
    assert fusion.known.cllr.value < 0.3
    assert fusion.verdicts["true"]["implausible"].value < 0.1
    assert fusion.verdicts["known"]["plausible"].value < 0.1
    # Neighbours are harder than anywhere.
    assert fusion.near.cllr_min.value >= fusion.known.cllr_min.value


def test_a_single_scorer_is_calibrated_on_the_other_folds(held_out):
    """What a fold's own scores are does not move its calibration."""
    raw = held_out.raw[0]
    true = held_out.is_true & np.isfinite(raw)
    false = ~held_out.is_true & np.isfinite(raw)
    fold = held_out.folds == 1
    moved = np.where(fold[:, None], raw + 5.0, raw)
    before, after = (
        calibrations((each, true), [(each, false)], held_out.folds) for each in (raw, moved)
    )
    assert before[1] == after[1]
    assert all(before[other] != after[other] for other in (0, 2))
    got = weigh(before, raw, held_out.folds)[fold]
    right = (before[1].intercept + before[1].slope * raw[fold]) / np.log(10.0)
    np.testing.assert_allclose(got, np.clip(right, before[1].low, before[1].high))


def test_a_single_scorer_is_calibrated_on_log_likelihood_ratios_as_they_are():
    """Scores that are the right ratios against the mean of two kinds stay, up to the bounds."""
    rng = np.random.default_rng(3)
    n = 4000
    shift = np.repeat([[1.0, -1.0, -1.0]], n, axis=0)
    score = 2.0 * (rng.normal(size=(n, 3)) + shift)  # log N(1, 1) / N(-1, 1) is 2 x
    masks = [np.repeat([np.arange(3) == k], n, axis=0) for k in range(3)]
    folds = np.arange(n) % 2
    # The second kind of false trials is rarer and counts the same.
    masks[2][n // 4 :] = False
    by_fold = calibrations((score, masks[0]), [(score, m) for m in masks[1:]], folds)
    for one in by_fold.values():
        assert one.slope == pytest.approx(1.0, abs=0.1)
        assert one.intercept == pytest.approx(0.0, abs=0.15)
        assert (one.low, one.high) == (-np.log10(n / 2 + 1), np.log10(n / 2 + 1))
    assert calibrations((score, masks[0]), [(score, masks[0] & False)], folds)[0].slope == 0.0


def test_the_interval_draws_whole_sites():
    """Ten claims of each site that agree with one another are worth one, not ten."""
    rng = np.random.default_rng(0)
    site = np.repeat(np.arange(30), 10)
    value = np.repeat(rng.normal(size=30), 10)
    got = mean_of(value, site)
    width = (got.high - got.low) / 2 / 1.96
    assert width == pytest.approx(value.std() / np.sqrt(30), rel=0.2)
    assert got.value == pytest.approx(value.mean())


def test_as_many_true_claims_are_rejected_as_was_set():
    """Over several libraries of exchangeable samples: the rate that is set, and no more."""
    rejected = total = 0
    policy = Policy(alpha=0.1)
    for seed in range(4):
        library = gaussian(20, 6, 5, p=3, seed=seed, between=0.2)
        folds = sample_folds(library, 4, seed)
        held = hold_out(
            library, ("three_level",), folds=folds, near=None, policy=policy, seed=seed, n_jobs=1
        )
        p = held.p_values[held.is_true & held.known]
        rejected, total = rejected + int((p <= 0.1).sum()), total + p.size
    assert total == 480
    # Binomial with samples of a site correlated: about three standard errors either way.
    assert 0.05 < rejected / total < 0.15


def test_the_order_of_rows_does_not_change_the_league(library, league):
    order = np.random.default_rng(0).permutation(library.samples.assay.n_grains)
    again = Library(
        type(library.samples).from_tables(
            library.samples.assay.take(order),
            sample_facts=library.samples.facts.reset_index().astype(object),
        )
    )
    assert evaluate(again, QUICK, folds=3, seed=2).rows == league.rows


def test_labels_that_mean_nothing_give_figures_that_say_so(library):
    """Neighbours share a district: the most alike sites would be chosen by the scores themselves,
    and scores that chance made high are not so again."""
    rng = np.random.default_rng(3)
    shuffled = relabelled(library, rng.permutation(library.samples.fact("site")))
    facts = shuffled.samples.facts.reset_index().astype(object)
    facts["district"] = [f"d{int(site[-4:]) % 3}" for site in facts["site"]]
    shuffled = Library(SampleSet.from_tables(shuffled.samples.assay, sample_facts=facts))
    for row in evaluate(shuffled, QUICK, folds=3, seed=2).rows:
        for origin in (row.known, row.unknown, row.near):
            assert 0.9 < origin.cllr.value < 1.1
            assert origin.equal_error_rate.value > 0.4
        assert row.closed_set_accuracy.value < 0.2
    fusion = row
    assert fusion.verdicts["true"]["plausible"].value < 0.05
    assert fusion.verdicts["known"]["plausible"].value < 0.02


def test_samples_without_grains_take_no_part():
    library = gaussian(8, 6, 4, p=3, seed=1)
    minerals = Mineralogy(np.array(["zz"], dtype=object), ("quartz",), "pct", np.ones((1, 1)))
    facts = library.samples.facts.reset_index().astype(object)
    more = pd.DataFrame({"sample": ["zz"], "site": ["site 0003"]}, dtype=object)
    padded = Library(
        SampleSet.from_tables(
            library.samples.assay, minerals, sample_facts=pd.concat([facts, more])
        )
    )
    one, other = (evaluate(each, ("ks",), folds=3) for each in (library, padded))
    assert one.rows == other.rows
    assert other.n_samples == 48

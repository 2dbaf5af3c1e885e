"""What stands beside the league table: grain classes, differences, confusion, open set, splits."""

import numpy as np
import pytest

from builders import gaussian, small_forests
from fingerprint.errors import InputError
from fingerprint.evaluation import evaluate
from fingerprint.evaluation.bootstrap import Sites
from fingerprint.evaluation.claims import Claims, trials
from fingerprint.evaluation.confusion import confusion
from fingerprint.evaluation.differences import differences
from fingerprint.evaluation.held_out import hold_out
from fingerprint.evaluation.metrics import cllr
from fingerprint.evaluation.rows import by_grains
from fingerprint.evidence import SCORERS
from fingerprint.judgement import Policy
from fingerprint.judgement.splits import sample_folds
from fingerprint.library import Library
from fingerprint.tables import SampleSet

QUICK = ("three_level", "ks")


def with_facts(library, **columns):
    facts = library.samples.facts.reset_index().astype(object).assign(**columns)
    return Library(SampleSet.from_tables(library.samples.assay, sample_facts=facts))


@pytest.fixture(scope="module")
def library():
    """Fifteen sites in five districts; the first site has one sample."""
    plain = gaussian(15, [1, *[5] * 14], 5, p=4, seed=8)
    district = [f"d{int(site[-4:]) // 3}" for site in plain.samples.fact("site")]
    paper = [f"p{i % 7}" for i in range(len(plain))]
    return with_facts(plain, district=district, paper=paper)


@pytest.fixture(scope="module")
def league(library):
    policy = Policy(alpha=0.1, least_analytes=3)
    return evaluate(library, QUICK, folds=3, open_groups=5, policy=policy, seed=1)


@pytest.fixture(scope="module")
def held_out(library):
    folds = sample_folds(library, 3, 1)
    return hold_out(library, QUICK, folds=folds, near=None, policy=Policy(), seed=1, n_jobs=1)


def test_mixed_trials_take_samples_with_and_without_an_own_site(library, held_out):
    kinds = trials(held_out, held_out)
    mixed, near = kinds["mixed"][1], kinds["mixed_near"][1]
    lonely = library.n_reference[library.sample_site] == 1
    assert lonely.sum() == 1
    assert mixed[lonely].sum() == 14  # every other site
    assert near[lonely].sum() == 2  # the two others of its district
    assert kinds["known"][1][lonely].sum() == kinds["near"][1][lonely].sum() == 0
    assert (mixed == kinds["known"][1])[~lonely].all()
    assert (near == kinds["near"][1])[~lonely].all()


def test_every_sample_left_out_by_site_is_a_stranger(library, league):
    open_set = league.open_set
    assert open_set.groups == 5
    assert open_set.n_sites == pytest.approx(12.0)  # three of fifteen sites at a time
    assert open_set.far.n_false == len(library) * 12
    assert open_set.far.n_true == league.rows[-1].known.n_true == 70
    assert open_set.far.n_false_samples == len(library)
    # Sites of a strong signal: strangers are told from samples of known sites.
    assert open_set.auroc_score.value > 0.8
    assert open_set.auroc_unknown.value > 0.8
    for sites in (open_set.unknown, open_set.known):
        assert sum(sites.plausible_shares.values()) == pytest.approx(1.0)
        assert 0 <= sites.plausible.value <= sites.not_excluded.value <= 15
    assert open_set.unknown.plausible.value < open_set.known.plausible.value
    assert sum(f.value for f in open_set.verdicts["far"].values()) == pytest.approx(1.0)


def test_grain_classes_take_samples_with_as_many_grains():
    rng = np.random.default_rng(0)
    n_grains = np.array([1, 2, 3, 5, 8, 11, 12, 29, 40, 40])
    sample = np.arange(10)
    score = rng.normal(size=10)
    one = Claims(score + 1, score, score + 1, score, sample, sample, sample, sample)
    classes = by_grains(
        dict.fromkeys(("known", "unknown", "near", "mixed", "mixed_near"), one), n_grains
    )
    assert [(c.least_grains, c.n_samples, c.known.n_true) for c in classes] == [
        (1, 10, 10),
        (3, 8, 8),
        (5, 7, 7),
        (8, 6, 6),
        (12, 4, 4),
        (30, 2, 2),
    ]
    at = n_grains >= 8
    assert classes[3].near.cllr.value == pytest.approx(cllr(score[at] + 1, score[at]))


def test_calibration_loss_is_what_is_left_above_the_least(league):
    for row in league.rows:
        for origin in (row.known, row.unknown, row.near):
            lost = origin.cllr.value - origin.cllr_min.value
            assert origin.cllr_cal.value == pytest.approx(lost)
            assert origin.cllr_cal.low <= lost <= origin.cllr_cal.high


def scored(log10_lr_true, log10_lr_false, sites):
    at = np.arange(len(log10_lr_true)), np.arange(len(log10_lr_false))
    both = log10_lr_true, log10_lr_false
    return Claims(*both, *both, *at, *(each % sites for each in at))


def test_the_difference_is_paired():
    """What a site makes hard for both cancels, and the best single scorer is the one compared."""
    rng = np.random.default_rng(1)
    hard = np.repeat(rng.normal(0, 1.0, 40), 5)
    true, false = 1.0 + hard, -1.0 + hard
    a_bit_better = scored(true + 0.02, false - 0.02, 40)
    worse = scored(true * 0, false * 0, 40)
    same = scored(true, false, 40)
    kinds = ("known", "unknown", "near")
    found = differences(
        dict.fromkeys(kinds, a_bit_better),
        [("worse", dict.fromkeys(kinds, worse)), ("best", dict.fromkeys(kinds, same))],
    )
    assert [each.kind for each in found] == list(kinds)
    assert {each.best for each in found} == {"best"}
    one = found[0].difference
    assert one.high < 0
    assert one.value == pytest.approx(cllr(true + 0.02, false - 0.02) - cllr(true, false))
    # Unpaired, the interval of either Cllr is far wider than their difference.
    assert one.high - one.low < 0.02
    equal = differences(
        {"known": same, "unknown": same, "near": same}, [("b", dict.fromkeys(kinds, same))]
    )
    assert equal[0].difference.value == equal[0].difference.low == equal[0].difference.high == 0.0


def test_confusion_by_district_counts_each_sample_once(league):
    confusion = league.confusion
    assert confusion.names == ("d0", "d1", "d2", "d3", "d4")
    counts = np.array(confusion.counts)
    assert counts.sum(axis=1).tolist() == [10, 15, 15, 15, 15]
    assert np.trace(counts) / counts.sum() == pytest.approx(confusion.accuracy.value)
    assert confusion.accuracy.value >= league.rows[-1].closed_set_accuracy.value


def test_a_site_of_two_districts_is_right_for_either(library, held_out):
    """It has a row of its own; a sample taken for its neighbour in either district is right."""
    of_site = np.array([int(site[-4:]) for site in library.samples.fact("site")])
    district = np.where(of_site == 3, "d0; d1", library.samples.fact("district"))
    confused = confusion(with_facts(library, district=district), held_out, None)
    assert confused.names == ("d0", "d0; d1", "d1", "d2", "d3", "d4")
    best = np.argmax(np.nan_to_num(held_out.score, nan=-np.inf), axis=1)
    known = library.n_reference[library.sample_site] > 1
    pairs = zip(of_site[known], best[known], strict=True)
    right = [a // 3 == b // 3 or {a, b} <= {0, 1, 2, 3} for a, b in pairs]
    assert confused.accuracy.value == pytest.approx(np.mean(right))


def test_without_districts_there_is_no_confusion():
    assert evaluate(gaussian(8, 5, 4, p=3, seed=1), ("ks",), folds=3).confusion is None


def test_all_scorers_have_a_row_and_those_that_train_fuses_are_fused(monkeypatch):
    monkeypatch.setattr("fingerprint.evaluation.league.FUSED", ("three_level", "forest"))
    fitted = []
    for name, make in SCORERS.items():

        def counting(seed, n_jobs, make=make, name=name):
            fitted.append(name)
            return make(seed, n_jobs)

        monkeypatch.setitem(SCORERS, name, counting)
    library = gaussian(8, 5, 4, p=3, seed=1)
    with small_forests(5):
        SCORERS["forest"], small = (
            lambda seed, n_jobs: (fitted.append("forest"), small(seed, n_jobs))[1],
            SCORERS["forest"],
        )
        league = evaluate(library, folds=3)
    names = [row.name for row in league.rows]
    assert names[:2] == ["three_level", "forest"]
    assert set(names[:-1]) == set(SCORERS)
    assert league.fused == ("three_level", "forest")
    # A scorer that is not fused is fitted once a fold of samples or group of sites; a fused one in
    # the five inner folds and the five inner groups of sites as well.
    assert fitted.count("ks") == 3 + 5
    assert fitted.count("three_level") == fitted.count("forest") == (3 + 5) * (1 + 5 + 5)


def test_leaving_out_whole_papers(library):
    league = evaluate(library, QUICK, folds=3, leave_out="paper")
    assert league.left_out == "paper"
    assert league.rows[-1].known.n_true == 70
    with pytest.raises(InputError, match="no column 'papers'"):
        evaluate(library, QUICK, folds=3, leave_out="papers")


def test_the_interval_of_a_minimum_holds_the_minimum():
    """Drawing twice makes the least Cllr smaller; the interval is moved back."""
    rng = np.random.default_rng(2)
    site = np.arange(60)
    values = rng.normal(size=60)
    sites = Sites(site, site)

    def biased(w, _):
        return np.array([(w * values).sum() / w.sum() - 0.5 * (w == 0).mean()])

    plain, moved = sites.figures(biased)[0], sites.recentred_figures(biased)[0]
    assert plain.high < plain.value + 0.15
    assert moved.low < moved.value < moved.high
    assert moved.high - moved.low == pytest.approx(plain.high - plain.low)


def test_a_library_of_two_sites_is_refused_and_no_table_of_nothing():
    with pytest.raises(InputError, match="leaves three sites"):
        evaluate(gaussian(2, 6, 5, p=3), QUICK, folds=3)

"""What holds for each scorer that compares curves or distributions: hard input, order, draws.

Most of it holds for those that give a site its share among all, too.
"""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import (
    gaussian,
    library_of,
    normal_grains,
    rows_of,
    samples_of,
    sites_of,
    small_forests,
    with_limits,
)
from fingerprint.bundle import load_model, save_model
from fingerprint.bundle.state import Parts, pack, unpack
from fingerprint.evidence import SCORERS, kernel_density, sample_density, sample_forest
from fingerprint.judgement import Policy, all_claims, judge, train
from fingerprint.library import Library

NAMES = ("ks", "rank_sum", "areas_ratio", "kernel_mean")
NEW = NAMES[1:]
SHARES = ("kernel_density", "sample_density", "sample_forest")
levels = st.sampled_from([0.5, 1.0, 1.5, 2.0, 4.0, 8.0])
columns = st.lists(st.tuples(levels, levels), min_size=1, max_size=12)


@pytest.fixture(scope="module")
def library():
    return gaussian(6, [1, 2, 3, 4, 5, 6], 7, p=4, seed=1)


@pytest.fixture(params=NAMES)
def compare(request):
    return lambda: SCORERS[request.param](0, 1)


@pytest.fixture(params=NAMES + SHARES)
def make(request):
    with small_forests():
        yield lambda: SCORERS[request.param](0, 1)


def test_a_known_shift_is_found_and_a_larger_one_scores_lower(compare):
    shifts = np.arange(7) * 0.4
    grains, query = normal_grains(40), normal_grains(25)
    scorer = compare().fit(sites_of(*(10 ** (grains + shift) for shift in shifts)))
    scores = np.stack(
        [scorer.score(samples_of(10 ** (query + shift), ["q"] * 25))[0] for shift in shifts]
    )
    assert scores.argmax(axis=1).tolist() == list(range(7))
    assert np.all(np.diff(scores[0]) < 0)


@pytest.mark.parametrize("name", ["ks", "rank_sum"])
@settings(max_examples=80, deadline=None)
@given(columns, columns, st.sampled_from([1.0, 1.5, 2.0]), st.data())
def test_below_the_larger_limit_all_is_one_tie(name, query, site, limit, data):
    """Changing whatever lies below the larger limit changes nothing."""

    def distances(query, site):
        q = np.array(query)
        is_below = q < limit
        sample = samples_of(q, ["q"] * len(q), limits=limit, censored=is_below)
        return SCORERS[name](0, 1).fit(sites_of(site, [(4.0, 4.0)])).distances(sample)

    def moved(rows):
        below = st.sampled_from([v for v in (0.25, 0.5, 1.0, 1.5) if v < limit])
        return [tuple(data.draw(below) if v < limit else v for v in row) for row in rows]

    q = np.array(query)
    if not (q < limit).any(axis=0).all():  # no censored cell, no limit to compare at
        return
    np.testing.assert_array_equal(distances(query, site), distances(moved(query), moved(site)))


@pytest.mark.parametrize("name", ["ks", "areas_ratio"])
@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([2.0, 5.0, 50.0]))
def test_a_higher_limit_never_makes_a_sample_look_less_alike(name, seed, factor):
    """Raising the limit hides differences and can show none."""
    rng = np.random.default_rng(seed)
    library = sites_of(rng.lognormal(1.0, 1.0, (30, 2)), rng.lognormal(2.0, 1.0, (9, 2)))
    scorer = SCORERS[name](0, 1).fit(library)
    truth = rng.lognormal(1.5, 1.0, size=(8, 2))

    def at(limit):
        query = samples_of(truth, ["q"] * 8, limits=limit, censored=truth < limit)
        return scorer.distances(query)

    assert np.all(at(0.8 * factor) <= at(0.8) + 1e-12)


def test_own_sites_win_on_held_out_samples(make):
    whole = gaussian(10, 6, 8, p=5, seed=2)
    rank = np.concatenate([np.arange(n) for n in whole.n_reference])
    scorer = make().fit(whole.take(rank < 4))
    fresh = whole.take(rank >= 4)
    scores = scorer.score(fresh.samples)
    assert scorer.name in SCORERS
    assert (scores.argmax(axis=1) == fresh.sample_site).mean() > 0.8


def test_the_order_of_rows_is_of_no_account(make, library):
    order = np.random.default_rng(0).permutation(library.samples.assay.n_grains)
    shuffled = Library(rows_of(library.samples, order))
    assert np.array_equal(
        make().fit(shuffled).score(shuffled.samples), make().fit(library).score(library.samples)
    )


def test_the_company_a_sample_is_scored_in_is_of_no_account(make, library):
    scorer = make().fit(library)
    together = scorer.score(library.samples)
    for i in (0, 7, 20):
        alone = scorer.score(library.samples.take(np.array([i])))
        assert np.array_equal(alone[0], together[i])


@pytest.mark.parametrize(
    ("module", "limit"),
    [(kernel_density, "_CHUNK"), (sample_density, "_MAX_CELLS"), (sample_forest, "_CHUNK")],
)
def test_few_at_a_time_change_no_bit(monkeypatch, module, limit, library):
    with small_forests():
        scorer = SCORERS[module.__name__.rpartition(".")[2]](0, 1).fit(library)
    whole = scorer.score(library.samples)
    for most in (1, 15, 40, 200):
        monkeypatch.setattr(module, limit, most)
        assert np.array_equal(scorer.score(library.samples), whole)


def test_each_grain_drawn_once_gives_the_score_again(make, library):
    scorer = make().fit(library)
    rng = np.random.default_rng(5)
    values = 10 ** rng.normal(2.0, 0.5, size=(6, 4))
    values[1, 2] = values[:, 3] = np.nan
    censored = np.zeros((6, 4), bool)
    censored[[0, 3], 0] = True
    keys = library.samples.assay.keys
    query = samples_of(values, ["q"] * 6, censored=censored, limits=60.0, elements=keys)
    ones = scorer.resampled(query, np.ones((3, 6)), np.zeros((6, 8, 4)))
    np.testing.assert_allclose(ones, np.repeat(scorer.score(query), 3, axis=0), atol=1e-10)


def test_twice_the_grain_is_the_grain_twice(make, library):
    """Of grains that are all alike, how often each is drawn cannot matter."""
    scorer = make().fit(library)
    same = samples_of([[50.0, 80.0, 100.0, 200.0]] * 4, ["q"] * 4)
    counts = np.array([[1.0, 1, 1, 1], [4, 0, 0, 0], [0, 1, 3, 0]])
    drawn = scorer.resampled(same, counts, np.zeros((6, 8, 4)))
    np.testing.assert_allclose(drawn, np.repeat(drawn[:1], 3, axis=0), atol=1e-10)


def test_a_draw_that_holds_none_of_the_measured_grains_has_no_score(make, library):
    scorer = make().fit(library)
    half = samples_of([[50.0, 80.0, 100.0, 200.0], [np.nan] * 4], ["q"] * 2)
    measured, blank = scorer.resampled(half, np.eye(2), np.zeros((2, 8, 4)))
    np.testing.assert_allclose(measured, scorer.score(half)[0], atol=1e-10)
    assert np.isnan(blank).all()


def test_a_finer_laboratory_is_not_held_against_a_coarser_library(make):
    """What it finds beneath the library's limits says no more than that it lies beneath them."""
    whole = gaussian(6, 4, 8, p=4, seed=9, between=0.01)
    limits = np.quantile(whole.samples.assay.values, 0.4, axis=0)
    rank = np.concatenate([np.arange(n) for n in whole.n_reference])
    coarse = Library(with_limits(whole.samples, limits))
    known = coarse.take(rank < 3)
    blind = [known.samples.assay.censored[known.grain_site == s].any(axis=0) for s in range(6)]
    assert np.all(blind)  # beneath the limits, of every site and analyte
    scorer = make().fit(known)
    fine, same = (
        scorer.score(each.samples.take(np.flatnonzero(rank == 3))) for each in (whole, coarse)
    )
    np.testing.assert_allclose(fine, same, atol=1e-9)


def test_a_sample_without_any_of_the_analytes_has_no_score(make, library):
    scorer = make().fit(library)
    blank = samples_of([[np.nan] * 4] * 2, ["q"] * 2)
    foreign = samples_of([[1.0]], ["q"], elements=("Zr",))
    for query in (blank, foreign):
        n = query.assay.n_grains
        assert np.isnan(scorer.score(query)).all()
        assert np.isnan(scorer.resampled(query, np.ones((2, n)), np.zeros((6, 8, 4)))).all()


def hard_library():
    """A constant analyte, one censored in 95 % of grains, and a site of one grain; two sites."""
    rng = np.random.default_rng(6)
    n = 41
    values = 10 ** rng.normal(1.0, 0.3, size=(n, 4))
    values[:, 1] = 7.0
    censored = np.zeros((n, 4), bool)
    censored[:, 2] = np.arange(n) % 20 != 0
    values[20:, 3] *= 5
    names = ["a"] * 20 + ["b"] * 20 + ["lonely"]
    return library_of(values, names, ["x"] * 40 + ["y"], limits=40.0, censored=censored)


def test_hard_input_has_finite_scores(make):
    library = hard_library()
    scorer = make().fit(library)
    one = samples_of([[12.0, 7.0, 40.0, 11.0]], ["q"], limits=40.0, censored=[[0, 0, 1, 0]])
    for query in (one, library.samples):
        scores = scorer.score(query)
        assert scores.shape == (len(query), 2)
        assert np.isfinite(scores).all()
    assert np.isfinite(scorer.resampled(one, np.ones((2, 1)), np.zeros((2, 8, 4)))).all()


def test_a_constant_analyte_does_not_speak(compare):
    """A sample of the constant value is no less alike for it."""
    library = hard_library()
    scorer = compare().fit(library)
    other = compare().fit(library.with_analytes(np.array([0, 2, 3])))
    order = [s.score(library.samples)[:, 0].argsort().argsort() for s in (scorer, other)]
    if scorer.name == "kernel_mean":  # pairs with it weigh the others anew
        assert np.abs(order[0] - order[1]).max() <= 1
    else:
        assert np.array_equal(*order)


def test_raising_detection_limits_does_not_lower_true_pairs_on_average(compare):
    whole = gaussian(12, 5, 12, p=5, seed=9, within=0.03)
    rank = np.concatenate([np.arange(n) for n in whole.n_reference])
    scorer = compare().fit(whole.take(rank < 3))
    fresh = whole.take(rank >= 3)
    assay, own = fresh.samples.assay, (np.arange(len(fresh)), fresh.sample_site)
    before = scorer.score(fresh.samples)[own]
    for quantile in (0.2, 0.5):
        limits = np.quantile(assay.values, quantile, axis=0)
        coarse = samples_of(
            assay.values,
            assay.facts["sample"],
            elements=assay.keys,
            limits=limits,
            censored=assay.values < limits,
        )
        after = scorer.score(coarse)[own]
        known = np.isfinite(after)
        error = np.std(before) / np.sqrt(len(before))
        assert known.mean() > 0.5
        assert after[known].mean() > before[known].mean() - 2 * error


@pytest.mark.parametrize("name", NEW + SHARES[:2])
def test_what_a_scorer_has_learned_comes_back_from_a_bundle(name, library):
    scorer = SCORERS[name](0, 1).fit(library)
    before = scorer.score(library.samples)  # anything derived on the way stays behind
    parts = Parts()
    back = unpack(json.loads(json.dumps(pack(scorer, "", parts))), parts)
    assert type(back) is type(scorer)
    assert all(key.endswith("_") for key in vars(back))
    assert np.array_equal(back.score(library.samples), before)


def test_a_model_of_these_scorers_is_saved_and_read(tmp_path, reference):
    library, fresh = reference
    model = train(library, NEW)
    save_model(model, tmp_path / "model")
    back, _ = load_model(tmp_path / "model")
    claims = all_claims(model, fresh)
    policy = Policy(least_analytes=3)
    before, after = (list(judge(m, fresh, claims, policy)) for m in (model, back))
    assert before == after
    verdicts = [v.verdict for v in before]
    assert verdicts.count("implausible") > len(fresh)
    assert verdicts.count("plausible") >= len(fresh) / 2
    assert list(back.scorers) == list(NEW)

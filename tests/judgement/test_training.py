"""Training: the same from the same library, whatever the file's order; what it refuses."""

import numpy as np
import pandas as pd
import pytest

from builders import gaussian, library_of, rows_of, small_forests
from fingerprint.bundle import save_model
from fingerprint.errors import InputError
from fingerprint.judgement import Policy, Reason, judge, train
from fingerprint.judgement.crossfit import cross_scores
from fingerprint.judgement.open_fusion import fit_open_fusion
from fingerprint.judgement.training import usable
from fingerprint.judgement.trials import make_trials, plan_of
from fingerprint.library import Library, content_hash
from fingerprint.tables import Assay, Mineralogy, SampleSet

QUICK = ("three_level", "ks")


def hash_of(model, folder):
    return save_model(model, folder)


def test_shuffled_rows_give_the_same_model_to_the_byte(reference, model, tmp_path):
    library, _ = reference
    order = np.random.default_rng(3).permutation(library.samples.assay.n_grains)
    with small_forests():
        again = train(Library(rows_of(library.samples, order)))
    assert hash_of(again, tmp_path / "a") == hash_of(model, tmp_path / "b")
    for name in ("arrays.npz", "estimator_0.skops", "card.md", "manifest.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_parts_scored_at_a_time_give_the_same_scores(reference):
    one, two = (cross_scores(reference[0], ("ks",), 3, 0, n_jobs) for n_jobs in (1, 2))
    for name in ("folds", "scores", "n_reference", "strangers"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_another_seed_gives_another_model(reference, model, tmp_path):
    with small_forests():
        other = train(reference[0], seed=1)
    assert hash_of(other, tmp_path / "a") != hash_of(model, tmp_path / "b")


def test_another_library_gives_another_model(reference, tmp_path):
    library, _ = reference
    rest = np.arange(len(library)) > 0
    one, other = (train(part, QUICK) for part in (library, library.take(rest)))
    assert hash_of(one, tmp_path / "a") != hash_of(other, tmp_path / "b")


def test_bounds_count_true_claims_and_distinct_samples():
    library = gaussian(6, [1, 5, 5, 4, 3, 1], 4, p=3)
    model = train(library, QUICK)
    # The two samples that are their site's only one cannot be tried as true.
    assert model.support.n_true == 17
    # Each is tried as it is, with an offset, on three shares of the analytes, on few grains.
    assert len(model.true_scores.scores) == 6 * 17
    assert model.support.n_false == len(library) == 19
    low, high = model.bounds
    assert low == pytest.approx(-np.log10(18))
    assert high == pytest.approx(np.log10(20))
    weighed = model.weigh(library.samples)
    for array in (weighed.log10_lr, weighed.log10_lr_near):
        assert array.min() >= low
        assert array.max() <= high


def on_all_analytes(model):
    true = model.true_scores
    return true.take((true.share == 1.0) & (true.offset == 0.0) & np.isinf(true.most_grains))


def test_true_scores_know_their_grains_and_reference_samples():
    library = gaussian(5, [2, 6, 6, 6, 6], [3, 9, *[5] * 24], p=3)
    model = train(library, QUICK)
    true = on_all_analytes(model)
    assert sorted(true.n_grains) == sorted(library.samples.n_grains)
    # In five folds a site of two keeps one, a site of six keeps four or five.
    assert sorted(true.n_reference)[:2] == [1, 1]
    assert set(true.n_reference[true.n_reference > 1]) <= {4, 5}


def test_true_scores_come_from_a_fusion_that_has_not_seen_their_sample():
    """Fold by fold, written out: fit on the trials of the other folds, score the true claims."""
    library = gaussian(8, 4, 4, p=3, seed=6, between=0.1)
    model = train(library, QUICK, seed=3)
    cross = cross_scores(library, QUICK, 5, 3, 1)
    far, _ = make_trials(library, cross, model.sites.neighbours, 3)
    plan = plan_of(QUICK)
    expected = {}
    for i in range(len(library)):
        rest = cross.folds[far.sample] != cross.folds[i]
        fusion = fit_open_fusion(plan, far.take(rest))
        own = far.is_true & (far.sample == i)
        assert own.sum() == 1
        expected[i] = fusion.score(far.features[own])[0]
    got = np.sort(on_all_analytes(model).scores)
    np.testing.assert_allclose(got, np.sort(list(expected.values())), rtol=1e-9)
    # The fusion of the model itself, which has seen them all, would give others.
    seen = model.fusion.score(far.features[far.is_true])
    assert not np.allclose(np.sort(seen), got, atol=0.01)


def test_a_library_in_which_no_true_claim_can_be_tried_is_refused():
    with pytest.raises(InputError, match="no site of the library has two samples"):
        train(gaussian(5, 1, 4, p=3), QUICK)


def spoiled(library, columns, share, seed=0):
    """The library with a share of the cells of some analytes not measured."""
    assay = library.samples.assay
    values = assay.values.copy()
    rng = np.random.default_rng(seed)
    for j in columns:
        blank = rng.permutation(assay.n_grains)[: round(share * assay.n_grains)]
        values[blank, j] = np.nan
    sites = library.sites[library.grain_site]
    return library_of(values, assay.facts["sample"], sites, elements=assay.keys)


def test_analytes_measured_in_too_few_of_the_grains_are_left_out():
    library = gaussian(6, 4, 5, p=4)
    keys = library.samples.assay.keys
    assert set(usable(spoiled(library, [1], 0.2)).samples.assay.keys) == set(keys)
    model = train(spoiled(library, [1], 0.21), QUICK)
    assert model.analytes == tuple(sorted({keys[0], *keys[2:]}))
    assert all(len(s.keys_) == 3 for s in model.scorers.values())
    with pytest.raises(InputError, match="no analyte was measured in 80%"):
        train(spoiled(library, range(4), 0.6), QUICK)


def test_the_model_names_the_library_that_it_was_given():
    library = spoiled(gaussian(6, 4, 5, p=4), [2], 0.9)
    model = train(library, QUICK)
    assert model.provenance.library_hash == content_hash(library.samples)
    assert (model.provenance.n_samples, model.provenance.n_grains) == (24, 120)


def with_facts(library, mineralogy=None, **facts):
    table = library.samples.facts.reset_index().astype(object)
    table = table.assign(**facts)
    return Library(SampleSet.from_tables(library.samples.assay, mineralogy, sample_facts=table))


def test_a_sample_without_grains_changes_nothing_but_the_hash():
    library = gaussian(12, 5, 5, p=3)
    minerals = Mineralogy(np.array(["zz"], dtype=object), ("quartz",), "pct", np.ones((1, 1)))
    facts = library.samples.facts.reset_index().astype(object)
    more = pd.DataFrame({"sample": ["zz"], "site": ["site 0003"]}, dtype=object)
    padded = Library(
        SampleSet.from_tables(
            library.samples.assay, minerals, sample_facts=pd.concat([facts, more])
        )
    )
    assert padded.n_reference.sum() == 61
    bare, model = train(library, QUICK), train(padded, QUICK)
    assert np.array_equal(model.sites.n_reference, bare.sites.n_reference)
    np.testing.assert_array_equal(
        model.weigh(library.samples).log10_lr, bare.weigh(library.samples).log10_lr
    )
    assert model.provenance.library_hash != bare.provenance.library_hash
    got = next(judge(model, padded.samples, [("zz", "site 0003")], Policy()))
    assert got.reasons[0] == Reason.NO_GRAINS


def test_laboratories_are_known_one_by_one():
    library = gaussian(4, 3, 2, p=2)
    laboratories = ["L1" if i % 2 else "L2" for i in range(library.samples.assay.n_grains)]
    assay = library.samples.assay
    mixed = library_of(
        assay.values,
        assay.facts["sample"],
        library.sites[library.grain_site],
        elements=assay.keys,
        laboratory=laboratories,
    )
    assert set(mixed.samples.fact("laboratory")) == {"L1; L2"}
    model = train(mixed, QUICK)
    assert model.provenance.laboratories == ("L1", "L2")


def test_neighbours_share_the_named_column_else_the_district_else_are_most_alike():
    library = gaussian(8, 3, 4, p=3, seed=2)
    site = library.sample_site
    plain = train(library, QUICK)
    assert (plain.sites.neighbours.sum(axis=1) == 5).all()
    district = [f"d{s // 2}" for s in site]
    by_district = train(with_facts(library, district=district), QUICK)
    pairs = np.kron(np.eye(4), np.ones((2, 2))) - np.eye(8)
    np.testing.assert_array_equal(by_district.sites.neighbours, pairs.astype(bool))
    assert by_district.sites.districts.tolist() == [f"d{s // 2}" for s in range(8)]
    belt = with_facts(library, belt=[f"{s % 2}" for s in site], district=district)
    by_belt = train(belt, QUICK, near="belt")
    expected = np.add.outer(np.arange(8), np.arange(8)) % 2 == 0
    np.testing.assert_array_equal(by_belt.sites.neighbours, expected & ~np.eye(8, dtype=bool))
    assert by_belt.provenance.near_column == "belt"
    with pytest.raises(InputError, match="no column 'river'"):
        train(library, QUICK, near="river")


def test_the_most_alike_sites_are_the_nearest():
    """Ten sites on a line: the neighbours of an end are those next to it."""
    rng = np.random.default_rng(1)
    place = np.repeat(np.arange(10.0), 20)
    values = 10 ** (place[:, None] + 0.3 * rng.normal(size=(200, 2)))
    names = [f"{i // 5:02d}" for i in range(200)]
    library = library_of(values, names, [f"{int(s)}" for s in place])
    near = train(library, ("three_level",)).sites.neighbours
    assert np.flatnonzero(near[0]).tolist() == [1, 2, 3, 4, 5]
    assert np.flatnonzero(near[9]).tolist() == [4, 5, 6, 7, 8]


def test_with_too_few_neighbours_to_calibrate_the_general_calibration_serves():
    library = gaussian(12, 5, 5, p=3)
    lonely = with_facts(library, district=["d" if s < 2 else f"d{s}" for s in library.sample_site])
    model = train(lonely, QUICK)
    weighed = model.weigh(library.samples)
    # Ten samples of two sites are fewer than twenty.
    np.testing.assert_allclose(weighed.log10_lr_near, weighed.log10_lr, atol=1e-9)


def test_a_site_kept_out_of_the_cohort_is_no_competitor():
    library = gaussian(6, 4, 5, p=3)
    model = train(library, QUICK)
    seen = model.weigh(library.samples)
    score, _ = model.without(seen.scores, library.sample_site[:, None])
    rows, own = np.arange(len(library)), library.sample_site
    assert np.isfinite(seen.scores).all()  # what was given is left alone
    others = np.ones(seen.score.shape, bool)
    others[rows, own] = False
    # The best of a bad lot looks better.
    assert score[others].mean() > seen.score[others].mean()
    # Where the best other is another site than the one kept out, nothing changes.
    for i in rows:
        ranked = [np.argsort(-one) for one in seen.scores[:, i]]
        for site in np.flatnonzero(others[i]):
            if all(own[i] not in [r for r in rank if r != site][:1] for rank in ranked):
                assert score[i, site] == seen.score[i, site]


def with_constant(library, columns, *, censored):
    """The library with some analytes the same in every grain, measured or below detection."""
    assay = library.samples.assay
    values, limits, below = assay.values.copy(), assay.limits.copy(), assay.censored.copy()
    values[:, columns] = 100.0
    if censored:
        limits[:, columns], below[:, columns] = 100.0, True
    facts = assay.facts.assign(site=library.sites[library.grain_site])
    return Library(SampleSet.from_tables(Assay(facts, assay.analytes, values, limits, below)))


@pytest.mark.parametrize("censored", [False, True])
def test_an_analyte_that_is_all_alike_is_left_out(censored):
    library = gaussian(6, 4, 5, p=4)
    keys = library.samples.assay.keys
    assert train(with_constant(library, [2], censored=censored), QUICK).analytes == tuple(
        sorted({*keys[:2], keys[3]})
    )
    with pytest.raises(InputError, match="and varies"):
        train(with_constant(library, [0, 1, 2, 3], censored=censored), QUICK)

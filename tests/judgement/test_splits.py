"""Splits go by sample, and a sample's own grains never help it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from builders import gaussian, library_of, relabelled, small_forests
from fingerprint.errors import InputError
from fingerprint.evidence import SCORERS
from fingerprint.judgement.crossfit import cross_scores
from fingerprint.judgement.splits import sample_folds, value_folds
from fingerprint.library import Library
from fingerprint.tables import SampleSet


def sites_of(counts):
    names = [f"{s}-{i}" for s, n in enumerate(counts) for i in range(n)]
    sites = [f"{s}" for s, n in enumerate(counts) for _ in range(n)]
    return library_of(np.ones(len(names)), names, sites)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=2, max_size=8), st.integers(2, 6), st.integers(0, 99))
def test_samples_are_dealt_evenly_over_all_and_within_each_site(counts, n_folds, seed):
    library = sites_of(counts)
    if n_folds > len(library):
        return
    folds = sample_folds(library, n_folds, seed)
    assert folds.shape == (len(library),)
    sizes = np.bincount(folds, minlength=n_folds)
    assert sizes.max() - sizes.min() <= 1
    for s in range(len(counts)):
        of_site = np.bincount(folds[library.sample_site == s], minlength=n_folds)
        assert of_site.max() - of_site.min() <= 1
    assert np.array_equal(folds, sample_folds(library, n_folds, seed))


def test_the_seed_decides_who_is_dealt_where():
    library = sites_of([6, 6, 6])
    assert len({tuple(sample_folds(library, 3, seed)) for seed in range(8)}) > 4


@pytest.mark.parametrize("n_folds", [-1, 0, 1, 5])
def test_numbers_of_folds_that_cannot_be_are_refused(n_folds):
    with pytest.raises(InputError, match="cannot split 4 samples"):
        sample_folds(sites_of([2, 2]), n_folds, 0)
    assert sorted(sample_folds(sites_of([2, 2]), 4, 0)) == [0, 1, 2, 3]


@pytest.fixture
def quick_forest():
    with small_forests(20):
        yield


def samples_that_are_noise(seed=7):
    """Grains tell samples apart to perfection, and sites not at all."""
    library = gaussian(4, 6, 10, p=4, seed=seed, between=0.0, within=0.5)
    rng = np.random.default_rng(seed)
    return relabelled(library, rng.permutation(library.samples.fact("site")))


def area(scores, library):
    """AUC of true against false claims, each site's level taken out."""
    is_own = np.arange(len(library.sites)) == library.sample_site[:, None]
    return roc_auc_score(is_own.ravel(), (scores - scores.mean(axis=0)).ravel())


@pytest.mark.parametrize("name", SCORERS)
def test_out_of_fold_scores_know_nothing_where_only_grains_of_a_sample_repeat(quick_forest, name):
    out, inside = [], []
    for seed in range(5):
        library = samples_that_are_noise(seed)
        cross = cross_scores(library, [name], 6, seed, 1)
        out.append(area(cross.scores[0], library))
        fitted = SCORERS[name](0, 1).fit(library)
        inside.append(area(fitted.score(library.samples), library))
    # A split by grains would find each sample's own grains in the training part.
    assert np.mean(inside) > 0.7
    assert 0.3 < np.mean(out) < 0.58


@pytest.mark.parametrize("name", SCORERS)
def test_what_is_done_to_a_sample_leaves_its_fold_mates_scores_alone(quick_forest, name):
    """Samples of one fold are scored by one model that has seen none of them."""
    library = gaussian(4, 4, 5, p=3, seed=3)
    folds = sample_folds(library, 4, 0)
    before = cross_scores(library, [name], 4, 0, 1)
    assert np.array_equal(before.folds, folds)
    victim = int(np.flatnonzero(folds == 2)[1])
    assay = library.samples.assay
    values = assay.values.copy()
    values[library.samples.grain_sample == victim] *= 30.0
    facts = {"site": [str(s) for s in library.sites[library.grain_site]]}
    changed = library_of(values, assay.facts["sample"], facts["site"], elements=assay.keys)
    after = cross_scores(changed, [name], 4, 0, 1)
    mates = (folds == 2) & (np.arange(len(library)) != victim)
    # Another order of the same grains may change the last bits.
    np.testing.assert_allclose(after.scores[0][mates], before.scores[0][mates], rtol=1e-9)
    # It does reach the samples of other folds: they are scored by models that have seen it.
    assert not np.allclose(after.scores[0][folds == 1], before.scores[0][folds == 1], rtol=1e-6)
    assert not np.array_equal(after.scores[0][victim], before.scores[0][victim])


def test_a_site_without_a_sample_left_has_no_score(quick_forest):
    library = gaussian(4, [1, 3, 3, 3], 4, p=2, seed=5)
    cross = cross_scores(library, ["ks"], 3, 0, 1)
    lonely = cross.scores[0][library.sample_site == 0]
    assert np.isnan(lonely[0, 0])
    assert np.isfinite(lonely[0, 1:]).all()
    assert cross.n_reference[library.sample_site == 0, 0] == 0
    # Reference samples are counted in the training part.
    own = np.arange(4) == library.sample_site[:, None]
    for s in (1, 2, 3):
        held = [((cross.folds == f) & (library.sample_site == s)).sum() for f in cross.folds]
        np.testing.assert_array_equal(cross.n_reference[:, s], 3 - np.array(held))
    assert (cross.n_reference[own][library.sample_site > 0] == 2).all()


def test_shuffled_rows_fall_into_the_same_folds():
    library = sites_of([3, 4, 2])
    order = np.random.default_rng(1).permutation(9)
    assay = library.samples.assay.take(order)
    again = Library(type(library.samples).from_tables(assay))
    assert np.array_equal(sample_folds(again, 3, 5), sample_folds(library, 3, 5))


def test_no_value_is_in_two_folds():
    papers = np.array([f"p{i % 7}" for i in range(71)], dtype=object)
    folds = value_folds(papers, 3, 0)
    assert set(folds) == {0, 1, 2}
    for paper in np.unique(papers.astype(str)):
        assert np.unique(folds[papers == paper]).size == 1
    sizes = np.bincount(folds)
    assert sizes.max() - sizes.min() <= 11  # the size of one paper


def test_a_sample_of_two_papers_ties_them_together():
    values = np.array(["a", "a; b", "b", "c", "", "", "d", "c"], dtype=object)
    for seed in range(5):
        folds = value_folds(values, 3, seed)
        assert np.unique(folds[:3]).size == 1
        assert folds[3] == folds[7]
        assert set(folds) == {0, 1, 2}
    with pytest.raises(InputError, match="5 groups"):
        value_folds(values, 6, 0)


def in_papers(papers):
    """A library whose samples were published in papers."""
    bare = gaussian(6, 4, 5, p=3, seed=4)
    facts = bare.samples.facts.reset_index().astype(object).assign(paper=papers)
    return Library(SampleSet.from_tables(bare.samples.assay, sample_facts=facts))


def test_what_belongs_together_is_held_out_together():
    """Scores of a paper's samples come from scorers that have seen none of the paper."""
    library = in_papers([f"paper {i % 7}" for i in range(24)])
    cross = cross_scores(library, ["ks"], 5, 0, 1, together="paper")
    papers = library.samples.fact("paper")
    for paper in set(papers):
        assert np.unique(cross.folds[papers == paper]).size == 1
        assert np.unique(cross.n_reference[papers == paper], axis=0).shape[0] == 1
    # Of a site two papers share, the one counts the other's samples alone.
    own = np.arange(6) == library.sample_site[:, None]
    mates = [
        ((cross.folds != f) & (library.sample_site == s)).sum()
        for f, s in zip(cross.folds, library.sample_site, strict=True)
    ]
    np.testing.assert_array_equal(cross.n_reference[own], mates)


def test_one_paper_alone_has_nothing_to_hold_out_together():
    library = in_papers(["the only one"] * 24)
    together = cross_scores(library, ["ks"], 5, 0, 1, together="paper")
    np.testing.assert_array_equal(together.folds, sample_folds(library, 5, 0))


def test_fewer_papers_than_folds_are_as_many_folds():
    library = in_papers([f"paper {i % 3}" for i in range(24)])
    assert set(cross_scores(library, ["ks"], 5, 0, 1, together="paper").folds) == {0, 1, 2}

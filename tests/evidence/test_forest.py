"""The forest: the same whatever the order of rows, by whole samples, bounded in memory."""

import numpy as np
import pytest

from builders import gaussian, library_of, rows_of, samples_of
from fingerprint.evidence import Forest, forest
from fingerprint.library import Library


@pytest.fixture(scope="module")
def library():
    return gaussian(5, 3, 8, p=3, seed=4)


@pytest.fixture(scope="module")
def fitted(library):
    return Forest(n_trees=15, seed=3).fit(library)


def test_the_same_seed_gives_the_same_scores_and_another_does_not(library, fitted):
    again = Forest(n_trees=15, seed=3).fit(library).score(library.samples)
    other = Forest(n_trees=15, seed=4).fit(library).score(library.samples)
    assert np.array_equal(again, fitted.score(library.samples))
    assert not np.array_equal(other, again)


def test_cores_do_not_change_the_scores(library, fitted):
    two = Forest(n_trees=15, seed=3, n_jobs=2).fit(library)
    assert np.array_equal(two.score(library.samples), fitted.score(library.samples))
    assert two.forest_.n_jobs == 1


def test_the_order_of_rows_is_of_no_account(library, fitted):
    order = np.random.default_rng(0).permutation(library.samples.assay.n_grains)
    shuffled = Library(rows_of(library.samples, order))
    assert np.array_equal(
        Forest(n_trees=15, seed=3).fit(shuffled).score(shuffled.samples),
        fitted.score(library.samples),
    )


def test_a_site_that_is_plainly_apart_wins():
    rng = np.random.default_rng(1)
    level = np.repeat([0.0, 0.0, 3.0], 40)
    values = 10 ** (level[:, None] + 0.2 * rng.normal(size=(120, 3)))
    names = [f"{i // 20}" for i in range(120)]
    library = library_of(values, names, np.repeat(["x", "y", "z"], 40))
    query = samples_of(10 ** (3.0 + 0.2 * rng.normal(size=(10, 3))), ["q"] * 10)
    scores = Forest(n_trees=15).fit(library).score(query)[0]
    assert scores.argmax() == 2
    assert scores[2] > np.log(0.9)
    assert scores[:2].max() < np.log(0.1)


def test_the_score_is_the_mean_log_probability_of_the_grains(library, fitted):
    scores = fitted.score(library.samples)
    log_p, _ = fitted._log_probability(library.samples)
    for i in range(len(library)):
        own = library.samples.grain_sample == i
        np.testing.assert_allclose(scores[i], log_p[own].mean(axis=0), rtol=1e-12)


def test_ones_give_the_score_again_and_counts_weigh_the_grains(library, fitted):
    one = library.samples.take(np.array([2]))
    ones = fitted.resampled(one, np.ones((2, 8)), np.zeros((2, 3)))
    np.testing.assert_allclose(ones, np.repeat(fitted.score(one), 2, axis=0), rtol=1e-12)
    counts = np.array([[8.0, *[0] * 7]])
    alone = samples_of(one.assay.values[:1], ["q"], elements=one.assay.keys)
    np.testing.assert_allclose(
        fitted.resampled(one, counts, np.zeros((1, 3))), fitted.score(alone), rtol=1e-12
    )


def test_grains_without_any_analyte_are_left_out(library, fitted):
    one = library.samples.take(np.array([0]))
    blank = np.full((2, 3), np.nan)
    keys = one.assay.keys
    padded = samples_of(np.vstack([one.assay.values, blank]), ["q"] * 10, elements=keys)
    np.testing.assert_allclose(fitted.score(padded), fitted.score(one), rtol=1e-12)
    assert np.isnan(fitted.score(samples_of(blank, ["q"] * 2, elements=keys))).all()


def uneven(n_grains=(40, 3, 8, 25, 1, 13)):
    rng = np.random.default_rng(2)
    names = np.repeat([f"{i}" for i in range(len(n_grains))], n_grains)
    sites = np.repeat(["x", "x", "y", "y", "z", "z"], n_grains)
    return library_of(10 ** rng.normal(size=(len(names), 2)), names, sites)


def test_a_large_library_gives_the_same_number_of_grains_from_each_sample(monkeypatch):
    library = uneven()
    rows = Forest()._bounded_rows(library)
    assert rows.tolist() == list(range(90))
    monkeypatch.setattr(forest, "_MAX_GRAINS", 60)
    kept = Forest(seed=1)._bounded_rows(library)
    share = np.bincount(library.samples.grain_sample[kept], minlength=6)
    assert share.tolist() == [10, 3, 8, 10, 1, 10]
    assert np.all(np.diff(kept) > 0)
    assert not np.array_equal(kept, Forest(seed=2)._bounded_rows(library))


@pytest.mark.parametrize("most", [100_000, 60])
def test_each_site_weighs_the_same_however_many_grains_are_used(monkeypatch, most):
    monkeypatch.setattr(forest, "_MAX_GRAINS", most)
    seen = {}

    class Spy(forest.RandomForestClassifier):
        def fit(self, X, y, sample_weight=None):
            seen.update(y=y, weight=sample_weight)
            return super().fit(X, y, sample_weight)

    monkeypatch.setattr(forest, "RandomForestClassifier", Spy)
    Forest(n_trees=2).fit(uneven())
    totals = np.bincount(seen["y"], seen["weight"])
    np.testing.assert_allclose(totals / totals[0], 1.0, rtol=1e-9)


def test_many_sites_bound_the_leaves(monkeypatch, library):
    monkeypatch.setattr(forest, "_MAX_NODE_CELLS", 2 * 15 * 5 * 7)
    bounded = Forest(n_trees=15).fit(library).forest_
    assert bounded.max_leaf_nodes == 7
    cells = sum(tree.tree_.value.size for tree in bounded.estimators_)
    assert cells <= 2 * 15 * 5 * 7


def test_few_sites_are_not_bounded(fitted):
    assert fitted.forest_.max_leaf_nodes is None

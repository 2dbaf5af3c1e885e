"""The forest on summaries of samples: the summary, the redrawn samples, its size, its bundle."""

import copy
import json

import numpy as np
import pytest
import skops.io
from sklearn.tree import DecisionTreeClassifier

from builders import gaussian, library_of, samples_of
from fingerprint.bundle.estimators import estimator_bytes, estimator_from
from fingerprint.bundle.state import Parts, pack, unpack
from fingerprint.errors import InputError
from fingerprint.evidence import SampleForest, sample_forest


@pytest.fixture(scope="module")
def library():
    return gaussian(5, [1, 2, 3, 4, 5], 6, p=3, seed=1)


@pytest.fixture(scope="module")
def fitted(library):
    return SampleForest(15).fit(library)


def test_the_summary_is_numpys_mean_deviation_and_quantiles():
    rng = np.random.default_rng(0)
    samples = [rng.normal(size=(n, 4)) for n in (5, 1, 2, 30, 1, 5)]
    for z in samples:
        z[rng.random(z.shape) < 0.3] = np.nan
        z[:, 3] = np.nan
    summaries = sample_forest._summaries(samples).reshape(-1, 7, 4)
    for z, got in zip(samples, summaries, strict=True):
        for j in range(4):
            known = z[np.isfinite(z[:, j]), j]
            if known.size:
                truth = [
                    known.mean(),
                    known.std(),
                    *np.quantile(known, [0.1, 0.25, 0.5, 0.75, 0.9]),
                ]
                np.testing.assert_allclose(got[:, j], truth, atol=1e-12)
            else:
                assert np.isnan(got[:, j]).all()


def is_among(some, grains):
    return np.isclose(some, grains[:, None]).all(axis=2).any(axis=0).all()


def test_redrawn_grains_are_grains_of_the_sample_all_moved_alike():
    rng = np.random.default_rng(1)
    z = rng.normal(size=(12, 2))
    sizes, offsets = set(), []
    for _ in range(300):
        redrawn = sample_forest._redrawn(z, rng)
        offset = [
            d for d in redrawn[0] - z if np.isclose(redrawn - d, z[:, None]).all(2).any(0).all()
        ]
        assert len(offset) == 1
        offsets.append(offset[0])
        sizes.add(len(redrawn))
    assert sizes == set(range(4, 13))
    np.testing.assert_allclose(np.std(offsets, axis=0), 0.1, rtol=0.15)
    np.testing.assert_allclose(np.mean(offsets, axis=0), 0.0, atol=0.02)
    for n in (1, 2, 3):
        assert len(sample_forest._redrawn(z[:n], rng)) == n


def test_sites_that_differ_in_spread_alone_are_told_apart():
    rng = np.random.default_rng(2)
    spread = np.repeat([0.05, 0.5], 160)[:, None]
    names = np.repeat([f"{i:02}" for i in range(16)], 20)
    values = 10 ** (spread * rng.normal(size=(320, 2)))
    scorer = SampleForest(30).fit(library_of(values, names, np.repeat(["x", "y"], 160)))
    queries = 10 ** (np.repeat([0.05, 0.5], 20)[:, None] * rng.normal(size=(40, 2)))
    narrow, wide = scorer.score(samples_of(queries, np.repeat(["n", "w"], 20)))
    assert narrow[0] > narrow[1] + 1
    assert wide[1] > wide[0] + 1


def test_each_site_weighs_the_same(library, fitted):
    """A forest of one node gives all sites the same, however many samples they have."""
    assert library.n_reference.tolist() == [1, 2, 3, 4, 5]
    root = np.mean([tree.tree_.value[0, 0] for tree in fitted.forest_.estimators_], axis=0)
    np.testing.assert_allclose(root / root.sum(), 0.2, atol=0.1)


def test_scores_are_floored_log_probabilities(library, fitted):
    p = np.exp(fitted.score(library.samples)) - 1e-3
    np.testing.assert_allclose(p.sum(axis=1), 1.0, rtol=1e-9)
    assert p.min() > -1e-12


def test_the_draws_are_summaries_of_the_grains_that_were_drawn(library, fitted):
    one = library.samples.take(np.array([4]))
    counts = np.array([[6.0, 0, 0, 0, 0, 0], [0, 2, 0, 3, 1, 0]])
    drawn = fitted.resampled(one, counts, np.zeros((5, 3)))
    for got, count in zip(drawn, counts.astype(int), strict=True):
        values = np.repeat(one.assay.values, count, axis=0)
        again = samples_of(values, ["q"] * 6, elements=one.assay.keys)
        np.testing.assert_allclose(got, fitted.score(again)[0], rtol=1e-12)


def test_the_same_seed_gives_the_same_bytes(library):
    first, again = (estimator_bytes(SampleForest(4, seed=3).fit(library).forest_) for _ in "ab")
    other = estimator_bytes(SampleForest(4, seed=4).fit(library).forest_)
    assert first == again
    assert first != other


def test_many_samples_are_redrawn_less_often(monkeypatch, library):
    def n_rows():
        z = np.zeros((library.samples.assay.n_grains, 3))
        features, site = SampleForest()._training_rows(z, library)
        assert len(features) == len(site)
        return np.bincount(site).tolist()

    assert n_rows() == [16, 32, 48, 64, 80]
    monkeypatch.setattr(sample_forest, "_MAX_ROWS", 15 * 4)
    assert n_rows() == [4, 8, 12, 16, 20]
    monkeypatch.setattr(sample_forest, "_MAX_ROWS", 1)
    assert n_rows() == [2, 4, 6, 8, 10]


def test_many_sites_bound_the_leaves(monkeypatch, library, fitted):
    assert fitted.forest_.max_leaf_nodes is None
    monkeypatch.setattr(sample_forest, "_MAX_NODE_CELLS", 2 * 15 * 5 * 7)
    bounded = SampleForest(15).fit(library).forest_
    assert bounded.max_leaf_nodes == 7
    assert sum(tree.tree_.value.size for tree in bounded.estimators_) <= 2 * 15 * 5 * 7
    monkeypatch.setattr(sample_forest, "_MAX_NODE_CELLS", 1)
    assert SampleForest(2).fit(library).forest_.max_leaf_nodes == 2


def test_it_comes_back_from_a_bundle(library, fitted):
    parts = Parts()
    packed = json.loads(json.dumps(pack(fitted, "", parts)))
    kept = {name: estimator_bytes(forest) for name, forest in parts.estimators.items()}
    parts.estimators = {name: estimator_from(content, name) for name, content in kept.items()}
    back = unpack(packed, parts)
    assert type(back) is SampleForest
    assert np.array_equal(back.score(library.samples), fitted.score(library.samples))


def test_a_file_whose_trees_are_of_the_other_kind_is_refused(fitted):
    forged = copy.deepcopy(fitted.forest_)
    x = np.random.default_rng(0).normal(size=(20, forged.n_features_in_))
    forged.estimators_[1] = DecisionTreeClassifier().fit(x, np.arange(20) % 5)
    with pytest.raises(InputError, match="DecisionTreeClassifier for a tree"):
        estimator_from(skops.io.dumps(forged), "f")

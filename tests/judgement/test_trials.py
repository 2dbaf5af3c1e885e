"""Trials counted by hand on a library small enough to do so."""

import numpy as np
import pytest

from builders import library_of
from fingerprint.judgement import trials
from fingerprint.judgement.crossfit import CrossScores
from fingerprint.judgement.trials import make_trials

# Sites x (3 samples), y (2) and z (1): z has no score of its own sample.
SITES = ["x", "x", "x", "y", "y", "z"]
NEAR_XY = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=bool)


def tiny():
    return library_of(np.ones(6), list("abcdef"), SITES)


def scored(library):
    """Out-of-fold scores drawn at random; without its site a sample scores quite otherwise."""
    rng = np.random.default_rng(0)
    shape = (len(library), len(library.sites))
    scores, strangers = rng.normal(size=(2, 2, *shape))
    rows, own = np.arange(len(library)), library.sample_site
    single = library.n_reference[own] == 1
    scores[:, single, own[single]] = np.nan
    strangers[:, rows, own] = np.nan
    zeros = np.zeros(len(library), int)
    return CrossScores(zeros, scores, np.ones(shape, int), strangers, {}, {})


def counted(part):
    return int(part.is_true.sum()), int((~part.is_true).sum())


def test_true_and_false_claims_are_as_many_as_by_hand():
    far, near = make_trials(tiny(), scored(tiny()), NEAR_XY, 0)
    # True: a to e on their own sites. False: two sites for each, once as of known and once as of
    # unknown origin. f is the only sample of z, hence always of unknown origin.
    assert counted(far) == (5, 2 * 10 + 2)
    # Near: the five true ones on x and y, which have neighbours. False, twice: a, b, c on y and
    # d, e on x. The site z is nobody's neighbour.
    assert counted(near) == (5, 2 * 5)
    assert set(zip(near.sample, near.site, strict=True)) == {
        *((s, 0) for s in range(5)), *((s, 1) for s in range(5)),
    }  # fmt: skip


def test_near_false_claims_are_on_sites_that_have_the_samples_own_as_a_neighbour():
    # z has x for a neighbour, and x and y have none: samples of x are tried on z.
    near_zx = np.zeros((3, 3), bool)
    near_zx[2, 0] = True
    _, near = make_trials(tiny(), scored(tiny()), near_zx, 0)
    assert not near.is_true.any()  # f, the only sample of z, has no true claim
    assert set(zip(near.sample, near.site, strict=True)) == {(0, 2), (1, 2), (2, 2)}


def test_each_trial_names_its_sample_and_site_and_its_truth():
    library = tiny()
    far, _ = make_trials(library, scored(library), NEAR_XY, 0)
    own = library.sample_site[far.sample] == far.site
    np.testing.assert_array_equal(own, far.is_true)
    pairs, times = np.unique(
        np.stack([far.sample, far.site])[:, ~far.is_true], axis=1, return_counts=True
    )
    assert pairs.shape[1] == 12
    assert times.tolist() == [1 if sample == 5 else 2 for sample in pairs[0]]


def test_false_claims_of_known_and_unknown_origin_weigh_the_same():
    library = tiny()
    far, _ = make_trials(library, scored(library), NEAR_XY, 0)
    assert far.weight[far.is_true].tolist() == [1.0] * 5
    known, unknown = kinds(far)
    assert known == pytest.approx(unknown) == pytest.approx(11)


def kinds(part):
    """Total weight of the false trials of each kind: those of unknown origin come later."""
    totals = [0.0, 0.0]
    seen = {(5, 0), (5, 1)}  # f is always of unknown origin
    for s, j, w, true in zip(part.sample, part.site, part.weight, part.is_true, strict=True):
        if not true:
            totals[(s, j) in seen] += w
            seen.add((s, j))
    return totals


def test_unknown_origin_is_scored_by_what_never_saw_the_site():
    library = tiny()
    cross = scored(library)
    far, _ = make_trials(library, cross, NEAR_XY, 0)
    for sample, site in ((0, 1), (3, 2)):
        two = far.features[(far.sample == sample) & (far.site == site)]
        rows = cross.scores[0, sample], cross.strangers[0, sample]
        others = np.delete(np.arange(3), site)
        stranger = [k for k in others if k != library.sample_site[sample]]
        gaps = [
            row[site] - np.max(row[beside])
            for row, beside in zip(rows, (others, stranger), strict=True)
        ]
        np.testing.assert_allclose(np.sinh(two[:, 0]), [row[site] for row in rows])
        np.testing.assert_allclose(np.sinh(two[:, 1]), gaps)


def test_the_only_sample_of_a_site_is_of_unknown_origin_alone():
    library = tiny()
    cross = scored(library)
    far, _ = make_trials(library, cross, NEAR_XY, 0)
    lonely = far.take(far.sample == 5)
    assert not lonely.is_true.any()
    np.testing.assert_allclose(np.sinh(lonely.features[:, 0]), cross.strangers[0, 5, :2])


def large():
    n_sites = 40
    names = [f"{i:03d}" for i in range(3 * n_sites)]
    return library_of(
        np.ones(len(names)), names, np.repeat([f"{s:02d}" for s in range(n_sites)], 3)
    )


def test_a_large_library_is_sampled_without_bias(monkeypatch):
    library = large()
    cross = scored(library)
    none = np.zeros((40, 40), bool)
    whole, _ = make_trials(library, cross, none, 0)
    monkeypatch.setattr(trials, "_MAX_FALSE", 1200)
    monkeypatch.setattr(trials, "_CHUNK", 50)
    totals, levels = [], []
    for seed in range(40):
        part, _ = make_trials(library, cross, none, seed)
        assert part.is_true.sum() == whole.is_true.sum() == 120
        false = ~part.is_true
        assert false.sum() < 0.7 * (~whole.is_true).sum()
        totals.append(part.weight[false].sum())
        levels.append(np.average(part.features[false, 0], weights=part.weight[false]))
        one, other = kinds_by_cohort(part, library)
        assert one == pytest.approx(other)
    # In the mean they stand for all: four standard errors of the mean over seeds.
    for got, truth in (
        (totals, (~whole.is_true).sum()),
        (levels, whole.features[~whole.is_true, 0].mean()),
    ):
        assert abs(np.mean(got) - truth) < 4 * np.std(got) / np.sqrt(len(got)) + 1e-9


def kinds_by_cohort(part, library):
    """Known or unknown origin, by the chunk's two passes: rows of the samples begin anew."""
    false = ~part.is_true
    turn = np.cumsum(np.diff(part.sample, prepend=part.sample[0]) < 0)
    # Passes alternate; a new chunk begins at a higher sample and so makes no turn.
    starts = {s: i for i, s in enumerate(range(0, len(library), 50))}
    chunk = np.array([starts[s // 50 * 50] for s in part.sample])
    kind = turn - chunk
    return [part.weight[false & (kind == k)].sum() for k in (0, 1)]


def test_the_hardest_false_claims_always_take_part(monkeypatch):
    library = large()
    cross = scored(library)
    monkeypatch.setattr(trials, "_MAX_FALSE", 480)
    monkeypatch.setattr(trials, "_HARDEST", 3)
    far, _ = make_trials(library, cross, np.zeros((40, 40), bool), 1)
    pairs = set(zip(far.sample, far.site, strict=True))
    for i, row in enumerate(cross.scores[0]):
        top = np.argsort(-row)[:3]
        assert {(i, int(j)) for j in top} <= pairs

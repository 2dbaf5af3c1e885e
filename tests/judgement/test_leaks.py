"""Labels that mean nothing must give verdicts that say nothing, through the whole of training."""

import numpy as np
import pytest

from builders import gaussian, relabelled, small_forests
from fingerprint.evaluation import evaluate
from fingerprint.evaluation.metrics import cllr
from fingerprint.judgement import Policy, all_claims, judge, train_for_samples

POLICY = Policy(least_analytes=3)


def whole(shuffled):
    library = gaussian(16, 7, 6, p=4, seed=41, between=0.4)
    if shuffled:
        rng = np.random.default_rng(5)
        library = relabelled(library, rng.permutation(library.samples.fact("site")))
    return library


def split(library):
    """Two samples of each site are fresh, the others train."""
    seen = np.zeros(len(library.sites), int)
    is_fresh = np.zeros(len(library), bool)
    for i in np.random.default_rng(6).permutation(len(library)):
        is_fresh[i] = seen[library.sample_site[i]] < 2
        seen[library.sample_site[i]] += 1
    return library.take(~is_fresh), library.samples.take(is_fresh)


def outcome(shuffled):
    library, fresh = split(whole(shuffled))
    with small_forests():
        model = train_for_samples(library)
    own = dict(zip(fresh.ids, fresh.fact("site"), strict=True))
    verdicts = list(judge(model, fresh, all_claims(model, fresh), POLICY))
    is_true = np.array([own[v.sample] == v.claim for v in verdicts])
    log10_lr = np.array([v.log10_lr for v in verdicts])
    words = np.array([v.verdict for v in verdicts])
    return is_true, log10_lr, words


@pytest.fixture(scope="module")
def honest():
    return outcome(shuffled=False)


@pytest.fixture(scope="module")
def senseless():
    return outcome(shuffled=True)


def test_with_their_labels_samples_tell_their_site(honest):
    is_true, log10_lr, words = honest
    assert cllr(log10_lr[is_true], log10_lr[~is_true]) < 0.35
    assert (words[is_true] == "plausible").mean() > 0.6
    assert (words[~is_true] == "plausible").mean() < 0.05
    assert (words[~is_true] == "implausible").mean() > 0.7


def test_with_labels_shuffled_fresh_samples_tell_nothing(senseless):
    is_true, log10_lr, words = senseless
    assert is_true.sum() == 32
    assert 0.9 < cllr(log10_lr[is_true], log10_lr[~is_true]) < 1.1
    assert (words == "plausible").mean() < 0.02
    # Rejections are no more than chance: 2 % is set, of true and of false claims alike.
    assert (words == "implausible").mean() < 0.08


# Each scorer is tried for leaks above; what evaluation itself might leak is the same for all.
EVALUATED = ("three_level", "sample_forest")


@pytest.mark.parametrize(("shuffled", "low", "high"), [(False, 0.0, 0.35), (True, 0.9, 1.1)])
def test_evaluation_itself_does_not_leak(shuffled, low, high):
    with small_forests(5):
        league = evaluate(whole(shuffled), EVALUATED, folds=3, open_groups=3, policy=POLICY)
    fusion = league.rows[-1]
    assert low <= fusion.known.cllr.value <= high
    assert low <= fusion.unknown.cllr.value <= high
    assert (fusion.verdicts["true"]["plausible"].value < 0.03) == shuffled
    for row in league.rows[:-1]:
        assert (row.known.cllr_min.value > 0.85) == shuffled

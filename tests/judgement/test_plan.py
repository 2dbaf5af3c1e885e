"""How the fusion is learned: what it costs on fresh claims, however many true trials there were."""

import numpy as np
import pytest

from fingerprint.evaluation.metrics import cllr
from fingerprint.judgement.cohort import cohort_features
from fingerprint.judgement.fusion import fit_fusion
from fingerprint.judgement.trials import plan_of

SCORERS = ("three_level", "a", "b", "c", "d")
N_SITES = 12
# How far the scores of true and of false claims lie apart, in standard deviations.
HELPFUL = (2.0, 1.5, 1.5, 1.5, 1.5)
NOISE = (2.0, 0.0, 0.0, 0.0, 0.0)
BETTER = (1.5, 2.5, 1.0, 1.0, 1.0)


def claims(rng, n_samples, apart):
    """Claims of samples on every site; each score is a log likelihood ratio that is right.

    Half of the variance of a claim's scores is common to all scorers.
    """
    apart = np.array(apart)[:, None, None]
    is_own = np.arange(N_SITES) == rng.integers(0, N_SITES, n_samples)[:, None]
    noise = rng.normal(size=(len(apart), *is_own.shape)) + rng.normal(size=is_own.shape)
    scores = apart * noise / np.sqrt(2) + np.where(is_own, 0.5, -0.5) * apart**2
    return cohort_features(scores).reshape(is_own.size, -1), is_own.ravel()


def cost(fusion, features, is_true):
    log10_lr = fusion.score(features) / np.log(10)
    return cllr(log10_lr[is_true], log10_lr[~is_true])


def alone(k, features, is_true):
    """One scorer alone, weighed by the same kind of model."""
    own = features[:, list(plan_of(SCORERS).columns[k])]
    prior = np.array([1.0, 0.0]) if k == 0 else np.zeros(2)
    return fit_fusion(own, is_true, np.ones(len(own)), prior)


def costs(n_true, apart, seed):
    """Cllr on fresh claims of the fusion, then of each scorer alone."""
    rng = np.random.default_rng([seed, n_true])
    trials, fresh = claims(rng, n_true, apart), claims(rng, 400, apart)
    yield cost(plan_of(SCORERS).fit(*trials, np.ones(len(trials[1]))), *fresh)
    for k, columns in enumerate(plan_of(SCORERS).columns):
        yield cost(alone(k, *trials), fresh[0][:, list(columns)], fresh[1])


def excess(n_true, apart, n_seeds, best):
    """Mean Cllr of the fusion less that of the best of some scorers, and its standard error."""
    every = np.array([[*costs(n_true, apart, seed)] for seed in range(n_seeds)])
    # Which scorer is best is a fact of the world and not of one draw.
    other = every[:, 1:][:, best(every[:, 1:].mean(axis=0))]
    difference = every[:, 0] - other
    return difference.mean(), difference.std(ddof=1) / np.sqrt(n_seeds)


@pytest.mark.parametrize("apart", [HELPFUL, NOISE, BETTER])
def test_fifteen_true_trials_do_not_overfit(apart):
    mean, error = excess(15, apart, 20, best=lambda costs: 0)
    assert mean < 2 * error


@pytest.mark.parametrize("apart", [HELPFUL, BETTER])
def test_with_many_true_trials_it_is_no_worse_than_the_best_scorer(apart):
    mean, error = excess(400, apart, 4, best=np.argmin)
    assert mean < 2 * error


def pull(fusion):
    """Share of the score that comes from other scorers than the three-level model."""
    return np.abs(fusion.weights[2:]).sum() / np.abs(fusion.weights).sum()


def test_the_fewer_true_trials_the_more_it_is_the_three_level_model():
    """All five scorers tell as much: what counts them unlike is the number of trials alone."""
    shares = []
    for n_true in (1, 4, 16, 64, 256):
        plan = plan_of(SCORERS)
        found = []
        for seed in range(10):
            x, is_true = claims(np.random.default_rng(seed), n_true, (2.0,) * 5)
            found.append(pull(plan.fit(x, is_true, np.ones(len(x)))))
        shares.append(np.mean(found))
    assert np.all(np.diff(shares) > 0)
    assert shares[0] < 0.35
    # Four of five that tell as much.
    assert shares[-1] == pytest.approx(0.8, abs=0.08)


def test_no_scorer_counts_more_for_the_place_where_it_stands():
    """Without a three-level model among them, scorers in another order get the same weights."""
    x, is_true = claims(np.random.default_rng(1), 30, (2.0, 1.0, 0.5))
    order = np.array([4, 5, 0, 1, 2, 3])
    plan = plan_of(("a", "b", "c"))
    one, other = (plan.fit(part, is_true, np.ones(len(x))) for part in (x, x[:, order]))
    np.testing.assert_allclose(other.weights, one.weights[order], atol=1e-3)


def test_two_scorers_that_say_the_same_share_the_weight():
    x, is_true = claims(np.random.default_rng(2), 30, (2.0, 1.5))
    doubled = np.concatenate([x, x[:, 2:]], axis=1)
    got = plan_of(("three_level", "a", "b")).fit(doubled, is_true, np.ones(len(x)))
    np.testing.assert_allclose(got.weights[2:4], got.weights[4:], atol=1e-3)

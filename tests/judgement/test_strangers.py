"""Samples of unknown origin are scored by what was fitted without their whole site."""

import numpy as np
import pytest

from builders import gaussian
from fingerprint.evidence import SCORERS
from fingerprint.evidence.features import log_table
from fingerprint.judgement import train_for_samples
from fingerprint.judgement.conditions import AS_IT_IS, conditions
from fingerprint.judgement.crossfit import cross_scores


class Share:
    """A site's share among all sites: hiding a column leaves the others as low as they were."""

    name = "share"

    def fit(self, library):
        self.keys_ = list(library.samples.assay.keys)
        x = log_table(library.samples.assay, self.keys_).x
        self.means_ = np.stack(
            [x[library.grain_site == s].mean(axis=0) for s in range(len(library.sites))]
        )
        return self

    def score(self, samples):
        x = log_table(samples.assay, self.keys_).x
        mean = np.stack([x[samples.grain_sample == i].mean(axis=0) for i in range(len(samples))])
        nearness = np.exp(-5 * np.abs(mean[:, None] - self.means_).sum(axis=2))
        return np.log(nearness / nearness.sum(axis=1, keepdims=True))


@pytest.fixture
def share(monkeypatch):
    monkeypatch.setitem(SCORERS, "share", lambda seed, n_jobs: Share())


def strangers(library, names=("share",), tried=(AS_IT_IS,)):
    return cross_scores(library, names, 5, 0, 1, tried)


@pytest.mark.usefixtures("share")
def test_a_stranger_is_scored_as_if_its_site_had_never_been_there():
    library = gaussian(12, 3, 4, p=3, seed=2)
    cross = strangers(library)
    for i in range(len(library)):
        there = np.isfinite(cross.strangers[0, i])
        assert there.sum() >= 9  # twelve sites in five groups: three at the most are left out
        assert not there[library.sample_site[i]]
        without = Share().fit(library.take(there[library.sample_site]))
        one = library.samples.take(np.array([i]))
        np.testing.assert_allclose(cross.strangers[0, i, there], without.score(one)[0])
        # To hide the column would not do: the shares of the others would not sum to one.
        assert np.exp(cross.strangers[0, i, there]).sum() == pytest.approx(1.0)
        assert np.exp(cross.scores[0, i, there]).sum() < 1.0


def test_all_samples_of_a_site_are_strangers_to_the_same_sites():
    library = gaussian(7, [1, 4, 2, 3, 1, 2, 5], 4, p=3, seed=3)
    cross = strangers(library, ("three_level", "ks"), conditions(0.1))
    there = np.isfinite(cross.strangers)
    assert np.array_equal(there[0], there[1])
    for site in range(7):
        of_site = there[0][library.sample_site == site]
        assert (of_site == of_site[0]).all()
    for weaker in cross.weaker_strangers.values():
        assert np.array_equal(np.isfinite(weaker), there)


@pytest.mark.usefixtures("share")
def test_of_three_sites_two_are_left_and_of_two_no_cohort():
    three = gaussian(3, 4, 4, p=3, seed=4)
    left = np.isfinite(strangers(three).strangers[0])
    assert (left.sum(axis=1) == 2).all()
    assert not left[np.arange(len(three)), three.sample_site].any()
    two = gaussian(2, 5, 4, p=3, seed=4)
    cross = strangers(two)
    assert np.isnan(cross.strangers).all()
    assert np.isfinite(cross.scores).all()


@pytest.mark.parametrize("n_sites", [2, 3])
def test_libraries_of_two_and_three_sites_give_a_model_that_answers(n_sites):
    library = gaussian(n_sites, 7, 6, p=3, seed=5)
    number = np.array([int(sample[-2:]) for sample in library.samples.ids])
    model = train_for_samples(library.take(number < 5), ("three_level", "ks"))
    fresh = library.take(number >= 5)
    weighed = model.weigh(fresh.samples)
    assert np.isfinite(weighed.log10_lr).all()
    own = np.arange(n_sites) == fresh.sample_site[:, None]
    assert weighed.log10_lr[own].mean() > 0 > weighed.log10_lr[~own].mean()


FEW, MANY = 2, 8
N_KNOWN, N_STRANGE = 30, 30


@pytest.fixture(scope="module")
def uneven():
    """Log10 LR of samples whose sites are in no library, on sites of few and of many samples.

    Where sites lie is chance, hence several libraries.
    """
    found = []
    for seed in range(11, 17):
        n_samples = [FEW, MANY] * (N_KNOWN // 2) + [1] * N_STRANGE
        whole = gaussian(len(n_samples), n_samples, 8, p=5, seed=seed, between=0.1, within=0.03)
        is_known = whole.sample_site < N_KNOWN
        model = train_for_samples(whole.take(is_known), ("three_level", "ks", "sample_density"))
        log10_lr = model.weigh(whole.samples.take(~is_known)).log10_lr
        found.append([log10_lr[:, model.sites.n_reference == n] for n in (FEW, MANY)])
    return found


def mean_and_error(of_library):
    return np.mean(of_library), np.std(of_library, ddof=1) / np.sqrt(len(of_library))


@pytest.mark.parametrize("at_least", [-np.inf, 0.5])
def test_a_site_of_many_samples_is_not_favoured_by_false_claims(uneven, at_least):
    """Four of five true claims are on sites of eight samples, which is no evidence of origin."""
    measured = [
        [part.mean() if np.isinf(at_least) else (part > at_least).mean() for part in parts]
        for parts in uneven
    ]
    mean, error = mean_and_error([many - few for few, many in measured])
    assert mean < 2 * error
    # Were the share of true claims taken for evidence, this is what it would bring.
    assert not np.isinf(at_least) or mean + np.log10(MANY / FEW) > 2 * error


@pytest.mark.parametrize("of_size", [0, 1])
def test_among_false_claims_a_likelihood_ratio_is_one_on_average(uneven, of_size):
    mean, error = mean_and_error([(10.0 ** parts[of_size]).mean() for parts in uneven])
    assert mean - 2 * error < 1.0

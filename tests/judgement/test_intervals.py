"""The interval of a model: which draws it takes, and what it does with them."""

from dataclasses import replace

import numpy as np

from builders import samples_of, told_model


class Noisy:
    """Redrawn, its scores scatter by one and lie below the sample's own by `bias`."""

    name = "noisy"

    def __init__(self, bias):
        self.bias = bias

    def score(self, samples):
        return np.tile([1.0, 0.0, -1.0], (len(samples), 1))

    def resampled(self, sample, counts, normals):
        scatter = np.random.default_rng(0).standard_normal((len(counts), 3))
        self.counts, self.normals = counts, normals
        return self.score(sample) - self.bias + scatter


def interval(scorer):
    model = replace(told_model({}), scorers={"noisy": scorer})
    sample = samples_of(np.full((5, 10), 2.0), ["s"] * 5)
    return model.interval(sample, model.weigh(sample))


def test_a_distance_that_grows_with_repeated_grains_does_not_shift_the_interval():
    sound, biased = interval(Noisy(0.0)), interval(Noisy(0.7))
    np.testing.assert_allclose(biased, sound, atol=1e-9)
    low, high = sound
    assert low[0, 0] < np.arcsinh(1.0) / np.log(10) < high[0, 0]


class Patchy(Noisy):
    """Every fourth draw holds no grain that was measured."""

    def resampled(self, sample, counts, normals):
        scores = super().resampled(sample, counts, normals)
        scores[::4] = np.nan
        return scores


def test_draws_without_a_measured_grain_do_not_spoil_the_others():
    sound, patchy = interval(Noisy(0.0)), interval(Patchy(0.0))
    for end, whole in zip(patchy, sound, strict=True):
        np.testing.assert_allclose(end[0, 0], whole[0, 0], atol=0.2)


def test_of_n_grains_n_less_one_are_drawn():
    scorer = Noisy(0.0)
    interval(scorer)
    assert scorer.counts.shape == (100, 5)
    assert set(scorer.counts.sum(axis=1)) == {4.0}
    assert scorer.normals.shape == (100, 3 + 2, 10)


def test_a_single_grain_has_an_interval(model, reference):
    one = reference[1].take(np.array([0]))
    one = replace(
        one, assay=one.assay.take(np.array([0])), grain_sample=np.zeros(1, dtype=np.int64)
    )
    low, high = model.interval(one, model.weigh(one))
    assert np.isfinite(low).all()
    assert (low <= high).all()
    assert (low < high).any()

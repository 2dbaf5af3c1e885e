"""What a verdict rests on adds up to its weight, and what is at fault is found first."""

from dataclasses import replace

import numpy as np
import pytest

from builders import LN10, gaussian, rows_of, samples_of, small_forests, told_model
from fingerprint.judgement import explain, train_for_samples
from fingerprint.judgement.trials import claim_features
from fingerprint.library import Library
from fingerprint.tables import SampleSet


def unbounded(model, samples):
    """(samples, sites) calibrated log10 LR before bounds."""
    scores = np.stack([scorer.score(samples) for scorer in model.scorers.values()])
    features, _ = claim_features(scores, model.sites.neighbours)
    return scores, model.calibration.score(model.fusion.score(features)[..., None]) / LN10


def test_the_shares_sum_to_the_calibrated_weight_before_bounds(model, reference):
    _, fresh = reference
    scores, whole = unbounded(model, fresh)
    assert (np.abs(whole) > max(np.abs(model.bounds))).any()
    for i, site in ((0, 0), (0, 5), (7, 2)):
        got = explain(model, fresh.take(np.array([i])), site)
        assert set(got.scorers) == {*model.scorers, "base"}
        assert sum(got.scorers.values()) == pytest.approx(whole[i, site], abs=1e-9)
        of_scorers = sum(got.scorers[name] for name in model.scorers)
        of_analytes = sum(share.value for share in got.analytes.values())
        assert of_analytes == pytest.approx(of_scorers, abs=1e-9)
        assert set(got.analytes) == set(model.analytes)
        for k, name in enumerate(model.scorers):
            assert got.raw_scores[name] == pytest.approx(scores[k, i, site])


def test_a_sample_on_fewer_analytes_is_explained_in_its_own_calibration(model, reference):
    one = reference[1].take(np.array([0]))
    part = one.with_analytes(np.arange(3))
    own = model.calibrations(3).calibration
    assert own is not model.calibration
    got = explain(model, part, 0)
    whole = unbounded(replace(model, calibration=own), part)[1][0, 0]
    assert sum(got.scorers.values()) == pytest.approx(whole, abs=1e-9)
    of_analytes = sum(share.value for share in got.analytes.values())
    assert of_analytes == pytest.approx(sum(got.scorers[k] for k in model.scorers), abs=1e-9)


def test_the_shares_of_grains_sum_to_the_weight_less_that_of_no_grain(model, reference):
    _, fresh = reference
    one = fresh.take(np.array([4]))
    got = explain(model, one, 4)
    assert len(got.grains) == 8
    nothing = replace(one, assay=one.assay.without(np.ones(one.assay.values.shape, dtype=bool)))
    of_one = SampleSet.from_tables(nothing.assay.take(np.array([0])))
    expected = unbounded(model, one)[1][0, 4] - unbounded(model, of_one)[1][0, 4]
    assert sum(grain.value for grain in got.grains) == pytest.approx(expected, abs=1e-9)


def test_the_same_sample_gets_the_same_explanation(model, reference):
    one = reference[1].take(np.array([2]))
    again = rows_of(one, np.arange(8)[::-1])
    assert explain(model, one, 2) == explain(model, again, 2)
    other = explain(replace(model, provenance=replace(model.provenance, seed=5)), one, 2)
    assert other.scorers == explain(model, one, 2).scorers
    assert other.analytes != explain(model, one, 2).analytes


class OnlyFirst:
    """Looks at one analyte of the sample only."""

    def __init__(self, key):
        self.key = key

    def score(self, samples):
        has = self.key in samples.assay.keys
        values = samples.assay.values
        x = values[:, samples.assay.keys.index(self.key)] if has else np.nan * values[:, 0]
        sums = np.bincount(samples.grain_sample, np.nan_to_num(x), len(samples))
        known = np.bincount(samples.grain_sample, np.isfinite(x), len(samples)) > 0
        return np.where(known, sums, np.nan)[:, None] * np.array([[0.01, 0.0, -0.02]])


def test_an_analyte_that_no_scorer_uses_has_no_share():
    model = replace(told_model({}), scorers={"only": OnlyFirst("Nb")})
    one = samples_of(np.full((4, 10), 2.0), ["s"] * 4)
    got = explain(model, one, 0)
    assert got.analytes["Nb"].value == pytest.approx(got.scorers["only"]) != 0
    for key, share in got.analytes.items():
        assert key == "Nb" or (share.value, share.error) == (0.0, 0.0)
    assert explain(model, samples_of([[7.0]], ["s"], elements=("Au",)), 0).analytes == {}


def test_without_shares_of_hundreds_of_grains():
    model = replace(told_model({}), scorers={"only": OnlyFirst("Nb")})
    one = samples_of(np.full((101, 10), 2.0), ["s"] * 101)
    assert explain(model, one, 0).grains == ()


@pytest.fixture(scope="module", params=range(3))
def world(request):
    """A model of 15 sites and fresh samples of 12 grains, eight analytes."""
    whole = gaussian(15, 5, 12, p=8, seed=40 + request.param, between=0.2)
    fresh = np.array([sample.endswith("-04") for sample in whole.samples.ids])
    with small_forests():
        return train_for_samples(whole.take(~fresh)), Library(whole.samples.take(fresh))


def shifted(sample, rows, columns, by):
    """The sample with some cells multiplied by 10 to the power of `by`."""
    values = sample.assay.values.copy()
    values[np.ix_(rows, columns)] *= 10.0**by
    return replace(sample, assay=replace(sample.assay, values=values))


def test_one_shifted_analyte_is_found_first(world):
    model, fresh = world
    for i in (1, 6, 11):
        planted = (3 * i) % 8
        sample = shifted(fresh.samples.take(np.array([i])), np.arange(12), [planted], 1.0)
        got = explain(model, sample, i).analytes
        worst = min(got, key=lambda key: got[key].value)
        assert worst == sample.assay.keys[planted]
        assert got[worst].value < -2 * got[worst].error


def test_one_foreign_grain_is_found_first(world):
    model, fresh = world
    for i in (2, 7, 13):
        sample = fresh.samples.take(np.array([i]))
        other = fresh.samples.take(np.array([(i + 7) % 15]))
        values = sample.assay.values.copy()
        values[5] = other.assay.values[3]
        sample = replace(sample, assay=replace(sample.assay, values=values))
        got = [grain.value for grain in explain(model, sample, i).grains]
        assert int(np.argmin(got)) == 5

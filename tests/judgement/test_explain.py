"""What a verdict rests on adds up to its weight."""

import numpy as np
import pytest
from scipy.stats import ks_2samp

from builders import LN10, samples_of, told_model
from fingerprint.judgement import explain
from fingerprint.judgement.trials import claim_features


def test_the_shares_sum_to_the_calibrated_weight_before_bounds(model, reference):
    _, fresh = reference
    scores = np.stack([scorer.score(fresh) for scorer in model.scorers.values()])
    features, _ = claim_features(
        scores, fresh.n_grains, model.sites.n_reference, model.sites.neighbours
    )
    unbounded = model.calibration.score(model.fusion.score(features)[..., None]) / LN10
    assert (np.abs(unbounded) > max(np.abs(model.bounds))).any()
    for i, site in ((0, 0), (0, 5), (7, 2)):
        got = explain(model, fresh.take(np.array([i])), site)
        assert set(got.scorers) == {*model.scorers, "counts", "base"}
        assert sum(got.scorers.values()) == pytest.approx(unbounded[i, site], abs=1e-9)
        for k, name in enumerate(model.scorers):
            assert got.raw_scores[name] == pytest.approx(scores[k, i, site])


def test_analytes_speak_for_the_site_whose_curve_is_nearer(model, reference):
    library, fresh = reference
    one = fresh.take(np.array([3]))
    site = 3
    got = explain(model, one, site).analytes
    ranked = np.argsort(-model.weigh(one).score[0])
    alternatives = ranked[ranked != site][:5]
    assert set(got) == set(model.analytes)
    for j, key in enumerate(model.analytes):
        column = list(library.samples.assay.keys).index(key)
        query = one.assay.values[:, column]
        curves = [library.samples.assay.values[library.grain_site == s, column] for s in range(14)]
        d4 = np.array([ks_2samp(query, c, method="asymp").statistic ** 4 for c in curves])
        others = d4[alternatives].mean()
        # Chance is the same for all sites, which have as many grains, and cancels.
        assert got[key] == pytest.approx(others - d4[site], abs=1e-9), j


def test_without_the_ks_scorer_no_analytes_are_named():
    model = told_model({"s": [1.0, 0.0, -1.0]})
    got = explain(model, samples_of(np.full((4, 10), 2.0), ["s"] * 4), 0)
    assert got.analytes == {}
    assert got.scorers["table"] == pytest.approx(1.0)

"""Which site: Bayes' rule by hand, with none of the known ones among the answers."""

import math

import numpy as np
import pytest

from builders import ELEMENTS, samples_of, told_model
from fingerprint.errors import InputError
from fingerprint.questions import identify


def samples(*names):
    return samples_of(
        np.full((3 * len(names), len(ELEMENTS)), 2.0), np.repeat(names, 3).astype(object)
    )


def test_bayes_by_hand():
    model = told_model({"s": [2.0, 1.0, -1.0]})
    got = identify(model, samples("s"), prior_unknown=0.4)
    # Prior 0.2 each for A, B, C and 0.4 for none; LRs 100, 10, 1/10 and 1 against elsewhere.
    weight = {"A": 0.2 * 100, "B": 0.2 * 10, "C": 0.2 / 10, "unknown": 0.4 * 1}
    total = sum(weight.values())
    assert [r.site for r in got] == ["A", "B", "unknown", "C"]
    assert [r.rank for r in got] == [1, 2, 3, 4]
    for r in got:
        assert r.probability == pytest.approx(weight[r.site] / total, rel=1e-9)
    assert {r.site: round(r.log10_lr, 9) for r in got} == {"A": 2, "B": 1, "C": -1, "unknown": 0}


def test_evidence_for_nobody_leaves_the_prior():
    model = told_model({"s": [0.0, 0.0, 0.0]})
    for prior in (0.1, 0.5, 0.97):
        got = {r.site: r.probability for r in identify(model, samples("s"), prior)}
        assert got["unknown"] == pytest.approx(prior)
        for site in "ABC":
            assert got[site] == pytest.approx((1 - prior) / 3)


def test_a_sample_that_was_not_measured_leaves_the_prior(model):
    blank = samples_of(np.full((3, 2), np.nan), ["s"] * 3, elements=model.analytes[:2])
    got = {r.site: r.probability for r in identify(model, blank, 0.3)}
    assert got["unknown"] == pytest.approx(0.3)
    assert got[model.sites.names[4]] == pytest.approx(0.7 / len(model.sites.names))


def test_a_bad_lot_is_called_unknown():
    model = told_model({"s": [-1.0, -1.5, -1.2]})
    got = identify(model, samples("s"))
    assert got[0].site == "unknown"
    assert got[0].probability > 0.9


def test_the_more_is_left_to_unknown_the_less_is_left_to_each_site():
    model = told_model({"s": [2.0, 1.0, -1.0]})
    for site in "ABC":
        shares = [
            next(r.probability for r in identify(model, samples("s"), p) if r.site == site)
            for p in (0.1, 0.5, 0.9, 0.999)
        ]
        assert shares == sorted(shares, reverse=True)


def test_every_sample_has_a_whole_ranking(model, reference):
    _, fresh = reference
    got = identify(model, fresh)
    n = len(model.sites.names) + 1
    assert len(got) == n * len(fresh)
    for i, sample in enumerate(fresh.ids):
        rows = got[i * n : (i + 1) * n]
        assert {r.sample for r in rows} == {sample}
        assert [r.rank for r in rows] == list(range(1, n + 1))
        assert {r.site for r in rows} == {*model.sites.names, "unknown"}
        assert sum(r.probability for r in rows) == pytest.approx(1.0)
        shares = [r.probability for r in rows]
        assert shares == sorted(shares, reverse=True)
        # Equal priors: among the sites the ratio alone decides.
        sites = [r.log10_lr for r in rows if r.site != "unknown"]
        assert sites == sorted(sites, reverse=True)
    first = [r.site for r in got[::n]]
    assert np.mean(np.array(first) == fresh.fact("site")) > 0.8


@pytest.mark.parametrize("prior", [0.0, 1.0, -0.1, 2.0, math.nan])
def test_a_prior_that_is_none_is_refused(prior):
    with pytest.raises(InputError, match="prior of an unknown origin"):
        identify(told_model({"s": [0.0] * 3}), samples("s"), prior)

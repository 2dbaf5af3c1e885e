"""The summary holds what was judged, and its JSON is whole and always valid."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from fingerprint.evidence import KS
from fingerprint.evidence.ks import mean_d4_by_chance
from fingerprint.judgement import Reason, explain, judge
from fingerprint.library import content_hash
from fingerprint.report import summarise, summary_document, summary_json
from fingerprint.report.curves import cumulative, largest_gap
from fingerprint.report.measured import finite

VERDICT_ROW = [
    "sample", "claim", "verdict", "score", "log10_lr", "log10_lr_low", "log10_lr_high",
    "log10_lr_near", "p_value", "n_grains", "not_excluded", "reasons",
]  # fmt: skip
MORE = [
    "district", "samples", "blend_shares", "contributions", "evidence", "common_factor", "sessions",
    "policy", "sample_hash", "model_hash", "library_hash", "made_up",
]  # fmt: skip


def refuse(constant):
    raise AssertionError(f"{constant} is not JSON")


def test_json_of_every_case_is_valid_and_has_every_key(summaries):
    assert set(summaries) >= {"plausible", "implausible", "inconclusive"}
    for summary in summaries.values():
        document = json.loads(summary_json(summary), parse_constant=refuse)
        assert list(document) == VERDICT_ROW + MORE
        assert document == summary_document(summary)


def test_json_repeats_the_verdict(world):
    sample, claim = world.claims[0]
    [verdict] = judge(world.model, world.controls, [(sample, claim)], world.model.policy)
    document = summary_document(world.summary(sample, claim))
    for key in VERDICT_ROW[:10]:
        assert document[key] == getattr(verdict, key)
    assert document["not_excluded"] == list(verdict.not_excluded)
    assert document["reasons"] == [str(reason) for reason in verdict.reasons]
    assert document["district"] == verdict.district != ""
    assert document["policy"]["alpha"] == 0.02


def test_contributions_are_those_of_the_explanation(world):
    sample, claim = world.claims[0]
    document = summary_document(world.summary(sample, claim))
    explanation = explain(world.model, world.control(), world.model.sites.index(claim))
    assert document["contributions"]["scorers"] == explanation.scorers
    assert document["contributions"]["analytes"] == {
        key: {"log10_lr": share.value, "error": share.error}
        for key, share in explanation.analytes.items()
    }
    grains = document["contributions"]["grains"]
    assert [grain["log10_lr"] for grain in grains] == [g.value for g in explanation.grains]
    assert [grain["grain"] for grain in grains] == list(world.control().assay.fact("grain"))
    assert document["evidence"]["raw_scores"] == explanation.raw_scores
    assert document["evidence"]["bounds"] == list(world.model.bounds)
    assert document["evidence"]["scale"] == "ENFSI 2015 verbal scale"
    assert document["evidence"]["words"].endswith(("claimed site", "another origin", "either side"))


def test_hashes_are_of_the_one_sample_the_model_and_its_library(world):
    document = summary_document(world.summary(*world.claims[0]))
    assert document["sample_hash"] == content_hash(world.control())
    assert document["model_hash"] == "ab" * 32
    assert document["library_hash"] == world.model.provenance.library_hash


def test_numbers_that_are_not_known_are_null(summaries):
    document = json.loads(summary_json(summaries["unknown site"]))
    for key in ("score", "log10_lr", "log10_lr_low", "log10_lr_high", "log10_lr_near", "p_value"):
        assert document[key] is None
    assert document["evidence"]["words"] is None
    assert document["contributions"]["scorers"] == {}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), None])
def test_only_finite_numbers_are_numbers(value):
    assert finite(value) is None
    assert finite(0.5) == 0.5


def test_too_few_true_trials_give_no_p_value(world):
    few = world.model.true_scores
    model = replace(
        world.model,
        true_scores=few.take(np.arange(few.scores.size) < 9),
    )
    summary = world.summary(*world.claims[0], model=model)
    assert summary.strength.p_value is None
    assert Reason.TOO_FEW_TRUE_TRIALS in summary.reasons


def test_what_was_not_measured_is_named(world, summaries):
    measured = summaries["one grain"].measured
    dropped = set(world.controls.assay.keys[:2])
    assert set(measured.missing) == dropped
    assert {row.key for row in measured.analytes} == set(world.model.analytes) - dropped
    assert all(row.n_measured == 1 for row in measured.analytes)


def test_analytes_that_the_model_does_not_know_are_named(world):
    sample, claim = world.claims[0]
    model = replace(world.model, analytes=world.model.analytes[1:], reach=world.model.reach[1:])
    assert summarise(
        model,
        world.controls,
        next(judge(world.model, world.controls, [(sample, claim)], model.policy)),
        policy=model.policy,
    ).measured.unknown == (world.model.analytes[0],)


def test_share_below_detection_and_highest_limit_are_the_samples(world):
    for row in range(len(world.controls)):
        sample = world.control(row)
        summary = world.summary(str(sample.ids[0]), "Nowhere")
        for analyte in summary.measured.analytes:
            j = sample.assay.keys.index(analyte.key)
            censored = sample.assay.censored[:, j]
            assert analyte.n_censored == censored.sum()
            expected = sample.assay.limits[censored, j].max() if censored.any() else None
            assert analyte.limit == expected


def test_a_sample_without_grains_has_a_summary(world, grainless):
    assert grainless.reasons[0] == Reason.NO_GRAINS
    assert grainless.shares == ()
    assert grainless.measured.analytes == ()
    assert grainless.measured.missing == world.model.analytes
    assert grainless.hashes.sample == ""


def test_a_verdict_on_another_sample_is_refused(world):
    [verdict] = judge(world.model, world.controls, world.claims[:1], world.model.policy)
    with pytest.raises(ValueError, match="not among the samples"):
        summarise(world.model, world.control(1), verdict, policy=world.model.policy)


def test_made_up_is_said_of_library_and_sample(world, real):
    assert world.summary(*world.claims[0]).made_up == ("library", "sample")
    mixed = replace(world, model=real.model)
    assert mixed.summary(*world.claims[0]).made_up == ("sample",)
    assert real.summary(*world.claims[0]).made_up == ()
    assert summary_document(real.summary(*world.claims[0]))["made_up"] is False


def test_gaps_are_the_distances_of_the_ks_scorer(world):
    ks = world.model.scorers["ks"]
    assert isinstance(ks, KS)
    for sample, claim in world.claims:
        summary = world.summary(sample, claim)
        row = list(world.controls.ids).index(sample)
        distances = ks.distances(world.control(row))[:, world.model.sites.index(claim)]
        for panel in (*summary.panels_for, *summary.panels_against, *summary.panels_apart):
            n, m = panel.sample.n_grains, panel.site.n_grains
            chance = mean_d4_by_chance(n, np.array([m]))[0]
            assert panel.gap**4 - chance == pytest.approx(distances[ks.keys_.index(panel.key)])


def test_panels_are_few_and_none_stands_twice(summaries):
    for summary in summaries.values():
        keys = [
            panel.key
            for panel in (*summary.panels_for, *summary.panels_against, *summary.panels_apart)
        ]
        assert len(keys) == len(set(keys)) <= 6
        assert all(panel.log10_lr > 0 for panel in summary.panels_for)
        assert all(panel.log10_lr < 0 for panel in summary.panels_against)
        assert not (summary.panels_against and summary.panels_apart)
    assert summaries["plausible"].panels_for
    assert summaries["implausible"].panels_against


def test_a_curve_starts_at_nothing_or_at_its_limit():
    values = np.array([0.0, 1.0, 1.0, 2.0])
    assert cumulative(values, -np.inf).x == (0.0, 0.0, 1.0, 2.0)
    assert cumulative(values, -np.inf).share == (0.0, 0.25, 0.75, 1.0)
    assert cumulative(values, 1.0).x == (1.0, 2.0)
    assert cumulative(values, 1.0).share == (0.75, 1.0)
    assert cumulative(values, 5.0).share == (1.0,)


def test_a_long_curve_is_thinned_but_keeps_its_ends():
    curve = cumulative(np.arange(10_000.0), -np.inf)
    assert len(curve.x) < 300
    assert (curve.x[0], curve.x[-1], curve.share[-1]) == (0.0, 9999.0, 1.0)
    assert curve.n_grains == 10_000


def test_all_below_a_limit_is_one_tie():
    low, high = np.array([0.0, 1.0, 5.0]), np.array([2.0, 3.0, 5.0])
    assert largest_gap(low, high, -np.inf) == pytest.approx(2 / 3)
    assert largest_gap(low, high, 4.0) == 0.0


def test_most_alike_sites_are_neighbours_without_districts(world):
    sites = replace(world.model.sites, districts=np.full(10, "", dtype=object))
    summary = world.summary(*world.claims[0], model=replace(world.model, sites=sites))
    assert summary.neighbours.column is None
    assert world.summary(*world.claims[0]).neighbours.column == "district"


def test_facts_of_the_sample_are_kept(world):
    facts = dict(world.summary(*world.claims[0]).measured.facts)
    assert facts["Method"] == "LA-ICP-MS"
    assert pd.Timestamp(facts["Collected on"]).year >= 2023
    assert set(facts) >= {"Lot", "Laboratory", "Session", "Minerals (grains)"}

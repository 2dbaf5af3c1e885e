"""From weighed claims to verdicts: every reason, by the smallest case that gives it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from builders import ELEMENTS, LN10, HalfReader, samples_of, told_model
from fingerprint.errors import InputError
from fingerprint.intake import concatenate
from fingerprint.judgement import (
    SENTENCES,
    Policy,
    Reason,
    all_claims,
    in_words,
    judge,
    judge_lot,
    sessions_for,
)
from fingerprint.judgement.conformal import TrueScores
from fingerprint.judgement.fusion import Fusion
from fingerprint.judgement.open_fusion import OpenFusion
from fingerprint.judgement.verdict import VERDICT_OF, Verdict
from fingerprint.library import Library
from fingerprint.tables import Certified, Mineralogy, SampleSet
from fingerprint.tables.reference_materials import marked

SIZED = Policy(few_grains=2)


def one_sample(n_grains=20, n_measured=10, elements=ELEMENTS, **facts):
    values = np.full((n_grains, len(elements)), 3.0)
    values[:, n_measured:] = np.nan
    facts = {name: [text] * n_grains for name, text in facts.items()}
    return samples_of(values, ["s"] * n_grains, elements=elements, **facts)


def coarse_sample():
    """Two of ten analytes lie below a limit that the library, in `told_model`, reaches beneath."""
    values = np.full((20, 10), 3.0)
    censored = np.zeros(values.shape, bool)
    censored[:, :2] = True
    return samples_of(values, ["s"] * 20, limits=3.0, censored=censored)


def no_grains():
    named = np.array(["s"], dtype=object)
    other = one_sample().assay.take(np.arange(3))
    facts = other.facts.assign(sample="other")
    return SampleSet.from_tables(
        replace(other, facts=facts), Mineralogy(named, ("q",), "pct", np.ones((1, 1)))
    ).take(np.array([1]))


def verdict(row, claim, samples=None, policy=SIZED, sessions=None, **changes):
    model = told_model({"s": row}, **changes)
    return next(judge(model, samples or one_sample(), [("s", claim)], policy, sessions))


def in_session(factor=1.0, n_standards=6):
    """A sample and a standard of one session, which reads it by a factor."""
    grains = one_sample(session="1").assay
    standards = one_sample(n_standards, session="1", material="Glass").assay
    standards = marked(replace(standards, values=factor * standards.values))
    return SampleSet.from_tables(concatenate([grains, standards]))


def in_judged_session(factor=1.0, n_standards=6, claim="A"):
    samples = in_session(factor, n_standards)
    materials = samples.reference_materials
    certified = Certified(
        ("Glass",), materials.analytes, np.full((1, 10), 3.0), np.full((1, 10), np.nan)
    )
    model = told_model({"s": GOOD})
    sessions = sessions_for(model, samples, certified, SIZED)
    return next(judge(model, samples, [("s", claim)], SIZED, sessions))


def in_lot(second, claim="A", copy=False):
    """A lot of two samples with 20 grains; the second holds what the first does, or not."""
    values = np.full((40, 10), 3.0)
    if not copy:
        values[20:] = 4.0
    lot = samples_of(values, ["s"] * 20 + ["t"] * 20)
    return judge_lot(told_model({"s": GOOD, "t": second}), lot, "L", claim, Policy(alpha=0.1))


def with_one_grain():
    lot = samples_of(np.full((21, 10), 3.0), ["s"] * 20 + ["t"])
    return judge_lot(told_model({"s": GOOD, "t": GOOD}), lot, "L", "A", SIZED)


def few_true():
    n = 49
    return TrueScores(
        np.zeros(n), np.full(n, 20), np.full(n, 3), np.ones(n), np.zeros(n), np.full(n, np.inf)
    )


GOOD = [2.0, -1.0, -5.0]

# Every reason that can decide, with the verdict that it stands for.
DECIDING = {
    Reason.CONSISTENT: (lambda: verdict(GOOD, "A"), "plausible"),
    Reason.UNLIKE_SITE: (lambda: verdict(GOOD, "C"), "implausible"),
    Reason.DISTRICT_ONLY: (lambda: verdict([2.0, 2.5, -5.0], "A"), "inconclusive"),
    Reason.WEAK_EVIDENCE: (lambda: verdict([0.9, -5.0, -5.0], "A"), "inconclusive"),
    Reason.TOO_FEW_TRUE_TRIALS: (
        lambda: verdict(GOOD, "C", true_scores=few_true()),
        "inconclusive",
    ),
    Reason.SITE_UNKNOWN: (lambda: verdict(GOOD, "Z"), "inconclusive"),
    Reason.NO_GRAINS: (lambda: verdict([math.nan] * 3, "A", no_grains()), "inconclusive"),
    Reason.ONE_GRAIN: (lambda: verdict(GOOD, "A", one_sample(1)), "inconclusive"),
    Reason.TOO_FEW_GRAINS: (
        lambda: verdict(GOOD, "C", one_sample(4), Policy(least_grains=5)),
        "inconclusive",
    ),
    Reason.TOO_FEW_ANALYTES: (
        lambda: verdict(GOOD, "C", one_sample(n_measured=4)),
        "inconclusive",
    ),
    Reason.SESSION_OUTSIDE_LIMITS: (lambda: in_judged_session(1.3, claim="C"), "inconclusive"),
    Reason.COMMON_FACTOR: (
        lambda: verdict(GOOD, "A", scorers={"three_level": HalfReader({})}),
        "inconclusive",
    ),
    Reason.LOT_DISAGREES: (lambda: in_lot([-0.1, 0.0, 0.0]), "inconclusive"),
}
# Every reason that is a note beside the verdict.
NOTES = {
    Reason.ONE_GRAIN: lambda: verdict(GOOD, "Z", one_sample(1)),
    Reason.FEW_GRAINS: lambda: verdict(GOOD, "A", one_sample(9), Policy()),
    Reason.ANALYTES_MISSING: lambda: verdict(GOOD, "A", one_sample(n_measured=9)),
    Reason.ANALYTES_UNKNOWN: lambda: verdict(
        GOOD, "A", one_sample(n_measured=11, elements=(*ELEMENTS, "Pb"))
    ),
    Reason.LIMITS_HIGH: lambda: verdict(GOOD, "A", coarse_sample()),
    Reason.ONE_REFERENCE_SAMPLE: lambda: verdict(GOOD, "B"),
    Reason.NO_NEIGHBOURS: lambda: verdict(GOOD, "C"),
    Reason.LABORATORY_NEW: lambda: verdict(GOOD, "A", one_sample(laboratory="L9")),
    Reason.SESSION_OUTSIDE_LIMITS: lambda: in_judged_session(1.3, claim="Z"),
    Reason.SESSION_NOT_JUDGED: lambda: in_judged_session(1.3, n_standards=3),
    Reason.SESSION_WITHOUT_REFERENCE_MATERIAL: lambda: verdict(GOOD, "A", sessions=()),
    Reason.REFERENCE_MATERIALS_NOT_CHECKED: lambda: verdict(GOOD, "A", in_session(1.3)),
    Reason.OTHERS_NOT_EXCLUDED: lambda: verdict([2.0, 1.0, -5.0], "A"),
    Reason.LOT_SAMPLES_LEFT_OUT: with_one_grain,
    Reason.LOT_REPEATS_SAMPLE: lambda: in_lot(GOOD, copy=True),
}


@pytest.mark.parametrize(("reason", "case"), DECIDING.items())
def test_every_reason_that_decides(reason, case):
    make, word = case
    got = make()
    assert got.reasons[0] == reason
    assert got.verdict == word == VERDICT_OF[reason]
    assert len(set(got.reasons)) == len(got.reasons)


@pytest.mark.parametrize(("reason", "make"), NOTES.items())
def test_every_reason_that_is_noted(reason, make):
    assert reason in make().reasons[1:]
    # And not without cause.
    assert reason not in verdict(GOOD, "A").reasons


def test_there_is_a_case_and_a_sentence_for_every_reason():
    assert set(DECIDING) | set(NOTES) == set(Reason) == set(VERDICT_OF)
    for sentences in SENTENCES.values():
        assert set(sentences) == set(Reason)
        assert all(text.endswith(".") for text in sentences.values())


def test_a_plain_verdict_has_nothing_to_add():
    got = verdict(GOOD, "A")
    assert got.reasons == (Reason.CONSISTENT,)
    assert (got.sample, got.claim, got.district, got.n_grains) == ("s", "A", "north", 20)
    assert got.score == pytest.approx(2.0 * LN10)
    assert got.log10_lr == pytest.approx(2.0)
    lead = np.sinh(2.0 * LN10) - np.sinh(-1.0 * LN10)
    assert got.log10_lr_near == pytest.approx(np.arcsinh(lead) / LN10)
    # True claims no larger than 2.0: 0.0, 0.1, ... 2.0.
    assert got.p_value == pytest.approx((1 + 21) / 61)
    assert got.not_excluded == ()


@pytest.mark.parametrize(
    ("row", "first"),
    [
        ([1.0, 1.0, -5.0], Reason.CONSISTENT),  # both thresholds are met at their edge
        ([0.99, 0.5, -5.0], Reason.WEAK_EVIDENCE),
        ([1.5, 1.51, -5.0], Reason.DISTRICT_ONLY),
        ([0.5, 2.0, -5.0], Reason.WEAK_EVIDENCE),  # weak goes before the district
        ([-0.01, -5.0, -5.0], Reason.UNLIKE_SITE),
        ([0.0, -5.0, -5.0], Reason.WEAK_EVIDENCE),  # as unlike as the most unlike true claim
    ],
)
def test_thresholds_at_their_edges(row, first):
    assert verdict(row, "A").reasons[0] == first


def test_implausible_is_at_most_alpha_exactly():
    # One true claim is no larger than 0.05: p = 2 / 61.
    for alpha, word in ((2 / 61, "implausible"), (2 / 61 - 1e-9, "inconclusive")):
        got = verdict([0.05, -5.0, -5.0], "A", policy=Policy(alpha=alpha, few_grains=2))
        assert got.verdict == word
    assert verdict([0.05, -5, -5], "A", policy=Policy(alpha=0.033)).verdict == "implausible"
    assert verdict([0.05, -5, -5], "A", policy=Policy(alpha=0.032)).verdict == "inconclusive"


def test_without_a_neighbour_the_alternative_is_anywhere():
    got = verdict([0.0, 0.0, 2.0], "C")
    assert got.log10_lr_near == got.log10_lr == pytest.approx(2.0)
    assert got.verdict == "plausible"


def test_ratios_are_bounded_by_the_library_and_the_score_is_not():
    got = verdict([40.0, -40.0, -40.0], "A")
    assert got.log10_lr == pytest.approx(math.log10(9999 + 1))
    assert got.score == pytest.approx(40 * LN10)
    low = verdict([40.0, -40.0, -40.0], "B")
    assert low.log10_lr == pytest.approx(-math.log10(60 + 1))


def test_sites_not_excluded_come_most_alike_first():
    assert verdict([1.0, 3.0, 2.0], "A").not_excluded == ("B", "C")
    assert verdict([1.0, 2.0, 3.0], "A").not_excluded == ("C", "B")
    assert verdict([1.0, -2.0, 3.0], "A").not_excluded == ("C",)
    # Nothing of the claim itself; all of them where the claimed site is not in the library.
    assert verdict([1.0, 2.0, 3.0], "Z").not_excluded == ("C", "B", "A")


def test_where_no_claim_can_be_rejected_no_site_is_excluded():
    got = verdict([2.0, -3.0, -5.0], "A", true_scores=few_true())
    assert math.isnan(got.p_value)
    assert got.not_excluded == ("B", "C")


def test_an_unknown_site_is_an_answer_and_no_error():
    got = verdict(GOOD, "Z", one_sample(9), Policy())
    assert got.verdict == "inconclusive"
    assert got.reasons == (Reason.SITE_UNKNOWN, Reason.FEW_GRAINS)
    assert math.isnan(got.log10_lr)
    assert math.isnan(got.p_value)


def test_a_sample_that_was_not_measured_is_evidence_of_nothing():
    for samples in (no_grains(), one_sample(n_measured=0)):
        # Of a claim that is unknown.
        low = OpenFusion.of_one(Fusion(np.zeros(2), np.ones(2), np.zeros(2), -9.0))
        got = verdict([math.nan] * 3, "A", samples, fusion=low)
        assert got.verdict == "inconclusive"
        assert got.log10_lr == got.log10_lr_near == got.log10_lr_low == got.log10_lr_high == 0.0
        assert math.isnan(got.p_value)
        assert set(got.not_excluded) == {"B", "C"}
        assert math.isfinite(got.score)


def test_names_of_sites_are_taken_to_the_letter():
    assert verdict(GOOD, "a").reasons[0] == Reason.SITE_UNKNOWN
    assert verdict(GOOD, "").reasons[0] == Reason.SITE_UNKNOWN


def test_least_analytes_is_capped_by_what_the_model_has():
    three = ELEMENTS[:3]
    samples = one_sample(n_measured=3, elements=three)
    changes = {"analytes": three, "reach": np.full(3, -np.inf)}
    assert verdict(GOOD, "A", samples, **changes).verdict == "plausible"
    fewer = one_sample(n_measured=2, elements=three)
    assert verdict(GOOD, "A", fewer, **changes).reasons[0] == Reason.TOO_FEW_ANALYTES


def test_a_laboratory_is_known_by_each_of_its_names():
    two = one_sample(2)
    facts = two.assay.facts.assign(laboratory=["L1", "L2"])
    both = SampleSet.from_tables(replace(two.assay, facts=facts))
    assert Reason.LABORATORY_NEW not in verdict(GOOD, "A", both).reasons
    facts = two.assay.facts.assign(laboratory=["L1", "L9"])
    mixed = SampleSet.from_tables(replace(two.assay, facts=facts))
    assert Reason.LABORATORY_NEW in verdict(GOOD, "A", mixed).reasons


def test_claims_come_sample_by_sample_in_their_own_order():
    names = [f"s{i:03d}" for i in range(150)]  # more than one chunk
    samples = samples_of(np.full((300, 10), 3.0), np.repeat(names, 2))
    model = told_model({s: [i / 100, 0.0, -1.0] for i, s in enumerate(names)})
    claims = [(s, c) for s in reversed(names) for c in ("C", "A", "C")]
    got = list(judge(model, samples, claims, SIZED))
    assert [(v.sample, v.claim) for v in got] == [(s, c) for s in names for c in ("C", "A", "C")]
    for v in got:
        expected = int(v.sample[1:]) / 100 if v.claim == "A" else -1.0
        assert v.log10_lr == pytest.approx(expected)


def test_a_claim_about_a_sample_that_is_not_there_is_the_users_fault():
    with pytest.raises(InputError, match="'t', which is not in the samples"):
        list(judge(told_model({"s": GOOD}), one_sample(), [("t", "A")], SIZED))


def test_a_verdict_needs_a_reason():
    plain = verdict(GOOD, "A")
    with pytest.raises(ValueError, match="reason"):
        Verdict(**{**vars(plain), "reasons": ()})


@pytest.mark.parametrize(
    ("log10_lr", "words"),
    [
        (0.2, "no support for either side"),
        (0.31, "weak support for the claimed site"),
        (-1.0, "moderate support for another origin"),
        (3.5, "strong support for the claimed site"),
        (-6.0, "extremely strong support for another origin"),
    ],
)
def test_the_scale_in_words(log10_lr, words):
    assert in_words(log10_lr) == words


def test_on_a_trained_model_the_policy_is_kept_to_the_letter(model, reference):
    _, fresh = reference
    policy = Policy(alpha=0.05, least_analytes=3)
    got = list(judge(model, fresh, all_claims(model, fresh), policy))
    assert len(got) == len(fresh) * len(model.sites.names)
    names = list(model.sites.names)
    by_sample = {}
    for v in got:
        by_sample.setdefault(v.sample, []).append(v)
        expected = (
            "inconclusive"
            if v.factor is not None
            else "implausible"
            if v.p_value <= policy.alpha
            else "plausible"
            if v.log10_lr >= 1.0 and v.log10_lr_near >= 0.0
            else "inconclusive"
        )
        assert v.verdict == expected
        low, high = model.bounds
        assert low <= v.log10_lr_low <= v.log10_lr <= v.log10_lr_high <= high
        assert math.isfinite(v.score)
    for claims in by_sample.values():
        kept = {v.claim for v in claims if v.p_value > policy.alpha}
        score = {v.claim: v.score for v in claims}
        for v in claims:
            assert set(v.not_excluded) == kept - {v.claim}
            order = [-score[site] for site in v.not_excluded]
            assert order == sorted(order)
    # With so clear a signal nearly all true claims pass and nearly all false ones do not.
    own = dict(zip(fresh.ids, fresh.fact("site"), strict=True))
    true = [v for v in got if own[v.sample] == v.claim]
    false = [v for v in got if own[v.sample] != v.claim]
    assert len(true) == len(fresh)
    assert np.mean([v.verdict == "plausible" for v in true]) > 0.7
    assert np.mean([v.verdict == "implausible" for v in false]) > 0.7
    assert sorted(names) == names


def test_a_verdict_does_not_depend_on_the_company_of_other_samples(model, reference):
    _, fresh = reference
    claims = [(s, model.sites.names[0]) for s in fresh.ids]
    together = list(judge(model, fresh, claims, Policy()))
    for i in (0, 5, 13):
        alone = next(judge(model, fresh.take(np.array([i])), [claims[i]], Policy()))
        assert alone == together[i]


def test_a_library_given_as_samples_is_no_help_to_its_own_claims(reference, model):
    """Reference samples are scored by scorers that have seen them; the p-value is not told so."""
    library, _ = reference
    assert isinstance(library, Library)
    own = model.weigh(library.samples).score[np.arange(len(library)), library.sample_site]
    # True scores of the conformal p-value come from scorers that have not: they are lower.
    assert np.median(model.true_scores.scores) < np.median(own)

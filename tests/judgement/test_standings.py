"""Which sessions a sample belongs to, and what they mean for it."""

from dataclasses import replace

import numpy as np
import pytest

from builders import assay_of, gaussian, samples_of, small_forests
from fingerprint.intake import concatenate
from fingerprint.judgement import Policy, Reason, all_claims, judge, train_for_samples
from fingerprint.judgement.sessions import standings
from fingerprint.library import Library
from fingerprint.quality import SessionLimits, SessionQuality, judge_sessions
from fingerprint.tables import Certified, SampleSet
from fingerprint.tables.reference_materials import marked


def session(laboratory, name, factor=1.0, n=6):
    glass = assay_of(np.full((n, 3), factor), ["g"] * n, material=["G"] * n,
                     laboratory=[laboratory] * n, session=[name] * n)  # fmt: skip
    certified = Certified(("G",), glass.analytes, np.ones((1, 3)), np.full((1, 3), np.nan))
    (judged,) = judge_sessions(glass, certified, SessionLimits())
    return judged


def sample(laboratories, sessions):
    n = len(sessions)
    return samples_of(np.ones((n, 3)), ["s"] * n, laboratory=laboratories, session=sessions)


GOOD, BAD, FEW = session("L1", "1"), session("L1", "2", 1.5), session("L1", "3", 1.5, n=2)


@pytest.mark.parametrize(
    ("laboratories", "sessions", "reason"),
    [
        (["L1", "L1"], ["1", "1"], None),
        (["L1", "L1"], ["1", "2"], Reason.SESSION_OUTSIDE_LIMITS),
        (["L1", "L1"], ["3", "2"], Reason.SESSION_OUTSIDE_LIMITS),
        (["L1", "L1"], ["1", "3"], Reason.SESSION_NOT_JUDGED),
        (["L1", "L1"], ["1", "4"], Reason.SESSION_WITHOUT_REFERENCE_MATERIAL),
        # The same name in another laboratory is another session; no laboratory may be any.
        (["L2", "L2"], ["2", "2"], Reason.SESSION_WITHOUT_REFERENCE_MATERIAL),
        (["", ""], ["2", "2"], Reason.SESSION_OUTSIDE_LIMITS),
        (["L1", "L1"], ["", ""], Reason.SESSION_WITHOUT_REFERENCE_MATERIAL),
    ],
)
def test_the_gravest_of_a_samples_sessions_counts(laboratories, sessions, reason):
    (standing,) = standings(sample(laboratories, sessions), (GOOD, BAD, FEW))
    assert standing.reason == reason
    assert bool(standing.detail) == (reason is Reason.SESSION_OUTSIDE_LIMITS)


def test_the_session_may_be_stated_once_for_the_sample():
    assay = assay_of(np.ones((2, 3)), ["s", "s"])
    facts = sample(["L1", "L1"], ["2", "2"]).facts.reset_index()
    samples = SampleSet.from_tables(assay, sample_facts=facts)
    assert standings(samples, (BAD,))[0].outside


def with_standards(samples, factor):
    """The samples, and in their one session a standard that reads by a factor."""
    p = len(samples.assay.analytes)
    noise = np.exp(0.03 * np.random.default_rng(1).standard_normal((8, p)))
    standards = assay_of(100 * factor * noise, ["g"] * 8, elements=samples.assay.keys)
    standards = replace(standards, analytes=samples.assay.analytes)
    standards = marked(replace(standards, facts=standards.facts.assign(material="G")))
    assay = concatenate([samples.assay, standards])
    facts = samples.facts.reset_index().astype(object)
    return SampleSet.from_tables(assay, sample_facts=facts)


def test_a_library_with_reference_materials_trains_as_without():
    plain = gaussian(8, 5, 8, p=5, seed=4)
    mixed = Library(with_standards(plain.samples, 3.0))
    assert mixed.samples.reference_materials is not None
    with small_forests():
        one, other = train_for_samples(plain), train_for_samples(mixed)
    policy = Policy(least_analytes=3)
    claims = all_claims(one, plain.samples)[:40]
    said, again = (list(judge(m, plain.samples, claims, policy)) for m in (one, other))
    assert repr(said) == repr(again)
    assert replace(one.provenance, library_hash="") == replace(other.provenance, library_hash="")


def test_a_session_is_judged_by_name_and_quality_alone():
    assert isinstance(GOOD, SessionQuality)
    assert [s.state for s in (GOOD, BAD, FEW)] == ["within", "outside", "not judged"]

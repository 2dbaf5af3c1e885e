"""Sessions outside their limits, and the samples that were measured in them."""

from dataclasses import replace

import numpy as np
import pytest

from builders import assay_of, gaussian
from fingerprint.health import session_findings
from fingerprint.health.admission import examine
from fingerprint.library import Library
from fingerprint.quality import SessionLimits, judge_sessions
from fingerprint.tables import Certified, SampleSet


def judged(name, factor=1.0, n=6, laboratory="L1"):
    glass = assay_of(np.full((n, 3), factor), ["g"] * n, material=["G"] * n,
                     laboratory=[laboratory] * n, session=[name] * n)  # fmt: skip
    certified = Certified(("G",), glass.analytes, np.ones((1, 3)), np.full((1, 3), np.nan))
    return judge_sessions(glass, certified, SessionLimits())[0]


def measured_in(library, sessions):
    """The library with a session for each of its samples, in laboratory L1."""
    facts = library.samples.facts.reset_index().astype(object)
    facts = facts.assign(laboratory="L1", session=sessions)
    return Library(SampleSet.from_tables(library.samples.assay, sample_facts=facts))


@pytest.fixture(scope="module")
def library():
    """Sessions 1, 2 and 3 in turn."""
    plain = gaussian(6, 4, 8, between=1.0)
    return measured_in(plain, ["1", "2", "3"] * 8)


def names(library, session):
    return tuple(library.samples.ids[library.samples.fact("session") == session])


def test_a_session_outside_must_be_settled_with_its_samples(library):
    sessions = (judged("1"), judged("2", 1.5), judged("3"))
    (found,) = session_findings(library.samples, sessions)
    assert (found.kind, found.weight, found.subject) == ("session", "settle", "session 2 of L1")
    assert found.samples == names(library, "2")
    assert "all analytes read 1.50 times the reference value of G" in found.sentence
    assert "8 samples measured there" in found.sentence
    assert dict(found.numbers)["G, common_factor"] == pytest.approx(1.5)


def test_sessions_within_their_limits_are_no_finding(library):
    assert session_findings(library.samples, [judged(k) for k in "123"]) == []
    assert session_findings(library.samples, ()) == []


def test_sessions_not_judged_are_one_finding(library):
    few = [judged(name, 1.5, n=2) for name in "13"]
    (found,) = session_findings(library.samples, few)
    assert (found.kind, found.weight) == ("session", "look")
    assert found.samples == tuple(sorted(names(library, "1") + names(library, "3")))
    assert found.sentence.startswith("2 sessions could not be judged")
    assert few[0].sentence in found.sentence


def test_a_session_that_measured_no_sample_is_good_to_know(library):
    (found,) = session_findings(library.samples, [judged("9", 1.5)])
    assert (found.weight, found.samples) == ("note", ())
    (other,) = session_findings(library.samples, [judged("2", 1.5, laboratory="L2")])
    assert other.samples == ()


@pytest.fixture(scope="module")
def offered(library):
    last = np.array([name.endswith("-03") for name in library.samples.ids])
    return library.take(~last), library.samples.take(last)


def test_samples_of_a_session_outside_are_held_back(offered):
    reference, samples = offered
    session = str(samples.fact("session")[0])
    sessions = [judged(name, 1.5 if name == session else 1.0) for name in "123"]
    against = examine(reference, samples, sessions=sessions).against
    (found,) = [f for f in against if f.kind == "session"]
    assert f"session {session} of L1" in found.subject
    assert set(found.samples) & set(samples.ids)
    assert not [f for f in examine(reference, samples).against if f.kind == "session"]


def test_a_session_that_touches_the_library_alone_holds_nothing_back(offered):
    reference, samples = offered
    elsewhere = replace(samples, facts=samples.facts.assign(session="new").astype(object))
    against = examine(reference, elsewhere, sessions=[judged("1", 1.5)]).against
    assert not [f for f in against if f.kind == "session"]


def test_a_session_that_was_not_judged_holds_nothing_back(offered):
    reference, samples = offered
    few = [judged(name, 1.5, n=2) for name in "123"]
    assert not [f for f in examine(reference, samples, sessions=few).against if f.kind == "session"]

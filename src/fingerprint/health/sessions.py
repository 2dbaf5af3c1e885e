"""Sessions that read their reference materials outside the limits, and what was measured there."""

from __future__ import annotations

from collections.abc import Sequence

from fingerprint.health.findings import Finding, listed
from fingerprint.library.notes import counted
from fingerprint.quality import Deviation, SessionQuality
from fingerprint.quality.places import is_session_of, places_of
from fingerprint.tables import SampleSet


def session_findings(samples: SampleSet, sessions: Sequence[SessionQuality]) -> list[Finding]:
    """Tell which sessions are outside their limits, and which could not be judged.

    Parameters
    ----------
    samples
        The samples of a library.
    sessions
        Its judged sessions, from `fingerprint.quality.judge_sessions`.
    """
    names = _measured_in(samples, sessions)
    outside = [
        _outside(session, measured)
        for session, measured in zip(sessions, names, strict=True)
        if session.state == "outside"
    ]
    unjudged = [k for k, session in enumerate(sessions) if session.state == "not judged"]
    if not unjudged:
        return outside
    measured = sorted({name for k in unjudged for name in names[k]})
    first = sessions[unjudged[0]]
    why = first.sentence if len(unjudged) == 1 else f"The first: {first.sentence}"
    sentence = (
        f"{counted(len(unjudged), 'session')} could not be judged "
        f"({listed([sessions[k].name for k in unjudged])}), with "
        f"{counted(len(measured), 'sample')}. {why}"
    )
    return [*outside, Finding("session", "look", sentence, "not judged", tuple(measured))]


def _outside(session: SessionQuality, measured: tuple[str, ...]) -> Finding:
    samples = (
        f"{counted(len(measured), 'sample')} measured there: {listed(measured)}."
        if measured
        else "No sample of the library was measured there."
    )
    return Finding(
        "session",
        "settle" if measured else "note",
        f"{session.sentence} {samples}",
        session.name,
        measured,
        numbers=tuple(_number(finding) for finding in session.findings),
    )


def _number(finding: Deviation) -> tuple[str, float]:
    """What lies outside: recovery as a factor, drift as a relative change."""
    found = finding.reading
    is_level = finding.kind in ("recovery", "common_factor")
    name = f"{finding.material}, {finding.kind} {found.analyte}".rstrip()
    return name, found.recovery if is_level else found.drift


def _measured_in(samples: SampleSet, sessions: Sequence[SessionQuality]) -> list[tuple[str, ...]]:
    """Names of the samples of each session, sorted."""
    places = places_of(samples)
    of_place = {
        place: {k for k, session in enumerate(sessions) if is_session_of(place, session)}
        for place in set().union(*places)
    }
    found: list[list[str]] = [[] for _ in sessions]
    for row in range(len(samples)):
        for k in set().union(*(of_place[place] for place in places[row])):
            found[k].append(str(samples.ids[row]))
    return [tuple(names) for names in found]

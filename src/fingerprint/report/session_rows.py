"""What the reference materials of sessions showed, as rows of a table and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fingerprint.quality import MaterialReading, Reading, SessionQuality
from fingerprint.report.contents import Number

NOT_GIVEN = "(not given)"


@dataclass(frozen=True)
class SessionRow:
    """One reference material in one session, as a table shows it.

    Parameters
    ----------
    session, laboratory, material
        Their names; a session that is not named is ``(not given)``.
    state
        ``within``, ``outside`` or ``not judged``: of this material.
    n, n_analytes
        Measurements, and analytes that could be compared.
    recovery, recovery_low, recovery_high
        Median over analytes of measured over certified, with its 95 % interval.
    drift, drift_low, drift_high
        Change common to all analytes from the session's first to its last measurement.
    farthest, farthest_recovery
        The analyte whose recovery is farthest from 1.
    repeatability
        Median over analytes of the relative standard deviation.
    remark
        What lies outside, or why nothing can be said.
    """

    session: str
    laboratory: str
    material: str
    state: str
    n: int
    n_analytes: int
    recovery: Number
    recovery_low: Number
    recovery_high: Number
    drift: Number
    drift_low: Number
    drift_high: Number
    farthest: str
    farthest_recovery: Number
    repeatability: Number
    remark: str


def session_rows(sessions: Sequence[SessionQuality]) -> tuple[SessionRow, ...]:
    """Give one row a session and reference material.

    Parameters
    ----------
    sessions
        From `judge_sessions`.
    """
    return tuple(_row(session, material) for session, material in pairs(sessions))


def n_outside(sessions: Sequence[SessionQuality] | None) -> int:
    """Count the sessions outside their limits, whose samples stay inconclusive.

    Parameters
    ----------
    sessions
        From `judge_sessions`; None: none was judged.
    """
    return sum(session.state == "outside" for session in sessions or ())


def session_document(sessions: Sequence[SessionQuality]) -> list[dict[str, Any]]:
    """Give the sessions as JSON can hold them.

    Parameters
    ----------
    sessions
        From `judge_sessions`.
    """
    return [
        {
            "laboratory": session.laboratory,
            "session": session.session,
            "state": session.state,
            "findings": [
                {
                    "kind": f.kind,
                    "material": f.material,
                    "sentence": as_sentence(f.sentence),
                    **_numbers(f.reading),
                }
                for f in session.findings
            ],
            "materials": [
                {
                    "material": m.material,
                    "n": m.n,
                    "why_not": m.why_not,
                    "common": _numbers(m.common) if m.common else None,
                    "analytes": [_numbers(reading) for reading in m.analytes],
                }
                for m in session.materials
            ],
        }
        for session in sessions
    ]


def _numbers(reading: Reading) -> dict[str, Any]:
    return {
        name: known(value) if isinstance(value, float) else value
        for name, value in vars(reading).items()
    }


def as_sentence(text: str) -> str:
    """Begin with a capital letter."""
    return text[0].upper() + text[1:]


def known(value: float) -> Number:
    """Return the number, None for one without end."""
    return value if np.isfinite(value) else None


def pairs(sessions: Sequence[SessionQuality]) -> Iterator[tuple[SessionQuality, MaterialReading]]:
    """Give every reference material with the session that measured it."""
    return ((session, material) for session in sessions for material in session.materials)


def _row(session: SessionQuality, material: MaterialReading) -> SessionRow:
    findings = [f for f in session.findings if f.material == material.material]
    judged = "within" if material.analytes else "not judged"
    common = material.common or (material.analytes[0] if len(material.analytes) == 1 else None)
    farthest = max(material.analytes, key=lambda r: abs(np.log(r.recovery)), default=None)
    spread = [reading.repeatability for reading in material.analytes]
    return SessionRow(
        session=session.session or NOT_GIVEN,
        laboratory=session.laboratory,
        material=material.material,
        state="outside" if findings else judged,
        n=material.n,
        n_analytes=len(material.analytes),
        recovery=common.recovery if common else None,
        recovery_low=common.recovery_low if common else None,
        recovery_high=common.recovery_high if common else None,
        drift=known(common.drift) if common else None,
        drift_low=known(common.drift_low) if common else None,
        drift_high=known(common.drift_high) if common else None,
        farthest=farthest.analyte if farthest else "",
        farthest_recovery=farthest.recovery if farthest else None,
        repeatability=float(np.median(spread)) if spread else None,
        remark=" ".join(as_sentence(f.sentence) for f in findings) or material.why_not,
    )

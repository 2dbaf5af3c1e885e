"""What the reference materials of sessions showed, as a section of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from fingerprint.quality import MaterialReading, SessionLimits, SessionQuality
from fingerprint.report.numbers import signed
from fingerprint.report.session_plots import draw_drift, draw_recovery, recovery_height
from fingerprint.report.session_rows import SessionRow, as_sentence, known, pairs, session_rows
from fingerprint.report.svg import inline_svg

_STAMP = "MADE-UP DATA"
_WIDTH = 7.2


@dataclass(frozen=True)
class SessionSection:
    """Everything that the section of a page shows.

    Parameters
    ----------
    rows
        The table.
    recovery
        One figure of all sessions; empty if none could be judged.
    drifts
        One figure a session and material, with its caption.
    limits
        What the sessions were judged by.
    """

    rows: tuple[SessionRow, ...]
    recovery: Markup
    drifts: tuple[tuple[str, Markup], ...]
    limits: SessionLimits


def session_section(
    sessions: Sequence[SessionQuality], limits: SessionLimits, *, made_up: bool
) -> SessionSection:
    """Gather the table and the figures of a page's section on sessions.

    Parameters
    ----------
    sessions
        From `judge_sessions`.
    limits
        What they were judged by.
    made_up
        Whether the figures must say that the data are made up.
    """
    judged = [(s, m) for s, m in pairs(sessions) if m.analytes]
    stamp = _STAMP if made_up else ""
    return SessionSection(
        session_rows(sessions),
        _recovery_figure(judged, limits, stamp) if judged else Markup(""),
        tuple(_drift_figure(i, s, m, limits, stamp) for i, (s, m) in enumerate(judged)),
        limits,
    )


def _recovery_figure(
    judged: Sequence[tuple[SessionQuality, MaterialReading]], limits: SessionLimits, stamp: str
) -> Markup:
    outside = sum(bool(session.findings) for session, _ in judged)
    return inline_svg(
        partial(draw_recovery, judged=judged, limits=limits),
        "recovery",
        f"Recovery of every analyte of {len(judged)} reference materials in their sessions; "
        f"{outside} outside the limits.",
        (_WIDTH, recovery_height(len(judged)) + 0.72),
        (0.44, 0.44, 0.05, 0.28),
        stamp=stamp,
    )


def _drift_figure(
    i: int, session: SessionQuality, material: MaterialReading, limits: SessionLimits, stamp: str
) -> tuple[str, Markup]:
    caption = f"{as_sentence(session.name)}, {material.material}"
    if material.common is not None and known(material.common.drift) is not None:
        caption += f": {signed(100 * material.common.drift, 0)} % in all analytes together"
    figure = inline_svg(
        partial(draw_drift, session=session, material=material, limits=limits),
        f"drift-{i}",
        f"Measured over reference value from the first to the last measurement of "
        f"{material.material} in {session.name}.",
        (2.6, 1.95),
        (0.44, 0.42, 0.34, 0.17),
        stamp=stamp,
    )
    return caption, figure

"""The page and the JSON on the health of a library."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from math import log
from typing import Any

from markupsafe import Markup

from fingerprint.health import WEIGHTS, Health, History, first_of_each_kind, listed
from fingerprint.health.shifts import GroupShift
from fingerprint.quality import SessionLimits, SessionQuality
from fingerprint.report import numbers
from fingerprint.report.health_plots import (
    MOST_SITES,
    ShiftRow,
    draw_dendrogram,
    draw_shifts,
    nearest_sites,
)
from fingerprint.report.session_rows import session_document
from fingerprint.report.sessions import session_section
from fingerprint.report.svg import inline_svg
from fingerprint.report.templates import template

_STAMP = "MADE-UP DATA"
_MOST_GROUPS = 30
_MOST_ROWS = 50
_MOST_NAMES = 12
_MOST_PAIRS = 5
# Findings of one kind: the tables below have more.
_MOST_SHOWN = 8
_BEYOND = 1e6
_FOOTER = (
    "Findings on measurements and labels. A site that is named is no suspicion against it: alike "
    "geology is enough."
)


def health_json(
    health: Health, history: History, sessions: Sequence[SessionQuality] | None = None
) -> str:
    """Return everything that was found as JSON, always valid: no NaN, no infinity.

    Parameters
    ----------
    health
        From `check_library`.
    history
        Of the library.
    sessions
        What its reference materials showed; None if no certified values were given.
    """
    document = health.as_dict()
    document["history"] = {
        "broken": history.broken,
        "entries": [asdict(entry) for entry in history.entries],
    }
    document["sessions"] = None if sessions is None else session_document(sessions)
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def render_health(
    health: Health,
    history: History,
    name: str,
    sessions: Sequence[SessionQuality] | None = None,
) -> str:
    """Render a page on the health of a library: no script, nothing fetched, all texts escaped.

    Parameters
    ----------
    health
        From `check_library`.
    history
        Of the library.
    name
        What to call the library.
    sessions
        As for `health_json`.
    """
    section = None
    if sessions:
        section = session_section(sessions, SessionLimits(), made_up=health.made_up)
    context = _context(health, history, name)
    return template("health.html.jinja").render(sessions=section, **context)


def _context(health: Health, history: History, name: str) -> dict[str, Any]:
    rows = _shift_rows(health)
    drawn = len(nearest_sites(health.likeness)) if health.likeness else 0
    return {
        "h": health,
        "name": name,
        "history": history,
        "by_weight": {
            weight: (
                title,
                first_of_each_kind([f for f in health.findings if f.weight == weight], _MOST_SHOWN),
            )
            for weight, title in WEIGHTS.items()
        },
        "most": _MOST_ROWS,
        "times_elsewhere": _times_elsewhere,
        "shifts": _shift_figure(health, rows[:_MOST_GROUPS]) if rows else "",
        "n_rows": (min(len(rows), _MOST_GROUPS), len(rows)),
        "blind": _names([g for g in health.groups if g.contrast is None]),
        "between": _names([g for g in health.groups if g.contrast and not g.contrast.paired]),
        "names": partial(listed, most=_MOST_NAMES),
        "tree": _tree_figure(health) if health.likeness else "",
        "drawn": drawn,
        "pairs": health.likeness.most_alike(_MOST_PAIRS) if health.likeness else [],
        "most_sites": MOST_SITES,
        "wanting": [need for need in health.needs if need.needs_more],
        "footer": _FOOTER,
    }


def _names(groups: Sequence[GroupShift]) -> str:
    """Each name once: the same laboratory may be a group by its method too."""
    return listed(list(dict.fromkeys(group.group for group in groups)), _MOST_NAMES)


def _times_elsewhere(log10_lr: float) -> str:
    """How many times more probable elsewhere is, as far as it means anything."""
    times = 10.0**-log10_lr if log10_lr > -6 else _BEYOND
    return f"> {_BEYOND:,.0f}" if times >= _BEYOND else numbers.significant(times, 2)


def _shift_rows(health: Health) -> list[ShiftRow]:
    """Groups that could be compared, those off by a factor first, then the most shifted."""
    off = {(f.grouping, f.group): f for f in health.factors}
    rows = []
    for group in health.groups:
        c = group.contrast
        if c is None:
            continue
        found = off.get((group.grouping, group.group))
        level = found.factor if found else 1.0
        low, high = (10.0**end for end in c.interval)
        rows.append(
            ShiftRow(
                f"{group.group} ({group.grouping})",
                level * 10.0**c.shift if not found else found.factor,
                level * low if not found else found.low,
                level * high if not found else found.high,
                tuple(level * 10.0**s for s in c.of_analytes if s == s),
                found is not None,
            )
        )
    return sorted(rows, key=lambda row: (not row.off, -abs(log(row.factor))))


def _shift_figure(health: Health, rows: list[ShiftRow]) -> Markup:
    text = (
        "How many times higher each laboratory or session measures than the others: "
        + "; ".join(
            f"{row.label} {row.factor:.3g} ({row.low:.3g} to {row.high:.3g})" for row in rows
        )
    )
    return inline_svg(
        partial(draw_shifts, rows=rows),
        "shifts",
        text,
        (7.2, 0.75 + 0.24 * len(rows)),
        (2.3, 0.5, 0.2, 0.22),
        stamp=_STAMP if health.made_up else "",
    )


def _tree_figure(health: Health) -> Markup:
    likeness = health.likeness
    if likeness is None:
        return Markup()
    n = len(nearest_sites(likeness))
    text = "Dendrogram of sites. Not told apart: " + (
        "; ".join(", ".join(group) for group in likeness.groups) or "none"
    )
    return inline_svg(
        partial(draw_dendrogram, likeness=likeness),
        "tree",
        text,
        (7.2, 0.95 + 0.165 * n),
        (2.1, 0.5, 0.25, 0.42),
        stamp=_STAMP if health.made_up else "",
    )

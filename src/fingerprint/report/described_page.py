"""The page on a file: whether it can be used, its problems, and its cells with marks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fingerprint.library.contents import Description, LimitRange
from fingerprint.library.described import DescribedFile
from fingerprint.quality import SessionLimits, SessionQuality
from fingerprint.report.marked import anchors, mark_tables
from fingerprint.report.session_rows import n_outside
from fingerprint.report.sessions import session_section
from fingerprint.report.templates import template


def render_described(
    described: DescribedFile, sessions: Sequence[SessionQuality] | None = None
) -> str:
    """Render the description of a file as a page.

    The page has no script and asks for nothing else, on screen or in print. All texts of the file
    are escaped, and what would not be seen in them is shown.

    Parameters
    ----------
    described
        From `fingerprint.library.describe_file`.
    sessions
        What its reference materials showed, from `fingerprint.quality.judge_sessions`; None if no
        certified values were given.
    """
    section = None
    if sessions:
        section = session_section(sessions, SessionLimits(), made_up=described.made_up)
    outside = n_outside(sessions)
    return template("described/page.html.jinja").render(
        sessions=section, n_outside=outside, **_context(described)
    )


def _context(described: DescribedFile) -> dict[str, Any]:
    tables = mark_tables(described)
    description = described.description
    return {
        "d": described,
        "made_up": described.made_up,
        "title": described.path.name or str(described.path),
        "description": description,
        "several_files": len({p.file for p in described.problems}) > 1,
        "numbered": list(enumerate(described.problems, start=1)),
        "n_unlisted": {
            weight: sum(n for of, _, n in described.unlisted if of == weight)
            for weight in ("error", "note")
        },
        "tables": tables,
        "anchors": anchors(tables),
        "limits": {} if description is None else _limits(description),
        "laboratories": []
        if description is None
        else sorted({limit.laboratory for limit in description.limits}),
    }


def _limits(description: Description) -> dict[str, dict[str, LimitRange]]:
    """Detection limits by analyte and laboratory."""
    table: dict[str, dict[str, LimitRange]] = {}
    for limit in description.limits:
        table.setdefault(limit.column, {})[limit.laboratory] = limit
    return table

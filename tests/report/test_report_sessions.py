"""The section on reference materials: its table, its words, its figures."""

import json
import re

import numpy as np
import pytest
from matplotlib.figure import Figure

from builders import assay_of
from fingerprint.quality import SessionLimits, judge_sessions
from fingerprint.report.session_plots import OUTSIDE, draw_drift, draw_recovery
from fingerprint.report.session_rows import session_document, session_rows
from fingerprint.report.sessions import session_section
from fingerprint.tables import Certified

LIMITS = SessionLimits()
HOSTILE = "<b>&$x^2"


def sessions_of(factors, *, n=6, name="Glass"):
    """One session for each factor, (n or 1, analytes) on the reference values."""
    rng = np.random.default_rng(1)
    noise = 0.02 * rng.standard_normal((len(factors), n, 5))
    values = np.concatenate([np.exp(e) * f for e, f in zip(noise, factors, strict=True)])
    session = [f"S{i}" for i in range(len(factors)) for _ in range(n)]
    glass = assay_of(values, [name] * len(values), material=[name] * len(values), session=session)
    certified = Certified((name,), glass.analytes, np.ones((1, 5)), np.full((1, 5), np.nan))
    return judge_sessions(glass, certified, LIMITS)


ONE_OFF = np.array([1.0, 1.0, 1.5, 1.0, 1.0])
DRIFT = np.exp(0.4 * np.linspace(-0.5, 0.5, 6))[:, None]
SOUND = np.ones(5)


def test_rows_say_what_was_found():
    rows = session_rows(sessions_of([SOUND, ONE_OFF, DRIFT, 1.2 * SOUND]))
    assert [row.state for row in rows] == ["within", "outside", "outside", "outside"]
    assert [row.session for row in rows] == ["S0", "S1", "S2", "S3"]
    assert (rows[1].farthest, rows[0].remark) == ("Sn", "")
    assert rows[1].farthest_recovery == pytest.approx(1.5, rel=0.05)
    assert rows[2].drift == pytest.approx(0.49, abs=0.08)
    assert rows[2].remark.startswith("All analytes drift by +")
    assert rows[3].remark.startswith("All analytes read 1.")
    assert rows[3].recovery == pytest.approx(1.2, rel=0.03)


def test_what_is_not_judged_says_why():
    (row,) = session_rows(sessions_of([SOUND], n=2))
    assert (row.state, row.recovery, row.n_analytes) == ("not judged", None, 0)
    assert "at least 4 are needed" in row.remark
    section = session_section(sessions_of([SOUND], n=2), LIMITS, made_up=False)
    assert (str(section.recovery), section.drifts) == ("", ())


def test_the_json_has_no_number_that_is_none():
    document = session_document(sessions_of([SOUND, ONE_OFF]))
    again = json.loads(json.dumps(document, allow_nan=False))
    assert [s["state"] for s in again] == ["within", "outside"]
    assert set(again[0]) == {"laboratory", "session", "state", "findings", "materials"}
    assert set(again[0]["materials"][0]) == {"material", "n", "why_not", "common", "analytes"}
    assert [r["analyte"] for r in again[0]["materials"][0]["analytes"]] == [
        "Ta", "Nb", "Sn", "W", "Ti",
    ]  # fmt: skip


def colours(ax):
    return {line.get_color() for line in ax.get_lines()}


def words_of(ax):
    return [text.get_text() for text in ax.texts]


def test_the_recovery_chart_has_a_row_a_session_and_marks_what_is_outside():
    sessions = sessions_of([SOUND, ONE_OFF, 1.2 * SOUND])
    ax = Figure().add_subplot()
    draw_recovery(ax, [(s, m) for s in sessions for m in s.materials], LIMITS)
    sound, off, common = ax.child_axes
    assert OUTSIDE not in colours(sound)
    assert OUTSIDE in colours(off)
    assert any(re.fullmatch(r"1\.5\d|1\.4\d", word) for word in words_of(off))
    assert any("outside 0.92 to 1.08" in word for word in words_of(common))
    assert [t.get_text() for t in common.get_xticklabels()] == ["Ta", "Nb", "Sn", "W", "Ti"]
    assert not any(t.get_text() for t in sound.get_xticklabels())


def test_the_drift_chart_names_what_drifts():
    alone = np.where(np.arange(5) == 3, DRIFT, 1.0)
    for factors, name in ((alone, "W"), (DRIFT * SOUND, "all"), (SOUND, None)):
        (session,) = sessions_of([factors])
        ax = Figure().add_subplot()
        draw_drift(ax, session, session.materials[0], LIMITS)
        assert words_of(ax) == ([name] if name else [])
        assert (OUTSIDE in colours(ax)) == (name is not None)


def test_figures_escape_names_and_carry_the_stamp():
    section = session_section(sessions_of([ONE_OFF], name=HOSTILE), LIMITS, made_up=True)
    figures = [section.recovery, *(figure for _, figure in section.drifts)]
    for figure in figures:
        assert "<b>" not in figure
        assert "MADE-UP DATA" in figure
    plain = session_section(sessions_of([ONE_OFF]), LIMITS, made_up=False)
    assert "MADE-UP" not in plain.recovery

"""Recovery and drift of sessions, drawn on matplotlib axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from fingerprint.quality import MaterialReading, Reading, SessionLimits, SessionQuality
from fingerprint.report.numbers import decimal
from fingerprint.report.plots import INK, MUTED, OTHERS
from fingerprint.report.visible import visible

OUTSIDE = "#a33b00"
_BAND = "#e4e7eb"
_ROW = 0.62  # inches of one session's row
_GAP = 0.30  # and of the heading above it
_LEAST_RANGE = (0.7, 1.4)
_MOST_RANGE = (0.6, 1.67)
_INSIDE = 1.06  # what lies beyond the axis is marked at its end
_MOST_NAMED = 5
_UPRIGHT = 24  # more analytes than this, and their names stand upright

_Judged = tuple[SessionQuality, MaterialReading]


def recovery_height(n_rows: int) -> float:
    """Inches that so many sessions and materials take."""
    return n_rows * (_ROW + _GAP)


def draw_recovery(ax: Axes, judged: Sequence[_Judged], limits: SessionLimits) -> None:
    """Draw the recovery of every analyte, one row a session and reference material.

    Parameters
    ----------
    ax
        Axes to draw on, divided into rows.
    judged
        Sessions and their reference materials, each with its readings.
    limits
        Of one analyte; shaded.
    """
    ax.set_axis_off()
    names = list(dict.fromkeys(r.analyte for _, material in judged for r in material.analytes))
    low, high = _range([r for _, material in judged for r in material.analytes])
    height, row = recovery_height(len(judged)), _ROW + _GAP
    ax.text(0.0, 1 + 0.04 / height, "Measured over reference value, 95 % intervals", color=MUTED)
    for i, (session, material) in enumerate(judged):
        inset = ax.inset_axes((0.0, 1 - (i * row + row) / height, 1.0, _ROW / height))
        _draw_row(inset, session, material, names, limits, (low, high))
        inset.set_xticks(range(len(names)), names if i == len(judged) - 1 else [])
        if len(names) > _UPRIGHT:
            inset.tick_params(axis="x", labelrotation=90)


def _draw_row(
    ax: Axes,
    session: SessionQuality,
    material: MaterialReading,
    names: Sequence[str],
    limits: SessionLimits,
    shown: tuple[float, float],
) -> None:
    _recovery_axis(ax, limits, shown)
    ax.set_xlim(-0.7, len(names) - 0.3)
    found = [f for f in session.findings if f.material == material.material]
    outside = [f.reading.analyte for f in found if f.kind == "recovery"]
    for reading in material.analytes:
        x, name = names.index(reading.analyte), reading.analyte
        _draw_dot(ax, x, reading, name in outside, shown)
        if name in outside[:_MOST_NAMED]:
            y = float(np.clip(reading.recovery, shown[0] * _INSIDE, shown[1] / _INSIDE))
            _name(ax, x, y, decimal(reading.recovery))
    title = f"{session.name[0].upper()}{session.name[1:]}: {material.material}, {material.n} times"
    title = visible(title, len(title))
    ax.text(0.0, 1.07, title, transform=ax.transAxes, color=INK, weight="bold", va="bottom")
    if material.common is not None:
        all_off = any(f.kind == "common_factor" for f in found)
        ax.text(
            1.0, 1.07, _common_words(material.common, limits, all_off), transform=ax.transAxes,
            color=OUTSIDE if all_off else MUTED, ha="right", va="bottom",
            weight="bold" if all_off else "normal",
        )  # fmt: skip


def _common_words(common: Reading, limits: SessionLimits, all_off: bool) -> str:
    text = f"all analytes together: {decimal(common.recovery)}"
    if not all_off:
        return text
    ends = (1 - limits.common_factor, 1 + limits.common_factor)
    return f"{text}, outside {decimal(ends[0])} to {decimal(ends[1])}"


def _draw_dot(
    ax: Axes, x: int, reading: Reading, is_outside: bool, shown: tuple[float, float]
) -> None:
    colour = OUTSIDE if is_outside else INK
    low, high = shown
    ends = np.clip([reading.recovery_low, reading.recovery_high], low, high)
    ax.plot([x, x], ends, color=colour, lw=1.2, solid_capstyle="butt", zorder=3)
    beyond = reading.recovery > high or reading.recovery < low
    mark = ("^" if reading.recovery > high else "v") if beyond else ("D" if is_outside else "o")
    y = float(np.clip(reading.recovery, low * _INSIDE, high / _INSIDE))
    ax.plot(x, y, mark, ms=5.0 if is_outside else 4.2, color=colour, mec="white", mew=0.5, zorder=4)


def _recovery_axis(ax: Axes, limits: SessionLimits, shown: tuple[float, float]) -> None:
    low, high = shown
    ax.set_yscale("log")
    ax.set_ylim(low, high)
    ax.axhspan(1 - limits.recovery, 1 + limits.recovery, color=_BAND, lw=0, zorder=0)
    ax.axhline(1.0, color=MUTED, lw=0.8, zorder=1)
    ticks = [1 - limits.recovery, 1 + limits.recovery]
    ax.set_yticks(ticks, [decimal(tick) for tick in ticks])
    ax.yaxis.minorticks_off()
    ax.tick_params(length=2.5, color=MUTED, labelcolor=INK, pad=2)
    for name in ("right", "top"):
        ax.spines[name].set_visible(False)
    for name in ("left", "bottom"):
        ax.spines[name].set_color(MUTED)


def _range(readings: Sequence[Reading]) -> tuple[float, float]:
    """What the axis shows: all recoveries, within reason."""
    lowest = min(r.recovery for r in readings) / 1.08
    highest = max(r.recovery for r in readings) * 1.08
    low = max(min(lowest, _LEAST_RANGE[0]), _MOST_RANGE[0])
    return low, min(max(highest, _LEAST_RANGE[1]), _MOST_RANGE[1])


def draw_drift(
    ax: Axes, session: SessionQuality, material: MaterialReading, limits: SessionLimits
) -> None:
    """Draw measured over certified against the order within the session.

    Parameters
    ----------
    ax
        Axes to draw on.
    session, material
        The material and the session that measured it.
    limits
        Its drift is the change that is allowed, shaded about the median of all analytes.
    """
    of_material = [f for f in session.findings if f.material == material.material]
    drifting = {f.reading.analyte for f in of_material if f.kind == "drift"}
    together = any(f.kind == "common_drift" for f in of_material)
    relative = material.ratios / np.nanmedian(material.ratios, axis=0)
    order = np.argsort(material.order, kind="stable")
    x = material.order[order]
    ax.set_yscale("log")
    half = np.sqrt(1 + limits.drift)
    ax.axhspan(1 / half, half, color=_BAND, lw=0, zorder=0)
    for j, reading in enumerate(material.analytes):
        y = relative[order, j]
        known = np.isfinite(y)
        if reading.analyte in drifting:
            ax.plot(x[known], y[known], color=OUTSIDE, lw=1.6, zorder=4)
            _name(ax, float(x[known][-1]), float(y[known][-1]), reading.analyte)
        else:
            ax.plot(x[known], y[known], color=OTHERS, lw=0.7, zorder=2)
    colour = OUTSIDE if together else INK
    middle = np.nanmedian(relative[order], axis=1)
    ax.plot(x, middle, color=colour, lw=2.2, marker="o", ms=3, zorder=5)
    if together and material.common is not None:
        _name(ax, float(x[-1]), float(middle[-1]), "all")
    _drift_axis(ax, relative)


def _name(ax: Axes, x: float, y: float, text: str) -> None:
    ax.annotate(
        text, (x, y), xytext=(4, 0), textcoords="offset points", color=OUTSIDE, weight="bold",
        va="center", annotation_clip=False,
    )  # fmt: skip


def _drift_axis(ax: Axes, relative: np.ndarray) -> None:
    spread = max(float(np.nanmax(relative)), 1 / float(np.nanmin(relative)), 1.25) * 1.03
    spread = min(spread, 3.0)
    ax.set_ylim(1 / spread, spread)
    ax.set_xlim(-0.03, 1.03)
    step = [0.8, 1.0, 1.25] if spread < 1.6 else [0.5, 1.0, 2.0]
    ax.set_yticks(step, ["×0.8", "1", "×1.25"] if spread < 1.6 else ["×0.5", "1", "×2"])
    ax.yaxis.minorticks_off()
    ax.set_xticks([0.0, 1.0], ["first", "last"])
    ax.set_xlabel("measurement of the session", color=INK)
    ax.tick_params(length=3, color=MUTED, labelcolor=INK, pad=2)
    for name in ("right", "top"):
        ax.spines[name].set_visible(False)
    for name in ("left", "bottom"):
        ax.spines[name].set_color(MUTED)

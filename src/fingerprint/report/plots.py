"""Figures on matplotlib axes: the strength of evidence, and cumulative curves."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from fingerprint.judgement import Policy
from fingerprint.judgement.verdict import ENFSI_SCALE
from fingerprint.report.contents import AnalyteRow, Curve, Panel, Strength
from fingerprint.report.numbers import decimal
from fingerprint.report.ticks import log_ticks

INK = "#1b1f23"
MUTED = "#57606a"
THRESHOLD = "#005a8c"  # dark enough to read small on a band
CLAIM = "#0072b2"  # blue of Okabe & Ito, told apart from ink by its dashes as well
OTHERS = "#a9b1ba"
AGAINST = "#b34700"
_BANDS = ("#f3f4f6", "#e4e7eb")
_MARGIN = 0.25  # log10, at least so much beyond the bounds
_ROWS = (2.15, 0.72)  # heights of the two likelihood ratios
_PLATE = {"facecolor": "white", "edgecolor": "none", "pad": 1.2}


def draw_strength(ax: Axes, strength: Strength, policy: Policy) -> None:
    """Draw both log10 LR on the verbal scale, with interval, thresholds and bounds.

    Parameters
    ----------
    ax
        Axes to draw on.
    strength
        What to draw; its log10 LR must be known.
    policy
        Its thresholds.
    """
    low, high = strength.bounds
    thresholds = (policy.plausible_log10_lr, policy.plausible_log10_lr_near)
    left = np.floor(min(low, *thresholds) - _MARGIN)
    right = np.ceil(max(high, *thresholds) + _MARGIN)
    ax.set_xlim(left, right)
    ax.set_ylim(0.0, 3.9)
    _draw_scale(ax, left, right)
    _draw_bounds(ax, low, high)
    ax.plot([0.0, 0.0], [0.0, 3.3], color=MUTED, lw=0.8, zorder=1)
    _draw_ratio(ax, 0, "against anywhere", strength, thresholds[0])
    _draw_ratio(ax, 1, "against its neighbours", strength, thresholds[1])
    ax.set_yticks([])
    ax.set_xticks(np.arange(left, right + 1))
    ax.xaxis.set_major_formatter(lambda value, _: decimal(value, 0))
    ax.tick_params(length=3, color=MUTED, labelcolor=INK, pad=2)
    ax.set_xlabel("log10 likelihood ratio", color=INK)
    for x, side, text in ((0.0, "left", "← another origin"), (1.0, "right", "claimed site →")):
        ax.text(
            x, -0.125, text, transform=ax.transAxes, ha=side, va="top", color=INK, weight="bold"
        )
    for name in ("left", "right", "top"):
        ax.spines[name].set_visible(False)


def _draw_scale(ax: Axes, left: float, right: float) -> None:
    """Bands of the verbal scale on both sides; a band too narrow for its word goes without."""
    edges = [0.0, *(edge for edge, _ in ENFSI_SCALE), max(-left, right) + 10.0]
    words = ["", *(word for _, word in ENFSI_SCALE)]
    for sign, end in ((1.0, right), (-1.0, -left)):
        for k, (start, stop) in enumerate(pairwise(edges)):
            if start >= end:
                break
            ends = sorted((sign * start, sign * min(stop, end)))
            ax.axvspan(*ends, color=_BANDS[k % 2] if k else "white", lw=0, zorder=0)
            label = ax.text(
                0.5 * sum(ends), 3.6, words[k].replace(" ", "\n"), ha="center", va="center",
                color=MUTED, linespacing=0.95,
            )  # fmt: skip
            band = ax.transData.transform([(ends[0], 0.0), (ends[1], 0.0)])
            if label.get_window_extent().width > band[1, 0] - band[0, 0] + 1:
                label.remove()


def _draw_bounds(ax: Axes, low: float, high: float) -> None:
    """Hatch what lies beyond the bounds of the database, and say what they are."""
    ends = ax.get_xlim()
    for bound, end, side in ((low, ends[0], "right"), (high, ends[1], "left")):
        ax.fill_betweenx(
            [0.0, 3.25], bound, end, facecolor="white", edgecolor="#c3c8ce", hatch="////", lw=0,
            zorder=1,
        )  # fmt: skip
        ax.plot([bound, bound], [0.0, 3.25], color=MUTED, lw=1.0)
        ax.annotate(
            "bound", (bound, 0.08), xytext=(-4 if side == "right" else 4, 0), rotation=90,
            textcoords="offset points", ha=side, va="bottom", color=MUTED, bbox=_PLATE,
        )  # fmt: skip


def _draw_ratio(ax: Axes, row: int, against: str, strength: Strength, threshold: float) -> None:
    y = _ROWS[row]
    value = strength.log10_lr_near if row else strength.log10_lr
    if value is None:
        return
    low, high = strength.log10_lr_low, strength.log10_lr_high
    text = f"{against}: {decimal(value)}"
    if not row and low is not None and high is not None:
        ax.plot([low, high], [y, y], color=INK, lw=2.2, solid_capstyle="butt")
        for end in (low, high):
            ax.plot([end, end], [y - 0.13, y + 0.13], color=INK, lw=1.4)
        text += f" ({decimal(low)} to {decimal(high)})"
    ax.plot([threshold] * 2, [y - 0.55, y + 0.3], color=THRESHOLD, lw=1.4, ls=(0, (3, 1.5)))
    ax.annotate(
        f"plausible from {decimal(threshold, 1).removesuffix('.0')}", (threshold, y - 0.58),
        xytext=(-3 if threshold > 0 else 3, 0), textcoords="offset points", color=THRESHOLD,
        ha="right" if threshold > 0 else "left", va="bottom",
    )  # fmt: skip
    ax.plot(
        value, y, marker="D" if row else "o", ms=7 if row else 8, color=INK, mec="white",
        mew=1.0, clip_on=False, zorder=5,
    )  # fmt: skip
    across = blended_transform_factory(ax.transAxes, ax.transData)
    ax.text(0.5, y + 0.62, text, transform=across, ha="center", va="center", color=INK, bbox=_PLATE)


def draw_shares(ax: Axes, rows: Sequence[AnalyteRow]) -> None:
    """Draw what each analyte contributes as bars, with two standard errors.

    Parameters
    ----------
    ax
        Axes to draw on.
    rows
        Analytes whose share is known.
    """
    ordered = sorted(rows, key=lambda row: row.log10_lr or 0.0)
    values = np.array([row.log10_lr or 0.0 for row in ordered])
    errors = 2 * np.array([row.error or 0.0 for row in ordered])
    y = np.arange(len(ordered))
    colours = [CLAIM if value >= 0 else AGAINST for value in values]
    ax.barh(y, values, color=colours, height=0.66, zorder=2)
    ax.errorbar(
        values, y, xerr=errors, fmt="none", ecolor=INK, elinewidth=1.0, capsize=1.8, zorder=3
    )
    ax.axvline(0.0, color=INK, lw=0.9, zorder=4)
    ax.set_yticks(y, [row.key for row in ordered])
    ax.set_ylim(-0.6, len(ordered) - 0.4)
    widest = 1.08 * float(np.abs(np.concatenate([values - errors, values + errors])).max()) or 1.0
    ax.set_xlim(-widest, widest)
    ax.xaxis.set_major_formatter(lambda value, _: decimal(value, 2 if widest < 1 else 1))
    ax.tick_params(length=3, color=MUTED, labelcolor=INK, pad=2)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="#d5d9de", lw=0.5)
    ax.set_axisbelow(True)
    ax.set_xlabel("share of log10 LR", color=INK)
    for x, side, text in ((0.0, "left", "← against"), (1.0, "right", "for the claim →")):
        ax.annotate(
            text, (x, 0.0), xytext=(0, -18), xycoords="axes fraction", textcoords="offset points",
            ha=side, va="top", color=INK, weight="bold",
        )  # fmt: skip
    for name in ("left", "right", "top"):
        ax.spines[name].set_visible(False)


def draw_curves(ax: Axes, panel: Panel) -> None:
    """Draw the cumulative curves of one analyte.

    Parameters
    ----------
    ax
        Axes to draw on.
    panel
        What to draw.
    """
    left, right = _extent(panel)
    ax.set_xlim(left, right)
    ax.set_ylim(0.0, 1.02)
    if panel.limit is not None:
        ax.axvspan(left, panel.limit, color="#eceef1", lw=0, zorder=0)
        ax.plot([panel.limit] * 2, [0, 1.02], color=MUTED, lw=0.7)
        ax.text(
            panel.limit, 0.5, "below detection ", rotation=90, ha="right", va="center", color=MUTED
        )
    for curve in panel.others:
        _draw_steps(ax, curve, right, color=OTHERS, lw=0.9)
    _draw_steps(ax, panel.site, right, color=CLAIM, lw=1.9, ls=(0, (4, 1.2)))
    _draw_steps(ax, panel.sample, right, color=INK, lw=1.9)
    positions, labels = log_ticks(left, right, is_log=panel.unit == "log10")
    ax.set_xticks(positions, labels)
    ax.set_yticks([0.0, 0.5, 1.0], ["0", "50", "100 %"])
    ax.tick_params(length=3, color=MUTED, labelcolor=INK, pad=2)
    ax.grid(axis="y", color="#d5d9de", lw=0.5)
    ax.set_axisbelow(True)
    ax.set_xlabel(
        panel.key if panel.unit in ("log10", "ratio") else f"{panel.key} ({panel.unit})",
        color=INK,
    )  # fmt: skip
    for name in ("right", "top"):
        ax.spines[name].set_visible(False)
    for name in ("left", "bottom"):
        ax.spines[name].set_color(MUTED)


def _extent(panel: Panel) -> tuple[float, float]:
    """Where sample and claimed site lie, less the last hundredth of each tail."""
    ends = [panel.sample.x[0], panel.sample.x[-1]]
    site = np.array(panel.site.share)
    inside = np.array(panel.site.x)[(site >= 0.01) & (site <= 0.995)]
    ends += inside.tolist() or list(panel.site.x)
    left, right = min(ends), max(ends)
    pad = max(0.06 * (right - left), 0.02)
    if panel.limit is not None:  # room for the words of what lies below
        pad_left = max(pad, 0.14 * (right - left + pad))
        return min(left, panel.limit) - pad_left, right + pad
    return left - pad, right + pad


def _draw_steps(ax: Axes, curve: Curve, right: float, **style: Any) -> None:
    x, share = [*curve.x, max(right, curve.x[-1])], [*curve.share, curve.share[-1]]
    ax.plot(x, share, drawstyle="steps-post", **style)

"""Figures of a library's health: which sites are alike, and how laboratories compare."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from scipy.cluster.hierarchy import dendrogram, leaves_list, linkage
from scipy.spatial.distance import squareform
from scipy.stats import norm

from fingerprint.health.likeness import CONFUSED, Likeness
from fingerprint.report.plots import CLAIM, INK, MUTED, OTHERS, THRESHOLD
from fingerprint.report.visible import visible

MOST_SITES = 60
_FARTHEST = 9.0  # distance at the edge of the dendrogram
_SHARES = (0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001, 0.0001)
_LONGEST_NAME = 30
_ALIKE = "#b4500a"


@dataclass(frozen=True)
class ShiftRow:
    """One line of the chart of shifts.

    Parameters
    ----------
    label
        Name of the group.
    factor, low, high
        Its values are so many times those of the others; 95 % interval.
    analytes
        The same for each analyte.
    off
        Whether it was found to be off by a common factor.
    """

    label: str
    factor: float
    low: float
    high: float
    analytes: tuple[float, ...]
    off: bool


def shortened(name: str) -> str:
    """Cut a long name, and show what would not be seen."""
    return visible(name, _LONGEST_NAME)


def nearest_sites(likeness: Likeness) -> np.ndarray:
    """Rows of the sites to draw: all, or those with the nearest neighbours."""
    n = len(likeness.sites)
    if n <= MOST_SITES:
        return np.arange(n)
    apart = likeness.distance + np.where(np.eye(n, dtype=bool), np.inf, 0.0)
    return np.sort(np.argsort(apart.min(axis=1), kind="stable")[:MOST_SITES])


def draw_dendrogram(ax: Axes, likeness: Likeness) -> None:
    """Draw which sites join at which share of samples taken for the other's.

    Parameters
    ----------
    ax
        Axes to draw on.
    likeness
        Of at least two sites.
    """
    rows = nearest_sites(likeness)
    distance = likeness.distance[np.ix_(rows, rows)]
    tree = linkage(squareform(distance, checks=False), method="complete")
    drawn = dendrogram(tree, no_plot=True)
    for y, x in zip(drawn["icoord"], drawn["dcoord"], strict=True):
        alike = x[1] <= likeness.threshold
        ax.plot(
            np.minimum(x, _FARTHEST + 1),
            y,
            color=_ALIKE if alike else MUTED,
            lw=1.8 if alike else 0.9,
            solid_joinstyle="miter",
        )
    height = 10.0 * len(rows)
    ax.set_ylim(height, 0.0)
    ax.set_xlim(0.0, _FARTHEST)
    together = {name for group in likeness.groups for name in group}
    names = [likeness.sites[rows[leaf]] for leaf in leaves_list(tree)]
    ax.set_yticks(np.arange(5.0, height, 10.0), [shortened(name) for name in names])
    for label, name in zip(ax.get_yticklabels(), names, strict=True):
        label.set_color(_ALIKE if name in together else INK)
        label.set_fontweight("bold" if name in together else "normal")
    _share_axis(ax, likeness.threshold)


def _share_axis(ax: Axes, threshold: float) -> None:
    ax.axvline(threshold, color=THRESHOLD, lw=1.4, ls=(0, (3, 1.5)))
    ax.annotate(
        f"{CONFUSED:.0%} confused: left of this line, not told apart",
        (threshold, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        va="bottom",
        color=THRESHOLD,
    )
    ticks = [-2.0 * norm.ppf(share) for share in _SHARES]
    ax.set_xticks(ticks, [f"{100 * share:.4g} %" for share in _SHARES])
    ax.set_xlabel("samples of one site that would be taken for the other's", color=INK)
    ax.tick_params(axis="y", length=0, pad=4)
    ax.tick_params(axis="x", length=3, color=MUTED, labelcolor=INK)
    for name in ("right", "top", "left"):
        ax.spines[name].set_visible(False)
    ax.spines["bottom"].set_color(MUTED)


def draw_shifts(ax: Axes, rows: list[ShiftRow]) -> None:
    """Draw how many times higher each group measures than the others.

    Parameters
    ----------
    ax
        Axes to draw on.
    rows
        One a group, at least one.
    """
    reach = max([1.5, *(max(r.high, 1 / r.low) for r in rows)])
    reach = min(reach * 1.08, 40.0)
    ax.set_xscale("log")
    ax.set_xlim(1 / reach, reach)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.axvspan(1 / 1.05, 1.05, color="#e4e7eb", lw=0)
    ax.axvline(1.0, color=MUTED, lw=0.8)
    for y, row in enumerate(rows):
        colour = _ALIKE if row.off else CLAIM
        inside = [f for f in row.analytes if 1 / reach < f < reach]
        ax.plot(inside, [y] * len(inside), "|", color=OTHERS, ms=9, mew=1.1)
        ax.plot([row.low, row.high], [y, y], color=colour, lw=2.2, solid_capstyle="butt")
        ax.plot(row.factor, y, "D" if row.off else "o", color=colour, mec="white", ms=7, zorder=5)
    ax.set_yticks(range(len(rows)), [shortened(row.label) for row in rows])
    ticks = [t for t in _FACTOR_TICKS if 1 / reach <= t <= reach]
    if len(ticks) > _MOST_TICKS:
        ticks = [t for t in ticks if t in _COARSE_TICKS]
    ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
    ax.set_xticks([], minor=True)
    ax.set_xlabel("times the values of the others", color=INK)
    ax.tick_params(axis="y", length=0, labelcolor=INK)
    ax.tick_params(axis="x", length=3, color=MUTED, labelcolor=INK)
    for name in ("right", "top", "left"):
        ax.spines[name].set_visible(False)
    ax.spines["bottom"].set_color(MUTED)


_FACTOR_TICKS = (0.05, 0.1, 0.2, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4, 2.0, 5.0, 10.0, 20.0)
_COARSE_TICKS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
_MOST_TICKS = 9

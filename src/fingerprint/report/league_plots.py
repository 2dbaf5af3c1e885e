"""Pictures of a league: each takes an Axes and frozen data."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import NullLocator
from scipy.stats import norm

from fingerprint.evaluation import Band, Confusion, Curves, League
from fingerprint.report.league import KINDS
from fingerprint.tables.arrays import Floats

# Colours of Okabe & Ito, told apart by colour-blind people, too; lines also differ in style.
_TRUE = "#0072B2"
_COLOURS = {"known": "#D55E00", "unknown": "#009E73", "near": "#333333"}
_STYLES = {"known": "-", "unknown": "--", "near": "-."}
_MARKS = {"known": "o", "unknown": "s", "near": "^"}
_DET_TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
_LIKELY = (0.001, 0.999)
_LIKELY_TICKS = (0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999)
# Figures in the cells of a larger confusion could not be read.
_MOST_NAMED = 25


def league_picture(league: League) -> Canvas:
    """Draw false acceptance of each scorer, and the fusion's Tippett plot."""
    canvas = Canvas(figsize=(11, 4.8), layout="constrained")
    left, right = canvas.subplots(1, 2)
    plot_false_acceptance(left, league)
    plot_tippett(right, league.curves)
    canvas.suptitle(_heading(league))
    return canvas


def curves_picture(league: League) -> Canvas:
    """Draw the fusion's DET curve, reliability and empirical cross-entropy."""
    canvas = Canvas(figsize=(13, 4.8), layout="constrained")
    left, middle, right = canvas.subplots(1, 3)
    plot_det(left, league.curves)
    plot_reliability(middle, league.curves)
    if league.curves:
        plot_entropy(right, league.curves[0])
    canvas.suptitle(_heading(league))
    return canvas


def confusion_picture(league: League, confusion: Confusion) -> Canvas:
    """Draw which district is taken for which."""
    side = min(4.0 + 0.28 * len(confusion.names), 13.0)
    canvas = Canvas(figsize=(side, side), layout="constrained")
    plot_confusion(canvas.subplots(), confusion)
    canvas.suptitle(_heading(league), fontsize="medium")
    return canvas


def _heading(league: League) -> str:
    return (
        ("MADE-UP DATA · " if league.made_up else "")
        + f"{league.n_samples} samples of {league.n_sites} sites, {league.folds} folds by "
        + (league.left_out or "sample")
    )


def plot_false_acceptance(axes: Axes, league: League) -> None:
    """Dots with intervals: false acceptance at 2 % false rejection, a row a scorer."""
    offsets = {"known": 0.22, "unknown": 0.0, "near": -0.22}
    rows = list(reversed(league.rows))
    for key, words in KINDS:
        figures = [getattr(row, key).false_acceptance[0.02] for row in rows]
        values = np.array([figure.value for figure in figures])
        ends = np.array([[f.value - f.low, f.high - f.value] for f in figures]).T
        axes.errorbar(
            values,
            np.arange(len(rows)) + offsets[key],
            xerr=np.clip(ends, 0.0, None),
            fmt=_MARKS[key],
            color=_COLOURS[key],
            label=words,
            capsize=2,
        )
    axes.set_yticks(np.arange(len(rows)), [row.name for row in rows])
    axes.set_xlim(left=0.0)
    axes.set_xlabel("false claims accepted when 2 % of true ones are rejected (95 % interval)")
    axes.grid(axis="x", color="#dddddd")
    _legend_below(axes, "false claims of")


def plot_tippett(axes: Axes, curves: tuple[Curves, ...]) -> None:
    """Share of claims with a log10 LR above each value: true ones, and false ones of each kind."""
    for i, each in enumerate(curves):
        if i == 0:
            _band(axes, each.tippett_true, _TRUE, "-", "true claims")
        words = f"false claims, {dict(KINDS)[each.kind]}"
        _band(axes, each.tippett_false, _COLOURS[each.kind], _STYLES[each.kind], words)
    axes.axvline(0.0, color="#999999", lw=0.8)
    axes.set_xlabel("log10 LR of the fusion (neighbours: against neighbours)")
    axes.set_ylabel("share of claims above (95 % interval)")
    axes.set_ylim(0.0, 1.0)
    _finish(axes)


def plot_det(axes: Axes, curves: tuple[Curves, ...]) -> None:
    """False acceptance against false rejection, both axes in normal deviates.

    Martin et al. (1997), The DET curve in assessment of detection task performance, Eurospeech.
    """
    for each in curves:
        x = _deviates(each.det.x)
        colour, words = _COLOURS[each.kind], dict(KINDS)[each.kind]
        axes.plot(x, _deviates(each.det.y), color=colour, ls=_STYLES[each.kind], label=words)
        low, high = _deviates(each.det.low), _deviates(each.det.high)
        axes.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)
    ends = _deviates((_DET_TICKS[0], 0.5))
    axes.plot(ends, ends, color="#999999", lw=0.8, ls=":")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(norm.ppf(_DET_TICKS), [f"{100 * t:g}" for t in _DET_TICKS])
    axes.set_xlim(*ends)
    axes.set_ylim(*ends)
    axes.set_xlabel("true claims rejected, %")
    axes.set_ylabel("false claims accepted, % (95 % interval)")
    axes.set_title("DET curve of the fusion's score", fontsize="medium")
    axes.grid(color="#dddddd")
    _legend_below(axes, "false claims of")


def _deviates(shares: tuple[float, ...]) -> Floats:
    return np.asarray(norm.ppf(np.clip(shares, _DET_TICKS[0], 0.5)))


def plot_entropy(axes: Axes, curves: Curves) -> None:
    """Bits that the likelihood ratios leave open, over prior odds."""
    entropy = curves.entropy
    x = np.array(entropy.actual.x)
    _band(axes, entropy.actual, _TRUE, "-", "the log10 LR as given")
    axes.plot(x, entropy.least, color="#D55E00", ls="--", label="least possible (monotone)")
    axes.plot(x, entropy.nothing, color="#333333", ls=":", label="no evidence")
    axes.axvline(0.0, color="#999999", lw=0.8)
    axes.set_xlabel("prior log10 odds of a true claim")
    axes.set_ylabel("empirical cross-entropy, bits (at 0: Cllr)")
    axes.set_ylim(0.0, 1.4)
    words = f"ECE, false claims of {dict(KINDS)[curves.kind]}"
    axes.set_title(words, fontsize="medium")
    _finish(axes)


def plot_reliability(axes: Axes, curves: tuple[Curves, ...]) -> None:
    """Share of true claims against the posterior probability at even prior odds; odds scale."""
    axes.plot(_LIKELY, _LIKELY, color="#999999", lw=0.8, ls=":")
    for each in curves:
        observed = each.reliability.observed
        x, y, low, high = (
            np.clip(line, *_LIKELY)
            for line in (observed.x, observed.y, observed.low, observed.high)
        )
        axes.errorbar(
            x,
            y,
            yerr=np.clip(np.nan_to_num(np.stack([y - low, high - y])), 0.0, None),
            fmt=_MARKS[each.kind],
            color=_COLOURS[each.kind],
            label=dict(KINDS)[each.kind],
            capsize=2,
        )
    axes.set_xscale("logit")
    axes.set_yscale("logit")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(_LIKELY_TICKS, [f"{tick:g}" for tick in _LIKELY_TICKS])
        axis.set_minor_locator(NullLocator())
    axes.set_xlabel("posterior at even prior odds, mean of a bin")
    axes.set_ylabel("share of true claims (95 % interval)")
    axes.set_title("Reliability (beyond 0.001 and 0.999: at the edge)", fontsize="medium")
    axes.grid(color="#dddddd")
    _legend_below(axes, "against false claims of")


def plot_confusion(axes: Axes, confusion: Confusion) -> None:
    """Shares of each district's samples, by the district of the best site."""
    counts = np.array(confusion.counts, dtype=float)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.0)
    names = [name if len(name) <= 28 else name[:27] + "…" for name in confusion.names]
    rows = [f"{name} ({n:.0f})" for name, n in zip(names, totals[:, 0], strict=True)]
    size = "small" if len(names) <= _MOST_NAMED else "xx-small"
    axes.set_xticks(np.arange(len(names)), names, rotation=90, fontsize=size)
    axes.set_yticks(np.arange(len(names)), rows, fontsize=size)
    for i, j in zip(*np.nonzero(counts), strict=True):
        colour = "white" if shares[i, j] > 0.6 else "black"
        axes.text(j, i, f"{counts[i, j]:.0f}", ha="center", va="center", color=colour, size=size)
    axes.set_xlabel(f"{confusion.column} of the site that scores highest")
    axes.set_ylabel(f"own {confusion.column} (samples)")
    right = confusion.accuracy
    axes.set_title(
        f"{right.value:.0%} [{right.low:.0%}, {right.high:.0%}] in their own {confusion.column}",
        fontsize="medium",
    )


def _band(axes: Axes, band: Band, colour: str, style: str, words: str) -> None:
    x, y, low, high = (np.array(v) for v in (band.x, band.y, band.low, band.high))
    axes.plot(x, y, color=colour, ls=style, label=words)
    axes.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)


def _finish(axes: Axes) -> None:
    axes.grid(color="#dddddd")
    axes.set_axisbelow(True)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(fontsize="small", frameon=False)


def _legend_below(axes: Axes, title: str) -> None:
    """For what may lie anywhere: no place inside the axes is sure to be free."""
    axes.set_axisbelow(True)
    if not axes.get_legend_handles_labels()[0]:
        return
    axes.legend(
        fontsize="small",
        frameon=False,
        title=title,
        title_fontsize="small",
        ncols=len(KINDS),
        loc="upper center",
        bbox_to_anchor=(0.5, -0.13),
        columnspacing=1.2,
        handletextpad=0.4,
    )

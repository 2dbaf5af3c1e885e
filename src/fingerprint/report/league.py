"""The league table as text, JSON and a picture."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from rich.table import Table

from fingerprint.evaluation import Figure, League, Origin, Row
from fingerprint.judgement.conformal import least_true_claims
from fingerprint.tables.arrays import Floats

NO_PUBLIC_DATA = (
    "No public coltan or wolframite data with mine labels were found: nothing is known here about "
    "accuracy on them."
)
_KINDS = (("known", "known origin"), ("unknown", "unknown origin"), ("near", "neighbours"))
_COLOURS = {"true": "#0072B2", "known": "#D55E00", "unknown": "#009E73"}


def league_title(league: League) -> str:
    """Say on which data and how the figures were measured."""
    near = f"neighbours by {league.near_column}" if league.near_column else "neighbours by default"
    label = "MADE-UP DATA. " if league.made_up else ""
    return (
        f"{label}{league.n_samples} samples, {league.n_grains} grains, {league.n_sites} sites; "
        f"{league.folds} folds by sample, every site a claim, {near}, seed {league.seed}. "
        f"In brackets: 95 % interval, bootstrap over sites."
    )


def league_notes(league: League) -> list[str]:
    """Say what keeps the figures from meaning what they seem to."""
    notes = [
        "True claims found implausible, worst sites: "
        + ", ".join(f"{w.site} {w.rejected} of {w.tried}" for w in league.worst_sites)
        for _ in league.worst_sites[:1]
    ]
    n_true, needed = league.rows[-1].known.n_true, least_true_claims(league.alpha)
    if n_true >= needed:
        return notes
    return [
        *notes,
        f"Only {n_true} true claims: none can be rejected at alpha {league.alpha:g}, which takes "
        f"at least {needed} to train on, so claims stay inconclusive.",
    ]


def league_tables(league: League) -> list[Table]:
    """Tables for the terminal: one for each kind of false claim, and one of verdicts."""
    tables = [_origin_table(league, key, words) for key, words in _KINDS]
    return [*tables, _verdict_table(league)]


def _origin_table(league: League, key: str, words: str) -> Table:
    first: Origin = getattr(league.rows[0], key)
    table = Table(
        title=f"False claims, {words}: {first.n_true} true, {first.n_false} false of "
        f"{first.n_false_samples} samples",
        title_justify="left",
    )
    table.add_column("scorer")
    for rejection in first.false_acceptance:
        table.add_column(f"accepted at {rejection:.0%} rejection", justify="right")
    for name in ("equal error", "Cllr", "Cllr_min"):
        table.add_column(name, justify="right")
    for row in league.rows:
        origin: Origin = getattr(row, key)
        table.add_row(
            row.name,
            *(_text(figure) for figure in origin.false_acceptance.values()),
            _text(origin.equal_error_rate),
            _text(origin.cllr),
            _text(origin.cllr_min),
        )
    return table


def _verdict_table(league: League) -> Table:
    table = Table(
        title=f"Verdicts of the fusion at alpha {league.alpha:g}; closed-set accuracy by sample",
        title_justify="left",
    )
    for name in ("", "plausible", "implausible", "inconclusive"):
        table.add_column(name, justify="left" if not name else "right")
    fusion = league.rows[-1]
    for key, words in (("true", "true claims"), *_KINDS):
        name = words if key == "true" else f"false claims, {words}"
        table.add_row(name, *(_text(figure) for figure in fusion.verdicts[key].values()))
    for row in league.rows:
        table.add_row(f"closed-set accuracy: {row.name}", _text(row.closed_set_accuracy), "", "")
    return table


def _text(figure: Figure) -> str:
    if math.isnan(figure.value):
        return "–"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def league_json(league: League) -> dict[str, Any]:
    """Everything but the raw likelihood ratios, ready for JSON; what is not known is null."""
    content = {
        "what": league_title(league),
        "note": NO_PUBLIC_DATA,
        "made_up": league.made_up,
        "library_sha256": league.library_hash,
        "n_sites": league.n_sites,
        "n_samples": league.n_samples,
        "n_grains": league.n_grains,
        "folds": league.folds,
        "seed": league.seed,
        "near": league.near_column,
        "alpha": league.alpha,
        "worst_sites": [asdict(worst) for worst in league.worst_sites],
        "rows": [_row_json(row) for row in league.rows],
    }
    cleaned: dict[str, Any] = _without_nan(content)
    return cleaned


def _row_json(row: Row) -> dict[str, Any]:
    content = asdict(row)
    for key, _ in _KINDS:
        rates = content[key]["false_acceptance"]
        content[key]["false_acceptance"] = {f"{rate:g}": figure for rate, figure in rates.items()}
    return content


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def league_picture(league: League) -> Canvas:
    """Draw false acceptance of each scorer, and the fusion's Tippett plot."""
    canvas = Canvas(figsize=(11, 4.8), layout="constrained")
    left, right = canvas.subplots(1, 2)
    plot_false_acceptance(left, league)
    plot_tippett(right, league)
    canvas.suptitle(
        ("MADE-UP DATA · " if league.made_up else "")
        + f"{league.n_samples} samples of {league.n_sites} sites, {league.folds} folds by sample"
    )
    return canvas


def plot_false_acceptance(axes: Axes, league: League) -> None:
    """Dots with intervals: false acceptance at 2 % false rejection, a row a scorer."""
    offsets = {"known": 0.22, "unknown": 0.0, "near": -0.22}
    marks = {"known": "o", "unknown": "s", "near": "^"}
    colours = {"known": _COLOURS["known"], "unknown": _COLOURS["unknown"], "near": "#333333"}
    rows = list(reversed(league.rows))
    for key, words in _KINDS:
        figures = [getattr(row, key).false_acceptance[0.02] for row in rows]
        values = np.array([figure.value for figure in figures])
        ends = np.array([[f.value - f.low, f.high - f.value] for f in figures]).T
        axes.errorbar(
            values,
            np.arange(len(rows)) + offsets[key],
            xerr=np.clip(ends, 0.0, None),
            fmt=marks[key],
            color=colours[key],
            label=f"false claims, {words}",
            capsize=2,
        )
    axes.set_yticks(np.arange(len(rows)), [row.name for row in rows])
    axes.set_xlim(left=0.0)
    axes.set_xlabel("false claims accepted when 2 % of true ones are rejected (95 % interval)")
    axes.grid(axis="x", color="#dddddd")
    axes.set_axisbelow(True)
    axes.legend(fontsize="small", frameon=False)


def plot_tippett(axes: Axes, league: League) -> None:
    """Share of claims with a log10 LR above each value: true, false, and of unknown origin."""
    for key, values, words in (
        ("true", league.true_log10_lr, "true claims"),
        ("known", league.false_log10_lr, "false claims, known origin"),
        ("unknown", league.unknown_log10_lr, "false claims, unknown origin"),
    ):
        style = "--" if key == "unknown" else "-"
        axes.step(*_above(values), where="post", color=_COLOURS[key], label=words, ls=style)
    axes.axvline(0.0, color="#999999", lw=0.8)
    axes.set_xlabel("log10 LR of the fusion")
    axes.set_ylabel("share of claims above")
    axes.set_ylim(0.0, 1.0)
    axes.grid(color="#dddddd")
    axes.set_axisbelow(True)
    axes.legend(fontsize="small", frameon=False)


def _above(values: Floats) -> tuple[Floats, Floats]:
    ascending = np.sort(values)
    return ascending, 1.0 - np.arange(1, ascending.size + 1) / max(ascending.size, 1)

"""The league table as text."""

from __future__ import annotations

import math

from rich.table import Table

from fingerprint.evaluation import Figure, GrainClass, League, OpenSet, Origin
from fingerprint.judgement.conformal import least_true_claims

NO_PUBLIC_DATA = (
    "No public coltan or wolframite data with mine labels were found: nothing is known here about "
    "accuracy on them."
)
KINDS = (("known", "known origin"), ("unknown", "unknown origin"), ("near", "neighbours"))
MIXED = (
    ("mixed", "as they come, sites with one sample included"),
    ("mixed_near", "neighbours, as they come"),
)


def league_title(league: League) -> str:
    """Say on which data and how the figures were measured."""
    near = f"neighbours by {league.near_column}" if league.near_column else "neighbours by default"
    label = "MADE-UP DATA. " if league.made_up else ""
    return (
        f"{label}{league.n_samples} samples, {league.n_grains} grains, {league.n_sites} sites; "
        f"{league.folds} folds by {league.left_out or 'sample'}, every site a claim, {near}, "
        f"seed {league.seed}; fused: {', '.join(league.fused)}. "
        f"In brackets: 95 % interval, bootstrap over sites."
    )


def league_notes(league: League) -> list[str]:
    """Say what keeps the figures from meaning what they seem to."""
    notes = [
        "True claims found implausible, worst sites: "
        + ", ".join(f"{w.site} {w.rejected} of {w.tried}" for w in league.worst_sites)
        for _ in league.worst_sites[:1]
    ]
    if league.left_out is not None:
        notes.append(
            f"Folds by {league.left_out}, inside the training part as well: calibration has seen "
            f"what a new {league.left_out} does to scores."
        )
    n_true, needed = league.rows[-1].known.n_true, least_true_claims(league.alpha)
    if n_true >= needed:
        return notes
    return [
        *notes,
        f"Only {n_true} true claims: none can be rejected at alpha {league.alpha:g}, which takes "
        f"at least {needed} to train on, so claims stay inconclusive.",
    ]


def league_tables(league: League) -> list[Table]:
    """Tables for the terminal: one for each kind of false claim, and what the fusion does."""
    tables = [_origin_table(league, key, words) for key, words in KINDS]
    tables += [_verdict_table(league), _grain_table(league)]
    if league.differences:
        tables.append(_difference_table(league))
    if league.open_set is not None:
        tables.append(_open_table(league.open_set))
    return tables


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="right")
    return table


def _origin_table(league: League, key: str, words: str) -> Table:
    first: Origin = getattr(league.rows[0], key)
    table = _table(
        f"False claims, {words}: {first.n_true} true, {first.n_false} false of "
        f"{first.n_false_samples} samples; accepted when so many true ones are rejected",
        "scorer",
        *(f"accepted at {rejection:.0%}" for rejection in first.false_acceptance),
        *("equal error", "Cllr", "Cllr_min", "Cllr_cal"),
    )
    for row in league.rows:
        origin: Origin = getattr(row, key)
        table.add_row(
            row.name,
            *(figure_text(figure) for figure in origin.false_acceptance.values()),
            *(figure_text(f) for f in (origin.equal_error_rate, origin.cllr)),
            *(figure_text(f) for f in (origin.cllr_min, origin.cllr_cal)),
        )
    return table


def _verdict_table(league: League) -> Table:
    title = f"Verdicts of the fusion at alpha {league.alpha:g}; closed-set accuracy by sample"
    table = _table(title, "", "plausible", "implausible", "inconclusive")
    fusion = league.rows[-1]
    for key, words in (("true", "true claims"), *KINDS):
        name = words if key == "true" else f"false claims, {words}"
        table.add_row(name, *(figure_text(figure) for figure in fusion.verdicts[key].values()))
    for row in league.rows:
        accuracy = figure_text(row.closed_set_accuracy)
        table.add_row(f"closed-set accuracy: {row.name}", accuracy, "", "")
    return table


def _grain_table(league: League) -> Table:
    title = "The fusion by number of grains: claims (true, false), accepted at 2 %, Cllr_min, Cllr"
    table = _table(title, "samples with", *(words for _, words in KINDS))
    for each in league.grain_classes:
        cells = (_grain_cell(each, key) for key, _ in KINDS)
        table.add_row(f">= {each.least_grains} grains: {each.n_samples}", *cells)
    return table


def _grain_cell(each: GrainClass, key: str) -> str:
    origin: Origin = getattr(each, key)
    return (
        f"{origin.n_true}, {origin.n_false}: {figure_text(origin.false_acceptance[0.02])}\n"
        f"{figure_text(origin.cllr_min)} {figure_text(origin.cllr)}"
    )


def _difference_table(league: League) -> Table:
    title = "Cllr of the fusion less that of the best single scorer, on the same claims"
    table = _table(title, "false claims", "best single scorer", "difference")
    for each in league.differences:
        table.add_row(dict(KINDS)[each.kind], each.best, figure_text(each.difference))
    return table


def _open_table(open_set: OpenSet) -> Table:
    title = f"Whole sites left out in {open_set.groups} groups: samples of unknown origin"
    table = _table(title, "", "measured")
    for name, figure in open_figures(open_set):
        table.add_row(name, figure_text(figure))
    return table


def open_figures(open_set: OpenSet) -> list[tuple[str, Figure]]:
    """Figures of the open set, each with what it says."""
    far, near = open_set.far, open_set.near
    return [
        (f"accepted at 2 %, {far.n_false} claims", far.false_acceptance[0.02]),
        (f"accepted at 2 %, {near.n_false} claims next door", near.false_acceptance[0.02]),
        ("Cllr", far.cllr),
        ("Cllr next door", near.cllr),
        ("claims found plausible", open_set.verdicts["far"]["plausible"]),
        ("claims next door found plausible", open_set.verdicts["near"]["plausible"]),
        ("known against unknown: AUROC of the best site's score", open_set.auroc_score),
        ("known against unknown: AUROC of P(unknown)", open_set.auroc_unknown),
        ("sites that a sample is plausible for", open_set.unknown.plausible),
        ("sites that it cannot be excluded from", open_set.unknown.not_excluded),
        ("of known origin: sites plausible", open_set.known.plausible),
        ("of known origin: sites not excluded", open_set.known.not_excluded),
    ]


def figure_text(figure: Figure) -> str:
    """Return a number with its interval, a dash where there is none."""
    if math.isnan(figure.value):
        return "–"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"

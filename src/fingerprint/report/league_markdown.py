"""The league table as a page of the documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from fingerprint.evaluation import Figure, League, OpenSet, Origin, Row
from fingerprint.evaluation.seeds import Spread, over_seeds
from fingerprint.report.league import (
    KINDS,
    MIXED,
    figure_text,
    league_notes,
    league_title,
    open_figures,
)

_NAMED_SITES = ("0", "1", "2", "3-5", "6-10", "11-")


def league_markdown(leagues: Sequence[League]) -> str:
    """Tables of a library: the first seed in full, and what other seeds change.

    Parameters
    ----------
    leagues
        Of one library, one a seed.
    """
    league = leagues[0]
    parts = [league_title(league)]
    parts += [_origins(league, key, words) for key, words in KINDS]
    if len(leagues) > 1:
        parts.append(_seeds(leagues))
    if league.differences:
        parts.append(_differences(league))
    parts += [_verdicts(league), *league_notes(league), _accuracy(league)]
    parts.append("### By number of grains")
    parts += [_grains(league, key, words) for key, words in (*KINDS, *MIXED)]
    if league.open_set is not None:
        parts.append(_open(league.open_set))
    return "\n\n".join(parts) + "\n"


def headline(league_of_seeds: Sequence[League]) -> tuple[str, ...]:
    """Cells of a table that compares libraries: what it is, and the fusion over the seeds."""
    league = league_of_seeds[0]
    fusion = league.rows[-1]
    return (
        f"{len(league.fused)} fused; {league.n_sites} sites, {league.n_samples} samples",
        *(_over(league_of_seeds, key, lambda o: o.false_acceptance[0.02]) for key, _ in KINDS),
        *(_over(league_of_seeds, key, lambda o: o.cllr) for key, _ in KINDS),
        _spread(over_seeds(league_of_seeds, lambda row: row.closed_set_accuracy)[fusion.name]),
    )


HEADLINE = (
    "",
    *(f"accepted at 2 %: {words}" for _, words in KINDS),
    *(f"Cllr: {words}" for _, words in KINDS),
    "closed-set accuracy",
)


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cell or ' ' for cell in line)} |" for line in lines)


def _over(leagues: Sequence[League], key: str, figure: Callable[[Origin], Figure]) -> str:
    def of_row(row: Row) -> Figure:
        origin: Origin = getattr(row, key)
        return figure(origin)

    return _spread(over_seeds(leagues, of_row)[leagues[0].rows[-1].name])


def _spread(spread: Spread) -> str:
    if spread.mean != spread.mean:
        return "–"
    if spread.least == spread.most:
        return f"{spread.mean:.3f}"
    return f"{spread.mean:.3f} ({spread.least:.3f} to {spread.most:.3f})"


def _origins(league: League, key: str, words: str) -> str:
    first: Origin = getattr(league.rows[0], key)
    header = ["Scorer", *(f"accepted at {rate:.0%}" for rate in first.false_acceptance)]
    rows = []
    for row in league.rows:
        origin: Origin = getattr(row, key)
        more = (origin.equal_error_rate, origin.cllr, origin.cllr_min, origin.cllr_cal)
        cells = (*origin.false_acceptance.values(), *more)
        rows.append([row.name, *map(figure_text, cells)])
    counts = f"{first.n_true:,} true claims, {first.n_false:,} false ones of "
    return (
        f"False claims, {words}: {counts}{first.n_false_samples:,} samples.\n\n"
        + markdown_table([*header, "equal error", "Cllr", "Cllr_min", "Cllr_cal"], rows)
    )


def _seeds(leagues: Sequence[League]) -> str:
    """Mean and range over the seeds, of every row."""
    columns: list[tuple[str, Callable[[Row], Figure]]] = [
        ("known, accepted at 2 %", lambda row: row.known.false_acceptance[0.02]),
        ("known, Cllr", lambda row: row.known.cllr),
        ("unknown, accepted at 2 %", lambda row: row.unknown.false_acceptance[0.02]),
        ("unknown, Cllr", lambda row: row.unknown.cllr),
        ("near, accepted at 2 %", lambda row: row.near.false_acceptance[0.02]),
        ("near, Cllr", lambda row: row.near.cllr),
        ("near, Cllr_min", lambda row: row.near.cllr_min),
        ("closed-set accuracy", lambda row: row.closed_set_accuracy),
    ]
    spreads = [over_seeds(leagues, figure) for _, figure in columns]
    rows = [[name, *(_spread(each[name]) for each in spreads)] for name in spreads[0]]
    seeds = ", ".join(str(league.seed) for league in leagues)
    return f"Mean over the seeds {seeds} of the split (least to most):\n\n" + markdown_table(
        ["Scorer", *(name for name, _ in columns)], rows
    )


def _differences(league: League) -> str:
    rows = [
        [dict(KINDS)[each.kind], each.best, figure_text(each.difference)]
        for each in league.differences
    ]
    return (
        "Cllr of the fusion less that of the best single scorer, on the same claims (below zero: "
        "the fusion is better):\n\n"
        + markdown_table(["False claims", "best single scorer", "difference"], rows)
    )


def _verdicts(league: League) -> str:
    fusion = league.rows[-1]
    named = (("true", "true claims"), *((key, f"false claims, {words}") for key, words in KINDS))
    rows = [[words, *map(figure_text, fusion.verdicts[key].values())] for key, words in named]
    header = ["Verdicts of the fusion", "plausible", "implausible", "inconclusive"]
    return markdown_table(header, rows)


def _accuracy(league: League) -> str:
    accuracies = (f"{row.name} {figure_text(row.closed_set_accuracy)}" for row in league.rows)
    text = f"Closed-set accuracy by sample: {', '.join(accuracies)}."
    if league.confusion is None:
        return text
    right = figure_text(league.confusion.accuracy)
    return f"{text} The site that scores highest has the right {league.confusion.column}: {right}."


def _grains(league: League, key: str, words: str) -> str:
    rows = []
    for each in league.grain_classes:
        origin: Origin = getattr(each, key)
        figures = (origin.false_acceptance[0.02], origin.cllr, origin.cllr_min, origin.cllr_cal)
        counts = (f"{n:,}" for n in (each.n_samples, origin.n_true, origin.n_false))
        rows.append([f">= {each.least_grains}", *counts, *map(figure_text, figures)])
    header = ["Grains", "samples", "true", "false", "accepted at 2 %"]
    return f"False claims, {words}:\n\n" + markdown_table(
        [*header, "Cllr", "Cllr_min", "Cllr_cal"], rows
    )


def _open(open_set: OpenSet) -> str:
    figures = markdown_table(
        ["Samples of sites that were left out", "measured"],
        [[words, figure_text(figure)] for words, figure in open_figures(open_set)],
    )
    shares = []
    for words, sites in (("left-out site", open_set.unknown), ("known site", open_set.known)):
        for name, of in (
            ("plausible for", sites.plausible_shares),
            ("not excluded from", sites.not_excluded_shares),
        ):
            shares.append([f"{words}: {name}", *(f"{of[n]:.2f}" for n in _NAMED_SITES)])
    counts = markdown_table(["Samples of a", *(f"{n} sites" for n in _NAMED_SITES)], shares)
    return (
        f"### Whole sites left out, in {open_set.groups} groups\n\n"
        f"Claims on the {open_set.n_sites:.0f} sites that were left; true claims from the ordinary "
        f"folds.\n\n{figures}\n\n"
        f"Share of samples by number of sites:\n\n{counts}"
    )

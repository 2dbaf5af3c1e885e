"""`fingerprint evaluate`: error rates on held-out samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerprint.cli.options import jobs_option, near_option, seed_option

if TYPE_CHECKING:
    from pathlib import Path

    from fingerprint.evaluation import League


@click.command()
@click.argument("library", type=click.Path())
@click.option("-o", "--output", required=True, type=click.Path(), help="Folder for the results.")
@click.option(
    "--scorers",
    metavar="A,B",
    help="Scorers to compare and fuse. [default: compare all, fuse those that train fuses]",
)
@click.option("--folds", default=5, show_default=True, help="Folds, by sample.")
@click.option(
    "--leave-out",
    metavar="COLUMN",
    help="Folds by the values of a column instead, such as the publication; samples stay whole.",
)
@click.option(
    "--sites-from",
    metavar="COLUMN",
    help="Take the values of a column for the sites, such as district; without one: left out.",
)
@click.option(
    "--open-groups",
    type=click.IntRange(2),
    default=5,
    show_default=True,
    help="Groups of whole sites, each left out in turn: samples of unknown origin.",
)
@seed_option
@near_option
@jobs_option
def evaluate(
    library: str,
    output: str,
    scorers: str | None,
    folds: int,
    leave_out: str | None,
    sites_from: str | None,
    open_groups: int,
    seed: int,
    near: str | None,
    jobs: int,
) -> None:
    """Measure error rates on held-out samples of LIBRARY, every site a claim.

    Prints a league table and writes it as league.json, with pictures. Everything behind the
    fusion is fitted and calibrated inside the training part of each fold; folds never split a
    sample. A single scorer is fitted there, too; its Cllr is calibrated on the other folds.
    """
    from rich.console import Console

    from fingerprint.cli.progress import reading_bar, working
    from fingerprint.evaluation import evaluate as run
    from fingerprint.library import read_library
    from fingerprint.report.league import NO_PUBLIC_DATA, league_notes, league_tables, league_title

    names = _scorer_names(scorers)
    refuse_foreign_results(output)
    with reading_bar() as progress:
        reference = read_library(library, progress)
    if sites_from is not None:
        reference = reference.with_sites_from(sites_from)
    with working("Holding out samples"):
        league = run(
            reference,
            names,
            folds=folds,
            leave_out=leave_out,
            open_groups=open_groups,
            near=near,
            seed=seed,
            n_jobs=jobs,
        )
    write_league(league, output)
    console = Console(width=None if Console().is_terminal else 180)
    console.print(league_title(league), highlight=False)
    for table in league_tables(league):
        console.print(table)
    for note in (*league_notes(league), NO_PUBLIC_DATA):
        console.print(note, highlight=False)
    click.echo(f"{output}/league.json and pictures beside it")


def write_league(league: League, output: Path | str) -> None:
    """Write the league table as JSON and as pictures, all or none."""
    import json

    from fingerprint.intake.writing.folders import atomic_folder
    from fingerprint.report.league_json import league_json
    from fingerprint.report.league_plots import confusion_picture, curves_picture, league_picture

    with atomic_folder(output) as folder:
        text = json.dumps(league_json(league), indent=1, ensure_ascii=False, allow_nan=False)
        (folder / "league.json").write_text(text + "\n", encoding="utf-8")
        league_picture(league).savefig(folder / "league.png", dpi=150)
        curves_picture(league).savefig(folder / "curves.png", dpi=150)
        if league.confusion is not None:
            picture = confusion_picture(league, league.confusion)
            picture.savefig(folder / "confusion.png", dpi=150)


def _scorer_names(text: str | None) -> tuple[str, ...] | None:
    from fingerprint.errors import InputError
    from fingerprint.evidence import SCORERS

    if text is None:
        return None
    names = tuple(name.strip() for name in text.split(","))
    unknown = [name for name in names if name not in SCORERS]
    if unknown or len(set(names)) < len(names):
        raise InputError(
            f"--scorers names {unknown[0]!r}, which is no scorer"
            if unknown
            else "--scorers names one scorer twice",
            f"The scorers are {', '.join(SCORERS)}.",
        )
    return names


def refuse_foreign_results(folder: Path | str) -> None:
    """Only an earlier result, or an empty folder, is replaced."""
    from pathlib import Path

    from fingerprint.errors import InputError

    path = Path(folder)
    ours = {"league.json", "league.png", "curves.png", "confusion.png"}
    if path.exists() and not (path.is_dir() and {p.name for p in path.iterdir()} <= ours):
        raise InputError(
            "something else than results stands there", "Name another folder.", file=folder
        )


COMMANDS = {"evaluate": evaluate}

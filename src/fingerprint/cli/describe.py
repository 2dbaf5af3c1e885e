"""`fingerprint describe`: what is in a table, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fingerprint.cli.sessions import certified_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from fingerprint.library import Description
    from fingerprint.quality import SessionQuality


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--json", "json_to", metavar="F", help="Write JSON to this file; '-': to stdout.")
@certified_option
def describe(table: Path, json_to: str | None, certified: str | None) -> None:
    """Say what is in TABLE, a file or a folder, and what is wrong with it."""
    import json

    from fingerprint.cli.progress import reading_bar
    from fingerprint.cli.sessions import described_sessions
    from fingerprint.intake import atomic_write, read_samples
    from fingerprint.library import describe
    from fingerprint.report.session_rows import session_document

    with reading_bar() as progress:
        samples = read_samples(table, progress)
        description = describe(samples)
    sessions = None if certified is None else described_sessions(samples, certified)
    if json_to is None:
        _print(description, sessions)
        return
    document = description.as_dict()
    if sessions is not None:
        document["sessions"] = session_document(sessions)
    text = json.dumps(document, indent=2, ensure_ascii=False)
    if json_to == "-":
        click.echo(text)
    else:
        with atomic_write(json_to) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")


def _print(description: Description, sessions: Sequence[SessionQuality] | None) -> None:
    from rich.console import Console

    from fingerprint.cli.sessions import print_sessions
    from fingerprint.library.notes import counted

    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = 100
    low, median, high = description.grains_a_sample
    sites = f"{counted(description.n_sites, 'site')}, " if description.n_sites else ""
    samples = counted(description.n_samples, "sample")
    console.print(f"{sites}{samples}, {counted(description.n_grains, 'grain')}")
    console.print(f"Grains a sample: {low:,} to {high:,}, median {median:g}")
    if description.n_mineralogy or description.n_ages:
        console.print(
            f"Mineralogy of {description.n_mineralogy:,} samples, ages of "
            f"{description.n_ages:,} grains"
        )
    console.print(f"Facts: {', '.join(description.facts) or 'none'}")
    _print_analytes(description, console)
    _print_limits(description, console)
    if sessions is not None:
        print_sessions(sessions, console)
    for note in description.notes:
        console.print(f"! {note}")
    if not description.notes:
        console.print("Nothing stands out.")


def _print_analytes(description: Description, console: Console) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Analyte")
    table.add_column("Below detection", justify="right")
    table.add_column("Not measured", justify="right")
    for analyte in description.analytes:
        table.add_row(analyte.column, f"{analyte.censored:.1%}", f"{analyte.not_measured:.1%}")
    console.print(table)


def _print_limits(description: Description, console: Console) -> None:
    from rich import box
    from rich.table import Table

    if not description.limits:
        console.print("No detection limit is known.")
        return
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Laboratory")
    table.add_column("Detection limit of")
    for name in ("lowest", "median", "highest"):
        table.add_column(name, justify="right")
    for limit in description.limits:
        numbers = (f"{n:.4g}" for n in (limit.lowest, limit.median, limit.highest))
        table.add_row(limit.laboratory or "(not given)", limit.column, *numbers)
    console.print(table)


COMMANDS: dict[str, click.Command] = {"describe": describe}

"""`fingerprint describe`: what is in a table, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fingerprint.cli.sessions import certified_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from fingerprint.library import DescribedFile, Description
    from fingerprint.quality import SessionQuality

    # None: no certified values were given.
    Sessions = Sequence[SessionQuality] | None

# More are in the JSON and on the page.
_MOST_PROBLEMS = 50


@click.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "--profile", metavar="P", help="How to read it, as for import. [default: what its header says]"
)
@click.option("--json", "json_to", metavar="F", help="Write JSON to this file; '-': to stdout.")
@click.option("--html", "html_to", metavar="F.html", help="Write a page with the cells marked.")
@certified_option
def describe(
    table: Path,
    profile: str | None,
    json_to: str | None,
    html_to: str | None,
    certified: str | None,
) -> None:
    """Say what is in TABLE, a file or a folder, and what is wrong with it.

    All problems are listed, each with its row and column. Exit status 2 if any is an error, for
    which every other command refuses the file.
    """
    from fingerprint.cli.outputs import refuse_same, write_text
    from fingerprint.cli.progress import reading_bar
    from fingerprint.cli.sessions import described_sessions
    from fingerprint.library import describe_file

    if html_to is not None and not html_to.endswith((".html", ".htm")):
        raise click.UsageError("--html writes HTML: name a file that ends in .html.")
    refuse_same([table, profile, certified], [json_to, html_to])
    with reading_bar() as progress:
        described = describe_file(table, profile, progress)
    sessions = described_sessions(described.reference_materials, certified)
    if html_to is not None:
        write_text(html_to, _page(described, sessions))
    if json_to is not None:
        write_text(json_to, _json(described, sessions))
        if json_to != "-":
            click.echo(f"{json_to}: {_counts_of(described, sessions)}")
    else:
        _print(described, sessions)
    described.refuse()


def _page(described: DescribedFile, sessions: Sessions) -> str:
    from fingerprint.report.described_page import render_described

    return render_described(described, sessions)


def _json(described: DescribedFile, sessions: Sessions) -> str:
    import json

    from fingerprint.report.session_rows import n_outside, session_document

    document = described.as_dict()
    document["sessions"] = None if sessions is None else session_document(sessions)
    document["n_sessions_outside"] = None if sessions is None else n_outside(sessions)
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _counts_of(described: DescribedFile, sessions: Sessions) -> str:
    from fingerprint.library.notes import counted
    from fingerprint.report.session_rows import n_outside

    errors, notes, outside = described.n_errors, described.n_notes, n_outside(sessions)
    parts = [counted(errors, "error") if errors else "No errors"]
    parts += [counted(notes, "note")] if errors or notes else []
    parts += [f"{counted(outside, 'session')} outside the limits"] if outside else []
    return ", ".join(parts)


def _print(described: DescribedFile, sessions: Sessions) -> None:
    from rich.console import Console

    from fingerprint.cli.sessions import print_sessions
    from fingerprint.report.session_rows import n_outside
    from fingerprint.report.visible import visible

    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = 100
    if described.profile != "plain":
        console.print(f"Read by the profile {visible(described.profile)}.")
    description = described.description
    if description is not None:
        _print_counts(description, console)
    _print_problems(described, sessions, console)
    if description is None:
        return
    _print_analytes(description, console)
    _print_limits(description, console)
    if sessions is not None:
        print_sessions(sessions, console)
    for note in description.notes:
        console.print(f"! {note}")
    if not (description.notes or described.problems or n_outside(sessions)):
        console.print("Nothing stands out.")


def _print_counts(description: Description, console: Console) -> None:
    from fingerprint.library.notes import counted
    from fingerprint.report.visible import visible

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
    console.print(f"Facts: {', '.join(map(visible, description.facts)) or 'none'}")


def _print_problems(described: DescribedFile, sessions: Sessions, console: Console) -> None:
    from fingerprint.report.described_text import problem_table

    errors, notes = described.n_errors, described.n_notes
    counts = _counts_of(described, sessions)
    console.print(counts if errors or notes else f"{counts}.")
    if not (errors or notes):
        return
    if errors:
        console.print("Every other command refuses the file. Here the cells at fault count as not")
        console.print("measured.")
    console.print(problem_table(described.problems[:_MOST_PROBLEMS]))
    left = errors + notes - min(len(described.problems), _MOST_PROBLEMS)
    if left:
        console.print(f"{left:,} more: --html F shows them in the table, --json F lists them.")


def _print_analytes(description: Description, console: Console) -> None:
    from rich import box
    from rich.table import Table

    from fingerprint.report.visible import visible

    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("Analyte")
    table.add_column("Below detection", justify="right")
    table.add_column("Not measured", justify="right")
    for analyte in description.analytes:
        table.add_row(
            visible(analyte.column), f"{analyte.censored:.1%}", f"{analyte.not_measured:.1%}"
        )
    console.print(table)


def _print_limits(description: Description, console: Console) -> None:
    from rich import box
    from rich.table import Table

    from fingerprint.report.visible import visible

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
        table.add_row(visible(limit.laboratory) or "(not given)", visible(limit.column), *numbers)
    console.print(table)


COMMANDS: dict[str, click.Command] = {"describe": describe}

"""`fingerprint import`: from laboratory files to one table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fingerprint.cli.outputs import refuse_same

if TYPE_CHECKING:
    from fingerprint.errors import InputError
    from fingerprint.intake.laboratory.explaining import Explanation


@click.command("import")
@click.argument("raw", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--profile",
    help="Name of a shipped profile, the TOML file of one, or 'plain' for the public format. "
    "Without it each file is read with the profile that fits its header.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="The table to write: .csv, .xlsx or .parquet; another file than RAW. Replaced if it "
    "exists.",
)
@click.option(
    "--explain", "only_explain", is_flag=True, help="Show what was understood, column by column."
)
@click.option(
    "--json", "json_to", metavar="F", help="Write the explanation as JSON; '-': to stdout."
)
def import_(
    raw: tuple[Path, ...],
    profile: str | None,
    output: Path | None,
    only_explain: bool,
    json_to: str | None,
) -> None:
    """Turn laboratory files RAW into one table, or explain how they would be read.

    Exit status 2 if a file is refused, also if it is only explained.
    """
    if output is None and not only_explain and json_to is None:
        raise click.UsageError("Name the table to write with -o, or ask to --explain.")
    if output is not None:
        from fingerprint.intake.files.formats import check_extension

        check_extension(output)
    refuse_same([*raw, profile], [output, json_to])
    if only_explain or json_to is not None:
        refused = _explain(raw, profile, json_to)
        if refused is not None and output is None:
            raise refused
    if output is not None:
        _import(raw, profile, output, json_to)


def _import(raw: tuple[Path, ...], profile: str | None, output: Path, json_to: str | None) -> None:
    from fingerprint.cli.progress import reading_bar
    from fingerprint.intake import import_tables, open_recognised, write_assay
    from fingerprint.intake.laboratory.explaining import taken_to_mean
    from fingerprint.library.notes import counted

    found = [open_recognised(path, profile) for path in raw]
    doubts: list[InputError] = []
    with reading_bar() as progress:
        assay = import_tables([f.table for f in found], progress, doubts.append)
    write_assay(assay, output)
    if json_to == "-":
        # Standard output holds one JSON document and nothing else.
        return
    for path, f in zip(raw, found, strict=True):
        if profile is None and f.profile != "plain":
            click.echo(f"{path}: read with the profile {f.profile}")
        if f.by_name:
            click.echo(f"! {path}: {f.by_name}")
        for what in taken_to_mean(f.table):
            click.echo(f"! {path}: {what}")
    for doubt in doubts:
        click.echo(f"! {doubt}")
    numbers = (
        counted(len(set(assay.fact("sample"))), "sample"),
        counted(assay.n_grains, "grain"),
        counted(len(assay.analytes), "analyte"),
    )
    click.echo(f"{output}: {', '.join(numbers)}")


def _explain(raw: tuple[Path, ...], profile: str | None, json_to: str | None) -> InputError | None:
    """Explain each file, and give the refusal of the first that import refuses."""
    import json

    from fingerprint.cli.outputs import write_text
    from fingerprint.cli.progress import reading_bar
    from fingerprint.intake import explain

    with reading_bar() as progress:
        explained = [explain(path, profile, progress) for path in raw]
    if json_to is None:
        for explanation in explained:
            _print(explanation, profile)
        return _refusal(explained, profile)
    text = json.dumps([e.as_dict() for e in explained], indent=2, ensure_ascii=False)
    write_text(json_to, text + "\n")
    return _refusal(explained, profile)


def _refusal(explained: list[Explanation], profile: str | None) -> InputError | None:
    from fingerprint.errors import InputError

    first = next((e for e in explained if e.refused), None)
    if first is None:
        return None
    return InputError("import refuses the file", _all_problems(first, profile), first.file)


def _all_problems(explained: Explanation, profile: str | None) -> str:
    """Say what lists all that is wrong with a file."""
    import shlex

    words = ["fingerprint", "describe", explained.file]
    words += [] if profile is None else ["--profile", profile]
    return f"All that is wrong: {shlex.join(words)}"


def _print(explained: Explanation, profile: str | None) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from fingerprint.library.notes import counted

    console = Console(markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        # Wide enough that nothing is cut where the output is kept.
        console.width = 400
    console.print(f"{explained.file}: profile {explained.profile}. {explained.why}")
    console.print(f"{counted(explained.rows, 'row')}, {counted(explained.grains, 'grain')}")
    for what in explained.notes:
        console.print(f"! {what}")
    for fact, text in explained.constants.items():
        console.print(f"{fact} is {text!r} in every row")
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("Column", "What it is", "Becomes", "Unit"):
        table.add_column(name, overflow="fold")
    for name in ("Isotope", "Factor", "Numbers", "Below detection", "Blank"):
        table.add_column(name, justify="right")
    table.add_column("Not understood", overflow="fold")
    table.add_column("Examples", overflow="fold")
    table.add_column("Note", overflow="fold")
    for c in explained.columns:
        table.add_row(
            c.column,
            c.kind,
            c.becomes,
            c.unit,
            "" if c.isotope is None else str(c.isotope),
            "" if c.factor is None else f"{c.factor:g}",
            f"{c.numbers:,}",
            f"{c.below:,}",
            f"{c.blank:,}",
            f"{c.not_understood:,} ({' | '.join(c.unread)})" if c.not_understood else "",
            " | ".join(c.examples),
            c.note,
        )
    console.print(table)
    if explained.refused:
        console.print(f"! import refuses the file: {explained.refused}")
        console.print(f"! {_all_problems(explained, profile)}")


COMMANDS: dict[str, click.Command] = {"import": import_}

"""`fingerprint import`: from laboratory files to one table."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("import")
@click.argument("raw", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--profile",
    default="plain",
    show_default=True,
    help="'plain' for the public format, or the TOML file of a laboratory profile.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="The table to write: .csv, .xlsx or .parquet. Replaced if it exists.",
)
def import_(raw: tuple[Path, ...], profile: str, output: Path) -> None:
    """Turn laboratory files RAW of one kind into one table."""
    from fingerprint.cli.progress import reading_bar
    from fingerprint.intake import import_files, load_profile, write_assay
    from fingerprint.intake.formats import check_extension

    check_extension(output)
    chosen = None if profile == "plain" else load_profile(profile)
    with reading_bar() as progress:
        assay = import_files(raw, chosen, progress)
    write_assay(assay, output)
    click.echo(
        f"{output}: {len(set(assay.fact('sample'))):,} samples, {assay.n_grains:,} grains, "
        f"{len(assay.analytes)} analytes"
    )


COMMANDS: dict[str, click.Command] = {"import": import_}

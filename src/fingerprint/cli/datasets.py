"""`fingerprint datasets`: public data sets, and the libraries built from them."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def datasets() -> None:
    """List public data sets, or build a library from one."""


@datasets.command("list")
def list_() -> None:
    """List the public data sets that a library can be built from."""
    from fingerprint.library.datasets import recipes

    for recipe in recipes():
        click.echo(f"{recipe.name}: {recipe.title}")
        counts = {"sites": recipe.sites, "samples": recipe.samples, "grains": recipe.grains}
        known = [f"{n:,} {word}" for word, n in counts.items() if n is not None]
        if known:
            click.echo(f"    holds     {', '.join(known)}")
        click.echo(f"    licence   {recipe.licence}")
        click.echo(f"    citation  {recipe.citation}")


@datasets.command()
@click.argument("name")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="A folder, or a file ending in .csv, .xlsx or .parquet.",
)
def build(name: str, output: Path) -> None:
    """Build the library of the public data set NAME.

    Raw files come from $FINGERPRINT_DATASETS if it is set, else they are downloaded; their hashes
    are checked either way.
    """
    from fingerprint.cli.progress import reading_bar
    from fingerprint.library.datasets import build, fetch, recipe

    chosen = recipe(name)
    with reading_bar("Downloading", 0) as progress:
        fetch(chosen, progress)
    with reading_bar() as progress:
        samples = build(chosen, output, progress)
    sites = len(set(samples.fact("site")))
    click.echo(
        f"{output}: {sites:,} sites, {len(samples):,} samples, {samples.assay.n_grains:,} grains, "
        f"{len(samples.assay.analytes)} analytes"
    )
    click.echo(f"Licence: {chosen.licence}")
    click.echo(f"Cite: {chosen.citation}")


COMMANDS: dict[str, click.Command] = {"datasets": datasets}

"""`fingerprint simulate`: make up a library with known truth."""

from __future__ import annotations

from typing import Literal

import click

_SITES_A_DISTRICT = 4


@click.command()
@click.option("-o", "--output", required=True, type=click.Path(), help="Folder to write.")
@click.option("--seed", default=0, show_default=True, help="The same seed makes the same bytes.")
@click.option("--sites", default=40, show_default=True, help="Sites in the library.")
@click.option("--districts", type=int, help="Districts; by default one for four sites.")
@click.option(
    "--samples",
    nargs=2,
    type=int,
    default=(3, 6),
    show_default=True,
    metavar="LOW HIGH",
    help="Reference samples of most sites; a few have one or two.",
)
@click.option(
    "--grains",
    nargs=2,
    type=int,
    default=(20, 50),
    show_default=True,
    metavar="LOW HIGH",
    help="Grains of a sample.",
)
@click.option(
    "--format",
    "table_format",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="Of the tables of grains.",
)
@click.option(
    "--reference-materials",
    is_flag=True,
    help="Measure a made-up standard with the controls, and write its certified values.",
)
def simulate(
    output: str,
    seed: int,
    sites: int,
    districts: int | None,
    samples: tuple[int, int],
    grains: tuple[int, int],
    table_format: Literal["csv", "parquet"],
    reference_materials: bool,
) -> None:
    """Make up a library with known truth.

    Writes a library, control samples with their claims, and the truth. Names and chemistry are
    invented. A folder of made-up data is replaced; any other is left alone.
    """
    from fingerprint.simulate import (
        Design,
        refuse_foreign,
        simulate_library,
        simulate_reference_materials,
        write_made_up,
    )

    design = Design(
        n_sites=sites,
        n_districts=max(1, sites // _SITES_A_DISTRICT) if districts is None else districts,
        samples_a_site=samples,
        grains_a_sample=grains,
    )
    refuse_foreign(output)
    made_up = simulate_library(design, seed)
    standards = simulate_reference_materials(made_up) if reference_materials else None
    write_made_up(made_up, output, table_format, standards)
    references, controls = made_up.library.samples, made_up.controls
    click.echo(f"made-up data, seed {seed}, in {output}:")
    click.echo(
        f"  library   {len(made_up.library.sites)} sites in {design.n_districts} districts, "
        f"{len(references)} samples, {references.assay.n_grains} grains, "
        f"{len(references.assay.analytes)} analytes"
    )
    click.echo(
        f"  controls  {len(controls)} samples, {controls.assay.n_grains} grains, with claims"
    )
    if standards is not None:
        click.echo(
            f"  standard  {standards.measured.n_grains} measurements of "
            f"{standards.certified.materials[0]}, with certified values"
        )


COMMANDS = {"simulate": simulate}

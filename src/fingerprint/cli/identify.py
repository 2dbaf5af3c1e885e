"""`fingerprint identify`: rank the sites that samples may come from."""

from __future__ import annotations

import click

from fingerprint.cli.options import model_option
from fingerprint.cli.sessions import certified_option


@click.command()
@click.argument("samples", type=click.Path())
@model_option
@click.option("-o", "--output", required=True, type=click.Path(), help="CSV of the ranking.")
@click.option(
    "--prior-unknown",
    default=0.5,
    show_default=True,
    help="Prior probability that a sample comes from no known site.",
)
@certified_option
def identify(
    samples: str, folder: str, output: str, prior_unknown: float, certified: str | None
) -> None:
    """Rank the sites that the samples of SAMPLES may come from, or none of them."""
    from dataclasses import asdict

    from fingerprint.bundle import load_model
    from fingerprint.cli.outputs import files_of_model, refuse_same
    from fingerprint.cli.progress import reading_bar
    from fingerprint.cli.sessions import judged_sessions, notes_on_sessions
    from fingerprint.intake import atomic_write, read_samples
    from fingerprint.library.reference import is_made_up
    from fingerprint.questions import identify as rank_sites
    from fingerprint.report.rows import RANKING_COLUMNS, write_rows

    refuse_same([samples, certified, *files_of_model(folder)], [output])
    model, _ = load_model(folder)
    with reading_bar() as progress:
        queries = read_samples(samples, progress)
    sessions = judged_sessions(model, queries, certified, model.policy)
    ranking = rank_sites(model, queries, prior_unknown)
    with atomic_write(output) as temporary, temporary.open("w", encoding="utf-8") as file:
        write_rows((asdict(ranked) for ranked in ranking), RANKING_COLUMNS, file)
    if model.provenance.made_up or is_made_up(queries):
        click.echo("Made-up data.")
    click.echo(
        f"{len(queries)} samples; prior: {prior_unknown:g} for no known site, the rest equal over "
        f"{len(model.sites.names)} sites"
    )
    for note in notes_on_sessions(sessions):
        click.echo(note)
    click.echo(output)


COMMANDS = {"identify": identify}

"""`fingerprint train` and `fingerprint model`: make a model, show it, verify it."""

from __future__ import annotations

import click

from fingerprint.cli.options import jobs_option, near_option, seed_option


@click.command()
@click.argument("library", type=click.Path())
@click.option("-o", "--output", required=True, type=click.Path(), help="Folder of the model.")
@seed_option
@jobs_option
@near_option
@click.option("--policy", type=click.Path(), help="TOML file of thresholds.")
def train(
    library: str, output: str, seed: int, jobs: int, near: str | None, policy: str | None
) -> None:
    """Train a model on LIBRARY, an assay file or a folder of tables."""
    from pathlib import Path

    from fingerprint.bundle import refuse_foreign, save_model
    from fingerprint.cli.progress import reading_bar, working
    from fingerprint.judgement import Policy, read_policy
    from fingerprint.judgement import train as train_model
    from fingerprint.library import read_library

    refuse_foreign(output)
    rules = Policy() if policy is None else read_policy(Path(policy))
    with reading_bar() as progress:
        reference = read_library(library, progress)
    with working("Training"):
        model = train_model(reference, near=near, policy=rules, seed=seed, n_jobs=jobs)
    digest = save_model(model, output)
    made_up = ", made-up data" if model.provenance.made_up else ""
    click.echo(
        f"{output}: {len(model.sites.names)} sites, {model.provenance.n_samples} samples, "
        f"{model.provenance.n_grains} grains, {len(model.analytes)} analytes{made_up}"
    )
    left_out = sorted(set(reference.samples.assay.keys) - set(model.analytes))
    if left_out:
        click.echo(
            f"left out, not measured in enough of the grains or all alike: {', '.join(left_out)}"
        )
    click.echo(f"model sha256 {digest}")


@click.group()
def model() -> None:
    """Show or verify a trained model."""


@model.command()
@click.argument("folder", metavar="MODEL", type=click.Path())
def show(folder: str) -> None:
    """Print the card of MODEL."""
    from fingerprint.bundle import card, load_model

    loaded, digest = load_model(folder)
    click.echo(card(loaded))
    click.echo(f"Model sha256 `{digest}`")


@model.command()
@click.argument("folder", metavar="MODEL", type=click.Path())
def verify(folder: str) -> None:
    """Check every byte of MODEL."""
    from fingerprint.bundle import load_model

    _, digest = load_model(folder)
    click.echo(f"{folder}: sound, model sha256 {digest}")


COMMANDS = {"train": train, "model": model}

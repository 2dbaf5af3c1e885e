"""Options that several commands share."""

from __future__ import annotations

import click

seed_option = click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=0,
    show_default=True,
    help="The same seed gives the same result.",
)
jobs_option = click.option(
    "--jobs", type=click.IntRange(1), default=2, show_default=True, help="Cores to use."
)
near_option = click.option(
    "--near", metavar="COLUMN", help="Equal values make neighbours. [default: district]"
)
model_option = click.option(
    "--model", "folder", required=True, type=click.Path(), help="A trained model."
)
alpha_option = click.option(
    "--alpha", type=float, help="Rate of false rejection. [default: the model's policy]"
)

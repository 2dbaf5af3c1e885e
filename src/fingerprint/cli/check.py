"""`fingerprint check`: one claim to a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerprint.cli.options import alpha_option, model_option
from fingerprint.cli.sessions import certified_option

if TYPE_CHECKING:
    from fingerprint.tables import SampleSet


@click.command()
@click.argument("samples", type=click.Path())
@click.option(
    "--claim",
    required=True,
    metavar="SITE[;SITE...]",
    help="Site that the papers name; several for a declared blend.",
)
@model_option
@click.option("--sample", metavar="ID", help="Which sample, if the table holds several.")
@click.option("--lot", metavar="ID", help="Judge all samples of a lot together.")
@alpha_option
@certified_option
@click.option("--json", "json_file", metavar="FILE", help="Write the verdict as JSON; - prints it.")
@click.option("--report", metavar="FILE.html", help="Write a report.")
def check(
    samples: str,
    claim: str,
    folder: str,
    sample: str | None,
    lot: str | None,
    alpha: float | None,
    certified: str | None,
    json_file: str | None,
    report: str | None,
) -> None:
    """Check one sample of SAMPLES, or one lot, against the site that its papers claim."""
    from fingerprint.bundle import load_model
    from fingerprint.cli.outputs import files_of_model, refuse_same, write_text
    from fingerprint.cli.progress import reading_bar, working
    from fingerprint.cli.sessions import judged_sessions
    from fingerprint.intake import read_samples
    from fingerprint.judgement import judge, judge_lot, samples_of_lot
    from fingerprint.report import render_html, summarise, summary_json
    from fingerprint.report.text import verdict_text

    _refuse_options(claim, sample, lot, report)
    refuse_same([samples, certified, *files_of_model(folder)], [json_file, report])
    model, digest = load_model(folder)
    policy = model.policy.with_alpha(alpha)
    with reading_bar() as progress:
        given = read_samples(samples, progress)
    chosen = _one_sample(given, sample) if lot is None else samples_of_lot(given, lot)
    sessions = judged_sessions(model, chosen, certified, policy)
    with working("Weighing the claim"):
        if lot is None:
            (verdict,) = judge(model, chosen, [(str(chosen.ids[0]), claim)], policy, sessions)
        else:
            verdict = judge_lot(model, chosen, lot, claim, policy, sessions)
        summary = summarise(
            model, chosen, verdict, policy=policy, model_hash=digest, sessions=sessions
        )
    if report is not None:
        write_text(report, render_html(summary))
    if json_file is not None:
        write_text(json_file, summary_json(summary))
    if json_file != "-":
        click.echo(verdict_text(verdict, made_up=bool(summary.made_up)))


def _refuse_options(claim: str, sample: str | None, lot: str | None, report: str | None) -> None:
    if sample is not None and lot is not None:
        raise click.UsageError("Give either --sample or --lot: a lot is judged as a whole.")
    if not all(name.strip() for name in claim.split(";")):
        raise click.UsageError("--claim names a blank site; give SITE, or SITE;SITE for a blend.")
    if lot is not None and ";" in claim:
        raise click.UsageError("A lot is judged against one site: give --claim one, or --sample.")
    if report is not None and not report.endswith((".html", ".htm")):
        raise click.UsageError("--report writes HTML: name a file that ends in .html.")


def _one_sample(samples: SampleSet, name: str | None) -> SampleSet:
    """The sample that is named, or the only one."""
    import numpy as np

    from fingerprint.errors import InputError

    names = [str(sample) for sample in samples.ids]
    if name is None and len(names) == 1:
        return samples
    if name is None:
        raise InputError(
            f"the table holds {len(names)} samples ({_some(names)})",
            "Name one with --sample, or check them all with fingerprint screen.",
        )
    if name not in names:
        raise InputError(
            f"there is no sample {name!r} in the table ({_some(names)})", "Correct --sample."
        )
    return samples.take(np.array([names.index(name)]))


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")


COMMANDS = {"check": check}

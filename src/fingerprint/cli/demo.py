"""`fingerprint demo`: the whole road on the bundled made-up library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerprint.cli.options import jobs_option

if TYPE_CHECKING:
    from pathlib import Path

    from fingerprint.evaluation import League
    from fingerprint.judgement import Model
    from fingerprint.tables import SampleSet

_FOLDS, _OPEN_GROUPS = 3, 2
# What is shown, how its truth reads in truth.csv, and the name of its report.
_CASES = (
    ("A true claim", "true", "report.html"),
    ("A false claim", "false", "report_false_claim.html"),
    ("A sample from no known site", "unknown", "report_unknown_origin.html"),
)


@click.command()
@click.option("-o", "--output", default="out", show_default=True, type=click.Path())
@jobs_option
def demo(output: str, jobs: int) -> None:
    """Walk the whole road on the bundled made-up library.

    Trains, evaluates briefly, checks a true claim, a false claim and a sample from no known site,
    and leaves a report of each.
    """
    import os
    from pathlib import Path

    from fingerprint.bundle import load_model, refuse_foreign, save_model
    from fingerprint.cli.evaluate import refuse_foreign_results, write_league
    from fingerprint.evaluation import evaluate
    from fingerprint.evidence import FUSED
    from fingerprint.intake import read_samples
    from fingerprint.intake.shipped import shipped
    from fingerprint.judgement import train
    from fingerprint.library import read_library

    made_up, folder = shipped("datasets") / "made_up", Path(output)
    refuse_foreign(folder / "model")
    refuse_foreign_results(folder / "evaluation")
    library = read_library(made_up / "library")
    click.echo(
        f"Made-up data: {len(library.sites)} invented sites, {len(library)} samples, "
        f"{library.samples.assay.n_grains} grains.\nTraining ..."
    )
    save_model(train(library, n_jobs=jobs), folder / "model")
    model, digest = load_model(folder / "model")
    click.echo(f"Evaluating briefly ({_FOLDS} folds by sample) ...")
    league = evaluate(library, FUSED, folds=_FOLDS, open_groups=_OPEN_GROUPS, n_jobs=jobs)
    write_league(league, folder / "evaluation")
    click.echo(_one_figure(league) + "\n")
    controls = read_samples(made_up / "controls")
    for title, truth, name in _CASES:
        click.echo(f"{title}:")
        case = _first_case(made_up, truth)
        click.echo(_checked(model, digest, controls, case, folder / name) + "\n")
    click.echo(
        f"Model {digest[:12]} in {folder}/model, league table in {folder}/evaluation.\n"
        f"Look next: open {folder}/report.html; then try\n"
        f"  fingerprint check {os.path.relpath(made_up)}/controls --sample C0003 --claim Iskewyth "
        f"--model {folder}/model\n"
        "and read README.md for your own data."
    )


def _one_figure(league: League) -> str:
    """The figure to remember, with its interval and what it was measured on."""
    known = league.rows[-1].known
    rate = known.false_acceptance[0.02]
    return (
        f"Made-up data, {league.folds} folds by sample, {known.n_true} true and {known.n_false} "
        f"false claims: {rate.value:.1%} of false claims accepted when 2 % of true ones are "
        f"rejected (95 % interval {rate.low:.1%} to {rate.high:.1%})."
    )


def _checked(
    model: Model, digest: str, controls: SampleSet, case: tuple[str, str], report: Path
) -> str:
    """Check a claim on a control sample as `fingerprint check` would, and write its report."""
    import numpy as np

    from fingerprint.cli.outputs import write_text
    from fingerprint.judgement import judge
    from fingerprint.report import render_html, summarise
    from fingerprint.report.text import verdict_text

    one = controls.take(np.flatnonzero(controls.ids == case[0]))
    (verdict,) = judge(model, one, [case], model.policy)
    summary = summarise(model, one, verdict, policy=model.policy, model_hash=digest)
    write_text(report, render_html(summary))
    return verdict_text(verdict, made_up=bool(summary.made_up))


def _first_case(made_up: Path, truth: str) -> tuple[str, str]:
    import pandas as pd

    claims = pd.read_csv(made_up / "claims.csv", dtype=str)
    origin = pd.read_csv(made_up / "truth.csv", dtype=str, keep_default_na=False)
    cases = claims.merge(origin, on="sample")
    kind = cases["site"].where(cases["site"] != cases["claim"], "true").replace("", "unknown")
    kind = kind.where(kind.isin(["true", "unknown"]), "false")
    first = cases[kind == truth].iloc[0]
    return str(first["sample"]), str(first["claim"])


COMMANDS = {"demo": demo}

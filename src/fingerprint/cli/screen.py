"""`fingerprint screen`: many claims to verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerprint.cli.options import alpha_option, model_option
from fingerprint.cli.sessions import certified_option

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Iterator

    from fingerprint.judgement import Model, Verdict
    from fingerprint.tables import SampleSet


@click.command()
@click.argument("samples", type=click.Path())
@model_option
@click.option("--claims", metavar="CLAIMS.csv", help="Table with the columns sample and claim.")
@click.option("--all-sites", is_flag=True, help="Claim every site of the library instead.")
@click.option("-o", "--output", required=True, type=click.Path(), help="CSV of verdicts.")
@alpha_option
@certified_option
def screen(
    samples: str,
    folder: str,
    claims: str | None,
    all_sites: bool,
    output: str,
    alpha: float | None,
    certified: str | None,
) -> None:
    """Check many samples of SAMPLES against many claims."""
    from collections import Counter

    from fingerprint.bundle import load_model
    from fingerprint.cli.outputs import files_of_model, refuse_same
    from fingerprint.cli.progress import counted, reading_bar
    from fingerprint.cli.sessions import judged_sessions, notes_on_sessions
    from fingerprint.intake import atomic_write, read_samples
    from fingerprint.judgement import judge
    from fingerprint.library.reference import is_made_up
    from fingerprint.report.rows import VERDICT_COLUMNS, write_rows

    if (claims is None) == (not all_sites):
        raise click.UsageError("Give either --claims CLAIMS.csv or --all-sites.")
    refuse_same([samples, claims, certified, *files_of_model(folder)], [output])
    model, _ = load_model(folder)
    policy = model.policy.with_alpha(alpha)
    with reading_bar() as progress:
        queries = read_samples(samples, progress)
        pairs = _claims(claims, model, queries, samples)
    sessions = judged_sessions(model, queries, certified, policy)
    found: Counter[str] = Counter()
    verdicts = counted(judge(model, queries, pairs, policy, sessions), len(pairs), "Judging")
    with atomic_write(output) as temporary, temporary.open("w", encoding="utf-8") as file:
        write_rows(_rows(verdicts, found), VERDICT_COLUMNS, file)
    if model.provenance.made_up or is_made_up(queries):
        click.echo("Made-up data.")
    click.echo(
        f"{len(pairs)} claims: {found['plausible']} plausible, {found['implausible']} implausible, "
        f"{found['inconclusive']} inconclusive"
    )
    if claims is not None:
        click.echo(
            f"If every claim were true, chance alone would find about "
            f"{policy.alpha * found['could be rejected']:.3g} of them implausible. Have a second "
            "sample measured blind before anyone acts on a single one."
        )
    for note in notes_on_sessions(sessions):
        click.echo(note)
    click.echo(output)


def _claims(
    claims: str | None, model: Model, queries: SampleSet, samples: str
) -> list[tuple[str, str]]:
    """Claims of the table, or every site for every sample."""
    from fingerprint.errors import InputError
    from fingerprint.intake import read_claims
    from fingerprint.judgement import all_claims
    from fingerprint.judgement.blends import sites_of_claim

    if claims is None:
        return all_claims(model, queries)
    pairs = read_claims(claims)
    if unknown := sorted({sample for sample, _ in pairs} - set(queries.ids)):
        raise InputError(
            f"there is no sample {unknown[0]!r} in {samples}",
            "Correct the name, or add its grains to the table.",
            file=claims,
            column="sample",
        )
    for _, claim in pairs:
        try:
            sites_of_claim(claim)
        except InputError as error:
            raise error.in_file(claims) from None
    return pairs


def _rows(verdicts: Iterable[Verdict], found: Counter[str]) -> Iterator[dict[str, object]]:
    """Rows of the verdicts, which are counted on their way."""
    from fingerprint.report.rows import verdict_row

    for verdict in verdicts:
        found[verdict.verdict] += 1
        found["could be rejected"] += verdict.could_be_rejected
        yield verdict_row(verdict)


COMMANDS = {"screen": screen}

"""`fingerprint library`: is a reference library sound, and who may join it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fingerprint.cli.options import near_option
from fingerprint.cli.sessions import certified_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fingerprint.health import Entry, Finding
    from fingerprint.library import Library


@click.group()
def library() -> None:
    """Check a reference library, add samples to it, show its history."""


@library.command()
@click.argument("folder", metavar="LIB", type=click.Path())
@click.option("--json", "json_to", metavar="FILE", help="Write everything as JSON; - prints it.")
@click.option("--report", metavar="FILE.html", help="Write a page.")
@near_option
@certified_option
def check(
    folder: str,
    json_to: str | None,
    report: str | None,
    near: str | None,
    certified: str | None,
) -> None:
    """Say whether the reference library LIB is sound."""
    from pathlib import Path

    from fingerprint.cli.outputs import refuse_same, write_text
    from fingerprint.cli.progress import reading_bar, steps
    from fingerprint.cli.sessions import described_sessions
    from fingerprint.health import (
        check_library,
        history_findings,
        read_history,
        session_findings,
    )
    from fingerprint.library import read_library
    from fingerprint.report.health import health_json, render_health
    from fingerprint.report.health_text import health_text

    if report is not None and not report.endswith((".html", ".htm")):
        raise click.UsageError("--report writes HTML: name a file that ends in .html.")
    refuse_same([folder, certified], [json_to, report])
    with reading_bar() as progress:
        reference = read_library(folder, progress)
    history = read_history(folder)
    sessions = described_sessions(reference.samples.reference_materials, certified)
    with steps() as step:
        health = check_library(reference, near=_near(reference, near), step=step)
    health = health.with_findings(
        [
            *session_findings(reference.samples, sessions or ()),
            *history_findings(history, health.content_hash),
        ]
    )
    if report is not None:
        write_text(report, render_health(health, history, Path(folder).name, sessions))
    if json_to is not None:
        write_text(json_to, health_json(health, history, sessions))
    if json_to != "-":
        click.echo(health_text(health))


@library.command()
@click.argument("samples", type=click.Path())
@click.option("--to", "folder", required=True, metavar="LIB", type=click.Path(), help="Library.")
@click.option("--reason", metavar="TEXT", help="Why they join although findings stand.")
@click.option("--by", metavar="NAME", help="Who adds them. [default: your login name]")
@certified_option
def add(
    samples: str,
    folder: str,
    reason: str | None,
    by: str | None,
    certified: str | None,
) -> None:
    """Add SAMPLES to a library, if its checks say nothing against them or a reason is given."""
    from fingerprint.cli.progress import reading_then_steps
    from fingerprint.cli.sessions import described_sessions
    from fingerprint.errors import InputError
    from fingerprint.health import add_samples
    from fingerprint.library.notes import counted

    with reading_then_steps() as (progress, step):
        addition = add_samples(
            folder,
            samples,
            by=_given("--by", by or _login()),
            reason=_given("--reason", reason or ""),
            judge=lambda materials: described_sessions(materials, certified) or (),
            progress=progress,
            step=step,
        )
    _print_findings(addition.against)
    if addition.entry is None:
        raise InputError(
            f"{counted(len(addition.against), 'finding')} against these samples; nothing was added",
            "Settle them, or say with --reason why the samples join all the same.",
            samples,
        )
    click.echo(_told(addition.entry))


@library.command()
@click.argument("folder", metavar="LIB", type=click.Path())
def history(folder: str) -> None:
    """Show who added what to LIB, when and why."""
    from fingerprint.errors import InputError
    from fingerprint.health import history_findings, read_history
    from fingerprint.library import content_hash, read_library

    told = read_history(folder)
    reference = read_library(folder)
    if not told.lines:
        click.echo("No history: nothing was added with fingerprint library add.")
        return
    for entry in told.entries:
        click.echo(_told(entry))
    wrong = history_findings(told, content_hash(reference.samples))
    if wrong:
        raise InputError(
            wrong[0].sentence.removesuffix("."), "Find out who changed it, and why.", folder
        )
    click.echo("The chain is whole, and the library is what its last entry says.")


def _near(reference: Library, near: str | None) -> str | None:
    """The column of neighbours: the one named, else the district where there is one."""
    if near is not None:
        reference.values_of_sites(near)  # refuses a column that is not there
        return near
    return "district" if "district" in reference.samples.facts else None


def _login() -> str:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        raise click.UsageError("Your login name is not known: say who you are with --by.") from None


def _given(option: str, text: str) -> str:
    """The text of an option, refused where no file could hold it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise click.UsageError(f"{option} cannot be read as text: give it in UTF-8.") from None
    return text.strip()


def _print_findings(findings: Sequence[Finding]) -> None:
    from fingerprint.report.visible import LONGEST_SENTENCE, visible

    for finding in findings:
        click.echo(f"! {visible(finding.sentence, LONGEST_SENTENCE)}", err=True)


def _told(entry: Entry) -> str:
    from fingerprint.library.notes import counted
    from fingerprint.report.visible import LONGEST_SENTENCE, visible

    # What is not seen, or breaks the line, would look like another entry.
    first = ", ".join(map(visible, entry.samples[:5]))
    before, after = visible(entry.content_before[:12]), visible(entry.content_after[:12])
    lines = [
        f"{entry.number}. {visible(entry.at)} {visible(entry.by)}: "
        f"{counted(len(entry.samples), 'sample')}, "
        f"{counted(entry.n_grains, 'grain')}, {counted(len(entry.sites), 'site')} "
        f"({first}{', ...' if len(entry.samples) > 5 else ''})",
        f"   library {before} -> {after}",
    ]
    lines += [f"   stood: {visible(one, LONGEST_SENTENCE)}" for one in entry.findings]
    if entry.reason:
        lines.append(f"   reason: {visible(entry.reason, LONGEST_SENTENCE)}")
    return "\n".join(lines)


COMMANDS: dict[str, click.Command] = {"library": library}

"""What commands share about reference materials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from fingerprint.judgement import Model, Policy
    from fingerprint.quality import SessionQuality
    from fingerprint.tables import Assay, SampleSet

certified_option = click.option(
    "--certified",
    metavar="FILE",
    help="Certified values of the reference materials that were measured with the samples. A "
    "session that reads them outside the limits decides nothing.",
)


def judged_sessions(
    model: Model, samples: SampleSet, certified: str | None, policy: Policy
) -> tuple[SessionQuality, ...] | None:
    """Judge the sessions of samples by a table of reference values, if one is given."""
    from fingerprint.errors import InputError
    from fingerprint.intake import read_certified
    from fingerprint.judgement import sessions_for

    if certified is None:
        return None
    table = read_certified(certified)
    try:
        return sessions_for(model, samples, table, policy)
    except InputError as error:
        raise error.in_file(certified) from None


def notes_on_sessions(sessions: Sequence[SessionQuality] | None) -> Iterator[str]:
    """Say which sessions are outside their limits or could not be judged."""
    for session in sessions or ():
        if session.state == "outside":
            yield f"! Outside its limits: {session.sentence}"
        elif session.state == "not judged":
            yield f"! Not judged: {session.name}. {session.sentence}"


def described_sessions(
    reference_materials: Assay | None, certified: str | None
) -> tuple[SessionQuality, ...] | None:
    """Judge the sessions of a table by all that was measured, within the default limits."""
    from fingerprint.errors import InputError
    from fingerprint.intake import read_certified
    from fingerprint.quality import SessionLimits, judge_sessions

    if certified is None:
        return None
    table = read_certified(certified)
    try:
        return judge_sessions(reference_materials, table, SessionLimits())
    except InputError as error:
        raise error.in_file(certified) from None


def print_sessions(sessions: Sequence[SessionQuality], console: Console) -> None:
    """Print what each session read, and what is wrong with it."""
    from rich import box
    from rich.table import Table

    from fingerprint.report.numbers import decimal, percent, signed
    from fingerprint.report.session_rows import session_rows

    if not sessions:
        console.print("No reference material was measured.")
        return
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("Session", "Laboratory", "Material"):
        table.add_column(name)
    for name in ("Times", "Recovery", "Drift", "Farthest", "RSD"):
        table.add_column(name, justify="right")
    table.add_column("Limits")
    for row in session_rows(sessions):
        table.add_row(
            row.session,
            row.laboratory or "(not given)",
            row.material,
            str(row.n),
            "-" if row.recovery is None else decimal(row.recovery),
            "-" if row.drift is None else f"{signed(100 * row.drift, 0)} %",
            f"{row.farthest} {decimal(row.farthest_recovery)}" if row.farthest else "-",
            "-" if row.repeatability is None else percent(row.repeatability),
            row.state,
        )
    console.print(table)
    for note in notes_on_sessions(sessions):
        console.print(note)

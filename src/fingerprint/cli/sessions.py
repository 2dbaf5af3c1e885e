"""What commands share about reference materials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fingerprint.judgement import Model, Policy
    from fingerprint.quality import SessionQuality
    from fingerprint.tables import SampleSet

certified_option = click.option(
    "--certified",
    metavar="FILE",
    help="Table of the values of reference materials; samples of a session that reads them outside "
    "the policy's limits are inconclusive.",
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

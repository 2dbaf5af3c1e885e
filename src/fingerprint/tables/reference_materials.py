"""Measurements of laboratory standards that stand among the grains of an assay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from fingerprint.errors import InputError
from fingerprint.tables.arrays import Bools, Floats, Ints, Texts
from fingerprint.tables.assay import Assay

REFERENCE_MATERIAL = "reference_material"
_OF_A_SAMPLE = ("", "sample")


def set_apart(assay: Assay) -> tuple[Assay, Ints, Assay | None]:
    """Part the grains of samples from measurements of reference materials.

    A column or an analyte that only one of the two has anything in stays with that one, so that the
    grains are what they would be in a file of their own.

    Parameters
    ----------
    assay
        Rows whose fact ``role`` is ``reference_material`` measure the standard that ``material``
        names; blank or ``sample``: a grain.

    Returns
    -------
    grains
        The grains of samples.
    rows
        (grains,) rows of `assay` that they stood in.
    reference_materials
        The other rows, in the order of the file; None if there are none.

    Raises
    ------
    InputError
        If a role is neither, a reference material has no name, or the time of its measurement
        (``measured_at``) is no date and time.
    """
    for error in role_faults(assay):
        raise error
    standard = is_standard(assay)
    if not standard.any():
        return assay, np.arange(assay.n_grains), None
    grains, materials = assay.take(~standard), assay.take(standard)
    return _without(grains, materials), np.flatnonzero(~standard), _without(materials, grains)


def is_standard(assay: Assay) -> Bools:
    """(grains,) True for measurements of a reference material."""
    return np.asarray(assay.fact("role") == REFERENCE_MATERIAL, dtype=bool)


def role_faults(assay: Assay) -> Iterator[InputError]:
    """Find rows whose role is not known, or that do not say what a reference material must.

    Parameters
    ----------
    assay
        As for `set_apart`.

    Yields
    ------
    InputError
        With a row counted from 0, a column and the text that stands there.
    """
    standard = is_standard(assay)
    yield from _faults(
        assay,
        ~standard & ~np.isin(assay.fact("role"), _OF_A_SAMPLE),
        "role",
        "is no role that a row may have",
        f"Write {REFERENCE_MATERIAL}, or sample, or leave the cell blank for a sample.",
    )
    yield from _faults(
        assay,
        standard & (assay.fact("material") == ""),
        "material",
        "stands where the name of the reference material belongs",
        "Name it as the table of certified values does, such as NIST 610.",
    )
    times = assay.fact("measured_at")
    untimed = np.array([bool(t) and moment(t) is None for t in times], dtype=bool)
    yield from _faults(
        assay,
        standard & untimed,
        "measured_at",
        "is no date and time",
        "Write it as 2026-03-01T14:05, or leave the cell blank.",
    )


def marked(materials: Assay) -> Assay:
    """Give measurements of reference materials the role that `set_apart` knows them by."""
    return replace(materials, facts=materials.facts.assign(role=REFERENCE_MATERIAL))


def material_key(name: str) -> str:
    """What two spellings of a reference material share.

    >>> {material_key(n) for n in ("NIST610", "nist 610", "NIST-610", "NIST SRM 610", "SRM 610")}
    {'nist610'}
    """
    bare = re.sub(r"[\W_]+", "", name).casefold()
    return re.sub(r"^(nist)?srm(?=\d)", "nist", bare)


def moment(text: str) -> float | None:
    """Seconds since 1970 of an ISO 8601 date and time, UTC if no zone is given; None if it is none.

    >>> moment("1970-01-01T01:00")
    3600.0
    """
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _faults(
    assay: Assay, wrong: Bools, column: str, what: str, remedy: str
) -> Iterator[InputError]:
    text: Texts = assay.fact(column)
    for row in np.flatnonzero(wrong):
        shown = repr(text[row]) if text[row] else "a blank cell"
        yield InputError(
            f"{shown} {what}", remedy, row=int(row), column=column, value=str(text[row])
        )


def _without(part: Assay, other: Assay) -> Assay:
    """Drop columns and analytes that only the other part has anything in, and the role."""
    empty = [
        str(name)
        for name in part.facts.columns
        if name == "role"
        or (name != "sample" and _blank(part.fact(name)) and not _blank(other.fact(name)))
    ]
    kept = ~_unmeasured(part.values) | _unmeasured(other.values)
    if not kept.any():
        kept[:] = True
    return replace(part, facts=part.facts.drop(columns=empty)).with_analytes(np.flatnonzero(kept))


def _blank(texts: Texts) -> bool:
    return bool((texts == "").all())


def _unmeasured(values: Floats) -> Bools:
    """(analytes,) True where no row has a value or a limit that it lies below."""
    return np.asarray(np.isnan(values).all(axis=0))

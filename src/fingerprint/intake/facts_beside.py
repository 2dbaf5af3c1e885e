"""Facts of samples that stand in a table beside the assay: ``samples.csv`` by ``assay.csv``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from fingerprint.errors import InputError
from fingerprint.intake.files.formats import WRITABLE
from fingerprint.intake.files.raw import RawTable
from fingerprint.intake.side_tables import read_facts
from fingerprint.tables import Assay, SampleSet
from fingerprint.tables.reference_materials import REFERENCE_MATERIAL


def facts_beside(path: Path) -> Path | None:
    """Find the table of samples that belongs to a file called ``assay``.

    Raises
    ------
    InputError
        If there are two.
    """
    if path.stem != "assay":
        return None
    found = [p for e in WRITABLE if (p := path.with_name(f"samples{e}")).is_file()]
    if len(found) > 1:
        raise InputError(
            f"two tables of samples beside the assay, {found[0].name} and {found[1].name}",
            "Keep one of them.",
            path,
        )
    return found[0] if found else None


def with_facts_beside(assay: Assay, table: RawTable) -> Assay:
    """Give each grain the facts that a table beside the assay has of its sample.

    Parameters
    ----------
    assay
        What the table holds; what it says itself stays.
    table
        The table of the file.

    Raises
    ------
    InputError
        If the table is at fault, or says something else of a sample than the assay does.
    """
    beside = facts_beside(table.path)
    of_a_sample = assay.fact("role") != REFERENCE_MATERIAL
    if beside is None or not of_a_sample.any():
        return assay
    given = read_facts(beside)
    try:
        samples = SampleSet.from_tables(assay, sample_facts=given)
    except InputError as error:
        # Only a clash between the two has no row.
        placed = error.in_file(beside) if error.row is None else table.place(error)
        raise placed from None
    facts = assay.facts.copy()
    sample = pd.Series(assay.fact("sample")).where(of_a_sample, "")
    for name in map(str, given.columns.drop("sample")):
        of_sample = sample.map(samples.facts[name]).fillna("")
        facts[name] = (
            facts[name].where(facts[name] != "", of_sample) if name in facts else of_sample
        )
    return replace(assay, facts=facts)

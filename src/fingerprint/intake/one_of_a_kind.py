"""What a sample has one of: its site, district and country."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fingerprint.errors import InputError
from fingerprint.intake.files.raw import RawTable
from fingerprint.tables import Assay
from fingerprint.tables.reference_materials import REFERENCE_MATERIAL
from fingerprint.tables.samples import ONE_A_SAMPLE


def refuse_two_of_a_kind(assay: Assay, tables: Sequence[RawTable], grains: list[int]) -> None:
    """Refuse grains of one sample that differ in what a sample has one of.

    Parameters
    ----------
    assay
        Of all tables.
    tables, grains
        Where its grains come from, and how many come from each.

    Raises
    ------
    InputError
        If a sample has two sites, districts or countries.
    """
    for name in ONE_A_SAMPLE:
        if name not in assay.facts:
            continue
        stated = (assay.facts[name] != "") & (assay.fact("role") != REFERENCE_MATERIAL)
        pairs = assay.facts.loc[stated, ["sample", name]].drop_duplicates()
        second = pairs[pairs["sample"].duplicated()]
        if second.empty:
            continue
        row, sample = int(second.index[0]), second["sample"].iloc[0]
        both = pairs.loc[pairs["sample"] == sample, name]
        ends = np.cumsum(grains)
        files = [int(np.searchsorted(ends, r, side="right")) for r in both.index[:2]]
        elsewhere = f" (the first in {tables[files[0]].path})" if files[0] != files[1] else ""
        raise tables[files[1]].place(
            InputError(
                f"the sample {sample!r} has two {name}s, {both.iloc[0]!r} and "
                f"{both.iloc[1]!r}{elsewhere}",
                "Correct the entry, or give the grains of each their own sample name.",
                row=row - int(ends[files[1]] - grains[files[1]]),
                column=name,
            )
        )

"""Names, rows and columns of a table that deserve a look, each with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from fingerprint.errors import InputError
from fingerprint.intake.examining.grains import Grains
from fingerprint.intake.files.raw import RawTable
from fingerprint.intake.patterns import right_name
from fingerprint.library.duplicates import repeats
from fingerprint.library.notes import FEW_GRAINS, alike, all_numbers, counted
from fingerprint.tables import KNOWN_FACTS
from fingerprint.tables.reference_materials import REFERENCE_MATERIAL

# Where more samples are poor in grains, it is the way they were measured and no oversight.
_MOST_POOR = 20


def doubled_grains(grains: Grains, table: RawTable) -> Iterator[tuple[InputError, int]]:
    """Find grains that are measured exactly like another.

    Parameters
    ----------
    grains
        In the order of the file.
    table
        The file, which names the other row.

    Yields
    ------
    InputError, int
        For each grain but the first of its kind, and the table's row of the first.
    """
    assay = grains.assay
    repeated, first = repeats(assay)
    samples, facts = assay.fact("sample"), assay.facts
    for i in np.flatnonzero(repeated):
        other = int(first[i])
        row = int(grains.rows[other])
        number = table.row_in_file(row)
        if facts.iloc[int(i)].equals(facts.iloc[other]):
            what, remedy = f"the row is the same as row {number} in every cell", "Keep one."
        else:
            where = "" if samples[i] == samples[other] else f" of the sample {samples[other]!r}"
            what = f"the grain is measured exactly like that of row {number}{where}"
            remedy = "Keep one; if the row was pasted to the wrong place, put in its own numbers."
        yield InputError(what, remedy, row=int(grains.rows[i])), row


def poor_samples(grains: Grains) -> Iterator[InputError]:
    """Find samples of few grains, unless most are so.

    Parameters
    ----------
    grains
        In the order of the file.
    """
    samples = pd.Series(grains.assay.fact("sample"))
    counts = samples.value_counts(sort=False)
    poor = counts[counts < FEW_GRAINS]
    if len(poor) > min(_MOST_POOR, len(counts) / 2):
        return
    first = ~samples.duplicated() & samples.isin(poor.index)
    for i in np.flatnonzero(first):
        n = int(counts[samples[int(i)]])
        yield InputError(
            f"the sample has {counted(n, 'grain')}: weak evidence",
            f"Measure at least {FEW_GRAINS} if there are more in the bag.",
            row=int(grains.rows[i]),
            column="sample",
        )


def spelling_variants(grains: Grains) -> Iterator[InputError]:
    """Find sites that differ from a more frequent one only in spelling.

    Parameters
    ----------
    grains
        In the order of the file.
    """
    sites = grains.assay.fact("site").tolist()
    counts = Counter(sites)
    for names in alike(list(counts)):
        main = max(names, key=lambda name: counts[name])
        for name in names:
            if name != main:
                yield InputError(
                    f"the site differs from {main!r} only in spelling",
                    "Write each site in one way, or the two count as two sites.",
                    row=int(grains.rows[sites.index(name)]),
                    column="site",
                )


def materials_without_role(grains: Grains) -> Iterator[InputError]:
    """Find rows that name a reference material, but count as grains of a sample.

    Parameters
    ----------
    grains
        In the order of the file.
    """
    named = grains.assay.fact("material")
    for material in dict.fromkeys(named[grains.assay.fact("role") == ""]):
        if not material:
            continue
        rows = np.flatnonzero((named == material) & (grains.assay.fact("role") == ""))
        verb = "names" if rows.size == 1 else "name"
        yield InputError(
            f"{counted(rows.size, 'row')} {verb} {material!r} and no role, and {_are(rows.size)}",
            f"If they measure a reference material, write {REFERENCE_MATERIAL} in role.",
            row=int(grains.rows[rows[0]]),
            column="material",
        )


def _are(n: int) -> str:
    return "counts as a grain" if n == 1 else "count as grains"


def columns_kept_as_text(grains: Grains, table: RawTable) -> Iterator[InputError]:
    """Find columns of text that were meant as analytes, or that hold nothing but numbers.

    Parameters
    ----------
    grains
        In the order of the file.
    table
        The file, which has the header.
    """
    facts = grains.assay.facts
    for name in map(str, facts.columns):
        if name in KNOWN_FACTS:
            continue
        texts = facts[name][facts[name] != ""]
        numbers, right = all_numbers(set(texts)), right_name(name)
        if right is not None and (numbers or texts.empty):
            what = "the column is kept as text, though its name looks like an analyte's"
            remedy = f"Call it {right}, or it is not compared."
        elif numbers and not _counts_rows(texts):
            what = "the column holds numbers that are kept as text"
            remedy = "If it is an analyte, call it <analyte>_<unit>, such as Ta_ppm."
        else:
            continue
        yield InputError(
            what, remedy, table.path, table.header_row, table.name_in_file(name), value=None
        )


def _counts_rows(texts: pd.Series[str]) -> bool:
    """Whether the numbers are whole and each its own, as those that count spots are."""
    return bool(texts.str.fullmatch(r"\d+").all()) and not texts.duplicated().any()

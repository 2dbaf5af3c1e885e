"""All that is wrong with the cells of an assay, and the grains that can be read in spite of it.

What is read here is for a description only: cells at fault count as not measured. No command may
go on with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa

from fingerprint.errors import InputError
from fingerprint.intake.assembly import Parts, beyond_whole, no_grains, start_parts
from fingerprint.intake.columns import AnalyteSource
from fingerprint.intake.examining.ragged import RaggedRows, blocks_read_on
from fingerprint.intake.files.raw import Block, Progress, RawTable
from fingerprint.intake.patterns import row_of_units
from fingerprint.intake.problems import Faults
from fingerprint.tables import Assay
from fingerprint.tables.arrays import Ints
from fingerprint.tables.assay import CellFault, cell_faults


@dataclass(frozen=True, eq=False)
class Grains:
    """The grains that could be read, in the order of the file.

    Parameters
    ----------
    assay
        Cells at fault are not measured; rows without a sample are left out.
    rows
        (grains,) the table's row of each, counted from 0.
    sources
        For each analyte, where it comes from.
    doubts
        What deserves a look in whole columns, in its place in the file.
    """

    assay: Assay
    rows: Ints
    sources: tuple[AnalyteSource, ...]
    doubts: tuple[InputError, ...]


def examine_assay(
    table: RawTable, faults: Faults, progress: Progress | None = None
) -> Grains | None:
    """Find all that is wrong with an assay.

    Parameters
    ----------
    table
        Its header names the columns as the public format does.
    faults
        Told of each fault, its row counted from 0 in the table.
    progress
        Called now and then with bytes done and bytes in all.

    Returns
    -------
    Grains or None
        None if no grain could be read.
    """
    parts = start_parts(table, faults)
    ragged = RaggedRows(table, faults)
    # Rows that are reported as wholes.
    left_out = ragged.rows
    try:
        with closing(blocks_read_on(table, ragged, progress)) as blocks:
            for block in _without_units(blocks, parts, left_out):
                parts.add(block)
    except InputError as error:
        # The reader cannot go on; what came before stands.
        faults.add(error)
    else:
        if not parts.rows:
            faults.add(replace(no_grains(), file=table.path))
    parts.cells.finish(faults)
    if not parts.rows or "sample" not in parts.layout.facts or not parts.layout.analytes:
        return None
    return _grains(parts, left_out)


def _without_units(blocks: Iterable[Block], parts: Parts, left_out: set[int]) -> Iterator[Block]:
    """Report and blank a first row that holds units."""
    for i, block in enumerate(blocks):
        if i:
            yield block
            continue
        units = parts.units_in_first_row(block)
        if not units:
            yield block
            continue
        parts.faults.add(replace(row_of_units(units), row=0))
        left_out.add(0)
        yield [pa.concat_arrays([pa.nulls(1, c.type), c.slice(1)]) for c in block]


def _grains(parts: Parts, left_out: set[int]) -> Grains | None:
    faults = parts.faults
    facts = pd.DataFrame({name: texts.joined() for name, texts in parts.facts.items()})
    values, limits = (np.array(rows.joined()) for rows in (parts.values, parts.limits))
    censored = np.array(parts.censored.joined())
    named = (facts["sample"] != "").to_numpy(dtype=bool)
    blank_rows = (facts == "").all(axis=1).to_numpy(dtype=bool) & np.isnan(values).all(axis=1)
    for row in np.flatnonzero(~named):
        if int(row) not in left_out:
            faults.add(_unnamed(int(row), bool(blank_rows[row])))
    for find in (
        cell_faults(parts.analytes, values, limits, censored),
        beyond_whole(parts.analytes, values, limits),
    ):
        for fault in find:
            _report(fault, parts)
            values[fault.cells] = limits[fault.cells] = np.nan
            censored[fault.cells] = False
    if not named.any():
        return None
    errors = None if parts.errors.uniform else parts.errors.joined()[named]
    assay = Assay(
        facts[named].reset_index(drop=True),
        parts.analytes,
        values[named],
        limits[named],
        censored[named],
        errors,
    )
    return Grains(assay, np.flatnonzero(named), parts.layout.analytes, parts.doubts)


def _unnamed(row: int, blank: bool) -> InputError:
    if blank:
        return InputError("the row is blank", "Delete the row.", row=row, column="sample")
    return InputError(
        "the sample is blank",
        "Name the sample that the grain comes from.",
        row=row,
        column="sample",
    )


def _report(fault: CellFault, parts: Parts) -> None:
    for j in np.flatnonzero(fault.cells.any(axis=0)):
        column = parts.layout.analytes[j].value
        at = partial(_fault_in, fault, column)
        parts.faults.add_cells(np.flatnonzero(fault.cells[:, j]), at)


def _fault_in(fault: CellFault, column: str, row: int) -> InputError:
    return InputError(fault.what, fault.remedy, row=row, column=column)

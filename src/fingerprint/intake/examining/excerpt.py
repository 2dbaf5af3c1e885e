"""Some rows of a file as they are, found by reading it once more."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing

import numpy as np
import pyarrow as pa

from fingerprint.intake.cells import read_texts
from fingerprint.intake.examining.ragged import rows_as_they_are
from fingerprint.intake.files.raw import RawTable

Cells = tuple[str | None, ...]


def read_rows(table: RawTable, wanted: Collection[int]) -> dict[int, Cells]:
    """Read some rows of a table.

    Parameters
    ----------
    table
        The table.
    wanted
        Its rows, counted from 0.

    Returns
    -------
    dict
        For each row that can be read, the text of its cells; None: blank. A file that cannot be
        read to its end gives the rows before.
    """
    found: dict[int, Cells] = {}
    rows = np.unique(np.fromiter(wanted, dtype=np.int64))
    start = 0
    with closing(rows_as_they_are(table)) as blocks:
        for block in blocks:
            end = start + len(block[0])
            here = rows[(rows >= start) & (rows < end)]
            if here.size:
                taken = pa.array(here - start)
                columns = [read_texts(column.take(taken)).to_pylist() for column in block]
                found.update(zip(here.tolist(), zip(*columns, strict=True), strict=True))
            start = end
            if not rows.size or start > rows[-1]:
                break
    return found

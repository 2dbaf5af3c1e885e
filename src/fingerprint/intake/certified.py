"""The table of certified values of reference materials."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.errors import InputError
from fingerprint.intake.assembly import assemble
from fingerprint.intake.cells import read_texts
from fingerprint.intake.files.formats import open_table
from fingerprint.intake.files.raw import Block, Progress, RawTable
from fingerprint.tables import Assay, Certified


def read_certified(path: Path | str) -> Certified:
    """Read certified values of reference materials.

    Parameters
    ----------
    path
        CSV, XLSX or Parquet, one row a material: ``material``, ``<analyte>_<unit>`` and, where
        given, ``<analyte>_1se`` or ``_2se``. Other columns of text are passed over.

    Raises
    ------
    InputError
        If the file is at fault, a material has no name or stands twice, or a certified value is not
        a positive number.
    """
    table = _CertifiedTable(open_table(path))
    assay = assemble(table)
    try:
        return _certified(assay)
    except InputError as error:
        raise table.place(error) from None


def _certified(assay: Assay) -> Certified:
    censored = np.argwhere(assay.censored)
    if censored.size:
        row, column = (int(i) for i in censored[0])
        raise InputError(
            "a certified value cannot lie below a detection limit",
            "Give the value, or leave the cell blank if nothing is certified.",
            row=row,
            column=assay.analytes[column].column,
        )
    errors = assay.standard_errors
    return Certified(
        tuple(assay.fact("material")),
        assay.analytes,
        assay.values,
        np.full_like(assay.values, np.nan) if errors is None else errors,
    )


class _CertifiedTable(RawTable):
    """The table as an assay in which each row is a sample, numbered."""

    def __init__(self, raw: RawTable) -> None:
        self._raw = raw
        super().__init__(raw.path, raw.header_row)
        self.decimal_comma = raw.decimal_comma
        self.expected_rows = raw.expected_rows

    def row_in_file(self, row: int) -> int:
        """Row of the file that holds a row of the table."""
        return self._raw.row_in_file(row)

    def _read_header(self) -> tuple[str, ...]:
        if "material" not in self._raw.header:
            raise InputError(
                "there is no column 'material'",
                "Name the reference material of each row in a column called material.",
                self._raw.path,
                self._raw.header_row,
            )
        if "sample" in self._raw.header:
            raise InputError(
                "a table of certified values has no samples",
                "Name the table of certified values, or delete the column sample.",
                self._raw.path,
                self._raw.header_row,
                "sample",
            )
        return ("sample", *self._raw.header)

    def _read_blocks(self, progress: Progress) -> Generator[Block]:
        start = 0
        material = self._raw.header.index("material")
        with closing(self._raw.blocks(progress)) as blocks:
            for block in blocks:
                self._refuse_nameless_rows(block[material], start)
                names = pa.array([str(start + i + 1) for i in range(len(block[0]))])
                yield [names, *block]
                start += len(block[0])

    def _refuse_nameless_rows(self, names: pa.Array, start: int) -> None:
        blank = pc.is_null(read_texts(names)).to_numpy(zero_copy_only=False)
        if blank.any():
            raise self.place(
                InputError(
                    "the material has no name",
                    "Name the reference material, such as NIST 610.",
                    row=start + int(np.argmax(blank)),
                    column="material",
                )
            )

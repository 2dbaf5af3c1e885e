"""The smaller tables beside an assay: mineralogy, ages, facts of samples, claims."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.errors import InputError
from fingerprint.intake.cells import CellReader, read_texts
from fingerprint.intake.formats import open_table
from fingerprint.intake.raw import RawTable
from fingerprint.tables import Ages, Mineralogy
from fingerprint.tables.arrays import Floats, Texts


class _Columns:
    """A table small enough to be held whole, read column by column."""

    def __init__(self, path: Path | str | RawTable, *required: str) -> None:
        self.raw = path if isinstance(path, RawTable) else open_table(path)
        positions = self.raw.positions()
        for name in required:
            if name not in positions:
                raise InputError(
                    f"there is no column {name!r}",
                    f"The file needs the columns {', '.join(required)}.",
                    self.raw.path,
                    self.raw.header_row,
                )
        blocks = list(self.raw.blocks())
        if not blocks:
            raise InputError(
                "there are no rows", "Give at least one row below the header.", self.raw.path
            )
        start = 0
        for block in blocks:
            self.raw.refuse_nameless(block, start)
            start += len(block[0])
        self._columns = {n: [b[i] for b in blocks] for n, i in positions.items()}
        self._cells = CellReader((), self.raw.decimal_comma)

    @property
    def names(self) -> list[str]:
        return list(self._columns)

    def texts(self, name: str) -> Texts:
        parts = [pc.fill_null(read_texts(part), "") for part in self._columns[name]]
        return np.array(pa.chunked_array(parts).to_pylist(), dtype=object)

    def named(self, name: str) -> Texts:
        """Text of which no cell may be blank."""
        texts = self.texts(name)
        blank = np.flatnonzero(texts == "")
        if blank.size:
            raise self.raw.place(
                InputError(
                    f"the {name} is blank", "Fill in the cell.", row=int(blank[0]), column=name
                )
            )
        return texts

    def numbers(self, name: str) -> Floats:
        parts, start = [], 0
        for part in self._columns[name]:
            try:
                number = self._cells.read(part)
                if number.below.any():
                    raise InputError(
                        "a limit stands where a number belongs",
                        "Write a plain number.",
                        row=int(np.argmax(number.below)),
                    )
            except InputError as error:
                row = None if error.row is None else error.row + start
                placed = InputError(error.what, error.remedy, row=row, column=name)
                raise self.raw.place(placed) from None
            parts.append(number.values)
            start += len(part)
        return np.concatenate(parts)

    def finish(self) -> None:
        """Check what only the whole file can tell."""
        try:
            self._cells.finish()
        except InputError as error:
            raise self.raw.place(error) from None


def read_mineralogy(path: Path | str | RawTable) -> Mineralogy:
    """Read a mineralogy: ``sample`` and one column a mineral, ``_pct`` or ``_count``.

    Raises
    ------
    InputError
        If the file is not such a table.
    """
    table = _Columns(path, "sample")
    units: dict[str, Literal["pct", "count"]] = {}
    for name in table.names:
        if name.endswith("_pct"):
            units[name] = "pct"
        elif name.endswith("_count"):
            units[name] = "count"
    if len(set(units.values())) != 1:
        raise InputError(
            "there is no mineral" if not units else "minerals in per cent and in counts",
            "Name each mineral's column <mineral>_pct, or each <mineral>_count.",
            table.raw.path,
            table.raw.header_row,
        )
    columns = [table.numbers(name) for name in units]
    table.finish()
    minerals = tuple(name.rpartition("_")[0] for name in units)
    samples = table.named("sample")
    try:
        return Mineralogy(samples, minerals, next(iter(units.values())), np.column_stack(columns))
    except InputError as error:
        raise table.raw.place(error) from None


def read_ages(path: Path | str | RawTable) -> Ages:
    """Read ages: ``sample``, ``age_ma`` and ``age_2se`` (or ``age_1se``), perhaps ``mineral``.

    Raises
    ------
    InputError
        If the file is not such a table.
    """
    table = _Columns(path, "sample", "age_ma")
    ages = table.numbers("age_ma")
    errors = np.full(len(ages), np.nan)
    for name, share in (("age_1se", 1.0), ("age_2se", 0.5)):
        if name in table.names:
            errors = table.numbers(name) * share
    table.finish()
    samples = table.named("sample")
    minerals = table.texts("mineral") if "mineral" in table.names else None
    try:
        return Ages(samples, ages, errors, minerals)
    except InputError as error:
        raise table.raw.place(error) from None


def read_facts(path: Path | str | RawTable) -> pd.DataFrame:
    """Read the facts of samples: ``sample``, each once, and any text columns.

    Raises
    ------
    InputError
        If the file is not such a table.
    """
    table = _Columns(path, "sample")
    facts = pd.DataFrame({name: table.texts(name) for name in table.names})
    twice = np.flatnonzero(pd.Series(table.named("sample")).duplicated())
    if twice.size:
        row = int(twice[0])
        raise table.raw.place(
            InputError(
                f"the sample {facts['sample'].iloc[row]!r} stands twice",
                "Keep one row a sample.",
                row=row,
                column="sample",
            )
        )
    return facts


def read_claims(path: Path | str) -> list[tuple[str, str]]:
    """Read which site the papers claim for each sample.

    Parameters
    ----------
    path
        CSV, XLSX or Parquet file with the columns ``sample`` and ``claim``; others are ignored.

    Returns
    -------
    list of (sample, claim)
        In the order of the file.

    Raises
    ------
    InputError
        If a column is missing or a cell of it is blank.
    """
    table = _Columns(path, "sample", "claim")
    return list(zip(table.named("sample"), table.named("claim"), strict=True))

"""The smaller tables beside an assay: mineralogy, ages, facts of samples, claims."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.errors import InputError
from fingerprint.intake.cells import CellReader, read_texts
from fingerprint.intake.files.formats import open_table
from fingerprint.intake.files.raw import RawTable
from fingerprint.intake.problems import Faults, Refusing
from fingerprint.tables import Ages, Mineralogy
from fingerprint.tables.arrays import Bools, Floats, Texts

# How many standard errors a column holds.
_AGE_ERRORS = {"age_1se": 1.0, "age_2se": 0.5}
# All of a sample, and a little for rounding: more than this is no share.
_MOST_PCT = 100.5


class _Columns:
    """A table small enough to be held whole, read column by column."""

    def __init__(self, raw: RawTable, faults: Faults, *required: str) -> None:
        self.raw = raw
        self.faults = faults
        positions = raw.positions(faults=faults)
        for name in required:
            if name not in positions:
                raise InputError(
                    f"there is no column {name!r}",
                    f"The file needs the columns {', '.join(required)}.",
                    raw.path,
                    raw.header_row,
                )
        blocks = list(raw.blocks())
        if not blocks:
            raise InputError(
                "there are no rows", "Give at least one row below the header.", raw.path
            )
        start = 0
        for block in blocks:
            raw.report_nameless(block, start, faults)
            start += len(block[0])
        self._columns = {n: [b[i] for b in blocks] for n, i in positions.items()}
        self._cells = CellReader((), raw.decimal_comma)

    @property
    def names(self) -> list[str]:
        return list(self._columns)

    def texts(self, name: str) -> Texts:
        parts = [pc.fill_null(read_texts(part), "") for part in self._columns[name]]
        return np.array(pa.chunked_array(parts).to_pylist(), dtype=object)

    def named(self, name: str) -> Texts:
        """Text of which no cell may be blank."""
        texts = self.texts(name)
        self.report(name, texts == "", f"the {name} is blank", "Fill in the cell.")
        return texts

    def once(self, name: str, what: str) -> tuple[Texts, Bools]:
        """Text that stands in one row only, and which rows are the first of theirs."""
        texts = self.named(name)
        again = pd.Series(texts).duplicated().to_numpy(dtype=bool) & (texts != "")
        for row in np.flatnonzero(again):
            self.faults.add(
                InputError(
                    f"the sample {texts[row]!r} {what}",
                    "Keep one row a sample.",
                    row=int(row),
                    column=name,
                    value=texts[row],
                )
            )
        return texts, ~again & (texts != "")

    def report(self, name: str, wrong: Bools, what: str, remedy: str) -> None:
        """Report cells of a column, if there are any."""
        if wrong.any():
            self.faults.add_cells(
                np.flatnonzero(wrong), lambda row: InputError(what, remedy, row=row, column=name)
            )

    def numbers(self, name: str) -> Floats:
        """Numbers, NaN where blank or at fault."""
        parts, start = [], 0
        for part in self._columns[name]:
            below = self._faults_in(name, start)
            number = self._cells.read(part, below)
            if number.below.any():
                below.add_cells(
                    np.flatnonzero(number.below),
                    lambda row: InputError(
                        "a limit stands where a number belongs", "Write a plain number.", row=row
                    ),
                )
            parts.append(np.where(number.below, np.nan, number.values))
            start += len(part)
        return np.concatenate(parts)

    def _faults_in(self, column: str, start: int) -> Faults:
        def placed(error: InputError) -> InputError:
            row = None if error.row is None else error.row + start
            return replace(error, row=row, column=column)

        return self.faults.under(placed)

    def finish(self) -> None:
        """Check what only the whole file can tell."""
        self._cells.finish(self.faults)


def read_mineralogy(path: Path | str) -> Mineralogy:
    """Read a mineralogy: ``sample`` and one column a mineral, ``_pct`` or ``_count``.

    Raises
    ------
    InputError
        If the file is not such a table.
    """
    raw = open_table(path)
    return mineralogy_in(raw, Refusing(raw.place))


def mineralogy_in(raw: RawTable, faults: Faults) -> Mineralogy:
    """Read the mineralogy that a table holds; rows and cells at fault are left out.

    Parameters
    ----------
    raw
        The table.
    faults
        Told of each fault.

    Raises
    ------
    InputError
        If `faults` refuse, or the file is not such a table at all.
    """
    table = _Columns(raw, faults, "sample")
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
            raw.path,
            raw.header_row,
        )
    columns = [table.numbers(name) for name in units]
    table.finish()
    remedy = "Give a positive number, 0 if absent, blank if not looked for."
    abundances = np.column_stack(columns)
    too_much = np.isfinite(abundances) & (abundances > _MOST_PCT)
    too_much &= next(iter(units.values())) == "pct"
    for j, name in enumerate(units):
        column = abundances[:, j]
        table.report(name, column < 0, "the abundance is negative", remedy)
        table.report(name, np.isposinf(column), "the abundance is infinite", remedy)
        table.report(name, too_much[:, j], "the abundance is more than 100 per cent", remedy)
    abundances[(abundances < 0) | np.isinf(abundances) | too_much] = np.nan
    samples, first = table.once("sample", "stands twice in the mineralogy")
    minerals = tuple(name.rpartition("_")[0] for name in units)
    return Mineralogy(samples[first], minerals, next(iter(units.values())), abundances[first])


def read_ages(path: Path | str) -> Ages:
    """Read ages: ``sample``, ``age_ma`` and ``age_2se`` (or ``age_1se``), perhaps ``mineral``.

    Raises
    ------
    InputError
        If the file is not such a table.
    """
    raw = open_table(path)
    return ages_in(raw, Refusing(raw.place))


def ages_in(raw: RawTable, faults: Faults) -> Ages:
    """Read the ages that a table holds; rows at fault are left out.

    Parameters
    ----------
    raw
        The table.
    faults
        Told of each fault.

    Raises
    ------
    InputError
        If `faults` refuse, or the file is not such a table at all.
    """
    table = _Columns(raw, faults, "sample", "age_ma")
    errors_given = [n for n in _AGE_ERRORS if n in table.names]
    if len(errors_given) > 1:
        raise InputError(
            f"the columns {' and '.join(errors_given)} say the same of age_ma",
            "Keep one.",
            raw.path,
            raw.header_row,
        )
    numbers = {n: table.numbers(n) for n in ("age_ma", *errors_given)}
    table.finish()
    samples = table.named("sample")
    for name, column in numbers.items():
        remedy = "Give a positive number, or leave out the grain."
        table.report(name, column <= 0, "the age or its error is zero or negative", remedy)
        what = "the age is infinite" if name == "age_ma" else "the error of the age is infinite"
        table.report(name, np.isposinf(column), what, remedy)
        numbers[name] = np.where((column <= 0) | np.isinf(column), np.nan, column)
    ages = numbers.pop("age_ma")
    blank = np.array(table.texts("age_ma") == "", dtype=bool)
    remedy = "Give the age in Ma, or leave out the grain."
    table.report("age_ma", blank, "the age is blank", remedy)
    errors = np.full(len(ages), np.nan)
    for name, column in numbers.items():
        errors = column * _AGE_ERRORS[name]
    sound = np.isfinite(ages) & (samples != "")
    minerals = table.texts("mineral")[sound] if "mineral" in table.names else None
    return Ages(samples[sound], ages[sound], errors[sound], minerals)


def read_facts(path: Path | str) -> pd.DataFrame:
    """Read the facts of samples: ``sample``, each once, and any text columns.

    Raises
    ------
    InputError
        If the file is not such a table.
    """
    raw = open_table(path)
    return facts_in(raw, Refusing(raw.place))


def facts_in(raw: RawTable, faults: Faults) -> pd.DataFrame:
    """Read the facts of samples that a table holds; rows at fault are left out.

    Parameters
    ----------
    raw
        The table.
    faults
        Told of each fault.

    Returns
    -------
    DataFrame
        Text; its index is the table's row, counted from 0.

    Raises
    ------
    InputError
        If `faults` refuse, or the file is not such a table at all.
    """
    table = _Columns(raw, faults, "sample")
    facts = pd.DataFrame({name: table.texts(name) for name in table.names})
    _, first = table.once("sample", "stands twice")
    return facts[first]


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
    raw = open_table(path)
    return claims_in(raw, Refusing(raw.place))


def claims_in(raw: RawTable, faults: Faults) -> list[tuple[str, str]]:
    """Read the claims that a table holds; rows with a blank cell are left out.

    Parameters
    ----------
    raw
        The table.
    faults
        Told of each fault.

    Raises
    ------
    InputError
        If `faults` refuse, or the file is not such a table at all.
    """
    table = _Columns(raw, faults, "sample", "claim")
    pairs = zip(table.named("sample"), table.named("claim"), strict=True)
    return [(sample, claim) for sample, claim in pairs if sample and claim]

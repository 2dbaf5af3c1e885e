"""From a raw table to an assay: block by block, so that only numbers stay in memory."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.chemistry import MOST_PPM
from fingerprint.errors import InputError
from fingerprint.intake.cells import CellReader, Numbers, read_texts
from fingerprint.intake.columns import AnalyteSource, Layout, lay_out
from fingerprint.intake.raw import Block, Progress, RawTable
from fingerprint.intake.rows import Rows
from fingerprint.tables import Assay
from fingerprint.tables.arrays import Bools, Floats, Texts


def assemble(table: RawTable, progress: Progress | None = None) -> Assay:
    """Read the assay that a table holds.

    Parameters
    ----------
    table
        Its header names the columns as the public format does.
    progress
        Called now and then with bytes done and bytes in all.

    Raises
    ------
    InputError
        If anything in the table is not as the format wants it, with its place.
    """
    positions = table.positions()
    try:
        layout = lay_out(positions)
    except InputError as error:
        raise in_header(table, error) from None
    parts = _Parts(table, _scaled(layout, table), positions)
    # Closed at once even if a cell is at fault: the reader works ahead in a thread.
    with closing(table.blocks(progress)) as blocks:
        for block in blocks:
            parts.add(block)
    return parts.joined()


def _scaled(layout: Layout, table: RawTable) -> Layout:
    """Multiply concentrations; ratios and logarithms stay as they are."""
    return Layout(layout.facts, tuple(_times(s, table.factor_of(s.value)) for s in layout.analytes))


def _times(source: AnalyteSource, factor: float) -> AnalyteSource:
    if factor == 1.0 or source.analyte.quantity != "ppm":
        return source
    return replace(source, factor=source.factor * factor, error_factor=source.error_factor * factor)


def in_header(table: RawTable, error: InputError) -> InputError:
    """Say where in the header an error lies."""
    row = None if error.column is None else table.header_row
    name = None if error.column is None else table.name_in_file(error.column)
    return InputError(error.what, error.remedy, table.path, row, name)


@dataclass
class _Parts:
    """The blocks read so far, as compact arrays."""

    table: RawTable
    layout: Layout
    positions: dict[str, int]
    cells: CellReader = field(init=False)
    rows: int = 0
    _interned: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cells = CellReader(self.table.words, self.table.decimal_comma)
        rows, width = self.table.expected_rows, len(self.layout.analytes)
        self.facts = {name: Rows(np.dtype(object), rows, "") for name in self.layout.facts}
        self.values = Rows(np.dtype(float), rows, np.nan, width)
        self.limits = Rows(np.dtype(float), rows, np.nan, width)
        self.censored = Rows(np.dtype(bool), rows, False, width)
        self.errors = Rows(np.dtype(float), rows, np.nan, width)

    def add(self, block: Block) -> None:
        self.table.refuse_nameless(block, self.rows)
        for name, texts in self.facts.items():
            texts.append(self._texts(block[self.positions[name]]))
        shape = (len(block[0]), len(self.layout.analytes))
        values, limits = np.empty(shape), np.full(shape, np.nan)
        censored = np.zeros(shape, dtype=bool)
        errors = np.full(shape, np.nan)
        for j, source in enumerate(self.layout.analytes):
            number = self._read(block, source.value)
            limits[:, j] = self._limits(block, source)
            values[:, j] = number.values * source.factor
            _censor(number, values[:, j], limits[:, j], censored[:, j])
            if source.error is not None:
                errors[:, j] = self._positive(block, source.error) * source.error_factor
        self.values.append(values)
        self.limits.append(limits)
        self.censored.append(censored)
        self.errors.append(errors)
        self.rows += shape[0]

    def _read(self, block: Block, column: str) -> Numbers:
        try:
            return self.cells.read(block[self.positions[column]])
        except InputError as error:
            raise self._placed(error, column) from None

    def _placed(self, error: InputError, column: str) -> InputError:
        row = None if error.row is None else error.row + self.rows
        return self.table.place(InputError(error.what, error.remedy, row=row, column=column))

    def _limits(self, block: Block, source: AnalyteSource) -> Floats | float:
        if source.limit is None:
            return np.nan
        if source.analyte.quantity == "log10":
            return self._read(block, source.limit).values
        return self._positive(block, source.limit) * source.factor

    def _positive(self, block: Block, column: str) -> Floats:
        """Read a column of limits or errors, which are positive numbers or blank."""
        number = self._read(block, column)
        wrong = np.flatnonzero(~_is_positive_or_blank(number))
        if wrong.size:
            error = InputError(
                "a positive number belongs here",
                "Leave the cell blank if it is not known.",
                row=int(wrong[0]),
            )
            raise self._placed(error, column)
        return number.values

    def _texts(self, cells: pa.Array) -> Texts:
        """Text as objects, equal ones being one object."""
        encoded = pc.fill_null(read_texts(cells), "").dictionary_encode()
        distinct = [self._interned.setdefault(t, t) for t in encoded.dictionary.to_pylist()]
        texts: Texts = np.array(distinct, dtype=object)[encoded.indices.to_numpy()]
        return texts

    def joined(self) -> Assay:
        """Give the assay."""
        names = {source.analyte.column: source.value for source in self.layout.analytes}
        try:
            self.cells.finish()
            if not self.rows:
                raise InputError("there are no grains", "Give at least one row below the header.")
            assay = Assay(
                pd.DataFrame({name: texts.joined() for name, texts in self.facts.items()}),
                tuple(source.analyte for source in self.layout.analytes),
                self.values.joined(),
                self.limits.joined(),
                self.censored.joined(),
                None if self.errors.uniform else self.errors.joined(),
            )
            _refuse_impossible(assay)
            return assay
        except InputError as error:
            raise self.table.place(error, names) from None


def _refuse_impossible(assay: Assay) -> None:
    """A column in the wrong unit would make an honest sample unlike every site."""
    for j, analyte in enumerate(assay.analytes):
        if analyte.quantity != "ppm":
            continue
        too_much = np.flatnonzero(np.fmax(assay.values[:, j], assay.limits[:, j]) > MOST_PPM)
        if too_much.size:
            raise InputError(
                "the value is more than the whole mass of the grain",
                "Check the unit of the column: ppm, ppb or wt%.",
                row=int(too_much[0]),
                column=analyte.column,
            )


def _is_positive_or_blank(number: Numbers) -> Bools:
    values = number.values
    known = np.isfinite(values) & (values > 0) & ~number.below
    return known | (np.isnan(values) & ~number.worded)


def _censor(number: Numbers, values: Floats, limits: Floats, censored: Bools) -> None:
    """Censor, in place, one column of values: `<limit`, a word, or a number below its limit."""
    limits[number.below] = values[number.below]
    censored[:] = number.below | number.worded | (values < limits)
    values[censored] = limits[censored]

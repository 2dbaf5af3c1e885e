"""From a raw table to an assay: block by block, so that only numbers stay in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.chemistry import MOST_PPM, Analyte
from fingerprint.errors import InputError
from fingerprint.intake.cells import CellReader, Numbers, read_texts
from fingerprint.intake.columns import AnalyteSource, Layout, lay_out
from fingerprint.intake.files.raw import Block, Progress, RawTable
from fingerprint.intake.own_limits import OwnLimits
from fingerprint.intake.patterns import row_of_units, units_in
from fingerprint.intake.problems import Faults, Refusing
from fingerprint.intake.rows import Rows
from fingerprint.intake.scaling import scaled
from fingerprint.tables import Assay
from fingerprint.tables.arrays import Bools, Floats, Texts
from fingerprint.tables.assay import CellFault

Note = Callable[[InputError], None]


def assemble(table: RawTable, progress: Progress | None = None, note: Note | None = None) -> Assay:
    """Read the assay that a table holds.

    Parameters
    ----------
    table
        Its header names the columns as the public format does.
    progress
        Called now and then with bytes done and bytes in all.
    note
        Told of what deserves a look but is no fault, with its place.

    Raises
    ------
    InputError
        If anything in the table is not as the format wants it, with its place.
    """
    parts = start_parts(table, Refusing(table.place))
    # Closed at once even if a cell is at fault: the reader works ahead in a thread.
    with closing(table.blocks(progress)) as blocks:
        for block in blocks:
            if not parts.rows and (units := parts.units_in_first_row(block)):
                raise table.place(replace(row_of_units(units), row=0))
            parts.add(block)
    assay = parts.joined()
    if note is not None:
        for doubt in parts.doubts:
            note(doubt)
    return assay


def start_parts(table: RawTable, faults: Faults) -> Parts:
    """Read the header of a table that holds an assay, ready for its blocks.

    Parameters
    ----------
    table
        Its header names the columns as the public format does.
    faults
        Told of each fault, its row counted from 0 in the table.

    Raises
    ------
    InputError
        If `faults` refuse.
    """
    positions = table.positions(faults=faults)
    layout = lay_out(positions, faults.under(partial(in_header, table)))
    return Parts(table, _scaled(layout, table), positions, faults)


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
    return replace(error, file=table.path, row=row, column=name)


@dataclass
class Parts:
    """The blocks read so far, as compact arrays.

    Parameters
    ----------
    table
        The table.
    layout
        What its columns hold.
    positions
        Where they stand.
    faults
        Told of each fault, its row counted from 0 in the table.
    """

    table: RawTable
    layout: Layout
    positions: dict[str, int]
    faults: Faults
    cells: CellReader = field(init=False)
    rows: int = 0
    _interned: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cells = CellReader(self.table.words, self.table.decimal_comma)
        self._own = OwnLimits(self.layout.analytes)
        rows, width = self.table.expected_rows, len(self.layout.analytes)
        self.facts = {name: Rows(np.dtype(object), rows, "") for name in self.layout.facts}
        self.values = Rows(np.dtype(float), rows, np.nan, width)
        self.limits = Rows(np.dtype(float), rows, np.nan, width)
        self.censored = Rows(np.dtype(bool), rows, False, width)
        self.errors = Rows(np.dtype(float), rows, np.nan, width)

    def add(self, block: Block) -> None:
        """Add the rows of a block."""
        self.table.report_nameless(block, self.rows, self.faults)
        for name, texts in self.facts.items():
            texts.append(self._texts(block[self.positions[name]]))
        shape = (len(block[0]), len(self.layout.analytes))
        values, limits = np.empty(shape), np.full(shape, np.nan)
        censored = np.zeros(shape, dtype=bool)
        errors = np.full(shape, np.nan)
        for j, source in enumerate(self.layout.analytes):
            number = self._read(block, source.value)
            values[:, j] = scaled(number.values, source.factor)
            limit = self._limits(block, source)
            if limit is not None:
                self._own.add(j, number.values[number.below], limit.values[number.below])
                limits[:, j] = scaled(limit.values, source.factor)
                number = _without_limit(number, limit.wrong, values[:, j])
            _censor(number, values[:, j], limits[:, j], censored[:, j])
            if source.error is not None:
                error = self._positive(block, source.error)
                errors[:, j] = scaled(error.values, source.error_factor)
        self.values.append(values)
        self.limits.append(limits)
        self.censored.append(censored)
        self.errors.append(errors)
        self.rows += shape[0]

    def units_in_first_row(self, block: Block) -> tuple[str, ...]:
        """Give the units, if all that stands below names of analytes is units."""
        texts = set(self.layout.facts)
        under = [block[at] for name, at in self.positions.items() if name not in texts]
        first = [text for c in under for text in read_texts(c.slice(0, 1)).to_pylist()]
        return units_in(first)

    def _read(self, block: Block, column: str) -> Numbers:
        return self.cells.read(block[self.positions[column]], self._faults_in(column))

    def _faults_in(self, column: str) -> Faults:
        start = self.rows

        def placed(error: InputError) -> InputError:
            row = None if error.row is None else error.row + start
            return replace(error, row=row, column=column)

        return self.faults.under(placed)

    def _limits(self, block: Block, source: AnalyteSource) -> Numbers | None:
        if source.limit is None:
            return None
        if source.analyte.quantity == "log10":
            return self._read(block, source.limit)
        return self._positive(block, source.limit)

    def _positive(self, block: Block, column: str) -> Numbers:
        """Read a column of limits or errors, which are positive numbers or blank."""
        number = self._read(block, column)
        wrong = ~_is_positive_or_blank(number)
        if not wrong.any():
            return number
        self._faults_in(column).add_cells(
            np.flatnonzero(wrong),
            lambda row: InputError(
                "a positive number belongs here",
                "Leave the cell blank if it is not known.",
                row=row,
            ),
        )
        values = np.where(wrong, np.nan, number.values)
        return replace(number, values=values, wrong=number.wrong | wrong)

    def _texts(self, cells: pa.Array) -> Texts:
        """Text as objects, equal ones being one object."""
        encoded = pc.fill_null(read_texts(cells), "").dictionary_encode()
        distinct = [self._interned.setdefault(t, t) for t in encoded.dictionary.to_pylist()]
        texts: Texts = np.array(distinct, dtype=object)[encoded.indices.to_numpy()]
        return texts

    def joined(self) -> Assay:
        """Give the assay of a table without faults.

        Raises
        ------
        InputError
            If a cell is not possible.
        """
        try:
            self.cells.finish()
            if not self.rows:
                raise no_grains()
            assay = Assay(
                pd.DataFrame({name: texts.joined() for name, texts in self.facts.items()}),
                self.analytes,
                self.values.joined(),
                self.limits.joined(),
                self.censored.joined(),
                None if self.errors.uniform else self.errors.joined(),
            )
            for fault in beyond_whole(assay.analytes, assay.values, assay.limits):
                raise fault.first(assay.analytes)
            return assay
        except InputError as error:
            raise self.table.place(error, self.names) from None

    @property
    def analytes(self) -> tuple[Analyte, ...]:
        """The analytes, in the order of the columns of the arrays."""
        return tuple(source.analyte for source in self.layout.analytes)

    @property
    def doubts(self) -> tuple[InputError, ...]:
        """What deserves a look in the columns read so far, in its place."""
        found = self._own.doubts(self.table.name_in_file)
        return tuple(in_header(self.table, doubt) for doubt in found)

    @property
    def names(self) -> dict[str, str]:
        """The table's name of each analyte's column."""
        return {source.analyte.column: source.value for source in self.layout.analytes}


def no_grains() -> InputError:
    """Say that the table has no row."""
    return InputError("there are no grains", "Give at least one row below the header.")


def beyond_whole(
    analytes: tuple[Analyte, ...], values: Floats, limits: Floats
) -> Iterator[CellFault]:
    """Find what is more than a grain: a wrong unit would make a sample unlike every site.

    Parameters
    ----------
    analytes
        Of the columns.
    values, limits
        (grains, analytes) ppm.

    Yields
    ------
    CellFault
        One at most, if any cell is at fault.
    """
    ppm = np.array([analyte.quantity == "ppm" for analyte in analytes])
    cells = (np.fmax(values, limits) > MOST_PPM) & ppm
    if cells.any():
        yield CellFault(
            cells,
            "the value is more than the whole mass of the grain",
            "Check the unit of the column: ppm, ppb or wt%.",
        )


def _is_positive_or_blank(number: Numbers) -> Bools:
    values = number.values
    known = np.isfinite(values) & (values > 0) & ~number.below
    return known | (np.isnan(values) & ~number.worded)


def _without_limit(number: Numbers, wrong: Bools, values: Floats) -> Numbers:
    """Leave out, in place, what only a limit at fault could explain: that cell is reported."""
    if not wrong.any():
        return number
    lost = wrong & (number.worded | (values <= 0))
    values[lost] = np.nan
    return replace(number, worded=number.worded & ~lost)


def _censor(number: Numbers, values: Floats, limits: Floats, censored: Bools) -> None:
    """Censor, in place, one column of values: `<limit`, a word, or a number below its limit."""
    limits[number.below] = values[number.below]
    censored[:] = number.below | number.worded | (values < limits)
    values[censored] = limits[censored]

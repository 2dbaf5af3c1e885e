"""The assay: grains x analytes, with detection limits and what lies below them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fingerprint.chemistry import Analyte
from fingerprint.errors import InputError
from fingerprint.tables.arrays import Bools, Floats, Ints, Texts, frozen

# Text columns with a meaning; any other text column is kept as it is.
KNOWN_FACTS = (
    "sample",
    "grain",
    "site",
    "mineral",
    "district",
    "country",
    "laboratory",
    "session",
    "method",
    "collected_on",
    "measured_at",
    "role",
    "material",
)


@dataclass(frozen=True, eq=False)
class CellFault:
    """One thing that is wrong with some cells.

    Parameters
    ----------
    cells
        (grains, analytes) True where it is; somewhere at least.
    what, remedy
        As for `InputError`.
    """

    cells: Bools
    what: str
    remedy: str

    def first(self, analytes: tuple[Analyte, ...]) -> InputError:
        """Give the error of the first cell, row by row."""
        row, column = (int(i) for i in np.argwhere(self.cells)[0])
        return InputError(self.what, self.remedy, row=row, column=analytes[column].column)


def cell_faults(
    analytes: tuple[Analyte, ...], values: Floats, limits: Floats, censored: Bools
) -> Iterator[CellFault]:
    """Find the cells that cannot be as they are; arguments as for `Assay`.

    Each kind is looked for when it is asked for: cells mended meanwhile are not found again.

    Yields
    ------
    CellFault
        Kinds of which there is at least one cell.
    """
    concentration = np.array([a.quantity != "log10" for a in analytes], dtype=bool)
    kinds = (
        (
            lambda: (values <= 0) & concentration & ~censored,
            "the value is zero or negative and has no detection limit",
            "Give the limit in a _lod column or write the cell as <limit; leave it blank if not "
            "measured.",
        ),
        (
            lambda: censored & ~np.isfinite(limits),
            "the value is below detection, but its limit is not given",
            "Write the cell as <limit or add a _lod column.",
        ),
        (
            lambda: (limits <= 0) & concentration,
            "the detection limit is zero or negative",
            "Give a positive limit, or leave it blank if it is not known.",
        ),
        (
            lambda: np.isinf(values),
            "the value is infinite",
            "Leave the cell blank if not measured.",
        ),
    )
    for find, what, remedy in kinds:
        cells = find()
        if cells.any():
            yield CellFault(cells, what, remedy)


@dataclass(frozen=True, eq=False)
class Assay:
    """Trace elements of single grains; of none, for samples that have no assay.

    Parameters
    ----------
    facts
        One row a grain, text columns (``sample`` required; see `KNOWN_FACTS`), ``""``: not given.
    analytes
        The measured analytes, in the order of the columns of the arrays.
    values
        (grains, analytes). ppm of the element, or the ratio or logarithm as it is. NaN: not
        measured. Where `censored`, the detection limit itself: the value lies somewhere below.
    limits
        (grains, analytes). Detection limits in the same unit, NaN where unknown.
    censored
        (grains, analytes). True where measured and below the detection limit.
    standard_errors
        (grains, analytes). One standard error in the same unit, NaN where unknown; None if none is.

    Raises
    ------
    InputError
        If there are grains and no analytes, a sample is not named, an analyte stands twice, a
        concentration is not positive, or a censored cell has no limit. There may be no grains,
        and then no analytes: those of samples of which only mineralogy or ages are given.
    """

    facts: pd.DataFrame
    analytes: tuple[Analyte, ...]
    values: Floats
    limits: Floats
    censored: Bools
    standard_errors: Floats | None = None

    def __post_init__(self) -> None:
        self._check_shape()
        self._check_cells()
        for name in ("values", "limits", "censored"):
            object.__setattr__(self, name, frozen(getattr(self, name)))
        if self.standard_errors is not None:
            object.__setattr__(self, "standard_errors", frozen(self.standard_errors))

    def _check_shape(self) -> None:
        if "sample" not in self.facts:
            raise InputError(
                "there is no column 'sample'",
                "Name the sample of each grain in a column called sample.",
            )
        if not self.analytes and len(self.facts):
            raise InputError(
                "there is no analyte", "Name at least one column <analyte>_<unit>, such as Ta_ppm."
            )
        repeated = [k for k, n in Counter(a.key for a in self.analytes).items() if n > 1]
        if repeated:
            columns = ", ".join(a.column for a in self.analytes if a.key == repeated[0])
            raise InputError(
                f"two columns for one analyte, {repeated[0]} ({columns})", "Keep one of them."
            )
        unnamed = np.flatnonzero(self.facts["sample"].to_numpy() == "")
        if unnamed.size:
            raise InputError(
                "the sample is blank",
                "Name the sample that the grain comes from.",
                row=int(unnamed[0]),
                column="sample",
            )
        expected = (len(self.facts), len(self.analytes))
        for array in (self.values, self.limits, self.censored, self.standard_errors):
            if array is not None and array.shape != expected:
                raise ValueError(f"expected arrays of shape {expected}, got {array.shape}")

    def _check_cells(self) -> None:
        for fault in cell_faults(self.analytes, self.values, self.limits, self.censored):
            raise fault.first(self.analytes)
        if not np.array_equal(self.values[self.censored], self.limits[self.censored]):
            raise ValueError("a censored value must equal its limit")

    @classmethod
    def empty(cls) -> Assay:
        """Return the assay of samples that have none."""
        nothing = np.empty((0, 0))
        facts = pd.DataFrame({"sample": np.empty(0, dtype=object)})
        return cls(facts, (), nothing, nothing, np.empty((0, 0), dtype=bool))

    @property
    def n_grains(self) -> int:
        """Number of grains."""
        return len(self.facts)

    @property
    def measured(self) -> Bools:
        """(grains, analytes). True where there is a value or a limit that it lies below."""
        return np.asarray(np.isfinite(self.values))

    @property
    def keys(self) -> tuple[str, ...]:
        """The analytes' keys, in order."""
        return tuple(a.key for a in self.analytes)

    def fact(self, name: str) -> Texts:
        """One text column, ``""`` throughout if the table lacks it."""
        if name not in self.facts:
            return np.full(self.n_grains, "", dtype=object)
        return self.facts[name].to_numpy(dtype=object)

    def with_analytes(self, columns: Ints) -> Assay:
        """The assay of some analytes, in the order given."""
        errors = self.standard_errors
        return Assay(
            self.facts,
            tuple(self.analytes[j] for j in columns),
            self.values[:, columns],
            self.limits[:, columns],
            self.censored[:, columns],
            None if errors is None else errors[:, columns],
        )

    def without(self, cells: Bools) -> Assay:
        """The assay as if some cells, (grains, analytes), had not been measured."""
        errors = self.standard_errors
        return Assay(
            self.facts,
            self.analytes,
            np.where(cells, np.nan, self.values),
            np.where(cells, np.nan, self.limits),
            self.censored & ~cells,
            None if errors is None else np.where(cells, np.nan, errors),
        )

    def take(self, rows: Ints | Bools) -> Assay:
        """The assay of some grains, in the order given."""
        errors = self.standard_errors
        return Assay(
            self.facts.iloc[rows if rows.dtype != bool else np.flatnonzero(rows)].reset_index(
                drop=True
            ),
            self.analytes,
            self.values[rows],
            self.limits[rows],
            self.censored[rows],
            None if errors is None else errors[rows],
        )

"""The header of an assay: which columns are text, which are analytes, and what belongs together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fingerprint.chemistry import Analyte, AnalyteColumn, read_column
from fingerprint.errors import InputError
from fingerprint.intake.problems import REFUSE, Faults


@dataclass(frozen=True)
class AnalyteSource:
    """Where an analyte comes from.

    Parameters
    ----------
    analyte
        What is measured.
    value, limit, error
        Names of the columns of the value, its detection limit and its standard error.
    factor
        From the column's unit to that of the analyte.
    error_factor
        The same for the standard error; half of it if the column holds two.
    """

    analyte: Analyte
    value: str
    factor: float
    limit: str | None = None
    error: str | None = None
    error_factor: float = 1.0


@dataclass(frozen=True)
class Layout:
    """What the columns of an assay hold.

    Parameters
    ----------
    facts
        Names of the text columns.
    analytes
        The analytes, in the order of their value columns.
    """

    facts: tuple[str, ...]
    analytes: tuple[AnalyteSource, ...]


def lay_out(names: Iterable[str], faults: Faults = REFUSE) -> Layout:
    """Read the header of an assay.

    Parameters
    ----------
    names
        Names of the columns, each once.
    faults
        Told if there is no column ``sample`` or no analyte, a unit is not known, an analyte
        stands twice, or a limit or error has no value column; such a column is left out.

    Raises
    ------
    InputError
        If `faults` refuse.
    """
    facts: list[str] = []
    values: dict[str, AnalyteSource] = {}
    beside: dict[str, AnalyteColumn] = {}
    # What has been reported explains a limit without its value, or that there is no analyte.
    left_out: set[str] = set()
    for name in names:
        try:
            column = read_column(name)
        except InputError as error:
            faults.add(error)
            left_out.add(name.partition("_")[0])
            continue
        if column is None:
            facts.append(name)
        elif column.analyte is None:
            beside[name] = column
        else:
            values[name] = AnalyteSource(column.analyte, name, column.factor)
    _require_sample(facts, faults)
    if not values and not left_out:
        faults.add(
            InputError(
                "there is no analyte", "Name at least one column <analyte>_<unit>, such as Ta_ppm."
            )
        )
    _leave_out_twice(values, faults)
    bases = {value.rpartition("_")[0] for value in values}
    for name, column in beside.items():
        if column.base in left_out and column.base not in bases:
            continue
        try:
            value = _value_column(name, column, values)
            values[value] = _joined(values[value], name, column)
        except InputError as error:
            faults.add(error)
    return Layout(tuple(facts), tuple(values.values()))


def is_value(name: str) -> bool:
    """Whether a column of this name holds the values of an analyte."""
    try:
        column = read_column(name)
    except InputError:
        return False
    return column is not None and column.role == "value"


def _require_sample(facts: list[str], faults: Faults) -> None:
    if "sample" in facts:
        return
    alike = [name for name in facts if name.strip().lower() in ("sample", "samples", "sample_id")]
    faults.add(
        InputError(
            "there is no column 'sample'",
            f"Rename the column {alike[0]!r} to sample."
            if alike
            else "Name the sample of each grain in a column called sample.",
        )
    )


def _leave_out_twice(values: dict[str, AnalyteSource], faults: Faults) -> None:
    """Leave out, in place, every analyte that has a column already."""
    first: dict[str, str] = {}
    for name, source in list(values.items()):
        key = source.analyte.key
        if key not in first:
            first[key] = name
            continue
        del values[name]
        faults.add(
            InputError(
                f"two columns for one analyte, {key} ({first[key]}, {name})",
                "Keep one of them.",
                column=name,
            )
        )


def _value_column(name: str, column: AnalyteColumn, values: dict[str, AnalyteSource]) -> str:
    """Find the value column by its base, or by its whole name where two share a base."""
    if column.base in values:
        return column.base
    found = [value for value in values if value.rpartition("_")[0] == column.base]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(
            f"the column may belong to {' or '.join(found)}",
            f"Call it {found[0]}_{name.rpartition('_')[2]} if it belongs to the first.",
            column=name,
        )
    raise InputError(
        f"no value column for {column.base} stands beside it",
        f"Add {column.base}_ppm (or another unit), or delete this column.",
        column=name,
    )


def _joined(source: AnalyteSource, name: str, column: AnalyteColumn) -> AnalyteSource:
    taken = source.limit if column.role == "limit" else source.error
    if taken is not None:
        raise InputError(
            f"{taken} and {name} say the same of {source.value}", "Keep one.", column=name
        )
    if column.role == "limit":
        return replace(source, limit=name)
    share = 0.5 if column.role == "2se" else 1.0
    return replace(source, error=name, error_factor=share * source.factor)

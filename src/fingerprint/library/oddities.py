"""Measurements that no rule of the format forbids and that a geochemist would look at again.

Every rule asks for much before it speaks: grains of one sample differ by orders of magnitude, and a
note on what is sound costs trust in the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from fingerprint.errors import InputError
from fingerprint.intake.columns import AnalyteSource
from fingerprint.intake.examining.grains import Grains
from fingerprint.intake.files.raw import RawTable
from fingerprint.tables.arrays import Floats, Ints

# log10 of a thousand: ppb taken for ppm, or ppm for wt% and more.
_SLIP = 3.0
# log10 of the empty space between a slip and all other values of the column.
_GAP = 1.0
_LEAST_IN_SAMPLE = 5
_LEAST_IN_COLUMN = 10
_LEAST_GROUPS = 4
_WHOLE = 1.1e6
# Values of which more than this share are far from the rest are no slips.
_MOST_ODD = 0.2
# More cells of a column that are odd alike are said once.
_MOST_ALIKE = 5


@dataclass(frozen=True, eq=False)
class _Column:
    """One analyte of all grains.

    Parameters
    ----------
    source
        Where it comes from.
    x, limits
        (grains,) log10 of what was measured above detection, and of the limits; NaN otherwise.
    error
        (grains,) standard error over value.
    """

    source: AnalyteSource
    x: Floats
    limits: Floats
    error: Floats


def odd_cells(grains: Grains, table: RawTable) -> Iterator[InputError]:
    """Find single measurements, limits and errors that stand far from their like.

    Parameters
    ----------
    grains
        In the order of the file.
    table
        The file, which names the rows where many cells of a column are odd alike.

    Yields
    ------
    InputError
        Row counted from 0 in the table; column as the table calls it.
    """
    samples = _codes(grains, "sample")
    laboratories = _codes(grains, "laboratory")
    for column in _columns(grains):
        for rule in (
            _placed(grains, _unit_slips(column, samples)),
            _placed(grains, _odd_limits(column, laboratories)),
            _large_errors(column, grains),
        ):
            yield from _said_once(list(rule), table)
        yield from _placed(grains, _odd_groups(column, samples, "sample", grains))
        yield from _placed(grains, _odd_groups(column, laboratories, "laboratory", grains))
    yield from _more_than_whole(grains)


def _placed(grains: Grains, found: Iterable[tuple[int, InputError]]) -> Iterator[InputError]:
    for grain, error in found:
        yield replace(error, row=int(grains.rows[grain]))


def _said_once(errors: list[InputError], table: RawTable) -> Iterable[InputError]:
    """Say once what is wrong alike with many cells of a column."""
    if len(errors) <= _MOST_ALIKE:
        return errors
    rows = [e.row for e in errors[:_MOST_ALIKE] if e.row is not None]
    shown = ", ".join(str(table.row_in_file(row)) for row in rows)
    what = f"alike in {len(errors):,} cells of the column, the first in rows {shown}"
    return [replace(errors[0], what=f"{errors[0].what}; {what}")]


def _codes(grains: Grains, name: str) -> Ints:
    return pd.factorize(grains.assay.fact(name))[0].astype(np.int64)


def _columns(grains: Grains) -> Iterator[_Column]:
    assay = grains.assay
    for j, source in enumerate(grains.sources):
        if source.analyte.quantity != "ppm":
            continue
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.where(assay.censored[:, j], np.nan, assay.values[:, j])
            error = (
                np.full(len(values), np.nan)
                if assay.standard_errors is None
                else assay.standard_errors[:, j] / values
            )
            yield _Column(source, np.log10(values), np.log10(assay.limits[:, j]), error)


def _group_medians(x: Floats, code: Ints) -> tuple[Floats, Ints]:
    """(grains,) the median of each grain's group, and how many of it are known."""
    groups = pd.Series(x).groupby(code)
    medians = groups.transform("median").to_numpy(dtype=float)
    return medians, groups.transform("count").to_numpy(dtype=np.int64)


def _unit_slips(column: _Column, samples: Ints) -> Iterator[tuple[int, InputError]]:
    x = column.x
    known = np.isfinite(x)
    if known.sum() < _LEAST_IN_COLUMN:
        return
    medians, counts = _group_medians(x, samples)
    own, all_ = x - medians, x - np.nanmedian(x)
    far = known & (np.abs(own) > _SLIP) & (np.abs(all_) > _SLIP) & (own * all_ > 0)
    far &= counts >= _LEAST_IN_SAMPLE
    if not far.any() or far.sum() > _MOST_ODD * known.sum():
        return
    high, low = _end(x[known & ~far].max(), x[far]), -_end(-x[known & ~far].min(), -x[far])
    for i in np.flatnonzero(far & ((x > high) | (x < low))):
        yield (
            int(i),
            InputError(
                f"the value is {_times(own[i])} the median of the sample and far from every other",
                "Check its unit and its decimal mark.",
                column=column.source.value,
            ),
        )


def _end(highest: float, far: Floats) -> float:
    """Where values end that lead up to one another, as those of grains with inclusions do."""
    for value in np.sort(far[far > highest]):
        if value > highest + _GAP:
            break
        highest = float(value)
    return highest


def _times(difference: float) -> str:
    ratio = float(f"{10 ** abs(difference):.2g}")
    return f"{ratio:,.0f} times {'more' if difference > 0 else 'less'} than"


def _odd_limits(column: _Column, laboratories: Ints) -> Iterator[tuple[int, InputError]]:
    medians, counts = _group_medians(column.limits, laboratories)
    apart = column.limits - medians
    odd = np.isfinite(apart) & (np.abs(apart) > _SLIP) & (counts >= _LEAST_IN_COLUMN)
    for i in np.flatnonzero(odd):
        yield (
            int(i),
            InputError(
                f"the detection limit is {_times(apart[i])} the laboratory's median for the "
                "analyte",
                "Check its unit and its decimal mark.",
                # A cell `<limit` of a table with a column of limits is not told from it here.
                column=column.source.limit or column.source.value,
            ),
        )


def _large_errors(column: _Column, grains: Grains) -> Iterator[InputError]:
    name = column.source.error
    odd = np.flatnonzero(column.error > 1.0)
    if name is None or not odd.size:
        return
    what = "one standard error is larger than the value, which counts as measured"
    remedy = "Check the error's unit; if it is right, write the value as <limit."
    if odd.size > _MOST_ALIKE:
        remedy = f"Check the unit of {name}, and whether it holds one error or two."
    for i in odd:
        yield InputError(what, remedy, row=int(grains.rows[i]), column=name)


def _odd_groups(
    column: _Column, code: Ints, word: str, grains: Grains
) -> Iterator[tuple[int, InputError]]:
    """Groups whose values all lie a thousand times from those of all others."""
    known = np.isfinite(column.x)
    x, group = column.x[known], code[known]
    if x.size < 2 * _LEAST_IN_COLUMN:
        return
    summary = pd.Series(x).groupby(group).agg(["min", "max", "size"])
    least = _LEAST_GROUPS if word == "sample" else 2
    if len(summary) < least:
        return
    low, high = _of_others(summary["min"].to_numpy()), -_of_others(-summary["max"].to_numpy())
    odd = (summary["min"].to_numpy() > high + _GAP) | (summary["max"].to_numpy() < low - _GAP)
    size = summary["size"].to_numpy()
    odd &= (size >= _LEAST_IN_SAMPLE) & (size <= x.size / 2)
    for one in summary.index.to_numpy()[odd]:
        apart = float(np.median(x[group == one]) - np.median(x[group != one]))
        if abs(apart) < _SLIP:
            continue
        first = int(np.flatnonzero(known & (code == one))[0])
        name = str(grains.assay.fact(word)[first])
        called = f"the {word} {name!r}" if name else f"grains without a {word}"
        yield (
            first,
            InputError(
                f"all values of {called} are far from every other, {_times(apart)} their median",
                "Check whether they are in the column's unit.",
                column=column.source.value,
            ),
        )


def _of_others(values: Floats) -> Floats:
    """(groups,) the least value of all other groups."""
    order = np.argsort(values)
    least = np.full(len(values), values[order[0]])
    least[order[0]] = values[order[1]]
    return least


def _more_than_whole(grains: Grains) -> Iterator[InputError]:
    assay = grains.assay
    ppm = np.array([a.quantity == "ppm" for a in assay.analytes], dtype=bool)
    total = np.nansum(np.where(assay.censored | ~ppm, 0.0, assay.values), axis=1)
    for i in np.flatnonzero(total > _WHOLE):
        yield InputError(
            f"the analytes of the grain add up to {float(f'{total[i]:.3g}'):,.0f} ppm, more than "
            "its whole mass",
            "Check the units of its largest values.",
            row=int(grains.rows[i]),
        )

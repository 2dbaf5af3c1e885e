"""What zeros, negative numbers and missing limits of a laboratory's file mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.chemistry import MOST_PPM, read_column
from fingerprint.errors import InputError
from fingerprint.intake.cells import plain_number, read_texts
from fingerprint.intake.laboratory.plan import NumberSource
from fingerprint.intake.laboratory.profiles import Profile
from fingerprint.intake.laboratory.texts import matches
from fingerprint.tables.arrays import Bools, Floats

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_STANDARD_ERRORS = 3.0


class Meanings:
    """Reads the cells of numbers as a profile says, before they are taken as the public format.

    Parameters
    ----------
    profile
        What zeros, negative values and missing limits mean.
    numbers
        The columns.
    decimal_comma
        Whether a comma may be the decimal mark.

    Attributes
    ----------
    counts
        Cells that were given a meaning, by column of the file and what was done.
    """

    def __init__(
        self, profile: Profile, numbers: Sequence[NumberSource], decimal_comma: bool
    ) -> None:
        self._profile = profile
        self._numbers = tuple(numbers)
        self._decimal_comma = decimal_comma
        self._words = pa.array([word.lower() for word in profile.words], pa.string())
        self._not_known = "|".join(f"(?:{pattern})" for pattern in profile.not_known)
        values = [source for source in numbers if source.role == "value"]
        self._most_limit = {s.limit: _most(s) for s in values if s.limit is not None}
        self.counts: Counter[tuple[str, str]] = Counter()

    def read(self, cells: Sequence[pa.Array]) -> list[pa.Array]:
        """Give the cells of some rows their meaning.

        Parameters
        ----------
        cells
            One array a column.
        """
        known = [
            self._known(column, source) if source.role in ("limit", "error") else column
            for column, source in zip(cells, self._numbers, strict=True)
        ]
        of = {
            s.column: column
            for column, s in zip(known, self._numbers, strict=True)
            if s.role != "value"
        }
        return [
            self._value(column, source, of)
            if source.role == "value"
            else self._beside(column, source)
            for column, source in zip(known, self._numbers, strict=True)
        ]

    def _beside(self, cells: pa.Array, source: NumberSource) -> pa.Array:
        """Leave limits blank that are impossible; the value beside one already is."""
        most = self._most_limit.get(source.column)
        if self._profile.impossible == "refused" or source.role != "limit" or most is None:
            return cells
        too_much = self._sizes(cells) > most
        return self._blank(cells, too_much, source, "limit or error not known")

    def _known(self, cells: pa.Array, source: NumberSource) -> pa.Array:
        """Leave limits and errors blank that say nothing."""
        if not self._not_known:
            return cells
        nothing = matches(read_texts(cells), self._not_known)
        return self._blank(cells, nothing, source, "limit or error not known")

    def _value(
        self, cells: pa.Array, source: NumberSource, beside: dict[str, pa.Array]
    ) -> pa.Array:
        profile = self._profile
        size = self._sizes(cells)
        limit = None if source.limit is None else beside[source.limit]
        no_limit = np.ones(len(cells), bool) if limit is None else _bools(pc.is_null(limit))
        if profile.zero == "not_measured":
            cells = self._blank(cells, size == 0, source, "zero: not measured")
        if profile.negative == "not_measured":
            cells = self._blank(cells, size < 0, source, "negative: not measured")
        if profile.negative == "below_its_size":
            cells = self._below_its_size(cells, source, (size < 0) & no_limit, size, beside)
        if profile.without_limit == "not_measured":
            below = (self._worded(cells) | (self._sizes(cells) <= 0)) & no_limit
            cells = self._blank(
                cells, below, source, "below detection without a limit: not measured"
            )
        if profile.impossible == "not_measured":
            most = _most(source)
            too_much = self._sizes(_without_mark(cells)) > most
            if limit is not None:
                too_much |= self._sizes(limit) > most
            cells = self._blank(cells, too_much, source, "more than the whole mass: not measured")
        return cells

    def _below_its_size(
        self,
        cells: pa.Array,
        source: NumberSource,
        chosen: Bools,
        size: Floats,
        beside: dict[str, pa.Array],
    ) -> pa.Array:
        """Censor negative values without a limit at what they themselves show of the noise."""
        if not chosen.any():
            return cells
        limits = -size
        if source.error is not None:
            errors = self._sizes(beside[source.error]) / source.error_share
            limits = np.fmax(limits, _STANDARD_ERRORS * errors)
        self.counts[source.column, "negative: below its size"] += int(chosen.sum())
        texts = [
            f"<{plain_number(float(x))}" if c else None for x, c in zip(limits, chosen, strict=True)
        ]
        below = pa.array(texts, pa.string())
        if self._decimal_comma:
            below = pc.replace_substring(below, ".", ",")
        return pc.coalesce(below, read_texts(cells))

    def _blank(self, cells: pa.Array, where: Bools, source: NumberSource, what: str) -> pa.Array:
        where = where & _bools(pc.is_valid(cells))
        if not where.any():
            return cells
        self.counts[source.column, what] += int(where.sum())
        return pc.if_else(pa.array(where), None, cells)

    def _worded(self, cells: pa.Array) -> Bools:
        if not pa.types.is_string(cells.type):
            return np.zeros(len(cells), dtype=bool)
        return _bools(pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(cells)), self._words))

    def _sizes(self, cells: pa.Array) -> Floats:
        """(cells,) the numbers, NaN where a cell holds something else."""
        if pa.types.is_string(cells.type):
            plain = pc.utf8_trim_whitespace(cells)
            if self._decimal_comma:
                plain = pc.replace_substring(plain, ",", ".")
            cells = pc.if_else(pc.match_substring_regex(plain, _NUMBER), plain, None)
        if pa.types.is_string(cells.type):
            # pyarrow reads no plus sign.
            cells = pc.utf8_ltrim(cells, "+")
            numbers = cells.cast(pa.float64())
        else:
            numbers = cells.cast(pa.float64(), safe=False)
        return np.asarray(numbers.to_numpy(zero_copy_only=False), dtype=np.float64)


def _most(source: NumberSource) -> float:
    """More than this, in the unit of the file, is more than the whole mass."""
    try:
        column = read_column(source.public)
    except InputError:
        # It is refused with its place when the table is laid out.
        return np.inf
    if column is None or column.analyte is None or column.analyte.quantity != "ppm":
        return np.inf
    return MOST_PPM / (column.factor * source.factor)


def _without_mark(cells: pa.Array) -> pa.Array:
    """Give the limits of cells ``<limit`` as numbers."""
    return pc.utf8_ltrim(cells, " <") if pa.types.is_string(cells.type) else cells


def _bools(mask: pa.Array) -> Bools:
    filled = pc.fill_null(mask, False).to_numpy(zero_copy_only=False)
    return np.asarray(filled, dtype=bool)

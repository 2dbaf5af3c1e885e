"""Arrays that grow by blocks of rows and are never held twice."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class Rows:
    """An array being filled from its first row to its last.

    Space for all rows is reserved at once; a page of it takes memory when it is first written to.

    Parameters
    ----------
    dtype
        Of the array.
    expected
        About how many rows there will be; it grows where there are more.
    filler
        What an array holds that has nothing else: such an array takes no space.
    width
        Number of columns; None for an array of one dimension.
    """

    def __init__(
        self, dtype: np.dtype[Any], expected: int, filler: Any, width: int | None = None
    ) -> None:
        self._dtype = dtype
        self._expected = expected
        self._filler = filler
        self._columns = () if width is None else (width,)
        self._array: NDArray[Any] | None = None
        self._used = 0

    @property
    def uniform(self) -> bool:
        """Whether there is nothing but the filler."""
        return self._array is None

    def append(self, block: NDArray[Any]) -> None:
        """Add rows."""
        end = self._used + len(block)
        if not (self.uniform and self._is_filler(block)):
            self._reserve(end)[self._used : end] = block
        self._used = end

    def joined(self) -> NDArray[Any]:
        """Return the rows added so far."""
        if self._array is None:
            filler = np.array(self._filler, self._dtype)
            return np.broadcast_to(filler, (self._used, *self._columns))
        return self._array[: self._used]

    def _reserve(self, rows: int) -> NDArray[Any]:
        old = self._array
        if old is not None and rows <= len(old):
            return old
        length = max(self._expected, rows) if old is None else max(rows, len(old) * 5 // 4)
        try:
            new = np.empty((length, *self._columns), self._dtype)
        except (MemoryError, ValueError):
            # A damaged file may promise any number of rows.
            new = np.empty((rows, *self._columns), self._dtype)
        new[: self._used] = self._filler if old is None else old[: self._used]
        self._array = new
        return new

    def _is_filler(self, block: NDArray[Any]) -> bool:
        if isinstance(self._filler, float):  # which is NaN
            return bool(np.isnan(block).all())
        return bool((block == self._filler).all())

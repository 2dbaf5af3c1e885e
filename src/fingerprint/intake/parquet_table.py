"""Parquet files: numeric columns as numbers, others as text."""

from __future__ import annotations

from collections.abc import Generator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from fingerprint.errors import InputError
from fingerprint.intake.cells import read_texts
from fingerprint.intake.raw import Block, Progress, RawTable

_BLOCK_ROWS = 65_536
# What pyarrow raises on a file that is damaged or is something else.
_DAMAGED = (pa.ArrowException, OSError, ValueError)


class ParquetTable(RawTable):
    """A Parquet file."""

    def _read_header(self) -> tuple[str, ...]:
        try:
            with pyarrow.parquet.ParquetFile(self.path) as file:
                self.expected_rows = file.metadata.num_rows
                return tuple(file.schema_arrow.names)
        except _DAMAGED as error:
            raise self._unreadable(error) from None

    def _read_blocks(self, progress: Progress) -> Generator[Block]:
        size = self.path.stat().st_size
        done = 0
        try:
            with pyarrow.parquet.ParquetFile(self.path) as file:
                total = max(file.metadata.num_rows, 1)
                for batch in file.iter_batches(_BLOCK_ROWS):
                    yield [
                        self._cells(name, column)
                        for name, column in zip(self.header, batch.columns, strict=True)
                    ]
                    done += len(batch)
                    progress(size * done // total, size)
        except _DAMAGED as error:
            raise self._unreadable(error) from None

    def _cells(self, name: str, column: pa.Array) -> pa.Array:
        kind = column.type
        if pa.types.is_floating(kind):
            column = column.cast(pa.float64())
            return pc.if_else(pc.is_nan(column), None, column)
        if pa.types.is_integer(kind):
            return column
        if pa.types.is_decimal(kind):
            return column.cast(pa.float64())
        if pa.types.is_dictionary(kind):
            column = column.dictionary_decode()
        if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
            raise InputError(
                f"the column is of type {kind}",
                "Keep numbers and text in the table.",
                self.path,
                column=name,
            )
        # Parquet does not promise that its text is UTF-8.
        column.validate(full=True)
        return read_texts(_dates(column))

    def _unreadable(self, error: Exception) -> InputError:
        return InputError(
            f"the file is not a readable Parquet file ({type(error).__name__})",
            "Write it again, or save the table as CSV UTF-8.",
            self.path,
        )


def _dates(column: pa.Array) -> pa.Array:
    """Take times that are all midnight as dates."""
    if not pa.types.is_timestamp(column.type) or column.type.tz is not None:
        return column
    dates = column.cast(pa.date32(), safe=False)
    midnight = pc.all(pc.equal(column, dates.cast(column.type))).as_py()
    return column if midnight is False else dates

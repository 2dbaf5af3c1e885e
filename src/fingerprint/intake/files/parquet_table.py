"""Parquet files: numeric columns as numbers, others as text."""

from __future__ import annotations

from collections.abc import Generator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from fingerprint.errors import InputError
from fingerprint.intake.cells import read_texts
from fingerprint.intake.files.raw import Block, Progress, RawTable

_BLOCK_ROWS = 65_536
_MOST_ROWS = 100_000_000
_MOST_CELLS = 200_000_000
# Of one column: text in a block.
_MOST_TEXT_BYTES = 1 << 30
# Of a group of rows, and how many times the bytes of the file.
_MOST_UNPACKED_BYTES = 1 << 28
_MOST_TIMES = 250
_NEITHER_NUMBER_NOR_TEXT = (
    pa.types.is_nested,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_duration,
)
# What pyarrow raises on a file that is damaged or is something else.
_DAMAGED = (pa.ArrowException, OSError, ValueError)


class ParquetTable(RawTable):
    """A Parquet file."""

    def _read_header(self) -> tuple[str, ...]:
        try:
            with pyarrow.parquet.ParquetFile(self.path) as file:
                self._refuse_bomb(file.metadata)
                self.expected_rows = file.metadata.num_rows
                self._texts = [f.name for f in file.schema_arrow if pa.types.is_string(f.type)]
                return tuple(file.schema_arrow.names)
        except _DAMAGED as error:
            raise self._unreadable(error) from None

    def _read_blocks(self, progress: Progress) -> Generator[Block]:
        size = self.path.stat().st_size
        done = 0
        try:
            # As a dictionary, a text that stands in every row is held once.
            with pyarrow.parquet.ParquetFile(
                self.path, read_dictionary=self._texts, page_checksum_verification=True
            ) as file:
                total = max(file.metadata.num_rows, 1)
                for batch in file.iter_batches(_BLOCK_ROWS):
                    yield [
                        self._cells(name, column)
                        for name, column in zip(self.header, batch.columns, strict=True)
                    ]
                    done += len(batch)
                    progress(size * done // total, size)
                if done != file.metadata.num_rows:
                    raise ValueError("rows are missing")
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
            # Straight to a double, 3.3 becomes 3.3000000000000003.
            return column.cast(pa.string()).cast(pa.float64())
        # Parquet does not promise that its text is UTF-8.
        column.validate(full=True)
        if pa.types.is_dictionary(kind):
            self._refuse_endless(name, column)
            column = column.dictionary_decode()
            kind = column.type
        if any(is_kind(kind) for is_kind in _NEITHER_NUMBER_NOR_TEXT):
            raise self._wrong_type(name, kind)
        try:
            return read_texts(_dates(column))
        except pa.ArrowNotImplementedError:
            raise self._wrong_type(name, kind) from None

    def _wrong_type(self, name: str, kind: pa.DataType) -> InputError:
        return InputError(
            f"the column is of type {str(kind)[:40]}",
            "Keep numbers and text in the table.",
            self.path,
            column=name,
        )

    def _refuse_bomb(self, metadata: pyarrow.parquet.FileMetaData) -> None:
        groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
        if sum(group.num_rows for group in groups) != metadata.num_rows:
            raise ValueError("rows are missing")
        # Not by column: pyarrow ends the process where what the footer says of one is damaged.
        most = max(_MOST_UNPACKED_BYTES, _MOST_TIMES * self.path.stat().st_size)
        unpacked = max((group.total_byte_size for group in groups), default=0)
        rows, columns = metadata.num_rows, metadata.num_columns
        if rows > _MOST_ROWS or rows * columns > _MOST_CELLS or unpacked > most:
            raise InputError(
                f"the file would unpack to more than can be held ({rows:,} rows of {columns:,} "
                "columns)",
                "Write the table again, in several files if need be.",
                self.path,
            )

    def _refuse_endless(self, name: str, column: pa.DictionaryArray) -> None:
        if not pa.types.is_string(column.dictionary.type):
            return
        lengths = pc.binary_length(column.dictionary).take(column.indices)
        if (pc.sum(lengths.cast(pa.int64())).as_py() or 0) > _MOST_TEXT_BYTES:
            raise InputError(
                "the texts of the column are too long to be held",
                "Shorten them, or leave the column out.",
                self.path,
                column=name,
            )

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

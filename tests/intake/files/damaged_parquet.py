"""Damaged and strange Parquet files."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from intake.files.damaged import HEADER, PLAIN, ROWS, Case, text


def columns() -> dict[str, pa.Array]:
    return {name: pa.array([row[j] for row in ROWS]) for j, name in enumerate(HEADER)}


def parquet(**changed: pa.Array) -> Callable[[Path], None]:
    return lambda path: pyarrow.parquet.write_table(pa.table(columns() | changed), path)


def parquet_bytes(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        parquet()(path)
        path.write_bytes(change(path.read_bytes()))

    return make


def wide(path: Path) -> None:
    """Twice a hundred columns of a million blanks, which pack to next to nothing."""
    blank = pa.nulls(1_000_001, pa.int8())
    pyarrow.parquet.write_table(pa.table({f"c{j}": blank for j in range(200)}), path)


_NOT_PARQUET = "not a readable Parquet file"

PARQUET = [
    Case("plain.parquet", parquet()),
    Case("a dictionary.parquet", parquet(site=columns()["site"].dictionary_encode())),
    Case("long text.parquet", parquet(site=columns()["site"].cast(pa.large_string()))),
    Case("text seen.parquet", parquet(site=columns()["site"].cast(pa.string_view()))),
    Case("numbers as text.parquet", parquet(Ta_ppm=pa.array(["1234.5", " 0.5", "12"]))),
    Case(
        "decimals.parquet",
        parquet(Ta_ppm=pa.array([Decimal("1234.50"), Decimal("0.50"), Decimal("12.00")])),
    ),
    Case("many cells.parquet", wide, "more than can be held (1,000,001 rows of 200 columns)"),
    Case("NaN.parquet", parquet(Nb_ppm=pa.array([0.25, np.nan, 3.5]))),
    Case("small fractions.parquet", parquet(Ti_ppm=pa.array(np.array([7, 8, 9.25], np.float16)))),
    Case(
        "commas.parquet", parquet(Ta_ppm=pa.array(["1234,5", "0,5", "12"])), "row 2, column Ta_ppm"
    ),
    Case(
        "truth values.parquet", parquet(Ta_ppm=pa.array([True, False, True])), "'true' stands where"
    ),
    Case(
        "times with a zone.parquet",
        parquet(Ta_ppm=pa.array([datetime(2024, 5, 1, tzinfo=UTC)] * 3)),
        "row 2, column Ta_ppm: '2024-05-01",
    ),
    Case(
        "whiles.parquet",
        parquet(Ta_ppm=pa.array([timedelta(1)] * 3)),
        "column Ta_ppm: the column is of type duration",
    ),
    Case(
        "lists.parquet", parquet(Ta_ppm=pa.array([[1.0]] * 3)), "Ta_ppm: the column is of type list"
    ),
    Case(
        "structs.parquet", parquet(Ta_ppm=pa.array([{"x": 1}] * 3)), "the column is of type struct"
    ),
    Case("bytes.parquet", parquet(Ta_ppm=pa.array([b"1"] * 3)), "the column is of type binary"),
    Case(
        "bytes as text.parquet",
        parquet(site=pa.array([b"\xff\xfe"] * 3).cast(pa.string(), safe=False)),
        _NOT_PARQUET,
    ),
    Case("wrong mark at the end.parquet", parquet_bytes(lambda b: b[:-4] + b"PAR2"), _NOT_PARQUET),
    Case("sealed.parquet", parquet_bytes(lambda b: b[:-4] + b"PARE"), _NOT_PARQUET),
    Case(
        "wrong length of the footer.parquet",
        parquet_bytes(lambda b: b[:-8] + struct.pack("<I", 2**31 - 1) + b[-4:]),
        _NOT_PARQUET,
    ),
    Case(
        "short length of the footer.parquet",
        parquet_bytes(lambda b: b[:-8] + struct.pack("<I", 40) + b[-4:]),
        _NOT_PARQUET,
    ),
    Case("cut off.parquet", parquet_bytes(lambda b: b[: len(b) // 2]), _NOT_PARQUET),
    Case("no rows.parquet", lambda p: parquet_rows(p, 0), "there are no grains"),
    Case("text by another name.parquet", text(PLAIN), _NOT_PARQUET),
]


def parquet_rows(path: Path, rows: int) -> None:
    pyarrow.parquet.write_table(pa.table(columns()).slice(0, rows), path)

"""How long files take to read, check and write: `make bench`. Quote ratios, not seconds.

The whole command is run, so that start-up counts. Its processor seconds, which depend less on what
else the machine does, and its peak memory are in the extra information (`--benchmark-json`).
"""

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import pytest

from fingerprint.chemistry import ATOMIC_WEIGHTS

ELEMENTS = [element for element in ATOMIC_WEIGHTS if element not in ("H", "C", "N", "O", "F")][:55]
ROWS = 100_000
IMPORT = """
from fingerprint.cli.main import main
main()
"""
# Without the meaning of a cell: a column with a < in it stays text.
ARROW = """
import pyarrow.csv, pyarrow.parquet
pyarrow.parquet.write_table(pyarrow.csv.read_csv(sys.argv[2]), sys.argv[4])
"""
# The system's own figure counts what the process that started this one took.
MEASURED = """
import sys, time
try:
{program}
finally:
    with open("/proc/self/status") as status:
        memory = [line.split()[1] for line in status if line.startswith("VmHWM")][0]
    print(memory, time.process_time())
"""


def table(rows: int) -> pa.Table:
    """Five columns of text and 55 of concentrations, a tenth of them below detection."""
    rng = np.random.default_rng(0)
    grain = np.arange(rows)
    columns = {
        "sample": pc.binary_join_element_wise("S", pa.array(grain // 50).cast(pa.string()), ""),
        "site": pc.binary_join_element_wise("Site ", pa.array(grain // 2000).cast(pa.string()), ""),
        "grain": pa.array(grain),
        "mineral": pa.repeat("cassiterite", rows),
        "laboratory": pa.repeat("Laboratory A", rows),
    }
    for element in ELEMENTS:
        values = pa.array(np.exp(rng.normal(1, 1.5, rows)).round(3))
        censored = pa.array(rng.random(rows) < 0.1)
        columns[f"{element}_ppm"] = pc.if_else(censored, "<0.05", values.cast(pa.string()))
    return pa.table(columns)


@pytest.fixture(scope="module")
def csv_file(tmp_path_factory):
    """Write a CSV file of so many rows once."""
    folder = tmp_path_factory.mktemp("speed")

    def write(rows: int) -> Path:
        path = folder / f"{rows}.csv"
        if not path.exists():
            pyarrow.csv.write_csv(table(rows), path, pyarrow.csv.WriteOptions(quoting_style="none"))
        return path

    return write


def run(program: str, *words: str | Path) -> tuple[float, float]:
    """Run a program to its end: megabytes of memory at most, seconds of processor."""
    text = MEASURED.format(program=textwrap.indent(program, "    "))
    command = [sys.executable, "-c", text, "import", *map(str, words)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    kilobytes, seconds = done.stdout.split()[-2:]
    return int(kilobytes) / 1024, float(seconds)


def measure(benchmark, rounds, *words):
    runs = []
    benchmark.pedantic(lambda: runs.append(run(*words)), rounds=rounds)
    megabytes, seconds = zip(*runs, strict=True)
    benchmark.extra_info["peak megabytes"] = round(max(megabytes))
    benchmark.extra_info["processor seconds, median"] = round(float(np.median(seconds)), 2)


@pytest.mark.benchmark(group="CSV of 100,000 rows x 60 columns to Parquet (10 s and 1 GB at most)")
@pytest.mark.parametrize("program", [IMPORT, ARROW], ids=["fingerprint import", "pyarrow alone"])
def test_import(benchmark, csv_file, tmp_path, program):
    measure(benchmark, 5, program, csv_file(ROWS), "-o", tmp_path / "a.parquet")


@pytest.mark.benchmark(group="CSV of 300 megabytes to Parquet")
@pytest.mark.parametrize("program", [IMPORT, ARROW], ids=["fingerprint import", "pyarrow alone"])
def test_import_of_a_large_file(benchmark, csv_file, tmp_path, program):
    path = csv_file(8 * ROWS)
    assert path.stat().st_size > 280_000_000
    measure(benchmark, 1, program, path, "-o", tmp_path / "a.parquet")


@pytest.mark.benchmark(group="10,000 columns of text x 100 rows")
@pytest.mark.parametrize("extension", ["csv", "xlsx", "parquet"])
def test_import_of_a_wide_file(benchmark, tmp_path, extension):
    path = tmp_path / f"wide.{extension}"
    wide = table(100).append_column("note", pa.repeat("n", 100))
    for i in range(10_000):
        wide = wide.append_column(f"note {i}", pa.array([f"t{i * r % 97}" for r in range(100)]))
    if extension == "csv":
        pyarrow.csv.write_csv(wide, path)
    elif extension == "parquet":
        pyarrow.parquet.write_table(wide, path)
    else:
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.append(wide.column_names)
        for row in wide.to_pylist():
            sheet.append(list(row.values()))
        book.save(path)
    measure(benchmark, 1, IMPORT, path, "-o", tmp_path / "a.parquet")

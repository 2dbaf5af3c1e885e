"""Whatever a file holds, reading it gives its true numbers or one error for the user."""

import csv
import io
import os
import re
import subprocess
import sys
import tracemalloc
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint.errors import InputError
from fingerprint.intake import (
    Profile,
    import_files,
    read_assay,
    read_claims,
    read_samples,
    write_assay,
)
from fingerprint.intake.assembly import assemble
from fingerprint.intake.files.formats import open_table
from fingerprint.intake.side_tables import read_ages, read_facts, read_mineralogy
from fingerprint.tables import Assay
from intake.files.damaged import VALUES
from intake.files.damaged_csv import CSV
from intake.files.damaged_parquet import PARQUET, columns, parquet
from intake.files.damaged_xlsx import XLSX, between_rows, other_sheets_first, workbook

CASES = [*CSV, *XLSX, *PARQUET]
TRUTH = {key: VALUES[:, j] for j, key in enumerate(["Ta", "Nb", "Ti"])}


def profiled(path, header_row=1):
    profile = Profile.model_validate(
        {
            "header_row": header_row,
            "sample": "{sample}",
            "facts": {"site": "site"},
            "analytes": {"pattern": "(?P<element>[A-Z][a-z]?)_ppm"},
        }
    )
    return import_files([path], profile)


READERS = {
    "samples": read_samples,
    "profile": profiled,
    "mineralogy": read_mineralogy,
    "ages": read_ages,
    "facts": read_facts,
    "claims": read_claims,
}


def outcome(read, path, *more):
    """What was read, and the message if nothing was; any other error fails the test."""
    try:
        return read(path, *more), ""
    except InputError as error:
        fault = error
    assert str(path) in str(fault)
    assert "\n" not in str(fault)
    assert fault.remedy.endswith(".")
    return None, str(fault)


def assert_true(assay, case=None):
    assert assay.fact("sample").tolist() == ["A", "A", "B"]
    for j, key in enumerate(assay.keys):
        np.testing.assert_array_equal(assay.values[:, j], TRUTH[key])
    assert not assay.censored.any()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_true_numbers_or_one_message(case, tmp_path):
    path = case.write(tmp_path)
    if case.header_row == 1:
        assay, message = outcome(read_assay, path)
    else:
        assay, message = outcome(profiled, path, case.header_row)
    assert case.message in message
    assert bool(case.message) == bool(message)
    if assay is not None:
        assert assay.keys == tuple(TRUTH)
        assert_true(assay)


# Read once is enough for these: they take a while.
QUICK = [case for case in CASES if not {"million", "grow"} & set(case.name[:-5].split())]


@pytest.mark.parametrize("case", QUICK, ids=lambda case: case.name)
def test_every_reader_answers_or_refuses(case, tmp_path):
    path = case.write(tmp_path)
    for name, read in READERS.items():
        answer, _ = outcome(read, path)
        if name == "profile" and answer is not None:
            assert_true(answer)


def test_columns_that_a_profile_does_not_read_may_be_at_fault(tmp_path):
    def beside(book):
        book.active["F1"], book.active["F2"], book.active["F3"] = "mean", "=C2*2", "#DIV/0!"
        book.active["F4"], book.active["G1"] = 0.5, "share"
        book.active["F4"].number_format = "0 %"
        book.active.merge_cells("F2:F3")

    workbook(tmp_path / "a.xlsx", beside)
    assert_true(profiled(tmp_path / "a.xlsx"))
    with pytest.raises(InputError, match="row 2, column mean: the cell holds a formula"):
        read_assay(tmp_path / "a.xlsx")


def test_a_sheet_by_name_may_be_hidden(tmp_path):
    workbook(tmp_path / "a.xlsx", other_sheets_first)
    path = tmp_path / "a.xlsx"
    assert assemble(open_table(path, sheet="old")).values.tolist() == [[99.0, 99.0, 99.0]]
    with pytest.raises(InputError, match=r"no sheet 'new'\. The workbook has older, old, Sheet"):
        open_table(path, sheet="new")
    with pytest.raises(InputError, match="no sheet 'chart'"):
        open_table(path, sheet="chart")


@pytest.mark.parametrize("extension", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize("kind", ["pipe", "link to nothing", "link to itself", "device"])
def test_what_is_no_file(kind, extension, tmp_path):
    path = tmp_path / f"assay.{extension}"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        targets = {"link to nothing": "nothing", "link to itself": path, "device": "/dev/zero"}
        path.symlink_to(targets[kind])
    assert outcome(read_samples, path)[1]


def test_a_link_to_a_file_is_the_file(tmp_path):
    workbook(tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").symlink_to(tmp_path / "a.xlsx")
    assert_true(read_assay(tmp_path / "b.xlsx"))


@pytest.mark.parametrize("extension", ["csv", "xlsx", "parquet"])
def test_a_thousand_columns(extension, tmp_path):
    frame = pyarrow.table(
        columns() | {f"note {i}": pyarrow.array([f"a{i}", None, "b"]) for i in range(1000)}
    ).to_pandas()
    path = tmp_path / f"wide.{extension}"
    {"csv": frame.to_csv, "xlsx": frame.to_excel, "parquet": frame.to_parquet}[extension](
        path, index=False
    )
    samples = read_samples(path)
    assert samples.fact("note 999").tolist() == ["a999", "b"]
    assert len(samples.assay.facts.columns) == 1002


@pytest.mark.parametrize(
    ("constant", "most"),
    [("_MOST_ROWS", 2), ("_MOST_UNPACKED_BYTES", 100), ("_MOST_TEXT_BYTES", 99)],
)
def test_a_parquet_file_that_unpacks_to_much(constant, most, tmp_path, monkeypatch):
    from fingerprint.intake.files import parquet_table

    path = tmp_path / "a.parquet"
    table = pyarrow.table({"sample": ["x" * 300_000] * 3, "Ta_ppm": [1.0, 2.0, 3.0]})
    pyarrow.parquet.write_table(
        table, path, use_dictionary=constant == "_MOST_TEXT_BYTES", compression="zstd"
    )
    assert read_assay(path).n_grains == 3
    monkeypatch.setattr(parquet_table, constant, most)
    assert "held" in outcome(read_assay, path)[1]


def test_rows_that_a_file_promises_take_no_memory():
    from fingerprint.intake.rows import Rows

    rows = Rows(np.dtype(float), 1 << 60, np.nan, 60)
    rows.append(np.ones((3, 60)))
    rows.append(np.ones((3, 60)))
    assert rows.joined().shape == (6, 60)


TABLE = (
    "sample,site,note,Ta_ppm,Ta_lod,FeO_wt%,FeO_2se\n"
    'A,X,"a, ""b""",1,0.5,<0.05,\n'
    "A,X,é,bdl,0.5,1,0.1\n"
    "B,Y,,2.5,,3,\n"
)
PIECES = b', ; \t " \n \r < bdl nan - 0 1e999 \xff \0 sample _lod Ta_ppm \xef\xbb\xbf 1,5'.split(
    b" "
)
PIECES += [b"", b"sep=;\n", b"\xff\xfe"]


@cache
def sound_file(extension: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sound.csv"
        path.write_text(TABLE, encoding="utf-8")
        if extension != "csv":
            assay = read_assay(path)
            path = path.with_suffix(f".{extension}")
            write_assay(assay, path)
        return path.read_bytes()


@st.composite
def damaged(draw, content):
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 8))
        content = content[:start] + draw(st.sampled_from(PIECES)) + content[start + length :]
    return content if draw(st.integers(0, 3)) else content[: len(content) // 2]


@pytest.mark.parametrize("extension", ["csv", "xlsx", "parquet"])
@settings(deadline=None, max_examples=100)
@given(data=st.data())
def test_only_errors_that_the_user_can_mend(extension, data):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"damaged.{extension}"
        path.write_bytes(data.draw(damaged(sound_file(extension))))
        read = data.draw(st.sampled_from(sorted(READERS)))
        answer, message = outcome(READERS[read], path)
        assert (answer is None) == bool(message)


EVERY_BYTE_OF_THE_FOOTER = """
import sys
from pathlib import Path
from fingerprint.errors import InputError
from fingerprint.intake import read_assay

sound, damaged = map(Path, sys.argv[1:])
content = sound.read_bytes()
footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
for place in range(footer, len(content)):
    for bit in (1, 2, 8):
        flipped = bytes([content[place] ^ bit])
        damaged.write_bytes(content[:place] + flipped + content[place + 1 :])
        try:
            read_assay(damaged)
        except InputError:
            pass
print("read or refused")
"""


def test_no_damaged_footer_ends_the_process(tmp_path):
    # What pyarrow throws in C++ cannot be caught here: a process of its own shows it.
    (tmp_path / "sound.parquet").write_bytes(sound_file("parquet"))
    words = [str(tmp_path / "sound.parquet"), str(tmp_path / "damaged.parquet")]
    done = subprocess.run(
        [sys.executable, "-c", EVERY_BYTE_OF_THE_FOOTER, *words], capture_output=True, text=True
    )
    assert done.stdout == "read or refused\n", done.stderr


@cache
def true_file(extension: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"true.{extension}"
        if extension == "xlsx":
            workbook(path)
        else:
            parquet()(path)
            # As this program writes it: with a checksum of each page.
            write_assay(read_assay(path), path)
        return path.read_bytes()


@pytest.mark.parametrize("extension", ["xlsx", "parquet"])
@settings(deadline=None, max_examples=80)
@given(data=st.data())
def test_a_flipped_byte_never_changes_a_number(extension, data):
    content = bytearray(true_file(extension))
    # The names in the footer of a Parquet file have no checksum; they are no numbers.
    footer = int.from_bytes(content[-8:-4], "little") + 8 if extension == "parquet" else 0
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(4, len(content) - footer - 1))
        content[at] ^= data.draw(st.integers(1, 255))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"flipped.{extension}"
        path.write_bytes(content)
        assay, _ = outcome(read_assay, path)
        if assay is not None:
            assert_true(assay)


NUMBER = re.compile(r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*")


def by_another_reader(content: bytes, column: str) -> list[float | None]:
    """Numbers of a column as Python's own module reads them; None where there is none."""
    text = content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    at = [" ".join(name.split()) for name in rows[0]].index(column)
    cells = [row[at] for row in rows[1:] if row]
    return [float(cell) if NUMBER.fullmatch(cell) else None for cell in cells]


@settings(deadline=None, max_examples=300)
@given(content=damaged(TABLE.encode()))
def test_damaged_text_is_read_as_others_read_it(content):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "damaged.csv"
        path.write_bytes(content)
        assay: Assay | None
        assay, _ = outcome(read_assay, path)
        separates = b"sample," in content[:12] and b"sep=" not in content
        if assay is None or not separates or "Ta" not in assay.keys:
            return
        read = assay.values[:, assay.keys.index("Ta")]
        measured = ~assay.censored[:, assay.keys.index("Ta")]
        expected = by_another_reader(content, "Ta_ppm")
        assert len(read) <= len(expected)
        for value, is_number, other in zip(read, measured, expected, strict=False):
            if is_number:
                assert value == other or (np.isnan(value) and other is None)


def test_elements_between_rows_are_forgotten(tmp_path):
    between_rows(1_000_000)(tmp_path / "a.xlsx")
    tracemalloc.start()
    try:
        assert_true(read_assay(tmp_path / "a.xlsx"))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40_000_000


@pytest.mark.parametrize("kind", [pa.decimal128(5, 2), pa.decimal256(50, 2), pa.decimal128(9, 2)])
def test_decimals_are_the_nearest_number(kind, tmp_path):
    texts = ["3.30", "0.07", "999.99"]
    values = pa.array([Decimal(text) for text in texts]).cast(kind)
    parquet(Ta_ppm=values)(tmp_path / "a.parquet")
    assert read_assay(tmp_path / "a.parquet").values[:, 0].tolist() == [float(t) for t in texts]

"""A file read on past the row where its reader stops."""

import pytest

from fingerprint.intake.examining.examination import examine
from fingerprint.intake.examining.excerpt import read_rows
from fingerprint.intake.files import csv_table
from fingerprint.intake.files.formats import open_table

HEADER = "sample,site,note,Ta_ppm\n"


def file_of(tmp_path, rows, encoding="utf-8"):
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + "\n".join(rows) + "\n\n\n").encode(encoding))
    return path


def grains(n):
    return [f'S{i % 7},X,"two\nlines",{i + 1}' for i in range(n)]


@pytest.mark.parametrize("block_bytes", [1 << 20, 256])
def test_every_row_is_read_once_wherever_the_reader_stops(tmp_path, monkeypatch, block_bytes):
    monkeypatch.setattr(csv_table, "_BLOCK_BYTES", block_bytes)
    rows = grains(60)
    rows[40], rows[55] = "S1,X", "S1,X,,1,2"
    found = examine(file_of(tmp_path, rows))
    assert [p.row for p in found.problems.listed] == [42, 57]
    values = found.grains.assay.values[:, 0].tolist()
    assert values == [i + 1 for i in range(60) if i not in (40, 55)]
    assert found.grains.rows.tolist() == [i for i in range(60) if i not in (40, 55)]


@pytest.mark.parametrize("block_bytes", [1 << 20, 256])
def test_rows_are_shown_as_they_are(tmp_path, monkeypatch, block_bytes):
    monkeypatch.setattr(csv_table, "_BLOCK_BYTES", block_bytes)
    rows = grains(60)
    rows[40], rows[55] = "S1,Y", "S1,X,,1,2"
    table = open_table(file_of(tmp_path, rows))
    assert read_rows(table, [0, 40, 55, 59, 60]) == {
        0: ("S0", "X", "two\nlines", "1"),
        40: ("S1", "Y", None, None),
        55: ("S1", "X", None, "1"),
        59: ("S3", "X", "two\nlines", "60"),
    }


def test_another_encoding_further_down_is_said_and_the_rest_is_read(tmp_path):
    rows = grains(60_000)
    rows[50_000] = "S1,X,é,1"
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + "\n".join(rows)).encode("latin-1"))
    found = examine(path)
    [problem] = found.problems.listed
    assert problem.row == 50_002
    assert "not UTF-8" in problem.what
    assert found.grains.assay.n_grains == 60_000

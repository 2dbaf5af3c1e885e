"""Certified values are read as an assay is, one row a material."""

import numpy as np
import pytest

from fingerprint.errors import InputError
from fingerprint.intake import read_certified
from fingerprint.intake.writing.tables import write_table

GOOD = "material,source,Ta_ppm,Ta_2se,Ti_wt%\nGlass A,invented,400,8,0.04\nGlass B,invented,40,,\n"


def certified(tmp_path, text, name="certified.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_certified(path)


def test_units_and_errors_become_ppm(tmp_path):
    table = certified(tmp_path, GOOD)
    assert table.materials == ("Glass A", "Glass B")
    assert table.keys == ("Ta", "Ti")
    np.testing.assert_allclose(table.values, [[400.0, 400.0], [40.0, np.nan]])
    np.testing.assert_allclose(table.standard_errors[0], [4.0, np.nan])
    assert table.row("glass-a") == 0
    assert table.row("Glass C") is None


@pytest.mark.parametrize("extension", ["xlsx", "parquet"])
def test_any_format_gives_the_same(tmp_path, extension):
    import pyarrow as pa

    path = tmp_path / f"certified.{extension}"
    write_table(pa.table({"material": ["Glass A"], "Ta_ppm": [400.0], "Ta_1se": [4.0]}), path)
    table = read_certified(path)
    assert (table.values[0, 0], table.standard_errors[0, 0]) == (400.0, 4.0)


def test_a_semicolon_and_a_decimal_comma(tmp_path):
    table = certified(tmp_path, "material;Ta_ppm\nGlass A;400,5\n")
    assert table.values[0, 0] == 400.5


@pytest.mark.parametrize(
    ("text", "row", "column", "message"),
    [
        ("name,Ta_ppm\nG,1\n", 1, None, "no column 'material'"),
        ("material,sample,Ta_ppm\nG,a,1\n", 1, "sample", "has no samples"),
        ("material,Ta_ppm\nG,0\n", 2, "Ta_ppm", "zero or negative"),
        ("material,Ta_ppm\nG,1\nH,-3\n", 3, "Ta_ppm", "zero or negative"),
        ("material,Ta_ppm\nG,<5\n", 2, "Ta_ppm", "cannot lie below a detection limit"),
        ("material,Ta_ppm\nG,1\nH,two\n", 3, "Ta_ppm", "'two' stands where a number belongs"),
        ("material,Ta_ppm\nG,1\n,2\n", 3, "material", "no name"),
        ("material,Ta_ppm\nNIST 610,1\nnist610,2\n", 3, "material", "stands twice"),
        ("material,Ta_ppm\nNIST 610,1\nSRM 610,2\n", 3, "material", "first as 'NIST 610'"),
        ("material,Ta_oz\nG,1\n", 1, "Ta_oz", "unknown unit"),
        ("material,note\nG,a\n", None, None, "no analyte"),
        ("material,Ta_ppm\n", None, None, "no grains"),
    ],
)
def test_faults_are_said_in_their_place(tmp_path, text, row, column, message):
    with pytest.raises(InputError, match=message) as refused:
        certified(tmp_path, text)
    assert refused.value.file == tmp_path / "certified.csv"
    assert (refused.value.row, refused.value.column) == (row, column)


def test_an_unknown_extension_is_refused(tmp_path):
    with pytest.raises(InputError, match="extension"):
        certified(tmp_path, GOOD, "certified.doc")

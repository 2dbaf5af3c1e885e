"""Assay files: what is read, and every way in which a file can be at fault."""

import numpy as np
import openpyxl
import pandas as pd
import pytest

from fingerprint.errors import InputError
from fingerprint.intake import read_assay, read_samples


@pytest.fixture
def write(tmp_path):
    def write_text(text, name="assay.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write_text


def test_values_limits_and_errors_of_one_table(write):
    assay = read_assay(
        write(
            "sample,site,mineral,Ta_ppm,Ta_lod,FeO_wt%,FeO_lod,FeO_2se,Sc_ppb,Sc_1se\n"
            " S1 , Mine A ,tantalite,10,0.5,2,0.01,0.2,3000,100\n"
            "S1,,,bdl,0.5,<0.02,,,,\n"
            "S2,Mine B,,0.2,0.5,-0.1,0.01,,5,\n"
            "S2,Mine B,,,0.5,0,0.01,,5,\n"
        )
    )
    iron = 55.845 / (55.845 + 15.999) * 1e4
    assert [a.column for a in assay.analytes] == ["Ta_ppm", "Fe_ppm", "Sc_ppm"]
    assert assay.fact("sample").tolist() == ["S1", "S1", "S2", "S2"]
    assert assay.fact("site").tolist() == ["Mine A", "", "Mine B", "Mine B"]
    assert assay.fact("mineral").tolist() == ["tantalite", "", "", ""]
    nan = np.nan
    np.testing.assert_allclose(
        assay.values,
        [
            [10, 2 * iron, 3],
            [0.5, 0.02 * iron, nan],
            [0.5, 0.01 * iron, 0.005],
            [nan, 0.01 * iron, 0.005],
        ],
    )
    np.testing.assert_allclose(
        assay.limits,
        [
            [0.5, 0.01 * iron, nan],
            [0.5, 0.02 * iron, nan],
            [0.5, 0.01 * iron, nan],
            [0.5, 0.01 * iron, nan],
        ],
    )
    assert assay.censored.tolist() == [
        [False, False, False],
        [True, True, False],
        [True, True, False],
        [False, True, False],
    ]
    np.testing.assert_allclose(assay.standard_errors[0], [nan, 0.1 * iron, 0.1])


def test_ratios_and_logarithms_are_taken_as_they_are(write):
    assay = read_assay(write("sample,206Pb/204Pb_ratio,Nb_log10\nA,18.5,-1.5\n"))
    assert assay.keys == ("206Pb/204Pb_ratio", "Nb_log10")
    assert assay.values.tolist() == [[18.5, -1.5]]


def test_a_value_at_its_limit_is_not_censored(write):
    assay = read_assay(write("sample,Ta_ppm,Ta_lod\nA,0.5,0.5\n"))
    assert not assay.censored.any()


@pytest.mark.parametrize(
    "text",
    [
        "sample,site,Ta_ppm,Nb_ppm\nA,X,1.5,2\nB,Y,<0.5,\n",
        "\ufeffsample,site,Ta_ppm,Nb_ppm\nA,X,1.5,2\nB,Y,<0.5,\n",
        "sample;site;Ta_ppm;Nb_ppm\nA;X;1.5;2\nB;Y;<0.5;\n",
        "sample;site;Ta_ppm;Nb_ppm\nA;X;1,5;2\nB;Y;<0,5;\n",
        "sep=;\nsample;site;Ta_ppm;Nb_ppm\nA;X;1,5;2\nB;Y;<0,5;\n",
        "\ufeffsep=|\r\nsample|site|Ta_ppm|Nb_ppm\r\nA|X|1.5|2\r\nB|Y|<0.5|\r\n",
        "sample\tsite\tTa_ppm\tNb_ppm\r\nA\tX\t1,5\t2\r\nB\tY\t<0,5\t\r\n",
        '"sample","site","Ta_ppm","Nb_ppm"\n"A","X","1.5","2"\n"B","Y","<0.5",""',
        "sample,site,Ta_ppm,Nb_ppm,,\nA,X,1.5,2,,\nB,Y,<0.5,,,\n,,,,,\n\n\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_dialects_of_csv(write, text, encoding):
    bare = text.removeprefix("\ufeff")
    assay = read_assay(write(text if encoding == "utf-8" else bare.encode(encoding)))
    assert assay.fact("site").tolist() == ["X", "Y"]
    np.testing.assert_array_equal(assay.values, [[1.5, 2.0], [0.5, np.nan]])
    assert assay.censored.tolist() == [[False, False], [True, False]]


def test_stray_quotation_marks_inside_a_cell_are_text(write):
    assay = read_assay(write('sample,note,Ta_ppm\nA,3" core,1\nB,,2'))
    assert assay.fact("note").tolist() == ['3" core', ""]


def test_a_header_over_two_lines(write):
    path = write('sample,"the\nnote",Ta_ppm\nA,,1\nB,,x\n')
    with pytest.raises(InputError, match="row 3, column Ta_ppm"):
        read_assay(path)


def test_a_file_that_goes_away_while_it_is_read(write):
    from fingerprint.intake.files.formats import open_table

    path = write("sample,Ta_ppm\nA,1\n")
    table = open_table(path)
    path.unlink()
    with pytest.raises(InputError, match="cannot be read to its end") as raised:
        list(table.blocks())
    assert raised.value.file == path


def test_a_setting_of_the_separator_is_no_row(write):
    path = write("sep=;\nsample;Ta_ppm\nA;1\nB;x\n")
    with pytest.raises(InputError, match="row 3, column Ta_ppm"):
        read_assay(path)
    with pytest.raises(InputError, match="row 3: the row has 1 cells"):
        read_assay(write("sep=;\nsample;Ta_ppm\nA;1\nB\n"))


def test_utf16_keeps_its_letters_and_rows(write):
    text = "sample\tsite\tTa_ppm\r\nA\tAltenbürg\t1,5\r\nB\t鉱山\tx\r\n"
    with pytest.raises(InputError, match="row 3, column Ta_ppm: 'x'"):
        read_assay(write(text.encode("utf-16")))
    assay = read_assay(write(text.replace("x", "2,5").encode("utf-16")))
    assert assay.fact("site").tolist() == ["Altenbürg", "鉱山"]
    assert assay.values[:, 0].tolist() == [1.5, 2.5]


def test_a_semicolon_in_a_cell_is_no_separator(write):
    assay = read_assay(write("sample,claim,Ta_ppm\nA,X;Y;Z,1.5\nB,1;2;3,2\n"))
    assert assay.fact("claim").tolist() == ["X;Y;Z", "1;2;3"]


def test_a_header_longer_than_the_first_look(write, monkeypatch):
    from fingerprint.intake.files import csv_table

    monkeypatch.setattr(csv_table, "_HEAD_BYTES", 64)
    names = ["sample", *(f"note{i}" for i in range(400)), "Ta_ppm"]
    path = write(",".join(names) + "\nA," + 400 * "," + "7\n")
    assert read_assay(path).values.tolist() == [[7.0]]
    assert len(read_assay(path).facts.columns) == 401


def test_a_cell_as_long_as_a_book(write):
    assay = read_assay(write(f"sample,note,Ta_ppm\nA,{'x' * 300_000},1\n"))
    assert len(assay.fact("note")[0]) == 300_000
    with pytest.raises(InputError, match="row 2: a row is longer than"):
        read_assay(write(f"sample,note,Ta_ppm\nA,{'x' * 3_000_000},1\n"))


def test_a_large_file_in_another_encoding(write):
    rows = b"A,1\n" * 300_000
    with pytest.raises(InputError, match="row 1: the text is not UTF-8"):
        read_assay(write(b"sample,Ta_ppm,\xe9\n" + rows))
    with pytest.raises(InputError, match="row 300002: the text is not UTF-8"):
        read_assay(write(b"sample,Ta_ppm\n" + rows + b"\xe9,1\n"))


def test_a_line_break_inside_a_cell_is_one_row(write):
    path = write('sample,note,Ta_ppm\nA,"two\nlines",1\nB,,x\n')
    with pytest.raises(InputError, match="row 3, column Ta_ppm"):
        read_assay(path)


FAULTS = {
    "empty": ("", "the file is empty. Give a header"),
    "blank lines only": ("\n\n", "the file is empty"),
    "header only": ("sample,Ta_ppm\n", "there are no grains. Give at least one row"),
    "header without line end": ("sample,Ta_ppm", "there are no grains"),
    "no sample": ("name,Ta_ppm\nA,1\n", "there is no column 'sample'"),
    "sample in capitals": ("Sample,Ta_ppm\nA,1\n", "Rename the column 'Sample' to sample"),
    "no analyte": ("sample,site\nA,X\n", "there is no analyte"),
    "no unit": ("sample,Ta\nA,1\n", "row 1, column Ta: the analyte Ta has no unit"),
    "unknown unit": ("sample,Ta_mg\nA,1\n", "row 1, column Ta_mg: unknown unit 'mg'"),
    "unknown element": ("sample,Xy_ppm\nA,1\n", "row 1, column Xy_ppm: 'Xy' is not an element"),
    "text": ("sample,Ta_ppm\nA,1\nB,high\n", "row 3, column Ta_ppm: 'high' stands where a number"),
    "nan": ("sample,Ta_ppm\nA,1\nB,NaN\n", "row 3, column Ta_ppm: 'NaN' stands where a number"),
    "decimal comma": ('sample,Ta_ppm\nA,"1,5"\n', "row 2, column Ta_ppm: '1,5' stands"),
    "two decimal marks": (
        "sample;Ta_ppm;Nb_ppm\nA;1,5;\nB;;2.5\n",
        "row 3, column Nb_ppm: decimal commas and decimal points in one file",
    ),
    "thousands": ("sample;Ta_ppm\nA;1,234\n", "assay.csv: the comma in '1,234' may be"),
    "negative": (
        "sample,FeO_wt%\nA,1\nB,-2\n",
        "row 3, column FeO_wt%: the value is zero or negative and has no detection limit",
    ),
    "zero": ("sample,Ta_ppm\nA,0\n", "row 2, column Ta_ppm: the value is zero or negative"),
    "infinite": ("sample,Ta_ppm\nA,1e999\n", "row 2, column Ta_ppm: the value is infinite"),
    "word without limit": (
        "sample,Ta_ppm,Ta_lod\nA,bdl,0.5\nB,bdl,\n",
        "row 3, column Ta_ppm: the value is below detection, but its limit is not given",
    ),
    "limit of zero": (
        "sample,Ta_ppm,Ta_lod\nA,1,0\n",
        "row 2, column Ta_lod: a positive number belongs here",
    ),
    "infinite limit": ("sample,Ta_ppm,Ta_lod\nA,,inf\n", "row 2, column Ta_lod: 'inf' stands"),
    "huge error": ("sample,Ta_ppm,Ta_2se\nA,1,1e999\n", "row 2, column Ta_2se: a positive"),
    "limit as a word": ("sample,Ta_ppm,Ta_lod\nA,1,bdl\n", "row 2, column Ta_lod: a positive"),
    "below a limit of zero": ("sample,Ta_ppm\nA,<0\n", "row 2, column Ta_ppm: the detection limit"),
    "orphan limit": ("sample,Ta_ppm,Nb_lod\nA,1,1\n", "row 1, column Nb_lod: no value column"),
    "orphan error": ("sample,Ta_ppm,Nb_2se\nA,1,1\n", "row 1, column Nb_2se: no value column"),
    "two errors": (
        "sample,Ta_ppm,Ta_1se,Ta_2se\nA,1,1,2\n",
        "row 1, column Ta_2se: Ta_1se and Ta_2se say the same of Ta_ppm",
    ),
    "ambiguous limit": (
        "sample,Nb_ppm,Nb_ratio,Nb_lod\nA,1,1,1\n",
        "row 1, column Nb_lod: the column may belong to Nb_ppm or Nb_ratio",
    ),
    "one analyte twice": (
        "sample,Ta_ppm,Ta2O5_wt%\nA,1,1\n",
        "row 1, column Ta2O5_wt%: two columns for one analyte, Ta (Ta_ppm, Ta2O5_wt%)",
    ),
    "one name twice": ("sample,Ta_ppm,Ta_ppm\nA,1,1\n", "row 1, column Ta_ppm: two columns are"),
    "nameless column": ("sample,Ta_ppm,\nA,1,\nB,1,7\n", "row 3: the cell stands in a column with"),
    "blank sample": ("sample,Ta_ppm\nA,1\n ,2\n", "row 3, column sample: the sample is blank"),
    "blank line between": ("sample,Ta_ppm\nA,1\n\nB,2\n", "row 3, column sample: the sample is bl"),
    "too few cells": ("sample,Ta_ppm,Nb_ppm\nA,1,2\nB,1\n", "row 3: the row has 2 cells, the hea"),
    "too many cells": ("sample,Ta_ppm\nA,1\nB,1,5\n", "row 3: the row has 3 cells, the header 2"),
    "open quotation mark": ('sample,Ta_ppm\nA,1\nB,"2\nC,3\n', "row 3, column Ta_ppm: a line"),
    "open quotation mark in text": (
        'sample,Ta_ppm,note\nA,1,\nB,2,"x\nC,3,\n',
        "row 3: a quotation mark is opened and not closed",
    ),
    "cut off in quotes": ('sample,Ta_ppm\n"A","1"\n"B","2', "row 3: a quotation mark is opened"),
    "two sites": (
        "sample,site,Ta_ppm\nA,X,1\nB,Y,2\nA,Z,1\n",
        "row 4, column site: the sample 'A' has two sites, 'X' and 'Z'",
    ),
    "latin-1": ("sample,Ta_ppm\nA,1\nRosé,2\n".encode("latin-1"), "row 3: the text is not UTF-8"),
    "latin-1 header": ("sample,é,Ta_ppm\nA,X,1\n".encode("latin-1"), "row 1: the text is not UTF"),
    "utf-16 without mark": (
        "sample,Ta_ppm\nA,1\n".encode("utf-16-le"),
        "row 1: the text is UTF-16 without a byte-order mark",
    ),
    "utf-32": ("sample,Ta_ppm\nA,1\n".encode("utf-32"), "row 1: the text is UTF-32, not UTF-8"),
    "utf-16 cut off": (
        "sample,Ta_ppm\nA,1\n".encode("utf-16")[:-1],
        "assay.csv: the text is not sound UTF-16, or was cut off",
    ),
    "nul byte": ("sample,Ta_ppm\nA,1\nB,2\0\n", "row 3: there is a NUL byte"),
    "nul bytes at the end": ("sample,Ta_ppm\nA,1\nB" + 4096 * "\0", "row 3: there is a NUL byte"),
    "blank line above": ("\nsample,Ta_ppm\nA,1\n", "row 1: the header row is blank"),
    "blank cells above": (",\nsample,Ta_ppm\nA,1\n", "row 1: the header row is blank"),
    "another separator in one row": (
        "sample,Ta_ppm\nA,1\nB;1,5\n",
        "row 3: the cells of the row seem to be separated by ';', not by ','",
    ),
    "upright strokes": ("sample|Ta_ppm\nA|1\n", "row 1: the names of the columns are separated by"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_of_csv(write, fault):
    text, message = FAULTS[fault]
    path = write(text)
    with pytest.raises(InputError) as raised:
        read_samples(path)
    assert message in str(raised.value)
    assert str(path) in str(raised.value)
    assert raised.value.remedy.endswith(".")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["assay.doc", "assay", "assay.xls"])
def test_unknown_extension(write, name):
    with pytest.raises(InputError, match=r"Use one of \.csv, .*\.xlsx, \.parquet"):
        read_assay(write("sample,Ta_ppm\nA,1\n", name))


def test_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"nothing\.csv: there is no such file"):
        read_samples(tmp_path / "nothing.csv")


def test_a_folder_is_not_an_assay(tmp_path):
    with pytest.raises(InputError, match="this is a folder"):
        read_assay(tmp_path)


@pytest.mark.parametrize("name", ["assay.xlsx", "assay.parquet"])
@pytest.mark.parametrize("content", [b"not what it says", b"PK\x03\x04 broken", b"PAR1 PAR1"])
def test_damaged_files(write, name, content):
    with pytest.raises(InputError, match="not a readable") as raised:
        read_assay(write(content, name))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["assay.xlsx", "assay.parquet"])
def test_truncated_files(tmp_path, name):
    path = tmp_path / name
    frame = pd.DataFrame({"sample": ["A"] * 500, "Ta_ppm": np.arange(1, 501) / 7})
    frame.to_excel(path, index=False) if path.suffix == ".xlsx" else frame.to_parquet(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match="not a readable"):
        read_assay(path)


def workbook(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_workbooks(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        [
            ["sample", "site", "Ta_ppm", "Nb_ppm", None],
            [7, "X", 1.5, "<0.5"],
            [8, " Y ", "bdl ", 2],
            [None, None, None, None],
            ["", " ", None, None],
        ],
    )
    book = openpyxl.load_workbook(path)
    book.active["F1"] = "Ta_lod"
    book.active["F3"] = 0.25
    book.save(path)
    with pytest.raises(InputError, match="row 3, column sample"):
        read_assay(workbook(tmp_path / "b.xlsx", [["sample", "Ta_ppm"], ["A", 1], [None, 2]]))
    assay = read_assay(path)
    assert assay.fact("sample").tolist() == ["7", "8"]
    assert assay.values.tolist() == [[1.5, 0.5], [0.25, 2.0]]
    assert assay.censored.tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [["sample", "Ta_ppm"], ["A", 1], ["B", "#N/A"]],
            "row 3, column Ta_ppm: the cell holds the error #N/A. Correct the formula",
        ),
        ([["sample", "Ta_ppm"], ["A", pd.Timestamp("2024-01-05")]], "row 2, column Ta_ppm: '2024-"),
        ([["sample", "Ta_ppm"], ["A", True]], "row 2, column Ta_ppm: 'True' stands"),
        ([["sample", "Ta_ppm"], ["A", 1, "x"]], "row 2: there is a cell beyond the last column"),
        ([["sample", "Ta_ppm"]], "there are no grains"),
        ([], "row 1: the header row of the sheet is blank"),
    ],
)
def test_faults_of_workbooks(tmp_path, rows, message):
    with pytest.raises(InputError) as raised:
        read_assay(workbook(tmp_path / "a.xlsx", rows))
    assert message in str(raised.value)


def test_parquet_takes_numbers_as_numbers_and_text_as_cells(tmp_path):
    frame = pd.DataFrame(
        {
            "sample": [7, 8],
            "site": pd.Categorical(["X", None]),
            "collected_on": [pd.Timestamp("2024-01-05").date(), None],
            "analysed_on": pd.to_datetime(["2024-01-06", None]),
            "Ta_ppm": ["<0.5", "2"],
            "Nb_ppm": np.array([1, 2], dtype=np.int32),
            "Ti_ppm": np.array([0.5, np.nan], dtype=np.float32),
        }
    )
    frame.to_parquet(tmp_path / "a.parquet")
    assay = read_assay(tmp_path / "a.parquet")
    assert assay.fact("sample").tolist() == ["7", "8"]
    assert assay.fact("site").tolist() == ["X", ""]
    assert assay.fact("collected_on").tolist() == ["2024-01-05", ""]
    assert assay.fact("analysed_on").tolist() == ["2024-01-06", ""]
    np.testing.assert_array_equal(assay.values, [[0.5, 1, 0.5], [2, 2, np.nan]])


def test_parquet_of_lists_is_refused(tmp_path):
    pd.DataFrame({"sample": ["A"], "Ta_ppm": [[1, 2]]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match="column Ta_ppm: the column is of type"):
        read_assay(tmp_path / "a.parquet")


def test_many_blocks_make_one_table(write, monkeypatch):
    from fingerprint.intake.files import csv_table

    monkeypatch.setattr(csv_table, "_BLOCK_BYTES", 64)
    rows = [f"S{i % 7},{i + 1},{'bdl' if i % 5 == 4 else i + 0.25},0.1" for i in range(200)]
    path = write("sample,Ta_ppm,Nb_ppm,Nb_lod\n" + "\n".join(rows) + "\n,,,\n,,,\n")
    steps = []
    assay = read_assay(path, lambda done, total: steps.append((done, total)))
    assert assay.values[:, 0].tolist() == list(range(1, 201))
    assert assay.fact("sample").tolist() == [f"S{i % 7}" for i in range(200)]
    assert assay.censored[:, 1].sum() == 40
    assert len(steps) > 5
    assert steps[-1] == (path.stat().st_size, path.stat().st_size)
    broken = write("sample,Ta_ppm,Nb_ppm,Nb_lod\n" + "\n".join([*rows, "A,1,x,2"]), "b.csv")
    with pytest.raises(InputError, match="row 202, column Nb_ppm"):
        read_assay(broken)
    ragged = write("sample,Ta_ppm,Nb_ppm,Nb_lod\n" + "\n".join([*rows, "A,1"]), "c.csv")
    with pytest.raises(InputError, match="row 202: the row has 2 cells"):
        read_assay(ragged)


@pytest.mark.parametrize("units", [",,ppm,wt%", ",,(ppm),"])
def test_a_row_of_units_is_called_so(tmp_path, units):
    path = tmp_path / "a.csv"
    path.write_text(f"sample,site,Ta_ppm,Ti_wt%\n{units}\nA,X,1,2\n")
    with pytest.raises(InputError, match=r"row 2: the row holds units \(") as raised:
        read_samples(path)
    assert raised.value.remedy.startswith("Delete the row")

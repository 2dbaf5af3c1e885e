"""Laboratory exports, read through a profile."""

import os
from threading import Timer

import numpy as np
import openpyxl
import pytest

from fingerprint.errors import InputError
from fingerprint.intake import Profile, apply_profile, import_files, load_profile, open_recognised
from fingerprint.intake.files.formats import open_table

PROFILE = """
title = "Example laboratory"
header_row = 2
sample = "{site}/{Bag}"
required = ["Bag"]
zero = "not_measured"
words = ["n.d."]
blank = ["NA", "-"]

[facts]
site = "Mine"
grain = "No"

[constants]
method = "LA-ICP-MS"

[[rewrites]]
column = "Bag"
pattern = '-(\\d+)$'
replacement = ""
where = { column = "Mine", in = ["Alpha"] }

[aliases.site]
Alfa = "Alpha Mine"
Alpha = "Alpha Mine"

[[analytes]]
unit = "ppb"
pattern = '(?P<element>[A-Z][a-z]?)_m(?P<mass>\\d+)'
leave_out = { Sn118 = "not wanted" }
limit = ["{element}_DL"]
error = ["{column}_Int2SE"]
error_is = "2se"
factor = 2.0
"""

EXPORT = """Report of the laboratory
No,Mine,Bag,Ta_m181,Ta_DL,Ta_m181_Int2SE,Ti_m49,Sn_m118,,Comment
1,Alpha, B1-1,1000,10,50,NA,5,,x
2,Alpha,B1-2,n.d.,10,,0,5,,
3,Alfa,B1-3,5,10,,-,5,y,
4,Beta,B2-1,<20,10,,4000,5,,
,,,,,,,,,
See the references,,,,,,,,,
"""


@pytest.fixture
def profile(tmp_path):
    path = tmp_path / "lab.toml"
    path.write_text(PROFILE)
    return load_profile(path)


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(EXPORT)
    return path


def test_an_export(export, profile):
    assay = apply_profile(open_table(export, profile.header_row), profile)
    assert list(assay.facts) == ["sample", "site", "grain", "method"]
    assert assay.fact("site").tolist() == ["Alpha Mine", "Alpha Mine", "Alpha Mine", "Beta"]
    # Alfa is an alias, not the name that the rewriting asks for.
    assert assay.fact("sample").tolist() == [
        "Alpha Mine/B1",
        "Alpha Mine/B1",
        "Alpha Mine/B1-3",
        "Beta/B2-1",
    ]
    assert assay.fact("grain").tolist() == ["1", "2", "3", "4"]
    assert set(assay.fact("method")) == {"LA-ICP-MS"}
    assert [a.column for a in assay.analytes] == ["Ta181_ppm", "Ti49_ppm"]
    nan = np.nan
    # ppb, and a factor of two.
    np.testing.assert_allclose(assay.values, [[2, nan], [0.02, nan], [0.02, nan], [0.04, 8]])
    np.testing.assert_allclose(assay.limits[:, 0], [0.02, 0.02, 0.02, 0.04])
    assert assay.censored[:, 0].tolist() == [False, True, True, True]
    np.testing.assert_allclose(assay.standard_errors[:, 0], [0.05, nan, nan, nan])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("4,Beta,B2-1,<20", "4,Beta,B2-1,high", "row 6, column Ta_m181: 'high' stands where"),
        ("3,Alfa,B1-3,5,10", "3,Alfa,B1-3,-5,", "row 5, column Ta_m181: the value is zero or neg"),
        ("2,Alpha,B1-2,n.d.,10", "2,Alpha,B1-2,n.d.,0", "row 4, column Ta_DL: a positive number"),
        ("2,Alpha,B1-2", "2,,B1-2", "row 4, column sample: the sample is blank"),
        ("No,Mine,Bag", "No,Place,Bag", "row 2: there is no column 'Mine'. Check that the file"),
        ("No,Mine,Bag", "Mine,Mine,Bag", "row 2, column Mine: two columns are called 'Mine'"),
        ("Ta_m181,", "Ta,", "there is no column of an analyte"),
    ],
)
def test_faults_of_an_export_are_placed_in_it(export, profile, old, new, message):
    text = EXPORT.replace(old, new)
    if "no column of an analyte" in message:
        text = text.replace("Ti_m49", "Ti")
    export.write_text(text)
    with pytest.raises(InputError) as raised:
        import_files([export], profile)
    assert message in str(raised.value)
    assert str(export) in str(raised.value)


def test_dropped_rows_are_counted(export, profile):
    export.write_text(EXPORT.replace("2,Alpha,B1-2", "2,Alpha,").replace("<20", "high"))
    with pytest.raises(InputError, match="row 6, column Ta_m181"):
        import_files([export], profile)


def test_zero_is_below_detection_where_the_profile_says_nothing(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sample,Ta,LOD Ta\nA,0,0.5\nA,2,0.5\n")
    profile = Profile.model_validate(
        {
            "facts": {"sample": "sample"},
            "analytes": [{"columns": ["Ta"], "limit": ["LOD {analyte}"]}],
        }
    )
    assay = import_files([path], profile)
    assert assay.values[:, 0].tolist() == [0.5, 2]
    assert assay.censored[:, 0].tolist() == [True, False]


def test_an_analyte_that_the_profile_names_must_be_there(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sample,Ta\nA,2\n")
    profile = Profile.model_validate(
        {"facts": {"sample": "sample"}, "analytes": [{"columns": ["Ta", "Nb"]}]}
    )
    with pytest.raises(InputError, match="row 1: there is no column 'Nb'"):
        import_files([path], profile)


def test_numbers_of_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Title"], ["Bag", "Ta"], [1, 0], [2, 7.5], [None, None], ["References", None]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    profile = Profile.model_validate(
        {
            "header_row": 2,
            "sample": "bag {Bag}",
            "required": ["Ta"],
            "zero": "not_measured",
            "analytes": [{"columns": ["Ta"]}],
        }
    )
    assay = import_files([tmp_path / "a.xlsx"], profile)
    assert assay.fact("sample").tolist() == ["bag 1", "bag 2"]
    np.testing.assert_array_equal(assay.values, [[np.nan], [7.5]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "this is not TOML"),
        ("[[drop]]\ncolumn = 'x'", "drop.0.pattern: Field required"),
        (PROFILE + "\nextra = 1", "analytes.0.extra: Extra inputs are not permitted"),
        (PROFILE.replace('"not_measured"', '"ignored"'), "zero: Input should be"),
        (PROFILE.replace("-(\\d+)$", "-(\\d+$"), "rewrites.0.pattern: Value error, not a regular"),
        (PROFILE.replace('replacement = ""', 'replacement = "\\\\2"'), "does not fit the pattern"),
        (PROFILE.replace("header_row = 2", "header_row = 0"), "header_row: Input should be"),
    ],
)
def test_faults_of_a_profile(tmp_path, text, message):
    path = tmp_path / "lab.toml"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        load_profile(path)
    assert message in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_profile_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match=r"no\.toml: the file cannot be read"):
        load_profile(tmp_path / "no.toml")


def test_an_entry_at_fault_says_where_the_entries_are_listed(tmp_path):
    (tmp_path / "lab.toml").write_text("colour = 3\n")
    with pytest.raises(InputError, match="colour") as raised:
        load_profile(tmp_path / "lab.toml")
    assert "docs/formats.md#profiles" in raised.value.remedy


@pytest.mark.parametrize("read", [load_profile, lambda path: open_recognised(path, "glitter")])
def test_a_pipe_is_refused_and_not_waited_for(read, tmp_path):
    pipe = tmp_path / "export.csv"
    os.mkfifo(pipe)
    # Were it read, the reader would wait until the timer ends it.
    writer = os.open(pipe, os.O_RDWR)
    timer = Timer(5, os.close, [writer])
    timer.start()
    with pytest.raises(InputError, match="this is a pipe or a device"):
        read(pipe)
    timer.cancel()
    os.close(writer)

"""Files whose rows are not grains."""

import numpy as np
import pytest

from fingerprint.errors import InputError
from fingerprint.intake import Profile, import_files, open_recognised
from fingerprint.intake.files.formats import open_table
from fingerprint.intake.laboratory.layouts import ColumnASample, open_laboratory_file
from fingerprint.intake.laboratory.profiled import ProfiledTable
from fingerprint.intake.problems import Refusing
from fingerprint.intake.side_tables import ages_in

# Made up, in the layout of GLITTER 4.4.4.
GLITTER = """GLITTER4.4.4: Laser Ablation Analysis Results

\\\\server\\run.prn
Created: Thu Nov 23 18:08:01 2017

All values are reported in ppm

GLITTER!: Trace Element Concentrations MDL filtered.
Element,NIST612-1,Alpha_1,Alpha_2,Beta_P1
Ti49,44.25,150.3,<4.15,7.5
Ta181,41.9,0.0036,<0.00,12
Tc97,<-NaN,<-NaN,<-NaN,<-NaN

GLITTER!: 1 sigma error.
Element,NIST612-1,Alpha_1,Alpha_2,Beta_P1
Ti49,3.3,11.32,1.2,<0.00
Ta181,2,0.0012,<0.00,0.9
Tc97,<-NaN,<-NaN,<-NaN,<-NaN

GLITTER!: Minimum detection limits (99% confidence).
Element,NIST612-1,Alpha_1,Alpha_2,Beta_P1
Ti49,0.5,3.9,4.151,3.8
Ta181,0.001,<0.00000,<0.00000,0.004
Tc97,<0.00,<0.00,<0.00,<0.00

GLITTER!: Trace element concentrations normalised to chondrite.
Element,NIST612-1,Alpha_1,Alpha_2,Beta_P1
Ti49,Inf,Inf,Inf,Inf
Ta181,1,1,1,1
Tc97,<-1.00,<-1.00,<-1.00,<-1.00
"""


@pytest.fixture
def glitter(tmp_path):
    path = tmp_path / "run.csv"
    path.write_text(GLITTER)
    return path


def test_blocks_of_glitter_become_rows(glitter):
    found = open_recognised(glitter)
    assert found.profile == "glitter"
    assay = import_files([glitter], None)
    assert assay.fact("grain").tolist() == ["NIST612-1", "Alpha_1", "Alpha_2", "Beta_P1"]
    assert assay.fact("sample").tolist() == ["NIST612", "Alpha", "Alpha", "Beta"]
    assert assay.fact("role").tolist() == ["reference_material", "", "", ""]
    assert assay.fact("material").tolist() == ["NIST 612", "", "", ""]
    # Technetium is no element of the table.
    assert [a.column for a in assay.analytes] == ["Ti49_ppm", "Ta181_ppm"]
    nan = np.nan
    # Alpha_2 is below 4.15; its Ta is below a limit that nobody knows.
    np.testing.assert_array_equal(
        assay.values, [[44.25, 41.9], [150.3, 0.0036], [4.15, nan], [7.5, 12]]
    )
    assert assay.censored.tolist() == [[False] * 2, [False] * 2, [True, False], [False] * 2]
    np.testing.assert_array_equal(
        assay.limits, [[0.5, 0.001], [3.9, nan], [4.15, nan], [3.8, 0.004]]
    )
    np.testing.assert_array_equal(
        assay.standard_errors, [[3.3, 2], [11.32, 0.0012], [1.2, nan], [nan, 0.9]]
    )


def test_lines_that_break_after_their_first_comma_are_put_together(glitter):
    broken = GLITTER.replace("Element,NIST", "Element,\nNIST").replace("Ti49,44", "Ti49,\n44")
    whole = import_files([glitter], None)
    glitter.write_text(broken)
    np.testing.assert_array_equal(import_files([glitter], None).values, whole.values)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Ti49,44.25,150.3,", "Ti49,44.25,high,", "row 10, column Alpha_1: 'high' stands where"),
        ("Ti49,44.25,150.3,", "Ti49,44.25,", "row 10: the line has 3 cells, and there are 4"),
        ("error.\nElement,NIST612-1,Alpha_1", "error.\nElement,NIST612-1,Gamma", "other analyses"),
        ("filtered.\nElement,", "filtered.\nIsotope,", "row 9: the block does not begin with"),
        ("Ta181,41.9,", "Ti49,41.9,", "row 11: Ti49 stands twice, first in line 10"),
        ("1 sigma error", "Trace Element Concentrations MDL filtered", "row 16: Ti49 stands twice"),
        ("Alpha_2,Beta", "Alpha_1,Beta", "row 9: the analysis"),
        ("Ta181,41.9,", ",41.9,", "row 11: the name of the element is blank"),
        ("Ti49,44.25,", f"Ti49,{'4' * 131_073},", "row 10: a cell of the line is far too long"),
        ("Ti49,44.25,", "Ti49,4\x004.25,", "row 10: the line holds a NUL byte"),
    ],
)
def test_faults_of_blocks_are_placed(glitter, old, new, message):
    assert old in GLITTER
    glitter.write_text(GLITTER.replace(old, new, 1))
    with pytest.raises(InputError) as raised:
        import_files([glitter], "glitter")
    assert message in str(raised.value)
    assert str(glitter) in str(raised.value)


def test_what_is_no_export_of_glitter(glitter):
    glitter.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="no line near the beginning starts with 'GLITTER!:'"):
        import_files([glitter], "glitter")


AGES = Profile.model_validate(
    {
        "layout": "column_a_sample",
        "facts": {"sample": "sample"},
        "constants": {"mineral": "zircon"},
        "numbers": {"age_ma": "value", "age_1se": "beside"},
    }
)


@pytest.fixture
def wide(tmp_path):
    (tmp_path / "ages.csv").write_text("A,B\n100,20.5\n200,\n")
    (tmp_path / "errors.csv").write_text("A,B\n5,0.5\n6,\n")
    return tmp_path / "ages.csv", tmp_path / "errors.csv"


def ages_of(wide):
    table = ProfiledTable(open_laboratory_file(wide[0], AGES, wide[1]), AGES)
    return ages_in(table, Refusing(table.place))


def test_a_column_a_sample(wide):
    ages = ages_of(wide)
    assert ages.samples.tolist() == ["A", "A", "B"]
    assert ages.ages_ma.tolist() == [100, 200, 20.5]
    assert ages.standard_errors_ma.tolist() == [5, 6, 0.5]
    assert set(ages.minerals) == {"zircon"}


@pytest.mark.parametrize(
    ("which", "text", "message"),
    [
        (0, "A,B\n100,20.5\n-200,\n", "ages.csv, row 3, column A: the age or its error is zero"),
        (0, "A,B\n100,x\n200,\n", "ages.csv, row 2, column B: 'x' stands where a number"),
        (1, "A,C\n5,0.5\n6,\n", "errors.csv, row 1: the samples are not those of"),
        (1, "A,B\n5,0.5\n6,7\n", "errors.csv, column B: other cells are blank than in"),
    ],
)
def test_faults_of_columns_that_are_samples(wide, which, text, message):
    wide[which].write_text(text)
    with pytest.raises(InputError) as raised:
        ages_of(wide)
    assert message in str(raised.value)


def test_without_a_file_of_errors(wide):
    table = ColumnASample(open_table(wide[0]))
    assert table.header == ("sample", "value")
    (block,) = table.blocks()
    assert [column.to_pylist() for column in block] == [["A", "A", "B"], ["100", "200", "20.5"]]

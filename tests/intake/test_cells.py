"""One column of cells at a time."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.errors import InputError
from fingerprint.intake.cells import CellReader, read_texts


def read(*cells, **options):
    return CellReader(**options).read(pa.array(cells, pa.string()))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1", 1.0),
        ("0.05", 0.05),
        (" 12.5 ", 12.5),
        ("+3", 3.0),
        ("-0.5", -0.5),
        ("1.5e-3", 0.0015),
        ("2E4", 20000.0),
        (".5", 0.5),
        ("5.", 5.0),
    ],
)
def test_numbers(cell, value):
    number = read(cell)
    assert number.values.tolist() == [value]
    assert not number.below.any()
    assert not number.worded.any()


@pytest.mark.parametrize("cell", [None, "", "  "])
def test_blank_is_not_measured(cell):
    number = read(cell, "1")
    assert np.isnan(number.values[0])
    assert not number.below[0]
    assert not number.worded[0]


@pytest.mark.parametrize(("cell", "limit"), [("<0.05", 0.05), (" < 0.05 ", 0.05), ("<2e-3", 0.002)])
def test_below_a_limit(cell, limit):
    number = read("1", cell)
    assert number.values.tolist() == [1.0, limit]
    assert number.below.tolist() == [False, True]


@pytest.mark.parametrize(
    "cell", ["Below LOD", "below lod", "b.d.l.", "bdl", "BDL", "<LOD", " bdl "]
)
def test_words_for_below_detection(cell):
    number = read("1", cell)
    assert number.worded.tolist() == [False, True]
    assert number.below.tolist() == [False, False]
    assert np.isnan(number.values[1])


@pytest.mark.parametrize(
    "cell",
    ["x", "nan", "NaN", "inf", "-inf", "n.d.", "1 2", "<", "<x", ">5", "1.2.3", "0x10", "--"],
)
def test_anything_else_is_refused_with_its_row(cell):
    with pytest.raises(InputError, match="stands where a number belongs") as raised:
        read("1", "2", cell)
    assert raised.value.row == 2
    assert "blank if not measured" in raised.value.remedy


def test_a_comma_is_refused_where_it_separates_cells():
    with pytest.raises(InputError, match="decimal point"):
        read("1,5")


def test_a_decimal_comma_is_read_where_it_may_be_one():
    number = read("1,5", "<0,05", "7", decimal_comma=True)
    assert number.values.tolist() == [1.5, 0.05, 7.0]
    assert number.below.tolist() == [False, True, False]


@pytest.mark.parametrize("cells", [("1,5", "1.5"), ("1.5", "1,5")])
def test_comma_and_point_in_one_column_are_refused(cells):
    with pytest.raises(InputError, match="decimal commas and decimal points in one file") as raised:
        read(*cells, decimal_comma=True)
    assert raised.value.row == 1


def test_comma_and_point_in_two_columns_are_refused():
    reader = CellReader(decimal_comma=True)
    reader.read(pa.array(["1,5"]))
    with pytest.raises(InputError, match=r"'1,5' and '2\.5'"):
        reader.read(pa.array(["3", "2.5"]))


def test_commas_that_may_stand_between_thousands_are_refused_at_the_end():
    reader = CellReader(decimal_comma=True)
    reader.read(pa.array(["1,234", "12"]))
    with pytest.raises(InputError, match="'1,234' may be a decimal mark"):
        reader.finish()


def test_one_certain_decimal_comma_makes_the_others_certain():
    reader = CellReader(decimal_comma=True)
    assert reader.read(pa.array(["1,234", "0,5"])).values.tolist() == [1.234, 0.5]
    reader.finish()


def test_commas_between_thousands_with_a_point_are_refused():
    with pytest.raises(InputError, match=r"'1\.234,5' stands"):
        read("1.234,5", decimal_comma=True)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_every_written_number_reads_as_itself(numbers):
    texts = [repr(n) for n in numbers]
    assert read(*texts).values.tolist() == numbers
    # The word sends the column down the road for text.
    assert read("bdl", *texts).values[1:].tolist() == numbers


def test_names_that_are_numbers_stay_names():
    assert read_texts(pa.array([7.0, 7.5, None, float("nan")])).to_pylist() == [
        "7",
        "7.5",
        None,
        None,
    ]


def test_text_loses_stray_spaces():
    assert read_texts(pa.array([" a b ", "  ", None])).to_pylist() == ["a b", None, None]

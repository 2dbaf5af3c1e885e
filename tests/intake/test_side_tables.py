"""Mineralogy and ages with numbers that cannot be."""

import numpy as np
import pytest

from fingerprint.errors import InputError
from fingerprint.intake.side_tables import read_ages, read_mineralogy


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sample,age_ma\nA,5\nB,1e400\n", "row 3, column age_ma: the age is infinite"),
        (
            "sample,age_ma,age_2se\nA,5,1e400\n",
            "row 2, column age_2se: the error of the age is infinite",
        ),
        (
            "sample,age_ma,age_1se,age_2se\nA,5,1,7\n",
            "row 1: the columns age_1se and age_2se say the same of age_ma. Keep one.",
        ),
    ],
)
def test_ages_that_cannot_be(tmp_path, text, message):
    path = tmp_path / "ages.csv"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        read_ages(path)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("cell", "unit", "message"),
    [
        ("1e400", "pct", "the abundance is infinite"),
        ("1e400", "count", "the abundance is infinite"),
        ("100.6", "pct", "the abundance is more than 100 per cent"),
    ],
)
def test_abundances_that_cannot_be(tmp_path, cell, unit, message):
    path = tmp_path / "mineralogy.csv"
    path.write_text(f"sample,quartz_{unit}\nA,60\nB,{cell}\n")
    with pytest.raises(InputError) as refused:
        read_mineralogy(path)
    assert f"row 3, column quartz_{unit}: {message}" in str(refused.value)


def test_a_rounded_whole_and_many_grains_may_be(tmp_path):
    path = tmp_path / "mineralogy.csv"
    path.write_text("sample,quartz_pct\nA,100.5\n")
    np.testing.assert_array_equal(read_mineralogy(path).abundances, [[100.5]])
    path.write_text("sample,quartz_count\nA,2000\n")
    np.testing.assert_array_equal(read_mineralogy(path).abundances, [[2000]])

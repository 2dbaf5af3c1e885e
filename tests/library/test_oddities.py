"""Planted oddities are found in their place; what is natural is left alone."""

import numpy as np
import pytest

from fingerprint.intake.examining.examination import examine
from fingerprint.library.oddities import odd_cells

HEADER = "sample,laboratory,Ta_ppm,Ta_lod,Ta_2se,Fe_wt%\n"


class Table:
    """Lognormal contents of 12 samples of 8 grains, in two laboratories."""

    def __init__(self):
        noise = np.random.default_rng(5)
        level = np.repeat(noise.normal(0, 1.0, 12), 8)
        self.tantalum = np.exp(level + noise.normal(0, 0.8, 96))
        self.iron = np.exp(noise.normal(0, 0.5, 96))
        self.limit = np.full(96, 0.01)
        self.error = 0.1 * self.tantalum

    def found(self, tmp_path):
        path = tmp_path / "a.csv"
        rows = (
            f"S{i // 8:02d},{'AB'[i // 56]},{self.tantalum[i]:.6g},{self.limit[i]:g},"
            f"{self.error[i]:.6g},{self.iron[i]:.6g}\n"
            for i in range(96)
        )
        path.write_text(HEADER + "".join(rows))
        found = examine(path)
        odd = odd_cells(found.grains, found.tables["assay"].raw)
        return [(e.row, e.column, e.what, e.remedy) for e in odd]


@pytest.fixture
def table():
    return Table()


def test_nothing_is_odd_about_ordinary_grains(table, tmp_path):
    assert table.found(tmp_path) == []


def test_a_wide_spread_is_natural(table, tmp_path):
    table.tantalum = np.exp(np.random.default_rng(1).normal(0, 2.5, 96))
    table.error = 0.1 * table.tantalum
    assert table.found(tmp_path) == []


def test_inclusions_in_several_grains_are_natural(table, tmp_path):
    # A tail that other values lead up to, as of grains that hold inclusions.
    table.tantalum[[3, 20, 40, 60, 80]] = [100, 500, 2500, 9000, 30_000]
    table.error = 0.1 * table.tantalum
    assert table.found(tmp_path) == []


def test_a_slip_of_the_unit(table, tmp_path):
    table.tantalum[37] *= 1e4
    table.error[37] *= 1e4
    [(row, column, what, remedy)] = table.found(tmp_path)
    assert (row, column) == (37, "Ta_ppm")
    assert "times more than the median of the sample" in what
    assert "unit" in remedy


def test_a_sample_in_another_unit(table, tmp_path):
    table.tantalum[16:24] *= 1e4
    table.error[16:24] *= 1e4
    [(row, column, what, _)] = table.found(tmp_path)
    assert (row, column) == (16, "Ta_ppm")
    assert "all values of the sample 'S02'" in what
    assert "times more" in what


def test_a_laboratory_in_another_unit(table, tmp_path):
    table.tantalum[56:] *= 1e4
    table.error[56:] *= 1e4
    [(row, column, what, _)] = table.found(tmp_path)
    assert (row, column) == (56, "Ta_ppm")
    assert "all values of the laboratory 'B'" in what


def test_a_limit_far_from_the_others(table, tmp_path):
    table.limit[50] = 1e-6
    [(row, column, what, _)] = table.found(tmp_path)
    assert (row, column) == (50, "Ta_lod")
    assert "10,000 times less than the laboratory's median" in what


def test_an_error_larger_than_its_value(table, tmp_path):
    table.error[5] = 2.2 * table.tantalum[5]
    [(row, column, what, _)] = table.found(tmp_path)
    assert (row, column) == (5, "Ta_2se")
    assert "one standard error is larger" in what
    # Two standard errors may well be.
    table.error[5] = 1.8 * table.tantalum[5]
    assert table.found(tmp_path) == []


def test_errors_in_another_unit_are_said_once(table, tmp_path):
    table.error *= 1000
    [(row, column, what, _)] = table.found(tmp_path)
    assert (row, column) == (0, "Ta_2se")
    assert "in 96 cells of the column, the first in rows 2, 3, 4, 5, 6" in what


def test_more_than_five_cells_of_a_column_that_are_odd_alike_are_said_once(table, tmp_path):
    for i in (3, 20, 37, 50, 70):
        table.error[i] = 3 * table.tantalum[i]
    assert [row for row, *_ in table.found(tmp_path)] == [3, 20, 37, 50, 70]
    table.error[80] = 3 * table.tantalum[80]
    table.limit[[7, 9]] = 1e-6
    *limits, large = table.found(tmp_path)
    assert large[:2] == (3, "Ta_2se")
    assert "alike in 6 cells of the column, the first in rows 5, 22, 39, 52, 72" in large[2]
    assert [row for row, *_ in limits] == [7, 9]


def test_more_than_the_whole_grain(table, tmp_path):
    table.iron[9], table.tantalum[9] = 90.0, 3e5
    table.error[9] = 1.0
    found = table.found(tmp_path)
    assert (9, None) in [(row, column) for row, column, *_ in found]
    assert any("add up to 1,200,000 ppm" in what for *_, what, _ in found)

"""What faults have in common."""

import numpy as np
import pyarrow as pa
import pytest

from fingerprint.errors import InputError
from fingerprint.intake.patterns import right_name, units_in, whole_column


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("Ta (ppm)", "Ta_ppm"),
        ("Ta ppm", "Ta_ppm"),
        ("Ta [ug/g]", "Ta_ppm"),
        ("Ta (µg/g)", "Ta_ppm"),
        ("FeO (wt.%)", "FeO_wt%"),
        ("SiO2 [%]", "SiO2_wt%"),
        ("Sc (ppb)", "Sc_ppb"),
        ("Ta_ppm_m181", "Ta181_ppm"),
        ("Ti49 ppm", "Ti49_ppm"),
        ("Ti49_ppm_Int2SE", "Ti49_2se"),
        ("Ti_ppm_m49_Int2SE", "Ti49_2se"),
        ("Ta (LOD)", "Ta_lod"),
        ("Ta MDL", "Ta_lod"),
    ],
)
def test_right_names(name, right):
    assert right_name(name) == right


@pytest.mark.parametrize(
    "name", ["Tag (ppm)", "Ta", "laboratory", "I think", "No", "P value", "U grade", "", "(ppm)"]
)
def test_names_that_are_no_analytes(name):
    assert right_name(name) is None


def test_units():
    assert units_in(["ppm", None, "(wt%)", " [µg/g] ", "ppm"]) == ("ppm", "(wt%)", " [µg/g] ")
    assert units_in(["ppm", "12"]) == ()
    assert units_in([None, ""]) == ()


def test_a_column_needs_nearly_all_its_cells_at_fault():
    first = InputError("'2024-01-01' stands where a number belongs", "Write.", row=0)
    cells = pa.array(["2024-01-01"] * 9 + ["5"])
    assert whole_column(cells, np.arange(9), first).what == "the column holds dates, not numbers"
    cells = pa.array(["2024-01-01"] * 8 + ["5"] * 2)
    assert whole_column(cells, np.arange(8), first) is None
    assert whole_column(pa.array(["2024-01-01"] * 4), np.arange(4), first) is None

"""Numbers times a factor are what a calculator shows."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.intake import import_files, read_assay, write_assay
from fingerprint.intake.scaling import scaled

NUMBERS = st.decimals(
    min_value=Decimal("0.0001"), max_value=Decimal(1_000_000), places=4, allow_nan=False
)


@given(NUMBERS, st.sampled_from(["0.1499", "1E-3", "10000", "0.5", "0.05", "0.07495"]))
def test_the_decimal_product(number, factor):
    exact = Decimal(number) * Decimal(factor)
    (found,) = scaled(np.array([float(number)]), float(factor))
    # The product has 14 digits at most: it can be met exactly.
    assert found == float(exact)
    (found,) = scaled(np.array([-float(number)]), float(factor))
    assert found == -float(exact)


@given(st.floats())
def test_any_number(value):
    with np.errstate(over="ignore"):
        product = value * 0.1499
    (found,) = scaled(np.array([value]), 0.1499)
    assert found == pytest.approx(product, rel=1e-14, nan_ok=True)


@given(st.floats())
def test_without_a_factor_nothing_changes(value):
    (found,) = scaled(np.array([value]), 1.0)
    assert np.array([found]).tobytes() == np.array([value]).tobytes()


def test_a_table_holds_no_noise(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sample,Ta_ppb,Ta_lod,Ta_2se\nA,1109.26,0.3,0.6\n")
    assay = read_assay(path)
    write_assay(assay, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().splitlines()[1] == "A,1.10926,0.0003,0.0003"


@pytest.mark.real_data
def test_the_factor_of_a_real_file(datasets_folder, tmp_path):
    path = datasets_folder / "cassiterite_laicpms" / "laser_JB.csv"
    write_assay(import_files([path], "cassiterite_jb"), tmp_path / "out.csv")
    cells = (tmp_path / "out.csv").read_text().replace("\n", ",").split(",")
    # Two or three digits times four.
    assert max(len(c.strip("<").replace(".", "").lstrip("0")) for c in cells if "." in c) < 10

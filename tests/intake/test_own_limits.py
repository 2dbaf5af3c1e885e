"""Columns whose cells ``<limit`` disagree with the limits beside them are named."""

import re

import pytest

from fingerprint.intake.shipped import shipped
from fingerprint.library.described import describe_file

HEADER = "sample,Ta_ppm,Ta_lod,Nb_ppm,Nb_lod\n"
# Ta reads as 1 and 1.02, Nb as 10: the names of the limits are exchanged.
SHIFTED = "A,<1,10,<10,1.02\nA,<1,10.2,<10,1\nA,5,10,<10,10.1\nA,7,10,20,1\n"
SOUND = "A,<1,1.02,<10,10\nA,<0.6,1,<10,\nA,5,1,<30,10\nA,<1,1.9,0,1\n"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.csv"


def _noted(path):
    problems = describe_file(path).problems
    return [p for p in problems if "cells <limit" in p.what]


def test_a_note_for_each_column(path):
    path.write_text(HEADER + SHIFTED)
    ta, nb = _noted(path)
    assert (ta.weight, ta.row, ta.column, ta.file) == ("note", 1, "Ta_ppm", str(path))
    assert ta.what.startswith("of 2 cells <limit 2 are")
    assert "Ta_lod" in ta.what
    assert nb.what.startswith("of 3 cells <limit 2 are")


def test_rounded_and_single_ones_are_sound(path):
    path.write_text(HEADER + SOUND)
    assert _noted(path) == []


def test_half_of_them_are_not_most(path):
    path.write_text("sample,Ta_ppm,Ta_lod\nA,<1,1\nA,<1,9\n")
    assert _noted(path) == []


def test_logarithms_differ_by_a_difference(path):
    path.write_text("sample,x_log10,x_lod\nA,<-3,-3.2\nA,1,0\n")
    assert _noted(path) == []
    path.write_text("sample,x_log10,x_lod\nA,<-3,-2.6\nA,1,0\n")
    assert len(_noted(path)) == 1


def test_import_says_so(run, path, tmp_path):
    path.write_text(HEADER + SHIFTED)
    outcome = run("import", path, "-o", tmp_path / "out.csv")
    assert outcome.status == 0
    assert f"! {path}, row 1, column Ta_ppm: of 2 cells <limit 2 are" in outcome.out
    assert outcome.out.count("\n!") + outcome.out.startswith("!") == 2
    assert "column Ta_ppm: of 2 cells <limit" in run("import", "--explain", path).out


@pytest.mark.real_data
def test_the_limits_of_a_real_file_whose_names_are_shifted(datasets_folder, tmp_path, run):
    path = datasets_folder / "cassiterite_laicpms" / "laser_LKL_full.csv"
    known = shipped("profiles") / "cassiterite_lkl.toml"
    own = tmp_path / "by_name.toml"
    # Without the list of limits each is taken by its name.
    own.write_text(re.sub(r"(?s)\[analytes\.limits\].*?\n\n", "", known.read_text()))
    outcome = run("import", path, "--profile", own, "-o", tmp_path / "out.csv")
    named = set(re.findall(r"column (\w+): of [0-9]+ cells <limit", outcome.out))
    assert {"Y_ppm_m89", "La_ppm_m139", "Nd_ppm_m143", "Eu_ppm_m151", "Dy_ppm_m161"} <= named
    # Those whose limits are not shifted.
    assert not {name for name in named if re.match("Ca|Ho|Er|Tm|Yb|Lu|Pb|Bi|Th|U", name)}
    for name in ("LKL_full", "TK", "JCU", "JB", "BT"):
        assert _noted(path.with_name(f"laser_{name}.csv")) == []

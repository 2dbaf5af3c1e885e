"""Which profile a file is read with. The exports are made up, in the layout of each program."""

import time

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fingerprint.errors import InputError
from fingerprint.intake import Profile, import_files, open_recognised
from fingerprint.intake.laboratory.profiles import shipped_profiles
from fingerprint.intake.laboratory.texts import matches

IOLITE3 = {
    "": ["G_NIST610_1", "Output_1_1", "", "Output_1_2", "Output_1_3"],
    "Source file": ["run 1", "run 1", "", "run 1", "run 1"],
    "DateTime": ["t"] * 2 + [""] + ["t"] * 2,
    "Comments": ["", "Alpha_I_1", "", "Alpha_I_2", "Beta_1"],
    "Total points": ["14"] * 2 + [""] + ["14"] * 2,
    "Ti_ppm_m49": ["434", "1.2E+02", "", "Below LOD", "Below LOD"],
    "Ti_ppm_m49_Int2SE": ["8", "6", "", "Below LOD", "Below LOD"],
    "Ti_ppm_m49_LOD": ["3", "2.5", "", "2.4", "NaN"],
    "Ga_ppm_m69": ["400", "7", "", "8", "NaN"],
    "Ga_ppm_m69_Int2SE": ["8", "0", "", "2", "NaN"],
    "Ga_ppm_m69_LOD": ["1", "1", "", "0", "NaN"],
    "Ga_ppm_m71": ["401", "7.5", "", "8.5", "9"],
    "Kr83_CPS": ["2", "-5", "", "NaN", "0"],
}
IOLITE4 = """\
Name,Comments,Ti49_ppm_mean,Ti49_ppm_2SE(int),Ti49_ppm_2SE(prop),Ti49_ppm_LOD_Howell,Ta181_ppm_mean
NIST612 - 1,NIST612 - 1,38,1,2,0.5,37
Alpha - 1,Alpha - 1,120,4,6,0.5,Below LOD
Beta - 1,Beta - 1,Below LOD,Below LOD,Below LOD,0.7,<0.02
"""
TABLE = """SPOT_ID,SAMPLE,LOCALITY,Ti49,Ta181,Ti49_Int2SE,Ti49_LOD,Ta181_LOD
a-1,A1,North Pit,238.03,<1.08,35.56,2.92,1.08
a-2,A1,North Pit,<3.1,12,0.9,3.1,<0.00000
"""
LATOOLS = """statistic,sample,rep,Mg24,Mg25,Ba138
mean,LN1,0,0.0030,0.0031,-1e-7
mean,LN1,1,0.0029,0.0030,7e-7
std,LN1,0,0.0008,0.0009,1e-7
std,LN1,1,0.0007,0.0008,1e-7
"""
SHIPPED = "fingerprint.intake.laboratory.recognition.shipped_profiles"
LADR = """Analysis,Ti49 ppm,Ti49 LOD,Ti49 2SE,Ta181 ppm
Alpha-1,120,2,6,5
Alpha-2,<2.1,2.1,,4
"""


def iolite3(path, order=tuple(IOLITE3), end="\n"):
    rows = [list(order), *zip(*(IOLITE3[name] for name in order), strict=True)]
    path.write_text(end.join("\t".join(row) for row in rows) + end)
    return path


# Igor Pro ends lines with a carriage return alone.
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_iolite_3(tmp_path, end):
    path = iolite3(tmp_path / "export.txt", end=end)
    assert open_recognised(path).profile == "iolite3"
    assay = import_files([path], None)
    # The row between two groups is blank.
    assert assay.fact("grain").tolist() == ["G_NIST610_1", "Output_1_1", "Output_1_2", "Output_1_3"]
    assert assay.fact("sample").tolist() == ["G_NIST610", "Alpha_I", "Alpha_I", "Beta"]
    assert assay.fact("session").tolist() == ["run 1"] * 4
    assert assay.fact("material").tolist() == ["NIST 610", "", "", ""]
    assert assay.fact("role").tolist() == ["reference_material", "", "", ""]
    # Ga71 is the second isotope; counts are no analyte.
    assert [a.column for a in assay.analytes] == ["Ti49_ppm", "Ga69_ppm"]
    nan = np.nan
    np.testing.assert_array_equal(assay.values, [[434, 400], [120, 7], [2.4, 8], [nan, nan]])
    assert assay.censored.tolist() == [[False] * 2, [False] * 2, [True, False], [False] * 2]
    np.testing.assert_array_equal(assay.limits, [[3, 1], [2.5, 1], [2.4, nan], [nan, nan]])
    np.testing.assert_array_equal(assay.standard_errors, [[4, 4], [3, nan], [nan, 1], [nan, nan]])


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(order=st.permutations(list(IOLITE3)[1:]))
def test_columns_in_any_order_give_the_same_assay(tmp_path, order):
    # Only the nameless first column is known by its place; of two isotopes the first is kept.
    order = ["", *order]
    if order.index("Ga_ppm_m71") < order.index("Ga_ppm_m69"):
        i, j = order.index("Ga_ppm_m71"), order.index("Ga_ppm_m69")
        order[i], order[j] = order[j], order[i]
    expected = import_files([iolite3(tmp_path / "one.txt")], None)
    assay = import_files([iolite3(tmp_path / "two.txt", order)], None)
    at = [assay.keys.index(key) for key in expected.keys]
    assert assay.fact("sample").tolist() == expected.fact("sample").tolist()
    for name in ("values", "limits", "censored", "standard_errors"):
        np.testing.assert_array_equal(getattr(assay, name)[:, at], getattr(expected, name))


def written(tmp_path, text, name="export.csv"):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_iolite_4(tmp_path):
    path = written(tmp_path, IOLITE4)
    assert open_recognised(path).profile == "iolite4"
    assay = import_files([path], None)
    assert assay.fact("sample").tolist() == ["NIST612", "Alpha", "Beta"]
    assert assay.fact("material").tolist() == ["NIST 612", "", ""]
    nan = np.nan
    # Ta of Alpha is below a limit that the file does not give.
    np.testing.assert_array_equal(assay.values, [[38, 37], [120, nan], [0.7, 0.02]])
    assert assay.censored.tolist() == [[False] * 2, [False] * 2, [True, True]]
    # The propagated error goes before the internal one.
    np.testing.assert_array_equal(assay.standard_errors[:, 0], [1, 3, nan])


def test_a_table_of_glitter(tmp_path):
    path = written(tmp_path, TABLE)
    assert open_recognised(path).profile == "glitter_table"
    assay = import_files([path], None)
    assert assay.fact("site").tolist() == ["North Pit"] * 2
    np.testing.assert_array_equal(assay.values, [[238.03, 1.08], [3.1, 12]])
    assert assay.censored.tolist() == [[False, True], [True, False]]
    np.testing.assert_array_equal(assay.limits, [[2.92, 1.08], [3.1, np.nan]])
    np.testing.assert_array_equal(assay.standard_errors[:, 0], [17.78, 0.45])


def test_latools(tmp_path):
    path = written(tmp_path, LATOOLS)
    assert open_recognised(path).profile == "latools"
    assay = import_files([path], None)
    assert assay.fact("grain").tolist() == ["0", "1"]
    assert [a.column for a in assay.analytes] == ["Mg24_ratio", "Mg25_ratio", "Ba138_ratio"]
    np.testing.assert_array_equal(assay.values, [[0.0030, 0.0031, np.nan], [0.0029, 0.0030, 7e-7]])


def test_ladr(tmp_path):
    path = written(tmp_path, LADR)
    assert open_recognised(path).profile == "ladr"
    assay = import_files([path], None)
    assert assay.fact("sample").tolist() == ["Alpha", "Alpha"]
    np.testing.assert_array_equal(assay.values, [[120, 5], [2.1, 4]])
    np.testing.assert_array_equal(assay.standard_errors[:, 0], [3, np.nan])


def test_the_public_format_needs_no_profile(tmp_path):
    found = open_recognised(written(tmp_path, "sample,Ta_ppm\nA,1\n"))
    assert (found.profile, found.why) == ("plain", "The header is that of the public format.")


def test_files_of_several_kinds_go_into_one_table(tmp_path):
    paths = [
        iolite3(tmp_path / "one.txt"),
        written(tmp_path, TABLE, "two.csv"),
        written(tmp_path, "sample,Ta_ppm\nC,1\n", "three.csv"),
    ]
    assay = import_files(paths, None)
    assert assay.keys == ("Ti", "Ga", "Ta")
    assert assay.n_grains == 4 + 2 + 1


def test_nothing_fits(tmp_path):
    path = written(tmp_path, "SPOT,Ti_ppm_m49,Ta_ppm_m181\n1,2,3\n")
    with pytest.raises(InputError) as raised:
        open_recognised(path)
    message = str(raised.value)
    assert message.startswith(f"{path}: the file is not in the public format and no profile fits")
    assert "iolite3: 2 analytes found, but no column Source file" in message
    assert "ladr" not in message
    assert "cassiterite_jb" not in message


def test_nothing_comes_close(tmp_path):
    with pytest.raises(InputError) as raised:
        open_recognised(written(tmp_path, "a,b\n1,2\n"))
    assert "iolite3: no column of an analyte, no column Source file" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sample,Ta_foo\nA,1\n", "row 1, column Ta_foo: unknown unit 'foo'"),
        ("Ta_ppm\n1\n", "there is no column 'sample'"),
        ("sample;Ta_ppm;Ta_ppm\nA;1;2\n", "two columns are called 'Ta_ppm'"),
        ("", "the file is empty"),
    ],
)
def test_a_fault_of_the_public_format_is_named_as_such(tmp_path, text, message):
    with pytest.raises(InputError) as raised:
        open_recognised(written(tmp_path, text))
    assert message in str(raised.value)


def test_two_profiles_that_fit_alike_are_both_named(tmp_path, monkeypatch):
    one = shipped_profiles()["ladr"]
    monkeypatch.setattr(
        SHIPPED,
        lambda: {"one": one, "other": one},
    )
    with pytest.raises(InputError, match=r"the profiles one and other fit .*--profile one"):
        open_recognised(written(tmp_path, LADR))


def test_the_profile_that_understands_more_goes_before(tmp_path, monkeypatch):
    more = shipped_profiles()["ladr"]
    less = more.model_copy(
        update={"analytes": tuple(g.model_copy(update={"error": ()}) for g in more.analytes)}
    )
    monkeypatch.setattr(
        SHIPPED,
        lambda: {"less": less, "more": more},
    )
    assert open_recognised(written(tmp_path, LADR)).profile == "more"


def test_a_profile_for_one_file_is_never_taken_for_another(tmp_path):
    named = {name for name, profile in shipped_profiles().items() if profile.only_for}
    assert named == {f"cassiterite_{n}" for n in ("bt", "jb", "lkl", "tk", "jcu")}
    assert open_recognised(written(tmp_path, TABLE)).profile not in named


JB = "SPOT_ID,LOCALITY,SAMPLE,STYLE,IS,Source file,Comments,Ti_ppm_m49,Ta_ppm_m181\n"


def test_a_profile_for_another_file_that_would_fit_is_named(run, tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(JB + "1,Alpha,A1,vein,Sn,run 1,x,5,6\n")
    outcome = run("import", path, "-o", tmp_path / "out.csv")
    assert f"{path}: read with the profile iolite3" in outcome.out
    assert "cassiterite_jb (multiplies by 0.1499) would fit, by name" in outcome.out
    assert "would fit, by name" in run("import", path, "--explain").out
    # Without the column that iolite3 asks for.
    path.write_text(path.read_text().replace("Source file", "Sample ID"))
    with pytest.raises(InputError, match=r"fits .*; cassiterite_lkl would fit, by name"):
        open_recognised(path)


def test_no_profile_for_another_file_is_named_that_does_not_fit(tmp_path):
    assert open_recognised(written(tmp_path, TABLE)).by_name == ""
    assert open_recognised(written(tmp_path, IOLITE4)).by_name == ""


def test_an_unknown_profile(tmp_path):
    with pytest.raises(InputError, match=r"no profile 'iolite'\. Name one of .*iolite3"):
        open_recognised(written(tmp_path, LADR), "iolite")


def test_a_profile_in_hand(tmp_path):
    profile = Profile.model_validate(
        {"sample": "{Analysis}", "analytes": [{"names": {"Ti49 ppm": "Ti49"}}]}
    )
    assay = import_files([written(tmp_path, LADR)], profile)
    assert assay.fact("sample").tolist() == ["Alpha-1", "Alpha-2"]
    assert assay.keys == ("Ti",)


@pytest.mark.parametrize("letter", "01,.<")
@pytest.mark.parametrize("name", shipped_profiles())
def test_a_long_cell_does_not_cost_the_square_of_its_length(name, letter):
    patterns = shipped_profiles()[name].not_known
    started = time.monotonic()
    for pattern in patterns:
        matches(pa.array([letter * 100_000 + "x"]), pattern)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("name", ["iolite3", "iolite4", "ladr"])
def test_limits_of_zero_are_not_known(name):
    texts = ["<", "0", "<0", "<0.", "<00.00", ".0", "<.0", "<0.01", "<10", "0.0.0", "1"]
    pattern = next(p for p in shipped_profiles()[name].not_known if p.startswith("<?"))
    assert matches(pa.array(texts), pattern).tolist() == [True] * 7 + [False] * 4

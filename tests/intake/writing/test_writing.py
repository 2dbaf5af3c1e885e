"""What is written reads back as the same table."""

import os
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from fingerprint.chemistry import Analyte
from fingerprint.errors import InputError
from fingerprint.intake import atomic_write, read_assay, read_samples, write_assay, write_samples
from fingerprint.library.reference import content_hash
from fingerprint.tables import Ages, Assay, Mineralogy, SampleSet

EXTENSIONS = ["csv", "xlsx", "parquet"]
ANALYTES = (
    Analyte("Ta", "ppm"),
    Analyte("Ti", "ppm", 49),
    Analyte("206Pb/204Pb", "ratio"),
    Analyte("Nb", "log10"),
    Analyte("Nb", "ratio"),
)
positive = st.floats(1e-300, 1e6)
text = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn"], exclude_characters="\ufeff"),
    max_size=8,
).map(str.strip)
notes = st.one_of(text, st.sampled_from(["=1+1", '"', 'a,"b"', "a;b\tc", "<1", "007", "nan", "NA"]))


def same(one, other):
    assert list(one.facts.columns) == list(other.facts.columns)
    for name in one.facts:
        assert one.fact(name).tolist() == other.fact(name).tolist()
    assert one.analytes == other.analytes
    for name in ("values", "limits", "censored"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    if one.standard_errors is None or other.standard_errors is None:
        assert one.standard_errors is other.standard_errors
    else:
        np.testing.assert_array_equal(one.standard_errors, other.standard_errors)


@st.composite
def assays(draw):
    rows = draw(st.integers(1, 6))
    chosen = draw(st.permutations(ANALYTES))[: draw(st.integers(1, len(ANALYTES)))]
    shape = (rows, len(chosen))
    values = draw(hnp.arrays(float, shape, elements=positive))
    limits = values * draw(hnp.arrays(float, shape, elements=st.floats(0.001, 1.0)))
    unknown = draw(hnp.arrays(bool, shape))
    censored = draw(hnp.arrays(bool, shape)) & ~unknown & (limits > 0)
    limits[unknown | (limits == 0)] = np.nan
    values[censored] = limits[censored]
    values[draw(hnp.arrays(bool, shape)) & ~censored] = np.nan
    errors = values * 0.125
    errors[unknown | ~(errors > 0)] = np.nan
    facts = pd.DataFrame(
        {
            "sample": draw(st.lists(text.filter(bool), min_size=rows, max_size=rows)),
            "note": draw(st.lists(notes, min_size=rows, max_size=rows)),
        }
    )
    return Assay(
        facts,
        tuple(chosen),
        values,
        limits,
        censored,
        None if np.isnan(errors).all() else errors,
    )


@pytest.mark.parametrize("extension", EXTENSIONS)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(assay=assays())
def test_round_trip(extension, assay):
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"assay.{extension}"
        write_assay(assay, path)
        same(assay, read_assay(path))


@pytest.fixture
def assay():
    facts = pd.DataFrame(
        {"sample": ["A", "A", "B"], "site": ["X", "X", ""], "note": ["=1+1", "", "-2"]}
    )
    limits = np.array([[0.1, np.nan], [0.05, np.nan], [np.nan, np.nan]])
    values = np.array([[0.1, 1 / 3], [2.0, np.nan], [3.0, 0.1]])
    censored = np.array([[True, False], [False, False], [False, False]])
    return Assay(facts, (Analyte("Ta", "ppm"), Analyte("Fe", "ppm")), values, limits, censored)


def test_csv_is_the_public_format(assay, tmp_path):
    write_assay(assay, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == (
        "sample,site,note,Ta_ppm,Ta_lod,Fe_ppm\n"
        "A,X,=1+1,<0.1,0.1,0.3333333333333333\n"
        "A,X,,2,0.05,\n"
        "B,,-2,3,,0.1\n"
    )


def test_only_columns_with_censored_cells_are_text(assay, tmp_path):
    write_assay(assay, tmp_path / "a.parquet")
    types = {f.name: str(f.type) for f in pyarrow.parquet.read_schema(tmp_path / "a.parquet")}
    assert types["Ta_ppm"] == "string"
    assert types["Ta_lod"] == types["Fe_ppm"] == "double"


def test_text_in_a_workbook_is_never_a_formula(assay, tmp_path):
    write_assay(assay, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet["C2"].value == "=1+1"
    assert sheet["C2"].data_type == "s"
    assert sheet["C4"].data_type == "s"
    assert sheet["F2"].data_type == "n"


def samples_with_everything(assay):
    return SampleSet.from_tables(
        assay,
        Mineralogy(
            np.array(["A", "C"], object),
            ("zircon", "rutile"),
            "count",
            np.array([[3.0, np.nan], [0, 1]]),
        ),
        Ages(np.array(["A", "A"], object), np.array([500.0, 1 / 3]), np.array([2.5, np.nan])),
        pd.DataFrame({"sample": ["A", "B", "C"], "site": ["X", "Y", "Z"], "lot": ["1", "2", ""]}),
    )


def test_a_folder_keeps_every_table(assay, tmp_path):
    samples = samples_with_everything(assay)
    write_samples(samples, tmp_path / "new" / "library")
    again = read_samples(tmp_path / "new" / "library")
    assert content_hash(again) == content_hash(samples)
    assert again.fact("site").tolist() == ["X", "Y", "Z"]
    assert sorted(p.name for p in (tmp_path / "new" / "library").iterdir()) == [
        "ages.parquet",
        "assay.parquet",
        "mineralogy.parquet",
        "samples.parquet",
    ]


def test_one_file_cannot_hold_mineralogy(assay, tmp_path):
    with pytest.raises(InputError, match="cannot hold mineralogy"):
        write_samples(samples_with_everything(assay), tmp_path / "a.csv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_one_file_keeps_facts_that_only_the_samples_state(assay, tmp_path, extension):
    facts = pd.DataFrame({"sample": ["A", "B"], "site": ["X", "Y"], "lot": ["1", "2"]})
    write_samples(SampleSet.from_tables(assay, sample_facts=facts), tmp_path / f"a.{extension}")
    again = read_samples(tmp_path / f"a.{extension}")
    assert again.fact("site").tolist() == ["X", "Y"]
    assert again.fact("lot").tolist() == ["1", "2"]


def test_a_folder_with_another_assay_is_refused(assay, tmp_path):
    write_assay(assay, tmp_path / "assay.csv")
    with pytest.raises(InputError, match=r"already holds assay\.csv"):
        write_samples(SampleSet.from_tables(assay), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["assay.csv"]


def test_an_unknown_extension_is_refused(assay, tmp_path):
    with pytest.raises(InputError, match=r"'\.txt' is not known.*\.csv"):
        write_assay(assay, tmp_path / "a.txt")
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail_halfway():
        with atomic_write(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_written_file_has_the_usual_permissions(tmp_path):
    with atomic_write(tmp_path / "a.txt") as temporary:
        temporary.write_text("new")
    (tmp_path / "b.txt").touch()
    modes = [stat.S_IMODE(os.stat(tmp_path / n).st_mode) for n in ("a.txt", "b.txt")]
    assert modes[0] == modes[1]


def test_permissions_of_a_replaced_file_stay(tmp_path):
    path = tmp_path / "a.txt"
    path.touch(mode=0o600)
    with atomic_write(path) as temporary:
        temporary.write_text("new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "real.txt").write_text("old")
    (tmp_path / "link.txt").symlink_to("real.txt")
    with atomic_write(tmp_path / "link.txt") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "new"


def test_a_pipe_is_written_to_and_stays(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with atomic_write(pipe) as temporary:
        temporary.write_text("new")
    assert os.read(reader, 10) == b"new"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [p.name for p in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.parametrize("target", ["missing/a.csv", ""])
def test_a_place_that_cannot_be_written_is_the_users_to_mend(assay, tmp_path, target):
    with pytest.raises(InputError) as raised:
        write_assay(assay, tmp_path / target if target else tmp_path)
    assert str(tmp_path) in str(raised.value)


def test_a_text_that_no_workbook_can_hold_is_refused(assay, tmp_path):
    facts = assay.facts.assign(note=["", "a\x01b", ""])
    bad = Assay(facts, assay.analytes, assay.values, assay.limits, assay.censored)
    with pytest.raises(InputError, match="row 3, column note: a workbook cannot hold"):
        write_assay(bad, tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())

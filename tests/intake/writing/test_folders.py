"""Folders of tables, and the smaller tables beside an assay."""

import numpy as np
import pytest

from fingerprint.errors import InputError
from fingerprint.intake import read_claims, read_samples

ASSAY = "sample,site,Ta_ppm\nA,X,1\nB,,2\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "assay.csv").write_text(ASSAY)
    return tmp_path


def test_the_tables_of_the_same_samples(folder):
    (folder / "mineralogy.csv").write_text("sample,note,zircon_pct,rutile_pct\nA,x,12.5,\nC,,0,3\n")
    (folder / "ages.csv").write_text("sample,age_ma,age_2se\nA,500,5\nA,512,\n")
    (folder / "samples.csv").write_text("sample,site,lot\nB,Y,L1\nC,Z,L1\n")
    (folder / "readme.txt").write_text("not a table")
    samples = read_samples(folder)
    assert samples.ids.tolist() == ["A", "B", "C"]
    assert samples.fact("site").tolist() == ["X", "Y", "Z"]
    assert samples.fact("lot").tolist() == ["", "L1", "L1"]
    assert samples.mineralogy.minerals == ("zircon", "rutile")
    assert samples.mineralogy.unit == "pct"
    np.testing.assert_array_equal(samples.mineralogy.abundances, [[12.5, np.nan], [0, 3]])
    assert samples.ages.ages_ma.tolist() == [500, 512]
    np.testing.assert_array_equal(samples.ages.standard_errors_ma, [2.5, np.nan])


def test_a_folder_without_an_assay(tmp_path):
    with pytest.raises(InputError, match="the folder has no assay"):
        read_samples(tmp_path)


def test_two_assays(folder):
    (folder / "assay.parquet").touch()
    with pytest.raises(InputError, match=r"two files for one table, assay\.csv and assay\.parquet"):
        read_samples(folder)


FAULTS = {
    "mineral twice": (
        "mineralogy.csv",
        "sample,zircon_pct,rutile_count\nA,1,2\n",
        "row 1: minerals in per cent and in counts",
    ),
    "no mineral": ("mineralogy.csv", "sample,zircon\nA,1\n", "row 1: there is no mineral"),
    "no sample": ("mineralogy.csv", "zircon_pct\n1\n", "row 1: there is no column 'sample'"),
    "sample twice": ("mineralogy.csv", "sample,zircon_pct\nA,1\nA,2\n", "'A' stands twice"),
    "negative": ("mineralogy.csv", "sample,z_pct\nA,1\nB,-1\n", "row 3, column z_pct: the abund"),
    "text": ("mineralogy.csv", "sample,z_pct\nA,few\n", "row 2, column z_pct: 'few' stands"),
    "limit": ("mineralogy.csv", "sample,z_pct\nA,<1\n", "row 2, column z_pct: a limit stands"),
    "age of zero": ("ages.csv", "sample,age_ma\nA,1\nA,0\n", "row 3, column age_ma: the age"),
    "blank age": ("ages.csv", "sample,age_ma\nA,\nA,1\n", "row 2, column age_ma: the age is blank"),
    "no age": ("ages.csv", "sample,age\nA,1\n", "row 1: there is no column 'age_ma'"),
    "no rows": ("ages.csv", "sample,age_ma\n", "ages.csv: there are no rows"),
    "no name": ("ages.csv", "sample,age_ma\n,1\n", "row 2, column sample: the sample is blank"),
    "facts twice": (
        "samples.csv",
        "sample,lot\nA,1\nA,1\n",
        "row 3, column sample: the sample 'A'",
    ),
    "clash": (
        "samples.csv",
        "sample,site\nA,Z\n",
        "samples.csv, column site: the sample 'A' has site 'X' in the assay and 'Z' in the table",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults(folder, fault):
    name, text, message = FAULTS[fault]
    (folder / name).write_text(text)
    with pytest.raises(InputError) as raised:
        read_samples(folder)
    assert message in str(raised.value)
    assert str(folder / name) in str(raised.value)


def test_a_sample_with_two_sites_is_placed_in_the_assay(folder):
    (folder / "samples.csv").write_text("sample,lot\nA,1\n")
    (folder / "assay.csv").write_text(ASSAY + "A,Y,3\n")
    with pytest.raises(InputError, match=r"assay\.csv, row 4, column site"):
        read_samples(folder)


def test_claims(tmp_path):
    path = tmp_path / "claims.csv"
    path.write_text("lot,claim,sample\n1,Mine A, S1 \n2,A;B,S2\n")
    assert read_claims(path) == [("S1", "Mine A"), ("S2", "A;B")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sample,claim\nA,X\nB,\n", "row 3, column claim: the claim is blank"),
        ("sample,claim\n,X\n", "row 2, column sample: the sample is blank"),
        ("sample,site\nA,X\n", "row 1: there is no column 'claim'"),
        ("sample,claim\n", "there are no rows"),
    ],
)
def test_faults_of_claims(tmp_path, text, message):
    path = tmp_path / "claims.csv"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        read_claims(path)
    assert message in str(raised.value)
    assert str(path) in str(raised.value)

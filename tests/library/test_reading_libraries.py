"""A library is read from the same files as samples, and needs sites."""

import pytest

from fingerprint.errors import InputError
from fingerprint.library import read_library


def test_a_library(tmp_path):
    (tmp_path / "a.csv").write_text("sample,site,Ta_ppm\nA,Y,1\nB,X,2\nC,Y,3\n")
    library = read_library(tmp_path / "a.csv")
    assert library.sites.tolist() == ["X", "Y"]
    assert library.n_reference.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sample,Ta_ppm\nA,1\n", "column site: the reference sample 'A' has no site"),
        ("sample,site,Ta_ppm\nA,X,1\nB,,1\n", "column site: the reference sample 'B' has no site"),
        ("sample,site,Ta_ppm\nA,X,1\nB,X,1\n", "only one site, 'X'"),
    ],
)
def test_faults(tmp_path, text, message):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(InputError) as raised:
        read_library(path)
    assert message in str(raised.value)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize("name", ["unknown", "A;B"])
def test_site_names_that_files_would_misread_are_refused(tmp_path, name):
    path = tmp_path / "assay.csv"
    path.write_text(f"sample,site,Ta_ppm\na,{name},1\nb,Y,2\n")
    with pytest.raises(InputError, match="would be misread"):
        read_library(path)


def test_more_than_the_whole_mass_is_refused_with_its_place(tmp_path):
    path = tmp_path / "assay.csv"
    path.write_text("sample,site,Ta_wt%\na,X,1\nb,Y,5000\n")
    with pytest.raises(InputError, match=r"row 3, column Ta_wt%: .*whole mass"):
        read_library(path)

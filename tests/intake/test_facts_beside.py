"""What `samples.csv` says of the samples of `assay.csv` beside it is not lost by import."""

import pytest

from fingerprint.errors import InputError
from fingerprint.intake import import_files, read_assay
from fingerprint.intake.shipped import shipped

ASSAY = """sample,site,role,material,Ta_ppm
A,X,,,5
A,X,,,6
B,,,,7
C,Z,,,8
A,,reference_material,NIST 610,450
"""
SAMPLES = "sample,site,origin_of_data\nA,X,made-up\nB,Y,made-up\nD,V,made-up\n"


@pytest.fixture
def assay(tmp_path):
    (tmp_path / "assay.csv").write_text(ASSAY)
    (tmp_path / "samples.csv").write_text(SAMPLES)
    return tmp_path / "assay.csv"


def test_the_made_up_label_is_kept(run, tmp_path):
    raw = shipped("datasets") / "made_up" / "controls" / "assay.csv"
    out = tmp_path / "out.csv"
    outcome = run("import", raw, "-o", out)
    assert f"! {raw}: facts of its samples are added from samples.csv" in outcome.out
    assert set(read_assay(out).fact("origin_of_data")) == {"made-up"}
    assert "Made-up data" in run("describe", out).out
    assert "added from samples.csv" in run("import", raw, "--explain").out


def test_facts_go_to_the_grains_of_the_samples(assay):
    found = import_files([assay])
    assert found.fact("site").tolist() == ["X", "X", "Y", "Z", ""]
    # A standard that is called like a sample is none.
    assert found.fact("origin_of_data").tolist() == ["made-up", "made-up", "made-up", "", ""]
    assert found.values[:, 0].tolist() == [5, 6, 7, 8, 450]


def test_of_a_file_of_another_name_they_are_not_taken(assay):
    other = assay.rename(assay.with_name("export.csv"))
    assert "origin_of_data" not in import_files([other]).facts


def test_what_the_two_say_must_agree(run, assay):
    (assay.parent / "samples.csv").write_text("sample,site\nA,Y\n")
    with pytest.raises(InputError, match="'X' in the assay and 'Y'") as caught:
        import_files([assay])
    assert caught.value.file == assay.with_name("samples.csv")
    assert run("import", assay, "--explain").status == 2


def test_two_sites_of_a_sample_are_placed_in_the_assay(assay):
    assay.write_text(ASSAY.replace("A,X,,,6", "A,Y,,,6"))
    with pytest.raises(InputError, match="two sites") as caught:
        import_files([assay])
    assert (caught.value.file, caught.value.row) == (assay, 3)


def test_standards_alone_are_imported(assay):
    assay.write_text("".join(ASSAY.splitlines(keepends=True)[i] for i in (0, 5)))
    assert import_files([assay]).n_grains == 1


def test_two_tables_of_samples(assay):
    (assay.parent / "samples.txt").write_text(SAMPLES)
    (assay.parent / "samples.parquet").write_text(SAMPLES)
    with pytest.raises(InputError, match=r"two tables of samples .* samples.csv and samples.parq"):
        import_files([assay])

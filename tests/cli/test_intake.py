"""`fingerprint import`, `describe` and `datasets` as a user meets them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import fingerprint
from fingerprint.intake import read_assay

# A process in another folder finds the same package.
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(fingerprint.__file__).parents[1])}

TABLE = "sample,site,Ta_ppm,Ta_lod,Nb_ppm\nA,X,1,0.5,2\nA,X,bdl,0.5,\nB,Y [b],3,0.5,<0.2\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "assay.csv"
    path.write_text(TABLE)
    return path


@pytest.mark.parametrize("extension", ["csv", "xlsx", "parquet"])
def test_import_plain(run, table, tmp_path, extension):
    output = tmp_path / f"out.{extension}"
    outcome = run("import", table, "-o", output)
    assert outcome.status == 0
    assert outcome.err == ""
    assert outcome.out == f"{output}: 2 samples, 3 grains, 2 analytes\n"
    np.testing.assert_array_equal(read_assay(output).values, read_assay(table).values)


def test_one_of_each_is_counted_as_one(run, tmp_path):
    (tmp_path / "a.csv").write_text("sample,Ta_ppm\nA,1\n")
    outcome = run("import", tmp_path / "a.csv", "-o", tmp_path / "out.csv")
    assert outcome.out == f"{tmp_path / 'out.csv'}: 1 sample, 1 grain, 1 analyte\n"
    assert "\n1 row, 1 grain\n" in run("import", "--explain", tmp_path / "a.csv").out


def test_import_several_with_a_profile(run, tmp_path):
    for name, bag in (("one", "1"), ("two", "2")):
        (tmp_path / f"{name}.csv").write_text(f"Lab report\nBag,Ta\n{bag},5\n")
    (tmp_path / "lab.toml").write_text(
        'header_row = 2\nsample = "{Bag}"\n[[analytes]]\ncolumns = ["Ta"]\n'
    )
    outcome = run(
        "import",
        tmp_path / "one.csv",
        tmp_path / "two.csv",
        "--profile",
        tmp_path / "lab.toml",
        "-o",
        tmp_path / "out.csv",
    )
    assert outcome.status == 0
    assert (tmp_path / "out.csv").read_text() == "sample,Ta_ppm\n1,5.0\n2,5.0\n"


def test_import_replaces_what_was_there(run, table, tmp_path):
    (tmp_path / "out.csv").write_text("old")
    assert run("import", table, "-o", tmp_path / "out.csv").status == 0
    assert "sample" in (tmp_path / "out.csv").read_text()


def assert_refused(outcome, *parts, out=""):
    assert outcome.status == 2
    assert outcome.out == out
    assert outcome.err.startswith("Error: ")
    assert outcome.err.count("\n") == 1
    for part in parts:
        assert str(part) in outcome.err


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["the file is empty"]),
        ("sample,Ta_ppm\n", ["no grains"]),
        ("Ta_ppm\n1\n", ["no column 'sample'"]),
        ("sample,Ta_foo\nA,1\n", ["row 1", "column Ta_foo", "unknown unit"]),
        ("sample,Ta_ppm\nA,x\n", ["row 2", "column Ta_ppm", "'x'"]),
        ("sample,Ta_ppm\nA,-1\n", ["row 2", "column Ta_ppm", "no detection limit"]),
        ("sample,Ta_ppm\nA,bdl\n", ["row 2", "column Ta_ppm", "its limit is not given"]),
        ("sample,Ta_ppm\nA,1\nB\n", ["row 3", "1 cells"]),
        ("sample,site,Ta_ppm\nA,X,1\nA,Y,1\n", ["row 3", "column site", "two sites"]),
    ],
)
def test_a_fault_is_one_line_and_leaves_no_output(run, tmp_path, text, parts):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    (tmp_path / "old.csv").write_text("old")
    assert_refused(run("import", path, "-o", tmp_path / "old.csv"), path, *parts)
    assert (tmp_path / "old.csv").read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.csv", "old.csv"]
    # A description is what is wanted of a file at fault: it is written, and then the same is said.
    outcome = run("describe", path, "--json", tmp_path / "d.json")
    assert_refused(outcome, path, *parts, out=f"{tmp_path / 'd.json'}: 1 error, 0 notes\n")
    [problem] = json.loads((tmp_path / "d.json").read_text())["problems"]
    assert problem["what"] in outcome.err


def test_places_that_cannot_be_read_or_written(run, table, tmp_path):
    assert_refused(run("import", tmp_path / "no.csv", "-o", "x.csv"), "no.csv", "no such file")
    assert_refused(run("import", tmp_path, "-o", "x.csv"), tmp_path, "this is a folder")
    assert_refused(run("import", table, "-o", tmp_path / "x.txt"), "x.txt", "'.txt' is not known")
    assert_refused(
        run("import", table, "-o", tmp_path / "no" / "x.csv"), "cannot be written", "exists"
    )
    assert_refused(
        run("import", table, "-o", tmp_path / "x.csv", "--profile", "no.toml"), "no.toml"
    )
    assert_refused(run("describe", tmp_path / "no"), "no such file")
    (tmp_path / "empty").mkdir()
    assert_refused(run("describe", tmp_path / "empty"), "no assay")
    assert_refused(
        run("describe", table, "--json", tmp_path / "no" / "d.json"), "cannot be written"
    )


@pytest.mark.parametrize(
    ("words", "status"), [(["describe", "bad.csv"], 2), (["describe", "good.csv"], 0)]
)
def test_exit_status_of_the_process(tmp_path, words, status):
    (tmp_path / "bad.csv").write_text("sample,Ta_ppm\nA,x\n")
    (tmp_path / "good.csv").write_text(TABLE)
    done = subprocess.run(
        [sys.executable, "-m", "fingerprint.cli.main", *words],
        cwd=tmp_path,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert ("bad.csv, row 2, column Ta_ppm" in done.stderr) == (status == 2)


def test_describe_in_words(run, table):
    outcome = run("describe", table)
    assert outcome.status == 0
    assert "2 sites, 2 samples, 3 grains" in outcome.out
    assert "Grains a sample: 1 to 2, median 1.5" in outcome.out
    assert "Ta_ppm" in outcome.out
    assert "33.3%" in outcome.out
    assert "'Y [b]'" in outcome.out
    assert "\x1b" not in outcome.out


def test_describe_samples_without_sites(run, tmp_path):
    (tmp_path / "a.csv").write_text("sample,Ta_ppm\nA,1\n")
    outcome = run("describe", tmp_path / "a.csv")
    assert outcome.status == 0
    assert "1 sample, 1 grain\n" in outcome.out
    assert "No detection limit is known." in outcome.out


def test_describe_as_json(run, table, tmp_path):
    printed = run("describe", table, "--json", "-")
    content = json.loads(printed.out)
    assert content["n_sites"] == 2
    assert content["analytes"][0] == {
        "column": "Ta_ppm",
        "censored": pytest.approx(1 / 3),
        "not_measured": 0.0,
    }
    assert run("describe", table, "--json", tmp_path / "d.json").out.endswith(": No errors\n")
    assert json.loads((tmp_path / "d.json").read_text()) == content


def test_datasets_are_listed(run):
    outcome = run("datasets", "list")
    assert outcome.status == 0
    assert "sphalerite_laicpms: Sphalerite" in outcome.out
    assert "96 sites, 437 samples, 3,794 grains" in outcome.out
    assert "licence   GPL-3.0" in outcome.out


def test_an_unknown_data_set(run, tmp_path):
    assert_refused(run("datasets", "build", "gold", "-o", tmp_path / "x"), "no data set 'gold'")


def test_raw_files_that_are_not_there(run, tmp_path, monkeypatch):
    monkeypatch.setenv("FINGERPRINT_DATASETS", str(tmp_path))
    outcome = run("datasets", "build", "cassiterite_epma", "-o", tmp_path / "x")
    assert_refused(outcome, "cassiterite_EPMA.csv", "cannot be read", "https://raw.github")
    assert not (tmp_path / "x").exists()


@pytest.mark.real_data
def test_a_data_set_is_built_and_described(run, datasets_folder, tmp_path):
    outcome = run("datasets", "build", "sphalerite_laicpms", "-o", tmp_path / "library")
    assert outcome.status == 0
    assert f"{tmp_path / 'library'}: 96 sites, 437 samples, 3,794 grains, 12 anal" in outcome.out
    assert "96 sites, 437 samples, 3,794 grains" in run("describe", tmp_path / "library").out


def test_heavy_imports_wait_for_the_command():
    script = (
        "import sys, fingerprint.cli.importing, fingerprint.cli.describe\n"
        "import fingerprint.cli.datasets, fingerprint.cli.progress\n"
        "heavy = {'pandas', 'numpy', 'pyarrow', 'openpyxl', 'rich', 'pydantic', 'pooch'}\n"
        "print(*heavy & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == ""

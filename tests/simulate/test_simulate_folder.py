"""A made-up folder is whole, says what it is, and replaces nothing but its like."""

import json

import pytest

from fingerprint.errors import InputError
from fingerprint.intake import read_claims, read_samples
from fingerprint.library import content_hash
from fingerprint.simulate import Design, Levels, simulate_library, write_made_up

SMALL = Design(n_sites=4, n_districts=2, n_lots=4)
FILES = [
    "README.md",
    "claims.csv",
    "controls/assay.csv",
    "controls/samples.csv",
    "design.json",
    "library/assay.csv",
    "library/samples.csv",
    "truth.csv",
]


def bytes_in(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def small():
    return simulate_library(SMALL, seed=1)


@pytest.mark.parametrize("table_format", ["csv", "parquet"])
def test_what_is_written_reads_back_the_same(small, tmp_path, table_format):
    write_made_up(small, tmp_path / "out", table_format)
    for name, samples in (("library", small.library.samples), ("controls", small.controls)):
        read = read_samples(tmp_path / "out" / name)
        assert content_hash(read) == content_hash(samples)
        assert set(read.fact("origin_of_data")) == {"made-up"}
    assert len(read_claims(tmp_path / "out/claims.csv")) == len(small.claims)


def test_the_same_seed_writes_the_same_bytes_and_nothing_else(small, tmp_path):
    write_made_up(small, tmp_path / "a")
    write_made_up(simulate_library(SMALL, seed=1), tmp_path / "deep/b")
    write_made_up(simulate_library(SMALL, seed=2), tmp_path / "c")
    a, b, c = (bytes_in(tmp_path / name) for name in ("a", "deep/b", "c"))
    assert sorted(a) == FILES
    assert a == b
    assert not [name for name in FILES if a[name] == c[name]]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "c", "deep"]


def test_a_made_up_folder_is_replaced_whole(small, tmp_path):
    write_made_up(small, tmp_path / "out", "parquet")
    write_made_up(small, tmp_path / "out", "csv")
    assert sorted(bytes_in(tmp_path / "out")) == FILES


def test_an_empty_folder_is_filled(small, tmp_path):
    write_made_up(small, tmp_path)
    assert sorted(bytes_in(tmp_path)) == FILES


def test_another_folder_is_refused_and_left_as_it_was(small, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match=r"thesis\.tex"):
        write_made_up(small, tmp_path)
    assert bytes_in(tmp_path) == {"thesis.tex": b"years of work"}


def test_a_made_up_folder_with_work_added_to_it_is_refused(small, tmp_path):
    write_made_up(small, tmp_path / "out")
    (tmp_path / "out/library/notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"notes\.txt"):
        write_made_up(small, tmp_path / "out")


@pytest.mark.parametrize("manifest", ["", "[]", '{"kind": "measured"}', None])
def test_files_that_merely_have_our_names_are_refused(small, tmp_path, manifest):
    (tmp_path / "library").mkdir()
    (tmp_path / "library/assay.csv").write_text("sample,Ta_ppm\n")
    if manifest is not None:
        (tmp_path / "design.json").write_text(manifest)
    with pytest.raises(InputError, match="did not write"):
        write_made_up(small, tmp_path)


def test_a_file_is_refused(small, tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(InputError, match="file"):
        write_made_up(small, tmp_path / "out")


def test_a_folder_inside_a_file_is_refused(small, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        write_made_up(small, tmp_path / "file/out")


def test_a_failure_leaves_the_old_folder(small, tmp_path, monkeypatch):
    write_made_up(small, tmp_path / "out")
    before = bytes_in(tmp_path / "out")

    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("fingerprint.simulate.folder.write_assay", full)
    with pytest.raises(InputError, match="cannot be written"):
        write_made_up(small, tmp_path / "out")
    assert bytes_in(tmp_path / "out") == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_the_folder_says_how_it_was_made(small, tmp_path):
    write_made_up(small, tmp_path / "out")
    readme = (tmp_path / "out/README.md").read_text()
    manifest = json.loads((tmp_path / "out/design.json").read_text())
    assert readme.startswith("# Made-up data")
    assert "in Python" in readme  # n_lots has no option
    assert manifest["kind"] == "made-up data"
    assert manifest["seed"] == 1
    assert manifest["design"]["levels"]["grains"] == Levels().grains

"""`fingerprint simulate`, and the made-up library that is committed."""

import re
import sys
from pathlib import Path

import pytest

from fingerprint.cli.main import main
from fingerprint.library import read_library

COMMITTED = Path(__file__).parents[2] / "datasets/made_up"


def run(monkeypatch, *arguments):
    """Exit status of the command line."""
    monkeypatch.setattr(sys, "argv", ["fingerprint", "simulate", *map(str, arguments)])
    try:
        main()
    except SystemExit as stop:
        return stop.code
    return 0


def bytes_in(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_it_says_what_it_made(monkeypatch, tmp_path, capsys):
    arguments = ["--sites", 8, "--samples", 2, 3, "--grains", 5, 6, "--format", "parquet"]
    assert run(monkeypatch, "-o", tmp_path / "out", *arguments) == 0
    printed = capsys.readouterr().out
    assert "made-up data, seed 0" in printed
    assert "8 sites in 2 districts" in printed
    assert (tmp_path / "out/library/assay.parquet").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--sites", 1],
        ["--sites", 3, "--districts", 4],
        ["--samples", 5, 2],
        ["--grains", 0, 2],
        ["--seed", -1],
        ["--sites", "many"],
        ["--format", "xlsx"],
    ],
)
def test_an_impossible_design_is_one_message_and_status_2(monkeypatch, tmp_path, capsys, arguments):
    assert run(monkeypatch, "-o", tmp_path / "out", *arguments) == 2
    error = capsys.readouterr().err
    assert "Error: " in error
    assert "Traceback" not in error
    assert not (tmp_path / "out").exists()


def test_a_foreign_folder_is_status_2(monkeypatch, tmp_path, capsys):
    (tmp_path / "data.csv").write_text("1")
    assert run(monkeypatch, "-o", tmp_path) == 2
    assert "data.csv" in capsys.readouterr().err


def test_the_committed_library_is_what_its_command_makes(monkeypatch, tmp_path):
    readme = (COMMITTED / "README.md").read_text(encoding="utf-8")
    command = re.search(r"`fingerprint simulate -o DIR (.+)`", readme)[1].split()
    assert run(monkeypatch, "-o", tmp_path / "again", *command) == 0
    committed, again = bytes_in(COMMITTED), bytes_in(tmp_path / "again")
    assert sorted(committed) == sorted(again)
    assert [name for name in again if committed[name] != again[name]] == []


def test_the_committed_library_is_small():
    assert 0 < sum(len(content) for content in bytes_in(COMMITTED).values()) < 10e6


def test_the_committed_library_reads_as_a_library():
    library = read_library(COMMITTED / "library")
    assert len(library.sites) == 40
    assert len(library) >= 150
    assert len(set(library.samples.fact("district"))) == 10
    assert set(library.samples.fact("origin_of_data")) == {"made-up"}


def test_a_standard_is_added_only_when_asked_for(monkeypatch, tmp_path):
    sizes = ["--sites", 8, "--samples", 2, 3, "--grains", 5, 6]
    assert run(monkeypatch, "-o", tmp_path / "plain", *sizes) == 0
    assert run(monkeypatch, "-o", tmp_path / "with", *sizes, "--reference-materials") == 0
    plain, added = bytes_in(tmp_path / "plain"), bytes_in(tmp_path / "with")
    assert set(added) - set(plain) == {"certified.csv"}
    changed = {name for name in plain if plain[name] != added[name]}
    assert changed == {"controls/assay.csv", "README.md"}
    assert b"--reference-materials" in added["README.md"]
    assert b"made-up" in added["certified.csv"]
    # And it may be written over again.
    assert run(monkeypatch, "-o", tmp_path / "with", *sizes, "--reference-materials") == 0
    assert bytes_in(tmp_path / "with") == added

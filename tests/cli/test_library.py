"""The command `fingerprint library`."""

import json

import numpy as np
import pytest

from builders import gaussian
from fingerprint.intake import write_samples
from fingerprint.library import read_library
from fingerprint.simulate.faults import swap_labels


@pytest.fixture
def files(tmp_path):
    whole = gaussian(12, 6, 10, between=1.0, seed=2)
    last = np.array([name.endswith("-05") for name in whole.samples.ids])
    write_samples(whole.take(~last).samples, tmp_path / "lib")
    write_samples(whole.samples.take(last), tmp_path / "good.csv")
    swapped, _ = swap_labels(whole, 0.9, 1)
    write_samples(swapped.samples.take(last), tmp_path / "bad.csv")
    return tmp_path


def test_check_answers_whatever_it_finds(files, run):
    done = run("library", "check", files / "lib", "--json", "-")
    assert done.status == 0
    document = json.loads(done.out)
    assert (document["n_sites"], document["n_samples"]) == (12, 60)
    assert document["history"]["entries"] == []
    run("library", "add", files / "bad.csv", "--to", files / "lib", "--reason", "to see")
    done = run("library", "check", files / "lib")
    assert done.status == 0
    assert "Must be settled" in done.out


def test_check_writes_page_and_json(files, run):
    done = run("library", "check", files / "lib", "--report", files / "r.html", "--json",
               files / "r.json")  # fmt: skip
    assert done.status == 0, done.err
    assert "<svg" in (files / "r.html").read_text()
    json.loads((files / "r.json").read_text())
    assert run("library", "check", files / "lib", "--report", "r.pdf").status == 2
    assert run("library", "check", files / "lib", "--near", "nothing").status == 2
    assert run("library", "check", files / "nowhere").status == 2


def test_good_samples_join(files, run):
    done = run("library", "add", files / "good.csv", "--to", files / "lib", "--by", "A. Nalyst")
    assert done.status == 0, done.err
    assert "12 samples" in done.out
    assert len(read_library(files / "lib")) == 72
    told = run("library", "history", files / "lib")
    assert told.status == 0
    assert "A. Nalyst" in told.out
    assert "chain is whole" in told.out


def test_bad_samples_are_refused_unless_a_reason_is_given(files, run):
    done = run("library", "add", files / "bad.csv", "--to", files / "lib")
    assert done.status == 2
    assert "is unlike the other samples" in done.err
    assert "nothing was added" in done.err
    assert len(read_library(files / "lib")) == 60
    assert not (files / "lib" / "history.jsonl").exists()
    assert (
        run("library", "add", files / "bad.csv", "--to", files / "lib", "--reason", " ").status == 2
    )
    done = run("library", "add", files / "bad.csv", "--to", files / "lib", "--reason", "checked")
    assert done.status == 0
    told = run("library", "history", files / "lib").out
    assert "reason: checked" in told
    assert "stood: " in told


def test_samples_that_stand_there_already_are_refused(files, run):
    run("library", "add", files / "good.csv", "--to", files / "lib")
    again = run("library", "add", files / "good.csv", "--to", files / "lib", "--reason", "again")
    assert again.status == 2
    assert "stands in the library already" in again.err
    assert str(files / "good.csv") in again.err


def test_a_broken_history_is_said(files, run):
    run("library", "add", files / "good.csv", "--to", files / "lib", "--by", "me")
    path = files / "lib" / "history.jsonl"
    path.write_text(path.read_text().replace('"number": 1', '"number": 3'))
    assert "history is broken" in run("library", "check", files / "lib").out
    done = run("library", "history", files / "lib")
    assert done.status == 2
    assert "broken" in done.err


def test_no_history_is_said(files, run):
    assert "No history" in run("library", "history", files / "lib").out

"""The command `fingerprint library`."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from builders import gaussian
from fingerprint.intake import write_samples
from fingerprint.library import read_library
from fingerprint.simulate.faults import swap_labels
from fingerprint.tables import Assay, SampleSet


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


def test_no_text_forges_an_entry_on_screen(files, run):
    forged = "A\x1b[2J\n2. 2026-01-01 B: 9 samples"
    done = run("library", "add", files / "bad.csv", "--to", files / "lib", "--by", forged,
               "--reason", f"why\n{forged}")  # fmt: skip
    assert done.status == 0, done.err
    for out in (done.out, run("library", "history", files / "lib").out):
        assert "\x1b" not in out
        assert "\n2. " not in out
        assert "A␛[2J⏎2. 2026-01-01 B: 9 samples" in out


def test_a_name_that_no_file_can_hold_is_refused(files, run):
    done = run("library", "add", files / "good.csv", "--to", files / "lib", "--by", "A\udcff")
    assert done.status == 2
    assert "--by cannot be read as text" in done.err


def test_no_history_is_said(files, run):
    assert "No history" in run("library", "history", files / "lib").out


SESSIONS = ("1", "2")


def standards(assay, factor):
    """Six measurements of a glass of 100 in each session; session 2 is off by a factor."""
    n = 6
    noise = np.exp(0.01 * np.random.default_rng(1).standard_normal((2 * n, len(assay.analytes))))
    noise[n:] *= factor
    facts = pd.DataFrame(
        {"sample": "glass", "material": "Glass G", "laboratory": "L1",
         "session": np.repeat(SESSIONS, n)}, dtype=object,
    )  # fmt: skip
    empty = np.full(noise.shape, np.nan)
    return Assay(facts, assay.analytes, 100 * noise, empty, np.zeros(noise.shape, bool))


@pytest.fixture
def measured(tmp_path):
    """A library of session 1, samples of both sessions to be added, and certified values."""
    whole = gaussian(12, 6, 10, between=1.0, seed=2)
    last = np.array([name.endswith("-05") for name in whole.samples.ids])
    facts = whole.samples.facts.reset_index().astype(object)
    second = np.where(last & (np.cumsum(last) % 2 == 0), *SESSIONS[::-1])
    facts = facts.assign(laboratory="L1", session=second)
    samples = SampleSet.from_tables(whole.samples.assay, sample_facts=facts)
    samples = replace(samples, reference_materials=standards(samples.assay, 1.4))
    write_samples(samples.take(~last), tmp_path / "lib")
    write_samples(samples.take(last), tmp_path / "more")
    columns = [a.column for a in samples.assay.analytes]
    values = ",".join("100" for _ in columns)
    (tmp_path / "certified.csv").write_text(
        f"material,{','.join(columns)}\nGlass G,{values}\n", encoding="utf-8"
    )
    return tmp_path


def test_check_judges_the_sessions_of_a_library(measured, run):
    certified = measured / "certified.csv"
    before = run("library", "check", measured / "lib", "--json", "-")
    assert json.loads(before.out)["sessions"] is None
    done = run("library", "check", measured / "lib", "--json", "-", "--certified", certified)
    document = json.loads(done.out)
    assert [(s["session"], s["state"]) for s in document["sessions"]] == [
        ("1", "within"), ("2", "outside"),
    ]  # fmt: skip
    (found,) = [f for f in document["findings"] if f["kind"] == "session"]
    assert (found["weight"], found["samples"]) == ("note", [])
    assert "No sample of the library was measured there" in found["sentence"]


def test_check_shows_sessions_in_text_and_page(measured, run):
    added = run("library", "add", measured / "more", "--to", measured / "lib", "--by", "me")
    assert added.status == 0, added.err
    certified, page = measured / "certified.csv", measured / "r.html"
    run("library", "check", measured / "lib", "--report", page)
    assert "Reference materials</h2>" not in page.read_text(encoding="utf-8")
    done = run("library", "check", measured / "lib", "--certified", certified, "--report", page)
    assert done.status == 0, done.err
    settle = done.out.split("Must be settled: 1\n")[1].splitlines()[0]
    assert "Session 2 of L1: all analytes read 1.4" in settle
    assert "6 samples measured there" in settle
    shown = page.read_text(encoding="utf-8")
    assert "Reference materials</h2>" in shown
    assert "Session 2 of L1: all analytes read 1.4" in shown


def test_add_holds_back_samples_of_a_session_outside(measured, run):
    more, lib = measured / "more", measured / "lib"
    certified = ("--certified", measured / "certified.csv")
    done = run("library", "add", more, "--to", lib, *certified)
    assert done.status == 2
    assert "! Session 2 of L1: all analytes read 1.4" in done.err
    assert "1 finding against these samples" in done.err
    assert len(read_library(lib)) == 60
    done = run(
        "library", "add", more, "--to", lib, *certified, "--reason", "read again", "--by", "me"
    )
    assert done.status == 0, done.err
    assert "stood: Session 2 of L1" in run("library", "history", lib).out
    # The standards were in both, and stand there once.
    assert read_library(lib).samples.reference_materials.n_grains == 12


def test_faults_of_certified_values_are_placed(measured, run):
    (measured / "other.csv").write_text("material,Re_ppm\nGlass G,5\n", encoding="utf-8")
    for command in (
        ("check", measured / "lib"),
        ("add", measured / "more", "--to", measured / "lib"),
    ):
        done = run("library", *command, "--certified", measured / "other.csv")
        assert done.status == 2
        assert "other.csv" in done.err
        assert "share no analyte" in done.err

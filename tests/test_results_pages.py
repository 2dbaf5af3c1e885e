"""`make results`: the pages of results, from leagues that are measured once."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from builders import gaussian, library_of
from fingerprint.evaluation import evaluate
from fingerprint.evaluation.league import League

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def results(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    module = importlib.import_module("results")
    library = gaussian(8, 5, 4, p=3, seed=1)
    data_set = module.DATA_SETS[0].__class__
    sets = (
        data_set("made_up", lambda folder: library, seeds=(0, 1)),
        data_set("sphalerite_Ye", lambda folder: library, page="sphalerite_publications"),
    )
    monkeypatch.setattr(module, "DATA_SETS", sets)
    return module


def run(results, monkeypatch, tmp_path, *more):
    words = ["results.py", "--cache", tmp_path / "cache", "--docs", tmp_path / "docs", "--jobs", 1]
    monkeypatch.setattr(sys, "argv", [str(word) for word in (*words, *more)])
    results.main()


def test_pages_are_made_and_leagues_measured_once(results, monkeypatch, tmp_path, capsys):
    times = []

    def quick(library, **options) -> League:
        times.append(options["seed"])
        return evaluate(library, ("ks",), folds=3, **options)

    monkeypatch.setattr(results, "evaluate", quick)
    other = tmp_path / "docs" / "results" / "library_health.md"
    other.parent.mkdir(parents=True)
    other.write_text("# Library health\n\nKept as it is.\n")
    run(results, monkeypatch, tmp_path, "--only", "made_up")
    assert times == [0, 1]
    run(results, monkeypatch, tmp_path)
    assert times == [0, 1, 0]
    run(results, monkeypatch, tmp_path)
    assert times == [0, 1, 0]
    contents = (tmp_path / "docs" / "results.md").read_text()
    assert "No public coltan or wolframite data" in contents
    assert "[Library health](results/library_health.md)" in contents
    assert other.read_text().endswith("Kept as it is.\n")
    for page in ("made_up", "sphalerite_publications"):
        assert f"(results/{page}.md)" in contents
        text = (tmp_path / "docs" / "results" / f"{page}.md").read_text()
        assert "No public coltan or wolframite data" in text
        assert "False claims, unknown origin" in text
    page = (tmp_path / "docs" / "results" / "made_up.md").read_text()
    assert "Mean over the seeds 0, 1" in page
    for picture in ("league", "curves"):
        assert f"(made_up_{picture}.png)" in page
        size = (tmp_path / "docs" / "results" / f"made_up_{picture}.png").stat().st_size
        assert 5_000 < size < 80_000


def test_every_data_set_has_its_words(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    for data in importlib.import_module("results_data").DATA_SETS:
        assert data.title
        assert "fingerprint evaluate" in data.command
        assert data.page or len(data.words) > 50


@pytest.fixture
def results_data(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("results_data")


def test_an_analysis_in_two_publications_counts_once(results_data):
    """Rounded, or the very same; but not in one publication, nor at two districts."""
    rows = {  # sample: district, publication, ratios over 204Pb
        "a": ("Laurion", "Gale 1980", (18.655, 15.68214, 38.85147)),
        "b": ("Laurion", "Oxford", (18.655, 15.682, 38.851)),
        "c": ("Laurion", "Oxford", (18.655, 15.682, 38.851)),
        "d": ("Siphnos", "Gale 1980", (18.655, 15.682, 38.851)),
        "e": ("Siphnos", "Oxford", (18.658, 15.682, 38.851)),
        "f": ("Siphnos", "Oxford", (18.655, 15.682, np.nan)),
        "g": ("Siphnos", "Oxford", (18.658, 15.682, 38.851)),
    }
    districts, publications, ratios = zip(*rows.values(), strict=True)
    library = library_of(
        ratios,
        list(rows),
        districts,
        reference=list(publications),
        elements=results_data.OVER_204,
    )
    kept = results_data.without_reprints(library)
    assert list(kept.samples.ids) == ["a", "d", "e", "f", "g"]


@pytest.mark.real_data
def test_lead_isotopes_are_split_by_districts_that_stand_apart(
    results_data, datasets_folder, tmp_path
):
    library = results_data.lead_by_district(tmp_path)
    assert (len(library.sites), len(library)) == (61, 2635)
    assert library.n_reference.min() >= 10
    assert min(len(publications) for publications in library.values_of_sites("reference")) >= 2
    # Gale's TG 59c is KALL 2 (TG59) of the Oxford database.
    ids = " ".join(library.samples.ids)
    assert "Euboea/Kallianou/1980/TG 59c" in ids
    assert "KALL 2 (TG59)" not in ids


@pytest.mark.real_data
def test_panes_have_two_samples_of_two_and_three_replicates(
    results_data, datasets_folder, tmp_path
):
    library = results_data.validation_panes(tmp_path)
    assert library.n_reference.tolist() == [2] * 320
    assert sorted(library.samples.n_grains) == [2] * 320 + [3] * 320


def test_held_out_claims_of_glass_are_weighed_once_and_kept(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    glass = importlib.import_module("float_glass_fusion")
    monkeypatch.setattr(glass, "FUSED", ("ks", "two_level"))
    library = gaussian(6, 4, 4, p=3, seed=2)
    first = glass.held_out(library, tmp_path)
    assert first["raw"].shape == (2, len(library), len(library.sites))
    assert np.isfinite(first["log10_lr"]).any(axis=1).all()
    assert sorted(np.bincount(first["folds"])) == [4, 5, 5, 5, 5]
    monkeypatch.delattr(glass, "hold_out")
    again = glass.held_out(library, tmp_path)
    np.testing.assert_array_equal(first["log10_lr"], again["log10_lr"])

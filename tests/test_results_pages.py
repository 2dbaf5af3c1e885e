"""`make results`: the pages of results, from leagues that are measured once."""

import importlib
import sys
from pathlib import Path

import pytest

from builders import gaussian
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

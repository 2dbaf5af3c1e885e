"""Libraries of which little can be said: an answer, never a traceback or a warning."""

import json
from dataclasses import replace

import numpy as np
import pytest

from builders import library_of
from fingerprint.health import History, check_library
from fingerprint.library import Library
from fingerprint.report.health import health_json, render_health
from fingerprint.report.health_text import health_text
from fingerprint.tables import Ages, Mineralogy, SampleSet

pytestmark = pytest.mark.filterwarnings("error")
FOUR = list("aabbccdd")
SITES = ["A"] * 4 + ["B"] * 4


def values(n, p=3):
    return 10 ** np.random.default_rng(0).normal(1, 0.2, (n, p))


def bare():
    """Samples a to d without a grain."""
    library = library_of(values(8, 6), FOUR, SITES)
    facts = library.samples.facts.reset_index().astype(object)
    return library.samples.assay.take(np.zeros(0, dtype=np.int64)), facts


def ages_only():
    assay, facts = bare()
    ages = Ages(np.array(list("abcd"), dtype=object), np.full(4, 5.0), np.ones(4))
    return Library(SampleSet.from_tables(assay, None, ages, facts))


def no_assay():
    ages = Ages(np.array(list("aabbcd"), dtype=object), np.full(6, 5.0), np.ones(6))
    facts = bare()[1]
    return Library(SampleSet.from_tables(None, None, ages, facts))


def mineralogy_only():
    assay, facts = bare()
    ids = np.array(list("abcd"), dtype=object)
    return Library(
        SampleSet.from_tables(
            assay, Mineralogy(ids, ("m", "n"), "pct", np.full((4, 2), 50.0)), None, facts
        )
    )


def some_without_grains():
    library = library_of(values(8, 6), FOUR, SITES)
    ages = Ages(np.array(["d"], dtype=object), np.full(1, 5.0), np.ones(1))
    facts = library.samples.facts.reset_index().astype(object)
    assay = library.samples.assay.take(np.arange(6))
    return Library(SampleSet.from_tables(assay, None, ages, facts))


def ratios():
    library = library_of(values(8, 6), FOUR, SITES, laboratory=["x", "y"] * 4)
    assay = library.samples.assay
    analytes = tuple(replace(a, quantity="ratio") for a in assay.analytes)
    facts = library.samples.facts.reset_index().astype(object)
    return Library(SampleSet.from_tables(replace(assay, analytes=analytes), sample_facts=facts))


def patterns():
    table = values(40, 6)
    table[:20, 5] = np.nan
    table[30:, 0] = np.nan
    return library_of(
        table, [f"s{i // 2:02d}" for i in range(40)], [f"S{i // 8}" for i in range(40)],
        laboratory=["x"] * 20 + ["y"] * 20,
    )  # fmt: skip


LIBRARIES = {
    "two samples": lambda: library_of(values(2), ["a", "b"], ["A", "B"]),
    "two sites": lambda: library_of(values(8), FOUR, SITES),
    "one analyte": lambda: library_of(values(8, 1), FOUR, SITES),
    "one sample a site": lambda: library_of(values(8), FOUR, FOUR),
    "all censored": lambda: library_of(
        values(8), FOUR, SITES, limits=5.0, censored=np.ones((8, 3), dtype=bool)
    ),
    "nothing measured": lambda: library_of(np.full((8, 3), np.nan), FOUR, SITES),
    "nothing varies": lambda: library_of(np.ones((8, 3)), FOUR, SITES),
    "one laboratory": lambda: library_of(values(8), FOUR, SITES, laboratory=["x"] * 8),
    "two laboratories": lambda: library_of(values(8, 6), FOUR, SITES, laboratory=["x", "y"] * 4),
    "no dates": lambda: library_of(values(8), FOUR, SITES, collected_on=["then"] * 8),
    "ages only": ages_only,
    "no assay": no_assay,
    "mineralogy only": mineralogy_only,
    "some without grains": some_without_grains,
    "ratios": ratios,
    "patterns of missing analytes": patterns,
}


@pytest.mark.parametrize("name", LIBRARIES)
def test_there_is_an_answer(name):
    health = check_library(LIBRARIES[name]())
    nothing = History((), (), "")
    assert render_health(health, nothing, name).startswith("<!DOCTYPE html>")
    json.loads(health_json(health, nothing))
    assert health_text(health)


@pytest.mark.parametrize("name", ["ages only", "no assay", "mineralogy only", "nothing measured"])
def test_what_was_not_compared_is_said(name):
    findings = check_library(LIBRARIES[name]()).findings
    assert any("nothing was tested there" in f.sentence for f in findings)

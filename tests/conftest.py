"""What several tests need."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from builders import gaussian, small_forests
from fingerprint.cli.main import main
from fingerprint.judgement import Model, train
from fingerprint.library import Library
from fingerprint.tables import SampleSet


@pytest.fixture(scope="session")
def datasets_folder() -> Path:
    """The folder of public data sets; tests that ask for it are marked `real_data`."""
    folder = os.environ.get("FINGERPRINT_DATASETS")
    if not folder:
        pytest.skip("set FINGERPRINT_DATASETS to the folder of public data sets")
    return Path(folder)


class Outcome(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command line within this process."""

    def run_command(*words: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["fingerprint", *map(str, words)])
        status = 0
        try:
            main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        return Outcome(status, *capsys.readouterr())

    return run_command


@pytest.fixture(scope="session")
def reference() -> tuple[Library, SampleSet]:
    """A library of 14 sites with a clear signal, and one fresh sample of each site.

    Sites go in pairs into districts; two laboratories.
    """
    whole = gaussian(14, 6, 8, p=5, seed=20)
    facts = whole.samples.facts.reset_index().astype(object)
    facts["district"] = [f"district {int(site[-4:]) // 2}" for site in facts["site"]]
    facts["laboratory"] = ["L1" if i % 3 else "L2" for i in range(len(facts))]
    whole = Library(SampleSet.from_tables(whole.samples.assay, sample_facts=facts))
    is_fresh = np.array([sample.endswith("-05") for sample in whole.samples.ids])
    return whole.take(~is_fresh), whole.samples.take(is_fresh)


@pytest.fixture(scope="session")
def model(reference: tuple[Library, SampleSet]) -> Model:
    """All scorers, the forest a small one, trained on the library of `reference`."""
    with small_forests():
        return train(reference[0])

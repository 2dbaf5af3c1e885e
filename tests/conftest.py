"""What several tests need."""

import os
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from fingerprint.cli.main import main


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

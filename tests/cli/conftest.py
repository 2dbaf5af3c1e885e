"""A small made-up library and a model of it, made once by the commands themselves."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest


class Road(NamedTuple):
    """Where things are."""

    made_up: Path
    model: Path

    @property
    def controls(self) -> Path:
        return self.made_up / "controls"

    @property
    def claims(self) -> Path:
        return self.made_up / "claims.csv"


def command(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "fingerprint.cli.main", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def road(tmp_path_factory) -> Road:
    folder = tmp_path_factory.mktemp("road")
    sizes = [
        "--sites",
        "14",
        "--districts",
        "4",
        "--samples",
        "5",
        "6",
        "--grains",
        "12",
        "18",
        "--seed",
        "3",
    ]
    made = command("simulate", "-o", folder / "made_up", *sizes)
    assert made.returncode == 0, made.stderr
    trained = command("train", folder / "made_up" / "library", "-o", folder / "model")
    assert trained.returncode == 0, trained.stderr
    return Road(folder / "made_up", folder / "model")

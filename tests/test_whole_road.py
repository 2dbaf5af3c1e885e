"""The whole road: the demonstration, and every command that the README shows."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import fingerprint
from fingerprint.intake.shipped import shipped
from fingerprint.report.text import FOOTER

ROOT = Path(__file__).parents[1]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(fingerprint.__file__).parents[1])}


def command(words, folder):
    return subprocess.run(
        [sys.executable, "-m", "fingerprint.cli.main", *words],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )


def readme_commands():
    """Every command of the README, its continued lines joined and its comments dropped."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    words = [shlex.split(line, comments=True) for line in lines]
    return [w[1:] for w in words if w and w[0] == "fingerprint"]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A folder that looks like the root of a checkout, to run the README's commands in."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("datasets", "models"):
        (folder / name).symlink_to(shipped(name))
    return folder


def test_readme_shows_the_two_commands_first():
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert [line.split("#")[0].strip() for line in blocks[0].splitlines()] == [
        "make demo",
        "make test",
    ]


def test_readme_commands_on_made_up_data(checkout):
    commands = [w for w in readme_commands() if not any("sphalerite" in word for word in w)]
    assert {words[0] for words in commands} == {
        "import",
        "describe",
        "check",
        "library",
        "screen",
        "identify",
        "simulate",
    }
    for words in commands:
        done = command(words, checkout)
        assert done.returncode == 0, done.stderr
        # That they are made up stands in the table of samples, which import does not read.
        assert words[0] == "import" or "ade-up data" in done.stdout, words
    for name in ("assay.csv", "report.html", "verdicts.csv", "ranking.csv"):
        assert (checkout / name).is_file()


@pytest.mark.real_data
def test_readme_commands_on_public_data(checkout, datasets_folder):
    commands = [w for w in readme_commands() if any("sphalerite" in word for word in w)]
    assert [words[0] for words in commands] == ["datasets", "evaluate", "train", "model"]
    # As the README has it but brief: the figures are the business of test_real_data.
    brief = ["--scorers", "three_level,ks", "--folds", "2", "--open-groups", "2"]
    for words in commands:
        done = command([*words, *brief] if words[0] == "evaluate" else words, checkout)
        assert done.returncode == 0, done.stderr
        assert "ade-up" not in done.stdout


def test_demo(tmp_path):
    done = command(["demo", "-o", "out"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    verdicts = re.findall(r"^(PLAUSIBLE|IMPLAUSIBLE|INCONCLUSIVE): ", done.stdout, re.MULTILINE)
    assert len(verdicts) == 3
    # Which word each gets is for the policy to say; these two must not be the wrong way round.
    assert verdicts[0] != "IMPLAUSIBLE"
    assert verdicts[1] != "PLAUSIBLE"
    assert "out/report.html" in done.stdout
    page = (tmp_path / "out" / "report.html").read_text()
    assert FOOTER in page
    assert "made-up data" in page.lower()
    look_next = re.search(r"^  fingerprint (check .*)$", done.stdout, re.MULTILINE)
    again = command(shlex.split(look_next[1]), tmp_path)
    assert again.returncode == 0, again.stderr


def test_the_bundled_model_belongs_to_the_bundled_library():
    from fingerprint.bundle import load_model
    from fingerprint.library import content_hash, read_library

    model, _ = load_model(shipped("models") / "made_up")
    library = read_library(shipped("datasets") / "made_up" / "library")
    assert model.provenance.library_hash == content_hash(library.samples)
    assert model.provenance.made_up

"""`fingerprint train`, `model`, `evaluate`, `identify` and the start-up."""

import csv
import json
import shutil
import sys

import pytest

from fingerprint.cli.main import _COMMANDS
from fingerprint.library import read_library


def test_show_and_verify(run, road):
    shown = run("model", "show", road.model)
    verified = run("model", "verify", road.model)
    assert shown.status == verified.status == 0
    assert "Made-up data" in shown.out
    digest = verified.out.split()[-1]
    assert digest in shown.out


@pytest.mark.parametrize("name", ["manifest.json", "arrays.npz", "card.md", "estimator_0.skops"])
def test_one_changed_byte_is_refused_by_every_command(run, road, tmp_path, name):
    model = tmp_path / "model"
    shutil.copytree(road.model, model)
    content = bytearray((model / name).read_bytes())
    content[len(content) // 2] ^= 1
    (model / name).write_bytes(content)
    for words in (
        ("model", "verify", model),
        ("model", "show", model),
        ("check", road.controls, "--sample", "C0001", "--claim", "X", "--model", model),
        ("screen", road.controls, "--all-sites", "--model", model, "-o", tmp_path / "v.csv"),
        ("identify", road.controls, "--model", model, "-o", tmp_path / "r.csv"),
    ):
        outcome = run(*words)
        assert outcome.status == 2
        assert name in outcome.err
        assert "Traceback" not in outcome.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model"]


def test_the_same_library_and_seed_train_the_same_bytes(run, road, tmp_path):
    # The model of the fixture was trained by another process.
    assert run("train", road.made_up / "library", "-o", tmp_path / "again").status == 0
    for path in road.model.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_train_replaces_a_model_but_nothing_else(run, road, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    outcome = run("train", road.made_up / "library", "-o", tmp_path / "mine")
    assert outcome.status == 2
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--near", "county"), "no column 'county'"),
        (("--policy", "none.toml"), "none.toml"),
    ],
)
def test_train_refuses_with_one_message(run, road, tmp_path, words, message):
    outcome = run("train", road.made_up / "library", "-o", tmp_path / "m", *words)
    assert outcome.status == 2
    assert message in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_a_library_without_sites_is_refused(run, road, tmp_path):
    outcome = run("train", road.controls, "-o", tmp_path / "m")
    assert outcome.status == 2
    assert "site" in outcome.err


def test_a_policy_changes_the_verdicts(run, road, tmp_path):
    (tmp_path / "strict.toml").write_text("least_grains = 1000\n")
    library = road.made_up / "library"
    assert (
        run("train", library, "-o", tmp_path / "m", "--policy", tmp_path / "strict.toml").status
        == 0
    )
    run("screen", road.controls, "--all-sites", "--model", tmp_path / "m", "-o", tmp_path / "v.csv")
    with (tmp_path / "v.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["verdict"] for row in rows} == {"inconclusive"}
    assert {row["reasons"].split(";")[0] for row in rows} == {"too_few_grains"}


def test_evaluate_prints_and_writes_the_league(run, road, tmp_path):
    library = road.made_up / "library"
    outcome = run(
        *("evaluate", library, "-o", tmp_path / "e", "--folds", 3, "--open-groups", 2),
        *("--scorers", "three_level,ks"),
    )
    assert outcome.status == 0
    assert outcome.out.startswith("MADE-UP DATA")
    league = json.loads((tmp_path / "e" / "league.json").read_text())
    assert [row["name"] for row in league["rows"]] == ["three_level", "ks", "fusion"]
    assert (tmp_path / "e" / "league.png").read_bytes().startswith(b"\x89PNG")
    for row in league["rows"]:
        for kind in ("known", "unknown", "near"):
            assert set(row[kind]["false_acceptance"]) == {"0.01", "0.02", "0.05"}
    verdicts = league["rows"][-1]["verdicts"]
    assert set(verdicts) == {"true", "known", "unknown", "near"}
    for shares in verdicts.values():
        assert sum(share["value"] for share in shares.values()) == pytest.approx(1.0)


def test_evaluate_by_district_with_whole_sites_and_laboratories_left_out(run, road, tmp_path):
    library, out = road.made_up / "library", tmp_path / "e"
    words = ("--folds", 2, "--scorers", "ks", "--sites-from", "district", "--open-groups", 4)
    assert run("evaluate", library, "-o", out, *words).status == 0
    league = json.loads((out / "league.json").read_text())
    assert league["n_sites"] < len(read_library(library).sites)
    assert league["leave_out"] is None
    assert league["open_set"]["groups"] == 4
    assert league["open_set"]["n_sites"] > 2
    words = ("--folds", 2, "--scorers", "ks", "--leave-out", "laboratory")
    assert run("evaluate", library, "-o", out, *words).status == 0
    league = json.loads((out / "league.json").read_text())
    assert league["leave_out"] == "laboratory"
    assert league["open_set"]["groups"] == 5
    outcome = run("evaluate", library, "-o", out, "--leave-out", "planet")
    assert outcome.status == 2
    assert "no column 'planet'" in outcome.err


@pytest.mark.parametrize("scorers", ["ks,tarot", "ks,ks"])
def test_evaluate_refuses_unknown_scorers(run, road, tmp_path, scorers):
    outcome = run("evaluate", road.made_up / "library", "-o", tmp_path / "e", "--scorers", scorers)
    assert outcome.status == 2
    assert "The scorers are" in outcome.err


def test_identify_ranks_every_site_and_unknown(run, road, tmp_path):
    assert (
        run("identify", road.controls, "--model", road.model, "-o", tmp_path / "r.csv").status == 0
    )
    with (tmp_path / "r.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["sample"] == "C0001"]
    assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))
    assert sum(row["site"] == "unknown" for row in rows) == 1
    assert sum(float(row["probability"]) for row in rows) == pytest.approx(1.0)


@pytest.mark.parametrize("prior", ["0", "1", "-0.1", "2"])
def test_identify_refuses_a_prior_that_is_none(run, road, tmp_path, prior):
    outcome = run(
        "identify",
        road.controls,
        "--model",
        road.model,
        "-o",
        tmp_path / "r.csv",
        "--prior-unknown",
        prior,
    )
    assert outcome.status == 2
    assert "--prior-unknown" in outcome.err


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_has_help(run, name):
    outcome = run(name, "--help")
    assert outcome.status == 0
    assert outcome.out.startswith("Usage: ")


def test_help_imports_nothing_heavy():
    import subprocess

    code = (
        "import sys; from fingerprint.cli.main import cli; "
        "cli(['--help'], standalone_mode=False); "
        "print(sorted({'numpy', 'pandas', 'sklearn', 'matplotlib', 'rich'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("option", [("--seed", -1), ("--jobs", 0)])
@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_seeds_and_cores_that_are_none_are_refused(run, road, tmp_path, command, option):
    outcome = run(command, road.made_up / "library", "-o", tmp_path / "x", *option)
    assert outcome.status == 2
    assert option[0] in outcome.err
    assert not (tmp_path / "x").exists()

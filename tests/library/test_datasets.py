"""Recipes of public data: files, hashes, and what is built from them."""

import hashlib
import socket
from pathlib import Path

import numpy as np
import pytest

from fingerprint.errors import InputError
from fingerprint.intake import read_assay
from fingerprint.intake.shipped import shipped
from fingerprint.library import content_hash, read_library
from fingerprint.library.datasets import build, load_recipe, recipe, recipes

RAW = "Bag,Mine,Ta\n1,X,5\n2,Y,7\n"
SPHALERITE = ("Mn", "Fe", "Co", "Cu", "Ga", "Ge", "Ag", "Cd", "In", "Sn", "Sb", "Pb")
CASSITERITE = ("Si", "Na", "Al", "Ca", "Nb", "W", "Ta", "Ti", "Mn", "Fe", "Zr")
RECIPE = """
name = "tiny"
title = "A tiny data set"
licence = "CC0"
citation = "Nobody 2024"

[[files]]
name = "raw.csv"
address = "https://localhost:9/raw.csv"
sha256 = "{sha256}"

[[tables]]
kind = "assay"
files = ["raw.csv"]

[tables.profile]
sample = "{{Bag}}"
facts = {{ site = "Mine" }}
analytes = [{{ columns = ["Ta"] }}]
"""


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(RECIPE.format(sha256=hashlib.sha256(RAW.encode()).hexdigest()))
    return load_recipe(path)


@pytest.fixture
def raw(tmp_path, monkeypatch) -> Path:
    (tmp_path / "raw" / "tiny").mkdir(parents=True)
    monkeypatch.setenv("FINGERPRINT_DATASETS", str(tmp_path / "raw"))
    path = tmp_path / "raw" / "tiny" / "raw.csv"
    path.write_text(RAW)
    return path


def test_shipped_recipes_are_sound():
    names = [r.name for r in recipes()]
    assert {"sphalerite_laicpms", "cassiterite_epma"} <= set(names)
    assert all(r.name == p.stem for r, p in zip(recipes(), _files(), strict=True))


def _files():
    return sorted(shipped("datasets").glob("*.toml"))


def test_an_incomplete_installation_is_the_programs_fault(monkeypatch, tmp_path):
    monkeypatch.setattr("fingerprint.intake.shipped._PACKAGE", tmp_path / "a" / "b")
    with pytest.raises(FileNotFoundError, match="install fingerprint anew"):
        shipped("models")


def test_an_unknown_data_set_is_refused_with_the_known_ones():
    with pytest.raises(InputError, match=r"no data set 'gold'.*sphalerite_laicpms"):
        recipe("gold")


@pytest.mark.parametrize("output", ["library", "library.csv", "library.xlsx", "library.parquet"])
def test_build_from_raw_files_at_hand(tiny, raw, tmp_path, output):
    built = build(tiny, tmp_path / output)
    assert built.fact("site").tolist() == ["X", "Y"]
    assert content_hash(read_library(tmp_path / output).samples) == content_hash(built)
    assert (tmp_path / output / "assay.parquet").is_file() or output != "library"


def test_an_altered_file_is_refused(tiny, raw, tmp_path):
    raw.write_text(RAW + "3,Z,9\n")
    with pytest.raises(InputError) as raised:
        build(tiny, tmp_path / "library")
    got = hashlib.sha256(raw.read_bytes()).hexdigest()
    assert f"expected {tiny.files[0].sha256}, got {got}" in str(raised.value)
    assert "fetch it again from https://localhost:9/raw.csv" in str(raised.value)
    assert str(raw) in str(raised.value)
    assert not (tmp_path / "library").exists()


def test_a_missing_raw_file_is_refused(tiny, raw, tmp_path):
    raw.unlink()
    with pytest.raises(InputError, match=r"raw\.csv: the raw file cannot be read"):
        build(tiny, tmp_path / "library")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.delenv("FINGERPRINT_DATASETS", raising=False)
    monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path / "cache")
    return tmp_path / "cache"


def test_no_network_is_one_message_and_nothing_half_written(tiny, cache, tmp_path, monkeypatch):
    def no_network(*args, **options):
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    with pytest.raises(InputError) as raised:
        build(tiny, tmp_path / "library")
    assert str(raised.value).startswith(
        "https://localhost:9/raw.csv: the name localhost is not fou"
    )
    assert "$FINGERPRINT_DATASETS/tiny/raw.csv" in str(raised.value)
    assert not (tmp_path / "library").exists()
    assert not [p for p in cache.rglob("*") if p.is_file()]


@pytest.mark.real_data
def test_sphalerite(datasets_folder, tmp_path):
    built = build(recipe("sphalerite_laicpms"), tmp_path / "library")
    assert (len(set(built.fact("site"))), len(built), built.assay.n_grains) == (96, 437, 3794)
    assert sorted(built.assay.keys) == sorted(SPHALERITE)
    assert {a.quantity for a in built.assay.analytes} == {"ppm"}
    assert built.assay.measured.all()
    assert built.assay.censored.sum() == 5
    sites = dict(zip(built.ids, built.fact("site"), strict=True))
    assert sites["Baia de Aries/1"] == "Baia de Aries"
    assert "Fankou/FKZ5-(2)" in sites
    assert "Danaopo/DNP-1-04SP" in sites
    first = built.assay.values[built.assay.fact("grain") == "1"][0]
    assert first.tolist() == [8073, 8175, 0.01, 4330, 8.9, 0.87, 7.35, 4226, 135, 5.9, 1.37, 1.83]
    assert {"Liu, 2019"} == {r for r in built.assay.fact("reference") if r.startswith("Liu, 2019")}
    assert set(built.fact("type")) == {"Epithermal", "MVT", "Skarn", "VMS", "SEDEX"}


@pytest.mark.real_data
def test_cassiterite(datasets_folder, tmp_path):
    built = build(recipe("cassiterite_epma"), tmp_path / "library.csv")
    assert (len(set(built.fact("site"))), len(built), built.assay.n_grains) == (18, 35, 4751)
    assert sorted(built.assay.keys) == sorted(CASSITERITE)
    assay = built.assay
    column = dict(zip(assay.keys, range(len(assay.keys)), strict=True))
    # Zeros of the file: below detection. Blank: not measured.
    assert assay.censored[:, column["Ti"]].sum() == 1296
    assert assay.censored[:, column["Fe"]].sum() == 282
    assert (~assay.measured[:, column["Ca"]]).sum() == 4446
    assert (~assay.measured[:, column["Nb"]]).sum() == 0
    titanium = assay.values[:, column["Ti"]]
    assert titanium.max() == pytest.approx(12595.6)
    assert not [name for name in built.ids if "(continued)" in name]
    assert {"Blue Tier/continued", "Elsmore/continued"} <= set(built.ids)
    assert "Brasil" in set(built.fact("state"))
    np.testing.assert_array_equal(read_assay(tmp_path / "library.csv").values, assay.values)

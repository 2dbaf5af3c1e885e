"""Every table of both sides stands in the library that they join to."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from builders import assay_of, gaussian
from fingerprint.errors import InputError
from fingerprint.health import add_samples, check_library
from fingerprint.health.joining import joined_materials, joined_samples
from fingerprint.intake import read_samples, write_samples
from fingerprint.library import Library, content_hash, read_library
from fingerprint.tables import Ages, Mineralogy, SampleSet


def texts(*names):
    return np.array(names, dtype=object)


def standards(n=4, session="1", start=0.0, elements=("Ta", "Nb")):
    values = 100 + start + np.arange(n)[:, None] + np.zeros((n, len(elements)))
    return assay_of(values, ["glass"] * n, elements=elements, material=["G"] * n,
                    session=[session] * n)  # fmt: skip


def samples(names, sites, *, assay=True, ages=None, minerals=None, mineralogy=None, materials=None):
    facts = pd.DataFrame({"sample": list(names), "site": list(sites)})
    grains = assay_of(np.arange(1.0, 1 + 2 * len(names)).reshape(-1, 2), names) if assay else None
    if ages is not None:
        given = None if minerals is None else texts(*minerals)
        ages = Ages(texts(*names), np.array(ages, dtype=float), np.ones(len(names)), given)
    if mineralogy is not None:
        mineralogy = Mineralogy(texts(*names), ("m",), "pct", np.array(mineralogy)[:, None])
    made = SampleSet.from_tables(grains, mineralogy, ages, facts)
    return replace(made, reference_materials=materials)


def aged(names, sites, ages, minerals=None):
    return samples(names, sites, assay=False, ages=ages, minerals=minerals)


def added(path, offered):
    folder = path.with_name("offered")
    write_samples(offered, folder)
    return add_samples(path, folder, by="me").entry


def test_reference_materials_of_both_sides_are_kept_in_their_order():
    one = samples("ab", "AB", materials=standards(4, "1"))
    other = samples("cd", "AB", materials=standards(3, "2", elements=("Ta", "W")))
    found = joined_samples(one, other).reference_materials
    assert found.fact("session").tolist() == ["1"] * 4 + ["2"] * 3
    assert found.keys == ("Ta", "Nb", "W")
    assert found.values[:, 0].tolist() == [100, 101, 102, 103, 100, 101, 102]
    assert np.isnan(found.values[4:, 1]).all()


@pytest.mark.parametrize("first", [True, False])
def test_reference_materials_of_one_side_are_kept(first):
    pair = [samples("ab", "AB", materials=standards()), samples("cd", "AB")]
    found = joined_samples(*(pair if first else pair[::-1])).reference_materials
    assert found.n_grains == 4
    assert joined_samples(samples("ab", "AB"), samples("cd", "AB")).reference_materials is None


def test_a_session_handed_in_with_two_batches_is_counted_once():
    one = samples("ab", "AB", materials=standards(4))
    other = samples("cd", "AB", materials=standards(6))
    assert joined_materials(one, other).values[:, 0].tolist() == [100, 101, 102, 103, 104, 105]


def test_equal_measurements_within_one_side_are_each_their_own():
    twice = standards(2).take(np.array([0, 0, 1]))
    one = samples("ab", "AB", materials=twice)
    other = samples("cd", "AB", materials=standards(1, "2"))
    assert joined_materials(one, other).n_grains == 4


def test_minerals_of_ages_are_kept_and_blank_where_one_side_has_none():
    plain, named = aged("ab", "AB", [10, 20]), aged("cd", "AB", [30, 40], ["zircon", "rutile"])
    assert joined_samples(plain, named).ages.minerals.tolist() == ["", "", "zircon", "rutile"]
    assert joined_samples(named, plain).ages.minerals.tolist() == ["zircon", "rutile", "", ""]
    assert joined_samples(plain, aged("cd", "AB", [30, 40])).ages.minerals is None


@pytest.mark.parametrize("extension", [".csv", ".parquet", ".xlsx"])
def test_a_library_of_ages_takes_more_and_keeps_its_format(tmp_path, extension):
    path = tmp_path / "lib"
    write_samples(aged("ab", "AB", [10, 20], ["zircon"] * 2), path, extension)
    entry = added(path, aged("cd", "AB", [30, 40], ["rutile"] * 2))
    assert sorted(p.name for p in path.iterdir()) == [
        f"ages{extension}", "history.jsonl", f"samples{extension}",
    ]  # fmt: skip
    found = read_samples(path)
    assert found.fact("site").tolist() == list("ABAB")
    ages = found.ages
    assert sorted(zip(ages.samples, ages.ages_ma, ages.minerals, strict=True)) == [
        ("a", 10, "zircon"), ("b", 20, "zircon"), ("c", 30, "rutile"), ("d", 40, "rutile"),
    ]  # fmt: skip
    assert entry.content_after == content_hash(found)


def test_samples_with_an_assay_join_a_library_of_mineralogy(tmp_path):
    path = tmp_path / "lib"
    write_samples(samples("ab", "AB", assay=False, mineralogy=[60.0, 40.0]), path, ".csv")
    added(path, samples("cd", "AB"))
    found = read_samples(path)
    assert (path / "assay.csv").exists()
    assert found.n_grains.tolist() == [0, 0, 1, 1]
    assert found.mineralogy.abundances[:, 0].tolist() == [60.0, 40.0]


def test_samples_with_ages_alone_join_a_library_of_assays(tmp_path):
    whole = gaussian(6, 4, 8)
    path = tmp_path / "lib"
    write_samples(whole.samples, path, ".csv")
    site = str(whole.sites[0])
    added(path, aged(["new"], [site], [100.0]))
    found = read_library(path)
    assert found.samples.assay.n_grains == whole.samples.assay.n_grains
    row = found.samples.ids.tolist().index("new")
    assert (found.samples.n_grains[row], found.samples.fact("site")[row]) == (0, site)
    told = [f.sentence for f in check_library(found).findings if f.kind == "not_tested"]
    assert any("1 sample without a grain" in sentence for sentence in told)
    assert any("The ages of the samples were not looked at" in sentence for sentence in told)


def test_a_library_of_one_file_refuses_what_it_cannot_hold(tmp_path):
    path = tmp_path / "lib.csv"
    write_samples(gaussian(6, 4, 8).samples, path)
    before = path.read_bytes()
    site = str(read_library(path).sites[0])
    with pytest.raises(InputError, match="have ages, and a library of one file") as caught:
        added(path, aged(["new"], [site], [100.0]))
    assert caught.value.file == path
    assert path.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["lib.csv", "offered"]


def test_reference_materials_are_stored_with_the_library(tmp_path):
    whole = gaussian(6, 4, 8)
    path = tmp_path / "lib.csv"
    write_samples(replace(whole.samples, reference_materials=standards(3, "1")), path)
    site = str(whole.sites[0])
    offered = samples(["new"], [site], materials=standards(5, "2"))
    added(path, offered)
    found = read_library(path).samples.reference_materials
    assert found.fact("session").tolist() == ["1"] * 3 + ["2"] * 5
    assert content_hash(read_samples(path)) == content_hash(Library(read_samples(path)).samples)

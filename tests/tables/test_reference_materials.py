"""Reference materials stand apart from the grains, and come back when written."""

from dataclasses import replace

import numpy as np
import pytest

from builders import assay_of
from fingerprint.errors import InputError
from fingerprint.intake import read_samples, write_samples
from fingerprint.library import Library, content_hash, describe
from fingerprint.tables import SampleSet
from fingerprint.tables.reference_materials import material_key, moment

N = 6


def grains(**facts):
    rng = np.random.default_rng(1)
    samples = [s for s in ("a", "b", "c") for _ in range(N // 3)]
    named = {"site": ["X", "X", "Y", "Y", "Y", "Y"], "session": ["1"] * N, **facts}
    return assay_of(rng.uniform(1, 9, (N, 3)), samples, limits=0.5, **named)


def mixed(role="reference_material", material="NIST 610", **facts):
    """The same grains with a reference material after each; Ti was measured in those only."""
    plain = grains()
    values = np.full((2 * N, 4), np.nan)
    values[::2, :3] = plain.values
    values[1::2] = 400.0 + np.arange(4 * N).reshape(N, 4)
    sample, site, session, roles, name = (np.full(2 * N, "", object) for _ in range(5))
    sample[::2], sample[1::2] = plain.fact("sample"), "glass"
    site[::2], session[:] = plain.fact("site"), "1"
    roles[1::2], name[1::2] = role, material
    limits = np.where(np.isfinite(values), 0.5, np.nan)
    more = {key: np.where(np.arange(2 * N) % 2, text, "") for key, text in facts.items()}
    given = {"role": roles, "material": name, "session": session, **more}
    given = {key: texts.tolist() for key, texts in given.items()}
    return assay_of(values, sample, elements=("Ta", "Nb", "Sn", "Ti"), limits=limits,
                    site=site.tolist(), **given)  # fmt: skip


def test_the_grains_are_what_they_are_without_reference_materials():
    alone, together = SampleSet.from_tables(grains()), SampleSet.from_tables(mixed())
    assert content_hash(replace(together, reference_materials=None)) == content_hash(alone)
    assert content_hash(together) != content_hash(alone)
    assert describe(together).n_samples == describe(alone).n_samples == 3
    assert describe(together).n_grains == N


def test_reference_materials_keep_the_order_of_the_file_and_are_kept_whole():
    samples = SampleSet.from_tables(mixed())
    materials = samples.reference_materials
    assert materials.values[:, 3].tolist() == [403.0 + 4 * i for i in range(N)]
    assert materials.keys == ("Ta", "Nb", "Sn", "Ti")
    assert set(materials.facts) == {"sample", "session", "material"}
    assert samples.take(np.array([1])).reference_materials is materials
    assert samples.with_analytes(np.array([2, 0])).reference_materials.keys == ("Sn", "Ta")
    assert Library(samples).take(np.array([0, 1, 2])).samples.reference_materials is materials


@pytest.mark.parametrize("name", ["folder", "one.csv", "one.xlsx", "one.parquet"])
def test_written_and_read_again(tmp_path, name):
    samples = SampleSet.from_tables(mixed(measured_at="2026-03-01T10:00"))
    write_samples(samples, tmp_path / name)
    again = read_samples(tmp_path / name)
    assert content_hash(again) == content_hash(samples)
    assert again.reference_materials.fact("material").tolist() == ["NIST 610"] * N


def test_the_role_sample_is_a_grain():
    samples = SampleSet.from_tables(grains(role=["sample", "", *["sample"] * (N - 2)]))
    assert samples.reference_materials is None
    assert samples.assay.n_grains == N


@pytest.mark.parametrize(
    ("changes", "column", "message"),
    [
        ({"role": "reference material"}, "role", "'reference material' is no role"),
        ({"role": "Reference_Material"}, "role", "is no role"),
        ({"material": ""}, "material", "blank cell"),
        ({"measured_at": "1 March"}, "measured_at", "'1 March' is no date"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_row(changes, column, message):
    with pytest.raises(InputError, match=message) as refused:
        SampleSet.from_tables(mixed(**changes))
    assert (refused.value.row, refused.value.column) == (1, column)


def test_a_clash_between_grains_is_placed_in_the_file_as_it_stands():
    whole = mixed()
    site = whole.fact("site").copy()
    site[2] = "Z"
    with pytest.raises(InputError, match="two sites") as refused:
        SampleSet.from_tables(replace(whole, facts=whole.facts.assign(site=site)))
    assert refused.value.row == 2


def test_reference_materials_alone_are_no_samples():
    with pytest.raises(InputError, match="every row is a reference material"):
        SampleSet.from_tables(mixed().take(np.arange(1, 2 * N, 2)))


def test_spellings_of_a_material_and_of_a_moment():
    same = ("NIST610", "nist 610", "NIST-610", "NIST SRM 610", "SRM 610", "nist_610")
    assert {material_key(name) for name in same} == {"nist610"}
    assert material_key("NIST 612") != material_key("NIST 610")
    assert material_key("BCR-2G") == material_key("bcr 2g")
    assert moment("2026-03-01T10:00:00+01:00") == moment("2026-03-01T09:00:00Z")
    assert moment("2026-03-01 09:00") == moment("2026-03-01T09:00:00.000000000")
    assert moment("noon") is None

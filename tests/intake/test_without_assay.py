"""Samples of which only ages or mineralogy are given."""

import numpy as np
import pandas as pd
import pytest

from fingerprint.errors import InputError
from fingerprint.intake import read_samples, write_samples
from fingerprint.judgement import train
from fingerprint.library import Library, content_hash, describe, read_library
from fingerprint.tables import Ages, Assay, SampleSet


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "library"
    path.mkdir()
    (path / "ages.csv").write_text(
        "sample,age_ma,age_2se,mineral\nA,100,2,zircon\nA,50,,apatite\nB,30,1,\nC,20,1,zircon\n"
    )
    (path / "samples.csv").write_text("sample,site\nA,X\nB,X\nC,Y\n")
    return path


def test_a_folder_with_only_ages(folder):
    library = read_library(folder)
    assert library.sites.tolist() == ["X", "Y"]
    assert library.samples.n_grains.tolist() == [0, 0, 0]
    assert library.samples.ages.minerals.tolist() == ["zircon", "apatite", "", "zircon"]
    np.testing.assert_array_equal(library.samples.ages.standard_errors_ma, [1, np.nan, 0.5, 0.5])
    described = describe(library.samples)
    assert (described.n_samples, described.n_grains, described.n_ages) == (3, 0, 4)
    assert described.analytes == ()


def test_it_is_written_and_read_again(folder, tmp_path):
    samples = read_samples(folder)
    write_samples(samples, tmp_path / "again")
    assert sorted(p.name for p in (tmp_path / "again").iterdir()) == [
        "ages.parquet",
        "samples.parquet",
    ]
    assert content_hash(read_samples(tmp_path / "again")) == content_hash(samples)


def test_a_folder_with_only_mineralogy(tmp_path):
    (tmp_path / "mineralogy.csv").write_text("sample,quartz_pct\nA,60\n")
    assert read_samples(tmp_path).mineralogy.minerals == ("quartz",)


def test_a_folder_with_only_facts_is_refused(tmp_path):
    (tmp_path / "samples.csv").write_text("sample,site\nA,X\n")
    with pytest.raises(InputError, match="no assay, no mineralogy and no ages"):
        read_samples(tmp_path)


def test_a_clash_with_the_table_of_samples_is_placed(folder):
    (folder / "samples.csv").write_text("sample,site\nA,X\nA,Y\n")
    with pytest.raises(InputError, match=r"samples\.csv, row 3, column sample: .*stands twice"):
        read_samples(folder)


def test_training_says_what_is_missing(folder):
    with pytest.raises(InputError, match=r"the library has no assay.*Add an assay"):
        train(read_library(folder))


def test_some_of_the_samples(folder):
    library = read_library(folder)
    part = SampleSet.take(library.samples, np.array([0, 2]))
    assert part.ages.minerals.tolist() == ["zircon", "apatite", "zircon"]
    assert Library(part).sites.tolist() == ["X", "Y"]


def test_the_hash_tells_minerals_apart_only_where_they_are_given():
    def hashed(minerals):
        ages = Ages(
            np.array(["A", "B"], dtype=object),
            np.array([10.0, 20.0]),
            np.array([1.0, 1.0]),
            None if minerals is None else np.array(minerals, dtype=object),
        )
        return content_hash(SampleSet.from_tables(None, None, ages))

    assert len({hashed(None), hashed(["zircon", ""]), hashed(["", "zircon"])}) == 3


def test_grains_need_analytes():
    with pytest.raises(InputError, match="there is no analyte"):
        Assay(
            pd.DataFrame({"sample": ["A"]}),
            (),
            np.empty((1, 0)),
            np.empty((1, 0)),
            np.empty((1, 0), dtype=bool),
        )


def test_no_samples_at_all():
    with pytest.raises(InputError, match="there are no samples"):
        SampleSet.from_tables(None)

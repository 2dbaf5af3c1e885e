"""The reference library with another fact in the place of the sites."""

import numpy as np
import pytest

from builders import library_of
from fingerprint.errors import InputError


def library(districts):
    samples = [f"s{i}" for i in range(len(districts))]
    values = np.arange(1.0, len(districts) + 1)
    return library_of(values, samples, ["A", "B"] * (len(districts) // 2), district=districts)


def test_districts_as_sites():
    whole = library(["north", "north", "south", "", "north; south", "south"])
    districts = whole.with_sites_from("district")
    assert districts.sites.tolist() == ["north", "south"]
    # Samples without a district, or with two, drop out; the others stay whole.
    assert districts.samples.ids.tolist() == ["s0", "s1", "s2", "s5"]
    assert districts.n_reference.tolist() == [2, 2]
    assert districts.samples.assay.values[:, 0].tolist() == [1.0, 2.0, 3.0, 6.0]
    assert whole.sites.tolist() == ["A", "B"]


@pytest.mark.parametrize(
    ("districts", "column", "what"),
    [
        (["north", "south"], "mine", "no column 'mine'"),
        (["", ""], "district", "no sample of the library has one value"),
        (["north", "north"], "district", "only one site"),
    ],
)
def test_what_gives_no_sites_is_refused(districts, column, what):
    with pytest.raises(InputError, match=what):
        library(districts).with_sites_from(column)

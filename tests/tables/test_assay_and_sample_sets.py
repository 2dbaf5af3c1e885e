"""Tables are checked at birth, and a set of samples does not depend on the order of rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import assay_of, library_of, rows_of, samples_of
from fingerprint.chemistry import Analyte
from fingerprint.errors import InputError
from fingerprint.library import Library, content_hash
from fingerprint.tables import Ages, Assay, Mineralogy, SampleSet

NAN = np.nan


def texts(*names):
    return np.array(names, dtype=object)


def raw_assay(**changes):
    whole = {
        "facts": pd.DataFrame({"sample": ["a", "a"]}, dtype=object),
        "analytes": (Analyte("Ta", "ppm"), Analyte("Nb", "ppm")),
        "values": np.array([[1.0, 2.0], [3.0, NAN]]),
        "limits": np.array([[NAN, 2.0], [0.5, NAN]]),
        "censored": np.array([[False, True], [False, False]]),
    }
    return Assay(**{**whole, **changes})


def test_a_sound_assay_is_accepted():
    assay = raw_assay()
    assert assay.n_grains == 2
    assert assay.keys == ("Ta", "Nb")
    assert assay.measured.tolist() == [[True, True], [True, False]]


@pytest.mark.parametrize(
    ("changes", "message", "row", "column"),
    [
        ({"facts": pd.DataFrame({"bag": ["a", "a"]})}, "no column 'sample'", None, None),
        ({"analytes": ()}, "no analyte", None, None),
        (
            {"analytes": (Analyte("Ti", "ppm", 47), Analyte("Ti", "ppm", 49))},
            "two columns for one analyte, Ti",
            None,
            None,
        ),
        (
            {"facts": pd.DataFrame({"sample": ["a", ""]}, dtype=object)},
            "sample is blank",
            1,
            "sample",
        ),
        ({"values": np.array([[1.0, 2.0], [0.0, NAN]])}, "zero or negative", 1, "Ta_ppm"),
        ({"values": np.array([[-1.0, 2.0], [3.0, NAN]])}, "zero or negative", 0, "Ta_ppm"),
        ({"values": np.array([[np.inf, 2.0], [3.0, NAN]])}, "infinite", 0, "Ta_ppm"),
        ({"limits": np.array([[NAN, NAN], [0.5, NAN]])}, "limit is not given", 0, "Nb_ppm"),
        ({"limits": np.array([[NAN, 2.0], [0.0, NAN]])}, "limit is zero", 1, "Ta_ppm"),
    ],
)
def test_every_fault_of_an_assay_is_named_with_its_place(changes, message, row, column):
    with pytest.raises(InputError, match=message) as refused:
        raw_assay(**changes)
    assert (refused.value.row, refused.value.column) == (row, column)


def test_a_logarithm_may_be_negative_and_a_limit_of_it_too():
    assay = raw_assay(
        analytes=(Analyte("Ta", "log10"), Analyte("Nb", "log10")),
        values=np.array([[-1.0, -2.0], [0.0, NAN]]),
        limits=np.array([[NAN, -2.0], [NAN, NAN]]),
    )
    assert assay.keys == ("Ta_log10", "Nb_log10")


@pytest.mark.parametrize(
    "changes",
    [
        {"values": np.ones((3, 2))},
        {"values": np.array([[1.0, 1.5], [3.0, NAN]])},  # censored, but not at its limit
        {"standard_errors": np.ones((2, 3))},
    ],
)
def test_a_programming_error_is_no_input_error(changes):
    with pytest.raises(ValueError):  # noqa: PT011
        raw_assay(**changes)


def test_what_an_assay_holds_cannot_be_written_to():
    assay = raw_assay(standard_errors=np.ones((2, 2)))
    for array in (assay.values, assay.limits, assay.censored, assay.standard_errors):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 0
    samples = samples_of([1.0, 2.0], ["a", "b"])
    for array in (samples.n_grains, samples.grain_sample, samples.assay.values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    library = library_of([1.0, 2.0], ["a", "b"], ["x", "y"])
    for array in (library.sites, library.sample_site, library.n_reference):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = array[1]


cells = st.sampled_from([0.5, 1.0, 2.0, 3.5])
grains = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        cells,
        cells,
        st.booleans(),
        cells,
        cells,
        st.sampled_from(["", "L1", "L2"]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(grains, st.randoms(use_true_random=False))
def test_the_order_of_rows_leaves_no_trace(rows, random):
    def read(rows):
        sample, x, y, is_censored, limit, error, laboratory = zip(*rows, strict=True)
        censored = np.column_stack([is_censored, np.zeros(len(rows), bool)])
        limits = np.column_stack([limit, limit])
        return samples_of(
            np.column_stack([x, y]),
            sample,
            limits=limits,
            censored=censored,
            standard_errors=np.column_stack([error, error]),
            laboratory=list(laboratory),
        )

    shuffled = list(rows)
    random.shuffle(shuffled)
    one, other = read(rows), read(shuffled)
    assert content_hash(one) == content_hash(other)
    np.testing.assert_array_equal(one.assay.values, other.assay.values)
    np.testing.assert_array_equal(one.assay.limits, other.assay.limits)
    np.testing.assert_array_equal(one.assay.censored, other.assay.censored)
    np.testing.assert_array_equal(one.assay.standard_errors, other.assay.standard_errors)
    np.testing.assert_array_equal(one.grain_sample, other.grain_sample)
    pd.testing.assert_frame_equal(one.facts, other.facts)


def test_the_hash_sees_every_kind_of_change():
    base = {"limits": [[0.1], [0.1], [0.1]], "laboratory": ["L", "L", "L"]}
    values, names = [1.0, 2.0, 3.0], ["a", "a", "b"]
    versions = [
        samples_of(values, names, **base),
        samples_of([1.0, 2.0, 3.0000000001], names, **base),
        samples_of(values, ["a", "b", "b"], **base),
        samples_of(values, names, **{**base, "limits": [[0.1], [0.1], [0.2]]}),
        samples_of(values, names, **{**base, "laboratory": ["L", "L", "M"]}),
        samples_of(values, names, **base, elements=("Nb",)),
        samples_of(values, names, **base, standard_errors=np.full((3, 1), 0.1)),
        samples_of([0.1, 2.0, 3.0], names, **base),
        samples_of([0.1, 2.0, 3.0], names, **base, censored=[[True], [False], [False]]),
    ]
    assert len({content_hash(v) for v in versions}) == len(versions)


def test_the_order_of_columns_leaves_no_trace_in_the_hash():
    values = np.array([[1.0, 5.0], [2.0, 4.0], [2.0, 3.0]])
    one = samples_of(values, ["a", "a", "a"], elements=("Ta", "Nb"))
    other = samples_of(values[:, ::-1], ["a", "a", "a"], elements=("Nb", "Ta"))
    assert content_hash(one) == content_hash(other)


@pytest.mark.parametrize("fact", ["site", "district", "country"])
def test_a_sample_of_two_sites_is_refused_by_name(fact):
    with pytest.raises(InputError, match=f"'b' has two {fact}s, 'x' and 'y'") as refused:
        samples_of([1, 2, 3, 4.0], ["a", "b", "b", "b"], **{fact: ["q", "x", "", "y"]})
    assert (refused.value.row, refused.value.column) == (3, fact)


def test_a_site_given_for_one_grain_counts_for_the_sample():
    samples = samples_of([1, 2, 3.0], ["a", "a", "b"], site=["", "x", "y"])
    assert samples.fact("site").tolist() == ["x", "y"]
    assert samples.fact("nowhere").tolist() == ["", ""]


def test_the_table_of_samples_must_not_contradict_the_assay():
    assay = assay_of([1.0], ["a"], site=["x"])
    with pytest.raises(InputError, match="'x' in the assay and 'y' in the table of samples"):
        SampleSet.from_tables(
            assay, sample_facts=pd.DataFrame({"sample": ["a"], "site": ["y"]}, dtype=object)
        )
    joined = SampleSet.from_tables(
        assay, sample_facts=pd.DataFrame({"sample": ["a"], "lot": ["7"]}, dtype=object)
    )
    assert (joined.fact("site")[0], joined.fact("lot")[0]) == ("x", "7")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=20), st.data())
def test_taking_samples_takes_them_whole(names, data):
    samples = samples_of(np.arange(1.0, len(names) + 1), names)
    chosen = np.array(
        data.draw(st.lists(st.booleans(), min_size=len(samples), max_size=len(samples)))
    )
    if not chosen.any():
        return
    taken = samples.take(chosen)
    assert taken.ids.tolist() == samples.ids[chosen].tolist()
    by_index = samples.take(np.flatnonzero(chosen))
    assert content_hash(taken) == content_hash(by_index)
    for i, sample in enumerate(taken.ids):
        first, last = taken.bounds[i : i + 2]
        expected = sorted(v for v, n in enumerate(names, start=1) if n == sample)
        assert sorted(taken.assay.values[first:last, 0]) == expected
        assert taken.n_grains[i] == names.count(sample)


def test_fewer_analytes_keep_every_sample_and_their_cells():
    cells = [[1, 2, 3], [4, 5, 6], [7, 8, 9.0]]
    samples = samples_of(cells, ["b", "a", "b"])
    fewer = samples.with_analytes(np.array([2, 0]))
    assert fewer.assay.keys == ("Sn", "Ta")
    assert fewer.assay.values[0].tolist() == [6, 4]
    assert sorted(fewer.assay.values[1:].tolist()) == [[3, 1], [9, 7]]
    assert fewer.ids.tolist() == samples.ids.tolist()
    assert fewer.n_grains.tolist() == [1, 2]


def test_all_three_tables_go_by_sample():
    assay = assay_of([1.0, 2.0], ["a", "b"])
    minerals = Mineralogy(texts("b", "c"), ("quartz",), "count", np.array([[3.0], [4.0]]))
    ages = Ages(texts("c", "a", "c"), np.array([1.0, 2.0, 3.0]), np.full(3, 0.1))
    samples = SampleSet.from_tables(assay, minerals, ages)
    assert samples.ids.tolist() == ["a", "b", "c"]
    assert samples.n_grains.tolist() == [1, 1, 0]
    taken = samples.take(np.array([0, 2]))
    assert taken.mineralogy.samples.tolist() == ["c"]
    assert sorted(taken.ages.ages_ma) == [1.0, 2.0, 3.0]
    assert samples.take(np.array([1])).ages.ages_ma.size == 0
    grainless = samples.take(np.array([2]))
    assert grainless.n_grains.tolist() == [0]
    assert grainless.assay.keys == ("Ta",)
    assert content_hash(grainless) != content_hash(samples)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Ages(texts("a"), np.array([0.0]), np.ones(1)), "zero or negative"),
        (lambda: Ages(texts("a"), np.array([1.0]), np.array([-1.0])), "zero or negative"),
        (lambda: Ages(texts("a"), np.array([NAN]), np.ones(1)), "blank"),
        (lambda: Mineralogy(texts("a", "a"), ("q",), "pct", np.ones((2, 1))), "stands twice"),
        (lambda: Mineralogy(texts("a"), ("q", "q"), "pct", np.ones((1, 2))), "stands twice"),
        (lambda: Mineralogy(texts("a"), ("q",), "pct", -np.ones((1, 1))), "negative"),
    ],
)
def test_ages_and_mineralogy_are_checked_at_birth(make, message):
    with pytest.raises(InputError, match=message):
        make()


def test_a_library_needs_a_site_for_each_sample_and_two_in_all():
    with pytest.raises(InputError, match="'b' has no site"):
        library_of([1.0, 2.0], ["a", "b"], ["x", ""])
    with pytest.raises(InputError, match="only one site"):
        library_of([1.0, 2.0], ["a", "b"], ["x", "x"])
    library = library_of([1, 2, 3, 4.0], ["a", "b", "c", "c"], ["y", "x", "y", "y"])
    assert library.sites.tolist() == ["x", "y"]
    assert library.n_reference.tolist() == [1, 2]
    assert library.grain_site.tolist() == [1, 0, 1, 1]


def test_shuffled_rows_are_the_same_library():
    library = library_of([4, 3, 2, 1.0], ["a", "b", "b", "c"], ["x", "y", "y", "x"])
    again = Library(rows_of(library.samples, [3, 1, 0, 2]))
    assert content_hash(again.samples) == content_hash(library.samples)
    assert again.grain_site.tolist() == library.grain_site.tolist()

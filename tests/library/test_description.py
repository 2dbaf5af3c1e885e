"""What a description counts, checked on tables small enough to count by hand."""

import numpy as np
import pandas as pd
import pytest

from fingerprint.intake import read_samples
from fingerprint.library import describe
from fingerprint.tables import Ages, Mineralogy, SampleSet


@pytest.fixture
def described(tmp_path):
    def describe_text(text):
        (tmp_path / "a.csv").write_text(text)
        return describe(read_samples(tmp_path / "a.csv"))

    return describe_text


TABLE = """sample,site,district,laboratory,Ta_ppm,Ta_lod,Nb_ppm
A,X,D,L1,1,0.1,5
A,X,D,L1,<0.1,,6
A,X,D,L1,2,0.3,
B,Y,D,L2,1,2,5
C,Y,E,L2,<2,,5
C,Y,E,L2,,,
D,,,L2,9,4,7
"""


def test_counts_and_shares(described):
    description = described(TABLE)
    assert (description.n_sites, description.n_samples, description.n_grains) == (2, 4, 7)
    assert description.grains_a_sample == (1, 1.5, 3)
    assert description.sites_with_one_sample == ("X",)
    assert description.samples_without_site == 1
    tantalum, niobium = description.analytes
    assert tantalum.column == "Ta_ppm"
    assert tantalum.censored == pytest.approx(3 / 7)
    assert tantalum.not_measured == pytest.approx(1 / 7)
    assert niobium.censored == 0
    assert niobium.not_measured == pytest.approx(2 / 7)


def test_limits_by_laboratory(described):
    limits = described(TABLE).limits
    assert [(r.laboratory, r.column, r.lowest, r.median, r.highest) for r in limits] == [
        ("L1", "Ta_ppm", 0.1, 0.1, 0.3),
        ("L2", "Ta_ppm", 2.0, 2.0, 4.0),
    ]


def test_duplicates_of_grains_and_samples(described):
    description = described(
        "sample,Ta_ppm,Nb_ppm,Ti_ppm\nA,1,2,5\nA,3,4,5\nA,1,2,5\nB,3,4,5\nB,1,2,5\nB,1,2,5\n"
        "C,<1,2,5\nC,<1,2,5\nC,,,\nD,,,\nE,1,,\n"
    )
    assert description.duplicates.samples == (("A", "B"),)
    # Of five like A's three grains, those that are not the first of their kind: four.
    assert description.duplicates.grains == 4
    assert description.duplicates.grains_across_samples == 3


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            "A,1,2,3\nA,1,2,3\nB,4,5,6\n",
            "1 grain measured exactly like another of the same sample.",
        ),
        ("A,1,2,3\nB,1,2,3\nB,4,5,6\n", "1 grain measured exactly like one of another sample."),
        (
            "A,1,2,3\nA,1,2,3\nB,1,2,3\nB,4,5,6\n",
            "2 grains measured exactly like another, 1 of them like one of another sample.",
        ),
    ],
)
def test_the_sentence_on_repeated_grains_reads_well(described, rows, sentence):
    assert sentence in described("sample,Ta_ppm,Nb_ppm,Ti_ppm\n" + rows).notes


def test_facts_that_are_blank_throughout_are_not_listed(described):
    facts = described("sample,site,role,material,Ta_ppm\nA,X,,,1\nB,,,,2\n").facts
    assert facts == ("site",)


def test_no_duplicates(described):
    duplicates = described("sample,Ta_ppm\nA,1\nB,2\nC,<1\n").duplicates
    assert (duplicates.grains, duplicates.samples) == (0, ())


def notes(description):
    return "\n".join(description.notes)


def test_notes(described):
    text = notes(described(TABLE))
    assert "1 sample without a site" in text
    assert "1 site with one sample only ('X')" in text
    assert "Sites in more than one district: 'Y'" in text
    assert "4 samples of fewer than 10 grains" in text
    assert "more than 10 times apart: Ta_ppm" in text


def test_notes_on_samples_without_sites(described):
    text = notes(described("sample,Ta_ppm,Nb_ppm\nA,<1,2\nB,<1,\n"))
    assert "No site is given" in text
    assert "At least 90% below detection: Ta_ppm." in text
    assert "not measured" not in text


def test_sites_that_differ_only_in_spelling(described):
    text = notes(described("sample,site,Ta_ppm\nA,Mine A,1\nB,mine-a,2\nC,Mine B,3\n"))
    assert "Sites that differ only in spelling: 'Mine A', 'mine-a'." in text


def test_numbers_kept_as_text(described):
    text = notes(described("sample,grain,lot,Nb (ppm),Ta_ppm\nA,1,L1,<0.5,1\nB,2,7,3.5,2\n"))
    assert "kept as text: 'Nb (ppm)'. If one" in text


def test_made_up_data_are_called_so(described):
    text = "sample,origin_of_data,Ta_ppm\nA,{},1\n"
    assert "Made-up data" in notes(described(text.format("made-up")))
    assert "Made-up data" not in notes(described(text.format("measured")))


def test_nothing_stands_out(described):
    rows = [
        f"{s},{s[0]},{i + 10 * k}.5"
        for k, s in enumerate(("X1", "X2", "Y1", "Y2"))
        for i in range(10)
    ]
    assert described("sample,site,Ta_ppm\n" + "\n".join(rows)).notes == ()


def test_other_tables_are_counted(tmp_path):
    (tmp_path / "a.csv").write_text("sample,Ta_ppm\nA,1\n")
    assay = read_samples(tmp_path / "a.csv").assay
    samples = SampleSet.from_tables(
        assay,
        Mineralogy(np.array(["A", "B"], object), ("zircon",), "pct", np.array([[1.0], [2.0]])),
        Ages(np.array(["A"], object), np.array([500.0]), np.array([1.0])),
        pd.DataFrame({"sample": ["A"], "site": ["X"]}),
    )
    description = describe(samples)
    assert (description.n_mineralogy, description.n_ages, description.n_samples) == (2, 1, 2)
    assert description.grains_a_sample == (0, 0.5, 1)

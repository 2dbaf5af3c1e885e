"""Names, rows and columns that deserve a look, with their places."""

import pytest

from fingerprint.library import describe_file


@pytest.fixture
def notes(tmp_path):
    def notes_on(text):
        (tmp_path / "a.csv").write_text(text)
        return [
            (p.row, p.column, p.value, p.what, p.remedy)
            for p in describe_file(tmp_path / "a.csv").problems
            if p.weight == "note"
        ]

    return notes_on


def grains(sample, n, start=1):
    return "".join(f"{sample},X,{i},{i}.1,{i}.2,{i}.3\n" for i in range(start, start + n))


HEADER = "sample,site,grain,Ta_ppm,Nb_ppm,Ti_ppm\n"


def test_nothing_to_note(notes):
    assert notes(HEADER + grains("A", 10) + grains("B", 10, 20)) == []


def test_a_grain_measured_like_another(notes, tmp_path):
    text = HEADER + grains("A", 10) + grains("B", 10, 20)
    [(row, column, value, what, remedy)] = notes(text + "B,X,99,3.1,3.2,3.3\n")
    assert (row, column, value) == (22, None, None)
    assert what == "the grain is measured exactly like that of row 4 of the sample 'A'"
    assert "pasted" in remedy
    [described] = describe_file(tmp_path / "a.csv").problems
    assert (described.cell, described.beside) == ((20, None), 2)


def test_a_row_that_stands_twice(notes):
    [(row, _, _, what, remedy)] = notes(HEADER + grains("A", 10) + "A,X,3,3.1,3.2,3.3\n")
    assert (row, what, remedy) == (12, "the row is the same as row 4 in every cell", "Keep one.")


def test_two_equal_values_are_no_doubled_grain(notes):
    text = HEADER + grains("A", 10)
    assert notes(text + "A,X,11,3.1,3.2,\nA,X,12,3.1,3.2,\n") == []
    # Nor are grains all below one detection limit.
    assert notes(text + "A,X,11,<1,<1,<1\nA,X,12,<1,<1,<1\n") == []


def test_a_sample_of_few_grains(notes):
    text = HEADER + grains("A", 10) + grains("B", 12, 20) + grains("C", 3, 40)
    [(row, column, value, what, remedy)] = notes(text)
    assert (row, column, value) == (24, "sample", "C")
    assert "3 grains" in what
    assert "10" in remedy
    # Where most samples are so, it is how they were measured: one sentence says it.
    assert notes(HEADER + grains("A", 3) + grains("B", 3, 20)) == []


def test_a_site_in_two_spellings(notes):
    text = HEADER + grains("A", 10) + grains("B", 10, 20).replace("X", "Mine-a")
    [(row, column, value, what, _)] = notes(text.replace(",X,", ",mine A,") + grains("C", 10, 60))
    assert (row, column, value) in [(12, "site", "Mine-a"), (2, "site", "mine A")]
    assert "only in spelling" in what


@pytest.mark.parametrize(
    ("name", "cells", "what", "remedy"),
    [
        ("W (ppm)", ("5", "6"), "looks like an analyte's", "Call it W_ppm"),
        ("W [ug/g]", ("", "<6"), "looks like an analyte's", "Call it W_ppm"),
        ("recovery", ("5.5", "5.5"), "numbers that are kept as text", "<analyte>_<unit>"),
        ("spot", ("5", "6"), None, None),
        ("W (ppm)", ("high", "low"), None, None),
        ("rock", ("A", "6"), None, None),
    ],
)
def test_columns_kept_as_text(notes, name, cells, what, remedy):
    rows = (HEADER + grains("A", 10)).splitlines()
    rows[0] += f",{name}"
    rows[1:] = [f"{row},{cells[0] if i < 1 else cells[1]}" for i, row in enumerate(rows[1:])]
    if name == "spot":
        rows[1:] = [f"{row}{i}" for i, row in enumerate(rows[1:])]
    found = notes("\n".join(rows))
    if what is None:
        assert found == []
    else:
        [(row, column, value, said, advice)] = found
        assert (row, column, value) == (1, name, None)
        assert what in said
        assert remedy in advice

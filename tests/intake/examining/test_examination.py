"""Every fault of a file is listed with its place; what is sound is still read."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fingerprint.errors import InputError
from fingerprint.intake import read_samples
from fingerprint.intake.examining.examination import examine
from fingerprint.intake.files.formats import open_table
from fingerprint.intake.problems import Collecting, ProblemList
from fingerprint.intake.side_tables import claims_in


@pytest.fixture
def problems(tmp_path):
    def examine_text(text, name="assay.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return in_order(examine(path))

    return examine_text


def in_order(examination):
    headers = {str(t.raw.path): t.raw.header for t in examination.tables.values()}
    return examination.problems.in_order(headers)


def refusal(path):
    """What a command says to the file, if it refuses it."""
    try:
        read_samples(path)
    except InputError as error:
        return error
    return None


def places(listed):
    return [(p.row, p.column) for p in listed]


HEADER = "sample,site,Ta_ppm,Ta_lod,Nb_ppm\n"
SOUND = HEADER + "A,X,1,0.1,5\nA,X,2,0.1,6\nB,Y,<0.1,0.1,7\n"

# What is planted: row, column, value, part of what is wrong, part of the remedy.
KINDS = {
    "text": (SOUND + "C,Y,high,,1\n", 5, "Ta_ppm", "high", "stands where", "Write a number"),
    "date": (SOUND + "C,Y,2024-05-01,,1\n", 5, "Ta_ppm", "2024-05-01", "stands where", "dates"),
    "thousands": (SOUND + 'C,Y,"1,234.5",,1\n', 5, "Ta_ppm", "1,234.5", "stands", "thousands"),
    "number and unit": (SOUND + "C,Y,3 ppm,,1\n", 5, "Ta_ppm", "3 ppm", "stands", "number alone"),
    "word": (SOUND + "C,Y,n.d.,,1\n", 5, "Ta_ppm", "n.d.", "stands", "blank if not measured"),
    "failed formula": (SOUND + "C,Y,#DIV/0!,,1\n", 5, "Ta_ppm", "#DIV/0!", "stands", "formula"),
    "above a limit": (SOUND + "C,Y,>100,,1\n", 5, "Ta_ppm", ">100", "stands", "only <limit"),
    "negative": (SOUND + "C,Y,-1,,1\n", 5, "Ta_ppm", None, "zero or negative", "_lod column"),
    "no limit": (SOUND + "C,Y,bdl,,1\n", 5, "Ta_ppm", None, "its limit is not given", "<limit"),
    "zero limit": (SOUND + "C,Y,1,0,1\n", 5, "Ta_lod", None, "a positive number", "blank"),
    "limit that is text": (SOUND + "C,Y,bdl,x,1\n", 5, "Ta_lod", "x", "stands", "Write a number"),
    "below zero": (SOUND + "C,Y,<0,,1\n", 5, "Ta_ppm", None, "limit is zero", "positive limit"),
    "infinite": (SOUND + "C,Y,1e999,,1\n", 5, "Ta_ppm", None, "infinite", "blank"),
    "beyond whole": (SOUND + "C,Y,2e6,,1\n", 5, "Ta_ppm", None, "whole mass", "unit"),
    "blank sample": (SOUND + ",Y,2,,1\n", 5, "sample", None, "sample is blank", "Name the sample"),
    "blank row": (SOUND + ",,,,\nC,Y,2,,1\n", 5, "sample", None, "row is blank", "Delete"),
    "two sites": (SOUND + "A,Y,2,,1\n", 5, "site", "Y", "two sites, 'X' and 'Y'", "Correct"),
    "first site is the odd one": (
        HEADER + "A,Z,1,,\nA,X,2,,\nA,X,3,,\n", 2, "site", "Z", "two sites, 'X' and 'Z'", "Correct",
    ),
    "short row": (SOUND + "C,Y\nC,Y,1,,2\n", 5, None, None, "2 cells, the header 5", "Complete"),
    "long row": (SOUND + "C,Y,1,,2,3\nC,Y,1,,2\n", 5, None, None, "6 cells", "quotation"),
    "open quotation mark": (
        'sample,Ta_ppm,note\nA,1,\nB,2,"x\nC,3,\n', 3, None, None, "quotation mark is", "Close it",
    ),
    "nameless": ("sample,Ta_ppm,\nA,1,\nB,2,9\n", 3, None, None, "without a name", "Name the col"),
    "no unit": ("sample,Ta,Nb_ppm\nA,1,2\n", 1, "Ta", None, "has no unit", "Use _ppm"),
    "mass after unit": (
        "sample,Ta_ppm_m181,Nb_ppm\nA,1,2\n", 1, "Ta_ppm_m181", None, "unknown unit", "Ta181_ppm.",
    ),
    "unknown element": ("sample,Xy_ppm,Nb_ppm\nA,1,2\n", 1, "Xy_ppm", None, "not an ele", "Use an"),
    "twice": ("sample,Ta_ppm,Ta_ppm\nA,1,2\n", 1, "Ta_ppm", None, "two columns are", "Rename"),
    "one analyte twice": (
        "sample,Ta_ppm,Ta2O5_wt%\nA,1,1\n", 1, "Ta2O5_wt%", None, "two columns for one", "Keep one",
    ),
    "orphan limit": ("sample,Ta_ppm,Nb_lod\nA,1,1\n", 1, "Nb_lod", None, "no value column", "Add"),
    "two errors": (
        "sample,Ta_ppm,Ta_1se,Ta_2se\nA,1,1,2\n", 1, "Ta_2se", None, "say the same", "Keep one",
    ),
    "no sample": ("bag,Ta_ppm\nA,1\n", None, None, None, "no column 'sample'", "Name the sample"),
    "no analyte": ("sample,site\nA,X\n", None, None, None, "there is no analyte", "Name at least"),
    "no grains": ("sample,Ta_ppm\n", None, None, None, "there are no grains", "at least one row"),
    "units below the header": (
        HEADER + ",,ppm,ppm,ppm\nA,X,1,0.1,5\n", 2, None, None, "holds units (ppm)", "Delete",
    ),
    "two decimal marks": (
        "sample;Ta_ppm\nA;1,5\nB;2.5\nC;0,5\n", 3, "Ta_ppm", "2.5", "commas and decimal points",
        "decimal point",
    ),
    "ambiguous commas": ("sample;Ta_ppm\nA;1,234\n", None, None, "1,234", "may be a dec", "point"),
    "latin-1": (SOUND.encode() + "Rosé,X,1,,2\n".encode("latin-1"), 5, None, None, "UTF-8", "Save"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_in_its_place(problems, kind):
    text, row, column, value, what, remedy = KINDS[kind]
    [problem] = problems(text)
    assert (problem.row, problem.column, problem.value) == (row, column, value)
    assert what in problem.what
    assert remedy in problem.remedy
    assert problem.weight == "error"
    assert problem.file.endswith("assay.csv")


@pytest.mark.parametrize("kind", KINDS)
def test_commands_refuse_what_is_listed(tmp_path, kind):
    path = tmp_path / "assay.csv"
    text, row, *_ = KINDS[kind]
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as raised:
        read_samples(path)
    if kind != "first site is the odd one":
        assert raised.value.row == row


COLUMNS = {
    "dates": ("2024-05-0{}", "the column holds dates", "collected_on"),
    "thousands": ('"1,00{}"', "separators between thousands", "without a thousands separator"),
    "units": ("{} ppm", "a number and a unit", "the unit stands in the column's name"),
    "words": ("n.a.", "a word instead of numbers", "bdl if below detection"),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_column_at_fault_is_one_problem(problems, kind):
    cell, what, remedy = COLUMNS[kind]
    text = HEADER + "".join(f"A,X,1,,{cell.format(i)}\n" for i in range(1, 9))
    [problem] = problems(text)
    assert (problem.row, problem.column) == (2, "Nb_ppm")
    assert what in problem.what
    assert remedy in problem.remedy


def test_a_column_of_text_is_one_problem_but_a_few_cells_are_each_their_own(problems):
    text = HEADER + "".join(f"A,X,1,,spot {i}\n" for i in range(30))
    [problem] = problems(text)
    assert (problem.row, problem.column) == (2, "Nb_ppm")
    assert "the column holds text" in problem.what
    few = HEADER + "".join(f"A,X,1,,{'x' if i % 2 else i + 1}\n" for i in range(30))
    assert places(problems(few)) == [(i + 2, "Nb_ppm") for i in range(1, 30, 2)]


def test_faults_of_all_kinds_at_once_in_the_order_of_the_file(problems):
    listed = problems(HEADER + "A,X,x,-1,y\n,X,1,,0\nB,Y,1,,z\n")
    assert places(listed) == [
        (2, "Ta_ppm"),
        (2, "Ta_lod"),
        (2, "Nb_ppm"),
        (3, "sample"),
        (3, "Nb_ppm"),
        (4, "Nb_ppm"),
    ]


def test_an_explained_fault_is_not_listed_again(problems):
    # The limit is at fault, not the word that needs it; the column without a unit, not its limit.
    assert places(problems(HEADER + "A,X,bdl,x,1\nA,X,bdl,-1,1\nA,X,0,0,1\n")) == [
        (2, "Ta_lod"),
        (3, "Ta_lod"),
        (4, "Ta_lod"),
    ]
    assert places(problems("sample,Ta,Ta_lod\nA,1,1\n")) == [(1, "Ta")]


def test_what_is_sound_is_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "A,X,x,0.1,5\n,X,1,,0\nA,Z,2,,6\nA,X,3\nA,X,<0.2,0.1,bdl\n")
    found = examine(path)
    assert found.samples.facts.loc["A", "site"] == "X"
    np.testing.assert_array_equal(found.grains.rows, [0, 2, 4])
    np.testing.assert_array_equal(found.grains.assay.values, [[np.nan, 5], [2, 6], [0.2, np.nan]])
    assert found.grains.assay.censored.tolist() == [[False] * 2, [False] * 2, [True, False]]


def test_every_row_of_a_ragged_file(tmp_path):
    path = tmp_path / "a.csv"
    rows = [f"A,X,{i + 1},,5" for i in range(40)]
    rows[3], rows[17], rows[39] = "A,X", 'A,"two\nlines",1,,5,6', "A,X,4"
    path.write_text(HEADER + "\n".join(rows))
    found = examine(path)
    assert [p.row for p in in_order(found)] == [5, 19, 41]
    assert found.samples.assay.n_grains == 37
    # A fault after a ragged row has the row that a spreadsheet shows.
    path.write_text(HEADER + "\n".join([*rows[:20], "A,X,x,,5"]))
    assert places(in_order(examine(path)))[-1] == (22, "Ta_ppm")


def test_a_damaged_file_is_a_problem_of_its_own(tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"PK broken")
    found = examine(tmp_path / "a.xlsx")
    assert found.samples is None
    assert "not a readable Excel workbook" in in_order(found)[0].what
    with pytest.raises(InputError, match="no such file"):
        examine(tmp_path / "no.csv")


def test_a_million_bad_cells_are_counted(tmp_path):
    path = tmp_path / "a.csv"
    names = ",".join(f"{e}_ppm" for e in ("Ta", "Nb", "Ti", "W"))
    path.write_text(f"sample,{names}\n" + "A,x,-1,1,0\nA,2,3,4,5\n" * 3000)
    problems = examine(path).problems
    assert problems.count("error") == 3 * 3000
    assert len(problems.listed) == 1000
    assert sum(problems.unlisted.values()) == 8000


# ---- the tables beside an assay


def test_the_tables_beside_an_assay(tmp_path):
    (tmp_path / "assay.csv").write_text(SOUND)
    (tmp_path / "mineralogy.csv").write_text(
        "sample,quartz_pct,rutile_pct\nA,x,1\nB,-2,<1\nA,1,1\n,1,1\n"
    )
    (tmp_path / "ages.csv").write_text("sample,age_ma,age_2se\nA,500,x\nB,-1,2\nB,,2\n,500,2\n")
    (tmp_path / "samples.csv").write_text("sample,site,lot\nA,Z,1\nB,Y,2\nB,Y,3\n,Y,4\n")
    found = examine(tmp_path)
    by_file = {name: [] for name in ("ages", "mineralogy", "samples")}
    for problem in in_order(found):
        by_file[Path(problem.file).stem].append((problem.row, problem.column))
    assert by_file == {
        "mineralogy": [
            (2, "quartz_pct"),
            (3, "quartz_pct"),
            (3, "rutile_pct"),
            (4, "sample"),
            (5, "sample"),
        ],
        "ages": [(2, "age_2se"), (3, "age_ma"), (4, "age_ma"), (5, "sample")],
        "samples": [(2, "site"), (4, "sample"), (5, "sample")],
    }
    assert found.samples.ages.ages_ma.tolist() == [500]
    assert found.samples.mineralogy.samples.tolist() == ["A", "B"]
    assert found.samples.fact("site").tolist() == ["X", "Y"]
    assert found.samples.fact("lot").tolist() == ["1", "2"]


def test_every_blank_cell_of_a_table_of_claims(tmp_path):
    (tmp_path / "claims.csv").write_text("sample,claim\nA,X\n,X\nB,\n,\n")
    raw = open_table(tmp_path / "claims.csv")
    problems = ProblemList()
    assert claims_in(raw, Collecting(raw.place, problems)) == [("A", "X")]
    assert sorted(places(problems.listed)) == [(3, "sample"), (4, "claim")]


def test_a_table_that_is_none_leaves_the_others(tmp_path):
    (tmp_path / "assay.csv").write_text(SOUND)
    (tmp_path / "ages.csv").write_text("bag,age_ma\nA,5\n")
    found = examine(tmp_path)
    assert ["no column 'sample'" in p.what for p in in_order(found)] == [True]
    assert len(found.samples) == 2


# ---- planted faults

NAMES = ("Ta_ppm", "Nb_ppm", "Ti_ppm", "W_ppm")
FAULTS = ("x", "-1", "0", "bdl", "<0", "2e6", "2024-05-01", "1,234.5", "n.d.", "3 ppm")


def sound_rows(n):
    return [[f"S{i // 6}", f"P{i // 12}", *(f"{i + 1}.{j}5" for j in range(4))] for i in range(n)]


def write(rows, path):
    header = ["sample", "site", *NAMES]
    if path.suffix == ".csv":
        pd.DataFrame(rows, columns=header).to_csv(path, index=False)
    elif path.suffix == ".parquet":
        pd.DataFrame(rows, columns=header).to_parquet(path)
    else:
        book = openpyxl.Workbook()
        book.active.append(header)
        for row in rows:
            book.active.append([*row[:2], *map(as_cell, row[2:])])
        book.save(path)


def as_cell(text):
    try:
        return float(text)
    except ValueError:
        return text


@st.composite
def planted(draw):
    rows = sound_rows(24)
    order = draw(st.permutations(range(24)))
    rows = [rows[i] for i in order]
    cells = st.tuples(st.integers(0, 23), st.integers(2, 5))
    chosen = draw(st.lists(cells, unique=True, max_size=8))
    for row, column in chosen:
        rows[row][column] = draw(st.sampled_from(FAULTS))
    # A blank sample or another site in some rows of their own.
    for row in draw(st.lists(st.integers(0, 23), unique=True, max_size=2)):
        rows[row][0] = ""
        chosen.append((row, 0))
    return rows, {(row + 2, ("sample", "site", *NAMES)[column]) for row, column in chosen}


@pytest.mark.parametrize("extension", ["csv", "xlsx", "parquet"])
@settings(deadline=None, max_examples=25)
@given(data=planted())
def test_planted_faults_are_exactly_what_is_listed(extension, data):
    rows, expected = data
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{extension}"
        write(rows, path)
        listed = in_order(examine(path))
        assert sorted(places(listed)) == sorted(expected)
        refused = refusal(path)
    assert (refused is None) == (not expected)
    if refused is not None:
        assert (refused.row, refused.column) in places(listed)


PIECES = ("x", "-1", "bdl", "1,5", "", "nan", "Ta_ppm", "_lod", '"', ",", "\n", ";", "\t", "A")


@settings(deadline=None, max_examples=120)
@given(
    cuts=st.lists(
        st.tuples(st.integers(0, len(SOUND)), st.integers(0, 6), st.sampled_from(PIECES)),
        min_size=1,
        max_size=3,
    )
)
def test_the_strict_reader_and_the_collecting_one_agree(cuts):
    text = SOUND
    for start, length, piece in cuts:
        text = text[:start] + piece + text[start + length :]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text(text)
        listed = examine(path).problems.listed
        refused = refusal(path)
    assert (refused is None) == (not listed)
    if refused is not None:
        rows = [problem.row for problem in listed]
        # A header that is no longer like that of the public format is one problem of the file; one
        # that stands lower is said of the row where it stands.
        lower = any(problem.remedy.startswith("Delete the rows above") for problem in listed)
        assert refused.row in rows or rows == [None] or lower

"""A file described as a whole: values of cells, counts, excerpts, refusal."""

import json

import openpyxl
import pytest

from fingerprint.errors import InputError
from fingerprint.library import describe_file

HEADER = "sample,site,Ta_ppm,Ta_lod\n"


@pytest.fixture
def described(tmp_path):
    def describe_text(text):
        path = tmp_path / "assay.csv"
        path.write_text(text)
        return describe_file(path)

    return describe_text


def test_every_problem_of_a_cell_says_what_stands_in_it(described):
    found = described(HEADER + "A,X,-1.50,\n,X,2,\nA,Y,x,0\nA,X,bdl,\n")
    assert [(p.row, p.column, p.value) for p in found.problems] == [
        (2, "Ta_ppm", "-1.50"),
        (3, "sample", ""),
        (4, "site", "Y"),
        (4, "Ta_ppm", "x"),
        (4, "Ta_lod", "0"),
        (5, "Ta_ppm", "bdl"),
    ]


def test_cells_at_fault_count_as_not_measured(described):
    found = described(HEADER + "A,X,-1,\nA,X,2,\nA,X,<1,\nA,X,x,\n")
    [analyte] = found.description.analytes
    assert (analyte.censored, analyte.not_measured) == (0.25, 0.5)


def test_one_error_is_said_as_every_command_says_it(described):
    with pytest.raises(InputError, match=r"assay\.csv, row 2, column Ta_ppm: 'x' stands") as raised:
        described(HEADER + "A,X,x,\n").refuse()
    assert raised.value.remedy.startswith("Write a number")


def test_more_errors_are_counted_and_the_first_is_said(described):
    with pytest.raises(
        InputError, match=r"assay\.csv: 3 errors, the first in row 2, column Ta_ppm"
    ):
        described(HEADER + "A,X,x,\nA,X,y,\n,X,1,\n").refuse()


def test_notes_refuse_nothing(described):
    found = described(HEADER + "A,X,1,\n" * 12 + "B,x,1,\n" * 12)
    assert (found.n_errors, found.n_notes) == (0, 1)
    found.refuse()


def test_json_holds_everything(described):
    found = described(HEADER + "A,X,x,\nA,X,1,\n")
    document = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert document["n_errors"] == 1
    assert document["n_samples"] == 1
    assert document["problems_not_listed"] == []
    [error] = [p for p in document["problems"] if p["weight"] == "error"]
    assert set(error) == {"file", "row", "column", "value", "what", "remedy", "weight"}
    assert (error["row"], error["column"], error["value"]) == (2, "Ta_ppm", "x")


def test_json_of_a_file_of_which_nothing_can_be_read(described):
    document = described("bag,Ta_ppm\nA,1\n").as_dict()
    assert document["n_errors"] == 1
    assert document["n_samples"] is None


def test_rows_with_problems_and_their_neighbours_are_kept(described):
    rows = [f"A,X,{i + 1},\n" for i in range(500)]
    rows[100], rows[300] = "A,X,x,\n", "A,X,y\n"
    [excerpt] = described(HEADER + "".join(rows)).excerpts
    assert list(excerpt.rows) == [99, 100, 101, 299, 300, 301]
    assert excerpt.rows[100] == (102, ("A", "X", "x", None))
    assert excerpt.rows[300] == (302, ("A", "X", "y", None))


def test_a_sound_file_shows_its_first_rows(described):
    [excerpt] = described(HEADER + "A,X,1,0.5\n" * 50).excerpts[:1]
    assert 0 in excerpt.rows
    assert excerpt.header_row == 1


def test_a_laboratory_file_keeps_its_own_rows_and_names(tmp_path):
    (tmp_path / "lab.csv").write_text("Report\nBag,Ta\n1,5\n,\n1,x\n2,-1\n")
    (tmp_path / "lab.toml").write_text(
        'header_row = 2\nsample = "KB-{Bag}"\nrequired = ["Bag"]\n[analytes]\ncolumns = ["Ta"]\n'
    )
    found = describe_file(tmp_path / "lab.csv", str(tmp_path / "lab.toml"))
    errors = [(p.row, p.column, p.value) for p in found.problems if p.weight == "error"]
    assert errors == [(5, "Ta", "x"), (6, "Ta", "-1")]
    assert found.excerpts[0].names == ("sample", "Ta")
    assert found.excerpts[0].rows[1] == (5, ("KB-1", "x"))


def test_repeated_notes_are_counted(described):
    rows = "".join(f"S{i % 10},X,{i}.1,{i}.2,{i}.3\n" for i in range(1, 151))
    found = described("sample,site,Ta_ppm,Nb_ppm,Ti_ppm\n" + rows + rows)
    assert found.n_notes == 150
    assert len(found.problems) == 100
    [(weight, what, n)] = found.unlisted
    assert (weight, n) == ("note", 50)
    assert what == "the row is the same as row … in every cell"


def test_repeated_grains_are_counted_alike_in_cells_and_as_a_whole(described):
    # Two equal values may be chance; three are not.
    few = described("sample,Ta_ppm,Nb_ppm\n" + "A,1,2\n" * 12)
    assert few.n_notes == few.description.duplicates.grains == 0
    assert not any("exactly like" in note for note in few.description.notes)
    many = described("sample,Ta_ppm,Nb_ppm,Ti_ppm\n" + "A,1,2,3\n" * 12)
    assert many.n_notes == many.description.duplicates.grains == 11


def test_a_reference_material_without_its_role_is_one_note(described):
    rows = "A,,,12\n" * 12 + "glass,reference_material,Glass 1,400\n" + "glass,,Glass 1,400\n" * 11
    found = described("sample,role,material,Ta_ppm\n" + rows + "B,sample,Glass 3,7\n" * 10)
    [note] = found.problems
    assert (note.weight, note.row, note.column, note.value) == ("note", 15, "material", "Glass 1")
    assert note.what == "11 rows name 'Glass 1' and no role, and count as grains"
    assert "write reference_material in role" in note.remedy


def test_of_several_sheets_the_one_that_is_read_is_named(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Method"
    book.active.append(["sample", "site", "Ta_ppm"])
    for i in range(12):
        book.active.append(["A", "X", i + 1])
    book.create_sheet("Grains").append(["sample", "Ta_ppm"])
    book.create_sheet("Blank")
    hidden = book.create_sheet("Hidden")
    hidden.append(["old"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    found = describe_file(tmp_path / "a.xlsx")
    assert [(p.weight, p.what) for p in found.problems] == [
        ("note", "only the sheet 'Method' is read, not 'Grains'")
    ]
    del book["Grains"]
    book.save(tmp_path / "b.xlsx")
    assert describe_file(tmp_path / "b.xlsx").problems == ()


@pytest.mark.real_data
def test_public_data_give_few_notes(datasets_folder, tmp_path, monkeypatch):
    from fingerprint.library import datasets

    monkeypatch.setenv("FINGERPRINT_DATASETS", str(datasets_folder))
    datasets.build(datasets.recipe("sphalerite_laicpms"), tmp_path / "library")
    found = describe_file(tmp_path / "library")
    assert found.n_errors == 0
    # The one grain that the authors list twice.
    assert [p.row for p in found.problems] == [338]

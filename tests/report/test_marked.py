"""Which cells are marked and which rows and columns are shown."""

import pytest

from fingerprint.library import describe_file
from fingerprint.report.marked import anchors, mark_tables


@pytest.fixture
def marked(tmp_path):
    def mark(text):
        (tmp_path / "assay.csv").write_text(text)
        return mark_tables(describe_file(tmp_path / "assay.csv"))

    return mark


def marks(table):
    cells = [cell for row in table.rows for cell in row.cells]
    return [(cell.text, cell.mark.weight) for cell in cells if cell.mark]


def test_cells_names_and_rows_are_marked(marked):
    [table] = marked("sample,Ta (ppm),Nb_ppm,Nb_ppm\nA,1,x,1\nA,1,2\nA,1,-1,1\n")
    assert marks(table) == [("x", "error"), ("-1", "error")]
    # The second of two columns of one name is at fault.
    assert [cell.mark and cell.mark.weight for cell in table.header] == [
        None,
        "note",
        None,
        "error",
    ]
    assert [row.number for row in table.rows if row.mark] == [3]
    assert "the row has 3 cells" in table.rows[1].mark.hint


def test_several_problems_of_one_cell_make_one_mark(marked):
    [table] = marked("sample,site,Ta_ppm\n" + "A,X,1\n" * 11 + "A,Z,2\n" + "C,x,5\n")
    for row in table.rows:
        for cell in row.cells:
            assert cell.mark is None or len(set(cell.mark.numbers)) == len(cell.mark.numbers)
    assert ("Z", "error") in marks(table)


def test_every_problem_of_a_shown_cell_has_an_anchor(marked):
    tables = marked("sample,Ta_ppm\n" + "A,1\nA,x\n" * 20)
    found = anchors(tables)
    assert set(found) >= set(range(1, 21))
    assert found[1] == "assay-1-1"


def test_a_large_file_is_bounded(marked):
    tables = marked("sample,Ta_ppm,Nb_ppm\n" + "A,1,1\nA,x,2\nA,3,3\n" * 600)
    assert len(tables[0].rows) <= 200
    assert tables[0].more_rows
    assert all(row.cells[1].mark for row in tables[0].rows if row.cells[1].text == "x")


def test_a_wide_file_is_bounded(marked):
    names = [f"note {i}" for i in range(300)]
    names[200:200] = ["Ta_ppm"]
    cells = ["-"] * 301
    bad = [*cells[:200], "x", *cells[201:]]
    good = [*cells[:200], "1", *cells[201:]]
    text = "\n".join(",".join(row) for row in (["sample", *names], ["A", *bad], ["A", *good]))
    [table] = marked(text)
    assert len(table.header) <= 60
    assert table.n_columns == 302
    assert ("x", "error") in marks(table)
    assert table.header[0].text == "sample"
    assert table.after_gap


def test_gaps_between_rows(marked):
    rows = ["A,1\n"] * 30
    rows[10] = rows[20] = "A,x\n"
    [table] = marked("sample,Ta_ppm\n" + "".join(rows))
    # 2: the sample's own row is no problem; 11 to 13 and 21 to 23 are shown.
    assert [row.number for row in table.rows] == [11, 12, 13, 21, 22, 23]
    assert [row.after_gap for row in table.rows] == [True, False, False, True, False, False]

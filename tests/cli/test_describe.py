"""`fingerprint describe` on files at fault: all is written, then one message and status 2."""

import json

import pytest

HEADER = "sample,site,Ta_ppm,Ta_lod\n"
BAD = HEADER + "A,X,x,\nA,X,-1,\nA,X,1,0\nA,X,2,\n"
GOOD = HEADER + "".join(f"A,X,{i + 1},\n" for i in range(10))


@pytest.fixture
def file(tmp_path):
    def write(text, name="assay.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def test_problems_are_printed_as_a_table(run, file):
    path = file(BAD)
    outcome = run("describe", path)
    assert outcome.status == 2
    lines = outcome.out.splitlines()
    assert "1 site, 1 sample, 4 grains" in lines
    assert "3 errors, 0 notes" in lines
    for row, column, value in (("2", "Ta_ppm", "x"), ("3", "Ta_ppm", "-1"), ("4", "Ta_lod", "0")):
        assert any(line.split()[:4] == ["error", row, column, value] for line in lines)
    assert outcome.err == (
        f"Error: {path}: 3 errors, the first in row 2, column Ta_ppm: 'x' stands where a number "
        "belongs. Write a number or <limit, or leave the cell blank if not measured.\n"
    )


def test_a_long_list_is_shortened_and_says_where_the_rest_is(run, file):
    outcome = run("describe", file(HEADER + "A,X,x,\nA,X,1,\n" * 80))
    assert sum(line.startswith(" error") for line in outcome.out.splitlines()) == 50
    assert "30 more: --html F" in outcome.out


def test_the_page_is_written_and_then_the_file_is_refused(run, file, tmp_path):
    outcome = run("describe", file(BAD), "--html", tmp_path / "page.html")
    assert outcome.status == 2
    assert "3 errors" in outcome.out
    assert "Cannot be used yet" in (tmp_path / "page.html").read_text()
    good = run("describe", file(GOOD), "--html", tmp_path / "page.html")
    assert (good.status, good.err) == (0, "")
    assert "Can be used" in (tmp_path / "page.html").read_text()


def test_json_and_page_together(run, file, tmp_path):
    outcome = run("describe", file(BAD), "--json", "-", "--html", tmp_path / "page.html")
    assert outcome.status == 2
    document = json.loads(outcome.out)
    assert document["n_errors"] == len(document["problems"]) == 3
    assert document["problems"][1] == {
        "file": str(tmp_path / "assay.csv"),
        "row": 3,
        "column": "Ta_ppm",
        "value": "-1",
        "what": "the value is zero or negative and has no detection limit",
        "remedy": "Give the limit in a _lod column or write the cell as <limit; leave it blank "
        "if not measured.",
        "weight": "error",
    }


def test_one_line_is_printed_where_all_else_goes_to_files(run, file, tmp_path):
    target = tmp_path / "d.json"
    assert run("describe", file(BAD), "--json", target).out == f"{target}: 3 errors, 0 notes\n"
    both = run("describe", file(GOOD), "--json", target, "--html", tmp_path / "page.html")
    assert both.out == f"{target}: No errors\n"


def test_a_file_of_another_kind_is_still_described(run, file):
    outcome = run("describe", file("PK broken", "assay.xlsx"), "--json", "-")
    assert outcome.status == 2
    [problem] = json.loads(outcome.out)["problems"]
    assert "not a readable Excel workbook" in problem["what"]
    assert problem["what"] in outcome.err


def test_notes_leave_the_status_at_0(run, file):
    outcome = run("describe", file(GOOD + GOOD[len(HEADER) :].replace("X", "x").replace("A", "B")))
    assert outcome.status == 0
    assert "No errors, 1 note" in outcome.out


def test_a_laboratory_file_through_its_profile(run, file):
    profile = file('sample = "{Bag}"\n[analytes]\ncolumns = ["Ta"]\n', "lab.toml")
    outcome = run("describe", file("Bag,Ta\n1,5\n1,x\n"), "--profile", profile)
    assert outcome.status == 2
    assert "row 3, column Ta: 'x'" in outcome.err


def test_nothing_reaches_the_terminal_that_is_not_seen(run, file):
    header = "sample,no\x1b[31mte,Ta_ppm,Ta (\u202eppm)\n"
    outcome = run("describe", file(header + "A,\x1b]0;x\x07,\x1b[2J,1\n"))
    assert outcome.status == 2
    assert not set(outcome.out + outcome.err) & {"\x1b", "\x07", "\u202e"}


def test_a_place_that_cannot_be_written(run, file, tmp_path):
    outcome = run("describe", file(GOOD), "--html", tmp_path / "no" / "page.html")
    assert outcome.status == 2
    assert "cannot be written" in outcome.err


def test_a_page_has_the_name_of_one(run, file, tmp_path):
    outcome = run("describe", file(GOOD), "--html", tmp_path / "page.pdf")
    assert outcome.status == 2
    assert "name a file that ends in .html" in outcome.err
    assert [path.name for path in tmp_path.iterdir()] == ["assay.csv"]
    assert run("describe", file(GOOD), "--html", tmp_path / "page.htm").status == 0

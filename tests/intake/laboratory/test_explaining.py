"""What `import --explain` says of a file."""

import json

import pytest

from fingerprint.intake import explain

EXPORT = """No,Mine,Bag,Ta_m181,Ta_DL,Ta_err,Ti_m49,Sn_m118,Ga_m69,Ga_m71,,Comment
1,Alfa,B1,1000,10,50,NA,5,1,2,,x
2,Beta,B2,n.d.,10,,-3,5,1,2,,y
3,Beta,B3,<20,0,-,4000,5,1,2,,
4,Beta,,5,1,,5,5,1,2,,
5,std,B5,5,1,,5,5,1,2,,
"""
PROFILE = """
title = "Example"
sample = "{site}/{Bag}"
required = ["Bag"]
words = ["n.d."]
blank = ["NA", "-"]
not_known = ["0"]
negative = "not_measured"

[facts]
site = "Mine"
grain = "#1"

[constants]
method = "LA-ICP-MS"

[aliases.site]
Alfa = "Alpha"

[[drop]]
column = "Mine"
pattern = "std"
why = "a standard"

[[analytes]]
unit = "ppb"
pattern = '(?P<element>[A-Z][a-z]?)_m(?P<mass>\\d+)'
leave_out = { Sn118 = "the matrix" }
limit = ["{element}_DL"]
error = ["{element}_err"]
error_is = "2se"
factor = 2.0
second_isotope = "dropped"
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "export.csv").write_text(EXPORT)
    (tmp_path / "lab.toml").write_text(PROFILE)
    return tmp_path / "export.csv", tmp_path / "lab.toml"


def test_what_was_understood(files):
    explained = explain(files[0], str(files[1]))
    assert (explained.rows, explained.grains) == (5, 3)
    assert explained.dropped == {"Bag is blank": 1, "a standard": 1}
    assert explained.renamed == (("site", "Alfa", "Alpha", 1),)
    assert explained.constants == {"method": "LA-ICP-MS"}
    columns = {c.column: c for c in explained.columns}
    assert list(columns) == [*EXPORT.split("\n")[0].split(",")[:10], "(column 11)", "Comment"]
    ta = columns["Ta_m181"]
    assert (ta.kind, ta.becomes, ta.unit, ta.isotope) == ("value", "Ta181_ppm", "ppb", 181)
    assert ta.factor == pytest.approx(2e-3)
    assert (ta.numbers, ta.below, ta.blank) == (3, 2, 0)
    assert ta.examples == ("1000", "n.d.", "<20")
    assert (columns["Ta_DL"].kind, columns["Ta_DL"].becomes) == ("limit", "Ta181_lod")
    assert columns["Ta_DL"].note == "limit or error not known (1)"
    # Two standard errors in ppb, doubled: one in ppm is a thousandth.
    assert columns["Ta_err"].factor == pytest.approx(1e-3)
    assert columns["Ta_err"].blank == 4
    assert columns["Ti_m49"].note == "negative: not measured (1)"
    assert (columns["Sn_m118"].kind, columns["Sn_m118"].note) == ("left out", "the matrix")
    assert columns["Ga_m71"].note == "second column of Ga, Ga_m69 is taken"
    assert columns["Mine"].becomes == "site"
    assert columns["Bag"].becomes == "sample"
    assert columns["No"].becomes == "grain"
    assert columns["Comment"].kind == "not used"


def test_the_public_format(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sample,Ta_wt%,Ta_2se,Ta_lod,lot\nA,1,,2,L\n")
    explained = explain(path)
    assert explained.profile == "plain"
    kinds = [(c.kind, c.factor) for c in explained.columns]
    assert kinds == [
        ("fact", None),
        ("value", 1e4),
        ("error", 5e3),
        ("limit", 1e4),
        ("fact", None),
    ]


WRONG = """sample,Ta_ppm,Ta_lod,49Ti_ppm,lot
A,ppm,ppm,5,x
B,n.d.,1,<0.5,y
C,5,?,see note,z
D,,1,bdl,w
"""


def test_what_is_not_understood(run, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(WRONG)
    columns = {c.column: c for c in explain(path).columns}
    counts = {
        n: (c.numbers, c.below, c.blank, c.not_understood, c.unread) for n, c in columns.items()
    }
    assert counts["Ta_ppm"] == (1, 0, 1, 2, ("ppm", "n.d."))
    assert counts["Ta_lod"] == (2, 0, 0, 2, ("ppm", "?"))
    assert counts["49Ti_ppm"] == (1, 2, 0, 1, ("see note",))
    # Text is what a column of text holds.
    assert counts["lot"][3:] == (0, ())
    outcome = run("import", "--explain", path)
    assert outcome.status == 2
    assert "Not understood" in outcome.out
    assert "2 (ppm | n.d.)" in outcome.out
    assert f"! import refuses the file: {path}, row 2, column Ta_ppm: " in outcome.out
    assert f"! All that is wrong: fingerprint describe {path}" in outcome.out
    assert "import refuses the file" in outcome.err
    outcome = run("import", path, "--json", tmp_path / "e.json")
    assert outcome.status == 2
    (document,) = json.loads((tmp_path / "e.json").read_text())
    assert document["refused"].startswith(f"{path}, row 2, column Ta_ppm")
    assert document["columns"][1]["not_understood"] == 2


def test_what_a_profile_says_is_nothing_is_understood(files):
    export, profile = files
    profile.write_text(PROFILE.replace('not_known = ["0"]', 'not_known = ["0", "see .*"]'))
    export.write_text(EXPORT.replace("5,std,B5,5,1", "5,std,B5,5,see note"))
    column = {c.column: c for c in explain(export, str(profile)).columns}["Ta_DL"]
    assert (column.numbers, column.blank, column.not_understood) == (4, 1, 0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("sample,Ta_ppm\nA,5\n,6\n", "the sample is blank"),
        ("sample,site,Ta_ppm\nA,X,5\nA,Y,6\n", "has two sites"),
    ],
)
def test_a_file_that_import_refuses_is_said_to_be_so(run, tmp_path, text, why):
    path = tmp_path / "a.csv"
    path.write_text(text)
    explained = explain(path)
    assert (explained.rows, explained.grains) == (2, 2)
    assert why in explained.refused
    assert explained.refused in run("import", path, "-o", tmp_path / "out.csv").err
    assert run("import", path, "--explain").status == 2


def test_columns_are_called_as_they_are_written(run, files, tmp_path):
    export, profile = files
    names = {c.column: c.becomes for c in explain(export, str(profile)).columns}
    assert names["Ta_err"] == "Ta181_1se"
    run("import", export, "--profile", profile, "-o", tmp_path / "out.csv")
    written = (tmp_path / "out.csv").read_text().split("\n")[0].split(",")
    assert {"Ta181_ppm", "Ta181_lod", "Ta181_1se"} <= set(written)
    assert {name for name in names.values() if name} <= set(written)
    plain = tmp_path / "a.csv"
    plain.write_text("sample,Ta2O5_wt%,Ta2O5_2se\nA,1,0.1\n")
    assert [c.becomes for c in explain(plain).columns] == ["sample", "Ta_ppm", "Ta_1se"]


def test_on_the_command_line(run, files):
    export, profile = files
    outcome = run("import", "--explain", export, "--profile", profile)
    assert (outcome.status, outcome.err) == (0, "")
    # Nothing is cut, however long.
    assert "second column of Ga, Ga_m69 is taken" in outcome.out
    assert "! 1 rows are left out: a standard" not in outcome.out
    assert "! 1 row is left out: a standard" in outcome.out
    assert "! site 'Alfa' is called 'Alpha' (1 row)" in outcome.out
    assert "…" not in outcome.out


def test_as_json(run, files, tmp_path):
    export, profile = files
    outcome = run("import", export, "--profile", profile, "--json", "-")
    (document,) = json.loads(outcome.out)
    assert document == json.loads(json.dumps(explain(export, str(profile)).as_dict()))
    run("import", export, "--profile", profile, "--json", tmp_path / "e.json")
    assert json.loads((tmp_path / "e.json").read_text()) == [document]


def test_both_at_once(run, files, tmp_path):
    export, profile = files
    out = tmp_path / "out.csv"
    export.write_text(EXPORT.replace("3,Beta,B3,<20,0", "3,Beta,B3,<20,1"))
    outcome = run("import", export, "--profile", profile, "--json", "-", "-o", out)
    assert outcome.status == 0
    assert len(json.loads(outcome.out)) == 1
    assert out.read_text().startswith("sample,")


def test_nothing_to_do(run, files):
    outcome = run("import", files[0])
    assert outcome.status == 2
    assert "-o" in outcome.err


def test_the_profile_that_was_recognised_is_named(run, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("SPOT_ID,SAMPLE,Ti49,Ta181\n1,A,5,6\n")
    outcome = run("import", path, "-o", tmp_path / "out.csv")
    assert f"{path}: read with the profile glitter_table" in outcome.out
    outcome = run("import", path, "--explain")
    assert "profile glitter_table. Of the profiles that fit it understands most" in outcome.out

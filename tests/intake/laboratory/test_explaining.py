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
    assert (ta.kind, ta.becomes, ta.unit, ta.isotope) == ("value", "Ta181_ppb", "ppb", 181)
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

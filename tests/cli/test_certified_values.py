"""`--certified`: what a bad session does to verdicts, and what is said where nothing is known."""

import csv
import json

import pytest

from fingerprint.intake import read_samples
from fingerprint.library import content_hash

SIZES = [
    "--sites",
    "14",
    "--districts",
    "4",
    "--samples",
    "5",
    "6",
    "--grains",
    "12",
    "18",
    "--seed",
    "3",
]


@pytest.fixture
def measured(run, tmp_path):
    """The controls of the road, with a made-up standard in every session."""
    folder = tmp_path / "made_up"
    outcome = run("simulate", "-o", folder, *SIZES, "--reference-materials")
    assert outcome.status == 0
    assert "16 measurements of Morrowite Glass 1" in outcome.out
    return folder


def rewritten(folder, change):
    """Change rows of the controls' standard."""
    path = folder / "controls/assay.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["role"]:
            change(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def too_much_zirconium(row):
    if row["session"].startswith("A"):
        row["Zr_ppm"] = str(1.4 * float(row["Zr_ppm"]))


def screened(run, road, measured, *more):
    output = measured.parent / "verdicts.csv"
    claims = measured / "claims.csv"
    outcome = run("screen", measured / "controls", "--claims", claims, "--model", road.model,
                  "-o", output, *more)  # fmt: skip
    assert outcome.status == 0, outcome.err
    with output.open(encoding="utf-8") as file:
        return outcome, {row["sample"]: row for row in csv.DictReader(file)}


def test_the_controls_are_those_without_a_standard(road, measured):
    alone, together = read_samples(road.controls), read_samples(measured / "controls")
    assert together.reference_materials.n_grains == 16
    assert [*together.ids] == [*alone.ids]
    assert content_hash(together.take(together.n_grains > 0)) != content_hash(alone)
    assert (together.assay.values == alone.assay.values).mean() > 0.9  # NaN is unlike itself


def test_sound_sessions_change_no_verdict(run, road, measured):
    _, before = screened(run, road, measured)
    outcome, after = screened(run, road, measured, "--certified", measured / "certified.csv")
    assert "Outside" not in outcome.out
    for sample, row in before.items():
        assert "reference_materials_not_checked" in row["reasons"]
        assert after[sample]["verdict"] == row["verdict"]
        assert "session" not in after[sample]["reasons"]
        assert "reference_materials" not in after[sample]["reasons"]


def test_a_session_outside_its_limits_makes_its_samples_inconclusive(run, road, measured):
    rewritten(measured, too_much_zirconium)
    outcome, rows = screened(run, road, measured, "--certified", measured / "certified.csv")
    assert "! Outside its limits: Session A-07 of Laboratory A: Zr reads 1.4" in outcome.out
    samples = read_samples(measured / "controls")
    of_session = dict(zip(samples.ids, samples.fact("session"), strict=True))
    assert len(set(of_session.values())) == 2
    for sample, row in rows.items():
        bad = of_session[sample].startswith("A")
        assert row["reasons"].startswith("session_outside_limits") == bad
        assert not bad or row["verdict"] == "inconclusive"


def test_the_report_of_a_check_names_session_and_analyte(run, road, measured, tmp_path):
    rewritten(measured, too_much_zirconium)
    samples = read_samples(measured / "controls")
    bad = next(s for s, x in zip(samples.ids, samples.fact("session"), strict=True) if x[0] == "A")
    page, document = tmp_path / "r.html", tmp_path / "r.json"
    outcome = run(
        "check", measured / "controls", "--sample", bad, "--claim", "X", "--model", road.model,
        "--certified", measured / "certified.csv", "--report", page, "--json", document,
    )  # fmt: skip
    assert outcome.status == 0
    assert "Session A-07 of Laboratory A: Zr reads 1.4" in outcome.out
    content = json.loads(document.read_text())
    (session,) = content["sessions"]
    assert (session["session"], session["state"]) == ("A-07", "outside")
    (finding,) = session["findings"]
    assert (finding["kind"], finding["analyte"]) == ("recovery", "Zr")
    assert finding["recovery_low"] < 1.4 < finding["recovery_high"]
    text = page.read_text(encoding="utf-8")
    assert "Zr reads 1.4" in text
    assert "<h2>Reference materials</h2>" in text
    assert "certif" not in text


def test_a_description_says_at_its_top_that_a_session_decides_nothing(run, measured, tmp_path):
    certified = measured / "certified.csv"
    page, document = tmp_path / "r.html", tmp_path / "r.json"
    words = ("describe", measured / "controls", "--certified", certified)
    run(*words, "--html", page, "--json", document)
    assert json.loads(document.read_text())["n_sessions_outside"] == 0
    assert 'class="verdict plausible"' in page.read_text()
    rewritten(measured, too_much_zirconium)
    outcome = run(*words, "--html", page, "--json", document)
    assert outcome.status == 0
    assert outcome.out.endswith("1 session outside the limits\n")
    assert json.loads(document.read_text())["n_sessions_outside"] == 1
    banner = page.read_text().partition("</section>")[0]
    assert "Can be used" in banner
    assert 'class="verdict inconclusive"' in banner
    assert "1 session outside the limits" in banner
    assert "every check of a sample from it stays inconclusive" in banner
    assert "Nothing in its cells" not in banner
    printed = run(*words).out
    assert "1 session outside the limits" in printed
    assert "Nothing stands out" not in printed


def test_identify_says_which_session_is_outside(run, road, measured, tmp_path):
    rewritten(measured, too_much_zirconium)
    outcome = run("identify", measured / "controls", "--model", road.model, "-o",
                  tmp_path / "r.csv", "--certified", measured / "certified.csv")  # fmt: skip
    assert outcome.status == 0
    assert "! Outside its limits: Session A-07" in outcome.out


def test_an_unknown_material_is_a_note_and_no_crash(run, road, measured):
    rewritten(measured, lambda row: row.update(material="Another Glass"))
    outcome, rows = screened(run, road, measured, "--certified", measured / "certified.csv")
    assert "Another Glass has no reference values in the table" in outcome.out
    assert all("session_not_judged" in row["reasons"] for row in rows.values())


def test_samples_without_a_standard_are_told(run, road, measured):
    outcome = run("check", road.controls, "--sample", "C0001", "--claim", "X", "--model",
                  road.model, "--certified", measured / "certified.csv")  # fmt: skip
    assert outcome.status == 0
    assert "No reference material was measured in the session" in outcome.out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("material,Re_ppm\nMorrowite Glass 1,5\n", "share no analyte"),
        ("material,Zr_ppm\nMorrowite Glass 1,0\n", "row 2, column Zr_ppm"),
        ("material,Zr_ppm\nMorrowite Glass 1,5\nmorrowite-glass-1,6\n", "row 3, column material"),
        ("name,Zr_ppm\nMorrowite Glass 1,5\n", "no column 'material'"),
    ],
)
def test_a_fault_of_the_table_is_one_message(run, road, measured, tmp_path, text, message):
    table = tmp_path / "values.csv"
    table.write_text(text)
    outcome = run("check", measured / "controls", "--sample", "C0001", "--claim", "X",
                  "--model", road.model, "--certified", table)  # fmt: skip
    assert outcome.status == 2
    assert message in outcome.err
    assert "values.csv" in outcome.err
    assert "Traceback" not in outcome.err


def test_a_misspelt_role_is_placed_in_the_file(run, road, measured):
    rewritten(measured, lambda row: row.update(role="standard"))
    outcome = run("check", measured / "controls", "--claim", "X", "--model", road.model)
    assert outcome.status == 2
    assert "column role: 'standard' is no role" in outcome.err


def test_describe_shows_what_each_session_read(run, measured):
    rewritten(measured, too_much_zirconium)
    table, certified = measured / "controls", measured / "certified.csv"
    outcome = run("describe", table, "--certified", certified)
    assert outcome.status == 0
    row = next(line for line in outcome.out.splitlines() if line.split()[:1] == ["A-07"])
    assert row.split()[-1] == "outside"
    assert "Zr 1.4" in row
    content = json.loads(run("describe", table, "--certified", certified, "--json", "-").out)
    assert [s["state"] for s in content["sessions"]] == ["outside", "within"]
    assert json.loads(run("describe", table, "--json", "-").out)["sessions"] is None


def test_describe_of_a_table_without_standards_says_so(run, road, measured):
    outcome = run("describe", road.controls, "--certified", measured / "certified.csv")
    assert "No reference material was measured." in outcome.out


def test_page_of_a_table_shows_what_each_session_read(run, tmp_path, measured):
    page = tmp_path / "page.html"
    table, certified = measured / "controls", measured / "certified.csv"
    assert run("describe", table, "--html", page).status == 0
    assert "Reference materials</h2>" not in page.read_text()
    assert run("describe", table, "--certified", certified, "--html", page).status == 0
    shown = page.read_text()
    assert "Reference materials</h2>" in shown
    assert shown.count("<svg") > 2


def test_roles_that_are_none_are_all_listed(run, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "sample,role,material,Ta_ppm\nA,,,1\nA,standard,,2\nS,reference_material,,3\nB,sample,,4\n"
    )
    outcome = run("describe", path, "--json", "-")
    found = json.loads(outcome.out)
    assert outcome.status == 2
    places = [
        (p["row"], p["column"], p["value"]) for p in found["problems"] if p["weight"] == "error"
    ]
    assert places == [(3, "role", "standard"), (4, "material", "")]
    assert found["n_samples"] == 2


def test_table_of_standards_alone_is_an_error_in_its_place(run, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sample,role,material,Ta_ppm\nS,reference_material,NIST 610,3\n")
    outcome = run("describe", path)
    assert outcome.status == 2
    assert "every row is a reference material" in outcome.err

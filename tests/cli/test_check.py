"""`fingerprint check` and `fingerprint screen` as their users meet them."""

import csv
import json
import math

import pytest

from fingerprint.intake import read_assay, read_samples, write_assay
from fingerprint.report.rows import VERDICT_COLUMNS
from fingerprint.report.text import FOOTER


@pytest.fixture
def claims(road):
    with road.claims.open(encoding="utf-8") as file:
        return {row["sample"]: row["claim"] for row in csv.DictReader(file)}


@pytest.fixture
def sites(road):
    return sorted(set(read_samples(road.made_up / "library").fact("site")))


def check(run, road, sample, claim, *more):
    return run(
        "check", road.controls, "--sample", sample, "--claim", claim, "--model", road.model, *more
    )


def test_verdict_in_words_and_files(run, road, claims, tmp_path):
    sample, claim = next(iter(claims.items()))
    page, document = tmp_path / "report.html", tmp_path / "verdict.json"
    outcome = check(run, road, sample, claim, "--report", page, "--json", document)
    assert outcome.status == 0
    content = json.loads(document.read_text())
    assert set(VERDICT_COLUMNS) < set(content)
    assert content["made_up"] is True
    assert f"{content['verdict'].upper()}: sample {sample}, claim {claim}" in outcome.out
    assert outcome.out.startswith("Made-up data.")
    assert FOOTER in outcome.out
    assert FOOTER in page.read_text()
    assert content["log10_lr_low"] <= content["log10_lr"] <= content["log10_lr_high"]


def test_json_on_stdout_is_one_document_and_nothing_else(run, road, claims):
    sample, claim = next(iter(claims.items()))
    outcome = check(run, road, sample, claim, "--json", "-")
    assert json.loads(outcome.out)["sample"] == sample


def test_contributions_sum_to_the_log10_lr_before_bounds(run, road, claims):
    for sample, claim in list(claims.items())[:4]:
        content = json.loads(check(run, road, sample, claim, "--json", "-").out)
        low, high = content["evidence"]["bounds"]
        total = sum(content["contributions"]["scorers"].values())
        assert content["log10_lr"] == pytest.approx(min(max(total, low), high))


def test_unknown_site_is_inconclusive_and_no_error(run, road, claims):
    outcome = check(run, road, next(iter(claims)), "Nowhere")
    assert outcome.status == 0
    assert outcome.out.splitlines()[1].startswith("INCONCLUSIVE")
    assert "no reference sample of the claimed site" in outcome.out


def test_one_grain_is_inconclusive(run, road, claims, tmp_path):
    sample, claim = next(iter(claims.items()))
    assay = read_assay(road.controls / "assay.csv")
    write_assay(
        assay.take((assay.facts["sample"] == sample).to_numpy().nonzero()[0][:1]),
        tmp_path / "one.csv",
    )
    outcome = run("check", tmp_path / "one.csv", "--claim", claim, "--model", road.model)
    assert outcome.status == 0
    assert "INCONCLUSIVE" in outcome.out
    assert "one grain only" in outcome.out


def _rewritten(road, sample, path, change):
    with (road.controls / "assay.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["sample"] == sample]
    for row in rows:
        change(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_a_missing_and_an_unknown_analyte_are_noted(run, road, claims, tmp_path):
    sample, claim = next(iter(claims.items()))

    def change(row):
        for name in ("Zr_ppm", "Zr_lod"):
            del row[name]
        row["Re_ppm"] = "1.5"

    _rewritten(road, sample, tmp_path / "query.csv", change)
    outcome = run("check", tmp_path / "query.csv", "--claim", claim, "--model", road.model)
    assert outcome.status == 0
    assert "analytes were not measured" in outcome.out
    assert "not in the model" in outcome.out


def test_a_query_of_three_analytes_is_inconclusive(run, road, claims, tmp_path):
    sample, claim = next(iter(claims.items()))

    def change(row):
        for name in list(row):
            if name.endswith(("_ppm", "_lod")) and name.split("_")[0] not in ("Ta", "Nb", "Ti"):
                del row[name]

    _rewritten(road, sample, tmp_path / "query.csv", change)
    outcome = run("check", tmp_path / "query.csv", "--claim", claim, "--model", road.model)
    assert outcome.status == 0
    assert "Too few of the model's analytes" in outcome.out


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--alpha", "0.7"), "alpha is 0.7"),
        (("--report", "report.docx"), "ends in .html"),
        (("--report", "no/such/folder/report.html"), "cannot be written"),
        (("--json", "no/such/folder/verdict.json"), "cannot be written"),
    ],
)
def test_bad_options_are_one_message(run, road, claims, tmp_path, monkeypatch, more, message):
    monkeypatch.chdir(tmp_path)
    outcome = check(run, road, next(iter(claims)), claims[next(iter(claims))], *more)
    assert outcome.status == 2
    assert message in outcome.err
    assert "Traceback" not in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_several_samples_need_a_name(run, road, claims):
    outcome = run("check", road.controls, "--claim", "X", "--model", road.model)
    assert outcome.status == 2
    assert "--sample" in outcome.err
    outcome = check(run, road, "no such sample", "X")
    assert outcome.status == 2
    assert "'no such sample'" in outcome.err


def test_higher_alpha_rejects_more(run, road, tmp_path):
    found = {}
    for alpha in (0.02, 0.2):
        output = tmp_path / f"{alpha}.csv"
        outcome = run(
            "screen",
            road.controls,
            "--model",
            road.model,
            "--all-sites",
            "--alpha",
            alpha,
            "-o",
            output,
        )
        assert outcome.status == 0
        found[alpha] = _verdicts(output)
    rejected = {
        a: {k for k, row in rows.items() if row["verdict"] == "implausible"}
        for a, rows in found.items()
    }
    assert rejected[0.02] < rejected[0.2]


def _verdicts(path):
    with path.open(encoding="utf-8") as file:
        return {(row["sample"], row["claim"]): row for row in csv.DictReader(file)}


def test_screen_all_sites_has_a_finite_score_for_every_site(run, road, sites, tmp_path):
    outcome = run(
        "screen", road.controls, "--model", road.model, "--all-sites", "-o", tmp_path / "v.csv"
    )
    assert outcome.status == 0
    rows = _verdicts(tmp_path / "v.csv")
    samples = {sample for sample, _ in rows}
    assert set(rows) == {(sample, site) for sample in samples for site in sites}
    assert all(math.isfinite(float(row["score"])) for row in rows.values())


def test_not_excluded_are_the_sites_whose_own_claim_is_not_rejected(run, road, tmp_path):
    run("screen", road.controls, "--model", road.model, "--all-sites", "-o", tmp_path / "v.csv")
    rows = _verdicts(tmp_path / "v.csv")
    for (sample, claim), row in rows.items():
        others = {k[1]: r for k, r in rows.items() if k[0] == sample and k[1] != claim}
        kept = [site for site, r in others.items() if float(r["p_value"]) > 0.02]
        kept.sort(key=lambda site: -float(others[site]["score"]))
        assert row["not_excluded"] == ";".join(kept)


def test_screen_and_check_agree(run, road, claims, tmp_path):
    outcome = run(
        "screen",
        road.controls,
        "--model",
        road.model,
        "--claims",
        road.claims,
        "-o",
        tmp_path / "v.csv",
    )
    assert outcome.status == 0
    assert "chance alone" in outcome.out
    rows = _verdicts(tmp_path / "v.csv")
    assert list(rows) == list(claims.items())
    sample, claim = list(claims.items())[3]
    content = json.loads(check(run, road, sample, claim, "--json", "-").out)
    row = rows[sample, claim]
    for name in ("score", "log10_lr", "log10_lr_low", "log10_lr_high", "log10_lr_near", "p_value"):
        assert float(row[name]) == content[name]
    assert row["verdict"] == content["verdict"]
    assert row["not_excluded"].split(";") == content["not_excluded"] or not row["not_excluded"]
    assert row["reasons"].split(";") == content["reasons"]


def test_screen_needs_claims_that_are_about_the_samples(run, road, tmp_path):
    (tmp_path / "claims.csv").write_text("sample,claim\nGhost,Nowhere\n")
    outcome = run(
        "screen",
        road.controls,
        "--model",
        road.model,
        "--claims",
        tmp_path / "claims.csv",
        "-o",
        tmp_path / "v.csv",
    )
    assert outcome.status == 2
    assert "'Ghost'" in outcome.err
    assert not (tmp_path / "v.csv").exists()


@pytest.mark.parametrize("claim", ["A;", ";", "A;;B"])
def test_a_blend_of_a_blank_site_is_refused_with_its_file(run, road, tmp_path, claim):
    table = tmp_path / "claims.csv"
    table.write_text(f"sample,claim\nC0001,A\nC0001,{claim}\n")
    words = ("--claims", table, "-o", tmp_path / "v.csv")
    outcome = run("screen", road.controls, "--model", road.model, *words)
    assert outcome.status == 2
    assert outcome.err.startswith(f"Error: {table}, column claim: the claim {claim!r}")
    assert not (tmp_path / "v.csv").exists()


def test_screen_wants_one_kind_of_claims(run, road, tmp_path):
    outcome = run("screen", road.controls, "--model", road.model, "-o", tmp_path / "v.csv")
    assert outcome.status == 2
    assert "--all-sites" in outcome.err


def test_site_names_cannot_act_as_formulas(run, road, tmp_path):
    (tmp_path / "claims.csv").write_text('sample,claim\nC0001,"=1+1"\n')
    run(
        "screen",
        road.controls,
        "--model",
        road.model,
        "--claims",
        tmp_path / "claims.csv",
        "-o",
        tmp_path / "v.csv",
    )
    assert "\nC0001,'=1+1,inconclusive" in (tmp_path / "v.csv").read_text()


@pytest.fixture
def lots(road):
    """The lots of the controls with their samples, largest first."""
    with (road.controls / "samples.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for row in rows:
        found.setdefault(row["lot"], []).append(row["sample"])
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def test_a_lot_is_judged_with_each_of_its_samples_told(run, road, lots, claims, tmp_path):
    lot, samples = next(iter(lots.items()))
    assert len(samples) > 1
    page = tmp_path / "lot.html"
    words = ("check", road.controls, "--lot", lot, "--claim", claims[samples[0]])
    outcome = run(*words, "--model", road.model, "--json", "-", "--report", page)
    content = json.loads(outcome.out)
    assert set(VERDICT_COLUMNS) < set(content)
    assert content["sample"] == lot
    assert [one["sample"] for one in content["samples"]] == samples
    assert content["n_grains"] == sum(one["n_grains"] for one in content["samples"])
    for one in content["samples"]:
        alone = json.loads(check(run, road, one["sample"], claims[samples[0]], "--json", "-").out)
        assert one["p_value"] == alone["p_value"]
        assert one["log10_lr"] == alone["log10_lr"]
    low, high = content["evidence"]["bounds"]
    total = sum(content["contributions"]["scorers"].values())
    assert content["log10_lr"] == pytest.approx(min(max(total, low), high))
    grains = [grain["grain"].split(" ")[0] for grain in content["contributions"]["grains"]]
    assert sorted(set(grains)) == sorted(samples)
    assert all(f"<bdi>{sample}</bdi>" in page.read_text() for sample in samples)
    text = run(*words, "--model", road.model).out
    assert f"lot {lot}, claim" in text
    assert all(f"sample {sample}, " in text for sample in samples)


def test_a_lot_of_one_sample_has_the_verdict_of_the_sample(run, road, lots, claims, tmp_path):
    sample = next(iter(claims))
    facts = tmp_path / "controls"
    facts.mkdir()
    (facts / "assay.csv").write_bytes((road.controls / "assay.csv").read_bytes())
    (facts / "samples.csv").write_text(f"sample,lot,origin_of_data\n{sample},only,made-up\n")
    words = ("--claim", claims[sample], "--model", road.model, "--json", "-")
    of_lot = json.loads(run("check", facts, "--lot", "only", *words).out)
    of_sample = json.loads(run("check", facts, "--sample", sample, *words).out)
    assert of_lot.pop("sample") == "only"
    assert of_sample.pop("sample") == sample
    assert [one["sample"] for one in of_lot.pop("samples")] == [sample]
    assert of_sample.pop("samples") == []
    assert of_lot == of_sample


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--lot", "no such lot", "--claim", "X"), "no lot 'no such lot' in the table (L001"),
        (("--lot", "L001", "--sample", "C0001", "--claim", "X"), "either --sample or --lot"),
        (("--lot", "L001", "--claim", "X;Y"), "one site"),
        (("--sample", "C0001", "--claim", "X;;Y"), "blank site"),
        (("--sample", "C0001", "--claim", "X; "), "blank site"),
    ],
)
def test_bad_lots_and_blends_are_one_message(run, road, more, message):
    outcome = run("check", road.controls, "--model", road.model, *more)
    assert outcome.status == 2
    assert message in outcome.err
    assert "Traceback" not in outcome.err


def test_a_table_without_lots_says_so(run, road, tmp_path):
    (tmp_path / "assay.csv").write_bytes((road.controls / "assay.csv").read_bytes())
    words = ("--lot", "L001", "--claim", "X", "--model", road.model)
    outcome = run("check", tmp_path / "assay.csv", *words)
    assert outcome.status == 2
    assert "which lot it is from" in outcome.err


def test_check_and_screen_agree_on_a_declared_blend(run, road, claims, sites, tmp_path):
    sample, claim = next(iter(claims.items()))
    other = next(site for site in sites if site != claim)
    blend = f"{claim};{other}"
    page = tmp_path / "blend.html"
    content = json.loads(check(run, road, sample, blend, "--json", "-", "--report", page).out)
    assert content["claim"] == blend
    assert list(content["blend_shares"]) == [claim, other]
    assert sum(content["blend_shares"].values()) == pytest.approx(1.0)
    assert not {claim, other} & set(content["not_excluded"])
    assert "estimated shares" in check(run, road, sample, blend).out
    assert "Estimated shares" in page.read_text()
    claimed = tmp_path / "claims.csv"
    claimed.write_text(f"sample,claim\n{sample},{claim}; {other}\n")
    words = ("--model", road.model, "--claims", claimed, "-o", tmp_path / "v.csv")
    assert run("screen", road.controls, *words).status == 0
    row = _verdicts(tmp_path / "v.csv")[sample, f"{claim}; {other}"]
    for name in ("score", "log10_lr", "log10_lr_low", "log10_lr_high", "log10_lr_near", "p_value"):
        assert float(row[name]) == content[name]
    assert row["verdict"] == content["verdict"]


def test_screen_refuses_a_blend_of_a_blank_site_before_it_writes(run, road, tmp_path):
    (tmp_path / "claims.csv").write_text("sample,claim\nC0001,X;;Y\n")
    words = ("--model", road.model, "--claims", tmp_path / "claims.csv", "-o", tmp_path / "v.csv")
    outcome = run("screen", road.controls, *words)
    assert outcome.status == 2
    assert "blank" in outcome.err
    assert not (tmp_path / "v.csv").exists()


def test_output_to_a_dash_makes_no_file_of_that_name(run, road, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outcome = run("screen", road.controls, "--model", road.model, "--all-sites", "-o", "-")
    assert outcome.status == 2
    assert list(tmp_path.iterdir()) == []

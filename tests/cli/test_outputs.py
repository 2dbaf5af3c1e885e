"""No command writes over what it reads, nor one output over another."""

import pytest

from fingerprint.cli.outputs import refuse_same
from fingerprint.errors import InputError

TEXT = "sample,site,Ta_ppm\n" + "".join(f"A,X,{i + 1}\n" for i in range(10))
READ = "read by the same command"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "assay.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "words",
    [
        ("describe", "T", "--json", "T"),
        ("describe", "T", "--html", "T.html"),
        ("describe", "F", "--json", "T"),
        ("describe", "T", "--json", "F/link.json"),
        ("library", "check", "T", "--json", "T"),
        ("library", "check", "F", "--report", "T.html"),
        ("import", "T", "-o", "T"),
        ("import", "T", "-o", "F/samples.csv"),
        ("import", "T", "-o", "F/x.csv", "--json", "T"),
        ("check", "T", "--claim", "X", "--model", "M", "--json", "T"),
        ("check", "T", "--claim", "X", "--model", "M", "--report", "T.html"),
        ("screen", "T", "--all-sites", "--model", "M", "-o", "T"),
        ("screen", "F", "--all-sites", "--model", "M", "-o", "F/ages.csv"),
        ("identify", "T", "--model", "M", "-o", "T"),
        ("identify", "T", "--model", "M", "-o", "M/card.md"),
    ],
)
def test_an_input_is_not_written_over(run, table, tmp_path, words):
    (tmp_path / "M").mkdir()
    (tmp_path / "M" / "card.md").write_text("card")
    (tmp_path / "link.json").symlink_to(table)
    (tmp_path / "page.html").symlink_to(table)
    named = {"T": table, "F": tmp_path, "M": tmp_path / "M", "T.html": tmp_path / "page.html"}
    full = [named.get(w) or (tmp_path / w[2:] if w.startswith("F/") else w) for w in words]
    full = [tmp_path / w if str(w).startswith("M/") else w for w in full]
    before = sorted(tmp_path.rglob("*"))
    outcome = run(*full)
    assert outcome.status == 2
    assert READ in outcome.err
    assert table.read_text() == TEXT
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "words",
    [
        ("describe", "T", "--json", "o.html", "--html", "./o.html"),
        ("library", "check", "T", "--json", "o.html", "--report", "o.html"),
        ("import", "T", "-o", "o.csv", "--json", "o.csv"),
        ("check", "T", "--claim", "X", "--model", "M", "--json", "o.html", "--report", "o.html"),
    ],
)
def test_an_output_is_not_written_over_another(run, table, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    outcome = run(*(table if w == "T" else w for w in words))
    assert outcome.status == 2
    assert "two outputs have this name" in outcome.err
    assert [p.name for p in tmp_path.iterdir()] == ["assay.csv"]


def test_other_files_devices_and_standard_output_are_let_through(table, tmp_path):
    (tmp_path / "old.html").write_text("an older page")
    refuse_same([tmp_path, None], [tmp_path / "old.html", tmp_path / "new.json", None])
    refuse_same([table], ["-", "/dev/null", "/dev/null"])
    assert (tmp_path / "old.html").read_text() == "an older page"
    assert not (tmp_path / "new.json").exists()


def test_a_history_beside_its_library_is_not_written_over(table, tmp_path):
    with pytest.raises(InputError, match=READ):
        refuse_same([table], [tmp_path / "assay.csv.history.jsonl"])
    with pytest.raises(InputError, match=READ):
        refuse_same([tmp_path], [tmp_path / "history.jsonl"])

"""Who may join a library, and what its history keeps."""

import errno
import json
import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builders import gaussian, rows_of, samples_of
from fingerprint.errors import InputError
from fingerprint.health import add_samples, check_library, history_findings, read_history
from fingerprint.health.admission import examine
from fingerprint.health.history import history_path
from fingerprint.health.storing import fingerprint_of_files, store, writing
from fingerprint.intake import write_samples
from fingerprint.intake.writing.atomic import atomic_write
from fingerprint.library import Library, content_hash, read_library
from fingerprint.simulate import Design, simulate_library
from fingerprint.simulate.faults import multiply, wrong_standard
from fingerprint.tables import Ages, SampleSet


@pytest.fixture(scope="module")
def parts():
    """A library of 12 sites, and one further sample of each site."""
    whole = gaussian(12, 6, 10, between=1.0, seed=2)
    last = np.array([name.endswith("-05") for name in whole.samples.ids])
    return whole.take(~last), whole.samples.take(last)


@pytest.fixture(params=["folder", "csv", "parquet", "xlsx", "csv folder"])
def stored(request, parts, tmp_path):
    path = tmp_path / ("lib" if "folder" in request.param else f"lib.{request.param}")
    extension = ".csv" if request.param == "csv folder" else ".parquet"
    write_samples(parts[0].samples, path, extension)
    if path.is_dir():
        (path / "README.md").write_text("ours")
    return path


def renamed(samples, site=None):
    """The same grains under other names of samples."""
    facts = samples.facts.reset_index().astype(object)
    facts["sample"] = "new " + facts["sample"]
    if site is not None:
        facts["site"] = site
    grains = samples.assay.facts.assign(sample="new " + samples.assay.facts["sample"])
    if "site" in grains:
        grains = grains.drop(columns="site")
    assay = type(samples.assay)(
        grains, samples.assay.analytes, samples.assay.values, samples.assay.limits,
        samples.assay.censored,
    )  # fmt: skip
    return SampleSet.from_tables(assay, sample_facts=facts)


def add(path, offered, reason="", by="me", **more):
    """Add samples from a folder, since one file holds no ages."""
    with tempfile.TemporaryDirectory() as folder:
        write_samples(offered, Path(folder) / "offered")
        return add_samples(path, Path(folder) / "offered", by=by, reason=reason, **more).entry


def test_good_samples_join_and_the_history_keeps_it(stored, parts):
    before = content_hash(read_library(stored).samples)
    entry = add(stored, parts[1])
    library = read_library(stored)
    assert len(library) == len(parts[0]) + len(parts[1])
    assert library.samples.assay.n_grains == 12 * 6 * 10
    history = read_history(stored)
    assert history.entries == (entry,)
    assert entry.content_before == before
    assert entry.content_after == content_hash(library.samples)
    assert set(entry.samples) == set(parts[1].ids)
    assert (entry.n_grains, entry.by, entry.findings) == (120, "me", ())
    assert history_findings(history, content_hash(library.samples)) == []
    if stored.is_dir():
        assert (stored / "README.md").read_text() == "ours"
        assert len(list(stored.glob("assay.*"))) == 1


def test_values_come_back_exactly(stored, parts):
    add(stored, parts[1])
    library = read_library(stored)
    row = library.samples.ids.tolist().index(str(parts[1].ids[0]))
    got = library.samples.take(np.array([row])).assay.values
    assert np.array_equal(got, parts[1].take(np.array([0])).assay.values)


def test_entries_follow_from_each_other(stored, parts):
    first, rest = parts[1].take(np.arange(4)), parts[1].take(np.arange(4, 12))
    add(stored, first)
    add(stored, rest, reason="a second campaign", by="someone else")
    history = read_history(stored)
    assert [e.number for e in history.entries] == [1, 2]
    assert history.entries[1].previous
    assert history.entries[1].content_before == history.entries[0].content_after
    assert not history.broken


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda lines: lines[1:], "entry 1"),
        (lambda lines: [lines[0].replace('"me"', '"you"'), lines[1]], "entry 2"),
        (lambda lines: [lines[0], "{", lines[1]], "entry 2 cannot be read"),
        (lambda lines: [lines[1], lines[0]], "entry 1"),
    ],
)
def test_a_changed_history_is_noticed_and_blocks(parts, tmp_path, change, says):
    path = tmp_path / "lib"
    write_samples(parts[0].samples, path)
    add(path, parts[1].take(np.arange(4)))
    add(path, parts[1].take(np.arange(4, 8)))
    file = history_path(path)
    file.write_text("\n".join(change(file.read_text().splitlines())) + "\n")
    history = read_history(path)
    assert says in history.broken
    assert history_findings(history, "any")[0].weight == "settle"
    with pytest.raises(InputError, match="history is broken"):
        add(path, parts[1].take(np.arange(8, 12)))


def test_a_library_changed_behind_the_history_is_noticed(parts, tmp_path):
    path = tmp_path / "lib"
    write_samples(parts[0].samples, path)
    add(path, parts[1].take(np.arange(4)))
    changed = multiply(read_library(path), np.array(1.01))
    write_samples(changed.samples, path)
    (finding,) = history_findings(read_history(path), content_hash(read_library(path).samples))
    assert "changed without" in finding.sentence


def test_a_library_cut_back_with_its_history_is_whole_again(parts, tmp_path):
    """Known limit: library and history restored together from a backup are consistent."""
    path = tmp_path / "lib"
    write_samples(parts[0].samples, path)
    assert read_history(path).entries == ()
    assert history_findings(read_history(path), "any") == []


def test_mislabelled_samples_are_held_back(parts):
    """Four of the twelve have their labels passed on to the next."""
    sites = parts[1].fact("site").copy()
    sites[:4] = np.roll(sites[:4], 1)
    against = examine(parts[0], renamed(parts[1], sites)).against
    wrong = {f"new {sample}" for sample in parts[1].ids[:4]}
    assert {(f.kind, f.samples) for f in against} == {("label", (sample,)) for sample in wrong}


def test_samples_that_poison_a_site_are_held_back():
    """Three of another site join one with a single sample, which then is the odd one out."""
    whole = gaussian(40, 5, 10, between=1.0, seed=2)
    sites = whole.samples.fact("site")
    first, *rest = np.flatnonzero(sites == whole.sites[0])
    others = np.flatnonzero(sites == whole.sites[1])[:3]
    kept = np.ones(len(whole), dtype=bool)
    kept[[*rest, *others]] = False
    offered = renamed(whole.samples.take(others), str(whole.sites[0]))
    against = examine(whole.take(kept), offered).against
    assert ("label", (str(whole.samples.ids[first]),)) in {(f.kind, f.samples) for f in against}


def mixed(samples, n):
    """The first n samples have a grain of another mineral."""
    mineral = np.full(samples.assay.n_grains, "coltan", dtype=object)
    mineral[np.unique(samples.grain_sample, return_index=True)[1][:n]] = "cassiterite"
    assay = replace(samples.assay, facts=samples.assay.facts.assign(mineral=mineral))
    facts = samples.facts.reset_index().astype(object)
    return SampleSet.from_tables(assay, sample_facts=facts)


def test_a_mixed_sample_of_the_library_lets_no_other_in(parts):
    library = Library(mixed(parts[0].samples, 1))
    against = examine(library, mixed(parts[1], 3)).against
    assert {(f.kind, f.subject) for f in against} == {
        ("phases", "minerals in samples"), ("phases", "minerals at sites"),
    }  # fmt: skip
    assert examine(library, mixed(parts[1], 0)).against == ()


def test_a_factor_of_the_library_lets_no_other_in():
    """A session of the library is off; more of it, off as well, are held back, sound ones not."""
    whole = simulate_library(Design(), 4).library
    session = "A-02"
    of_session = whole.samples.assay.fact("session") == session
    off = wrong_standard(whole, of_session, 2.0)
    new = np.flatnonzero(off.samples.fact("session") == session)[::2]
    kept = np.ones(len(whole), dtype=bool)
    kept[new] = False
    library = off.take(kept)
    assert "common_factor" in {f.kind for f in check_library(library).findings}
    assert "common_factor" in {f.kind for f in examine(library, off.samples.take(new)).against}
    assert examine(library, whole.samples.take(new)).against == ()


def test_findings_on_the_library_alone_do_not_count(parts):
    sites = parts[0].samples.fact("site").copy()
    sites[0], sites[-1] = sites[-1], sites[0]
    facts = parts[0].samples.facts.reset_index().astype(object).assign(site=sites)
    assay = parts[0].samples.assay
    if "site" in assay.facts:
        assay = type(assay)(
            assay.facts.drop(columns="site"), assay.analytes, assay.values, assay.limits,
            assay.censored,
        )  # fmt: skip
    sick = Library(SampleSet.from_tables(assay, sample_facts=facts))
    assert examine(sick, parts[1]).against == ()


def test_grains_that_the_library_has_are_held_back(parts):
    offered = renamed(parts[0].samples.take(np.array([0])))
    kinds = {f.kind for f in examine(parts[0], offered).against}
    assert "same_grains" in kinds


def test_a_batch_off_by_a_factor_is_held_back_and_the_factor_named():
    library = simulate_library(Design(), 3).library
    rng = np.random.default_rng(0)
    new = rng.random(len(library)) < 0.2
    rest = library.take(~new)
    off = multiply(Library(library.samples.take(new)), np.array(0.15)).samples
    against = examine(rest, off).against
    (factor,) = [f for f in against if f.kind == "common_factor"]
    assert dict(factor.numbers)["factor"] == pytest.approx(0.15, rel=0.05)
    assert not [f for f in examine(rest, library.samples.take(new)).against if "factor" in f.kind]


@pytest.mark.parametrize("laboratory", [None, "Laboratory Z"])
def test_a_batch_larger_than_the_library_is_the_one_tested(laboratory):
    """Of two groups the smaller is tested, which here is the library."""
    whole = simulate_library(Design(), 4).library
    new = np.random.default_rng(0).random(len(whole)) < 0.7
    rest, offered = whole.take(~new), whole.samples.take(new)
    if laboratory:
        offered = in_laboratory(offered, laboratory)
        rest = Library(in_laboratory(rest.samples, "Laboratory Y"))
    assert len(offered) > len(rest)
    off = multiply(Library(offered), np.array(2.0)).samples
    assert "common_factor" in {f.kind for f in examine(rest, off).against}
    assert "common_factor" not in {f.kind for f in examine(rest, offered).against}


def in_laboratory(samples, name):
    """All measured there in one session."""
    facts = samples.facts.reset_index().astype(object).assign(laboratory=name, session="1")
    assay = replace(samples.assay, facts=samples.assay.facts.assign(laboratory=name, session="1"))
    return SampleSet.from_tables(assay, sample_facts=facts)


def test_refusals(parts):
    library, offered = parts
    with pytest.raises(InputError, match="stands in the library already"):
        examine(library, library.samples.take(np.array([0])))
    bare = samples_of(np.ones((2, 6)), ["x", "x"])
    with pytest.raises(InputError, match="has no site"):
        examine(library, bare)
    facts = offered.facts.reset_index().astype(object).assign(origin_of_data="made-up")
    made_up = SampleSet.from_tables(offered.assay, sample_facts=facts)
    with pytest.raises(InputError, match="made-up and measured"):
        examine(library, made_up)


def test_analytes_are_united_and_ages_join(parts, tmp_path):
    library, offered = parts
    fewer = offered.with_analytes(np.arange(4))
    ids = np.array([str(fewer.ids[0])], dtype=object)
    facts = fewer.facts.reset_index().astype(object)
    aged = SampleSet.from_tables(fewer.assay, None, Ages(ids, np.ones(1), np.ones(1)), facts)
    path = tmp_path / "lib"
    write_samples(library.samples, path)
    add(path, aged)
    joined = read_library(path)
    assert joined.samples.assay.keys == library.samples.assay.keys
    assert joined.samples.ages.samples.tolist() == ids.tolist()
    row = joined.samples.ids.tolist().index(ids[0])
    assert np.isnan(joined.samples.take(np.array([row])).assay.values[:, 4:]).all()


def test_the_order_of_rows_offered_changes_nothing(parts):
    order = np.random.default_rng(0).permutation(parts[1].assay.n_grains)
    one = examine(parts[0], parts[1]).library
    other = examine(parts[0], rows_of(parts[1], order)).library
    assert content_hash(one.samples) == content_hash(other.samples)


def test_a_second_writer_is_refused(stored, parts):
    with writing(stored), pytest.raises(InputError, match="another command"):
        add(stored, parts[1])
    add(stored, parts[1])


def test_all_the_work_is_told_step_by_step(parts, tmp_path):
    path, told = tmp_path / "lib", []
    write_samples(parts[0].samples, path)
    add(path, parts[1], step=told.append)
    alone = [what for what in told if what.startswith("The library as it is: ")]
    assert len(told) == 2 * len(alone) + 1
    assert told[0] == alone[0]
    assert told[-1] == "Writing the library"


def test_samples_that_are_held_back_change_nothing(stored, parts):
    files = fingerprint_of_files(stored)
    offered = renamed(parts[0].samples.take(np.array([0])))
    assert add(stored, offered) is None
    assert fingerprint_of_files(stored) == files
    entry = add(stored, offered, reason="measured twice")
    assert (entry.reason, len(entry.samples)) == ("measured twice", 1)
    assert any("are the same" in sentence for sentence in entry.findings)


def test_errors_of_the_body_are_not_taken_for_another_writer(stored):
    with pytest.raises(BlockingIOError), writing(stored):
        raise BlockingIOError


def test_a_disk_without_locks_is_written_all_the_same(stored, parts, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    add(stored, parts[1])
    assert len(read_history(stored).entries) == 1


@pytest.mark.parametrize("earlier", [0, 1])
def test_a_kill_between_history_and_file_leaves_no_untold_samples(
    parts, tmp_path, monkeypatch, earlier
):
    path = tmp_path / "lib.csv"
    write_samples(parts[0].samples, path)
    if earlier:
        add(path, parts[1].take(np.arange(4)))
    before = path.read_bytes()
    put = Path.replace

    def killed(temporary, target):
        put(temporary, target)
        if Path(target).name.startswith("lib.csv"):
            raise KeyboardInterrupt

    offered = parts[1].take(np.arange(4, 12))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            add(path, offered)
    assert path.read_bytes() == before
    lines = history_path(path).read_text().splitlines()
    assert len(lines) == earlier + 1
    (told,) = history_findings(read_history(path), content_hash(read_library(path).samples))
    assert "before entry" in told.sentence
    with pytest.raises(InputError, match="before entry"):
        add(path, offered)
    history_path(path).write_text("".join(f"{line}\n" for line in lines[:-1]))
    add(path, offered)
    assert len(read_history(path).entries) == earlier + 1


def test_a_change_behind_the_lock_is_not_lost(stored, parts):
    """Someone who does not ask for the lock writes between our reading and our writing."""
    first, second = parts[1].take(np.arange(6)), parts[1].take(np.arange(6, 12))
    unchanged = fingerprint_of_files(stored)
    library = read_library(stored)
    admission = examine(library, first)
    add(stored, second)
    with pytest.raises(InputError, match="meanwhile"):
        store(stored, admission, by="me", reason="", before="", unchanged=unchanged)
    assert set(second.ids) <= set(read_library(stored).samples.ids)
    assert len(read_history(stored).entries) == 1


def test_nothing_is_half_written_if_writing_fails(stored, parts, monkeypatch):
    everything = sorted(p for p in stored.parent.rglob("*") if p.is_file())
    before = fingerprint_of_files(stored)

    def fail(*_):
        raise InputError("no", "no")

    monkeypatch.setattr("fingerprint.health.storing._write_history", fail)
    with pytest.raises(InputError, match="no"):
        add(stored, parts[1])
    assert fingerprint_of_files(stored) == before
    assert sorted(p for p in stored.parent.rglob("*") if p.is_file()) == everything


def test_a_library_through_a_link_is_written_where_it_stands(parts, tmp_path):
    path = tmp_path / "real.csv"
    write_samples(parts[0].samples, path)
    link = tmp_path / "link.csv"
    os.symlink(path, link)
    with atomic_write(link):
        pass
    write_samples(parts[0].samples, path)
    add(link, parts[1])
    assert link.is_symlink()
    assert len(read_library(path)) == len(parts[0]) + len(parts[1])


def test_the_history_is_one_json_document_a_line(parts, tmp_path):
    path = tmp_path / "lib.csv"
    write_samples(parts[0].samples, path)
    add(path, parts[1], reason="odd \u2028 text", by="m\u00fcller")
    (line,) = (tmp_path / "lib.csv.history.jsonl").read_bytes().decode().split("\n")[:-1]
    assert json.loads(line)["by"] == "müller"
    assert read_history(path).entries[0].reason == "odd \u2028 text"

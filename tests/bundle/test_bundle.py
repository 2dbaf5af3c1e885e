"""A bundle: the same verdicts after the journey, and not one byte or type taken on trust."""

import copy
import hashlib
import io
import json
import os
import pickle
import shutil
import zipfile

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree._tree import Tree

from builders import small_forests
from fingerprint.bundle import files, load_model, read_manifest, save_model
from fingerprint.bundle.estimators import estimator_bytes, estimator_from
from fingerprint.bundle.state import Parts, pack, unpack
from fingerprint.errors import InputError
from fingerprint.evidence import SCORERS
from fingerprint.judgement import Policy, all_claims, judge
from fingerprint.questions import identify

NAMES = ("arrays.npz", "card.md", "estimator_0.skops", "manifest.json")


@pytest.fixture(scope="module")
def kept(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle") / "model"
    save_model(model, folder)
    return folder


@pytest.fixture
def bundle(kept, tmp_path):
    """A copy to tamper with."""
    return shutil.copytree(kept, tmp_path / "model")


def reseal(folder, **changes):
    """Forge: change the manifest and make every hash fit again."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest.update(changes)
    there = sorted(p.name for p in folder.iterdir() if p != path)
    if "files" not in changes:
        manifest["files"] = {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in there
        }
    path.write_bytes(files._with_own_hash(manifest))


def swap(folder, old, new):
    """Forge the description of the model, text for text."""
    manifest = json.loads((folder / "manifest.json").read_text())
    text = json.dumps(manifest["model"])
    assert old in text
    reseal(folder, model=json.loads(text.replace(old, new, 1)))


def test_the_journey_changes_no_verdict(model, kept, reference):
    _, fresh = reference
    back, digest = load_model(kept)
    assert digest == hashlib.sha256((kept / "manifest.json").read_bytes()).hexdigest()
    policy = Policy(least_analytes=3)
    claims = all_claims(model, fresh)
    before, after = (list(judge(m, fresh, claims, policy)) for m in (model, back))
    assert before == after
    assert identify(model, fresh) == identify(back, fresh)
    assert back.bounds == model.bounds
    assert back.policy == model.policy
    assert back.provenance == model.provenance
    assert list(back.scorers) == list(model.scorers)


def test_a_model_whose_policy_says_nothing_of_sessions_is_read(model, bundle):
    manifest = json.loads((bundle / "manifest.json").read_text())
    del manifest["model"]["state"]["policy"]["state"]["sessions"]
    del manifest["policy"]["sessions"]
    reseal(bundle, model=manifest["model"], policy=manifest["policy"])
    assert load_model(bundle)[0].policy == model.policy


def test_every_scorer_scores_the_same_after_the_journey(reference):
    library, fresh = reference
    with small_forests():
        for name, make in SCORERS.items():
            scorer, parts = make(0, 1).fit(library), Parts()
            back = unpack(json.loads(json.dumps(pack(scorer, "", parts))), parts)
            np.testing.assert_array_equal(back.score(fresh), scorer.score(fresh), err_msg=name)


def test_saving_twice_gives_the_same_bytes(model, kept, tmp_path):
    save_model(model, tmp_path / "again")
    for name in NAMES:
        assert (tmp_path / "again" / name).read_bytes() == (kept / name).read_bytes()


def test_what_a_bundle_holds(kept, reference):
    assert sorted(p.name for p in kept.iterdir()) == list(NAMES)
    manifest, _ = read_manifest(kept)
    assert manifest["format"] == files.FORMAT
    assert set(manifest["files"]) == set(NAMES) - {"manifest.json"}
    assert manifest["analytes"] == sorted(reference[0].samples.assay.keys)
    for word in ("seed", "library_sha256", "policy", "packages", "made_up"):
        assert word in manifest


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", [0.0, 0.13, 0.5, 0.87, 1.0])
@pytest.mark.parametrize("bit", [1, 128])
def test_one_changed_bit_anywhere_is_refused_by_the_name_of_the_file(bundle, name, place, bit):
    path = bundle / name
    content = bytearray(path.read_bytes())
    content[round(place * (len(content) - 1))] ^= bit
    path.write_bytes(content)
    with pytest.raises(InputError, match=name):
        load_model(bundle)


@pytest.mark.parametrize("name", NAMES)
def test_one_byte_more_or_less_is_refused_by_the_name_of_the_file(bundle, name):
    path = bundle / name
    whole = path.read_bytes()
    for content in (whole + b"\n", whole[:-1], b""):
        path.write_bytes(content)
        with pytest.raises(InputError, match=name):
            load_model(bundle)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_refused_by_name(bundle, name):
    (bundle / name).unlink()
    with pytest.raises(InputError, match=name):
        load_model(bundle)


@pytest.mark.parametrize("name", ["notes.txt", ".hidden", "estimator_1.skops"])
def test_an_added_file_is_refused_by_name(bundle, name):
    (bundle / name).write_text("x")
    with pytest.raises(InputError, match=name.replace(".", r"\.")):
        load_model(bundle)


def test_a_missing_folder_is_no_model(tmp_path):
    with pytest.raises(InputError, match="no model here"):
        load_model(tmp_path / "nowhere")


def test_a_newer_format_is_refused_with_the_remedy(bundle):
    reseal(bundle, format=files.FORMAT + 1)
    with pytest.raises(InputError, match=f"format {files.FORMAT + 1}.*Update fingerprint"):
        load_model(bundle)


def test_an_older_format_is_refused_with_the_remedy(bundle):
    reseal(bundle, format=files.FORMAT - 1)
    with pytest.raises(InputError, match=f"format {files.FORMAT - 1}.*Train it anew"):
        load_model(bundle)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"null", b"\xff", b'{"format": 1}', b'{"format": "x"}']
)
def test_something_else_called_manifest_is_refused_by_name(bundle, content):
    (bundle / "manifest.json").write_bytes(content)
    with pytest.raises(InputError, match=r"manifest\.json"):
        load_model(bundle)


def test_a_resealed_bundle_as_it_was_is_accepted(bundle, kept):
    """The forger's tool works: what is refused below is refused for what was forged."""
    reseal(bundle)
    assert load_model(bundle)[1] == load_model(kept)[1]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"type": "KS"', '"type": "Popen"', "unknown type 'Popen'"),
        ('"type": "Model"', '"type": "os.system"', "unknown type 'os.system'"),
        ('"type": "Model"', '"type": "SiteFacts"', "damaged SiteFacts"),
        ('{"array": "sites/n_reference"}', '{"array": "elsewhere"}', "lacks the array"),
        ('{"estimator": "', '{"estimator": "no', "lacks the estimator"),
        ('{"pairs"', '{"pickle"', "no known kind"),
    ],
)
def test_a_forged_description_is_refused(bundle, old, new, message):
    swap(bundle, old, new)
    with pytest.raises(InputError, match=message):
        load_model(bundle)


def test_a_description_of_something_else_than_a_model_is_refused(bundle):
    reseal(bundle, model={"list": []})
    with pytest.raises(InputError, match="holds no model"):
        load_model(bundle)


@pytest.mark.parametrize("key", ["files", "estimators", "model"])
def test_a_manifest_that_lacks_an_entry_is_refused(bundle, key):
    path = bundle / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest[key]
    path.write_bytes(files._with_own_hash(manifest))
    with pytest.raises(InputError, match="damaged"):
        load_model(bundle)


def test_files_that_the_manifest_does_not_list_are_not_read(bundle):
    manifest = json.loads((bundle / "manifest.json").read_text())
    (bundle / "estimator_0.skops").unlink()
    listed = {k: v for k, v in manifest["files"].items() if not k.startswith("estimator")}
    reseal(bundle, files=listed)
    with pytest.raises(InputError, match="estimator_0"):
        load_model(bundle)


def test_a_manifest_cannot_point_out_of_the_folder(bundle, tmp_path):
    outside = tmp_path / "outside"
    outside.write_text("x")
    manifest = json.loads((bundle / "manifest.json").read_text())
    digest = hashlib.sha256(b"x").hexdigest()
    reseal(bundle, files={**manifest["files"], "../outside": digest})
    with pytest.raises(InputError, match="damaged"):
        load_model(bundle)


def nested(depth):
    value = 1
    for _ in range(depth):
        value = {"list": [value]}
    return value


@pytest.mark.parametrize(
    "changes",
    [
        {"files": ["arrays.npz"]},
        {"estimators": None},
        {"model": {"pairs": [1]}},
        {"model": {"type": "Model", "state": []}},
        {"model": {"array": ["x"]}},
        {"model": {"tuple": [1, 2]}},
        {"model": nested(400)},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_a_forged_manifest_is_refused_in_one_message(bundle, changes):
    reseal(bundle, **changes)
    with pytest.raises(InputError):
        load_model(bundle)


@pytest.mark.parametrize("part", ["fusion", "sites", "true_scores", "policy"])
def test_a_part_that_is_not_what_it_should_be_is_refused(bundle, part):
    state = json.loads((bundle / "manifest.json").read_text())["model"]
    state["state"][part] = {"tuple": [1, 2, 3]}
    reseal(bundle, model=state)
    with pytest.raises(InputError, match="damaged"):
        load_model(bundle)


def test_a_scorer_cannot_be_given_entries_of_its_own(bundle):
    state = json.loads((bundle / "manifest.json").read_text())["model"]
    (_, ks) = next(pair for pair in state["state"]["scorers"]["pairs"] if pair[0] == "ks")
    ks["state"]["score"] = "not a method"
    reseal(bundle, model=state)
    with pytest.raises(InputError, match="unknown entry"):
        load_model(bundle)


class Bomb:
    """Says so if it is ever unpickled."""

    went_off = False

    def __reduce__(self):
        return (_set_off, ())


def _set_off():
    Bomb.went_off = True
    return 0.0


@pytest.fixture
def bomb():
    Bomb.went_off = False
    pickle.loads(pickle.dumps(Bomb()))  # the trap works
    assert Bomb.went_off
    Bomb.went_off = False


def test_an_object_array_is_refused_and_nothing_is_unpickled(bundle, bomb):
    path = bundle / "arrays.npz"
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays[next(iter(arrays))] = np.array([Bomb()], dtype=object)
    np.savez(path, allow_pickle=True, **arrays)
    reseal(bundle)
    with pytest.raises(InputError, match=r"arrays\.npz"):
        load_model(bundle)
    assert not Bomb.went_off


@pytest.mark.parametrize("content", [pickle.dumps(Bomb()), b"PK\x03\x04", b"\x93NUMPY", b""])
def test_arrays_that_are_no_archive_are_refused_and_not_unpickled(bundle, bomb, content):
    (bundle / "arrays.npz").write_bytes(content)
    reseal(bundle)
    with pytest.raises(InputError, match=r"arrays\.npz"):
        load_model(bundle)
    assert not Bomb.went_off


@pytest.fixture(scope="module")
def forest():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 3))
    return RandomForestClassifier(3, random_state=0).fit(x, (x[:, 0] > 0).astype(int))


def test_a_forest_makes_the_journey(forest):
    content = estimator_bytes(forest)
    assert content == estimator_bytes(forest)
    back = estimator_from(content, "f")
    x = np.random.default_rng(1).normal(size=(30, 3))
    np.testing.assert_array_equal(back.predict_proba(x), forest.predict_proba(x))


class Foreign:
    """A type of nobody's list."""

    def __init__(self):
        self.a = 1


@pytest.mark.parametrize(
    "content",
    [
        skops.io.dumps(Foreign()),
        skops.io.dumps([Foreign()]),
        skops.io.dumps({"f": os.path.join}),
        skops.io.dumps(LogisticRegression()),
        skops.io.dumps([1, 2]),
        pickle.dumps(Bomb()),
        b"",
    ],
)
def test_a_skops_file_of_anything_else_is_refused(content, bomb):
    with pytest.raises(InputError, match="estimator_7"):
        estimator_from(content, "estimator_7.skops")
    assert not Bomb.went_off


def test_a_foreign_type_inside_a_forest_is_refused(forest):
    forged = copy.deepcopy(forest)
    forged.verbose = Foreign()
    with pytest.raises(InputError, match="Foreign"):
        estimator_from(skops.io.dumps(forged), "f")


def test_a_foreign_type_is_refused_in_a_whole_bundle(bundle):
    (bundle / "estimator_0.skops").write_bytes(skops.io.dumps(Foreign()))
    reseal(bundle)
    with pytest.raises(InputError, match=r"estimator_0\.skops.*Foreign"):
        load_model(bundle)


def forged(forest, change, n_features=3):
    """A copy of the forest whose first tree was altered behind its back."""
    out = copy.deepcopy(forest)
    old = out.estimators_[0].tree_
    state = old.__getstate__()
    state = {**state, "nodes": state["nodes"].copy(), "values": state["values"].copy()}
    change(state)
    tree = Tree(n_features, np.array([2], dtype=np.intp), 1)
    tree.__setstate__(state)
    out.estimators_[0].tree_ = tree
    return skops.io.dumps(out)


def set_node(field, value):
    def change(state):
        state["nodes"][field][0] = value

    return change


def test_the_forgers_tool_leaves_a_sound_tree_sound(forest):
    sound = estimator_from(forged(forest, lambda state: None), "f")
    queries = np.zeros((2, forest.n_features_in_))
    assert np.array_equal(sound.predict_proba(queries), forest.predict_proba(queries))


@pytest.mark.parametrize(
    "change",
    [
        set_node("left_child", 10**6),
        set_node("right_child", 10**6),
        set_node("left_child", 0),  # round in circles
        set_node("right_child", -7),
        set_node("feature", 99),
        set_node("feature", -2),
    ],
)
def test_a_tree_that_leads_astray_is_refused(forest, change):
    with pytest.raises(InputError, match="holds a tree"):
        estimator_from(forged(forest, change), "f")


def test_a_tree_that_says_it_has_more_features_than_the_forest_is_refused(forest):
    with pytest.raises(InputError, match="holds a tree"):
        estimator_from(forged(forest, set_node("feature", 500), n_features=1000), "f")


def node_counts(schema):
    """Every place in a skops schema that says how many nodes a tree has."""
    if isinstance(schema, list):
        return [found for item in schema for found in node_counts(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema["node_count"]] if "node_count" in schema else []
    return own + [found for item in schema.values() for found in node_counts(item)]


def recounted(forest, count):
    """A forest's file that says of its second tree how many nodes it has."""
    with zipfile.ZipFile(io.BytesIO(estimator_bytes(forest))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(members["schema.json"])
    place = node_counts(schema)[1]
    assert json.loads(place["content"]) == forest.estimators_[1].tree_.node_count
    # An identifier of its own: numbers seen before are not read again.
    place.update(content=json.dumps(count), __id__=10**9)
    members["schema.json"] = json.dumps(schema).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("count", [0, -1])
def test_a_tree_without_nodes_is_refused(forest, count):
    with pytest.raises(InputError, match="more nodes than it has, or none"):
        estimator_from(recounted(forest, count), "f")


def test_a_tree_cannot_claim_more_nodes_than_it_brings(forest):
    """scikit-learn counts them itself; were it to stop, the check above would refuse the file."""
    back = estimator_from(recounted(forest, 10**6), "f")
    assert back.estimators_[1].tree_.node_count == forest.estimators_[1].tree_.node_count


@pytest.mark.parametrize("members", [["x"], [None], "x", [LogisticRegression()]])
def test_a_forest_of_something_else_than_trees_is_refused(forest, members):
    out = copy.deepcopy(forest)
    out.estimators_ = members
    with pytest.raises(InputError):
        estimator_from(skops.io.dumps(out), "f")


@pytest.mark.parametrize("value", [object(), {1, 2}, np.array([1 + 2j]), Foreign(), 3 + 4j])
def test_only_what_is_on_the_list_goes_in(value):
    with pytest.raises(TypeError, match="bundle"):
        pack({"a": [value]}, "", Parts())


def test_texts_and_numbers_come_back_as_they_were():
    value = {
        "numbers": [1, 2.5, True, None, "x"],
        "pair": (np.array([1.5, np.nan, -np.inf]), np.array([True, False])),
        "texts": np.array(["a", "\u00e9"], dtype=object),
        "infinite": float("inf"),
    }
    parts = Parts()
    packed = json.loads(json.dumps(pack(value, "", parts)))
    back = unpack(packed, parts)
    assert back["numbers"] == value["numbers"]
    assert back["infinite"] == float("inf")
    np.testing.assert_array_equal(back["pair"][0], value["pair"][0])
    assert back["texts"].tolist() == ["a", "\u00e9"]
    assert isinstance(back["pair"], tuple)


def left_behind(folder):
    return sorted(p.name for p in folder.iterdir())


def test_an_older_bundle_is_replaced_and_nothing_is_left_beside_it(model, bundle, tmp_path):
    (bundle / "card.md").write_text("old")
    save_model(model, bundle)
    load_model(bundle)
    assert left_behind(tmp_path) == ["model"]


@pytest.mark.parametrize("inside", ["precious.txt", "manifest.json"])
def test_a_foreign_folder_is_not_replaced(model, tmp_path, inside):
    target = tmp_path / "work"
    target.mkdir()
    (target / inside).write_text("precious")
    with pytest.raises(InputError, match="no part of a model"):
        save_model(model, target)
    assert (target / inside).read_text() == "precious"
    assert left_behind(tmp_path) == ["work"]


def test_a_file_is_not_replaced_and_an_empty_folder_is(model, tmp_path):
    (tmp_path / "file").write_text("precious")
    with pytest.raises(InputError, match="no part of a model"):
        save_model(model, tmp_path / "file")
    (tmp_path / "empty").mkdir()
    save_model(model, tmp_path / "empty")
    load_model(tmp_path / "empty")


def test_where_nothing_can_be_written_the_user_is_told(model, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        save_model(model, tmp_path / "file" / "model")
    assert left_behind(tmp_path) == ["file"]


def test_a_folder_without_permission_is_refused(model, tmp_path):
    if os.geteuid() == 0:
        pytest.skip("permissions do not bind the superuser")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(InputError, match="cannot be written"):
        save_model(model, closed / "model")
    assert left_behind(closed) == []


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_half_way_leaves_the_old_bundle_and_no_rest(
    model, bundle, tmp_path, monkeypatch, error
):
    before = {name: (bundle / name).read_bytes() for name in NAMES}
    real = type(bundle).write_bytes

    def failing(self, content):
        if self.name == "manifest.json":
            raise error
        return real(self, content)

    monkeypatch.setattr(type(bundle), "write_bytes", failing)
    with pytest.raises((InputError, KeyboardInterrupt)):
        save_model(model, bundle)
    monkeypatch.undo()
    assert {name: (bundle / name).read_bytes() for name in NAMES} == before
    assert left_behind(tmp_path) == ["model"]


def test_archives_carry_no_date(kept):
    for name in ("arrays.npz", "estimator_0.skops"):
        with zipfile.ZipFile(io.BytesIO((kept / name).read_bytes())) as archive:
            assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_card_says_what_the_model_is_and_quotes_no_accuracy(model, kept):
    card = (kept / "card.md").read_text()
    assert "70 reference samples" in card
    assert "14 sites in 7 districts" in card
    assert model.provenance.library_hash in card
    assert "Made-up data" not in card
    assert "conflict" in card
    for word in ("certified", "verified", "compliant"):
        assert word not in card

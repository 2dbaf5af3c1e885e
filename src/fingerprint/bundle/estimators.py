"""Forests as skops files: same forest, same bytes; nothing is loaded that is not on the list."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any, TypeAlias

import numpy as np
import skops.io
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

from fingerprint.errors import InputError

# Beyond what skops trusts of itself.
_ALLOWED = ["sklearn.tree._tree.Tree"]
# Kinds of forest, each with the kind of tree that it holds.
_TREES: dict[type, Any] = {
    RandomForestClassifier: DecisionTreeClassifier,
    ExtraTreesClassifier: ExtraTreeClassifier,
}
Forests: TypeAlias = RandomForestClassifier | ExtraTreesClassifier
_DATE = (1980, 1, 1, 0, 0, 0)


def estimator_bytes(estimator: Forests) -> bytes:
    """Write a forest so that the same forest gives the same bytes.

    skops names what it stores by its address in memory and stamps the time; here both are
    replaced: numbers in order of appearance, and one fixed date.
    """
    raw = zipfile.ZipFile(io.BytesIO(skops.io.dumps(estimator)))
    schema = json.loads(raw.read("schema.json"))
    numbers: dict[int, int] = {}
    files: dict[str, str] = {}
    _renumber(schema, numbers, files)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for old, new in files.items():
            _add(archive, new, raw.read(old))
        _add(archive, "schema.json", json.dumps(schema, indent=1).encode())
    return buffer.getvalue()


def _renumber(node: Any, numbers: dict[int, int], files: dict[str, str]) -> None:
    if isinstance(node, list):
        for item in node:
            _renumber(item, numbers, files)
    elif isinstance(node, dict):
        if "__id__" in node:
            node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
        if isinstance(node.get("file"), str):
            ending = node["file"].rpartition(".")[2]
            node["file"] = files.setdefault(node["file"], f"{len(files) + 1}.{ending}")
        for item in node.values():
            _renumber(item, numbers, files)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def estimator_from(content: bytes, file: str) -> Forests:
    """Read a forest.

    Parameters
    ----------
    content
        The bytes of a skops file.
    file
        Its name, for the message.

    Raises
    ------
    InputError
        If the file is damaged, names a type that is not allowed, or its trees lead out of bounds.
    """
    try:
        unknown = set(skops.io.get_untrusted_types(data=content)) - set(_ALLOWED)
        if unknown:
            raise _refused(f"names the types {', '.join(sorted(unknown))}", file)
        estimator: Any = skops.io.loads(content, trusted=_ALLOWED)
        if type(estimator) not in _TREES:
            raise _refused(f"holds a {type(estimator).__name__}", file)
        for member in estimator.estimators_:
            if type(member) is not _TREES[type(estimator)]:
                raise _refused(f"holds a {type(member).__name__} for a tree", file)
            _check_tree(member.tree_, int(estimator.n_features_in_), file)
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _refused(f"is damaged ({type(error).__name__})", file) from error
    forest: Forests = estimator
    return forest


def _check_tree(tree: Any, n_features: int, file: str) -> None:
    """A forged tree could send the compiled traversal out of its arrays, or round in circles.

    The traversal goes by what the tree says of itself; grains have as many features as the forest.
    """
    if not 1 <= tree.node_count <= tree.capacity:
        raise _refused("holds a tree with more nodes than it has, or none", file)
    nodes = np.arange(tree.node_count)
    inner = tree.children_left != -1
    for children in (tree.children_left[inner], tree.children_right[inner]):
        if not np.all((children > nodes[inner]) & (children < tree.node_count)):
            raise _refused("holds a tree with a wrong branch", file)
    if not np.all((tree.feature[inner] >= 0) & (tree.feature[inner] < n_features)):
        raise _refused("holds a tree that asks for an analyte that is not there", file)


def _refused(what: str, file: str) -> InputError:
    return InputError(
        f"the model's file {what}", "Do not use it; train it anew or get a sound copy.", file
    )

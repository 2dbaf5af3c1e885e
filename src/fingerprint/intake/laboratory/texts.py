"""Columns of text, changed as a profile says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.intake.laboratory.plan import PLACEHOLDER
from fingerprint.intake.laboratory.profiles import ReferenceMaterials, Rewrite
from fingerprint.tables.arrays import Bools


def blanked(cells: pa.Array, words: tuple[str, ...]) -> pa.Array:
    """Leave cells blank that hold a word for blank."""
    if not words or not pa.types.is_string(cells.type):
        return cells
    stands_for_blank = pc.is_in(pc.utf8_trim_whitespace(cells), pa.array(words, pa.string()))
    return pc.if_else(stands_for_blank, None, cells)


def matches(texts: pa.Array, pattern: str) -> Bools:
    """Which texts a pattern matches as a whole; each distinct text is tried once."""
    compiled = re.compile(pattern)
    encoded = texts.dictionary_encode()
    found = [compiled.fullmatch(text) is not None for text in encoded.dictionary.to_pylist()]
    mask = pc.fill_null(pa.array(found, pa.bool_()).take(encoded.indices), False)
    return np.asarray(mask.to_numpy(zero_copy_only=False), dtype=bool)


def rewritten(rewrite: Rewrite, texts: Mapping[str, pa.Array]) -> pa.Array:
    """Replace what a pattern matches in the text of a column."""
    old = texts[rewrite.column]
    pattern = re.compile(rewrite.pattern)
    new = _mapped(old, lambda text: pattern.sub(rewrite.replacement, text).strip())
    if rewrite.where is None:
        return new
    chosen = pc.is_in(texts[rewrite.where.column], pa.array(rewrite.where.values, pa.string()))
    return pc.if_else(chosen, new, old)


def renamed(texts: pa.Array, aliases: Mapping[str, str]) -> pa.Array:
    """Give each text its one name."""
    return _mapped(texts, lambda text: aliases.get(text, text))


def part(texts: pa.Array, pattern: str) -> pa.Array:
    """Take the first group of a pattern, or the whole text where it does not match."""
    compiled = re.compile(pattern)

    def found(text: str) -> str:
        match = compiled.search(text)
        return text if match is None else match[1]

    return _mapped(texts, found)


def materials(texts: pa.Array, materials: ReferenceMaterials) -> pa.Array:
    """Name of the reference material of each row, null for a sample."""
    patterns = {name: re.compile(pattern) for name, pattern in materials.patterns.items()}

    def named(text: str) -> str:
        return next((name for name, pattern in patterns.items() if pattern.search(text)), "")

    return _mapped(texts, named)


def _mapped(texts: pa.Array, change: Callable[[str], str]) -> pa.Array:
    """Change each distinct text once; null where nothing is left."""
    encoded = texts.dictionary_encode()
    changed = [change(text) or None for text in encoded.dictionary.to_pylist()]
    return pa.array(changed, pa.string()).take(encoded.indices)


def joined(parts: list[pa.Array], between: str) -> pa.Array:
    """Join the parts that are not blank; null where all are."""
    text = parts[0]
    for further in parts[1:]:
        # pyarrow's own way to skip nulls loses rows in which all are.
        both = pc.binary_join_element_wise(text, further, between)
        text = pc.coalesce(both, text, further)
    return text


def filled_in(template: str, columns: Mapping[str, pa.Array], rows: int) -> pa.Array:
    """Fill in a template for each row; null where one of its parts is."""
    parts: list[pa.Array] = []
    for i, piece in enumerate(PLACEHOLDER.split(template)):
        parts.append(columns[piece] if i % 2 else pa.repeat(piece, rows))
    return pc.binary_join_element_wise(*parts, "")

"""A laboratory's table seen through its profile: the public table."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.errors import InputError
from fingerprint.intake.assembly import assemble
from fingerprint.intake.cells import read_texts
from fingerprint.intake.profiles import Analytes, Profile, Rewrite
from fingerprint.intake.raw import Block, Progress, RawTable
from fingerprint.tables import Assay
from fingerprint.tables.arrays import Ints

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_ZERO = r"^[+-]?(0+\.?0*|\.0+)([eE][+-]?[0-9]+)?$"


@dataclass(frozen=True)
class _Source:
    """A column of the public table and the column of the file that it comes from."""

    public: str
    column: str
    is_value: bool = False


def apply_profile(raw: RawTable, profile: Profile, progress: Progress | None = None) -> Assay:
    """Read the assay that a laboratory's file holds.

    Parameters
    ----------
    raw
        The file, opened with the profile's header row.
    profile
        How to read it.
    progress
        Called now and then with bytes done and bytes in all.

    Raises
    ------
    InputError
        If the file lacks what the profile expects, or anything in it is at fault.
    """
    return assemble(ProfiledTable(raw, profile), progress)


class ProfiledTable(RawTable):
    """A laboratory's table, its columns named as in the public format.

    Parameters
    ----------
    raw
        The file as it is.
    profile
        How to read it.

    Raises
    ------
    InputError
        If the file lacks a column that the profile needs.
    """

    def __init__(self, raw: RawTable, profile: Profile) -> None:
        self._raw = raw
        self._profile = profile
        self._kept: list[Ints] = []
        super().__init__(raw.path, raw.header_row)
        self.decimal_comma = raw.decimal_comma
        self.expected_rows = raw.expected_rows
        self.factor = profile.analytes.factor

    @property
    def words(self) -> Iterable[str]:
        """Words that mean below detection."""
        return self._profile.words

    def row_in_file(self, row: int) -> int:
        """Row of the file that holds a row of the table: some were dropped."""
        return self._raw.row_in_file(int(np.concatenate(self._kept)[row]))

    def name_in_file(self, column: str) -> str:
        """What the file calls a column."""
        names = {s.public: s.column for s in self._analytes} | self._profile.facts
        return names.get(column, column)

    def _read_header(self) -> tuple[str, ...]:
        self._analytes = list(_analyte_sources(self._profile.analytes, self._raw.header))
        if not self._analytes:
            raise self._missing("there is no column of an analyte")
        needed = {s.column for s in self._analytes} | self._text_columns()
        needed |= set(self._profile.analytes.columns) - set(self._profile.analytes.leave_out)
        self._at = self._raw.positions(needed)
        for name in sorted(needed):
            if name not in self._at:
                raise self._missing(f"there is no column {name!r}")
        facts = [name for name in self._profile.facts if name != "sample"]
        return ("sample", *facts, *self._profile.constants, *(s.public for s in self._analytes))

    def _missing(self, what: str) -> InputError:
        return InputError(
            what,
            "Check that the file is of the kind that the profile is for, and its header row.",
            self._raw.path,
            self._raw.header_row,
        )

    def _text_columns(self) -> set[str]:
        profile = self._profile
        columns = {*profile.facts.values(), *profile.required}
        for rewrite in profile.rewrites:
            columns |= {rewrite.column} | ({rewrite.where.column} if rewrite.where else set())
        names = set(_PLACEHOLDER.findall(profile.sample))
        return columns | (names - set(profile.facts) - set(profile.constants))

    def _read_blocks(self, progress: Progress) -> Generator[Block]:
        self._kept = []
        with closing(self._raw.blocks(progress, self._at.values())) as blocks:
            yield from self._profiled(blocks)

    def _profiled(self, blocks: Iterable[Block]) -> Iterator[Block]:
        start = 0
        for block in blocks:
            block = [_blanked(column, self._profile.blank) for column in block]
            texts = {name: read_texts(block[self._at[name]]) for name in self._text_columns()}
            keep = _complete([texts[name] for name in self._profile.required], len(block[0]))
            self._kept.append(start + keep)
            start += len(block[0])
            if keep.size:
                kept = pa.array(keep)
                texts = {name: text.take(kept) for name, text in texts.items()}
                cells = [block[self._at[s.column]].take(kept) for s in self._analytes]
                yield [*self._facts(texts, len(keep)), *self._cells(cells)]

    def _facts(self, texts: dict[str, pa.Array], rows: int) -> Block:
        profile = self._profile
        for rewrite in profile.rewrites:
            texts[rewrite.column] = _rewritten(rewrite, texts)
        facts = {name: texts[column] for name, column in profile.facts.items()}
        facts |= {name: pa.repeat(text, rows) for name, text in profile.constants.items()}
        for name, aliases in profile.aliases.items():
            if name in facts:
                facts[name] = _renamed(facts[name], aliases)
        sample = _filled_in(profile.sample, texts | facts, rows)
        return [sample, *(facts[name] for name in facts if name != "sample")]

    def _cells(self, cells: Block) -> Block:
        if self._profile.zero == "below_detection":
            return cells
        return [
            _without_zeros(column) if source.is_value else column
            for source, column in zip(self._analytes, cells, strict=True)
        ]


def _analyte_sources(analytes: Analytes, header: tuple[str, ...]) -> Iterator[_Source]:
    for column in header:
        groups = _groups(analytes, column)
        if groups is None or groups["analyte"] in analytes.leave_out:
            continue
        name = groups["analyte"]
        yield _Source(f"{name}_{analytes.unit}", column, is_value=True)
        for template, suffix in ((analytes.limit, "lod"), (analytes.error, analytes.error_is)):
            if template is not None:
                beside = _named(template, groups)
                if beside in header:
                    yield _Source(f"{name}_{suffix}", beside)


def _named(template: str, groups: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: groups.get(match[1], match[0]), template)


def _groups(analytes: Analytes, column: str) -> dict[str, str] | None:
    """What the name of a column says, if it is that of an analyte."""
    if column in analytes.columns:
        return {"column": column, "analyte": column}
    match = re.fullmatch(analytes.pattern, column) if analytes.pattern else None
    if match is None:
        return None
    groups = {name: text or "" for name, text in match.groupdict().items()}
    named = groups.get("element", column) + groups.get("mass", "")
    return {"column": column, "analyte": named} | groups


def _complete(required: list[pa.Array], rows: int) -> Ints:
    """Rows in which no required cell is blank."""
    complete = np.ones(rows, dtype=bool)
    for column in required:
        complete &= pc.is_valid(column).to_numpy(zero_copy_only=False)
    return np.flatnonzero(complete)


def _blanked(cells: pa.Array, words: tuple[str, ...]) -> pa.Array:
    if not words or not pa.types.is_string(cells.type):
        return cells
    stands_for_blank = pc.is_in(pc.utf8_trim_whitespace(cells), pa.array(words, pa.string()))
    return pc.if_else(stands_for_blank, None, cells)


def _rewritten(rewrite: Rewrite, texts: Mapping[str, pa.Array]) -> pa.Array:
    old = texts[rewrite.column]
    pattern = re.compile(rewrite.pattern)
    new = _mapped(old, lambda text: pattern.sub(rewrite.replacement, text).strip())
    if rewrite.where is None:
        return new
    chosen = pc.is_in(texts[rewrite.where.column], pa.array(rewrite.where.values, pa.string()))
    return pc.if_else(chosen, new, old)


def _renamed(texts: pa.Array, aliases: Mapping[str, str]) -> pa.Array:
    return _mapped(texts, lambda text: aliases.get(text, text))


def _mapped(texts: pa.Array, change: Callable[[str], str]) -> pa.Array:
    """Change each distinct text once; null where nothing is left."""
    encoded = texts.dictionary_encode()
    changed = [change(text) or None for text in encoded.dictionary.to_pylist()]
    return pa.array(changed, pa.string()).take(encoded.indices)


def _filled_in(template: str, columns: Mapping[str, pa.Array], rows: int) -> pa.Array:
    """Fill in a template for each row; null where one of its parts is."""
    parts: list[pa.Array] = []
    for i, piece in enumerate(_PLACEHOLDER.split(template)):
        parts.append(columns[piece] if i % 2 else pa.repeat(piece, rows))
    return pc.binary_join_element_wise(*parts, "")


def _without_zeros(cells: pa.Array) -> pa.Array:
    if pa.types.is_string(cells.type):
        zero = pc.match_substring_regex(pc.utf8_trim_whitespace(cells), _ZERO)
    else:
        zero = pc.equal(cells, 0)
    return pc.if_else(zero, None, cells)

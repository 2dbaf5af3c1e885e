"""How many cells of each column of a file are numbers, below detection, blank, or neither."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.intake.cells import NUMBER, read_texts
from fingerprint.intake.files.raw import RawTable
from fingerprint.intake.laboratory.plan import place_of
from fingerprint.intake.laboratory.profiled import ProfiledTable
from fingerprint.intake.laboratory.texts import blanked, matches

_EXAMPLES = 3


@dataclass
class Counts:
    """Cells of one column of a file; the last four of the numbers add up to the first.

    Parameters
    ----------
    rows, numbers, below, blank, not_understood
        How many there are, and how many hold a number, ``<limit`` or a word for below detection,
        nothing (or what the profile says is nothing), or anything else.
    examples, unread
        The first few that are not blank, and that are not understood.
    """

    rows: int = 0
    numbers: int = 0
    below: int = 0
    blank: int = 0
    not_understood: int = 0
    examples: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def add(self, texts: pa.Array, words: pa.Array, decimal_comma: bool, nothing: str) -> None:
        """Count some cells.

        Parameters
        ----------
        texts
            The cells, null where blank.
        words
            Those that mean below detection, in small letters.
        decimal_comma
            Whether a comma may be the decimal mark.
        nothing
            Pattern of cells that say nothing; blank: none do.
        """
        known = texts.drop_null()
        plain = pc.replace_substring(known, ",", ".") if decimal_comma else known
        number = pc.match_substring_regex(plain, NUMBER)
        limit = pc.match_substring_regex(pc.utf8_ltrim(plain, "< "), NUMBER)
        below = pc.or_(
            pc.is_in(pc.utf8_lower(known), words), pc.and_(pc.starts_with(known, "<"), limit)
        )
        other = known.filter(pc.invert(pc.or_(number, below)))
        if nothing:
            other = other.filter(pa.array(~matches(other, nothing)))
        self.rows += len(texts)
        self.numbers += pc.sum(number).as_py() or 0
        self.below += pc.sum(below).as_py() or 0
        self.not_understood += len(other)
        self.blank = self.rows - self.numbers - self.below - self.not_understood
        _collect(self.examples, known)
        _collect(self.unread, other)


def _collect(examples: list[str], texts: pa.Array) -> None:
    if len(examples) < _EXAMPLES:
        seen = dict.fromkeys([*examples, *texts.slice(0, 100).unique().to_pylist()])
        examples[:] = list(seen)[:_EXAMPLES]


def count_cells(table: RawTable) -> list[Counts]:
    """Count the cells of a file.

    Parameters
    ----------
    table
        The file, or the file seen through a profile.

    Returns
    -------
    list
        For each column of the file as it is.
    """
    words = pa.array([word.lower() for word in table.words], pa.string())
    raw = table
    blank: tuple[str, ...] = ()
    nothing: dict[int, str] = {}
    if isinstance(table, ProfiledTable):
        raw, blank, nothing = table.raw, table.profile.blank, _nothing(table)
    counts = [Counts() for _ in raw.header]
    for block in raw.blocks():
        for i, cells in enumerate(block):
            texts = read_texts(blanked(cells, blank))
            counts[i].add(texts, words, raw.decimal_comma, nothing.get(i, ""))
    return counts


def _nothing(table: ProfiledTable) -> dict[int, str]:
    """Pattern of the cells that say nothing, for each column of limits or errors."""
    pattern = "|".join(f"(?:{one})" for one in table.profile.not_known)
    columns = [s.column for s in table.plan.numbers if s.role in ("limit", "error")]
    places = (place_of(column) for column in columns)
    return {
        table.raw.header.index(column) if place is None else place: pattern
        for column, place in zip(columns, places, strict=True)
    }

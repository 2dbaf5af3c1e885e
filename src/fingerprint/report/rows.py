"""Verdicts and rankings as rows of a table."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from typing import TextIO

from fingerprint.judgement import Verdict

VERDICT_COLUMNS = (
    "sample",
    "claim",
    "verdict",
    "score",
    "log10_lr",
    "log10_lr_low",
    "log10_lr_high",
    "log10_lr_near",
    "p_value",
    "n_grains",
    "not_excluded",
    "reasons",
)
RANKING_COLUMNS = ("sample", "rank", "site", "log10_lr", "probability")
# A spreadsheet would take a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def verdict_row(verdict: Verdict) -> dict[str, object]:
    """One row of the table that `screen` writes; lists are separated by ``;``."""
    row: dict[str, object] = {name: getattr(verdict, name) for name in VERDICT_COLUMNS}
    row["not_excluded"] = ";".join(_harmless(name) for name in verdict.not_excluded)
    row["reasons"] = ";".join(verdict.reasons)
    return row


def write_rows(
    rows: Iterable[Mapping[str, object]], columns: tuple[str, ...], file: TextIO
) -> None:
    """Write rows as CSV. A number that is not known is blank; no text can act as a formula.

    Parameters
    ----------
    rows
        Each with all of the columns.
    columns
        Names of the columns.
    file
        An open text file.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    return _harmless(value) if isinstance(value, str) else str(value)


def _harmless(text: str) -> str:
    # Each name of a list by itself: where ; separates columns, a list is many cells.
    return f"'{text}" if text.startswith(_FORMULA) else text

"""Problems of a file as a table for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from fingerprint.intake.problems import Problem
from fingerprint.report.visible import visible


def problem_table(problems: Sequence[Problem]) -> Table:
    """Lay out problems: file (where there are several), row, column, value, what, remedy.

    Control characters of the file are shown, so that none reaches the terminal.

    Parameters
    ----------
    problems
        Errors before notes.
    """
    several = len({problem.file for problem in problems}) > 1
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    if several:
        table.add_column("File", overflow="fold")
    table.add_column("Row", justify="right")
    table.add_column("Column", overflow="fold")
    table.add_column("Value", overflow="fold", max_width=16)
    table.add_column("What is wrong", overflow="fold", ratio=3)
    table.add_column("What to do", overflow="fold", ratio=3)
    for problem in problems:
        cells: list[str] = [problem.weight]
        cells += [Path(problem.file).name] if several else []
        cells += ["" if problem.row is None else str(problem.row), problem.column or ""]
        cells += [_value(problem.value), problem.what, problem.remedy]
        table.add_row(*(Text(visible(cell, 300)) for cell in cells))
    return table


def _value(value: str | None) -> str:
    if value is None:
        return ""
    return visible(value, 30) if value else "(blank)"

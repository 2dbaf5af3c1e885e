"""Progress on stderr, where someone is watching and there is something to wait for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_WORTH_SHOWING = 20_000_000


@contextmanager
def reading_bar(what: str = "Reading") -> Iterator[Callable[[int, int], None] | None]:
    """Show how much of a file is read.

    Parameters
    ----------
    what
        What is being done.

    Yields
    ------
    callable or None
        To be called with bytes done and bytes in all; None if stderr is not a terminal.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    with bar:
        task = bar.add_task(what, visible=False)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=total >= _WORTH_SHOWING)

        yield show

"""Progress on stderr, where someone is watching and there is something to wait for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

_WORTH_SHOWING = 20_000_000
_Item = TypeVar("_Item")
_Bytes = Callable[[int, int], None]


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show a spinner while the block runs."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(what):
        yield


def counted(items: Iterable[_Item], total: int, what: str) -> Iterable[_Item]:
    """Pass items on, with a bar that shows how many of the total have gone by."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(items, what, total, console=console, disable=not console.is_terminal)


@contextmanager
def reading_bar(
    what: str = "Reading", worth_showing: int = _WORTH_SHOWING
) -> Iterator[Callable[[int, int], None] | None]:
    """Show how much of a file is read.

    Parameters
    ----------
    what
        What is being done.
    worth_showing
        Bytes of the smallest file for which to show it.

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
            bar.update(task, completed=done, total=total, visible=total >= worth_showing)

        yield show


@contextmanager
def steps() -> Iterator[Callable[[str], None]]:
    """Show what is being done, step by step, with the time it has taken.

    Yields
    ------
    callable
        To be called with a few words when the next step begins.
    """
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=None)
        yield lambda what: bar.update(task, description=what)


@contextmanager
def reading_then_steps() -> Iterator[tuple[_Bytes | None, Callable[[str], None]]]:
    """Show how much of a file is read, and from the first step on what is being done.

    Yields
    ------
    tuple of callable or None, callable
        As of `reading_bar`, and as of `steps`: two of them cannot be shown at once.
    """
    with ExitStack() as shown:
        progress = shown.enter_context(reading_bar())
        told: list[Callable[[str], None]] = []

        def step(what: str) -> None:
            if not told:
                shown.close()
                told.append(shown.enter_context(steps()))
            told[0](what)

        yield progress, step

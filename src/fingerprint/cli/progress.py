"""Progress on stderr, where people watch; nothing where a program reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

_Item = TypeVar("_Item")


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

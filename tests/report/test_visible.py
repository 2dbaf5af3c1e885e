"""Text of a file that would not be seen."""

import pytest

from fingerprint.report.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ta µg/g é 中", "Ta µg/g é 中"),
        ("\u202egnp", "‹U+202E›gnp"),
        ("a\r\nb", "a⏎⏎b"),
        ("\x1b[2J\x00", "␛[2J␀"),
        ("\ufeffsample", "‹U+FEFF›sample"),
        ("x" * 90, "x" * 79 + "…"),
    ],
)
def test_visible(text, shown):
    assert visible(text) == shown

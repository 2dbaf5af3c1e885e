"""Figures in a page hold any text of a file."""

import warnings

import pytest

from fingerprint.report.health_plots import shortened
from fingerprint.report.svg import inline_svg

SIZES = {"size": (4.0, 2.0), "margins": (1.0, 0.5, 0.2, 0.2)}


def drawn(names):
    def draw(ax):
        ax.set_yticks(range(len(names)), [shortened(name) for name in names])

    return inline_svg(draw, "f", "names", **SIZES)


def test_characters_that_the_font_lacks_are_kept_and_nothing_is_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        svg = drawn(["錫石", "a\x1b[31m\nb", "x" * 40])
    assert "錫石" in svg
    assert "a␛[31m⏎b" in svg
    assert "x" * 29 + "…" in svg


def test_other_warnings_are_not_silenced():
    def draw(ax):
        warnings.warn("Something else", UserWarning, stacklevel=1)

    with pytest.warns(UserWarning, match="Something else"):
        inline_svg(draw, "f", "nothing", **SIZES)

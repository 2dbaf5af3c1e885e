"""Figures as SVG to stand inline in a page: the same bytes for the same figure."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Lock

import matplotlib as mpl
from markupsafe import Markup, escape
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from fingerprint.report.visible import visible

_NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))
# matplotlib keeps its settings for the whole process; a service draws in several threads.
_ONE_AT_A_TIME = Lock()


def inline_svg(
    draw: Callable[[Axes], None],
    name: str,
    description: str,
    size: tuple[float, float],
    margins: tuple[float, float, float, float],
    *,
    font_size: float = 8.0,
    stamp: str = "",
) -> Markup:
    """Draw a figure with one set of axes and return it as an element of a page.

    Parameters
    ----------
    draw
        Draws on the axes.
    name
        Prefix of every id, so that figures of one page do not share any.
    description
        What the figure shows, for those who do not see it.
    size
        Width and height in inches.
    margins
        Left, bottom, right and top in inches.
    font_size
        In points.
    stamp
        Words to print on the figure itself.
    """
    with _ONE_AT_A_TIME, _settings(font_size), warnings.catch_warnings():
        # The text stays text: the reader's browser has the characters that this font lacks.
        warnings.filterwarnings("ignore", r"Glyph .* missing from", UserWarning)
        figure = Figure(figsize=size)
        FigureCanvasSVG(figure)
        left, bottom, right, top = margins
        width, height = size[0] - left - right, size[1] - bottom - top
        ax = figure.add_axes((left / size[0], bottom / size[1], width / size[0], height / size[1]))
        draw(ax)
        if stamp:
            figure.text(0.995, 0.99, stamp, ha="right", va="top", color="#a33b00", weight="bold")
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata=_NO_METADATA, transparent=True)
    return _as_element(file.getvalue(), name, visible(description, len(description)))


def _settings(font_size: float) -> AbstractContextManager[None]:
    return mpl.rc_context(
        {
            "svg.fonttype": "none",  # text stays text: it can be searched, copied and read aloud
            "svg.hashsalt": "fingerprint",
            "text.parse_math": False,  # an analyte may hold a dollar sign
            "font.size": font_size,
        }
    )


def _as_element(document: str, name: str, description: str) -> Markup:
    element = document[document.index("<svg") :].rstrip()
    head, body = element.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', head)
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = re.sub(r"url\(#", f"url(#{name}-", body)
    body = re.sub(r'xlink:href="#', f'href="#{name}-', body)
    return Markup('<svg {} role="img" aria-label="{}">{}').format(
        Markup(box[0] if box else ""), escape(description), Markup(body)
    )

"""Templates of pages: everything that is put into them is escaped."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from fingerprint.report import numbers
from fingerprint.report.visible import visible

# Functions of `numbers` that templates use.
_FORMATS = ("count", "decimal", "percent", "rate", "signed", "significant")


@cache
def template(name: str) -> Template:
    """Load a template of this room.

    Parameters
    ----------
    name
        File name: ``page.html.jinja``.
    """
    environment = Environment(
        loader=PackageLoader("fingerprint.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update({form: getattr(numbers, form) for form in _FORMATS})
    environment.filters["visible"] = visible
    return environment.get_template(name)

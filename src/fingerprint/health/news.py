"""Which findings samples bring with them, and which stood before they came."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from fingerprint.health.findings import Finding

# A factor that has moved less is as it was: good laboratories differ by so much.
_GREW_FACTOR = 1.05
# A slope known from few samples moves by a quarter when one joins.
_GREW_SLOPE = 1.5


@dataclass(frozen=True)
class Offered:
    """What asks to join.

    Parameters
    ----------
    samples, sites
        Names.
    groups
        Subjects of findings on groups that its grains belong to or are compared with.
    """

    samples: frozenset[str]
    sites: frozenset[str]
    groups: frozenset[str]


def brought(after: Iterable[Finding], before: Iterable[Finding], offered: Offered) -> list[Finding]:
    """Keep the findings that concern what is offered and did not stand before as they are.

    A finding that names samples concerns those offered if it names one of them; or if it is new
    and its site gained samples: a wrong label may make the site's true samples look wrong. A
    finding on a group or site is told again if it has further analytes or has grown.

    Parameters
    ----------
    after
        On the library with what is offered.
    before
        On the library alone.
    offered
        What is offered.
    """
    stood = {finding.key: finding for finding in before}
    return [f for f in after if _is_brought(f, stood.get(f.key), offered)]


def _is_brought(finding: Finding, stood: Finding | None, offered: Offered) -> bool:
    if finding.kind in ("common_factor", "shift"):
        return finding.subject in offered.groups and _grew(finding, stood)
    if finding.samples:
        named = bool(offered.samples & set(finding.samples))
        return named or (bool(offered.sites & set(finding.sites)) and _names_more(finding, stood))
    return bool(offered.sites & set(finding.sites)) and _grew(finding, stood)


def _names_more(finding: Finding, stood: Finding | None) -> bool:
    return stood is None or bool(set(finding.samples) - set(stood.samples))


def _grew(finding: Finding, stood: Finding | None) -> bool:
    if stood is None:
        return True
    known = dict(stood.numbers)
    if finding.kind == "common_factor":
        return _farther(dict(finding.numbers)["factor"], known["factor"])
    farther = _steeper if finding.kind == "drift" else _farther
    return any(
        name not in known or farther(number, known[name]) for name, number in finding.numbers
    )


def _farther(factor: float, before: float) -> bool:
    """Whether a factor lies farther from 1, or on its other side."""
    one, other = np.log(factor), np.log(before)
    return bool(one * other < 0 or abs(one) - abs(other) > np.log(_GREW_FACTOR))


def _steeper(slope: float, before: float) -> bool:
    return slope * before < 0 or abs(slope) > _GREW_SLOPE * abs(before)

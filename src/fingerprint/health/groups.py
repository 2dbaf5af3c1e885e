"""Groups of grains that one cause may have shifted: laboratories, sessions, methods, files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from fingerprint.library import Library
from fingerprint.tables.arrays import Texts

# Facts that name a group, the widest first; sessions are told apart within their laboratory.
_FACTS = ("laboratory", "method", "session", "source_file", "reference")


@dataclass(frozen=True, eq=False)
class Grouping:
    """One way to part the grains.

    Parameters
    ----------
    name
        What the groups are: ``laboratory``.
    labels
        (grains,) name of the group, ``""`` where not given.
    """

    name: str
    labels: Texts


def groupings(library: Library, more: Sequence[Grouping] = ()) -> list[Grouping]:
    """List the ways in which facts part the grains into two groups or more.

    Parameters
    ----------
    library
        The library. Where a grain does not state a fact, that of its sample counts.
    more
        Further ways, kept where no fact parts the grains in the same way. One named group is
        enough there: it is compared with the grains of none.
    """
    found: list[Grouping] = []
    partitions: list[np.ndarray] = []
    for grouping in [*_of_facts(library), *more]:
        codes = pd.factorize(grouping.labels)[0]
        new = not any(np.array_equal(codes, other) for other in partitions)
        if new and _parts(grouping, more):
            partitions.append(codes)
            found.append(grouping)
    return found


def _parts(grouping: Grouping, more: Sequence[Grouping]) -> bool:
    """Whether there are groups to compare."""
    named = set(grouping.labels) - {""}
    return len(named) > 1 or (grouping in more and set(grouping.labels) > named > set())


def _of_facts(library: Library) -> Iterator[Grouping]:
    laboratory = _labels(library, "laboratory")
    for name in _FACTS:
        labels = _labels(library, name)
        if name == "session":
            both = (laboratory != "") & (labels != "")
            labels = np.where(both, laboratory + ", " + labels, labels).astype(object)
        yield Grouping(name, labels)


def _labels(library: Library, name: str) -> Texts:
    of_grain = library.samples.assay.fact(name)
    of_sample = library.samples.fact(name)[library.samples.grain_sample]
    return np.where(of_grain != "", of_grain, of_sample).astype(object)

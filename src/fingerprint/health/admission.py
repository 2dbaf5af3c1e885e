"""Samples that ask to join a library: what the checks say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fingerprint.errors import InputError
from fingerprint.health.checking import Step, check_library
from fingerprint.health.common_factor import common_factors
from fingerprint.health.findings import Finding
from fingerprint.health.groups import Grouping, groupings
from fingerprint.health.joining import joined_samples
from fingerprint.health.news import Offered, brought
from fingerprint.health.sessions import session_findings
from fingerprint.health.twins import find_twins, twin_findings
from fingerprint.library import Library
from fingerprint.library.reference import MADE_UP
from fingerprint.quality import SessionQuality
from fingerprint.tables import SampleSet

# What keeps samples out unless a reason is given; the rest is good to know.
_BARS = ("label", "same_grains", "common_factor", "shift", "drift", "phases")
_OFFERED = "offered"


@dataclass(frozen=True, eq=False)
class Admission:
    """A library with the samples that ask to join it.

    Parameters
    ----------
    library
        Both together.
    samples, sites
        Names of what asks to join.
    n_grains
        Its grains.
    against
        Findings that it brings: see `fingerprint.health.news`.
    """

    library: Library
    samples: tuple[str, ...]
    sites: tuple[str, ...]
    n_grains: int
    against: tuple[Finding, ...]


def examine(
    library: Library,
    offered: SampleSet,
    *,
    sessions: Sequence[SessionQuality] = (),
    step: Step = lambda _: None,
) -> Admission:
    """Check a library together with samples that ask to join it.

    Parameters
    ----------
    library
        The library as it is.
    offered
        The samples.
    sessions
        Sessions judged by `joined_materials` of the two. Samples measured in one that lies outside
        its limits are barred, whatever the library has of that session already.
    step
        See `check_library`.

    Raises
    ------
    InputError
        If a sample has no site or stands in the library already, if made-up and measured data
        would mix, or mineralogies do not fit together.
    """
    _refuse(library, offered)
    joined = Library(joined_samples(library.samples, offered))
    asks = _asks(joined, offered)
    factors, level = common_factors(library, groupings(library))
    # The library's own factors are off, so that they do not hide the same ones in what joins it.
    levelled = Library(joined_samples(level.samples, offered)) if factors else joined
    alone = check_library(
        level, step=lambda what: step(f"The library as it is: {what[0].lower()}{what[1:]}")
    )
    together = check_library(levelled, more=(_batch(levelled, asks.samples),), step=step)
    twins = twin_findings(find_twins(joined)) if factors else []
    after = [f for f in together.findings if not (factors and f.kind == "same_grains")]
    against = brought([f for f in (*twins, *after) if f.kind in _BARS], alone.findings, asks)
    of_sessions = [
        finding
        for finding in session_findings(joined.samples, sessions)
        if finding.weight == "settle" and asks.samples & set(finding.samples)
    ]
    return Admission(
        joined,
        tuple(sorted(asks.samples)),
        tuple(sorted(asks.sites)),
        offered.assay.n_grains,
        (*of_sessions, *against),
    )


def _asks(joined: Library, offered: SampleSet) -> Offered:
    names = frozenset(str(name) for name in offered.ids)
    sites = frozenset(str(site) for site in offered.fact("site"))
    new = np.isin(joined.samples.ids.astype(str), list(names))
    of_new = new[joined.samples.grain_sample]
    groups: set[str] = set()
    for grouping in groupings(joined, (_batch(joined, names),)):
        own, every = set(grouping.labels[of_new]), set(grouping.labels)
        # Of two groups either may be off.
        groups |= {f"{grouping.name} {label}" for label in (every if len(every) == 2 else own)}
    return Offered(names, sites, frozenset(groups))


def _batch(joined: Library, offered: frozenset[str]) -> Grouping:
    new = np.isin(joined.samples.ids.astype(str), list(offered))
    # The library is no group: of two, only the smaller is tested.
    labels = np.where(new, _OFFERED, "").astype(object)
    return Grouping("batch", labels[joined.samples.grain_sample])


def _refuse(library: Library, offered: SampleSet) -> None:
    twice = sorted(set(map(str, library.samples.ids)) & set(map(str, offered.ids)))
    if twice:
        raise InputError(
            f"the sample {twice[0]!r} stands in the library already"
            + (f", and {len(twice) - 1} more" if len(twice) > 1 else ""),
            "Give new samples names of their own.",
            column="sample",
        )
    without = np.flatnonzero(offered.fact("site") == "")
    if without.size:
        raise InputError(
            f"the sample {str(offered.ids[without[0]])!r} has no site",
            "Give each sample of a library its site, in the column site.",
            column="site",
        )
    made_up = {
        bool(x)
        for samples in (library.samples, offered)
        for x in samples.fact("origin_of_data") == MADE_UP
    }
    if len(made_up) > 1:
        raise InputError(
            "made-up and measured data would stand in one library",
            "Keep made-up data in a library of their own.",
            column="origin_of_data",
        )

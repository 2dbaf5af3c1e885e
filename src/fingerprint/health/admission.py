"""Samples that ask to join a library: what the checks say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fingerprint.errors import InputError
from fingerprint.health.checking import Step, check_library
from fingerprint.health.findings import Finding
from fingerprint.health.groups import Grouping, groupings
from fingerprint.health.joining import joined_samples
from fingerprint.health.sessions import session_findings
from fingerprint.library import Library
from fingerprint.library.reference import MADE_UP
from fingerprint.quality import SessionQuality
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools

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
        Findings that concern it and that were not there before.
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
    near: str | None = None,
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
    near
        See `check_library`.
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
    names = {str(name) for name in offered.ids}
    new = np.array([str(name) in names for name in joined.samples.ids])
    before = {finding.key for finding in check_library(library, near=near).findings}
    batch = _batch(joined, new)
    after = check_library(joined, near=near, more=(batch,), step=step)
    groups = _groups_of(joined, new, batch)
    against = [
        finding
        for finding in after.findings
        if finding.kind in _BARS
        and _concerns(finding, names, groups, set(joined.sites[joined.sample_site[new]]))
        and finding.key not in before
    ]
    of_sessions = [
        finding
        for finding in session_findings(joined.samples, sessions)
        if finding.weight == "settle" and names & set(finding.samples)
    ]
    return Admission(
        joined,
        tuple(sorted(names)),
        tuple(sorted({str(site) for site in offered.fact("site")})),
        offered.assay.n_grains,
        (*of_sessions, *against),
    )


def _concerns(finding: Finding, names: set[str], groups: set[str], sites: set[str]) -> bool:
    if finding.kind in ("common_factor", "shift"):
        return finding.subject in groups
    if finding.samples:
        return bool(names & set(finding.samples))
    return bool(sites & set(finding.sites))


def _batch(joined: Library, new: Bools) -> Grouping:
    # The library is no group: of two, only the smaller is tested.
    labels = np.where(new, _OFFERED, "").astype(object)
    return Grouping("batch", labels[joined.samples.grain_sample])


def _groups_of(joined: Library, new: Bools, batch: Grouping) -> set[str]:
    """Groups that the offered grains belong to, or that are only compared with those."""
    of_new = new[joined.samples.grain_sample]
    found: set[str] = set()
    for grouping in groupings(joined, (batch,)):
        own = set(grouping.labels[of_new])
        every = set(grouping.labels)
        found |= {f"{grouping.name} {label}" for label in (every if len(every) == 2 else own)}
    return found


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

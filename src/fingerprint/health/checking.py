"""All checks of a library, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from fingerprint.health.common_factor import CommonFactor, common_factors, factor_findings
from fingerprint.health.contrasts import compare_groups
from fingerprint.health.drift import Drift, drift_findings, find_drift
from fingerprint.health.findings import Finding, by_weight
from fingerprint.health.groups import Grouping, groupings
from fingerprint.health.labels import Unlike, label_findings, not_tested, unlike_their_site
from fingerprint.health.leave_one_out import SiteModel, fit_sites
from fingerprint.health.likeness import Likeness, alike_findings, site_likeness
from fingerprint.health.means import ComparedSamples
from fingerprint.health.needs import Need, need_findings, site_needs
from fingerprint.health.phases import phase_findings
from fingerprint.health.shifts import GroupShift, Shift, shift_findings, shifts
from fingerprint.health.twins import Twins, find_twins, twin_findings
from fingerprint.library import Library, content_hash

Step = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Health:
    """What the checks of a library found.

    Parameters
    ----------
    n_sites, n_samples, n_grains, n_compared
        Counts; samples compared by their assay.
    analytes
        Those that sites and samples are compared by.
    content_hash
        Of the library.
    made_up
        Whether any sample is made-up data.
    findings
        The heaviest first.
    unlike, twins, factors, shifts, groups, drift, likeness, needs
        Of each check.
    """

    n_sites: int
    n_samples: int
    n_grains: int
    n_compared: int
    analytes: tuple[str, ...]
    content_hash: str
    made_up: bool
    findings: tuple[Finding, ...]
    unlike: tuple[Unlike, ...]
    twins: tuple[Twins, ...]
    factors: tuple[CommonFactor, ...]
    shifts: tuple[Shift, ...]
    groups: tuple[GroupShift, ...]
    drift: tuple[Drift, ...]
    likeness: Likeness | None
    needs: tuple[Need, ...]

    def with_findings(self, more: Sequence[Finding]) -> Health:
        """Return the same with further findings."""
        return replace(self, findings=tuple(by_weight([*self.findings, *more])))

    def as_dict(self) -> dict[str, Any]:
        """Give everything as JSON can hold it."""
        plain = ("unlike", "twins", "factors", "shifts", "drift", "needs")
        counts = ("n_sites", "n_samples", "n_grains", "n_compared")
        return {
            **{name: getattr(self, name) for name in counts},
            "analytes": list(self.analytes),
            "content_hash": self.content_hash,
            "made_up": self.made_up,
            "findings": [finding.as_dict() for finding in self.findings],
            **{name: [asdict(one) for one in getattr(self, name)] for name in plain},
            "groups": [_group(group) for group in self.groups],
            "likeness": None if self.likeness is None else _likeness(self.likeness),
        }


def check_library(
    library: Library,
    *,
    near: str | None = None,
    more: Sequence[Grouping] = (),
    step: Step = lambda _: None,
) -> Health:
    """Check whether a library is sound.

    Common factors are taken off before samples are compared, and samples unlike their site are
    left out before drift, likeness and needs are looked at: one fault is told once.

    Parameters
    ----------
    library
        The library.
    near
        Column whose equal values make sites neighbours.
    more
        Groups of grains to compare beside laboratories, methods and sessions.
    step
        Called with a few words when the next check begins.
    """
    step("Looking for the same grains twice")
    twins = find_twins(library)
    step("Comparing laboratories and sessions")
    parted = groupings(library, more)
    contrasts = compare_groups(library, parted)
    factors, level = common_factors(library, parted, contrasts)
    shifted, groups = shifts(level, parted, contrasts if level is library else None)
    step("Comparing samples with their sites")
    compared = ComparedSamples.of(level)
    unlike = unlike_their_site(level, compared)
    step("Comparing sites")
    sound, model = _sound(level, compared, unlike)
    likeness = site_likeness(level, sound, model) if model else None
    drift = find_drift(level, sound, model) if model else []
    needs = site_needs(level, sound, model) if model else []
    findings = [
        *twin_findings(twins),
        *factor_findings(factors),
        *label_findings(unlike),
        *shift_findings(shifted, groups),
        *drift_findings(library, drift),
        *phase_findings(library),
        *(alike_findings(library, likeness, near) if likeness else []),
        *need_findings(needs),
        *not_tested(library, compared),
    ]
    return Health(
        len(library.sites),
        len(library),
        library.samples.assay.n_grains,
        len(compared),
        compared.keys,
        content_hash(library.samples),
        library.made_up,
        tuple(by_weight(findings)),
        tuple(unlike),
        tuple(twins),
        tuple(factors),
        tuple(shifted),
        tuple(groups),
        tuple(drift),
        likeness,
        tuple(needs),
    )


def _sound(
    library: Library, compared: ComparedSamples, unlike: list[Unlike]
) -> tuple[ComparedSamples, SiteModel | None]:
    """The samples that are not doubted, and the model of their sites."""
    if not compared.keys or len(compared) < 3:
        return compared, None
    doubted = {one.sample for one in unlike}
    names = library.samples.ids[compared.rows]
    kept = np.array([str(name) not in doubted for name in names])
    sound = compared.without(~kept)
    return sound, fit_sites(sound, np.ones(len(sound), dtype=bool))


def _group(group: GroupShift) -> dict[str, Any]:
    c = group.contrast
    head = {"grouping": group.grouping, "group": group.group}
    if c is None:
        return head | {"compared": False}
    low, high = c.interval
    return head | {
        "compared": True,
        "at_same_sites": c.paired,
        "n_sites": c.n_sites,
        "factor": float(10.0**c.shift),
        "low": float(10.0**low),
        "high": float(10.0**high),
        "analytes": {
            key: float(10.0**shift)
            for key, shift in zip(group.keys, c.of_analytes, strict=True)
            if np.isfinite(shift)
        },
    }


def _likeness(likeness: Likeness) -> dict[str, Any]:
    return {
        "threshold": likeness.threshold,
        "groups": [list(group) for group in likeness.groups],
        "sites": list(likeness.sites),
        "tree": likeness.tree.tolist(),
    }

"""What the checks of a library found, and how it is written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from fingerprint.health.common_factor import CommonFactor
from fingerprint.health.drift import Drift
from fingerprint.health.findings import Finding, by_weight
from fingerprint.health.labels import Unlike
from fingerprint.health.likeness import Likeness
from fingerprint.health.needs import Need
from fingerprint.health.shifts import GroupShift, Shift
from fingerprint.health.twins import Twins


@dataclass(frozen=True, eq=False)
class Health:
    """What the checks of a library found.

    Parameters
    ----------
    n_sites, n_samples, n_grains, n_compared
        Counts; samples compared by their assay.
    n_sites_tested
        Sites with two samples or more to compare: where labels could be tested.
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
    n_sites_tested: int
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
        counts = ("n_sites", "n_samples", "n_grains", "n_compared", "n_sites_tested")
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

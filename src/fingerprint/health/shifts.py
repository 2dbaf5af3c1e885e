"""Shifts of single analytes between laboratories or sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from fingerprint.health.contrasts import (
    LEAST_SITES,
    ORDINARY,
    Contrast,
    GroupContrasts,
    compare_groups,
)
from fingerprint.health.findings import Finding, listed
from fingerprint.health.groups import Grouping
from fingerprint.health.units import Units
from fingerprint.library import Library
from fingerprint.tables.arrays import Floats

# Rate at which a sound library is said to hold a shift, over all tests of all groups.
_FALSE_RATE = 0.01
_LEAST_FACTOR = 1.05
# Differences farther out, in standard deviations, count as so far: a wrong label is no shift.
_FARTHEST = 2.5
_LEAST_FREE = 5
_MAD_TO_SD = 1.4826
_REMEDY = "Compare its reference materials."
_REMEDIES = {
    "method": "Methods may differ by so much: compare like with like.",
    "source_file": "Look at its units and at how it was exported.",
    "reference": "Look at how and where that publication measured before its values are pooled.",
    "batch": "Compare where and how they were measured before they join.",
}


@dataclass(frozen=True)
class Shift:
    """One analyte in one group against the others at the same sites.

    Parameters
    ----------
    grouping, group, analyte
        What and where.
    factor, low, high
        The group's values are so many times those of the others; 95 % interval.
    p_value
        Of no shift, times the number of tests.
    n_sites
        Sites compared.
    """

    grouping: str
    group: str
    analyte: str
    factor: float
    low: float
    high: float
    p_value: float
    n_sites: int


@dataclass(frozen=True, eq=False)
class GroupShift:
    """How a group compares over all: what a chart of shifts shows.

    Parameters
    ----------
    grouping, group
        What and where.
    contrast
        None where the group cannot be told from its sites.
    keys
        Analytes of the contrast.
    """

    grouping: str
    group: str
    contrast: Contrast | None
    keys: tuple[str, ...]


def shifts(
    library: Library,
    parted: Sequence[Grouping],
    compared: Sequence[GroupContrasts] | None = None,
) -> tuple[list[Shift], list[GroupShift]]:
    """Compare every group with the others, analyte by analyte.

    The mean difference over shared sites is weighed by numbers of samples; its standard error
    comes from how much samples of one site and group differ in the whole library or, where that is
    more, from how much the sites differ, and from what sound laboratories differ by. P-values are
    of t with (sites - 1) degrees of freedom, times the number of tests (Bonferroni).

    Parameters
    ----------
    library
        Without common factors.
    parted
        From `groupings`.
    compared
        From `compare_groups` of the two, where it is known already.

    Returns
    -------
    shifts, groups
        Those that are not chance, the clearest first; and all groups with their contrasts.
    """
    tests: list[tuple[float, Shift]] = []
    groups: list[GroupShift] = []
    for own in compared or compare_groups(library, parted):
        name, units = own.grouping.name, own.units
        spread, free = _spread(units)
        for g, c in own.contrasts.items():
            groups.append(GroupShift(name, str(units.groups[g]), c, units.keys))
            if c is not None and c.paired and g in units.tested:
                tests += _of_analytes(name, c, units.keys, spread, free)
    corrected = [
        Shift(s.grouping, s.group, s.analyte, s.factor, s.low, s.high, min(p * len(tests), 1.0),
              s.n_sites)
        for p, s in tests
    ]  # fmt: skip
    kept = [
        s
        for s in corrected
        if s.p_value <= _FALSE_RATE and abs(np.log(s.factor)) >= np.log(_LEAST_FACTOR)
    ]
    return sorted(kept, key=lambda s: s.p_value), groups


def _spread(units: Units) -> tuple[Floats, Floats]:
    """(analytes,) robust standard deviation of units of one site and group, and degrees of freedom.

    NaN where too few sites and groups have two.
    """
    cell = units.site * max(len(units.groups), 1) + units.group
    deviations: list[Floats] = []
    free = np.zeros(len(units.keys))
    for code in np.unique(cell):
        here = units.medians[cell == code]
        known = np.isfinite(here).sum(axis=0)
        if len(here) < 2 or not (known >= 2).any():
            continue
        usable = np.where(known >= 2, here, np.nan)
        gap = usable - np.nansum(usable, axis=0) / np.maximum(known, 1)
        # Deviations from a mean of k are too small by sqrt((k - 1) / k).
        deviations.append(gap * np.sqrt(known / np.maximum(known - 1, 1)))
        free += np.maximum(known - 1, 0)
    if not deviations:
        return np.full(len(units.keys), np.nan), free
    stacked = np.abs(np.concatenate(deviations))
    enough = free >= _LEAST_FREE
    spread = np.full(len(units.keys), np.nan)
    spread[enough] = _MAD_TO_SD * np.nanmedian(stacked[:, enough], axis=0)
    return spread, free


def _of_analytes(
    grouping: str, c: Contrast, keys: Sequence[str], spread: Floats, free: Floats
) -> list[tuple[float, Shift]]:
    tests = []
    for j, key in enumerate(keys):
        known = np.isfinite(c.difference[:, j])
        if known.sum() < LEAST_SITES or not np.isfinite(spread[j]) or spread[j] == 0:
            continue
        d, w = c.difference[known, j], c.weight[known, j]
        middle = np.median(d)
        # Sites may differ by more than their samples say: the larger of the two scales counts.
        seen = _MAD_TO_SD * float(np.median(np.abs(d - middle) * np.sqrt(w)))
        scale = max(float(spread[j]), seen)
        reach = _FARTHEST * scale / np.sqrt(w)
        held = np.clip(d, middle - reach, middle + reach)
        shift = float(np.average(held, weights=w))
        error = float(np.hypot(scale / np.sqrt(w.sum()), ORDINARY))
        df = min(float(free[j]), float(known.sum()) - 1.0)
        p = float(2.0 * student.sf(abs(shift) / error, df))
        half = float(student.ppf(0.975, df)) * error
        factor, low, high = (float(10.0**x) for x in (shift, shift - half, shift + half))
        tests.append((p, Shift(grouping, c.group, key, factor, low, high, p, int(known.sum()))))
    return tests


def shift_findings(found: Sequence[Shift], groups: Sequence[GroupShift]) -> list[Finding]:
    """Tell which groups are shifted in which analytes, and which cannot be told from sites."""
    findings = []
    for grouping, group in dict.fromkeys((s.grouping, s.group) for s in found):
        own = [s for s in found if (s.grouping, s.group) == (grouping, group)]
        told = [f"{s.analyte} {s.factor:.3g} times ({s.low:.3g} to {s.high:.3g})" for s in own]
        findings.append(
            Finding(
                "shift",
                "look",
                f"{grouping.capitalize()} {group!r} differs from the others at the same sites: "
                f"{listed(told)}. {_REMEDIES.get(grouping, _REMEDY)}",
                f"{grouping} {group}",
                numbers=tuple((s.analyte, s.factor) for s in own),
            )
        )
    blind = [g for g in groups if g.contrast is None or not g.contrast.paired]
    for grouping in dict.fromkeys(g.grouping for g in blind):
        names = [g.group for g in blind if g.grouping == grouping]
        findings.append(
            Finding(
                "not_tested",
                "note",
                f"Fewer than three sites are shared with others by {grouping} {listed(names)}: a "
                "shift of its analytes cannot be told from its sites.",
                f"shifts of {grouping}",
            )
        )
    return findings

"""A common factor on all analytes of a group: a wrong internal standard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fingerprint.health.contrasts import Contrast, GroupContrasts, compare_groups
from fingerprint.health.findings import Finding
from fingerprint.health.groups import Grouping
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools

# Rate at which a sound library is said to hold a common factor, over all its groups.
_FALSE_RATE = 0.01
# A smaller factor is within what good laboratories differ by.
_LEAST_FACTOR = 1.05
# Share of the analytes whose own shift must lie nearer to the common one than to none.
_AGREE = 2.0 / 3.0
_LEAST_ANALYTES = 3
_MOST_GROUPS = 5


@dataclass(frozen=True, eq=False)
class CommonFactor:
    """A group whose values are all off by one factor.

    Parameters
    ----------
    grouping, group
        Such as ``laboratory`` and its name.
    factor, low, high
        The group's values are so many times those of the others; 95 % interval.
    paired
        Whether samples of the same sites were compared.
    n_sites, n_analytes, n_agree
        Sites compared; analytes compared; those whose shift is nearer to the factor than to none.
    either
        Whether there are only two groups: the other one may as well be off.
    """

    grouping: str
    group: str
    factor: float
    low: float
    high: float
    paired: bool
    n_sites: int
    n_analytes: int
    n_agree: int
    either: bool


def common_factors(
    library: Library,
    parted: Sequence[Grouping],
    compared: Sequence[GroupContrasts] | None = None,
) -> tuple[list[CommonFactor], Library]:
    """Find groups whose values are all off by one factor, the clearest first.

    When one is found its values are divided by the factor and the rest is looked at again: a
    group that is off makes sound ones look off at the sites that they share.

    Parameters
    ----------
    library
        The library.
    parted
        From `groupings`.
    compared
        From `compare_groups` of the two, where it is known already.

    Returns
    -------
    factors, library
        What was found, and the library without it: the same one where nothing was found.
    """
    found: list[CommonFactor] = []
    while len(found) < _MOST_GROUPS:
        clearest = _clearest(compared or compare_groups(library, parted))
        if clearest is None:
            break
        grouping, factor = clearest
        found.append(factor)
        library = divided(library, grouping.labels == factor.group, factor.factor)
        compared = None
    return found, library


def _clearest(compared: Sequence[GroupContrasts]) -> tuple[Grouping, CommonFactor] | None:
    tested = []
    for groups in compared:
        own = (groups.contrasts[int(g)] for g in groups.units.tested)
        tested += [(groups.grouping, len(groups.units.groups), c) for c in own if c is not None]
    best = None
    for grouping, n_groups, c in tested:
        told = _told(grouping.name, c, n_groups == 2)
        if told is None or c.p_value * len(tested) > _FALSE_RATE:
            continue
        strength = abs(c.shift) / c.standard_error
        if best is None or strength > best[0]:
            best = (strength, grouping, told)
    return None if best is None else best[1:]


def _told(grouping: str, c: Contrast, either: bool) -> CommonFactor | None:
    shifts = c.of_analytes
    shifts = shifts[np.isfinite(shifts)]
    agree = np.abs(shifts - c.shift) < np.abs(shifts)
    small = abs(c.shift) < np.log10(_LEAST_FACTOR)
    if small or shifts.size < _LEAST_ANALYTES or agree.mean() < _AGREE:
        return None
    low, high = (float(10.0**end) for end in c.interval)
    return CommonFactor(
        grouping, c.group, float(10.0**c.shift), low, high, c.paired, c.n_sites,
        int(shifts.size), int(agree.sum()), either,
    )  # fmt: skip


def divided(library: Library, grains: Bools, factor: float) -> Library:
    """Return the library with the concentrations of some grains divided by a factor.

    Limits and errors go with them; ratios stay as they are.
    """
    assay = library.samples.assay
    by = np.ones(assay.values.shape)
    is_ppm = np.array([a.quantity == "ppm" for a in assay.analytes], dtype=bool)
    by[np.ix_(grains, is_ppm)] = factor
    errors = assay.standard_errors
    changed = replace(
        assay,
        values=assay.values / by,
        limits=assay.limits / by,
        standard_errors=None if errors is None else errors / by,
    )
    facts = library.samples.facts.reset_index().astype(object)
    samples = library.samples
    return Library(SampleSet.from_tables(changed, samples.mineralogy, samples.ages, facts))


def factor_findings(factors: Sequence[CommonFactor]) -> list[Finding]:
    """Tell which groups are off by one factor, and how it was seen."""
    return [
        Finding(
            "common_factor",
            "settle",
            f"All values of {f.grouping} {f.group!r} are about {f.factor:.3g} times those of the "
            f"others (95 % interval {f.low:.3g} to {f.high:.3g}; {f.n_agree} of {f.n_analytes} "
            f"analytes agree), {_how(f)}. A wrong value of the internal standard does this: "
            f"multiplied by {1.0 / f.factor:.4g} they would agree."
            + (" There are two groups only: either may be off." if f.either else ""),
            f"{f.grouping} {f.group}",
            numbers=(
                ("factor", f.factor),
                ("low", f.low),
                ("high", f.high),
                ("multiply_by", 1.0 / f.factor),
                ("n_sites", f.n_sites),
                ("n_analytes", f.n_analytes),
                ("n_agree", f.n_agree),
            ),
        )
        for f in factors
    ]


def _how(factor: CommonFactor) -> str:
    if factor.paired:
        return f"at {factor.n_sites} sites that both have samples of"
    return (
        "between different sites, since too few are shared: the sites themselves differ, so the "
        "interval is wide and the factor only a hint"
    )

"""All checks of a library, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from fingerprint.health.common_factor import common_factors, factor_findings
from fingerprint.health.contrasts import compare_groups
from fingerprint.health.drift import Drift, drift_findings, find_drift
from fingerprint.health.findings import by_weight
from fingerprint.health.groups import Grouping, groupings
from fingerprint.health.labels import Unlike, label_findings, not_tested, unlike_their_site
from fingerprint.health.leave_one_out import SiteModel, fit_sites
from fingerprint.health.likeness import Likeness, alike_findings, site_likeness
from fingerprint.health.means import ComparedSamples
from fingerprint.health.needs import Need, need_findings, site_needs
from fingerprint.health.outcome import Health
from fingerprint.health.phases import phase_findings
from fingerprint.health.shifts import shift_findings, shifts
from fingerprint.health.twins import find_twins, twin_findings
from fingerprint.library import Library, content_hash

Step = Callable[[str], None]


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
    likeness, drift, needs = _of_sites(level, *_sound(level, compared, unlike))
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
        n_sites=len(library.sites),
        n_samples=len(library),
        n_grains=library.samples.assay.n_grains,
        n_compared=len(compared),
        n_sites_tested=int((compared.n_of_site > 1).sum()),
        analytes=compared.keys,
        content_hash=content_hash(library.samples),
        made_up=library.made_up,
        findings=tuple(by_weight(findings)),
        unlike=tuple(unlike),
        twins=tuple(twins),
        factors=tuple(factors),
        shifts=tuple(shifted),
        groups=tuple(groups),
        drift=tuple(drift),
        likeness=likeness,
        needs=tuple(needs),
    )


def _of_sites(
    level: Library, sound: ComparedSamples, model: SiteModel | None
) -> tuple[Likeness | None, list[Drift], list[Need]]:
    if model is None:
        return None, [], []
    return (
        site_likeness(level, sound, model),
        find_drift(level, sound, model),
        site_needs(level, sound, model),
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

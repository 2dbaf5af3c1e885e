"""Drift of a site: do its samples change with the day they were collected on?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.stats import t as student

from fingerprint.health.findings import Finding, listed
from fingerprint.health.leave_one_out import SiteModel
from fingerprint.health.means import ComparedSamples
from fingerprint.health.phases import minerals_of_samples
from fingerprint.library import Library
from fingerprint.library.notes import counted
from fingerprint.tables.arrays import Floats

_FALSE_RATE = 0.01
# Sites differ in how much their samples vary: the scatter about the trend must allow it as well.
_FALSE_RATE_BY_SCATTER = 0.05
_LEAST_SAMPLES = 4
_LEAST_DAYS = 30.0
_DAYS_A_YEAR = 365.25
_OF_MEASURING = ("laboratory", "session")
# Sites of one session and mineral from which what they have in common is told.
_LEAST_OF_SESSION = 5


@dataclass(frozen=True)
class Drift:
    """An analyte that changes with time at a site.

    Parameters
    ----------
    site, analyte
        Where and what.
    a_year
        Change of the mean of a sample in a year, in standard deviations between samples of a site.
    years
        From the first sample to the last.
    p_value
        Of no change, times the number of tests.
    n_samples
        Samples with a date.
    one_laboratory
        Whether all were measured in one laboratory and session, so that time is not confounded
        with it.
    """

    site: str
    analyte: str
    a_year: float
    years: float
    p_value: float
    n_samples: int
    one_laboratory: bool


def days(texts: list[str]) -> Floats:
    """(samples,) days since the year 1 of ISO dates, NaN where the text is none."""
    return np.array([_day(text) for text in texts])


def _day(text: str) -> float:
    try:
        return float(date.fromisoformat(text.strip()[:10]).toordinal())
    except ValueError:
        return float("nan")


def find_drift(library: Library, compared: ComparedSamples, model: SiteModel) -> list[Drift]:
    """Find sites whose samples change with time, the clearest first.

    The slope of the sample means on time is weighed by their variance ``W + E / n``: the grains
    of a sample are one observation. P-values are of Student's t with the degrees of freedom that
    W rests on, times the number of sites and analytes tested (Bonferroni). W is that of all sites
    together; where a site's own samples scatter more about the trend than W says, t of that scatter
    must find it too. What all samples of a session and mineral have in common, against their sites'
    means, is taken off first: sessions follow each other in time as well.

    Parameters
    ----------
    library
        The library.
    compared
        Its samples, of which those that are doubted should be left out.
    model
        Variances between samples.
    """
    when = days(library.samples.fact("collected_on")[compared.rows].tolist())
    tested = []
    for site in range(len(compared.site_rows)):
        rows = np.flatnonzero((compared.sample_site == site) & np.isfinite(when))
        if rows.size < _LEAST_SAMPLES or np.ptp(when[rows]) < _LEAST_DAYS:
            continue
        tested.append((site, rows))
    means = compared.means.means - _of_sessions(library, compared)
    free = max(len(compared) - len(compared.site_rows), 1)
    found = []
    n_tests = len(tested) * len(compared.keys)
    for site, rows in tested:
        slope, p = _slopes(compared, model, means[rows], rows, when[rows] / _DAYS_A_YEAR, free)
        for j in np.flatnonzero(p * n_tests <= _FALSE_RATE):
            found.append(
                Drift(
                    str(library.sites[compared.site_rows[site]]),
                    compared.keys[j],
                    float(slope[j] / np.sqrt(model.components.W[j, j])),
                    float(np.ptp(when[rows]) / _DAYS_A_YEAR),
                    float(p[j] * n_tests),
                    int(rows.size),
                    _one(library, compared, rows),
                )
            )
    return sorted(found, key=lambda drift: drift.p_value)


def _of_sessions(library: Library, compared: ComparedSamples) -> Floats:
    """(samples, analytes) median deviation from the site's mean in each session and mineral."""
    facts = [library.samples.fact(name) for name in _OF_MEASURING]
    facts.append(minerals_of_samples(library))
    label = facts[0] + "\x1f" + facts[1] + "\x1f" + facts[2]
    _, code = np.unique(label[compared.rows].astype(str), return_inverse=True)
    means, site = compared.means.means, compared.sample_site
    sums = np.zeros((len(compared.site_rows), means.shape[1]))
    np.add.at(sums, site, means)
    deviation = means - (sums / compared.n_of_site[:, None])[site]
    common = np.zeros(means.shape)
    for k in range(int(code.max(initial=-1)) + 1):
        rows = np.flatnonzero(code == k)
        if np.unique(site[rows]).size >= _LEAST_OF_SESSION:
            common[rows] = np.median(deviation[rows], axis=0)
    return common


def _slopes(
    compared: ComparedSamples,
    model: SiteModel,
    means: Floats,
    rows: np.ndarray,
    years: Floats,
    free: int,
) -> tuple[Floats, Floats]:
    """(analytes,) slope a year on normal scores, and p-value."""
    c = model.components
    n_grains = compared.means.n_grains[rows]
    variance = np.diag(c.W) + np.diag(c.E) / np.maximum(n_grains, 1)[:, None]
    weight = np.where(compared.seen[rows], 1.0 / variance, 0.0)
    total = np.maximum(weight.sum(axis=0), 1e-12)
    time = years[:, None] - (weight * years[:, None]).sum(axis=0) / total
    spread = np.maximum((weight * time**2).sum(axis=0), 1e-12)
    slope = (weight * time * means).sum(axis=0) / spread
    enough = compared.seen[rows].sum(axis=0) >= _LEAST_SAMPLES
    p = 2.0 * student.sf(np.abs(slope) * np.sqrt(spread), free)
    level = (weight * means).sum(axis=0) / total
    left = means - level - slope * time
    n_free = np.maximum((weight > 0).sum(axis=0) - 2, 1)
    scatter = (weight * left**2).sum(axis=0) / n_free
    by_scatter = np.abs(slope) * np.sqrt(spread / np.maximum(scatter, 1e-12))
    steady = 2.0 * student.sf(by_scatter, n_free) <= _FALSE_RATE_BY_SCATTER
    return slope, np.where(enough & steady, p, 1.0)


def _one(library: Library, compared: ComparedSamples, rows: np.ndarray) -> bool:
    at = compared.rows[rows]
    samples = library.samples
    return all(np.unique(samples.fact(n)[at].astype(str)).size == 1 for n in _OF_MEASURING)


def drift_findings(library: Library, found: list[Drift]) -> list[Finding]:
    """Tell which sites drift, and which dates cannot be read."""
    findings = []
    for site in dict.fromkeys(d.site for d in found):
        own = [d for d in found if d.site == site]
        changes = [f"{d.analyte} {'rises' if d.a_year > 0 else 'falls'}" for d in own]
        findings.append(
            Finding(
                "drift",
                "look",
                f"The samples of {site} change with time over {own[0].years:.1f} years: "
                f"{listed(changes)}. Old reference samples may no longer stand for it"
                + (
                    "."
                    if own[0].one_laboratory
                    else "; they come from several laboratories or sessions, which may be why."
                ),
                site,
                sites=(site,),
                numbers=tuple((f"{d.analyte} a year", d.a_year) for d in own),
            )
        )
    texts = library.samples.fact("collected_on").tolist()
    unreadable = sorted({t for t in texts if t and not np.isfinite(_day(t))})
    if unreadable:
        findings.append(
            Finding(
                "not_tested",
                "look",
                f"{counted(len(unreadable), 'date')} in collected_on that cannot be read "
                f"({listed(unreadable)}): write them as 2024-05-31.",
                "dates",
            )
        )
    elif not any(texts):
        findings.append(
            Finding("not_tested", "note", "No sample says when it was collected (collected_on): "
                    "drift was not tested.", "dates")
        )  # fmt: skip
    return findings

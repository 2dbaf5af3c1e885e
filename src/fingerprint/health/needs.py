"""Sites that need more samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.health.findings import Finding, listed
from fingerprint.health.leave_one_out import SiteModel
from fingerprint.health.means import ComparedSamples
from fingerprint.library import Library
from fingerprint.library.notes import counted

# A site's mean should be known better than this, as a share of the variance between its samples.
ENOUGH = 0.4
_FEWEST = 2


@dataclass(frozen=True)
class Need:
    """How well a site is known.

    Parameters
    ----------
    site
        Its name.
    n_samples, n_grains
        Measured.
    uncertainty
        Variance of the site's mean as a share of the variance between samples of a site, averaged
        over independent directions.
    with_one_more
        The same with one more sample of a typical number of grains.
    """

    site: str
    n_samples: int
    n_grains: int
    uncertainty: float
    with_one_more: float

    @property
    def needs_more(self) -> bool:
        """Whether more samples are needed."""
        return self.n_samples < _FEWEST or self.uncertainty > ENOUGH


def site_needs(library: Library, compared: ComparedSamples, model: SiteModel) -> list[Need]:
    """Say how well each site is known, those first that gain most by one more sample.

    Parameters
    ----------
    library
        The library.
    compared
        Its samples.
    model
        Variances and posteriors of the sites.
    """
    if not compared.keys:
        return []
    c = model.components
    typical = float(np.median(np.maximum(compared.means.n_grains, 1)))
    inverse = np.linalg.inv(c.W + c.E / typical)
    more = np.linalg.inv(np.linalg.inv(model.covariance) + inverse)
    inverse_w = np.linalg.inv(c.W)
    p = len(compared.keys)
    now = np.einsum("spq,qp->s", model.covariance, inverse_w) / p
    then = np.einsum("spq,qp->s", more, inverse_w) / p
    n_grains = np.bincount(
        compared.sample_site, compared.means.n_grains, minlength=len(compared.site_rows)
    )
    needs = [
        Need(str(library.sites[row]), int(n), int(g), float(a), float(b))
        for row, n, g, a, b in zip(
            compared.site_rows, compared.n_of_site, n_grains, now, then, strict=True
        )
    ]
    return sorted(needs, key=lambda need: (need.with_one_more - need.uncertainty, need.site))


def need_findings(needs: list[Need]) -> list[Finding]:
    """Tell which sites need more samples."""
    single = [need.site for need in needs if need.n_samples < _FEWEST]
    few = [need.site for need in needs if need.needs_more and need.n_samples >= _FEWEST]
    findings = []
    if single:
        findings.append(
            Finding(
                "few_samples",
                "note",
                f"{counted(len(single), 'site')} with one sample ({listed(single)}): how samples "
                "differ there is not known, and whether the label is right cannot be tested.",
                "one sample",
                sites=tuple(single),
            )
        )
    if few:
        findings.append(
            Finding(
                "few_samples",
                "note",
                f"{counted(len(few), 'site')} known loosely ({listed(few)}): the variance of the "
                f"site's mean is above {ENOUGH:.0%} of that between its samples. One more sample "
                "each gains most there.",
                "few samples",
                sites=tuple(few),
            )
        )
    return findings

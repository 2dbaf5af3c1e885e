"""Minerals that are mixed in a sample or at a site."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from fingerprint.health.findings import Finding, listed
from fingerprint.library import Library
from fingerprint.library.notes import counted
from fingerprint.tables.arrays import Texts


def minerals_of_samples(library: Library) -> Texts:
    """(samples,) minerals of each sample's grains, sorted and joined; ``""`` where not given."""
    named: dict[int, set[str]] = defaultdict(set)
    mineral = library.samples.assay.fact("mineral")
    for sample, name in set(zip(library.samples.grain_sample.tolist(), mineral, strict=True)):
        named[sample].update({name} - {""})
    joined = ["; ".join(sorted(named[i])) for i in range(len(library))]
    return np.array(joined, dtype=object)


def phase_findings(library: Library) -> list[Finding]:
    """Tell which samples and sites mix minerals: their grains are compared as if of one kind.

    Parameters
    ----------
    library
        The library; grains without a mineral are not looked at. At a site, the samples named are
        those that are not of the mineral of most.
    """
    minerals = minerals_of_samples(library)
    findings = []
    mixed = np.flatnonzero(["; " in text for text in minerals])
    if mixed.size:
        names = tuple(str(library.samples.ids[i]) for i in mixed)
        findings.append(
            Finding(
                "phases",
                "look",
                f"{counted(mixed.size, 'sample')} with grains of several minerals "
                f"({listed(names)}): they are compared as if of one. Give "
                "each mineral its own library.",
                "minerals in samples",
                names,
            )
        )
    kinds: dict[int, Counter[str]] = defaultdict(Counter)
    for site, text in zip(library.sample_site.tolist(), minerals, strict=True):
        if text:
            kinds[site][text] += 1
    apart = sorted(site for site, there in kinds.items() if len(there) > 1)
    if apart:
        sites = tuple(str(library.sites[i]) for i in apart)
        rows = [
            row
            for row, site in enumerate(library.sample_site.tolist())
            if site in apart and minerals[row] and minerals[row] != _usual(kinds[site])
        ]
        findings.append(
            Finding(
                "phases",
                "look",
                f"{counted(len(apart), 'site')} with samples of different minerals "
                f"({listed(sites)}): the samples differ by mineral as well.",
                "minerals at sites",
                tuple(map(str, library.samples.ids[rows])),
                sites,
            )
        )
    return findings


def _usual(kinds: Counter[str]) -> str:
    """The minerals of most samples of a site, ``""`` if others have as many."""
    (one, most), (_, next_most) = kinds.most_common(2)
    return one if most > next_most else ""

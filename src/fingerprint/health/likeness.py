"""Sites that cannot be told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.stats import norm

from fingerprint.health.findings import Finding, listed
from fingerprint.health.leave_one_out import SiteModel
from fingerprint.health.means import ComparedSamples
from fingerprint.library import Library
from fingerprint.tables.arrays import Floats

# Two sites cannot be told apart if a sample of one is taken for the other more often than this.
CONFUSED = 0.05


@dataclass(frozen=True, eq=False)
class Likeness:
    """How alike sites are.

    Parameters
    ----------
    sites
        (sites,) names.
    distance
        (sites, sites) ``d``: of samples of two sites, the share ``Phi(-d / 2)`` would be taken for
        the other's.
    tree
        (sites - 1, 4) of `scipy.cluster.hierarchy.linkage`, complete: the height at which groups
        join is the distance of their most unlike members.
    threshold
        Distance at which the share is `CONFUSED`.
    groups
        Names of sites of which none can be told from any other, the largest group first.
    """

    sites: tuple[str, ...]
    distance: Floats
    tree: Floats
    threshold: float
    groups: tuple[tuple[str, ...], ...]

    def share_confused(self, a: int, b: int) -> float:
        """Share of the samples of two sites that would be taken for the other's."""
        return float(norm.cdf(-0.5 * self.distance[a, b]))

    def most_alike(self, most: int) -> list[tuple[str, str, float]]:
        """Name the most alike pairs of sites, each with its share confused, highest first."""
        a, b = np.triu_indices(len(self.sites), 1)
        order = np.argsort(self.distance[a, b], kind="stable")[:most]
        return [
            (self.sites[i], self.sites[j], self.share_confused(i, j))
            for i, j in zip(a[order].tolist(), b[order].tolist(), strict=True)
        ]


def site_likeness(library: Library, compared: ComparedSamples, model: SiteModel) -> Likeness | None:
    """Measure how alike sites are for a sample with a typical number of grains.

    With means a and b known, and ``V = W + E / n``, the better of two sites is missed with
    probability ``Phi(-d / 2)``, ``d^2 = (a - b)' V^-1 (a - b)`` (Fisher's discriminant). As the
    means are only known with posterior covariances A and B, d is divided by the root of 1 plus the
    mean of their variances along ``a - b``, in units of V.

    Parameters
    ----------
    library
        The library.
    compared
        Its samples.
    model
        Variances and posteriors of the sites.

    Returns
    -------
    Likeness or None
        None if fewer than two sites can be compared.
    """
    n_sites = len(compared.site_rows)
    if n_sites < 2:
        return None
    distance = _distances(compared, model)
    tree = linkage(squareform(distance, checks=False), method="complete")
    threshold = float(-2.0 * norm.ppf(CONFUSED))
    names = tuple(str(site) for site in library.sites[compared.site_rows])
    code = fcluster(tree, threshold, criterion="distance")
    groups = [tuple(names[i] for i in np.flatnonzero(code == k)) for k in np.unique(code)]
    several = sorted((g for g in groups if len(g) > 1), key=lambda g: (-len(g), g))
    return Likeness(names, distance, tree, threshold, tuple(several))


def _distances(compared: ComparedSamples, model: SiteModel) -> Floats:
    c = model.components
    typical = float(np.median(np.maximum(compared.means.n_grains, 1)))
    root = np.linalg.cholesky(c.W + c.E / typical)
    white = np.linalg.solve(root, (model.mean - c.mu).T).T
    inverse = np.linalg.inv(root)
    loose = inverse @ model.covariance @ inverse.T
    n = len(white)
    squared, along = np.zeros((n, n)), np.zeros((n, n))
    for a in range(n):
        gap = white - white[a]
        squared[a] = np.square(gap).sum(axis=1)
        along[a] = np.einsum("sp,pq,sq->s", gap, loose[a], gap, optimize=True)
    uncertain = 0.5 * (along + along.T) / np.maximum(squared, 1e-12)
    distance = np.sqrt(squared / (1.0 + uncertain))
    np.fill_diagonal(distance, 0.0)
    return np.asarray(0.5 * (distance + distance.T))


def alike_findings(library: Library, likeness: Likeness, near: str | None) -> list[Finding]:
    """Tell which groups of sites cannot be told apart.

    Parameters
    ----------
    library
        The library.
    likeness
        From `site_likeness`.
    near
        Column whose equal values make neighbours; None: not said.
    """
    values = dict(zip(library.sites, library.values_of_sites(near), strict=True)) if near else {}
    findings = []
    for group in likeness.groups:
        shared = frozenset.intersection(*(values[s] for s in group)) if near else frozenset()
        if shared:
            where = f", all of {near} {sorted(shared)[0]}"
        else:
            where = f", not all of one {near}" if near else ""
        findings.append(
            Finding(
                "alike",
                "note",
                f"{len(group)} sites cannot be told apart by these measurements{where}: "
                f"{listed(group)}. Alike geology is enough for that.",
                " = ".join(group),
                sites=group,
            )
        )
    return findings

"""Draws of what the data leave open: means of site and sample, and variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import invwishart

from fingerprint.evidence.variance import VarianceComponents
from fingerprint.tables.arrays import Bools, Floats, Ints

# The variances are common to all samples, so their draws are too.
_SEED = 0


@dataclass(frozen=True, eq=False)
class Knowledge:
    """What a library says of means and variances.

    Parameters
    ----------
    components
        The estimates.
    freedom
        (2,) degrees of freedom of B and of W.
    site_mean, site_covariance
        (sites, p) and (sites, p, p) posterior of each site's mean.
    """

    components: VarianceComponents
    freedom: Floats
    site_mean: Floats
    site_covariance: Floats

    def of(self, analytes: Bools) -> Knowledge:
        """Return what it says of some of the analytes."""
        return Knowledge(
            self.components.of(analytes),
            self.freedom,
            self.site_mean[:, analytes],
            self.site_covariance[:, analytes][:, :, analytes],
        )


@dataclass(frozen=True, eq=False)
class Grains:
    """A sample's grains, and how they were drawn anew.

    Parameters
    ----------
    mean
        (p,) of the grains.
    n
        Number of grains.
    drawn
        (draws, p) means of the grains drawn anew.
    """

    mean: Floats
    n: int
    drawn: Floats

    def deviations(self, E: Floats, normals: Floats) -> Floats:
        """(draws, p) by how much a mean of n grains misses the sample's, of covariance E / n.

        Few grains say little of their own scatter, so that of all samples' grains (E) joins it,
        weighing ``p + 1`` grains.
        """
        p = self.mean.size
        own = (self.n - 1) / (self.n + p)
        common = normals @ np.linalg.cholesky(E / self.n).T
        return np.asarray(np.sqrt(own) * (self.drawn - self.mean) + np.sqrt(1 - own) * common)


@dataclass(frozen=True, eq=False)
class Drawn:
    """What may be true, draw by draw.

    Parameters
    ----------
    sample, site
        (draws, p) and (draws, sites, p) true means of the sample and of each site.
    mu, B, noise
        (draws, p), (draws, p, p) and (draws, p, p): grand mean, and covariances between sites and
        of a sample's mean about its site's.
    """

    sample: Floats
    site: Floats
    mu: Floats
    B: Floats
    noise: Floats


def draw_truth(known: Knowledge, grains: Grains, score: Floats, normals: Floats) -> Drawn:
    """Draw the true means and variances from their posterior.

    Each draw has an origin: one of the sites, or none of them, all alike before the grains were
    measured. The sample and its site of origin inform on each other; the other sites are only
    what their own samples make them.

    Parameters
    ----------
    known
        What the library says.
    grains
        The sample.
    score
        (sites,) its log likelihood ratio for each site.
    normals
        (draws, sites + 2, p) standard normal deviates: sites, sample, grains.
    """
    c, n_sites = known.components, len(known.site_mean)
    own, error = normals[:, -2], grains.deviations(c.E, normals[:, -1])
    root = np.linalg.cholesky(known.site_covariance)
    site = known.site_mean + np.moveaxis(root @ np.moveaxis(normals[:, :-2], 0, -1), -1, 0)
    sample = np.empty_like(own)
    origin = _origins(score, len(own))
    for place in np.unique(origin):
        at = origin == place
        if place == n_sites:
            prior = c.mu + own[at] @ np.linalg.cholesky(c.B + c.W).T
            sample[at] = _informed(prior, error[at], c.B + c.W, c, grains)[0]
            continue
        prior = site[at, place] + own[at] @ np.linalg.cholesky(c.W).T
        spread = known.site_covariance[place]
        sample[at], miss = _informed(prior, error[at], spread + c.W, c, grains)
        site[at, place] += miss @ spread
    rng = np.random.default_rng(_SEED)
    mu_root = np.linalg.cholesky((c.B + c.W) / n_sites)
    return Drawn(
        sample,
        site,
        c.mu + rng.standard_normal(own.shape) @ mu_root.T,
        _covariances(c.B, known.freedom[0], len(own), rng),
        _covariances(c.W, known.freedom[1], len(own), rng) + c.E / grains.n,
    )


def _origins(score: Floats, n_draws: int) -> Ints:
    """(draws,) site of origin, or the number of sites for none of them."""
    ratio = np.append(score, 0.0)
    share = np.exp(ratio - ratio.max())
    upto = np.cumsum(share) / share.sum()
    drawn = np.searchsorted(upto, (np.arange(n_draws) + 0.5) / n_draws)
    return np.minimum(drawn, score.size).astype(np.int64)


def _informed(
    prior: Floats, error: Floats, spread: Floats, c: VarianceComponents, grains: Grains
) -> tuple[Floats, Floats]:
    """Condition prior draws of the sample's mean on its grains.

    Joint draws of mean and error are corrected by what their sum misses the grains' mean by
    (Journel & Huijbregts 1978, conditional simulation).

    Returns
    -------
    mean, miss
        (draws, p) the sample's mean; and what anything else that is known to vary with it is to be
        corrected by, times its covariance.
    """
    miss = (grains.mean - prior - error) @ np.linalg.inv(spread + c.E / grains.n)
    return prior + miss @ spread, miss


def _covariances(
    estimate: Floats, freedom: float, n_draws: int, rng: np.random.Generator
) -> Floats:
    """Inverse Wishart draws; the shrinkage of the estimate counts as p + 1 observations."""
    p = len(estimate)
    weight = freedom + p + 1
    drawn = invwishart(weight, weight * estimate).rvs(n_draws, random_state=rng)
    return np.asarray(drawn).reshape(n_draws, p, p)

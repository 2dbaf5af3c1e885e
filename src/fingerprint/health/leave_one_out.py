"""How well each sample fits its own site, judged by the site's other samples, and other sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from fingerprint.evidence.three_level import TAILS, log_t
from fingerprint.evidence.variance import VarianceComponents, estimate_components
from fingerprint.health.means import ComparedSamples
from fingerprint.tables.arrays import Bools, Floats, Ints

# Samples at a time, and differences of samples from sites at a time: bounds memory.
_CHUNK = 512
_CELLS = 8_000_000


@dataclass(frozen=True, eq=False)
class Fits:
    """Natural logarithms of densities of each sample's mean.

    Parameters
    ----------
    own
        (samples,) if it comes from its site, known from the site's other samples.
    elsewhere
        (samples,) if it comes from another site: with even odds one of the library's, any of them
        alike, or one of which nothing is known.
    others
        (samples, sites) if it comes from each site; -inf for its own.
    """

    own: Floats
    elsewhere: Floats
    others: Floats

    @property
    def log_lr(self) -> Floats:
        """(samples,) of its own site against elsewhere."""
        return self.own - self.elsewhere


@dataclass(frozen=True, eq=False)
class SiteModel:
    """The three-level model of the samples that are trusted.

    Parameters
    ----------
    components
        Variances between sites, samples and grains.
    mean, covariance
        (sites, p) and (sites, p, p) posterior of each site's mean; a site without a trusted sample
        has the prior.
    """

    components: VarianceComponents
    mean: Floats
    covariance: Floats


def fit_sites(compared: ComparedSamples, trusted: Bools) -> SiteModel:
    """Estimate variances and site means from some of the samples.

    Parameters
    ----------
    compared
        All samples.
    trusted
        (samples,) which of them to learn from; at least one.
    """
    means = compared.taken(trusted)
    present, code = np.unique(compared.sample_site[trusted], return_inverse=True)
    components = estimate_components(means, code)
    n_sites = len(compared.site_rows)
    mean = np.tile(components.mu, (n_sites, 1))
    covariance = np.tile(components.B, (n_sites, 1, 1))
    mean[present], covariance[present] = components.site_posterior(means, code)
    return SiteModel(components, mean, covariance)


def fits(compared: ComparedSamples, trusted: Bools) -> Fits:
    """Weigh each sample's own site, left to its other trusted samples, against elsewhere.

    The site's posterior without one sample has a closed form: the sample's precision and weighted
    mean are taken off those of the site. Densities are Student t as in
    `fingerprint.evidence.three_level`, with the degrees of freedom under which trusted samples
    are best foretold.

    Parameters
    ----------
    compared
        All samples.
    trusted
        (samples,) those that the model is learned from.
    """
    model = fit_sites(compared, trusted)
    centre, scale = _without_itself(compared, trusted, model)
    difference = compared.means.means - centre
    likely = [log_t(difference[None, trusted], scale[trusted], tail).sum() for tail in TAILS]
    tail = TAILS[int(np.argmax(likely))]
    n_samples, n_sites = len(compared), len(compared.site_rows)
    own, unknown, others = np.empty(n_samples), np.empty(n_samples), np.empty((n_samples, n_sites))
    for rows, seen, n_grains in _kinds(compared):
        c = model.components.of(seen)
        noise = c.W + c.E / n_grains
        x = compared.means.means[rows][:, seen]
        unknown[rows] = log_t((x - c.mu)[:, None], (c.B + noise)[None], tail)[:, 0]
        there = model.covariance[:, seen][:, :, seen] + noise
        others[rows] = _at_each_site(x, model.mean[:, seen], there, tail)
        here = scale[rows][:, seen][:, :, seen]
        own[rows] = log_t(difference[rows][:, seen][None], here, tail)[0]
    others[np.arange(n_samples), compared.sample_site] = -np.inf
    known = logsumexp(others, axis=1) - np.log(max(n_sites - 1, 1))
    return Fits(own, np.logaddexp(unknown, known) - np.log(2.0), others)


def _at_each_site(x: Floats, mean: Floats, scale: Floats, tail: float) -> Floats:
    """(samples, sites) logarithms of densities, some samples at a time."""
    at_once = max(_CELLS // max(mean.size, 1), 1)
    starts = range(0, len(x), at_once)
    return np.concatenate([log_t(x[s : s + at_once, None] - mean, scale, tail) for s in starts])


def _without_itself(
    compared: ComparedSamples, trusted: Bools, model: SiteModel
) -> tuple[Floats, Floats]:
    """(samples, p) and (samples, p, p): where the site's other samples expect it, how loosely."""
    c, means, site = model.components, compared.means, compared.sample_site
    precision = np.linalg.inv(model.covariance)
    weighted = np.einsum("spq,sq->sp", precision, model.mean - c.mu)
    centre = np.empty(means.means.shape)
    scale = np.empty((*means.means.shape, means.means.shape[1]))
    for rows in np.array_split(np.arange(len(compared)), -(-len(compared) // _CHUNK)):
        noise = c.W + c.E / np.maximum(means.n_grains[rows], 1)[:, None, None]
        own = np.linalg.inv(noise) * trusted[rows, None, None]
        rest = np.linalg.inv(precision[site[rows]] - own)
        rest = 0.5 * (rest + np.swapaxes(rest, 1, 2))
        pull = weighted[site[rows]] - np.einsum("spq,sq->sp", own, means.means[rows] - c.mu)
        centre[rows] = c.mu + np.einsum("spq,sq->sp", rest, pull)
        scale[rows] = rest + noise
    return centre, scale


def _kinds(compared: ComparedSamples) -> list[tuple[Ints, Bools, int]]:
    """Samples that share their covariances: measured for the same analytes on as many grains."""
    key = np.column_stack([compared.means.n_grains, compared.seen])
    kinds, kind = np.unique(key, axis=0, return_inverse=True)
    return [
        (np.flatnonzero(kind == k).astype(np.int64), row[1:].astype(bool), int(row[0]))
        for k, row in enumerate(kinds)
    ]

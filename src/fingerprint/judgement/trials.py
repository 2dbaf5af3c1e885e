"""Trials: claims whose truth is known, on samples that the scorers have not seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fingerprint.judgement.cohort import (
    PER_SCORER,
    cohort_features,
    less_best_neighbour,
    squashed,
)
from fingerprint.judgement.crossfit import CrossScores
from fingerprint.judgement.fusion import Plan
from fingerprint.library import Library
from fingerprint.tables.arrays import Bools, Floats, Ints

# The false claims of a sample that look most alike all take part; of the others, a share.
_HARDEST = 20
_MAX_FALSE = 150_000
_CHUNK = 256
# Claims against anywhere tell the scorers' worth well; those against neighbours are few, and of a
# library's own making where none are named.
_FREEDOM, _NEAR_FREEDOM = 2.0, 0.2


@dataclass(frozen=True, eq=False)
class Trials:
    """Claims with their features.

    Parameters
    ----------
    features
        (trials, features).
    is_true
        (trials,).
    weight
        (trials,) how many claims each trial stands for, false ones of known and of unknown origin
        counting the same in sum.
    sample, site
        (trials,) whose claim, on which site, as rows of the library's samples and sites.
    of_unknown_origin
        (trials,) false claims of samples whose whole site was kept from the scorers.
    """

    features: Floats
    is_true: Bools
    weight: Floats
    sample: Ints
    site: Ints
    of_unknown_origin: Bools

    def take(self, chosen: Bools) -> Trials:
        """Return some of the trials."""
        return Trials(
            self.features[chosen],
            self.is_true[chosen],
            self.weight[chosen],
            self.sample[chosen],
            self.site[chosen],
            self.of_unknown_origin[chosen],
        )


def claim_features(scores: Floats, neighbours: Bools) -> tuple[Floats, Floats]:
    """Features of every claim, against anywhere and against the claimed site's neighbours.

    Parameters
    ----------
    scores
        (scorers, samples, sites), NaN where the site is not in the cohort.
    neighbours
        (sites, sites).

    Returns
    -------
    far, near
        (samples, sites, features) and (samples, sites, more features).
    """
    far = cohort_features(scores)
    gaps = [squashed(less_best_neighbour(one, neighbours)) for one in scores]
    return far, np.concatenate([far, np.stack(gaps, axis=-1)], axis=-1)


def plan_of(scorers: tuple[str, ...]) -> Plan:
    """How the fusion of some scorers is learned from `claim_features` against anywhere."""
    n = len(PER_SCORER)
    columns = (tuple(range(n * k, n * (k + 1))) for k in range(len(scorers)))
    return Plan(tuple(columns), _anchor(scorers), _FREEDOM)


def near_plan_of(scorers: tuple[str, ...]) -> Plan:
    """The same against neighbours: each scorer has a further column at the end."""
    n, far = len(PER_SCORER) * len(scorers), plan_of(scorers)
    columns = tuple((*own, n + k) for k, own in enumerate(far.columns))
    return Plan(columns, far.anchor, _NEAR_FREEDOM)


def _anchor(scorers: tuple[str, ...]) -> int | None:
    return scorers.index("three_level") if "three_level" in scorers else None


def make_trials(
    library: Library, cross: CrossScores, neighbours: Bools, seed: int
) -> tuple[Trials, Trials]:
    """Make the trials of a library: against anywhere, and against neighbours.

    True claims are those of a sample on its own site. False ones come in two kinds: of a sample
    whose site the scorers know by other samples (known origin), and of one whose whole site was
    kept from them (unknown origin). Among neighbours, false claims are those on a site that has
    the sample's own as a neighbour.

    Parameters
    ----------
    library
        Reference samples.
    cross
        Their out-of-fold scores.
    neighbours
        (sites, sites).
    seed
        Seed for the choice of easy false trials in a large library.
    """
    far: list[Trials] = []
    near: list[Trials] = []
    rng = np.random.default_rng(seed)
    share = _MAX_FALSE / max(len(library) * len(library.sites), 1)
    for samples in _chunks(len(library)):
        own = library.sample_site[samples]
        scores = cross.scores[:, samples]
        is_own = np.arange(len(library.sites)) == own[:, None]
        own_is_there = (np.isfinite(scores).any(axis=0) & is_own).any(axis=1, keepdims=True)
        # A sample whose own site is not there is of unknown origin, and only that.
        cohorts = (
            (scores, own_is_there, False),
            (cross.strangers[:, samples], np.ones_like(own_is_there), True),
        )
        is_near = neighbours.T[own] | (is_own & np.asarray(neighbours.any(axis=1)))
        for cohort, takes_part, unknown in cohorts:
            far_features, near_features = claim_features(cohort, neighbours)
            known = np.isfinite(cohort).any(axis=0) & takes_part
            kept, weight = _keep(cohort, known & ~is_own, share, rng)
            chosen = known & (is_own | kept)
            far.append(_select(far_features, is_own, weight, samples, chosen, unknown))
            once, chosen = np.ones_like(weight), known & is_near
            near.append(_select(near_features, is_own, once, samples, chosen, unknown))
    return _balanced(far), _balanced(near)


def _chunks(n: int) -> Iterator[Ints]:
    for first in range(0, n, _CHUNK):
        yield np.arange(first, min(first + _CHUNK, n))


def _keep(
    scores: Floats, is_false: Bools, share: float, rng: np.random.Generator
) -> tuple[Bools, Floats]:
    """Which false claims take part and how many each stands for."""
    if share >= 1.0:
        return is_false, np.ones(is_false.shape)
    rank = np.argsort(np.argsort(-np.nan_to_num(scores[0], nan=-np.inf), axis=1), axis=1)
    hard = is_false & (rank < _HARDEST)
    drawn = is_false & ~hard & (rng.random(is_false.shape) < share)
    return hard | drawn, np.where(hard, 1.0, 1.0 / share)


def _select(
    features: Floats,
    is_own: Bools,
    weight: Floats,
    samples: Ints,
    chosen: Bools,
    of_unknown_origin: bool,
) -> Trials:
    row, site = np.nonzero(chosen)
    is_true = is_own[chosen]
    return Trials(
        features[chosen],
        is_true,
        np.where(is_true, 1.0, weight[chosen]),
        samples[row],
        site.astype(np.int64),
        np.full(row.size, of_unknown_origin),
    )


def _balanced(parts: list[Trials]) -> Trials:
    """Join alternating trials of known and unknown origin so that both kinds weigh the same."""
    totals = [sum(float(p.weight[~p.is_true].sum()) for p in parts[kind::2]) for kind in (0, 1)]
    weights = []
    for i, part in enumerate(parts):
        scale = sum(totals) / (2 * totals[i % 2]) if totals[i % 2] > 0 else 1.0
        weights.append(np.where(part.is_true, 1.0, part.weight * scale))
    return Trials(
        np.concatenate([p.features for p in parts]),
        np.concatenate([p.is_true for p in parts]),
        np.concatenate(weights),
        np.concatenate([p.sample for p in parts]),
        np.concatenate([p.site for p in parts]),
        np.concatenate([p.of_unknown_origin for p in parts]),
    )

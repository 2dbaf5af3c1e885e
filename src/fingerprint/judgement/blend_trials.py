"""Blends whose truth is known: grains of held-out samples of two sites, mixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from fingerprint.judgement.blends import deal, grain_scores, regrouped, weigh_blends
from fingerprint.judgement.calibrations import BlendGauge, Calibrations
from fingerprint.judgement.conformal import TrueScores
from fingerprint.judgement.fusion import Fusion, fit_calibration
from fingerprint.judgement.halves import Half
from fingerprint.judgement.model import Model
from fingerprint.tables.arrays import Bools, Floats, Ints

# Blends, and samples for false claims, of each half.
_MOST = 120
_LEAST_SHARE, _GREATEST_SHARE = 0.1, 0.9
# Fewer true blends than this cannot calibrate.
_LEAST_TRUE = 20
# Pairs of sites that are claimed for each sample from elsewhere.
_FALSE_PAIRS = 2


def gauge_blends(model: Model, halves: Sequence[Half]) -> BlendGauge | None:
    """Try true blends and false claims on two sites, with models that have not seen the samples.

    True: grains of two held-out samples mixed at shares of 10 to 90 %, claimed for their two
    sites; and the first of them alone, under the same claim. Half of the pairs are neighbours
    where there are any. False: held-out samples claimed for two other sites, their own in the
    cohort or hidden from it.

    Parameters
    ----------
    model
        The model of the whole library.
    halves
        See `fingerprint.judgement.halves.halves`.

    Returns
    -------
    BlendGauge or None
        None where there are too few samples.
    """
    rng = np.random.default_rng(model.provenance.seed)
    tried = [_tried(half, rng) for half in halves if _can_be_tried(half)]
    if not tried:
        return None
    true, true_near, false, false_near, n_grains, n_reference = (
        np.concatenate([getattr(t, field.name) for t in tried]) for field in fields(_Tried)
    )
    if len(true) < _LEAST_TRUE:
        return None
    far = _calibration(true, false)
    near = (
        _calibration(true_near, false_near)
        if len(false_near) >= _LEAST_TRUE
        else model.calibration_near
    )
    mixed, one_sided = (_as_they_are(true[k::2], n_grains[k::2], n_reference[k::2]) for k in (0, 1))
    return BlendGauge(Calibrations(far, near), mixed, one_sided)


@dataclass(frozen=True, eq=False)
class _Tried:
    """What one half gave. All are vectors of claims; near ones score against neighbours.

    Of the true claims every other one is one-sided.
    """

    true: Floats
    true_near: Floats
    false: Floats
    false_near: Floats
    n_grains: Ints
    n_reference: Ints


def _usable(half: Half) -> Ints:
    """Samples that can be mixed: of a site that the model has, and of more than one grain."""
    return np.flatnonzero((half.own_site >= 0) & (half.samples.n_grains > 1))


def _can_be_tried(half: Half) -> bool:
    """Whether there are samples of two sites, and a third that they are not from."""
    return np.unique(half.own_site[_usable(half)]).size >= 2 and len(half.model.sites.names) > 2


def _tried(half: Half, rng: np.random.Generator) -> _Tried:
    usable = _usable(half)
    scores = grain_scores(half.model, half.samples)
    n = min(_MOST, len(usable))
    first = rng.choice(usable, n, replace=False)
    blends, named = _blends(half, first, usable, rng)
    dealings = [deal(scores[grains], pair) for grains, pair in zip(blends, named, strict=True)]
    (true,) = weigh_blends(half.model, regrouped(half.samples, blends), dealings)
    n_reference = half.model.sites.n_reference[np.array(named)].min(axis=1)
    false, near = _false(half, rng.choice(usable, n, replace=False), scores, rng)
    sizes = np.array([len(grains) for grains in blends])
    return _Tried(true.score, true.score_near, false, near, sizes, n_reference)


def _blends(
    half: Half, first: Ints, usable: Ints, rng: np.random.Generator
) -> tuple[list[Ints], list[Ints]]:
    """Rows of grains, and the two sites claimed: in turn of a blend and a one-sided sample."""
    blends, named = [], []
    for i, a in enumerate(first):
        own = half.own_site[a]
        others = usable[half.own_site[usable] != own]
        near = others[half.model.sites.neighbours[own, half.own_site[others]]]
        b = rng.choice(near if len(near) and i % 2 else others)
        rows = [np.arange(*half.samples.bounds[s : s + 2]) for s in (a, b)]
        share = rng.uniform(_LEAST_SHARE, _GREATEST_SHARE)
        blends += [mix(rows[0], rows[1], share, rng), rows[0]]
        named += [np.array([own, half.own_site[b]])] * 2
    return blends, named


def mix(a: Ints, b: Ints, share: float, rng: np.random.Generator) -> Ints:
    """Draw grains of two samples, as many as either has on average, a share of them of the first.

    Parameters
    ----------
    a, b
        Rows of the grains.
    share
        Of the first; where a sample has too few grains for its share, all of them are taken.
    """
    n = (len(a) + len(b)) / 2
    n_a = int(np.clip(round(share * n), 1, len(a)))
    n_b = int(np.clip(round((1 - share) * n), 1, len(b)))
    chosen = [rng.choice(rows, k, replace=False) for rows, k in ((a, n_a), (b, n_b))]
    return np.asarray(np.concatenate(chosen))


def _false(
    half: Half, chosen: Ints, scores: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Scores of claims on two other sites: any against anywhere, near ones against neighbours."""
    sites = half.model.sites
    pairs: list[tuple[int, Ints, bool]] = []
    for i in chosen:
        others = np.delete(np.arange(len(sites.names)), half.own_site[i])
        pairs += [(i, rng.choice(others, 2, replace=False), False) for _ in range(_FALSE_PAIRS)]
        near = np.flatnonzero(sites.neighbours[:, half.own_site[i]])
        if near.size:
            a = rng.choice(near)
            pairs.append((i, np.array([a, rng.choice(others[others != a])]), True))
    rows = [np.arange(*half.samples.bounds[i : i + 2]) for i, _, _ in pairs]
    dealings = [deal(scores[r], pair) for r, (_, pair, _) in zip(rows, pairs, strict=True)]
    own = half.own_site[np.array([i for i, _, _ in pairs])]
    answers = weigh_blends(half.model, regrouped(half.samples, rows), dealings, own)
    is_near = np.array([near for _, _, near in pairs])
    far = np.concatenate([a.score[~is_near] for a in answers])
    return far, np.concatenate([a.score_near[is_near] for a in answers])


def _as_they_are(scores: Floats, n_grains: Ints, n_reference: Ints) -> TrueScores:
    """True claims on all analytes and grains, without a laboratory offset."""
    n = len(scores)
    return TrueScores(scores, n_grains, n_reference, np.ones(n), np.zeros(n), np.full(n, np.inf))


def _calibration(true: Floats, false: Floats) -> Fusion:
    score = np.concatenate([true, false])
    is_true: Bools = np.arange(len(score)) < len(true)
    return fit_calibration(score, is_true, np.ones(len(score)))

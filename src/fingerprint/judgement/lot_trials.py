"""Lots whose truth is known: how their evidence is calibrated."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fingerprint.judgement.calibrations import Calibrations
from fingerprint.judgement.fusion import Fusion, fit_calibration
from fingerprint.judgement.halves import Half
from fingerprint.judgement.model import Model
from fingerprint.tables.arrays import Bools, Floats, Ints

# A larger lot is weighed as one of so many samples.
LARGEST = 5
# Fewer true lots than this cannot calibrate: lots of that size are weighed as smaller ones.
_LEAST_TRUE = 50


def calibrate_lots(model: Model, halves: Sequence[Half]) -> tuple[Calibrations, ...]:
    """Calibrate lots of 2, 3, ... samples, as far as there are enough true ones.

    A true lot is samples of one site that were held out together, against their site; a false one
    the same lot against every other site, its own in the cohort or hidden from it.

    Parameters
    ----------
    model
        The model of the whole library; serves against neighbours where lots are too few.
    halves
        See `fingerprint.judgement.halves.halves`.

    Returns
    -------
    tuple
        For lots of 2 samples, of 3, and so on; empty where there are too few lots of two.
    """
    found: list[Calibrations] = []
    weighed = [_scores(half) for half in halves]
    for size in range(2, LARGEST + 1):
        lots = [_lots(half, scores, size) for half, scores in zip(halves, weighed, strict=True)]
        far = [part for both in lots for part in both[0]]
        near = [part for both in lots for part in both[1]]
        calibration = _calibration(far)
        if calibration is None:
            break
        last = found[-1].near if found else model.calibration_near
        found.append(Calibrations(calibration, _calibration(near) or last))
    return tuple(found)


def _scores(half: Half) -> list[tuple[Floats, Floats]]:
    """Score and score_near (samples, sites) with the own site in the cohort, and without it."""
    weighed = half.model.weigh(half.samples)
    hidden = half.model.without(weighed.scores, np.maximum(half.own_site, 0)[:, None])
    return [(weighed.score, weighed.score_near), hidden]


# Fused scores with whether they are true, and the weight of all that stand for one kind of trial.
_Part = tuple[Floats, Bools]


def _lots(
    half: Half, scores: list[tuple[Floats, Floats]], size: int
) -> tuple[list[_Part], list[_Part]]:
    members, site = _dealt(half, size)
    far: list[_Part] = []
    near: list[_Part] = []
    if not len(members):
        return far, near
    neighbours = half.model.sites.neighbours
    is_own = np.arange(len(neighbours)) == site[:, None]
    is_near = neighbours.T[site]
    has_near = is_own & np.asarray(neighbours.any(axis=1))
    for kind, (score, score_near) in enumerate(scores):
        takes_part = ~is_own if kind else np.ones_like(is_own)
        of_lot, of_lot_near = (s[members].mean(axis=1) for s in (score, score_near))
        far.append((of_lot[takes_part], is_own[takes_part]))
        chosen = (is_near | has_near) & takes_part
        near.append((of_lot_near[chosen], is_own[chosen]))
    return far, near


def _dealt(half: Half, size: int) -> tuple[Ints, Ints]:
    """(lots, size) held-out samples of one site each, and (lots,) that site."""
    lots: list[Ints] = []
    sites: list[int] = []
    for site in np.unique(half.own_site[half.own_site >= 0]):
        rows = np.flatnonzero(half.own_site == site)
        for first in range(0, len(rows) - size + 1, size):
            lots.append(rows[first : first + size])
            sites.append(int(site))
    return np.array(lots, dtype=np.int64).reshape(-1, size), np.array(sites, dtype=np.int64)


def _calibration(parts: Sequence[_Part]) -> Fusion | None:
    if not parts:
        return None
    score = np.concatenate([s for s, _ in parts])
    is_true = np.concatenate([t for _, t in parts])
    if is_true.sum() < _LEAST_TRUE or is_true.all():
        return None
    return fit_calibration(score, is_true, np.ones(len(score)))

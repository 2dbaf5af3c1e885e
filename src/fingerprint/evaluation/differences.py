"""Is the fusion no worse than its best part? Differences of Cllr on the same claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fingerprint.evaluation.bootstrap import Figure, mean
from fingerprint.evaluation.claims import COMPARED, Claims
from fingerprint.evaluation.metrics import bits, cllr


@dataclass(frozen=True)
class Difference:
    """Cllr of the fusion less that of the best single scorer, on the same claims.

    Parameters
    ----------
    kind
        Of the false claims.
    best
        Single scorer with the least Cllr on these claims.
    difference
        Negative: the fusion is better. Sites are drawn together for both, so that what is hard
        about a site cancels.
    """

    kind: str
    best: str
    difference: Figure


def differences(
    fusion: Mapping[str, Claims], singles: Sequence[tuple[str, Mapping[str, Claims]]]
) -> tuple[Difference, ...]:
    """Compare the fusion with the best single scorer, for each kind of false claim.

    Parameters
    ----------
    fusion
        Claims by kind.
    singles
        The same claims, as each single scorer weighs them.
    """
    found = []
    for kind in COMPARED:
        costs = [cllr(each[kind].log10_lr_true, each[kind].log10_lr_false) for _, each in singles]
        if not costs or np.isnan(costs).all():
            continue
        name, best = singles[int(np.nanargmin(costs))]
        found.append(Difference(kind, name, _paired(fusion[kind], best[kind])))
    return tuple(found)


def _paired(one: Claims, other: Claims) -> Figure:
    costs = [bits(each.log10_lr_true, each.log10_lr_false, 0.0) for each in (one, other)]
    missed, believed = (costs[0][k] - costs[1][k] for k in (0, 1))
    return one.sites.figures(lambda t, f: mean(t, missed) + mean(f, believed))[0]

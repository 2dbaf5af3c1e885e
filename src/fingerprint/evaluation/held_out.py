"""Every claim of every sample, by models that were trained without the sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed

from fingerprint.evidence import SCORERS
from fingerprint.judgement import Policy, train_for_samples
from fingerprint.judgement.decide import decide
from fingerprint.judgement.neighbours import DEFAULT_COLUMN, sharing
from fingerprint.judgement.training import usable
from fingerprint.library import Library
from fingerprint.questions.identify import probabilities
from fingerprint.tables.arrays import Bools, Floats, Ints, Texts

_ARRAYS = (
    "score",
    "score_near",
    "log10_lr",
    "log10_lr_near",
    "p_values",
)

# Prior of an unknown origin, as `identify` has it by default.
_PRIOR_UNKNOWN = 0.5
# With fewer sites left, samples cannot be held out of training in turn.
_LEAST_SITES = 3


@dataclass(frozen=True, eq=False)
class HeldOut:
    """Held-out claims. Arrays are (samples, sites), rows and columns as in the library.

    Parameters
    ----------
    scorers
        Names of the single scorers, the fused ones first.
    folds
        (samples,) fold that each sample was held out in.
    raw
        (scorers, samples, sites) scores of the single scorers; NaN where the site had no sample
        left to train on, here and below.
    score, score_near, log10_lr, log10_lr_near
        Of the fusion.
    p_values
        Conformal.
    p_unknown
        (samples,) probability of none of the sites, at a prior of 0.5.
    deciding
        Reason that decides each claim; None where there is no claim.
    is_true, is_near
        Claims on the sample's own site, and on sites that have it as a neighbour.
    is_next_door
        Claims on sites that share the neighbours' column with the sample's own, whether or not
        that had another sample to train on; `is_near` where there is no such column.
    has_neighbour
        True where the claimed site has a neighbour.
    """

    scorers: tuple[str, ...]
    folds: Ints
    raw: Floats
    score: Floats
    score_near: Floats
    log10_lr: Floats
    log10_lr_near: Floats
    p_values: Floats
    p_unknown: Floats
    deciding: Texts
    is_true: Bools
    is_near: Bools
    is_next_door: Bools
    has_neighbour: Bools

    @property
    def known(self) -> Bools:
        """Claims on sites that had a sample left to train on."""
        return np.isfinite(self.score)


def hold_out(
    library: Library,
    fused: Sequence[str],
    *,
    others: Sequence[str] = (),
    folds: Ints,
    near: str | None,
    policy: Policy,
    seed: int,
    n_jobs: int,
    together: str | None = None,
) -> HeldOut:
    """Train without each fold of samples and weigh every claim of that fold.

    Parameters
    ----------
    library
        Reference samples, as `usable` gives them.
    fused
        Names of scorers to fuse.
    others
        Names of scorers that are not fused, only scored.
    folds
        (samples,) fold of each sample, 0 up.
    near, policy, seed
        See `fingerprint.judgement.train`.
    n_jobs
        Folds at a time.
    together
        Column whose equal values are held out together inside the training part, too.

    Returns
    -------
    HeldOut
        Without claims of the samples of a fold whose absence leaves nothing to train on.
    """
    names = (tuple(fused), tuple(others))
    which = [fold for fold in range(int(folds.max()) + 1) if _can_train(library, folds != fold)]
    parts = Parallel(n_jobs=n_jobs)(
        delayed(_one_fold)(library, folds == fold, *names, near, policy, seed, together)
        for fold in which
    )
    return _joined(library, sum(names, ()), folds, near, dict(zip(which, parts, strict=True)))


def _can_train(library: Library, kept: Bools) -> bool:
    """Whether three sites are left and one of them has two samples: else nothing can be tried."""
    n_reference = np.bincount(library.sample_site[kept])
    return int((n_reference > 0).sum()) >= _LEAST_SITES and int(n_reference.max()) > 1


def _joined(
    library: Library,
    scorers: tuple[str, ...],
    folds: Ints,
    near: str | None,
    parts: dict[int, _Fold],
) -> HeldOut:
    shape = (len(library), len(library.sites))
    whole = {name: np.full(shape, np.nan) for name in _ARRAYS}
    raw, p_unknown = np.full((len(scorers), *shape), np.nan), np.full(len(library), np.nan)
    deciding: Texts = np.full(shape, None, dtype=object)
    is_near, has_neighbour = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    for fold, part in parts.items():
        rows = np.flatnonzero(folds == fold)
        at = np.ix_(rows, part.columns)
        for name in _ARRAYS:
            whole[name][at] = part.arrays[name]
        for k in range(len(scorers)):
            raw[k][at] = part.raw[k]
        deciding[at] = part.deciding
        p_unknown[rows] = part.p_unknown
        has_neighbour[at] = part.neighbours.any(axis=1)
        near_to = np.zeros((len(library.sites), len(library.sites)), dtype=bool)
        near_to[np.ix_(part.columns, part.columns)] = part.neighbours
        is_near[rows] = near_to.T[library.sample_site[rows]]
    return HeldOut(
        scorers=scorers,
        folds=folds,
        raw=raw,
        p_unknown=p_unknown,
        is_true=np.arange(shape[1]) == library.sample_site[:, None],
        is_near=is_near,
        is_next_door=_next_door(library, near, is_near),
        has_neighbour=has_neighbour,
        deciding=deciding,
        **whole,
    )


def _next_door(library: Library, near: str | None, is_near: Bools) -> Bools:
    column = near or DEFAULT_COLUMN
    if not any(library.samples.fact(column) != ""):
        return is_near
    return np.asarray(sharing(library, column)[library.sample_site])


@dataclass(frozen=True, eq=False)
class _Fold:
    """One fold, with the columns of the library that its model knows."""

    columns: Ints
    arrays: dict[str, Floats]
    raw: Floats
    p_unknown: Floats
    deciding: Texts
    neighbours: Bools


def _one_fold(
    library: Library,
    held_out: Bools,
    fused: tuple[str, ...],
    others: tuple[str, ...],
    near: str | None,
    policy: Policy,
    seed: int,
    together: str | None,
) -> _Fold:
    known_samples, queries = library.take(~held_out), library.samples.take(held_out)
    model = train_for_samples(
        known_samples, fused, near=near, policy=policy, seed=seed, together=together
    )
    alone = [SCORERS[name](seed, 1).fit(usable(known_samples)).score(queries) for name in others]
    columns = np.searchsorted(library.sites.astype(str), model.sites.names.astype(str))
    weighed = model.weigh(queries)
    decisions = decide(model, queries, weighed, policy)
    return _Fold(
        columns,
        {
            "score": weighed.score,
            "score_near": weighed.score_near,
            "log10_lr": weighed.log10_lr,
            "log10_lr_near": weighed.log10_lr_near,
            "p_values": decisions.p_values,
        },
        np.concatenate([weighed.scores, *(one[None] for one in alone)]),
        probabilities(weighed.log10_lr, _PRIOR_UNKNOWN)[:, -1],
        decisions.deciding,
        model.sites.neighbours,
    )

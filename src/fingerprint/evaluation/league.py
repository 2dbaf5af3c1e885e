"""The league table: each scorer and the fusion, on the same held-out claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from fingerprint.errors import InputError
from fingerprint.evaluation.claims import COMPARED, fusion_claims, scorer_claims
from fingerprint.evaluation.confusion import Confusion, confusion
from fingerprint.evaluation.curves import Curves, curves
from fingerprint.evaluation.differences import Difference, differences
from fingerprint.evaluation.held_out import HeldOut, hold_out
from fingerprint.evaluation.open_set import OpenSet, open_set
from fingerprint.evaluation.rows import GrainClass, Row, by_grains, fusion_row, scorer_row
from fingerprint.evidence import FUSED, SCORERS
from fingerprint.judgement import Policy
from fingerprint.judgement.splits import sample_folds, value_folds
from fingerprint.judgement.training import usable
from fingerprint.judgement.verdict import Reason
from fingerprint.library import Library, content_hash
from fingerprint.tables.arrays import Ints

_WORST_SITES = 5


@dataclass(frozen=True)
class SiteRejections:
    """How many true claims of a site were found implausible.

    Parameters
    ----------
    site, rejected, tried
        Name, and numbers of claims.
    """

    site: str
    rejected: int
    tried: int


@dataclass(frozen=True)
class League:
    """What `evaluate` found.

    Parameters
    ----------
    rows
        One a scorer, the fusion last.
    fused
        Scorers in the fusion.
    differences
        Of the fusion and the best single scorer.
    grain_classes
        The fusion by number of grains.
    curves
        Of the fusion, for each kind of false claims that there are.
    confusion
        By district; None where none is known.
    open_set
        With whole sites left out; None if too few sites are left then.
    worst_sites
        With the most true claims found implausible.
    library_hash, n_sites, n_samples, n_grains
        Which library.
    folds, left_out, seed, near_column, alpha
        How it was split and judged; ``left_out`` is the column by whose values, else by sample.
    made_up
        Whether the library is made-up data.
    """

    rows: tuple[Row, ...]
    fused: tuple[str, ...]
    differences: tuple[Difference, ...]
    grain_classes: tuple[GrainClass, ...]
    curves: tuple[Curves, ...]
    confusion: Confusion | None
    open_set: OpenSet | None
    worst_sites: tuple[SiteRejections, ...]
    library_hash: str
    n_sites: int
    n_samples: int
    n_grains: int
    folds: int
    left_out: str | None
    seed: int
    near_column: str | None
    alpha: float
    made_up: bool


def evaluate(
    library: Library,
    scorers: Sequence[str] | None = None,
    *,
    folds: int = 5,
    leave_out: str | None = None,
    open_groups: int = 5,
    near: str | None = None,
    policy: Policy | None = None,
    seed: int = 0,
    n_jobs: int = 1,
) -> League:
    """Measure error rates on held-out samples, every site a claim.

    Parameters
    ----------
    library
        Reference samples.
    scorers
        Names of scorers: a row each, and all of them in the fusion. None: a row for each of
        `SCORERS`, those of `FUSED` in the fusion.
    folds
        Number of folds, by sample; everything is fitted and calibrated inside the training part.
    leave_out
        Column by whose values the folds go instead: no value is in two of them.
    open_groups
        Groups of whole sites, each left out in turn: what samples of unknown origin are taken from.
    near, policy, seed, n_jobs
        See `fingerprint.judgement.train`.

    Raises
    ------
    InputError
        If nothing can be held out: see `usable`, and too few sites.
    """
    policy, library_hash = policy or Policy(), content_hash(library.samples)
    library = usable(library)
    fused = FUSED if scorers is None else tuple(scorers)
    others = tuple(name for name in SCORERS if name not in fused) if scorers is None else ()
    hold = partial(
        hold_out,
        library,
        fused,
        others=others,
        near=near,
        policy=policy,
        seed=seed,
        n_jobs=n_jobs,
        together=leave_out,
    )
    held_out = hold(folds=_folds(library, folds, leave_out, seed))
    if not held_out.known.any():
        raise InputError(
            "no part of the library leaves three sites, one with two samples, to train on",
            "Add reference samples of more sites.",
        )
    site, n_groups = library.sample_site.astype(str), min(open_groups, len(library.sites))
    left_out = hold(folds=value_folds(site, n_groups, seed))
    of_fusion = fusion_claims(library, held_out, left_out)
    of_scorers = [
        (name, scorer_claims(library, held_out, left_out, k))
        for k, name in enumerate(held_out.scorers)
    ]
    rows = [scorer_row(library, held_out, k, of) for k, (_, of) in enumerate(of_scorers)]
    drawn = (curves(kind, of_fusion[kind]) for kind in COMPARED)
    return League(
        rows=(*rows, fusion_row(library, held_out, left_out, of_fusion)),
        fused=fused,
        differences=differences(of_fusion, of_scorers),
        grain_classes=by_grains(of_fusion, library.samples.n_grains),
        curves=tuple(each for each in drawn if each is not None),
        confusion=confusion(library, held_out, near),
        open_set=open_set(library, held_out, left_out, policy) if left_out.known.any() else None,
        worst_sites=_worst_sites(library, held_out),
        library_hash=library_hash,
        n_sites=len(library.sites),
        n_samples=len(library),
        n_grains=library.samples.assay.n_grains,
        folds=folds,
        left_out=leave_out,
        seed=seed,
        near_column=near,
        alpha=policy.alpha,
        made_up=library.made_up,
    )


def _folds(library: Library, folds: int, leave_out: str | None, seed: int) -> Ints:
    if leave_out is None:
        return sample_folds(library, folds, seed)
    library.values_of_sites(leave_out)  # refuses a column that the library lacks
    return value_folds(library.samples.fact(leave_out), folds, seed)


def _worst_sites(library: Library, held_out: HeldOut) -> tuple[SiteRejections, ...]:
    """Sites with the most true claims found implausible."""
    true = held_out.known & held_out.is_true
    rejected = true & (held_out.deciding == Reason.UNLIKE_SITE)
    counts = rejected.sum(axis=0)
    order = np.argsort(-counts, kind="stable")[:_WORST_SITES]
    return tuple(
        SiteRejections(str(library.sites[s]), int(counts[s]), int(true[:, s].sum()))
        for s in order
        if counts[s] > 0
    )

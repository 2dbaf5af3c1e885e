"""Figures of a scorer or of the fusion, against each kind of false claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from fingerprint.evaluation.bootstrap import Figure, mean, mean_of, shares_of
from fingerprint.evaluation.claims import COMPARED, KINDS, Claims, own_known, trials
from fingerprint.evaluation.held_out import HeldOut
from fingerprint.evaluation.metrics import RankedScores, bits
from fingerprint.judgement.verdict import VERDICT_OF
from fingerprint.library import Library
from fingerprint.tables.arrays import Bools, Floats, Ints, Texts

REJECTIONS = (0.01, 0.02, 0.05)
FUSION = "fusion"
# Classes of samples by the fewest grains they have.
LEAST_GRAINS = (1, 3, 5, 8, 12, 30)
WORDS = ("plausible", "implausible", "inconclusive")


@dataclass(frozen=True)
class Origin:
    """Error rates against false claims of one kind.

    Parameters
    ----------
    n_true, n_false
        Number of claims.
    n_false_samples
        Distinct samples among the false claims.
    false_acceptance
        At each of `REJECTIONS`.
    equal_error_rate, cllr, cllr_min
        See `fingerprint.evaluation.metrics`; Cllr_min is of the scores, its interval recentred.
    cllr_cal
        What calibration loses: Cllr - Cllr_min.
    """

    n_true: int
    n_false: int
    n_false_samples: int
    false_acceptance: dict[float, Figure]
    equal_error_rate: Figure
    cllr: Figure
    cllr_min: Figure
    cllr_cal: Figure


@dataclass(frozen=True)
class Row:
    """One scorer, or the fusion.

    Parameters
    ----------
    name
        Of the scorer.
    known, unknown, near
        Against false claims of samples from another known site, from no known site, and from a
        neighbour of the claimed site; see `fingerprint.evaluation.claims.trials`.
    closed_set_accuracy
        Share of samples of known sites whose own site scores highest.
    verdicts
        Shares of plausible, implausible and inconclusive among ``true`` claims and among false
        ones of ``known`` and ``unknown`` origin and ``near``; empty for a single scorer.
    """

    name: str
    known: Origin
    unknown: Origin
    near: Origin
    closed_set_accuracy: Figure
    verdicts: dict[str, dict[str, Figure]] = field(default_factory=dict)


@dataclass(frozen=True)
class GrainClass:
    """The fusion on samples with so many grains or more; thresholds are theirs, too.

    Parameters
    ----------
    least_grains
        Fewest grains of a sample.
    n_samples
        How many samples have as many.
    known, unknown, near, mixed, mixed_near
        Against false claims of each kind, see `fingerprint.evaluation.claims.trials`.
    """

    least_grains: int
    n_samples: int
    known: Origin
    unknown: Origin
    near: Origin
    mixed: Origin
    mixed_near: Origin


def origin(claims: Claims) -> Origin:
    """Measure true claims against one kind of false ones."""
    ranked = RankedScores(claims.score_true, claims.score_false)
    missed, believed = bits(claims.log10_lr_true, claims.log10_lr_false, 0.0)

    def errors(w_true: Floats, w_false: Floats) -> Floats:
        masses = ranked.counted(w_true, w_false)
        equal, cost = masses.equal_error_rate(), mean(w_true, missed) + mean(w_false, believed)
        return np.concatenate([masses.accepted(np.array(REJECTIONS)), [equal], cost])

    def calibration(w_true: Floats, w_false: Floats) -> Floats:
        least = ranked.counted(w_true, w_false).cllr_min()
        return np.append(least, mean(w_true, missed) + mean(w_false, believed) - least)

    *accepted, equal, cllr = claims.sites.figures(errors)
    least, lost = claims.sites.recentred_figures(calibration)
    least = Figure(least.value, max(least.low, 0.0), least.high)
    return Origin(
        len(claims.score_true),
        len(claims.score_false),
        int(np.unique(claims.sample_false).size),
        dict(zip(REJECTIONS, accepted, strict=True)),
        equal,
        cllr,
        least,
        lost,
    )


def scorer_row(library: Library, held_out: HeldOut, k: int, claims: Mapping[str, Claims]) -> Row:
    """Measure a single scorer on its claims of each kind."""
    accuracy = _accuracy(library, held_out, held_out.raw[k])
    known, unknown, near = _compared(claims)
    return Row(held_out.scorers[k], known, unknown, near, accuracy)


def fusion_row(
    library: Library, held_out: HeldOut, left_out: HeldOut, claims: Mapping[str, Claims]
) -> Row:
    """Measure the fusion on its claims of each kind."""
    accuracy = _accuracy(library, held_out, held_out.score)
    known, unknown, near = _compared(claims)
    return Row(FUSION, known, unknown, near, accuracy, _all_verdicts(library, held_out, left_out))


def _compared(claims: Mapping[str, Claims]) -> tuple[Origin, Origin, Origin]:
    known, unknown, near = (origin(claims[kind]) for kind in COMPARED)
    return known, unknown, near


def by_grains(claims: Mapping[str, Claims], n_grains: Ints) -> tuple[GrainClass, ...]:
    """Measure the fusion on samples with at least 1, 3, 5, 8, 12 and 30 grains.

    Parameters
    ----------
    claims
        Of the fusion, by kind.
    n_grains
        (samples,) of the library's samples.
    """
    classes = []
    for least in LEAST_GRAINS:
        enough = n_grains >= least
        if enough.any():
            kinds = {kind: origin(claims[kind].of_samples(enough)) for kind in KINDS}
            classes.append(GrainClass(least, int(enough.sum()), **kinds))
    return tuple(classes)


def best_site(held_out: HeldOut, scores: Floats) -> tuple[Ints, Ints]:
    """Row of each sample whose own site is known, and the site that scores highest for it."""
    rows = np.flatnonzero(own_known(held_out))
    return rows, np.argmax(np.where(np.isnan(scores[rows]), -np.inf, scores[rows]), axis=1)


def _accuracy(library: Library, held_out: HeldOut, scores: Floats) -> Figure:
    rows, best = best_site(held_out, scores)
    own = library.sample_site[rows]
    return mean_of((best == own).astype(float), own)


def _all_verdicts(
    library: Library, held_out: HeldOut, left_out: HeldOut
) -> dict[str, dict[str, Figure]]:
    kinds = trials(held_out, left_out)
    shares = {"true": verdict_shares(library, held_out.deciding, kinds["known"][0])}
    for kind in ("known", "unknown", "near"):
        source = left_out if kind == "unknown" else held_out
        shares[kind] = verdict_shares(library, source.deciding, kinds[kind][1])
    return shares


def verdict_shares(library: Library, deciding: Texts, claims: Bools) -> dict[str, Figure]:
    """Shares of the three verdicts among some claims, given the reason that decides each."""
    words = np.array([VERDICT_OF[reason] for reason in deciding[claims]], dtype=object)
    site = library.sample_site[np.nonzero(claims)[0]]
    shares = shares_of(words[:, None] == np.array(WORDS, dtype=object), site)
    return dict(zip(WORDS, shares, strict=True))

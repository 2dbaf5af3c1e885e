"""The league table: each scorer and the fusion, on the same held-out claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from sklearn.linear_model import LogisticRegression

from fingerprint.evaluation.bootstrap import Figure, Metric, bootstrapped, share_of
from fingerprint.evaluation.held_out import HeldOut, hold_out
from fingerprint.evaluation.metrics import cllr, cllr_min, equal_error_rate, false_acceptance
from fingerprint.evidence import FUSED
from fingerprint.judgement import Policy
from fingerprint.judgement.training import usable
from fingerprint.judgement.verdict import VERDICT_OF, Reason
from fingerprint.library import Library, content_hash
from fingerprint.tables.arrays import Bools, Floats, Texts

REJECTIONS = (0.01, 0.02, 0.05)
FUSION = "fusion"
_WORST_SITES = 5


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
        See `fingerprint.evaluation.metrics`.
    """

    n_true: int
    n_false: int
    n_false_samples: int
    false_acceptance: dict[float, Figure]
    equal_error_rate: Figure
    cllr: Figure
    cllr_min: Figure


@dataclass(frozen=True)
class Row:
    """One scorer, or the fusion.

    Parameters
    ----------
    name
        Of the scorer.
    known, unknown, near
        Against false claims of samples from another known site, from no known site, and from a
        neighbour of the claimed site.
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
    worst_sites
        With the most true claims found implausible.
    library_hash, n_sites, n_samples, n_grains
        Which library.
    folds, seed, near_column, alpha
        How it was split and judged.
    made_up
        Whether the library is made-up data.
    true_log10_lr, false_log10_lr, unknown_log10_lr
        Of the fusion, for the picture.
    """

    rows: tuple[Row, ...]
    worst_sites: tuple[SiteRejections, ...]
    library_hash: str
    n_sites: int
    n_samples: int
    n_grains: int
    folds: int
    seed: int
    near_column: str | None
    alpha: float
    made_up: bool
    true_log10_lr: Floats
    false_log10_lr: Floats
    unknown_log10_lr: Floats


def evaluate(
    library: Library,
    scorers: Sequence[str] = FUSED,
    *,
    folds: int = 5,
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
        Names of scorers: a row each, and all of them in the fusion.
    folds
        Number of folds, by sample; everything is fitted and calibrated inside the training part.
    near, policy, seed, n_jobs
        See `fingerprint.judgement.train`.
    """
    policy = policy or Policy()
    library_hash = content_hash(library.samples)
    library = usable(library)
    held_out = hold_out(
        library, scorers, folds=folds, near=near, policy=policy, seed=seed, n_jobs=n_jobs
    )
    rows = [_single(library, held_out, k) for k in range(len(held_out.scorers))]
    rows.append(_fusion(library, held_out))
    known, is_true = held_out.known, held_out.is_true
    return League(
        tuple(rows),
        _worst_sites(library, held_out),
        library_hash,
        len(library.sites),
        len(library),
        library.samples.assay.n_grains,
        folds,
        seed,
        near,
        policy.alpha,
        library.made_up,
        held_out.log10_lr[known & is_true],
        held_out.log10_lr[_known_origin(held_out) & ~is_true],
        held_out.hidden_log10_lr[_unknown_origin(held_out)],
    )


def _own_known(held_out: HeldOut) -> Bools:
    """(samples, 1) whether the sample's own site had another sample to train on."""
    return np.asarray((held_out.known & held_out.is_true).any(axis=1, keepdims=True))


def _known_origin(held_out: HeldOut) -> Bools:
    return held_out.known & _own_known(held_out)


def _unknown_origin(held_out: HeldOut) -> Bools:
    return np.isfinite(held_out.hidden_score) & ~held_out.is_true


def _kinds(held_out: HeldOut) -> dict[str, tuple[Bools, Bools]]:
    """True and false claims of each kind of trial."""
    true = held_out.known & held_out.is_true
    false = _known_origin(held_out) & ~held_out.is_true
    return {
        "known": (true, false),
        "unknown": (true, _unknown_origin(held_out)),
        "near": (true & held_out.has_neighbour, false & held_out.is_near),
    }


def _single(library: Library, held_out: HeldOut, k: int) -> Row:
    raw = held_out.raw[k]
    origins = {}
    for kind, (true, false) in _kinds(held_out).items():
        log10_lr = _calibrated(raw, held_out, true, false)
        origins[kind] = _origin(library, (raw, raw), (log10_lr, log10_lr), true, false)
    accuracy = _accuracy(library, held_out, raw)
    name = held_out.scorers[k]
    return Row(name, origins["known"], origins["unknown"], origins["near"], accuracy)


def _fusion(library: Library, held_out: HeldOut) -> Row:
    # True claims are weighed with their own site in the cohort, whatever the false ones are.
    weights = {
        "known": ((held_out.score, held_out.score), (held_out.log10_lr, held_out.log10_lr)),
        "unknown": (
            (held_out.score, held_out.hidden_score),
            (held_out.log10_lr, held_out.hidden_log10_lr),
        ),
        "near": (
            (held_out.score_near, held_out.score_near),
            (held_out.log10_lr_near, held_out.log10_lr_near),
        ),
    }
    kinds = _kinds(held_out)
    origins = {kind: _origin(library, *weights[kind], *kinds[kind]) for kind in kinds}
    verdicts = {"true": _verdicts(library, held_out.deciding, kinds["known"][0])}
    for kind, (_, false) in kinds.items():
        deciding = held_out.hidden_deciding if kind == "unknown" else held_out.deciding
        verdicts[kind] = _verdicts(library, deciding, false)
    accuracy = _accuracy(library, held_out, held_out.score)
    return Row(FUSION, origins["known"], origins["unknown"], origins["near"], accuracy, verdicts)


def _origin(
    library: Library,
    scores: tuple[Floats, Floats],
    log10_lr: tuple[Floats, Floats],
    true: Bools,
    false: Bools,
) -> Origin:
    s_true, s_false = scores[0][true], scores[1][false]
    l_true, l_false = log10_lr[0][true], log10_lr[1][false]
    sites = tuple(library.sample_site[np.nonzero(at)[0]] for at in (true, false))

    def figure(metric: Metric, t: Floats, f: Floats) -> Figure:
        return bootstrapped(metric, t, f, *sites)

    return Origin(
        int(true.sum()),
        int(false.sum()),
        int(false.any(axis=1).sum()),
        {
            rate: figure(partial(false_acceptance, rejection=rate), s_true, s_false)
            for rate in REJECTIONS
        },
        figure(equal_error_rate, s_true, s_false),
        figure(cllr, l_true, l_false),
        figure(cllr_min, s_true, s_false),
    )


def _accuracy(library: Library, held_out: HeldOut, scores: Floats) -> Figure:
    rows = np.flatnonzero(_own_known(held_out))
    best = np.argmax(np.where(np.isnan(scores[rows]), -np.inf, scores[rows]), axis=1)
    own = library.sample_site[rows]
    return share_of(best == own, own)


def _verdicts(library: Library, deciding: Texts, claims: Bools) -> dict[str, Figure]:
    words = np.array([VERDICT_OF[reason] for reason in deciding[claims]], dtype=object)
    site = library.sample_site[np.nonzero(claims)[0]]
    return {
        word: share_of(words == word, site) for word in ("plausible", "implausible", "inconclusive")
    }


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


def _calibrated(raw: Floats, held_out: HeldOut, true: Bools, false: Bools) -> Floats:
    """log10 LR of a single scorer on some trials, each fold calibrated on the other folds.

    Unlike the fusion's, the scores that calibrate come from scorers that have seen the fold.
    """
    log10_lr = np.full(raw.shape, np.nan)
    for fold in np.unique(held_out.folds):
        inside = (held_out.folds == fold)[:, None]
        rest, at = (true | false) & ~inside, (true | false) & inside
        is_true = true[rest]
        if not at.any() or is_true.all() or not is_true.any():
            continue
        calibration = LogisticRegression(C=1e4, class_weight="balanced", max_iter=1000)
        calibration.fit(raw[rest][:, None], is_true)
        log10_lr[at] = calibration.decision_function(raw[at][:, None]) / np.log(10.0)
    return log10_lr

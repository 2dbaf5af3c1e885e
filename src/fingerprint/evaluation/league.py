"""The league table: each scorer and the fusion, on the same held-out claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from fingerprint.evaluation.bootstrap import Figure, bootstrapped, share_of
from fingerprint.evaluation.held_out import HeldOut, hold_out
from fingerprint.evaluation.metrics import cllr, cllr_min, equal_error_rate, false_acceptance
from fingerprint.evidence import SCORERS
from fingerprint.judgement import Policy
from fingerprint.judgement.training import usable
from fingerprint.judgement.verdict import VERDICT_OF
from fingerprint.library import Library, content_hash
from fingerprint.tables.arrays import Bools, Floats

REJECTIONS = (0.01, 0.02, 0.05)
FUSION = "fusion"


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
    equal_error_rate: float
    cllr: Figure
    cllr_min: float


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
    verdicts_true, verdicts_false
        Shares of plausible, implausible and inconclusive among true claims, and among false
        claims of known origin; empty for a single scorer.
    """

    name: str
    known: Origin
    unknown: Origin
    near: Origin
    closed_set_accuracy: Figure
    verdicts_true: dict[str, Figure]
    verdicts_false: dict[str, Figure]


@dataclass(frozen=True)
class League:
    """What `evaluate` found.

    Parameters
    ----------
    rows
        One a scorer, the fusion last.
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
    scorers: Sequence[str] = tuple(SCORERS),
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


def _single(library: Library, held_out: HeldOut, k: int) -> Row:
    raw = held_out.raw[k]
    log10_lr = _calibrated(raw, held_out)
    return _row(held_out.scorers[k], library, held_out, (raw, raw, raw), (log10_lr,) * 3)


def _fusion(library: Library, held_out: HeldOut) -> Row:
    scores = (held_out.score, held_out.hidden_score, held_out.log10_lr_near)
    log10_lr = (held_out.log10_lr, held_out.hidden_log10_lr, held_out.log10_lr_near)
    true = held_out.known & held_out.is_true
    false = _known_origin(held_out) & ~held_out.is_true
    return replace(
        _row(FUSION, library, held_out, scores, log10_lr),
        verdicts_true=_verdicts(library, held_out, true),
        verdicts_false=_verdicts(library, held_out, false),
    )


def _row(
    name: str,
    library: Library,
    held_out: HeldOut,
    scores: tuple[Floats, Floats, Floats],
    log10_lr: tuple[Floats, Floats, Floats],
) -> Row:
    true = held_out.known & held_out.is_true
    near = _known_origin(held_out) & held_out.is_near & ~held_out.is_true
    kinds = (
        (true, _known_origin(held_out) & ~held_out.is_true),
        (true, _unknown_origin(held_out)),
        (true & held_out.has_neighbour, near),
    )
    # True claims are weighed with their own site in the cohort, whatever the false ones are.
    for_true = (0, 0, 2)
    origins = [
        _origin(library, (scores[own], scores[i]), (log10_lr[own], log10_lr[i]), *kinds[i])
        for i, own in enumerate(for_true)
    ]
    accuracy = _accuracy(library, held_out, scores[0])
    return Row(name, origins[0], origins[1], origins[2], accuracy, {}, {})


def _origin(
    library: Library,
    scores: tuple[Floats, Floats],
    log10_lr: tuple[Floats, Floats],
    true: Bools,
    false: Bools,
) -> Origin:
    s_true, s_false = scores[0][true], scores[1][false]
    l_true, l_false = log10_lr[0][true], log10_lr[1][false]
    site_true, site_false = (library.sample_site[np.nonzero(at)[0]] for at in (true, false))

    def figure(metric: Callable[[Floats, Floats], float], t: Floats, f: Floats) -> Figure:
        return bootstrapped(metric, t, f, site_true, site_false)

    return Origin(
        int(true.sum()),
        int(false.sum()),
        int(false.any(axis=1).sum()),
        {
            r: figure(lambda t, f, r=r: false_acceptance(t, f, r), s_true, s_false)  # type: ignore[misc]
            for r in REJECTIONS
        },
        equal_error_rate(s_true, s_false),
        figure(cllr, l_true, l_false),
        cllr_min(s_true, s_false),
    )


def _accuracy(library: Library, held_out: HeldOut, scores: Floats) -> Figure:
    rows = np.flatnonzero(_own_known(held_out))
    best = np.argmax(np.where(np.isnan(scores[rows]), -np.inf, scores[rows]), axis=1)
    own = library.sample_site[rows]
    return share_of(best == own, own)


def _verdicts(library: Library, held_out: HeldOut, claims: Bools) -> dict[str, Figure]:
    words = np.array([VERDICT_OF[reason] for reason in held_out.deciding[claims]])
    site = library.sample_site[np.nonzero(claims)[0]]
    return {
        word: share_of(words == word, site) for word in ("plausible", "implausible", "inconclusive")
    }


def _calibrated(raw: Floats, held_out: HeldOut) -> Floats:
    """log10 LR of a single scorer, each fold calibrated on the other folds."""
    log10_lr = np.full(raw.shape, np.nan)
    for fold in np.unique(held_out.folds):
        inside = (held_out.folds == fold)[:, None]
        rest = np.isfinite(raw) & ~inside
        is_true = held_out.is_true[rest]
        calibration = LogisticRegression(C=1e4, class_weight="balanced", max_iter=1000)
        calibration.fit(raw[rest][:, None], is_true)
        at = np.isfinite(raw) & inside
        if at.any():
            log10_lr[at] = calibration.decision_function(raw[at][:, None]) / np.log(10.0)
    return log10_lr

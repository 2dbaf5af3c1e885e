"""Samples of sites that the library does not have: whole sites left out of training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.evaluation.bootstrap import Figure, Sites, mean_of
from fingerprint.evaluation.claims import claims_of, own_known, trials
from fingerprint.evaluation.held_out import HeldOut
from fingerprint.evaluation.metrics import RankedScores
from fingerprint.evaluation.rows import Origin, origin, verdict_shares
from fingerprint.judgement import Policy
from fingerprint.judgement.verdict import VERDICT_OF
from fingerprint.library import Library
from fingerprint.tables.arrays import Bools, Floats, Ints

# Classes of samples by the number of sites: none, one, ... ; the last is open.
_SITES = (0, 1, 2, 3, 6, 11)


@dataclass(frozen=True)
class SitesOfSample:
    """For how many sites a claim of a sample is not turned down.

    Parameters
    ----------
    plausible
        Mean number of sites that a sample is plausible for.
    not_excluded
        Mean number of sites that a sample cannot be excluded from (p > alpha).
    plausible_shares, not_excluded_shares
        Share of samples by number of sites: ``0``, ``1``, ``2``, ``3-5``, ``6-10``, ``11-``.
    """

    plausible: Figure
    not_excluded: Figure
    plausible_shares: dict[str, float]
    not_excluded_shares: dict[str, float]


@dataclass(frozen=True)
class OpenSet:
    """Samples of sites left out of training against all the sites that are left.

    Parameters
    ----------
    groups
        Groups of sites that were left out, one after the other.
    n_sites
        Mean number of sites in the library that a claim could be made on.
    far, near
        True claims of the ordinary folds against every claim of the left-out samples, and against
        those on sites that share the neighbours' column with the sample's own site.
    verdicts
        Shares among the claims of the left-out samples, ``far`` and ``near``.
    auroc_score, auroc_unknown
        Samples of known sites against left-out ones: by the score of the best site, and by the
        probability that `identify` gives to ``unknown``.
    unknown, known
        Of samples of left-out sites, and, to compare, of samples of known sites in the ordinary
        folds (their own site counts as well).
    """

    groups: int
    n_sites: float
    far: Origin
    near: Origin
    verdicts: dict[str, dict[str, Figure]]
    auroc_score: Figure
    auroc_unknown: Figure
    unknown: SitesOfSample
    known: SitesOfSample


def open_set(library: Library, ordinary: HeldOut, left_out: HeldOut, policy: Policy) -> OpenSet:
    """Measure how samples of unknown sites are judged.

    Parameters
    ----------
    library
        Reference samples.
    ordinary
        Their held-out claims by folds of samples: where the true claims are taken from.
    left_out
        The same with whole sites in each fold, so that no sample's site was trained on.
    policy
        That both were judged by.
    """
    known = np.flatnonzero(own_known(ordinary))
    everyone = np.flatnonzero(left_out.known.any(axis=1))
    best = _best(ordinary.score)[known], _best(left_out.score)[everyone]
    certain = 1.0 - ordinary.p_unknown[known], 1.0 - left_out.p_unknown[everyone]
    sites = Sites(library.sample_site[known], library.sample_site[everyone])
    false = {"far": left_out.known, "near": left_out.known & left_out.is_next_door}
    return OpenSet(
        int(left_out.folds.max()) + 1,
        float(left_out.known[everyone].sum(axis=1).mean()),
        _against(library, ordinary, left_out, false["far"], "known"),
        _against(library, ordinary, left_out, false["near"], "near"),
        {kind: verdict_shares(library, left_out.deciding, mask) for kind, mask in false.items()},
        _auroc(*best, sites),
        _auroc(*certain, sites),
        _sites_of_sample(library, left_out, everyone, policy),
        _sites_of_sample(library, ordinary, known, policy),
    )


def _against(
    library: Library, ordinary: HeldOut, left_out: HeldOut, false: Bools, kind: str
) -> Origin:
    weighed = [
        (held.score_near, held.log10_lr_near) if kind == "near" else (held.score, held.log10_lr)
        for held in (ordinary, left_out)
    ]
    true = trials(ordinary, left_out)[kind][0]
    return origin(claims_of(library, (weighed[0], weighed[1]), (true, false)))


def _auroc(known: Floats, unknown: Floats, sites: Sites) -> Figure:
    ranked = RankedScores(known, unknown)
    return sites.figures(lambda k, u: np.array([ranked.counted(k, u).auroc()]))[0]


def _best(scores: Floats) -> Floats:
    return np.asarray(np.where(np.isnan(scores), -np.inf, scores).max(axis=1))


def _sites_of_sample(
    library: Library, held_out: HeldOut, rows: Ints, policy: Policy
) -> SitesOfSample:
    plausible = np.zeros(held_out.known.shape, dtype=bool)
    known = held_out.known
    plausible[known] = [VERDICT_OF[reason] == "plausible" for reason in held_out.deciding[known]]
    not_excluded = known & ~(held_out.p_values <= policy.alpha)
    counts = [each[rows].sum(axis=1).astype(float) for each in (plausible, not_excluded)]
    site = library.sample_site[rows]
    return SitesOfSample(
        mean_of(counts[0], site), mean_of(counts[1], site), *(_shares(each) for each in counts)
    )


def _shares(counts: Floats) -> dict[str, float]:
    shares = {}
    for low, end in zip(_SITES, (*_SITES[1:], np.inf), strict=True):
        last = "" if np.isinf(end) else f"{int(end) - 1}"
        name = f"{low}" if end == low + 1 else f"{low}-{last}"
        shares[name] = float(((counts >= low) & (counts < end)).mean())
    return shares

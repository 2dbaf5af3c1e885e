"""The policy applied to weighed claims: which reason decides each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fingerprint.judgement.model import Model, Weighed
from fingerprint.judgement.policy import Policy
from fingerprint.judgement.sessions import Standing
from fingerprint.judgement.verdict import Reason
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Texts


@dataclass(frozen=True, eq=False)
class Decisions:
    """What the policy makes of every claim of some samples.

    Parameters
    ----------
    p_values
        (samples, sites) conformal; NaN where none can be given.
    deciding
        (samples, sites) of `Reason`; `VERDICT_OF` has the verdict that each stands for.
    measured, fine
        (samples, analytes of the model) True where any grain was measured, and where that was
        finely enough to compare, see `out_of_reach`.
    """

    p_values: Floats
    deciding: Texts
    measured: Bools
    fine: Bools


def decide(
    model: Model,
    samples: SampleSet,
    weighed: Weighed,
    policy: Policy,
    sessions: Sequence[Standing] = (),
) -> Decisions:
    """Decide every claim of the samples by the policy.

    Parameters
    ----------
    model, samples
        A trained model and the samples.
    weighed
        What `Model.weigh` gave for them.
    policy
        Thresholds.
    sessions
        What the sessions of each sample mean for it, from `standings`; empty: nothing is known.
    """
    measured, fine = model.comparable(samples)
    n_fine = fine.sum(axis=1)
    p_values = model.true_scores.p_values(
        weighed.score,
        samples.n_grains[:, None],
        model.sites.n_reference,
        n_fine[:, None] / len(model.analytes),
        policy.alpha,
    )
    p_values[weighed.unmeasured] = np.nan
    deciding = by_weight(weighed.log10_lr, weighed.log10_lr_near, p_values, policy)
    for i, n_grains in enumerate(samples.n_grains):
        outside = bool(sessions) and sessions[i].outside
        obstacle = _obstacle(model, int(n_grains), int(n_fine[i]), policy, outside)
        if obstacle is not None:
            deciding[i] = obstacle
    return Decisions(p_values, deciding, measured, fine)


def least_analytes(model: Model, policy: Policy) -> int:
    """Fewest analytes of the model that a sample must be measured for to be decided."""
    n_analytes = len(model.analytes)
    share = int(policy.least_share_of_analytes * n_analytes + 1e-9)
    return max(min(policy.least_analytes, n_analytes), share)


def by_weight(log10_lr: Floats, log10_lr_near: Floats, p_values: Floats, policy: Policy) -> Texts:
    """Say which `Reason` the weight of evidence alone gives for each of some claims.

    Parameters
    ----------
    log10_lr, log10_lr_near, p_values
        (...) of the claims.
    policy
        Thresholds.
    """
    deciding = np.full(p_values.shape, Reason.CONSISTENT, dtype=object)
    deciding[log10_lr_near < policy.plausible_log10_lr_near] = Reason.DISTRICT_ONLY
    deciding[log10_lr < policy.plausible_log10_lr] = Reason.WEAK_EVIDENCE
    deciding[p_values <= policy.alpha] = Reason.UNLIKE_SITE
    return deciding


def _obstacle(
    model: Model, n_grains: int, n_fine: int, policy: Policy, session_outside: bool
) -> Reason | None:
    """What keeps any claim of a sample from being decided."""
    if n_grains == 0:
        return Reason.NO_GRAINS
    if session_outside:
        return Reason.SESSION_OUTSIDE_LIMITS
    if n_grains < max(policy.least_grains, model.fewest_grains):
        return Reason.ONE_GRAIN if n_grains == 1 else Reason.TOO_FEW_GRAINS
    if n_fine < least_analytes(model, policy):
        return Reason.TOO_FEW_ANALYTES
    if not model.true_scores.enough(policy.alpha):
        return Reason.TOO_FEW_TRUE_TRIALS
    return None

"""The samples of a lot: each weighed and decided on its own, and what they come to together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fingerprint.judgement.decide import Decisions, by_weight, decide
from fingerprint.judgement.lot_as_one import calibrations_of_lot
from fingerprint.judgement.model import Model, Weighed, ends_of
from fingerprint.judgement.policy import Policy
from fingerprint.judgement.sessions import Standing, standings
from fingerprint.judgement.verdict import DECIDED_BY_WEIGHT, Reason, SampleOfLot
from fingerprint.quality import SessionQuality
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class Members:
    """The samples of a lot, each weighed and decided on its own.

    Parameters
    ----------
    strict
        (samples, sites) p-values among groups large enough to reject at alpha shared out over the
        samples (Bonferroni).
    repeated
        (samples,) True where an earlier sample holds the very same measurements.
    counted
        Rows of the samples that the lot is judged by.
    """

    model: Model
    samples: SampleSet
    weighed: Weighed
    decisions: Decisions
    strict: Floats
    standings: tuple[Standing, ...]
    repeated: Bools
    counted: Ints

    @classmethod
    def of(
        cls,
        model: Model,
        samples: SampleSet,
        policy: Policy,
        sessions: Sequence[SessionQuality] | None,
    ) -> Members:
        """Weigh and decide the samples of a lot one by one."""
        weighed, stand = model.weigh(samples), standings(samples, sessions)
        decisions = decide(model, samples, weighed, policy, stand)
        repeated = _repeated(samples)
        able = np.array([reason in DECIDED_BY_WEIGHT for reason in decisions.deciding[:, 0]])
        counted = np.flatnonzero(able & ~repeated)
        if not counted.size:
            # If the sample with the most grains has too few, so have all.
            counted = np.array([np.argmax(np.where(repeated, -1, samples.n_grains))])
        shared = policy.with_alpha(policy.alpha / counted.size)
        strict = decide(model, samples, weighed, shared, stand).p_values
        return cls(model, samples, weighed, decisions, strict, stand, repeated, counted)

    @property
    def n_analytes(self) -> int:
        """Number of the model's analytes that all samples can be compared by."""
        return int(self.decisions.fine[self.counted].all(axis=0).sum())

    @property
    def left_out(self) -> Ints:
        """Rows of samples that could not be judged on their own."""
        left = ~self.repeated
        left[self.counted] = False
        return np.flatnonzero(left)

    def unlike(self, site: int | None, policy: Policy) -> Ints:
        """Rows of samples that are unlike the claimed site on their own, beside others."""
        if site is None or self.counted.size < 2:
            return np.empty(0, dtype=np.int64)
        alone = self.strict[self.counted, site] <= policy.alpha / self.counted.size
        return np.asarray(self.counted[alone])

    def on_their_own(self, site: int | None) -> tuple[SampleOfLot, ...]:
        """Each sample's own numbers for the claim."""
        nan = float("nan")
        return tuple(
            SampleOfLot(
                str(name),
                int(self.samples.n_grains[i]),
                nan if site is None else float(self.decisions.p_values[i, site]),
                nan if site is None else float(self.weighed.log10_lr[i, site]),
                i in self.counted,
            )
            for i, name in enumerate(self.samples.ids)
        )

    @property
    def standing(self) -> Standing:
        """The gravest of what the samples' sessions mean, with all that is to be said of them."""
        details = " ".join(dict.fromkeys(s.detail for s in self.standings if s.detail))
        gravest = max(
            (self.standings[i] for i in self.counted), key=lambda s: (s.outside, s.reason or "")
        )
        return Standing(gravest.reason, details)

    def weighed_together(self) -> Weighed:
        """The lot in the place of a sample: means of scores, calibrated as of a lot."""
        scores, score, near = (
            array.mean(axis=axis, keepdims=True)
            for array, axis in (
                (self.weighed.scores[:, self.counted], 1),
                (self.weighed.score[self.counted], 0),
                (self.weighed.score_near[self.counted], 0),
            )
        )
        return Weighed(scores, score, near, *self._log10_lr(score, near))

    def _log10_lr(self, score: Floats, score_near: Floats) -> tuple[Floats, Floats]:
        far, near = self.model.log10_lr(
            score, score_near, calibrations_of_lot(self.model, self.counted.size, self.n_analytes)
        )
        near = np.where(self.model.alone, far, near)
        measured = ~self.weighed.unmeasured[self.counted].all()
        return np.where(measured, far, 0.0), np.where(measured, near, 0.0)

    def interval(self, lot: str, weighed: Weighed) -> tuple[Floats, Floats]:
        """Grains of each sample drawn anew, the sites' means drawn once for all samples."""
        ones = [self.samples.take(np.array([i])) for i in self.counted]
        if not all(one.n_grains[0] for one in ones):
            return weighed.log10_lr, weighed.log10_lr
        shared = lot if len(ones) > 1 else None
        drawn = [
            self.model.drawn(one, self.weighed.scores[:, i], shared)
            for i, one in zip(self.counted, ones, strict=True)
        ]
        score, near = (
            np.mean([getattr(d, name) for d in drawn], axis=0) for name in ("score", "score_near")
        )
        low, high = ends_of(self._log10_lr(score, near)[0], weighed.log10_lr[0])
        return low[None], high[None]

    def decided_together(self, weighed: Weighed, policy: Policy) -> Decisions:
        """What the policy makes of every claim of the lot."""
        decisions, counted = self.decisions, self.counted
        fine = np.array([decisions.fine[counted].all(axis=0)])
        measured = np.array([decisions.measured[counted].all(axis=0)])
        n_fine = decisions.fine[counted].sum(axis=1).min()
        p_values = self.model.true_scores.p_values(
            weighed.score,
            self.samples.n_grains[counted].min(),
            self.model.sites.n_reference,
            n_fine / len(self.model.analytes),
            policy.alpha,
        )
        if self.weighed.unmeasured[counted].all():
            p_values[:] = np.nan
        deciding = by_weight(weighed.log10_lr, weighed.log10_lr_near, p_values, policy)
        disagree = (self.strict[counted] <= policy.alpha / counted.size).any(axis=0)
        if counted.size > 1:
            deciding[0, disagree & (deciding[0] != Reason.UNLIKE_SITE)] = Reason.LOT_DISAGREES
        obstacle = decisions.deciding[counted[0], 0]
        if obstacle not in DECIDED_BY_WEIGHT:
            deciding[:] = obstacle
        return Decisions(p_values, deciding, measured, fine)


def _repeated(samples: SampleSet) -> Bools:
    """(samples,) True where an earlier sample has grains, and the very same measurements."""
    seen: set[bytes] = set()
    repeated = np.zeros(len(samples), dtype=bool)
    for i in range(len(samples)):
        rows = slice(*samples.bounds[i : i + 2])
        assay = samples.assay
        content = assay.values[rows].tobytes() + assay.censored[rows].tobytes()
        repeated[i] = bool(content) and content in seen
        seen.add(content)
    return repeated

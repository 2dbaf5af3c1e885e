"""Several samples of one lot, judged together.

They share the site's effect, so that their likelihood ratios are never multiplied. The lot's score
is the mean of its samples' fused scores, calibrated on lots of known origin. Its p-value compares
that mean with single samples: a mean of scores strays no further than one of them, however much
the samples have in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from fingerprint.errors import InputError
from fingerprint.judgement.blends import SEPARATOR
from fingerprint.judgement.conditions import scaled
from fingerprint.judgement.decide import Decisions, by_weight, decide
from fingerprint.judgement.factor import factor_of, of_sessions
from fingerprint.judgement.judge import Bench
from fingerprint.judgement.lot_as_one import calibrations_of_lot, pool
from fingerprint.judgement.model import Model, Weighed, ends_of
from fingerprint.judgement.policy import Policy
from fingerprint.judgement.sessions import Standing, standings
from fingerprint.judgement.verdict import (
    DECIDED_BY_WEIGHT,
    ApartFromFactor,
    CommonFactor,
    Reason,
    SampleOfLot,
    Verdict,
)
from fingerprint.quality import SessionQuality
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints

COLUMN = "lot"


def samples_of_lot(samples: SampleSet, lot: str) -> SampleSet:
    """Return the samples of one lot.

    Parameters
    ----------
    samples
        Samples with the fact ``lot``.
    lot
        Which lot.

    Raises
    ------
    InputError
        If there is no such lot, or one of its samples is in two.
    """
    of_sample = samples.fact(COLUMN)
    lots = sorted({part for text in of_sample for part in text.split("; ") if part})
    if not lots:
        raise InputError(
            f"the table says of no sample which lot it is from, and has no lot {lot!r}",
            "Give the lot of each sample in a column lot.",
            column=COLUMN,
        )
    if lot not in lots:
        known = ", ".join(lots[:5]) + (", ..." if len(lots) > 5 else "")
        raise InputError(f"there is no lot {lot!r} in the table ({known})", "Correct --lot.")
    inside = np.array([lot in text.split("; ") for text in of_sample])
    for sample in samples.ids[inside & (of_sample != lot)]:
        raise InputError(
            f"the sample {sample!r} is from several lots",
            "Give the grains of each lot their own sample name.",
            column=COLUMN,
        )
    return samples.take(inside)


def judge_lot(
    model: Model,
    samples: SampleSet,
    lot: str,
    claim: str,
    policy: Policy,
    sessions: Sequence[SessionQuality] | None = None,
) -> Verdict:
    """Judge the claim that all samples of a lot come from one site.

    Parameters
    ----------
    model
        A trained model.
    samples
        The samples of the lot, from `samples_of_lot`.
    lot
        Name of the lot, which the verdict has in the place of a sample.
    claim
        The claimed site.
    policy, sessions
        See `judge`.

    Returns
    -------
    Verdict
        Of a lot of one sample, that sample's own.

    Raises
    ------
    InputError
        If the claim is a blend: that is judged sample by sample.
    """
    if SEPARATOR in claim:
        raise InputError(
            "a lot is judged against one site, not against a blend",
            "Claim one site, or check the samples one by one.",
            column="claim",
        )
    members = Members.of(model, samples, policy, sessions)
    bench = members.bench(lot, policy)
    verdict = bench.verdict(0, claim)
    site = model.sites.index(claim)
    disagreeing = members.disagreeing(site, policy)
    notes = {
        Reason.LOT_DISAGREES: disagreeing,
        Reason.LOT_SAMPLES_LEFT_OUT: members.left_out,
        Reason.LOT_REPEATS_SAMPLE: np.flatnonzero(members.repeated),
    }
    said = {reason: rows for reason, rows in notes.items() if len(rows)}
    return replace(
        verdict,
        n_grains=int(samples.n_grains.sum()),
        reasons=tuple(dict.fromkeys((*verdict.reasons, *said))),
        samples=members.on_their_own(site),
        lot_details=tuple((reason, _named(samples, reason, rows)) for reason, rows in said.items()),
    )


def _named(samples: SampleSet, reason: Reason, rows: Ints) -> str:
    what = {
        Reason.LOT_DISAGREES: "Unlike the claimed site on their own",
        Reason.LOT_SAMPLES_LEFT_OUT: "Left out",
        Reason.LOT_REPEATS_SAMPLE: "Repeated",
    }
    return f"{what[reason]}: {', '.join(samples.ids[rows])}."


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
            counted = np.flatnonzero(~repeated)[:1]
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

    def disagreeing(self, site: int | None, policy: Policy) -> Ints:
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

    def bench(self, lot: str, policy: Policy) -> _LotBench:
        """The lot in the place of a sample, with everything that its verdict rests on."""
        weighed = self.weighed_together()
        low, high = self._interval(lot, weighed)
        decisions = self.decided_together(weighed, policy)
        pooled = pool(self.samples.take(self.counted), lot)
        details = " ".join(dict.fromkeys(s.detail for s in self.standings if s.detail))
        gravest = max(
            (self.standings[i] for i in self.counted), key=lambda s: (s.outside, s.reason or "")
        )
        standing = Standing(gravest.reason, details)
        return _LotBench(
            self.model,
            pooled,
            policy,
            weighed,
            low,
            high,
            decisions,
            (standing,),
            (None,),
            members=self,
        )

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
        return far * measured, near * measured

    def _interval(self, lot: str, weighed: Weighed) -> tuple[Floats, Floats]:
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


@dataclass(frozen=True, eq=False)
class _LotBench(Bench):
    """A lot in the place of a sample; a common factor is looked for in all of its samples."""

    members: Members = field(kw_only=True)

    def _factor(self, i: int, site: int, first: Reason) -> ApartFromFactor | None:
        counted = self.members.samples.take(self.members.counted)
        if len(counted) == 1:
            return super()._factor(i, site, first)
        if first not in DECIDED_BY_WEIGHT:
            return None
        limit = self.policy.sessions.common_factor
        claims = [(row, site) for row in range(len(counted))]
        factors = of_sessions(self.model, counted, claims, limit)
        of_session = bool(factors)
        if not factors and first != Reason.CONSISTENT:
            sites = np.full(len(counted), site)
            common = factor_of(self.model, counted, sites, limit)
            factors = {} if common is None else dict.fromkeys(range(len(counted)), common)
        if not factors:
            return None
        anew = Members.of(self.model, _apart(counted, factors), self.policy, None)
        weighed = anew.weighed_together()
        decisions = anew.decided_together(weighed, self.policy)
        if not of_session and decisions.deciding[0, site] != Reason.CONSISTENT:
            return None
        return ApartFromFactor(
            max(factors.values(), key=lambda factor: factor.n_samples),
            float(weighed.log10_lr[0, site]),
            float(decisions.p_values[0, site]),
        )


def _apart(samples: SampleSet, factors: dict[int, CommonFactor]) -> SampleSet:
    """The samples, those by whose row a factor stands divided by it."""
    by = np.ones((len(samples), len(samples.assay.keys)))
    for row, factor in factors.items():
        by[row] /= factor.factor
    return scaled(samples, by)


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

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
from fingerprint.judgement.factor import factor_of, of_sessions
from fingerprint.judgement.judge import Bench
from fingerprint.judgement.lot_as_one import pool
from fingerprint.judgement.members import Members
from fingerprint.judgement.model import Model
from fingerprint.judgement.policy import Policy
from fingerprint.judgement.verdict import (
    DECIDED_BY_WEIGHT,
    ApartFromFactor,
    CommonFactor,
    Reason,
    Verdict,
)
from fingerprint.quality import SessionQuality
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Ints

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
    verdict = _bench_of(members, lot, policy).verdict(0, claim)
    site = model.sites.index(claim)
    notes = {
        Reason.LOT_DISAGREES: _disagreeing(members, site, verdict, policy),
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


def _disagreeing(members: Members, site: int | None, verdict: Verdict, policy: Policy) -> Ints:
    """Rows of samples unlike the claimed site on their own; none where all are, as the lot is."""
    unlike = members.unlike(site, policy)
    if verdict.reasons[0] == Reason.UNLIKE_SITE and unlike.size == members.counted.size:
        return unlike[:0]
    return unlike


def _named(samples: SampleSet, reason: Reason, rows: Ints) -> str:
    what = {
        Reason.LOT_DISAGREES: "Unlike the claimed site on their own",
        Reason.LOT_SAMPLES_LEFT_OUT: "Left out",
        Reason.LOT_REPEATS_SAMPLE: "Repeated",
    }
    return f"{what[reason]}: {', '.join(samples.ids[rows])}."


def _bench_of(members: Members, lot: str, policy: Policy) -> _LotBench:
    """The lot in the place of a sample, with everything that its verdict rests on."""
    weighed = members.weighed_together()
    low, high = members.interval(lot, weighed)
    decisions = members.decided_together(weighed, policy)
    pooled = pool(members.samples.take(members.counted), lot)
    return _LotBench(
        members.model,
        pooled,
        policy,
        weighed,
        low,
        high,
        decisions,
        (members.standing,),
        (None,),
        members=members,
    )


@dataclass(frozen=True, eq=False)
class _LotBench(Bench):
    """A lot in the place of a sample; a common factor is looked for in all of its samples."""

    members: Members = field(kw_only=True)

    def _analytes_detail(self, i: int) -> str:
        n_counted = self.members.counted.size
        n, of = self.members.n_analytes, len(self.model.analytes)
        if n_counted == 1 or n in (0, of):
            return super()._analytes_detail(i)
        fewest = self.model.calibrations(n).n_analytes
        return (
            f"Its samples have {n} of {of} analytes in common; it was calibrated by claims on "
            f"{fewest}."
        )

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

"""From weighed claims to verdicts, by the policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from fingerprint.errors import InputError
from fingerprint.judgement.blend_finding import BlendFinding, weigh_claim_of_blend
from fingerprint.judgement.blends import sites_of_claim
from fingerprint.judgement.decide import Decisions, decide
from fingerprint.judgement.factor import divided, factor_of, of_sessions, profile
from fingerprint.judgement.model import Model, Weighed
from fingerprint.judgement.policy import Policy
from fingerprint.judgement.sessions import Standing, standings
from fingerprint.judgement.verdict import (
    DECIDED_BY_WEIGHT,
    VERDICT_OF,
    ApartFromFactor,
    CommonFactor,
    Reason,
    Verdict,
)
from fingerprint.quality import SessionQuality
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats, Ints

# Samples judged at a time: bounds the memory of a long screen.
_CHUNK = 64


def judge(
    model: Model,
    samples: SampleSet,
    claims: Sequence[tuple[str, str]],
    policy: Policy,
    sessions: Sequence[SessionQuality] | None = None,
) -> Iterator[Verdict]:
    """Judge claims.

    Parameters
    ----------
    model
        A trained model.
    samples
        The samples that the claims are about.
    claims
        Pairs of sample and claimed site, or of sample and the sites of a blend: ``A;B``.
    policy
        Thresholds; its alpha sets the rate of false rejection.
    sessions
        How well the sessions that measured the samples read their reference materials, from
        `sessions_for`; None if no certified values are given.

    Yields
    ------
    Verdict
        One for each claim, sample by sample, in the order of the claims within a sample.

    Raises
    ------
    InputError
        If a claim names a sample that is not among the samples, or a blend of a blank site.
    """
    by_sample = _claims_by_sample(samples, claims)
    wanted = np.array(sorted(by_sample), dtype=np.int64)
    factors = _factors_of_sessions(model, samples, by_sample, policy)
    for first in range(0, wanted.size, _CHUNK):
        rows = wanted[first : first + _CHUNK]
        chunk = samples.take(rows)
        of_chunk = [factors.get(int(row)) for row in rows]
        bench = Bench.of(model, chunk, policy, sessions, of_chunk)
        for i, row in enumerate(rows):
            for claim in by_sample[int(row)]:
                yield bench.verdict(i, claim)


def all_claims(model: Model, samples: SampleSet) -> list[tuple[str, str]]:
    """Every sample on every site of the library."""
    return [(sample, site) for sample in samples.ids for site in model.sites.names]


def _claims_by_sample(
    samples: SampleSet, claims: Sequence[tuple[str, str]]
) -> dict[int, list[str]]:
    row_of = {sample: i for i, sample in enumerate(samples.ids)}
    by_sample: dict[int, list[str]] = {}
    for sample, claim in claims:
        if sample not in row_of:
            raise InputError(
                f"the claim is about sample {sample!r}, which is not in the samples",
                "Correct the name, or add its grains to the table.",
            )
        sites_of_claim(claim)  # a claim that cannot be read is refused before any is judged
        by_sample.setdefault(row_of[sample], []).append(claim)
    return by_sample


def _factors_of_sessions(
    model: Model, samples: SampleSet, by_sample: dict[int, list[str]], policy: Policy
) -> dict[int, CommonFactor]:
    pairs = [(row, model.sites.index(claim)) for row, each in by_sample.items() for claim in each]
    known = [(row, site) for row, site in pairs if site is not None]
    return of_sessions(model, samples, known, policy.sessions.common_factor)


@dataclass(frozen=True, eq=False)
class Bench:
    """Some samples with everything that their verdicts rest on."""

    model: Model
    samples: SampleSet
    policy: Policy
    weighed: Weighed
    low: Floats
    high: Floats
    decisions: Decisions
    standings: tuple[Standing, ...]
    factors: Sequence[CommonFactor | None]
    profiles: dict[int, Floats | None] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        model: Model,
        samples: SampleSet,
        policy: Policy,
        sessions: Sequence[SessionQuality] | None,
        factors: Sequence[CommonFactor | None],
    ) -> Bench:
        """Weigh and decide some samples."""
        weighed = model.weigh(samples)
        low, high = model.interval(samples, weighed)
        of_samples = standings(samples, sessions)
        decisions = decide(model, samples, weighed, policy, of_samples)
        return cls(model, samples, policy, weighed, low, high, decisions, of_samples, factors)

    def verdict(self, i: int, claim: str) -> Verdict:
        """Judge one claim on one of the samples."""
        names = sites_of_claim(claim)
        sites = np.array([-1 if s is None else s for s in map(self.model.sites.index, names)])
        if (sites < 0).any():
            missing = [name for name, site in zip(names, sites, strict=True) if site < 0]
            said = f"Not in the library: {', '.join(missing)}." if len(sites) > 1 else ""
            return self._without_numbers(i, claim, sites[sites >= 0], Reason.SITE_UNKNOWN, said)
        if len(sites) > 1:
            return self._of_blend(i, claim, sites)
        site = int(sites[0])
        first: Reason = self.decisions.deciding[i, site]
        factor = self._factor(i, site, first)
        if factor is not None:
            first = Reason.COMMON_FACTOR
        return Verdict(
            sample=self.samples.ids[i],
            claim=claim,
            verdict=VERDICT_OF[first],
            score=float(self.weighed.score[i, site]),
            log10_lr=float(self.weighed.log10_lr[i, site]),
            log10_lr_low=float(self.low[i, site]),
            log10_lr_high=float(self.high[i, site]),
            log10_lr_near=float(self.weighed.log10_lr_near[i, site]),
            p_value=float(self.decisions.p_values[i, site]),
            n_grains=int(self.samples.n_grains[i]),
            not_excluded=self._not_excluded(i, sites),
            reasons=self._reasons(i, sites, first),
            district=str(self.model.sites.districts[site]),
            session_detail=self.standings[i].detail,
            analytes_detail=self._analytes_detail(i),
            factor=factor,
        )

    def _factor(self, i: int, site: int, first: Reason) -> ApartFromFactor | None:
        """A factor that the session has, or without which the claim would be plausible."""
        if first not in DECIDED_BY_WEIGHT:
            return None
        factor = self.factors[i]
        one = self.samples.take(np.array([i]))
        if factor is None and first != Reason.CONSISTENT:
            limit = self.policy.sessions.common_factor
            factor = factor_of(self.model, one, np.array([site]), limit, self._profile(i, one))
        if factor is None:
            return None
        without = divided(one, factor)
        weighed = self.model.weigh(without)
        decisions = decide(self.model, without, weighed, self.policy)
        if self.factors[i] is None and decisions.deciding[0, site] != Reason.CONSISTENT:
            return None
        return ApartFromFactor(
            factor, float(weighed.log10_lr[0, site]), float(decisions.p_values[0, site])
        )

    def _profile(self, i: int, one: SampleSet) -> Floats | None:
        if i not in self.profiles:
            self.profiles[i] = profile(self.model, one)
        return self.profiles[i]

    def _analytes_detail(self, i: int) -> str:
        n, of = int(self.decisions.fine[i].sum()), len(self.model.analytes)
        if n in (0, of):
            return ""
        fewest = self.model.calibrations(n).n_analytes
        return f"It was judged on {n} of {of} analytes, calibrated by claims on {fewest}."

    def _without_numbers(
        self, i: int, claim: str, sites: Ints, first: Reason, said: str = ""
    ) -> Verdict:
        """A claim that names some sites of the library, which cannot be weighed."""
        nan = float("nan")
        notes = (note for note in self._notes_on_sample(i) if note != first)
        return Verdict(
            sample=self.samples.ids[i],
            claim=claim,
            verdict=VERDICT_OF[first],
            score=nan,
            log10_lr=nan,
            log10_lr_low=nan,
            log10_lr_high=nan,
            log10_lr_near=nan,
            p_value=nan,
            n_grains=int(self.samples.n_grains[i]),
            not_excluded=self._not_excluded(i, sites),
            reasons=(first, *notes),
            session_detail=self.standings[i].detail,
            claim_detail=said,
        )

    def _of_blend(self, i: int, claim: str, sites: Ints) -> Verdict:
        """A blend meets the obstacles that a sample on one site would meet, and its own."""
        for_one_site: Reason = self.decisions.deciding[i, sites[0]]
        obstacle = None if for_one_site in DECIDED_BY_WEIGHT else for_one_site
        if self.model.blends is None or self.weighed.unmeasured[i]:
            reason = obstacle or Reason.TOO_FEW_TRUE_TRIALS
            return self._without_numbers(i, claim, sites, reason)
        one = self.samples.take(np.array([i]))
        found: BlendFinding = weigh_claim_of_blend(self.model, one, sites, self.policy)
        said = ""
        if obstacle is None and not self.decisions.fine[i].all():
            obstacle = Reason.TOO_FEW_ANALYTES
            said = f"A claim on several sites is decided on all {len(self.model.analytes)} only."
        first = obstacle or found.deciding
        names = self.model.sites.names[sites]
        return Verdict(
            sample=self.samples.ids[i],
            claim=claim,
            verdict=VERDICT_OF[first],
            score=found.score,
            log10_lr=found.log10_lr,
            log10_lr_low=found.log10_lr_low,
            log10_lr_high=found.log10_lr_high,
            log10_lr_near=found.log10_lr_near,
            p_value=found.p_value,
            n_grains=int(self.samples.n_grains[i]),
            not_excluded=self._not_excluded(i, sites),
            reasons=self._reasons(i, sites, first),
            district="; ".join(sorted(set(self.model.sites.districts[sites]) - {""})),
            session_detail=self.standings[i].detail,
            blend_shares=tuple(zip(map(str, names), map(float, found.shares), strict=True)),
            claim_detail=said,
        )

    def _reasons(self, i: int, sites: Ints, first: Reason) -> tuple[Reason, ...]:
        notes = (*self._notes_on_sample(i), *self._notes_on_sites(sites))
        if self._not_excluded(i, sites):
            notes = (*notes, Reason.OTHERS_NOT_EXCLUDED)
        return (first, *(note for note in notes if note != first))

    def _notes_on_sample(self, i: int) -> tuple[Reason, ...]:
        laboratory = self.samples.fact("laboratory")[i]
        known_laboratories = self.model.provenance.laboratories
        measured = self.decisions.measured[i]
        notes = {
            Reason.ONE_GRAIN: self.samples.n_grains[i] == 1,
            Reason.FEW_GRAINS: 1 < self.samples.n_grains[i] < self.policy.few_grains,
            Reason.ANALYTES_MISSING: 0 < measured.sum() < measured.size,
            Reason.ANALYTES_UNKNOWN: bool(set(self.samples.assay.keys) - set(self.model.analytes)),
            Reason.LIMITS_HIGH: bool((measured & ~self.decisions.fine[i]).any()),
            Reason.LABORATORY_NEW: bool(laboratory and known_laboratories)
            and not set(laboratory.split("; ")) <= set(known_laboratories),
        }
        session = self.standings[i].reason
        said = tuple(reason for reason, holds in notes.items() if holds)
        return said if session is None else (*said, session)

    def _notes_on_sites(self, sites: Ints) -> tuple[Reason, ...]:
        near = np.array(self.model.sites.neighbours[sites].any(axis=0))
        near[sites] = False
        notes = {
            Reason.ONE_REFERENCE_SAMPLE: bool((self.model.sites.n_reference[sites] == 1).any()),
            Reason.NO_NEIGHBOURS: not near.any(),
        }
        return tuple(reason for reason, holds in notes.items() if holds)

    def _not_excluded(self, i: int, sites: Ints) -> tuple[str, ...]:
        """Sites other than the claimed ones whose own claim is not rejected, most alike first."""
        kept = ~(self.decisions.p_values[i] <= self.policy.alpha)
        kept[sites] = False
        order = np.argsort(-self.weighed.score[i], kind="stable")
        return tuple(str(self.model.sites.names[s]) for s in order if kept[s])

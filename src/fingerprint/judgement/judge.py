"""From weighed claims to verdicts, by the policy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fingerprint.errors import InputError
from fingerprint.evidence.features import log_table, out_of_reach
from fingerprint.judgement.model import Model, Weighed
from fingerprint.judgement.policy import Policy
from fingerprint.judgement.verdict import VERDICT_OF, Reason, Verdict
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Texts

# Samples judged at a time: bounds the memory of a long screen.
_CHUNK = 64


def judge(
    model: Model, samples: SampleSet, claims: Sequence[tuple[str, str]], policy: Policy
) -> Iterator[Verdict]:
    """Judge claims.

    Parameters
    ----------
    model
        A trained model.
    samples
        The samples that the claims are about.
    claims
        Pairs of sample and claimed site.
    policy
        Thresholds; its alpha sets the rate of false rejection.

    Yields
    ------
    Verdict
        One for each claim, sample by sample, in the order of the claims within a sample.

    Raises
    ------
    InputError
        If a claim names a sample that is not among the samples.
    """
    by_sample = _claims_by_sample(samples, claims)
    wanted = np.array(sorted(by_sample), dtype=np.int64)
    for first in range(0, wanted.size, _CHUNK):
        rows = wanted[first : first + _CHUNK]
        chunk = samples.take(rows)
        bench = _Bench.of(model, chunk, policy)
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
        by_sample.setdefault(row_of[sample], []).append(claim)
    return by_sample


def claim_p_values(model: Model, samples: SampleSet, weighed: Weighed, alpha: float) -> Floats:
    """(samples, sites) conformal p-value of every claim; NaN where none can be given."""
    fine = np.array([len(analytes) for analytes in fine_analytes(model, samples)])
    share = fine[:, None] / len(model.analytes)
    p_values = model.true_scores.p_values(
        weighed.score, samples.n_grains[:, None], model.sites.n_reference, share, alpha
    )
    p_values[weighed.unmeasured] = np.nan
    return p_values


def deciding_reasons(model: Model, samples: SampleSet, weighed: Weighed, policy: Policy) -> Texts:
    """Decide every claim of the samples by the policy.

    Parameters
    ----------
    model, samples
        A trained model and the samples.
    weighed
        What `Model.weigh` gave for them.
    policy
        Thresholds.

    Returns
    -------
    array
        (samples, sites) of `Reason`; `VERDICT_OF` has the verdict that each stands for.
    """
    p_values = claim_p_values(model, samples, weighed, policy.alpha)
    deciding = np.full(weighed.score.shape, Reason.CONSISTENT, dtype=object)
    deciding[weighed.log10_lr_near < policy.plausible_log10_lr_near] = Reason.DISTRICT_ONLY
    deciding[weighed.log10_lr < policy.plausible_log10_lr] = Reason.WEAK_EVIDENCE
    deciding[p_values <= policy.alpha] = Reason.UNLIKE_SITE
    for i, fine in enumerate(fine_analytes(model, samples)):
        obstacle = _obstacle(model, int(samples.n_grains[i]), len(fine), policy)
        if obstacle is not None:
            deciding[i] = obstacle
    return deciding


def measured_analytes(model: Model, samples: SampleSet) -> list[set[str]]:
    """For each sample the analytes of the model that were measured on any of its grains."""
    return _analytes_where(model, _seen(model, samples))


def fine_analytes(model: Model, samples: SampleSet) -> list[set[str]]:
    """For each sample those measured finely enough to compare, see `out_of_reach`."""
    table = log_table(samples.assay, model.analytes)
    coarse = out_of_reach(table, samples.grain_sample, len(samples), model.reach)
    return _analytes_where(model, _seen(model, samples) & ~coarse)


def _seen(model: Model, samples: SampleSet) -> Bools:
    seen = np.zeros((len(samples), len(model.analytes)), dtype=bool)
    table = log_table(samples.assay, model.analytes)
    np.logical_or.at(seen, samples.grain_sample, np.isfinite(table.x))
    return seen


def _analytes_where(model: Model, holds: Bools) -> list[set[str]]:
    return [{k for k, yes in zip(model.analytes, row, strict=True) if yes} for row in holds]


def least_analytes(model: Model, policy: Policy) -> int:
    """Fewest analytes of the model that a sample must be measured for to be decided."""
    n_analytes = len(model.analytes)
    share = int(np.ceil(policy.least_share_of_analytes * n_analytes - 1e-9))
    return max(min(policy.least_analytes, n_analytes), share)


def _obstacle(model: Model, n_grains: int, n_fine: int, policy: Policy) -> Reason | None:
    """What keeps any claim of a sample from being decided."""
    if n_grains == 0:
        return Reason.NO_GRAINS
    if n_grains < max(policy.least_grains, model.fewest_grains):
        return Reason.ONE_GRAIN if n_grains == 1 else Reason.TOO_FEW_GRAINS
    if n_fine < least_analytes(model, policy):
        return Reason.TOO_FEW_ANALYTES
    if not model.true_scores.enough(policy.alpha):
        return Reason.TOO_FEW_TRUE_TRIALS
    return None


@dataclass(frozen=True, eq=False)
class _Bench:
    """Some samples with everything that their verdicts rest on."""

    model: Model
    samples: SampleSet
    policy: Policy
    weighed: Weighed
    low: Floats
    high: Floats
    p_values: Floats
    measured: list[set[str]]
    fine: list[set[str]]
    deciding: Texts

    @classmethod
    def of(cls, model: Model, samples: SampleSet, policy: Policy) -> _Bench:
        weighed = model.weigh(samples)
        low, high = model.interval(samples, weighed)
        p_values = claim_p_values(model, samples, weighed, policy.alpha)
        deciding = deciding_reasons(model, samples, weighed, policy)
        return cls(
            model,
            samples,
            policy,
            weighed,
            low,
            high,
            p_values,
            measured_analytes(model, samples),
            fine_analytes(model, samples),
            deciding,
        )

    def verdict(self, i: int, claim: str) -> Verdict:
        site = self.model.sites.index(claim)
        if site is None:
            nan = float("nan")
            return Verdict(
                sample=self.samples.ids[i],
                claim=claim,
                verdict="inconclusive",
                score=nan,
                log10_lr=nan,
                log10_lr_low=nan,
                log10_lr_high=nan,
                log10_lr_near=nan,
                p_value=nan,
                n_grains=int(self.samples.n_grains[i]),
                not_excluded=self._not_excluded(i, None),
                reasons=(Reason.SITE_UNKNOWN, *self._notes_on_sample(i)),
            )
        first: Reason = self.deciding[i, site]
        others = self._not_excluded(i, site)
        notes = (*self._notes_on_sample(i), *self._notes_on_site(site))
        if others:
            notes = (*notes, Reason.OTHERS_NOT_EXCLUDED)
        return Verdict(
            sample=self.samples.ids[i],
            claim=claim,
            verdict=VERDICT_OF[first],
            score=float(self.weighed.score[i, site]),
            log10_lr=float(self.weighed.log10_lr[i, site]),
            log10_lr_low=float(self.low[i, site]),
            log10_lr_high=float(self.high[i, site]),
            log10_lr_near=float(self.weighed.log10_lr_near[i, site]),
            p_value=float(self.p_values[i, site]),
            n_grains=int(self.samples.n_grains[i]),
            not_excluded=others,
            reasons=(first, *(note for note in notes if note != first)),
            district=str(self.model.sites.districts[site]),
        )

    def _notes_on_sample(self, i: int) -> tuple[Reason, ...]:
        laboratory = self.samples.fact("laboratory")[i]
        known_laboratories = self.model.provenance.laboratories
        notes = {
            Reason.ONE_GRAIN: self.samples.n_grains[i] == 1,
            Reason.FEW_GRAINS: 1 < self.samples.n_grains[i] < self.policy.few_grains,
            Reason.ANALYTES_MISSING: len(self.measured[i]) < len(self.model.analytes),
            Reason.ANALYTES_UNKNOWN: bool(set(self.samples.assay.keys) - set(self.model.analytes)),
            Reason.LIMITS_HIGH: self.fine[i] < self.measured[i],
            Reason.LABORATORY_NEW: bool(laboratory and known_laboratories)
            and not set(laboratory.split("; ")) <= set(known_laboratories),
        }
        return tuple(reason for reason, holds in notes.items() if holds)

    def _notes_on_site(self, site: int) -> tuple[Reason, ...]:
        notes = {
            Reason.ONE_REFERENCE_SAMPLE: self.model.sites.n_reference[site] == 1,
            Reason.NO_NEIGHBOURS: not self.model.sites.neighbours[site].any(),
        }
        return tuple(reason for reason, holds in notes.items() if holds)

    def _not_excluded(self, i: int, site: int | None) -> tuple[str, ...]:
        """Other sites whose own claim is not rejected, most alike first."""
        kept = ~(self.p_values[i] <= self.policy.alpha)
        if site is not None:
            kept[site] = False
        order = np.argsort(-self.weighed.score[i], kind="stable")
        return tuple(str(self.model.sites.names[s]) for s in order if kept[s])

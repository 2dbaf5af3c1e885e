"""The only place where figures are chosen: page, JSON and command line share one summary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fingerprint import __version__
from fingerprint.judgement import Explanation, Model, Policy, Verdict, explain
from fingerprint.judgement.blends import sites_of_claim
from fingerprint.judgement.decide import least_analytes
from fingerprint.judgement.lot_as_one import explain_lot, pool
from fingerprint.judgement.neighbours import DEFAULT_COLUMN
from fingerprint.library import content_hash
from fingerprint.library.reference import MADE_UP
from fingerprint.quality import SessionQuality
from fingerprint.quality.places import sessions_of
from fingerprint.report.contents import (
    Hashes,
    ModelFacts,
    Neighbours,
    OtherSite,
    Share,
    Strength,
    Summary,
)
from fingerprint.report.curves import Panels, choose_panels
from fingerprint.report.measured import finite, measured
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Ints

# Other sites whose curves are drawn beside the claimed one's; more would hide it.
_MOST_OTHERS = 3


def summarise(
    model: Model,
    samples: SampleSet,
    verdict: Verdict,
    *,
    policy: Policy,
    model_hash: str = "",
    sessions: Sequence[SessionQuality] | None = None,
) -> Summary:
    """Gather everything that a report on one verdict shows.

    Parameters
    ----------
    model
        The model that judged.
    samples
        Samples among which is the verdict's, or, for a verdict on a lot, all that the lot has.
    verdict
        The verdict.
    policy
        The policy it was judged by.
    model_hash
        sha256 of the bundle's manifest, ``""`` if the model is in no bundle.
    sessions
        As given to `judge`.

    Raises
    ------
    ValueError
        If the verdict's sample is not among the samples.
    """
    given = _as_one(samples, verdict)
    shown = _as_one(_counted(samples, verdict), verdict)
    row, sample = _one_sample(shown, verdict.sample)
    of_given, _ = _one_sample(given, verdict.sample)
    sites = [model.sites.index(name) for name in sites_of_claim(verdict.claim)]
    known = np.array([site for site in sites if site is not None], dtype=np.int64)
    others = _drawn_others(model, verdict)
    explanation, panels = None, Panels()
    if sample is not None and len(sites) == len(known) == 1:
        explanation = _explanation(model, samples, verdict, sample, int(known[0]))
        leans = {key: share.value for key, share in explanation.analytes.items()}
        panels = choose_panels(model, sample, int(known[0]), list(others.values()), leans)
    return Summary(
        sample=verdict.sample,
        claim=verdict.claim,
        district=verdict.district,
        verdict=verdict.verdict,
        n_grains=verdict.n_grains,
        reasons=verdict.reasons,
        claim_known=len(known) == len(sites),
        n_reference=tuple(int(n) for n in model.sites.n_reference[known]),
        strength=_strength(model, verdict),
        neighbours=_neighbours(model, known),
        not_excluded=_not_excluded(model, verdict, known),
        drawn_others=tuple(others) if panels != Panels() else (),
        shares=_shares(explanation),
        measured=measured(model, shown, row, sample, explanation),
        least_grains=max(policy.least_grains, model.fewest_grains),
        least_analytes=least_analytes(model, policy),
        panels_for=panels.speak_for,
        panels_against=panels.speak_against,
        panels_apart=panels.far_apart,
        model=_model_facts(model),
        policy=policy,
        hashes=Hashes(_content_hash(samples, verdict), model_hash, model.provenance.library_hash),
        made_up=_made_up(model, str(given.fact("origin_of_data")[of_given])),
        details=verdict.details,
        factor=verdict.factor,
        sessions=None if sessions is None else sessions_of(given, of_given, sessions),
        samples=verdict.samples,
        blend_shares=verdict.blend_shares,
    )


def _as_one(samples: SampleSet, verdict: Verdict) -> SampleSet:
    """Samples among which is the verdict's: those of a lot as one."""
    return pool(samples, verdict.sample) if verdict.samples else samples


def _counted(samples: SampleSet, verdict: Verdict) -> SampleSet:
    """Samples that a lot is judged by; all of them where the verdict is on one."""
    if not verdict.samples:
        return samples
    names = {one.sample for one in verdict.samples if one.counted}
    return samples.take(np.array([name in names for name in samples.ids]))


def _explanation(
    model: Model, samples: SampleSet, verdict: Verdict, sample: SampleSet, site: int
) -> Explanation:
    if not verdict.samples:
        return explain(model, sample, site)
    return explain_lot(model, _counted(samples, verdict), site)


def _content_hash(samples: SampleSet, verdict: Verdict) -> str:
    """Hash of the sample, or of all samples of the lot; blank without a grain."""
    names = {one.sample for one in verdict.samples} or {verdict.sample}
    chosen = samples.take(np.array([name in names for name in samples.ids]))
    return content_hash(chosen) if chosen.assay.n_grains else ""


def _one_sample(samples: SampleSet, name: str) -> tuple[int, SampleSet | None]:
    """Row of a sample and the set of it alone, None if it has no grains."""
    found = np.flatnonzero(samples.ids == name)
    if not found.size:
        raise ValueError(f"the verdict's sample {name!r} is not among the samples")
    row = int(found[0])
    return row, samples.take(found) if samples.n_grains[row] > 0 else None


def _strength(model: Model, verdict: Verdict) -> Strength:
    return Strength(
        score=finite(verdict.score),
        log10_lr=finite(verdict.log10_lr),
        log10_lr_low=finite(verdict.log10_lr_low),
        log10_lr_high=finite(verdict.log10_lr_high),
        log10_lr_near=finite(verdict.log10_lr_near),
        p_value=finite(verdict.p_value),
        bounds=model.bounds,
        n_true_trials=model.support.n_true,
        n_false_samples=model.support.n_false,
    )


def _neighbours(model: Model, sites: Ints) -> Neighbours:
    count = int(_near(model, sites).sum())
    by_district = any(district != "" for district in model.sites.districts)
    default = DEFAULT_COLUMN if by_district else None
    return Neighbours(count, model.provenance.near_column or default)


def _near(model: Model, sites: Ints) -> Bools:
    """(sites,) True for neighbours of a claimed site that are not claimed themselves."""
    near = np.array(model.sites.neighbours[sites].any(axis=0), dtype=bool)
    near[sites] = False
    return near


def _not_excluded(model: Model, verdict: Verdict, sites: Ints) -> tuple[OtherSite, ...]:
    found = []
    near = _near(model, sites)
    for name in verdict.not_excluded:
        row = model.sites.index(name)
        if row is not None:
            district = str(model.sites.districts[row])
            n_reference = int(model.sites.n_reference[row])
            found.append(OtherSite(name, district, n_reference, bool(near[row])))
    return tuple(found)


def _drawn_others(model: Model, verdict: Verdict) -> dict[str, int]:
    rows = {name: model.sites.index(name) for name in verdict.not_excluded[:_MOST_OTHERS]}
    return {name: row for name, row in rows.items() if row is not None}


def _shares(explanation: Explanation | None) -> tuple[Share, ...]:
    if explanation is None:
        return ()
    return tuple(
        Share(name, finite(value), finite(explanation.raw_scores.get(name)))
        for name, value in explanation.scorers.items()
    )


def _model_facts(model: Model) -> ModelFacts:
    source = model.provenance
    return ModelFacts(
        f"fingerprint {__version__}",
        len(model.sites.names),
        source.n_samples,
        source.n_grains,
        source.laboratories,
        source.near_column,
        source.seed,
    )


def _made_up(model: Model, origin_of_data: str) -> tuple[str, ...]:
    words = origin_of_data.split("; ")
    marks = {"library": model.provenance.made_up, "sample": MADE_UP in words}
    return tuple(name for name, is_made_up in marks.items() if is_made_up)

"""The only place where figures are chosen: page, JSON and command line share one summary."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fingerprint import __version__
from fingerprint.judgement import Explanation, Model, Policy, Verdict, explain
from fingerprint.judgement.decide import least_analytes
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
        Samples among which is the verdict's.
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
    row, sample = _one_sample(samples, verdict.sample)
    site = model.sites.index(verdict.claim)
    others = _drawn_others(model, verdict)
    explanation, panels = None, Panels()
    if sample is not None and site is not None:
        explanation = explain(model, sample, site)
        rows = list(others.values())
        leans = {key: share.value for key, share in explanation.analytes.items()}
        panels = choose_panels(model, sample, site, rows, leans)
    return Summary(
        sample=verdict.sample,
        claim=verdict.claim,
        district=verdict.district,
        verdict=verdict.verdict,
        n_grains=verdict.n_grains,
        reasons=verdict.reasons,
        claim_known=site is not None,
        n_reference=0 if site is None else int(model.sites.n_reference[site]),
        strength=_strength(model, verdict),
        neighbours=_neighbours(model, site),
        not_excluded=_not_excluded(model, verdict, site),
        drawn_others=tuple(others) if panels != Panels() else (),
        shares=_shares(explanation),
        measured=measured(model, samples, row, sample, explanation),
        least_grains=max(policy.least_grains, model.fewest_grains),
        least_analytes=least_analytes(model, policy),
        panels_for=panels.speak_for,
        panels_against=panels.speak_against,
        panels_apart=panels.far_apart,
        model=_model_facts(model),
        policy=policy,
        hashes=Hashes(
            content_hash(sample) if sample else "", model_hash, model.provenance.library_hash
        ),
        made_up=_made_up(model, str(samples.fact("origin_of_data")[row])),
        details=verdict.details,
        factor=verdict.factor,
        sessions=None if sessions is None else sessions_of(samples, row, sessions),
    )


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


def _neighbours(model: Model, site: int | None) -> Neighbours:
    count = 0 if site is None else int(model.sites.neighbours[site].sum())
    by_district = any(district != "" for district in model.sites.districts)
    default = DEFAULT_COLUMN if by_district else None
    return Neighbours(count, model.provenance.near_column or default)


def _not_excluded(model: Model, verdict: Verdict, site: int | None) -> tuple[OtherSite, ...]:
    found = []
    for name in verdict.not_excluded:
        row = model.sites.index(name)
        if row is not None:
            near = site is not None and bool(model.sites.neighbours[site, row])
            district = str(model.sites.districts[row])
            found.append(OtherSite(name, district, int(model.sites.n_reference[row]), near))
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

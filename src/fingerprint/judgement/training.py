"""Training: from a library to a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from fingerprint.errors import InputError
from fingerprint.evidence import FUSED, SCORERS
from fingerprint.evidence.features import library_scores
from fingerprint.judgement.blend_trials import gauge_blends
from fingerprint.judgement.conditions import conditions
from fingerprint.judgement.crossfit import cross_scores, fewer_analytes
from fingerprint.judgement.facts import FewerAnalytes, Provenance, SiteFacts, Support
from fingerprint.judgement.fusion import Fusion, Plan, fit_calibration
from fingerprint.judgement.halves import halves
from fingerprint.judgement.lot_trials import calibrate_lots
from fingerprint.judgement.model import Model
from fingerprint.judgement.neighbours import DEFAULT_COLUMN, neighbours
from fingerprint.judgement.open_fusion import OpenFusion, fit_open_fusion
from fingerprint.judgement.policy import Policy
from fingerprint.judgement.trials import Trials, make_trials, near_plan_of, plan_of
from fingerprint.judgement.unseen import fused_without, fusions_without, score_true_claims
from fingerprint.library import Library, content_hash
from fingerprint.library.comparable import LEAST_MEASURED, comparable_analytes
from fingerprint.tables.arrays import Ints

_N_FOLDS = 5
# Fewer neighbours' samples than this cannot calibrate: the general calibration serves.
_LEAST_NEAR_SAMPLES = 20


def train(
    library: Library,
    scorers: Sequence[str] = FUSED,
    *,
    near: str | None = None,
    policy: Policy | None = None,
    seed: int = 0,
    n_jobs: int = 1,
) -> Model:
    """Train a model.

    Scores of each reference sample come from scorers fitted without its fold; fusion and
    calibration are learned from those, and the scorers of the model are then fitted on the whole.

    Parameters
    ----------
    library
        Reference samples.
    scorers
        Names of scorers, see `fingerprint.evidence.SCORERS`.
    near
        Column whose equal values make sites neighbours. None: ``district``, else the most alike.
    policy
        Thresholds of the verdict.
    seed, n_jobs
        The same library, seed and number of cores give the same model.

    Raises
    ------
    InputError
        If no analyte was measured in most of the grains, or no site has two samples.
    """
    learned = _learned(library, scorers, near, policy, seed, n_jobs)
    near_trials = learned.near if _enough(Support.of(learned.near)) else None
    model = learned.model
    blind = tuple(halves(model, learned.library, learned.far, near_trials))
    return replace(model, lots=calibrate_lots(model, blind), blends=gauge_blends(model, blind))


def train_for_samples(
    library: Library,
    scorers: Sequence[str] = FUSED,
    *,
    near: str | None = None,
    policy: Policy | None = None,
    seed: int = 0,
    n_jobs: int = 1,
    together: str | None = None,
) -> Model:
    """Train a model for claims on single samples and sites only, in less time.

    Other parameters and errors are those of `train`. Lots are weighed as if they were one sample; a
    claim on a blend is inconclusive.

    Parameters
    ----------
    together
        Column whose equal values are held out together, see `cross_scores`: for a model that will
        meet samples of new publications or laboratories only.
    """
    return _learned(library, scorers, near, policy, seed, n_jobs, together).model


@dataclass(frozen=True, eq=False)
class _Learned:
    """A model and what it was learned from.

    Parameters
    ----------
    model
        For single samples.
    library
        What was usable of the library.
    far, near
        Its trials.
    """

    model: Model
    library: Library
    far: Trials
    near: Trials


def _learned(
    given: Library,
    scorers: Sequence[str],
    near: str | None,
    policy: Policy | None,
    seed: int,
    n_jobs: int,
    together: str | None = None,
) -> _Learned:
    library = usable(given)
    policy = policy or Policy()
    cross = cross_scores(
        library,
        scorers,
        min(_N_FOLDS, len(library)),
        seed,
        n_jobs,
        conditions(policy.laboratory_offset),
        together,
    )
    near_sites = neighbours(library, near, cross)
    trials = make_trials(library, cross, near_sites, seed)
    far = _Weigher.learned(trials[0], cross.folds, plan_of(tuple(scorers)))
    nearby = _near_weigher(trials[1], cross.folds, far, tuple(scorers))
    model = Model(
        SiteFacts(library.sites, _districts(library), library.n_reference, near_sites),
        library.samples.assay.keys,
        library_scores(library)[0].reach_,
        {name: SCORERS[name](seed, n_jobs).fit(library) for name in scorers},
        far.fusion,
        far.calibration,
        nearby.fusion,
        nearby.calibration,
        score_true_claims(library, cross, far.held_out),
        far.support,
        nearby.support,
        policy,
        _provenance(given, library, near, seed, n_jobs),
        tuple(
            _on_fewer(n_analytes, make_trials(library, weaker, near_sites, seed), far, nearby)
            for n_analytes, weaker in fewer_analytes(cross, len(library.samples.assay.keys))
        ),
    )
    return _Learned(model, library, *trials)


@dataclass(frozen=True)
class _Weigher:
    """What turns features into a likelihood ratio, and what that rests on.

    Parameters
    ----------
    fusion, calibration
        Learned from all trials.
    support
        What they hold.
    held_out
        Fusions without the samples of each fold.
    folds
        (samples,).
    """

    fusion: OpenFusion
    calibration: Fusion
    support: Support
    held_out: dict[int, OpenFusion]
    folds: Ints

    @classmethod
    def learned(cls, trials: Trials, folds: Ints, plan: Plan) -> _Weigher:
        held_out = fusions_without(trials, folds, plan)
        fusion = fit_open_fusion(plan, trials)
        calibration = _calibration(trials, folds, held_out)
        return cls(fusion, calibration, Support.of(trials), held_out, folds)

    def calibrated(self, trials: Trials) -> Fusion:
        """Calibrate the fused scores of trials that the fusion behind them has not seen.

        Trials that cannot teach, being all true or all false, leave the calibration as it is.
        """
        if trials.is_true.all() or not trials.is_true.any():
            return self.calibration
        return _calibration(trials, self.folds, self.held_out)


def _calibration(trials: Trials, folds: Ints, held_out: dict[int, OpenFusion]) -> Fusion:
    fused = fused_without(trials, folds, held_out)
    return fit_calibration(fused, trials.is_true, trials.weight)


def _near_weigher(trials: Trials, folds: Ints, far: _Weigher, scorers: tuple[str, ...]) -> _Weigher:
    """Learn from trials among neighbours; with too few of them the general weigher serves."""
    support = Support.of(trials)
    if not _enough(support):
        return replace(far, fusion=far.fusion.with_unused(len(scorers)))
    return _Weigher.learned(trials, folds, near_plan_of(scorers))


def _on_fewer(
    n_analytes: int, trials: tuple[Trials, Trials], far: _Weigher, nearby: _Weigher
) -> FewerAnalytes:
    """Calibrate on so many of the analytes; the fusions stay as they are."""
    calibration = far.calibrated(trials[0])
    general = nearby.held_out is far.held_out
    near = calibration if general else nearby.calibrated(trials[1])
    return FewerAnalytes(n_analytes, calibration, near)


def _enough(near: Support) -> bool:
    return near.n_false >= _LEAST_NEAR_SAMPLES and near.n_true > 0


def usable(library: Library) -> Library:
    """Return the library with what can be compared.

    Analytes that are measured widely enough and vary, and samples that were measured for any of
    them: one of which only mineralogy or ages are given takes no part.

    Raises
    ------
    InputError
        If there is none, or no site has two samples so that no true claim can be tried.
    """
    if not library.samples.assay.n_grains:
        raise InputError(
            "the library has no assay, and this version compares nothing else",
            "Add an assay of its samples; mineralogy and ages are kept beside it.",
        )
    analytes = comparable_analytes(library)
    if not analytes.size:
        raise InputError(
            f"no analyte was measured in {LEAST_MEASURED:.0%} of the library's grains and varies",
            "Build the library from assays that share their analytes.",
        )
    library = library.with_analytes(analytes)
    measured = np.zeros(len(library), dtype=bool)
    measured[library.samples.grain_sample[library.samples.assay.measured.any(axis=1)]] = True
    library = library.take(measured)
    if library.n_reference.max() < 2:
        raise InputError(
            "no site of the library has two samples, so no true claim can be tried",
            "Add a second reference sample to some sites.",
        )
    return library


def _districts(library: Library) -> np.ndarray:
    values = [""] * len(library.sites)
    for site, text in zip(library.sample_site, library.samples.fact(DEFAULT_COLUMN), strict=True):
        values[site] = text or values[site]
    return np.array(values, dtype=object)


def _provenance(
    given: Library, used: Library, near: str | None, seed: int, n_jobs: int
) -> Provenance:
    # A sample whose grains come from two laboratories has both in one text.
    laboratories = {
        name for text in used.samples.fact("laboratory") for name in text.split("; ") if name
    }
    return Provenance(
        content_hash(given.samples),
        seed,
        n_jobs,
        near,
        len(used),
        used.samples.assay.n_grains,
        tuple(sorted(laboratories)),
        used.made_up,
    )

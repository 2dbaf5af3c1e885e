"""A trained model: weighs every claim of a sample, then judges the one that was made."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from fingerprint.evidence import Scorer, ThreeLevel
from fingerprint.evidence.features import log_table, out_of_reach
from fingerprint.evidence.pooling import seen_analytes
from fingerprint.judgement.calibrations import BlendGauge, Calibrations
from fingerprint.judgement.cohort import feature_names
from fingerprint.judgement.conformal import TrueScores
from fingerprint.judgement.facts import FewerAnalytes, Provenance, SiteFacts, Support
from fingerprint.judgement.fusion import Fusion
from fingerprint.judgement.open_fusion import OpenFusion
from fingerprint.judgement.policy import Policy
from fingerprint.judgement.trials import claim_features
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints, frozen

_LN10 = float(np.log(10.0))
# Samples weighed at a time: bounds the memory of a long screen.
_CHUNK = 256
_DRAWS = 100


@dataclass(frozen=True, eq=False)
class Weighed:
    """Every claim of some samples, weighed. All arrays are (samples, sites).

    Parameters
    ----------
    scores
        (scorers, samples, sites) of the single scorers.
    score, score_near
        Fused, natural logarithm, neither calibrated nor bounded, against anywhere and against
        neighbours.
    log10_lr, log10_lr_near
        Calibrated and bounded; 0 for a sample that was not measured, which is no evidence.
    """

    scores: Floats
    score: Floats
    score_near: Floats
    log10_lr: Floats
    log10_lr_near: Floats

    @property
    def unmeasured(self) -> Bools:
        """(samples,) True where no scorer has anything to go by."""
        return np.asarray(np.isnan(self.scores).all(axis=(0, 2)))


@dataclass(frozen=True, eq=False)
class Model:
    """Scorers, fusion, calibration and policy, learned from one library.

    Parameters
    ----------
    sites
        The library's sites.
    analytes
        Keys of the analytes that the scorers use.
    reach
        (analytes,) see `fingerprint.evidence.features.reach`.
    scorers
        Fitted scorers by name.
    fusion, calibration
        Against elsewhere in general.
    fusion_near, calibration_near
        Against the claimed site's neighbours.
    true_scores
        What the conformal p-value compares with.
    support, support_near
        What the likelihood ratios rest on, which bounds them.
    policy
        Thresholds of the verdict.
    provenance
        Where the model comes from.
    fewer
        Calibrations for samples that were measured for fewer analytes.
    lots
        Calibration of lots of 2 samples, of 3, and so on; empty where the library has too few.
    blends
        What claims on several sites are measured by; None where the library has too few samples.
    """

    sites: SiteFacts
    analytes: tuple[str, ...]
    reach: Floats
    scorers: dict[str, Scorer]
    fusion: OpenFusion
    calibration: Fusion
    fusion_near: OpenFusion
    calibration_near: Fusion
    true_scores: TrueScores
    support: Support
    support_near: Support
    policy: Policy
    provenance: Provenance
    fewer: tuple[FewerAnalytes, ...] = ()
    lots: tuple[Calibrations, ...] = ()
    blends: BlendGauge | None = None

    def __post_init__(self) -> None:
        kinds = {
            "sites": SiteFacts,
            "fusion": OpenFusion,
            "calibration": Fusion,
            "fusion_near": OpenFusion,
            "calibration_near": Fusion,
            "true_scores": TrueScores,
            "support": Support,
            "support_near": Support,
            "policy": Policy,
            "provenance": Provenance,
        }
        wrong = [name for name, kind in kinds.items() if not isinstance(getattr(self, name), kind)]
        if not all(isinstance(lot, Calibrations) for lot in self.lots):
            wrong.append("lots")
        if not isinstance(self.blends, BlendGauge | None):
            wrong.append("blends")
        if wrong or not self.scorers:
            raise ValueError(f"{wrong[0] if wrong else 'scorers'} is not what it should be")
        n_features = len(feature_names(tuple(self.scorers)))
        n_near = n_features + len(self.scorers)
        if (self.fusion.n_features, self.fusion_near.n_features) != (n_features, n_near):
            raise ValueError("the fusion does not fit the scorers")
        if len(self.analytes) != len(self.reach):
            raise ValueError("there must be one reach for each analyte")
        object.__setattr__(self, "reach", frozen(self.reach))

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest log10 LR against anywhere."""
        return self.support.bounds

    @property
    def fewest_grains(self) -> int:
        """Fewest grains of a sample that the true trials can be compared with.

        Half of the fewest among them: true claims on far more grains say nothing of how one on so
        few would look.
        """
        return int(np.ceil(self.true_scores.n_grains.min() / 2))

    def comparable(self, samples: SampleSet) -> tuple[Bools, Bools]:
        """Say which of the model's analytes the samples can be compared by.

        Returns
        -------
        measured, fine
            (samples, analytes) True where any grain was measured, and where that was finely enough
            to compare, see `fingerprint.evidence.features.out_of_reach`.
        """
        table = log_table(samples.assay, self.analytes)
        measured = seen_analytes(table.x, samples)
        coarse = out_of_reach(table, samples.grain_sample, len(samples), self.reach)
        return measured, measured & ~coarse

    def calibrations(self, n_analytes: int) -> FewerAnalytes:
        """Return the calibrations for samples that can be compared by so many analytes.

        Those learned on the most analytes that are not more, or on the fewest of all.
        """
        whole = FewerAnalytes(len(self.analytes), self.calibration, self.calibration_near)
        known = sorted((whole, *self.fewer), key=lambda each: each.n_analytes)
        below = [each for each in known if each.n_analytes <= n_analytes]
        return below[-1] if below else known[0]

    def weigh(self, samples: SampleSet) -> Weighed:
        """Weigh every claim of the samples.

        Parameters
        ----------
        samples
            Samples to be checked.
        """
        parts = []
        for first in range(0, len(samples), _CHUNK):
            rows = np.arange(first, min(first + _CHUNK, len(samples)))
            chunk = samples if len(samples) <= _CHUNK else samples.take(rows)
            scores = np.stack([scorer.score(chunk) for scorer in self.scorers.values()])
            n_analytes = self.comparable(chunk)[1].sum(axis=1)
            parts.append(self._fuse(scores, n_analytes))
        return Weighed(
            np.concatenate([p.scores for p in parts], axis=1),
            *(
                np.concatenate([getattr(p, name) for p in parts])
                for name in ("score", "score_near", "log10_lr", "log10_lr_near")
            ),
        )

    def without(self, scores: Floats, hidden: Ints) -> tuple[Floats, Floats]:
        """Fuse the scores of samples anew with some sites kept out of the cohort of each.

        Parameters
        ----------
        scores
            (scorers, samples, sites) that `weigh` gave for them.
        hidden
            (samples, any number) sites; one may stand twice.

        Returns
        -------
        score, score_near
            (samples, sites) as of `Weighed`.
        """
        scores = scores.copy()
        scores[:, np.arange(scores.shape[1])[:, None], hidden] = np.nan
        return self._fused(scores)

    def log10_lr(
        self, score: Floats, score_near: Floats, by: Calibrations
    ) -> tuple[Floats, Floats]:
        """Calibrated and bounded log10 LR against anywhere, and against neighbours.

        Parameters
        ----------
        score, score_near
            Fused scores.
        by
            What calibrates them.
        """
        far, near = (
            np.clip(fusion.score(s[..., None]) / _LN10, *support.bounds)
            for fusion, s, support in (
                (by.far, score, self.support),
                (by.near, score_near, self.support_near),
            )
        )
        return far, near

    def interval(self, samples: SampleSet, weighed: Weighed) -> tuple[Floats, Floats]:
        """95 % interval of log10 LR: what it would be, were the means of site and sample known.

        Grains are drawn anew, and the means of the three-level model from their posterior; nothing
        is refitted. The draws of a sample depend on the seed and on its name alone.

        Parameters
        ----------
        samples
            The samples.
        weighed
            What `weigh` gave for them.

        Returns
        -------
        low, high
            (samples, sites).
        """
        low, high = weighed.log10_lr.copy(), weighed.log10_lr.copy()
        for i in np.flatnonzero(samples.n_grains > 0):
            one = samples.take(np.array([i]))
            drawn = self.drawn(one, weighed.scores[:, i]).log10_lr
            low[i], high[i] = ends_of(drawn, weighed.log10_lr[i])
        return low, high

    def drawn(self, one: SampleSet, scores: Floats, of_sites: str | None = None) -> Weighed:
        """Weigh one sample again and again: its grains and what may be true drawn anew.

        Parameters
        ----------
        one
            A set of one sample with at least one grain. The draws depend on the seed and its name
            alone.
        scores
            (scorers, sites) its own.
        of_sites
            Samples that share it share what is drawn of the sites.

        Returns
        -------
        Weighed
            Each draw in the place of a sample.
        """
        n, n_sites = int(one.n_grains[0]), len(self.sites.names)
        rng = self._generator(str(one.ids[0]))
        # Of n grains n - 1 are drawn: their mean then varies as that of n fresh ones does.
        counts = rng.multinomial(max(n - 1, 1), np.full(n, 1.0 / n), size=_DRAWS).astype(float)
        normals = rng.standard_normal((_DRAWS, n_sites + 2, len(self.analytes)))
        if of_sites is not None:
            shared = (_DRAWS, n_sites, len(self.analytes))
            normals[:, :-2] = self._generator(of_sites).standard_normal(shared)
        drawn = np.stack(
            [
                _centred(scorer, scorer.resampled(one, counts, normals), given)
                for scorer, given in zip(self.scorers.values(), scores, strict=True)
            ]
        )
        n_analytes = np.repeat(self.comparable(one)[1].sum(axis=1), _DRAWS)
        return self._fuse(drawn, n_analytes)

    def _generator(self, name: str) -> np.random.Generator:
        return np.random.default_rng([self.provenance.seed, zlib.crc32(name.encode())])

    def _fuse(self, scores: Floats, n_analytes: Ints) -> Weighed:
        # Nothing but high limits: a tie with everything is no evidence for anything.
        scores = np.where((n_analytes == 0)[:, None], np.nan, scores)
        score, score_near = self._fused(scores)
        log10_lr, log10_near = np.empty(score.shape), np.empty(score.shape)
        for each in np.unique(n_analytes):
            at, by = n_analytes == each, self.calibrations(int(each)).single
            log10_lr[at], log10_near[at] = self.log10_lr(score[at], score_near[at], by)
        log10_near = np.where(self.alone, log10_lr, log10_near)
        weighed = Weighed(scores, score, score_near, log10_lr, log10_near)
        log10_lr[weighed.unmeasured] = log10_near[weighed.unmeasured] = 0.0
        return weighed

    def _fused(self, scores: Floats) -> tuple[Floats, Floats]:
        far, near = claim_features(scores, self.sites.neighbours)
        score = self.fusion.score(far)
        return score, np.where(self.alone, score, self.fusion_near.score(near))

    @property
    def alone(self) -> Bools:
        """(sites,) without a neighbour in the library: nothing is nearer than elsewhere."""
        return np.asarray(~self.sites.neighbours.any(axis=1))


def ends_of(drawn: Floats, at_hand: Floats) -> tuple[Floats, Floats]:
    """Ends of the 95 % interval of draws, widened to hold what is at hand.

    The k-th of n draws has k / (n + 1) below it: right for the truth, one draw more.

    Parameters
    ----------
    drawn
        (draws, ...).
    at_hand
        (...).
    """
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0, method="weibull")
    return np.minimum(at_hand, low), np.maximum(at_hand, high)


def _centred(scorer: Scorer, drawn: Floats, score: Floats) -> Floats:
    """(draws, sites) scores about the sample's own.

    Grains drawn with repeats are farther from any site than the sample itself, which biases
    distances. Only the three-level model knows where its truth lies.
    """
    if isinstance(scorer, ThreeLevel):
        return drawn
    # A draw may hold none of the grains that were measured.
    known = np.isfinite(drawn)
    mean = np.where(known, drawn, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.asarray(drawn + (score - mean))

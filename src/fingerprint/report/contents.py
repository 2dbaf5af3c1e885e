"""What a report holds: everything that its page, its JSON and its figures show, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from fingerprint.judgement import Policy, Reason
from fingerprint.judgement.verdict import ApartFromFactor, SampleOfLot, Unit, VerdictWord
from fingerprint.quality import SessionQuality

SCALE_NAME = "ENFSI 2015 verbal scale"
FOOTER = (
    "Origin consistency only. Not a finding on conflict, armed control, taxation, labour or "
    "legality."
)

# A number that is None is not known; it is never NaN and never infinite.
Number = float | None


@dataclass(frozen=True)
class Strength:
    """How strong the evidence is.

    Parameters
    ----------
    score
        Fused score before calibration and bounds, natural logarithm.
    log10_lr, log10_lr_low, log10_lr_high
        Against elsewhere in general, with the ends of the 95 % interval.
    log10_lr_near
        Against the claimed site's neighbours.
    p_value
        Share of true claims that look at least as unlike their site.
    bounds
        Least and greatest log10 LR that the library can support.
    n_true_trials, n_false_samples
        What calibration and bounds rest on.
    """

    score: Number
    log10_lr: Number
    log10_lr_low: Number
    log10_lr_high: Number
    log10_lr_near: Number
    p_value: Number
    bounds: tuple[float, float]
    n_true_trials: int
    n_false_samples: int


@dataclass(frozen=True)
class Neighbours:
    """What the claimed site's neighbours are.

    Parameters
    ----------
    count
        How many the library has.
    column
        The column whose equal values make sites neighbours, None for the most alike sites.
    """

    count: int
    column: str | None


@dataclass(frozen=True)
class OtherSite:
    """A site that is not excluded.

    Parameters
    ----------
    name, district
        ``""`` where the district is not known.
    n_reference
        Its reference samples in the library.
    is_neighbour
        Whether it is a neighbour of the claimed site.
    """

    name: str
    district: str
    n_reference: int
    is_neighbour: bool


@dataclass(frozen=True)
class Share:
    """What one part contributes to the calibrated log10 LR before bounds.

    Parameters
    ----------
    name
        A scorer or ``base``.
    log10_lr
        The contribution; those of all parts sum to the whole.
    raw_score
        The scorer's own score, None for the parts that are none.
    """

    name: str
    log10_lr: Number
    raw_score: Number


@dataclass(frozen=True)
class AnalyteRow:
    """One analyte of the model, as measured in the sample.

    Parameters
    ----------
    key, unit
        ``Ta`` in ``ppm``; a ratio or a logarithm by its own name.
    n_measured, n_censored
        Grains with a value or a limit; those below detection.
    limit
        Highest detection limit of a grain below detection, in `unit`.
    log10_lr, error
        Its share of the calibrated log10 LR before bounds, and the standard error of that; see
        `explain`. Positive speaks for the claim.
    """

    key: str
    unit: str
    n_measured: int
    n_censored: int
    limit: Number
    log10_lr: Number
    error: Number


@dataclass(frozen=True)
class GrainShare:
    """What one grain contributes to the calibrated log10 LR before bounds.

    Parameters
    ----------
    name
        As the file calls the grain; else its place among the sample's, in the order of values. In a
        lot the name of its sample stands before it.
    log10_lr, error
        Its share, and the standard error of that.
    """

    name: str
    log10_lr: Number
    error: Number


@dataclass(frozen=True)
class Measured:
    """What was measured.

    Parameters
    ----------
    analytes
        The model's analytes that the sample has, in the model's order.
    missing
        Keys of the model's analytes that the sample lacks.
    unknown
        Keys of the file's analytes that the model does not use.
    facts
        Pairs of a word for people and its text: laboratory, sessions, method, dates, minerals.
    grains
        Share of each grain; empty if there are too many of them.
    """

    analytes: tuple[AnalyteRow, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    grains: tuple[GrainShare, ...] = ()


@dataclass(frozen=True)
class Curve:
    """A cumulative curve above the detection limits.

    Parameters
    ----------
    x
        Ascending log10 values: from the limit on where there is one, else the least value twice.
    share
        Share of the grains at or below each; without a limit the first is 0.
    n_grains
        Grains that it rests on.
    """

    x: tuple[float, ...]
    share: tuple[float, ...]
    n_grains: int


@dataclass(frozen=True)
class Panel:
    """The cumulative curves of one analyte.

    Parameters
    ----------
    key, unit
        See `AnalyteRow`.
    log10_lr
        Share of the analyte, see `AnalyteRow`.
    gap
        Largest vertical distance between the sample's and the claimed site's curves (D).
    limit
        log10 of the larger detection limit of the two, None if nothing lies below detection.
    sample, site
        Their curves.
    others
        Those of `Summary.drawn_others`, in that order; one that was not measured is left out.
    """

    key: str
    unit: str
    log10_lr: float
    gap: float
    limit: Number
    sample: Curve
    site: Curve
    others: tuple[Curve, ...]


@dataclass(frozen=True)
class ModelFacts:
    """The model that judged.

    Parameters
    ----------
    software
        Name and version.
    n_sites, n_samples, n_grains
        Size of its library.
    laboratories
        Those that measured the library.
    near_column
        As in training, None by default.
    seed
        Seed of the training.
    """

    software: str
    n_sites: int
    n_samples: int
    n_grains: int
    laboratories: tuple[str, ...]
    near_column: str | None
    seed: int


@dataclass(frozen=True)
class Hashes:
    """sha256 of what was judged and by what; ``""`` where not given."""

    sample: str
    model: str
    library: str


@dataclass(frozen=True)
class Summary:
    """Everything that a report on one claim shows.

    Parameters
    ----------
    sample, claim, district, verdict, n_grains, reasons
        As in the verdict.
    claim_known, n_reference
        Whether the library has the claimed sites, and by how many reference samples each.
    not_excluded
        All sites not excluded, most alike first.
    drawn_others
        Names of those whose curves are drawn.
    shares
        Contributions, in the order scorers, base; empty where there is none to explain.
    least_grains, least_analytes
        Fewest that a claim is decided on.
    panels_for, panels_against, panels_apart
        Analytes that speak most for and most against the claim; if none speaks against it, others
        in which sample and claimed site differ most. Strongest first.
    made_up
        Who is made up, of ``library`` and ``sample``; empty for real data.
    details, factor
        As in the verdict.
    sessions
        What the sample's sessions made of their reference materials; None if no reference values
        were given.
    samples
        Of a lot, each sample on its own; empty if the claim is about one sample.
    blend_shares
        Of a blend, the named sites with their estimated shares.
    """

    sample: str
    claim: str
    district: str
    verdict: VerdictWord
    n_grains: int
    reasons: tuple[Reason, ...]
    claim_known: bool
    n_reference: tuple[int, ...]
    strength: Strength
    neighbours: Neighbours
    not_excluded: tuple[OtherSite, ...]
    drawn_others: tuple[str, ...]
    shares: tuple[Share, ...]
    measured: Measured
    least_grains: int
    least_analytes: int
    panels_for: tuple[Panel, ...]
    panels_against: tuple[Panel, ...]
    panels_apart: tuple[Panel, ...]
    model: ModelFacts
    policy: Policy
    hashes: Hashes
    made_up: tuple[str, ...]
    details: Mapping[Reason, str] = field(default_factory=dict)
    factor: ApartFromFactor | None = None
    sessions: tuple[SessionQuality, ...] | None = None
    samples: tuple[SampleOfLot, ...] = ()
    blend_shares: tuple[tuple[str, float], ...] = ()

    @property
    def unit(self) -> Unit:
        """What the claim is about."""
        return "lot" if self.samples else "sample"

    @property
    def n_judged(self) -> int:
        """Grains that the verdict rests on: of a lot, those of the samples that count."""
        if not self.samples:
            return self.n_grains
        return sum(one.n_grains for one in self.samples if one.counted)

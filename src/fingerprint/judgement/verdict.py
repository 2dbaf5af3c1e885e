"""The verdict on a claim, with its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

VerdictWord = Literal["plausible", "implausible", "inconclusive"]
# What a claim is about.
Unit = Literal["sample", "lot"]


class Reason(StrEnum):
    """Why a verdict is what it is, or what to keep in mind beside it."""

    UNLIKE_SITE = "unlike_site"
    CONSISTENT = "consistent"
    DISTRICT_ONLY = "district_only"
    WEAK_EVIDENCE = "weak_evidence"
    TOO_FEW_TRUE_TRIALS = "too_few_true_trials"
    SITE_UNKNOWN = "claimed_site_unknown"
    NO_GRAINS = "no_grains"
    ONE_GRAIN = "one_grain"
    TOO_FEW_GRAINS = "too_few_grains"
    FEW_GRAINS = "few_grains"
    TOO_FEW_ANALYTES = "too_few_analytes"
    ANALYTES_MISSING = "analytes_missing"
    ANALYTES_UNKNOWN = "analytes_unknown"
    LIMITS_HIGH = "limits_high"
    ONE_REFERENCE_SAMPLE = "one_reference_sample"
    NO_NEIGHBOURS = "no_neighbours"
    LABORATORY_NEW = "laboratory_new"
    SESSION_OUTSIDE_LIMITS = "session_outside_limits"
    COMMON_FACTOR = "common_factor"
    SESSION_NOT_JUDGED = "session_not_judged"
    SESSION_WITHOUT_REFERENCE_MATERIAL = "session_without_reference_material"
    REFERENCE_MATERIALS_NOT_CHECKED = "reference_materials_not_checked"
    OTHERS_NOT_EXCLUDED = "others_not_excluded"
    LOT_DISAGREES = "lot_disagrees"
    LOT_SAMPLES_LEFT_OUT = "lot_samples_left_out"
    LOT_REPEATS_SAMPLE = "lot_repeats_sample"


# What a claim is when the reason decides it; every other reason leaves it open.
VERDICT_OF: dict[Reason, VerdictWord] = {
    **dict.fromkeys(Reason, "inconclusive"),
    Reason.UNLIKE_SITE: "implausible",
    Reason.CONSISTENT: "plausible",
}

# Reasons that the weight of evidence gives; the others are obstacles to weighing it.
DECIDED_BY_WEIGHT = (
    Reason.UNLIKE_SITE,
    Reason.CONSISTENT,
    Reason.DISTRICT_ONLY,
    Reason.WEAK_EVIDENCE,
    Reason.LOT_DISAGREES,
)


@dataclass(frozen=True)
class CommonFactor:
    """By how much all analytes read too high, as far as the claims can tell.

    Parameters
    ----------
    factor, low, high
        Measured over true, with its 95 % interval.
    n_samples
        Samples that it was found in.
    """

    factor: float
    low: float
    high: float
    n_samples: int


@dataclass(frozen=True)
class ApartFromFactor:
    """What the evidence for a claim would be without the factor.

    Parameters
    ----------
    factor
        What all analytes have in common.
    log10_lr, p_value
        Of the claim on the sample divided by it.
    """

    factor: CommonFactor
    log10_lr: float
    p_value: float

    @property
    def sentence(self) -> str:
        """Name the factor, and what is left without it."""
        f, n = self.factor, self.factor.n_samples
        read = (
            "all analytes read"
            if n == 1
            else f"all analytes of {n} samples of its session or lot read"
        )
        return (
            f"If the claim is true, {read} {f.factor:.2g} times ({f.low:.2g} to {f.high:.2g}) what "
            f"they should; apart from that, log10 LR would be {self.log10_lr:.2f}, "
            f"{in_words(self.log10_lr)}."
        )


@dataclass(frozen=True)
class SampleOfLot:
    """One sample of a lot, judged on its own.

    Parameters
    ----------
    sample, n_grains
        Which, and its grains.
    p_value, log10_lr
        Of the claim, on this sample alone; NaN where they cannot be given.
    counted
        Whether it took part in the lot's verdict.
    """

    sample: str
    n_grains: int
    p_value: float
    log10_lr: float
    counted: bool


@dataclass(frozen=True)
class Verdict:
    """The answer to one claim.

    Parameters
    ----------
    sample, claim
        Whose claim, on which site; or which lot, and sites separated by ``;`` for a blend.
    verdict
        ``plausible``, ``implausible`` or ``inconclusive``.
    score
        Fused score before calibration and bounds, natural logarithm; NaN for an unknown site.
    log10_lr, log10_lr_low, log10_lr_high
        Calibrated and bounded log10 likelihood ratio against elsewhere in general, with its 95 %
        interval; NaN for an unknown site.
    log10_lr_near
        The same against the claimed site's neighbours.
    p_value
        Share of true claims that look at least as unlike their site; NaN where it cannot be given.
    n_grains
        Grains of the sample.
    not_excluded
        Other sites whose own claim is not rejected, most alike first.
    reasons
        At least one; the first decided the verdict.
    district
        District of the claimed site, ``""`` if not known.
    session_detail
        Which session of the sample lies outside its limits, and how far, in a sentence; ``""`` if
        none does.
    analytes_detail
        On how many analytes the claim was judged and calibrated, in a sentence; ``""`` if on all.
    factor
        The factor that all analytes have in common, and the evidence apart from it; None if the
        claim gives no reason to think of one.
    samples
        Of a lot, each sample on its own; empty if the claim is about a sample.
    blend_shares
        Of a blend, the named sites with their estimated shares, which are rough.
    claim_detail
        Of a blend, what there is to add to the first reason, in a sentence; ``""`` if nothing.
    lot_details
        Which samples of the lot a reason is about, in a sentence for each such reason.
    """

    sample: str
    claim: str
    verdict: VerdictWord
    score: float
    log10_lr: float
    log10_lr_low: float
    log10_lr_high: float
    log10_lr_near: float
    p_value: float
    n_grains: int
    not_excluded: tuple[str, ...]
    reasons: tuple[Reason, ...]
    district: str = ""
    session_detail: str = ""
    analytes_detail: str = ""
    factor: ApartFromFactor | None = None
    samples: tuple[SampleOfLot, ...] = ()
    blend_shares: tuple[tuple[str, float], ...] = ()
    claim_detail: str = ""
    lot_details: tuple[tuple[Reason, str], ...] = ()

    @property
    def unit(self) -> Unit:
        """What the verdict is on."""
        return "lot" if self.samples else "sample"

    @property
    def details(self) -> dict[Reason, str]:
        """What there is to add to the sentences of some reasons, as sentences."""
        texts = {
            Reason.SESSION_OUTSIDE_LIMITS: self.session_detail,
            Reason.ANALYTES_MISSING: self.analytes_detail,
            Reason.LIMITS_HIGH: self.analytes_detail,
            Reason.COMMON_FACTOR: "" if self.factor is None else self.factor.sentence,
            **dict(self.lot_details),
        }
        if self.claim_detail:
            texts[self.reasons[0]] = self.claim_detail
        return {reason: text for reason, text in texts.items() if text}

    @property
    def could_be_rejected(self) -> bool:
        """Whether nothing stood in the way of rejecting the claim."""
        return self.reasons[0] in DECIDED_BY_WEIGHT

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("a verdict needs a reason")


# Verbal scale of the European Network of Forensic Science Institutes (2015): lower edges of the
# likelihood ratio, as powers of ten, for the words from "weak" up.
ENFSI_SCALE = (
    (0.301, "weak"),
    (1.0, "moderate"),
    (2.0, "moderately strong"),
    (3.0, "strong"),
    (4.0, "very strong"),
    (6.0, "extremely strong"),
)


def in_words(log10_lr: float) -> str:
    """Strength of evidence in the words of the ENFSI scale, and for which side.

    >>> in_words(2.4)
    'moderately strong support for the claimed site'
    >>> in_words(-1.2)
    'moderate support for another origin'
    """
    strength = abs(log10_lr)
    words = [word for edge, word in ENFSI_SCALE if strength >= edge]
    if not words:
        return "no support for either side"
    side = "the claimed site" if log10_lr > 0 else "another origin"
    return f"{words[-1]} support for {side}"

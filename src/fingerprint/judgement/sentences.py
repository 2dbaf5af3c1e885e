"""What each reason says to people, of a sample and of a lot."""

from __future__ import annotations

from fingerprint.judgement.verdict import Reason, Unit

_OF_SAMPLE: dict[Reason, str] = {
    Reason.UNLIKE_SITE: "The sample is less like the claimed site than nearly all samples that "
    "truly come from their site.",
    Reason.CONSISTENT: "The measurements are consistent with the claimed site and speak for it "
    "against other origins, its neighbours included.",
    Reason.DISTRICT_ONLY: "Plausible for the district; the mine is not resolved from its "
    "neighbours.",
    Reason.WEAK_EVIDENCE: "The sample is not unlike the claimed site, but the evidence for it is "
    "too weak to call it plausible.",
    Reason.TOO_FEW_TRUE_TRIALS: "The library has too few samples to reject a claim at the rate of "
    "false rejection that is set.",
    Reason.SITE_UNKNOWN: "The library has no reference sample of the claimed site.",
    Reason.NO_GRAINS: "The sample has no grains in the assay.",
    Reason.ONE_GRAIN: "The sample has one grain only, which cannot speak for a consignment.",
    Reason.TOO_FEW_GRAINS: "The sample has fewer grains than the policy asks for, or than "
    "can be compared with the library's samples.",
    Reason.FEW_GRAINS: "The sample has few grains; more would sharpen the evidence.",
    Reason.TOO_FEW_ANALYTES: "Too few of the model's analytes were measured, or measured finely "
    "enough.",
    Reason.ANALYTES_MISSING: "Some of the model's analytes were not measured; the sample was "
    "judged on the others.",
    Reason.ANALYTES_UNKNOWN: "Some measured analytes are not in the model and were left out.",
    Reason.LIMITS_HIGH: "For some analytes too many grains lie below a detection limit that is "
    "higher than the library's; they were compared only as far as that allows.",
    Reason.ONE_REFERENCE_SAMPLE: "The claimed site is known by one reference sample only.",
    Reason.NO_NEIGHBOURS: "The library has no neighbour of the claimed site to tell it from.",
    Reason.LABORATORY_NEW: "The library has no sample measured by this laboratory.",
    Reason.SESSION_OUTSIDE_LIMITS: "The session in which the sample was measured reads its "
    "reference materials outside the limits.",
    Reason.COMMON_FACTOR: "Apart from one factor that all analytes have in common, as a wrong "
    "internal standard gives, the measurements would fit the claimed site far better.",
    Reason.SESSION_NOT_JUDGED: "The reference materials of the session in which the sample was "
    "measured could not be judged: too few measurements, or no reference values.",
    Reason.SESSION_WITHOUT_REFERENCE_MATERIAL: "No reference material was measured in the session "
    "of the sample, or in one of its sessions.",
    Reason.REFERENCE_MATERIALS_NOT_CHECKED: "Reference materials were measured, but not compared "
    "with their reference values: none were given.",
    Reason.OTHERS_NOT_EXCLUDED: "Other sites could not be excluded either.",
    Reason.LOT_DISAGREES: "The samples of the lot do not agree: on their own, some are less like "
    "the claimed site than nearly all samples that truly come from their site.",
    Reason.LOT_SAMPLES_LEFT_OUT: "Some samples of the lot could not be judged on their own, and "
    "were left out.",
    Reason.LOT_REPEATS_SAMPLE: "Samples of the lot hold the very same measurements; they count "
    "once.",
}

_OF_LOT: dict[Reason, str] = {
    **_OF_SAMPLE,
    Reason.UNLIKE_SITE: "The lot is less like the claimed site than nearly all samples that truly "
    "come from their site.",
    Reason.WEAK_EVIDENCE: "The lot is not unlike the claimed site, but the evidence for it is too "
    "weak to call it plausible.",
    Reason.NO_GRAINS: "No sample of the lot has grains in the assay.",
    Reason.ONE_GRAIN: "No sample that the lot could be judged by has more than one grain, which "
    "cannot speak for a consignment.",
    Reason.TOO_FEW_GRAINS: "No sample of the lot has as many grains as the policy asks for, or as "
    "can be compared with the library's samples.",
    Reason.FEW_GRAINS: "The lot has few grains to be judged by; more would sharpen the evidence.",
    Reason.ANALYTES_MISSING: "Some of the model's analytes were not measured in every sample of "
    "the lot; each was judged on those that it has.",
    Reason.LABORATORY_NEW: "The library has no sample measured by the laboratory of the lot, or "
    "by one of its laboratories.",
    Reason.SESSION_OUTSIDE_LIMITS: "A session in which the lot was measured reads its reference "
    "materials outside the limits.",
    Reason.SESSION_NOT_JUDGED: "The reference materials of a session in which the lot was measured "
    "could not be judged: too few measurements, or no reference values.",
    Reason.SESSION_WITHOUT_REFERENCE_MATERIAL: "No reference material was measured in one of the "
    "sessions of the lot.",
}

# One sentence for each reason, by what the verdict is on.
SENTENCES: dict[Unit, dict[Reason, str]] = {"sample": _OF_SAMPLE, "lot": _OF_LOT}

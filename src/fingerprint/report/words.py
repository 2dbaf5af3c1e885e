"""What a report says, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fingerprint.judgement import SENTENCES, Reason, in_words
from fingerprint.judgement.conformal import least_true_claims
from fingerprint.judgement.verdict import ENFSI_SCALE, Unit
from fingerprint.report.contents import SCALE_NAME, Neighbours, Number, Summary
from fingerprint.report.numbers import count, decimal, rate, significant

_MEANINGS = {
    "plausible": "The measurements are consistent with the declared origin",
    "implausible": "The measurements are not consistent with the declared origin",
    "inconclusive": "The measurements do not decide whether the {unit} is consistent with the "
    "declared origin",
}
_UNCERTAIN = (
    " The 95 % interval of the evidence reaches below what the policy asks for: with other grains "
    "of the same {bags}, or more reference samples, the verdict could have been another."
)
_BAGS: dict[Unit, str] = {"sample": "bag", "lot": "bags"}
_SECOND: dict[Unit, str] = {
    "sample": "Have a second sample analysed blind before anyone acts on this one.",
    "lot": "Have another sample of the lot analysed blind before anyone acts on this finding.",
}
PUBLIC_DATA = (
    "No public coltan or wolframite data with mine labels were found, so for these minerals no "
    "error rate can be checked against public data."
)
NO_SUSPICION = (
    "A site is listed because a claim for it would not be rejected; not all that are listed fit "
    "equally well. Being listed is no suspicion against a site: alike geology is enough."
)
_AT_BOUND = 1e-9
_EVEN = 0.05  # log10; a ratio of 1.1 is even for every purpose


def meaning(summary: Summary) -> str:
    """Say what the verdict means, up to the name of the declared origin."""
    return _MEANINGS[summary.verdict].format(unit=summary.unit)


def reasons(codes: Sequence[Reason], details: Mapping[Reason, str], unit: Unit) -> list[str]:
    """One sentence for each reason, or two where there is more to say.

    Parameters
    ----------
    codes
        The reasons.
    details
        `Verdict.details`.
    unit
        What the verdict is on.
    """
    plain = SENTENCES[unit]
    said: set[str] = set()
    sentences = []
    for code in codes:
        more = details.get(code, "")
        sentences.append(plain[code] if more in said else f"{plain[code]} {more}".rstrip())
        said.add(more)
    return sentences


def blend(shares: Sequence[tuple[str, float]]) -> str:
    """Say the estimated shares of a blend: ``A 60 %, B 40 %``."""
    return ", ".join(f"{site} {100 * share:.0f} %" for site, share in shares)


ROUGH_SHARES = "rough; no finding on how much came from where"


def caution(summary: Summary) -> str:
    """Say what the verdict does not mean."""
    if summary.verdict == "plausible":
        text = f"This does not show that the {summary.unit} comes from there."
        if summary.not_excluded:
            others = count(len(summary.not_excluded), "other site")
            text += f" {others} could not be excluded either; see the list below."
        bags = _BAGS[summary.unit]
        return text + _UNCERTAIN.format(bags=bags) if _reaches_below(summary) else text
    if summary.verdict == "implausible":
        return (
            f"The policy accepts that {rate(summary.policy.alpha)} of true claims are found "
            f"implausible by chance. {_SECOND[summary.unit]}"
        )
    return "This is a finding neither for nor against the declared origin."


def has_strength(summary: Summary) -> bool:
    """Whether there is any evidence whose strength could be shown."""
    return summary.strength.log10_lr is not None and summary.n_grains > 0


def no_strength(summary: Summary) -> str:
    """Say why there is none."""
    if not summary.claim_known:
        return (
            "The strength of evidence is not available: the library has no reference sample of "
            f"{'every' if summary.n_reference else 'the'} claimed site to compare with."
        )
    return (
        f"The strength of evidence is not available: no grain of the {summary.unit} was measured."
    )


def likelihood(log10_lr: float, than: str, unit: Unit) -> str:
    """Say a likelihood ratio in words.

    Parameters
    ----------
    log10_lr
        Its logarithm.
    than
        The alternative: ``from elsewhere``.
    unit
        What comes from there.
    """
    if abs(log10_lr) < _EVEN:
        return (
            f"The measurements are about as probable if the {unit} comes from the claimed site "
            f"as if it comes {than}."
        )
    more = "more" if log10_lr > 0 else "less"
    return (
        f"The measurements are about {times(log10_lr)} times {more} probable if the {unit} comes "
        f"from the claimed site than if it comes {than}."
    )


def times(log10_lr: float) -> str:
    """Return the ratio to two digits, whichever side it speaks for."""
    return significant(10.0 ** abs(log10_lr), 2)


def verbal(log10_lr: float) -> str:
    """Words of the scale, as the start of a sentence."""
    text = in_words(log10_lr)
    return text[0].upper() + text[1:]


def interval(summary: Summary) -> str:
    """Say the interval."""
    strength = summary.strength
    low, high = strength.log10_lr_low, strength.log10_lr_high
    if low is None or high is None:
        return ""
    return f"95 % interval {decimal(low)} to {decimal(high)}."


def _reaches_below(summary: Summary) -> bool:
    low = summary.strength.log10_lr_low
    return low is not None and low < summary.policy.plausible_log10_lr


def at_bound(summary: Summary) -> str:
    """Say when the likelihood ratio has reached what the library can support."""
    low, high = summary.strength.bounds
    value = summary.strength.log10_lr
    if value is None or low + _AT_BOUND < value < high - _AT_BOUND:
        return ""
    return (
        "This is the furthest that a library of this size can support; the evidence may be "
        "stronger, but cannot be shown to be."
    )


def chance(p_value: Number, alpha: float, n_true_trials: int) -> str:
    """Say a p-value as a share of true claims."""
    if p_value is None:
        if n_true_trials >= least_true_claims(alpha):
            return "A p-value is not available: there are no measurements to compare."
        return (
            f"A p-value is not available: the library gives {n_true_trials:,} true claims to "
            f"compare with, and to reject at {rate(alpha)} takes {least_true_claims(alpha)}."
        )
    per = next((n for n in (100, 1000, 10_000) if p_value * n >= 1), 100_000)
    alike = max(round(p_value * per), 1)
    share = "all" if alike == per else f"about {alike:,}"
    compared = "not more" if p_value <= alpha else "more"
    return (
        f"Of {per:,} true claims, {share} look at least this unlike their site "
        f"(p = {significant(p_value, 2)}). That is {compared} than the {rate(alpha)} at which the "
        "policy calls a claim implausible."
    )


def neighbourhood(neighbours: Neighbours) -> str:
    """Say which sites are the neighbours."""
    if neighbours.count == 0:
        return "The library has no neighbour of the claimed site."
    if neighbours.column is None:
        return f"The neighbours are the {count(neighbours.count, 'most alike site')}."
    sites = count(neighbours.count, "other site")
    return f"The neighbours are the {sites} of the same {neighbours.column}."


def scale_in_words() -> str:
    """Give the verbal scale as likelihood ratios: ``weak 2 to 10; moderate 10 to 100; ...``."""
    edges = [significant(10.0**edge, 1) for edge, _ in ENFSI_SCALE]
    words = [word for _, word in ENFSI_SCALE]
    parts = [f"{w} {a} to {b}" for w, a, b in zip(words, edges, edges[1:], strict=False)]
    return f"{SCALE_NAME}: likelihood ratio {'; '.join(parts)}; {words[-1]} above {edges[-1]}."

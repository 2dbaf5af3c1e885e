"""A verdict in a few lines, for the terminal."""

from __future__ import annotations

import math

from fingerprint.judgement import Verdict, in_words
from fingerprint.judgement.verdict import SampleOfLot
from fingerprint.report.numbers import count, decimal
from fingerprint.report.words import ROUGH_SHARES, blend, reasons

FOOTER = (
    "Origin consistency only. Not a finding on conflict, armed control, taxation, labour or "
    "legality."
)
_MOST_SITES = 5


def verdict_text(verdict: Verdict, *, made_up: bool) -> str:
    """Say what was found.

    Parameters
    ----------
    verdict
        The verdict on one claim.
    made_up
        Whether library or sample are made-up data, which is then said first.
    """
    lines = ["Made-up data."] if made_up else []
    lines.append(
        f"{verdict.verdict.upper()}: {verdict.unit} {verdict.sample}, claim {verdict.claim}"
    )
    if not math.isnan(verdict.log10_lr):
        lines.append(
            f"  log10 LR {verdict.log10_lr:.2f} "
            f"[{verdict.log10_lr_low:.2f}, {verdict.log10_lr_high:.2f}], "
            f"{in_words(verdict.log10_lr)} (ENFSI scale); "
            f"against neighbours {verdict.log10_lr_near:.2f}"
        )
    if not math.isnan(verdict.p_value):
        lines.append(
            f"  of 100 true claims, about {100 * verdict.p_value:.0f} look this unlike their site "
            "or more so"
        )
    if verdict.blend_shares:
        lines.append(f"  estimated shares: {blend(verdict.blend_shares)} ({ROUGH_SHARES})")
    lines += [f"  sample {_alone(one)}" for one in verdict.samples]
    lines += [f"  - {text}" for text in reasons(verdict.reasons, verdict.details, verdict.unit)]
    if verdict.not_excluded:
        shown = ", ".join(verdict.not_excluded[:_MOST_SITES])
        more = len(verdict.not_excluded) - _MOST_SITES
        lines.append(f"  not excluded: {shown}" + (f" and {more} more" if more > 0 else ""))
    lines.append(f"  {FOOTER}")
    return "\n".join(lines)


def _alone(one: SampleOfLot) -> str:
    """Say what one sample of a lot would be on its own."""
    numbers = f"{one.sample}, {count(one.n_grains, 'grain')}"
    if not math.isnan(one.p_value):
        numbers += f": on its own p {one.p_value:.2g}, log10 LR {decimal(one.log10_lr)}"
    return numbers if one.counted else f"{numbers} (not counted)"

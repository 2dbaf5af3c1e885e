"""The health of a library in a few lines, for the terminal."""

from __future__ import annotations

from fingerprint.health import WEIGHTS, Health, first_of_each_kind
from fingerprint.report.numbers import count
from fingerprint.report.visible import LONGEST_SENTENCE, visible

# Of one kind: many of one do not hide another.
_MOST = 5


def health_text(health: Health) -> str:
    """Say what the checks found, the heaviest first.

    Parameters
    ----------
    health
        From `fingerprint.health.check_library`.
    """
    lines = ["Made-up data."] if health.made_up else []
    lines.append(
        f"{count(health.n_sites, 'site')}, {count(health.n_samples, 'sample')}, "
        f"{count(health.n_grains, 'grain')}; compared by {count(len(health.analytes), 'analyte')}"
    )
    for weight, title in WEIGHTS.items():
        own = [finding for finding in health.findings if finding.weight == weight]
        if not own:
            continue
        lines.append(f"{title}: {len(own)}")
        for shown, rest in first_of_each_kind(own, _MOST):
            lines += [f"  - {visible(finding.sentence, LONGEST_SENTENCE)}" for finding in shown]
            if rest:
                lines.append(f"  - and {rest} more of this kind; --json gives all.")
    if not any(finding.weight != "note" for finding in health.findings):
        lines.append("Nothing must be settled.")
    untested = health.n_sites - health.n_sites_tested
    if untested:
        sites = count(health.n_sites, "site")
        lines.append(f"Labels could not be tested at {untested:,} of {sites}.")
    return "\n".join(lines)

"""What the checks find: one form for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

Weight = Literal["settle", "look", "note"]
# Heaviest first; what each asks of the reader.
WEIGHTS: dict[Weight, str] = {
    "settle": "Must be settled",
    "look": "Deserves a look",
    "note": "Good to know",
}
_NAMES_SHOWN = 5
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Finding:
    """One thing that a check found.

    Parameters
    ----------
    kind
        Which check: ``label``, ``same_grains``, ``common_factor``, ``shift``, ``drift``,
        ``phases``, ``alike``, ``few_samples``, ``session``, ``history``, ``not_tested``.
    weight
        What it asks of the reader.
    sentence
        What was found, and what it means.
    subject
        What it is about, in few words, the same whenever the same thing is found again.
    samples, sites
        Names concerned; empty where a finding is about the whole.
    numbers
        Figures by name, in the order in which they are told.
    """

    kind: str
    weight: Weight
    sentence: str
    subject: str
    samples: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    numbers: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        if self.weight not in WEIGHTS:
            raise ValueError(f"no such weight: {self.weight}")

    @property
    def key(self) -> tuple[str, str]:
        """What makes two findings of two libraries the same finding."""
        return self.kind, self.subject

    def as_dict(self) -> dict[str, Any]:
        """Give the finding as JSON can hold it."""
        return asdict(self) | {"numbers": dict(self.numbers)}


def by_weight(findings: Sequence[Finding]) -> list[Finding]:
    """Order findings, the heaviest first, otherwise as they come."""
    order = list(WEIGHTS)
    return sorted(findings, key=lambda finding: order.index(finding.weight))


def listed(names: Sequence[str], most: int = _NAMES_SHOWN) -> str:
    """Name the first few, long ones cut, and say how many more there are."""
    rest = len(names) - most
    shown = [_cut(name) for name in names[:most]]
    text = ("; " if any(", " in name for name in shown) else ", ").join(shown)
    return f"{text} and {rest} more" if rest > 0 else text


def first_of_each_kind(findings: Sequence[Finding], most: int) -> list[tuple[list[Finding], int]]:
    """Give the first few findings of each kind, and how many more there are of it.

    Parameters
    ----------
    findings
        Of one weight; kinds stay in their order.
    most
        Of one kind.
    """
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(finding.kind, []).append(finding)
    return [(own[:most], max(len(own) - most, 0)) for own in kinds.values()]


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1].rstrip()}…"

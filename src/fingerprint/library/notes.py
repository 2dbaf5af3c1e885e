"""Sentences on what deserves a look in a table of samples."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from fingerprint.library.contents import Description
from fingerprint.library.duplicates import Duplicates
from fingerprint.library.reference import is_made_up
from fingerprint.tables import KNOWN_FACTS, SampleSet

# One way to read every text: two would cost the square of its length.
_NUMBER = re.compile(r"[<+-]?(\d+([.,]\d+)?|[.,]\d+)([eE][+-]?\d+)?")
# Fewer are weak evidence.
FEW_GRAINS = 10
_MOST = 0.9
_NAMES_SHOWN = 5
_LIMITS_APART = 10.0


def notes_on(samples: SampleSet, described: Description) -> Iterator[str]:
    """Say what deserves a look.

    Parameters
    ----------
    samples
        The samples.
    described
        Their counts, shares, limits and duplicates.
    """
    if is_made_up(samples):
        yield "Made-up data, in whole or in part: they say nothing of any mine."
    yield from _on_sites(samples, described)
    yield from _on_grains(samples, described)
    yield from _on_analytes(described)
    yield from _on_text(samples)


def _on_sites(samples: SampleSet, described: Description) -> Iterator[str]:
    without = described.samples_without_site
    if without == len(samples):
        yield "No site is given: these samples can be checked, but are no library."
    elif without:
        yield f"{counted(without, 'sample')} without a site: a library needs one for each."
    if single := described.sites_with_one_sample:
        yield (
            f"{counted(len(single), 'site')} with one sample only ({_shown(single)}): how "
            "samples differ there is not known."
        )
    for names in alike(samples.fact("site").tolist()):
        yield f"Sites that differ only in spelling: {_shown(names)}."
    districts: dict[str, set[str]] = defaultdict(set)
    for site, district in zip(samples.fact("site"), samples.fact("district"), strict=True):
        districts[site].update({district} - {""})
    several = sorted(site for site, names in districts.items() if site and len(names) > 1)
    if several:
        yield f"Sites in more than one district: {_shown(several)}."


def _on_grains(samples: SampleSet, described: Description) -> Iterator[str]:
    twice = described.duplicates
    if twice.grains:
        yield f"{counted(twice.grains, 'grain')} measured exactly like {_which(twice)}."
    for names in twice.samples[:_NAMES_SHOWN]:
        yield f"The same grains under several names: {_shown(names)}."
    if (more := len(twice.samples) - _NAMES_SHOWN) > 0:
        yield f"And {counted(more, 'more group')} of samples with the same grains."
    few = int((samples.n_grains < FEW_GRAINS).sum())
    if few:
        yield f"{counted(few, 'sample')} of fewer than {FEW_GRAINS} grains: weak evidence."


def _which(twice: Duplicates) -> str:
    across = twice.grains_across_samples
    if not across:
        return "another of the same sample"
    if across == twice.grains:
        return "one of another sample"
    return f"another, {across:,} of them like one of another sample"


def _on_analytes(described: Description) -> Iterator[str]:
    for word, share in (("below detection", "censored"), ("not measured", "not_measured")):
        columns = [a.column for a in described.analytes if getattr(a, share) >= _MOST]
        if columns:
            yield f"At least {_MOST:.0%} {word}: {', '.join(columns)}."
    medians: dict[str, list[float]] = defaultdict(list)
    for limit in described.limits:
        medians[limit.column].append(limit.median)
    apart = [
        column
        for column, values in medians.items()
        if not column.endswith("_log10") and max(values) > _LIMITS_APART * min(values)
    ]
    if apart:
        yield (
            f"Detection limits of laboratories lie more than {_LIMITS_APART:.0f} times apart: "
            f"{', '.join(apart)}."
        )


def _on_text(samples: SampleSet) -> Iterator[str]:
    facts = samples.assay.facts
    numbers = [
        str(name)
        for name in facts.columns
        if name not in KNOWN_FACTS and all_numbers(set(facts[name]) - {""})
    ]
    if numbers:
        yield (
            f"Columns of numbers that are kept as text: {_shown(numbers)}. If one is an analyte, "
            "name it <analyte>_<unit>."
        )


def all_numbers(texts: set[str]) -> bool:
    """Whether there are texts, and each is a number or ``<limit``."""
    return bool(texts) and all(_NUMBER.fullmatch(text) for text in texts)


def alike(names: Sequence[str]) -> list[list[str]]:
    """Group names that are the same but for case, spaces and punctuation."""
    groups: dict[str, set[str]] = defaultdict(set)
    for name in names:
        groups[re.sub(r"[\W_]+", "", name).casefold()].add(name)
    return [sorted(group) for bare, group in sorted(groups.items()) if bare and len(group) > 1]


def counted(n: int, word: str) -> str:
    """Write a number with its word, in the plural where it needs one."""
    return f"{n:,} {word}" if n == 1 else f"{n:,} {word}s"


def _shown(names: Sequence[str]) -> str:
    rest = len(names) - _NAMES_SHOWN
    listed = ", ".join(map(repr, names[:_NAMES_SHOWN]))
    return f"{listed} and {rest} more" if rest > 0 else listed

"""What a description of samples says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from fingerprint.library.duplicates import Duplicates


@dataclass(frozen=True)
class AnalyteShares:
    """How much of an analyte was measured.

    Parameters
    ----------
    column
        The analyte as columns call it.
    censored, not_measured
        Shares of all grains.
    """

    column: str
    censored: float
    not_measured: float


@dataclass(frozen=True)
class LimitRange:
    """Detection limits of one analyte in one laboratory.

    Parameters
    ----------
    laboratory
        Its name, ``""`` where not given.
    column
        The analyte as columns call it.
    lowest, median, highest
        Of the limits known, in the unit of the column.
    """

    laboratory: str
    column: str
    lowest: float
    median: float
    highest: float


@dataclass(frozen=True)
class Description:
    """What is in a table of samples.

    Parameters
    ----------
    n_sites, n_samples, n_grains
        Counts; samples without a site belong to none.
    facts
        Names of the facts of samples that are not blank throughout.
    analytes
        Shares censored and not measured.
    limits
        Detection limits by laboratory.
    duplicates
        Grains and samples that stand twice.
    sites_with_one_sample
        Names of sites.
    samples_without_site
        How many.
    grains_a_sample
        Least, median and most grains of a sample.
    n_mineralogy, n_ages
        Samples with mineralogy, and grains with an age.
    notes
        Sentences on what deserves a look.
    """

    n_sites: int
    n_samples: int
    n_grains: int
    facts: tuple[str, ...]
    analytes: tuple[AnalyteShares, ...]
    limits: tuple[LimitRange, ...]
    duplicates: Duplicates
    sites_with_one_sample: tuple[str, ...]
    samples_without_site: int
    grains_a_sample: tuple[int, float, int]
    n_mineralogy: int
    n_ages: int
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Give the description as JSON can hold it."""
        return asdict(self)

"""What a model keeps beside its scorers and fusions: sites, support, provenance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.judgement.calibrations import Calibrations
from fingerprint.judgement.fusion import Fusion
from fingerprint.judgement.trials import Trials
from fingerprint.tables.arrays import Bools, Ints, Texts, frozen


@dataclass(frozen=True)
class SiteFacts:
    """What the model keeps of the library's sites.

    Parameters
    ----------
    names, districts
        (sites,) texts, ``""`` where the district is not known.
    n_reference
        (sites,) number of reference samples.
    neighbours
        (sites, sites) row: site, column: True for its neighbours.
    """

    names: Texts
    districts: Texts
    n_reference: Ints
    neighbours: Bools

    def __post_init__(self) -> None:
        n = len(self.names)
        if np.shape(self.neighbours) != (n, n) or not len(self.districts) == n == len(
            self.n_reference
        ):
            raise ValueError("names, districts, reference samples and neighbours must match")
        for name in ("names", "districts", "n_reference", "neighbours"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    def index(self, site: str) -> int | None:
        """Row of a site, None if the library lacks it."""
        found = np.flatnonzero(self.names == site)
        return int(found[0]) if found.size else None


@dataclass(frozen=True)
class Support:
    """How much a likelihood ratio rests on.

    Parameters
    ----------
    n_true
        True trials.
    n_false
        Distinct samples, not pairs, in false trials.
    """

    n_true: int
    n_false: int

    @classmethod
    def of(cls, trials: Trials) -> Support:
        """Count what some trials hold."""
        false = np.unique(trials.sample[~trials.is_true])
        return cls(int(trials.is_true.sum()), int(false.size))

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest log10 LR: ``-log10(n_true + 1)`` and ``log10(n_false + 1)``."""
        return -float(np.log10(self.n_true + 1)), float(np.log10(self.n_false + 1))


@dataclass(frozen=True)
class FewerAnalytes:
    """Calibration for claims on samples that were measured for fewer analytes.

    Parameters
    ----------
    n_analytes
        Number of the model's analytes that the claims behind it were tried on.
    calibration, calibration_near
        Against elsewhere in general, and against the claimed site's neighbours.
    """

    n_analytes: int
    calibration: Fusion
    calibration_near: Fusion

    @property
    def single(self) -> Calibrations:
        """The two, for samples one by one."""
        return Calibrations(self.calibration, self.calibration_near)


@dataclass(frozen=True)
class Provenance:
    """Where a model comes from.

    Parameters
    ----------
    library_hash
        Content hash of the library.
    seed, n_jobs
        What it was trained with.
    near_column
        Column whose equal values made sites neighbours, None for the most alike sites.
    n_samples, n_grains
        Size of the library.
    laboratories
        Laboratories that measured it.
    made_up
        Whether the library is made-up data.
    """

    library_hash: str
    seed: int
    n_jobs: int
    near_column: str | None
    n_samples: int
    n_grains: int
    laboratories: tuple[str, ...]
    made_up: bool

"""A group of grains against all others: at the same sites, or else between sites."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

from fingerprint.health.groups import Grouping
from fingerprint.health.units import Units
from fingerprint.library import Library
from fingerprint.tables.arrays import Floats, Ints

# Sites that a paired comparison needs, and each side of one between sites.
LEAST_SITES = 3
_N_BOOTSTRAP = 300
# What the levels of sound laboratories differ by, log10: 1.5 %. A bootstrap of sites cannot see it.
ORDINARY = 0.0065


@dataclass(frozen=True, eq=False)
class Contrast:
    """How much higher a group's values are than those of the others, log10.

    Parameters
    ----------
    group
        Its name.
    n_shared
        Sites with samples of the group and of others.
    paired
        Whether the sites themselves are compared; else the group's sites with other sites.
    n_sites
        Sites that the comparison rests on: shared ones, or the fewer of both sides.
    difference, weight
        Paired: (sites, analytes). Between sites: (1, analytes), each weight one. NaN and 0 where
        not known.
    shift
        Shift common to all analytes.
    drawn
        (bootstraps,) the same with the sites drawn anew.
    """

    group: str
    n_shared: int
    paired: bool
    n_sites: int
    difference: Floats
    weight: Floats
    shift: float
    drawn: Floats

    @property
    def standard_error(self) -> float:
        """Of the shift: over bootstraps of the sites, and what sound laboratories differ by."""
        return float(np.hypot(np.nanstd(self.drawn), ORDINARY))

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval, log10: t of the number of sites, since a bootstrap of few is too sure."""
        reach = float(student.ppf(0.975, self.n_sites - 1)) * self.standard_error
        return self.shift - reach, self.shift + reach

    @property
    def p_value(self) -> float:
        """Chance of so large a common shift if there is none."""
        statistic = abs(self.shift) / self.standard_error
        return float(2.0 * student.sf(statistic, self.n_sites - 1))

    @property
    def of_analytes(self) -> Floats:
        """(analytes,) weighted median over sites of each analyte, NaN where not known."""
        ones = np.ones((1, len(self.difference)))
        return np.array(
            [
                _weighted_medians(d, w, ones, np.arange(len(d)))[0]
                for d, w in zip(self.difference.T, self.weight.T, strict=True)
            ]
        )


@dataclass(frozen=True, eq=False)
class GroupContrasts:
    """One way to part the grains, with each named group compared with the others.

    Parameters
    ----------
    grouping, units
        The way, and the units of its groups.
    contrasts
        By row of the group; None where it cannot be compared.
    """

    grouping: Grouping
    units: Units
    contrasts: dict[int, Contrast | None]


def compare_groups(library: Library, parted: Sequence[Grouping]) -> list[GroupContrasts]:
    """Compare every named group of every grouping with the others.

    Parameters
    ----------
    library
        The library.
    parted
        From `fingerprint.health.groups.groupings`.
    """
    found = []
    for grouping in parted:
        units = Units.of(library, grouping.labels)
        named = np.flatnonzero(units.groups != "").tolist()
        found.append(GroupContrasts(grouping, units, {g: contrast(units, g) for g in named}))
    return found


def contrast(units: Units, group: int, seed: int = 0) -> Contrast | None:
    """Compare a group with all others.

    Parameters
    ----------
    units
        Units of one grouping.
    group
        Row of the group.
    seed
        Of the bootstrap over sites.

    Returns
    -------
    Contrast or None
        None if neither the same sites nor enough different sites can be compared.
    """
    inside = units.group == group
    shared = np.intersect1d(units.site[inside], units.site[~inside])
    rng = np.random.default_rng(seed)
    name = str(units.groups[group])
    if shared.size >= LEAST_SITES:
        difference, weight = _at_same_sites(units, inside, shared)
        if np.isfinite(difference).any(axis=1).sum() >= LEAST_SITES:
            return _paired(name, difference, weight, rng)
    return _between(name, units, inside, int(shared.size), rng)


def _paired(name: str, difference: Floats, weight: Floats, rng: np.random.Generator) -> Contrast:
    n = len(difference)
    counts = rng.multinomial(n, np.full(n, 1.0 / n), size=_N_BOOTSTRAP).astype(float)
    counts = np.concatenate([np.ones((1, n)), counts])
    cell_site = np.repeat(np.arange(n), difference.shape[1])
    shifts = _weighted_medians(difference.ravel(), weight.ravel(), counts, cell_site)
    known = int(np.isfinite(difference).any(axis=1).sum())
    return Contrast(name, n, True, known, difference, weight, float(shifts[0]), shifts[1:])


def _at_same_sites(units: Units, inside: np.ndarray, shared: Ints) -> tuple[Floats, Floats]:
    """(sites, analytes) differences of medians, and their weights by numbers of units."""
    differences, weights = [], []
    for site in shared:
        here = units.site == site
        ours, theirs = units.medians[here & inside], units.medians[here & ~inside]
        counts = [np.isfinite(side).sum(axis=0) for side in (ours, theirs)]
        known = (counts[0] > 0) & (counts[1] > 0)
        gap = _medians(ours) - _medians(theirs)
        differences.append(np.where(known, gap, np.nan))
        inverse = 1.0 / np.maximum(counts[0], 1) + 1.0 / np.maximum(counts[1], 1)
        weights.append(np.where(known, 1.0 / inverse, 0.0))
    return np.array(differences), np.array(weights)


def _between(
    name: str, units: Units, inside: np.ndarray, n_shared: int, rng: np.random.Generator
) -> Contrast | None:
    """Medians over the group's sites against medians over other sites, median over analytes."""
    sides = [_site_medians(units, side) for side in (inside, ~inside)]
    if min(len(side) for side in sides) < LEAST_SITES:
        return None
    enough = np.all([np.isfinite(side).sum(axis=0) >= LEAST_SITES for side in sides], axis=0)
    if not enough.any():
        return None
    ours, theirs = (side[:, enough] for side in sides)
    difference = np.full((1, len(units.keys)), np.nan)
    difference[0, enough] = _medians(ours) - _medians(theirs)
    drawn = np.array(
        [
            np.nanmedian(_medians(_resampled(ours, rng)) - _medians(_resampled(theirs, rng)))
            for _ in range(_N_BOOTSTRAP)
        ]
    )
    shift = float(np.nanmedian(difference))
    weight = np.isfinite(difference).astype(float)
    n_sites = min(len(ours), len(theirs))
    return Contrast(name, n_shared, False, n_sites, difference, weight, shift, drawn)


def _resampled(sites: Floats, rng: np.random.Generator) -> Floats:
    return np.asarray(sites[rng.integers(0, len(sites), len(sites))])


def _site_medians(units: Units, side: np.ndarray) -> Floats:
    """(sites, analytes) medians of each site's units on one side."""
    of_site = pd.DataFrame(units.medians[side]).groupby(units.site[side]).median()
    return of_site.to_numpy(dtype=float)


def _medians(values: Floats) -> Floats:
    """(analytes,) medians over rows, NaN where no row is known."""
    # numpy's own takes the way of masked arrays for few rows: 20 times slower.
    known = np.isfinite(values).sum(axis=0)
    ordered = np.sort(values, axis=0)  # NaN last
    middle = [
        np.take_along_axis(ordered, np.maximum(at, 0)[None, :], axis=0)[0]
        for at in ((known - 1) // 2, known // 2)
    ]
    return np.where(known > 0, (middle[0] + middle[1]) / 2, np.nan)


def _weighted_medians(values: Floats, weights: Floats, counts: Floats, cell_site: Ints) -> Floats:
    """(draws,) weighted median of the cells, each site counting as often as it was drawn.

    Parameters
    ----------
    values, weights
        (cells,), NaN where not known.
    counts
        (draws, sites).
    cell_site
        (cells,) site of each.
    """
    known = np.flatnonzero(np.isfinite(values) & (weights > 0))
    if known.size == 0:
        return np.full(len(counts), np.nan)
    known = known[np.argsort(values[known], kind="stable")]
    ordered, medians = values[known], np.full(len(counts), np.nan)
    for i, count in enumerate(counts):
        heaped = np.cumsum(weights[known] * count[cell_site[known]])
        if heaped[-1] > 0:
            medians[i] = ordered[np.searchsorted(heaped, 0.5 * heaped[-1])]
    return medians

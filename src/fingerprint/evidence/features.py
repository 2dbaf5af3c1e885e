"""What the scorers see: log10 columns aligned to the library's analytes, and normal scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from fingerprint.library import Library
from fingerprint.tables import Assay, SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints

# An analyte of which a larger share of a sample's grains lies below a limit that the library's
# grains reach beneath is set aside: where below the limit they lie, the library cannot tell.
_MOST_OUT_OF_REACH = 0.25
# Limits of so small a share of the grains below detection do not set the library's reach.
_FEW_LIMITS = 0.05
# Two log10 limits that differ by less are the same.
_SAME = 1e-9
# Enough steps to keep a distribution of any library; more would only grow the bundle.
_MAX_KNOTS = 1000


@dataclass(frozen=True, eq=False)
class LogTable:
    """Grains x analytes in log10.

    Parameters
    ----------
    x
        (grains, analytes) log10 of ppm or of the ratio; the log10 of the detection limit where
        `censored`; NaN where not measured.
    censored
        (grains, analytes).
    """

    x: Floats
    censored: Bools


def log_table(assay: Assay, keys: Sequence[str]) -> LogTable:
    """Align an assay to the analytes of a model.

    Parameters
    ----------
    assay
        Any assay. Its analytes that are not among `keys` are left out.
    keys
        The model's analytes; those the assay lacks become NaN.
    """
    x = np.full((assay.n_grains, len(keys)), np.nan)
    censored = np.zeros(x.shape, dtype=bool)
    at = {key: j for j, key in enumerate(assay.keys)}
    for j, key in enumerate(keys):
        if key in at:
            values = assay.values[:, at[key]]
            is_log = assay.analytes[at[key]].quantity == "log10"
            x[:, j] = values if is_log else np.log10(values)
            censored[:, j] = assay.censored[:, at[key]]
    return LogTable(x, censored)


def reach(table: LogTable, weights: Floats) -> Floats:
    """(analytes,) log10 value down to which a library tells grains apart.

    Nearly its highest detection limit below which a grain lies: the limits of few grains are
    passed over. Without any such grain, its least value.

    Parameters
    ----------
    table
        Grains of the library.
    weights
        (grains,) weight of each.
    """
    least = np.where(np.isnan(table.x), np.inf, table.x).min(axis=0, initial=np.inf)
    found = least.copy()
    for j, below in enumerate(table.censored.T):
        if below.any():
            order = np.argsort(table.x[below, j], kind="stable")
            heap = np.cumsum(weights[below][order])
            at = int(np.searchsorted(heap, (1.0 - _FEW_LIMITS) * heap[-1]))
            found[j] = table.x[below, j][order][at]
    return np.asarray(found)


def tied(table: LogTable, level: Floats) -> LogTable:
    """Make one tie of all that lies beneath the level at which a library goes blind.

    Else a value that a fine laboratory found beneath the limits of the library's would be compared
    with what the library's grains are thought to be there, which is higher or lower by accident.

    Parameters
    ----------
    table
        Any grains.
    level
        (analytes,) log10; -inf where the library is never blind.

    Returns
    -------
    LogTable
        Cells beneath the level are censored at it. Those with higher limits stay as they are.
    """
    under = (table.x < level - _SAME) | (table.censored & (table.x <= level + _SAME))
    return LogTable(np.where(under, level, table.x), table.censored | under)


def out_of_reach(table: LogTable, grain_sample: Ints, n_samples: int, reached: Floats) -> Bools:
    """Say which analytes of which samples were measured too coarsely to compare by their values.

    Parameters
    ----------
    table
        Grains of the samples.
    grain_sample
        (grains,) sample of each.
    n_samples
        Number of samples.
    reached
        (analytes,) from `reach`.

    Returns
    -------
    array
        (samples, analytes) True where more than a quarter of the measured grains lie below a limit
        that the library's grains reach beneath.
    """
    coarse = table.censored & (table.x > reached + _SAME)
    known = np.isfinite(table.x)
    counts = [
        np.stack([np.bincount(grain_sample, column, n_samples) for column in cells.T], axis=1)
        for cells in (coarse.astype(float), known.astype(float))
    ]
    return np.asarray(counts[0] > _MOST_OUT_OF_REACH * counts[1])


class NormalScores:
    """Turns each analyte into a standard normal score by its distribution in the library.

    A monotone transform: heavy tails and the arbitrary spread of each analyte go. A censored cell
    becomes the mean score of what lies below its limit. All that lies beneath the limits of the
    library is one tie (`tied`), in the library and in what is compared with it, so that a finer
    laboratory's values are not held against grains of which nobody knows where below they lie.

    Attributes
    ----------
    knots_, scores_ : list of (knots,) arrays
        For each analyte, ascending log10 values and their normal scores.
    reach_, tie_ : (analytes,) arrays
        See `reach`, and `tied`.
    """

    def fit(self, table: LogTable, weights: Floats) -> NormalScores:
        """Learn the distributions.

        Parameters
        ----------
        table
            Grains of the library.
        weights
            (grains,) weight of each grain, so that sites with many grains do not rule.
        """
        self.reach_ = reach(table, weights)
        self.tie_: Floats = np.where(table.censored.any(axis=0), self.reach_, -np.inf)
        self.knots_: list[Floats] = []
        self.scores_: list[Floats] = []
        for x, censored in zip(table.x.T, table.censored.T, strict=True):
            knots, below = left_censored_distribution(x, censored, weights)
            if knots.size > _MAX_KNOTS:
                kept = np.unique(np.linspace(0, knots.size - 1, _MAX_KNOTS).astype(int))
                knots, below = knots[kept], below[kept]
            self.knots_.append(knots)
            self.scores_.append(norm.ppf(below))
        return self

    def transform_samples(self, samples: SampleSet, keys: Sequence[str]) -> Floats:
        """Return (grains, analytes) normal scores of samples to be judged.

        NaN where not measured, and throughout a sample for an analyte that is `out_of_reach`.
        """
        table = log_table(samples.assay, keys)
        coarse = out_of_reach(table, samples.grain_sample, len(samples), self.reach_)
        return np.where(coarse[samples.grain_sample], np.nan, self.transform(table))

    def transform(self, table: LogTable) -> Floats:
        """Return (grains, analytes) normal scores, NaN where not measured."""
        table = tied(table, self.tie_)
        z = np.full(table.x.shape, np.nan)
        for j, (knots, scores) in enumerate(zip(self.knots_, self.scores_, strict=True)):
            if knots.size == 0:  # never measured above detection: it can tell nothing apart
                z[:, j] = np.where(np.isnan(table.x[:, j]), np.nan, 0.0)
                continue
            at = np.interp(table.x[:, j], knots, scores)
            mean_below = -norm.pdf(at) / norm.cdf(at)
            z[:, j] = np.where(table.censored[:, j], mean_below, at)
        return z

    def transform_limits(self, table: LogTable) -> tuple[Floats, Bools]:
        """Return normal scores of values and of limits.

        Returns
        -------
        z, censored
            (grains, analytes) normal scores, that of the limit where `censored`; NaN where not
            measured, or not seen below a limit that nothing in the library lies above.
        """
        table = tied(table, self.tie_)
        z, censored = self.transform(table), table.censored.copy()
        for j, (knots, scores) in enumerate(zip(self.knots_, self.scores_, strict=True)):
            below = table.censored[:, j]
            if knots.size == 0:  # as if measured: it can tell nothing apart
                censored[:, j] = False
            else:
                z[below, j] = np.interp(table.x[below, j], knots, scores, right=np.nan)
        return z, censored & np.isfinite(z)


def library_scores(library: Library) -> tuple[NormalScores, LogTable]:
    """Learn the distributions of a library, each site weighing the same.

    Returns
    -------
    scores, table
        The normal scores, and the grains of the library that they were learned from.
    """
    table = log_table(library.samples.assay, library.samples.assay.keys)
    per_site = np.bincount(library.grain_site, minlength=len(library.sites))
    return NormalScores().fit(table, 1.0 / per_site[library.grain_site]), table


def left_censored_distribution(
    x: Floats, censored: Bools, weights: Floats
) -> tuple[Floats, Floats]:
    """Estimate a distribution function from values of which some are only known to lie below.

    The Kaplan-Meier estimate with the axis turned round (Helsel 2012, *Statistics for Censored
    Environmental Data*), with weights; steps are taken at their middle.

    Parameters
    ----------
    x
        (n,) values, the limit where `censored`, NaN where not measured.
    censored
        (n,).
    weights
        (n,) positive.

    Returns
    -------
    values, below
        Ascending distinct measured values, and the share of the distribution below each, strictly
        between 0 and 1. Both empty if nothing was measured above detection.
    """
    known = np.isfinite(x)
    x, censored, weights = x[known], censored[known], weights[known]
    levels, at = np.unique(x, return_inverse=True)
    events = np.bincount(at, weights * ~censored, minlength=levels.size)
    everything = np.bincount(at, weights, minlength=levels.size)
    at_risk = np.cumsum(everything)  # those at or below each level
    if not events.any():
        return np.empty(0), np.empty(0)
    survive = np.where(at_risk > 0, 1.0 - events / at_risk, 1.0)
    # share at or below each level: what survives all the levels above it
    at_or_below = np.append(np.cumprod(survive[::-1])[::-1][1:], 1.0)
    step = np.diff(at_or_below, prepend=at_or_below[0] * survive[0])
    measured = events > 0
    middle = (at_or_below - 0.5 * step)[measured]
    edge = 0.5 / max(int(known.sum()), 2)
    return levels[measured], np.clip(middle, edge, 1.0 - edge)

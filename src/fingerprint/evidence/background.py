"""What measurements of many sources tell of sources in general, on two levels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy.linalg import LinAlgError, eigh

from fingerprint.tables.arrays import Bools, Floats, Ints

# Least scatter within a source, as a share of an analyte's whole variance: keeps a constant
# analyte, or one that repeats to the last digit, from ruling.
_FLOOR = 1e-4


@dataclass(frozen=True, eq=False)
class Background:
    """Mean, scatter between sources and scatter of measurements about their source.

    Parameters
    ----------
    mean
        (p,) mean of the sources' means.
    within
        (p, p) covariance of a measurement about its source: U of Aitken & Lucy (2004).
    between
        (p, p) covariance of the sources' true means: their C. An estimate need not be positive
        semi-definite; what is not counts as none, see `axes`.
    source_means
        (sources, p) means of the measurements of each source.
    """

    mean: Floats
    within: Floats
    between: Floats
    source_means: Floats

    @classmethod
    def of(cls, x: Floats, source: Ints) -> Self:
        """Estimate by moments; a cell that was not measured takes no part.

        ``C`` is the covariance of the source means less what the scatter within sources gives
        them; sources count the same, however often they were measured.

        Parameters
        ----------
        x
            (measurements, p), NaN where not measured.
        source
            (measurements,) source of each, 0 to sources - 1.

        Raises
        ------
        ValueError
            If there is one source only: of how sources differ it tells nothing.
        """
        if source.max() < 1:
            raise ValueError("a background needs at least two sources")
        known = np.isfinite(x)
        means, counts = mean_and_count(x, source, int(source.max()) + 1)
        seen = counts > 0
        grand = np.where(seen, means, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1)
        means = np.where(seen, means, grand)
        residual = np.where(known, x - means[source], 0.0)
        free = known.sum(axis=0) - seen.sum(axis=0)
        # Without any repeated measurement, all scatter may be scatter within sources.
        alone = free == 0
        residual = np.where(alone & known, x - grand, residual)
        root = np.sqrt(np.maximum(np.where(alone, known.sum(axis=0) - 1, free), 1))
        within = residual.T @ residual / np.outer(root, root)
        return cls(grand, within, _between(means, counts, within), means)

    def steadied(self, n_free: int) -> Background:
        """Draw correlations towards none by how few observations they rest on.

        As in `fingerprint.evidence.variance`, so that there may be more analytes than samples; no
        analyte scatters less within sources than a ten-thousandth of its whole variance.

        Parameters
        ----------
        n_free
            Measurements less sources.
        """
        whole = np.diag(self.within) + np.maximum(np.diag(self.between), 0.0)
        floor = np.diag(_FLOOR * np.where(whole > 0, whole, 1.0))
        return replace(
            self,
            within=_shrunk(self.within, n_free) + floor,
            between=_shrunk(self.between, len(self.source_means)),
        )

    def of_analytes(self, analytes: Bools) -> Background:
        """Return the background of some of the analytes: the others are integrated out."""
        square = np.ix_(analytes, analytes)
        return Background(
            self.mean[analytes],
            self.within[square],
            self.between[square],
            self.source_means[:, analytes],
        )

    def axes(self) -> tuple[Floats, Floats]:
        """Axes on which analytes are independent on both levels, with unit scatter within sources.

        Returns
        -------
        vectors, between
            (p, p), one axis a column, and (p,) variance between sources along each; an axis along
            which sources scatter less than their measurements explain has none.

        Raises
        ------
        ValueError
            If there are too few repeated measurements for as many analytes.
        """
        try:
            between, vectors = eigh(self.between, self.within)
        except LinAlgError as error:
            raise ValueError("too few repeated measurements for as many analytes") from error
        return np.asarray(vectors), np.asarray(between.clip(0.0))


def mean_and_count(x: Floats, source: Ints, n_sources: int) -> tuple[Floats, Floats]:
    """Return (sources, p) means and numbers of the measured cells; a mean of none is 0.

    Parameters
    ----------
    x
        (measurements, p), NaN where not measured.
    source
        (measurements,) source of each.
    n_sources
        Number of sources.
    """
    known = np.isfinite(x)
    sums, counts = (
        np.stack([np.bincount(source, column, n_sources) for column in cells.T], axis=1)
        for cells in (np.where(known, x, 0.0), known.astype(float))
    )
    return sums / np.maximum(counts, 1.0), counts.astype(float)


def _between(means: Floats, counts: Floats, within: Floats) -> Floats:
    """Covariance of the source means less their sampling noise."""
    noise = (1.0 / np.maximum(counts, 1.0)).mean(axis=0)
    return np.atleast_2d(np.cov(means.T)) - within * np.sqrt(np.outer(noise, noise))


def _shrunk(covariance: Floats, n: int) -> Floats:
    p = len(covariance)
    amount = (p + 1) / (p + 1 + n)
    return np.asarray((1 - amount) * covariance + amount * np.diag(np.diag(covariance)))

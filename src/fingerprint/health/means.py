"""What the checks compare: the samples' means on normal scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from fingerprint.evidence.features import library_scores
from fingerprint.evidence.variance import SampleMeans
from fingerprint.library import Library
from fingerprint.library.comparable import comparable_analytes
from fingerprint.tables.arrays import Bools, Floats, Ints


@dataclass(frozen=True, eq=False)
class ComparedSamples:
    """Samples of a library that were measured, and their means.

    Parameters
    ----------
    rows
        (samples,) their rows in the library; samples without a measured grain are not compared.
    keys
        (analytes,) those that most grains were measured for and that vary, sorted.
    sample_site
        (samples,) site, 0 to the sites compared - 1.
    site_rows
        (sites compared,) their rows in the library.
    means
        Means on normal scores. What was not measured in a sample has the mean of the site's other
        samples, else the library's.
    seen
        (samples, analytes) True where measured.
    """

    rows: Ints
    keys: tuple[str, ...]
    sample_site: Ints
    site_rows: Ints
    means: SampleMeans
    seen: Bools

    @classmethod
    def of(cls, library: Library) -> Self:
        """Take the means; there may be no sample and no analyte left."""
        analytes = comparable_analytes(library)
        if not analytes.size:
            return cls._none()
        library = library.with_analytes(analytes)
        keys = library.samples.assay.keys
        scores, table = library_scores(library)
        measured = np.isfinite(table.x)
        grain_sample = library.samples.grain_sample
        present = np.bincount(grain_sample[measured.any(axis=1)], minlength=len(library))
        rows = np.flatnonzero(present)
        site_rows, sample_site = np.unique(library.sample_site[rows], return_inverse=True)
        z = scores.transform(table)
        renumbered = np.full(len(library), -1)
        renumbered[rows] = np.arange(rows.size)
        kept = renumbered[grain_sample] >= 0
        of_grain = renumbered[grain_sample[kept]]
        means = SampleMeans.of(z[kept], of_grain, rows.size)
        seen = np.zeros((rows.size, len(keys)), dtype=bool)
        np.logical_or.at(seen, of_grain, np.isfinite(z[kept]))
        filled = _filled(means.means, seen, sample_site)
        return cls(
            rows.astype(np.int64),
            keys,
            sample_site.astype(np.int64),
            site_rows.astype(np.int64),
            SampleMeans(filled, means.n_grains, means.within),
            seen,
        )

    @classmethod
    def _none(cls) -> Self:
        rows = np.zeros(0, dtype=np.int64)
        means = SampleMeans(np.zeros((0, 0)), rows, np.zeros((0, 0)))
        return cls(rows, (), rows, rows, means, np.zeros((0, 0), dtype=bool))

    def __len__(self) -> int:
        """Return the number of samples compared."""
        return len(self.rows)

    @property
    def n_of_site(self) -> Ints:
        """(sites compared,) number of samples."""
        return np.bincount(self.sample_site, minlength=len(self.site_rows)).astype(np.int64)

    def without(self, samples: Bools) -> ComparedSamples:
        """Return the comparison of the other samples; sites left without one drop out."""
        kept = ~samples
        present, site = np.unique(self.sample_site[kept], return_inverse=True)
        return ComparedSamples(
            self.rows[kept],
            self.keys,
            site.astype(np.int64),
            self.site_rows[present],
            self.taken(kept),
            self.seen[kept],
        )

    def taken(self, samples: Bools) -> SampleMeans:
        """Return the means of some of the samples."""
        return SampleMeans(
            self.means.means[samples], self.means.n_grains[samples], self.means.within
        )


def _filled(means: Floats, seen: Bools, sample_site: Ints) -> Floats:
    """Put the site's mean where a sample was not measured; 0 is the library's."""
    n_sites = int(sample_site.max(initial=-1)) + 1
    sums, counts = np.zeros((n_sites, means.shape[1])), np.zeros((n_sites, means.shape[1]))
    np.add.at(sums, sample_site, np.where(seen, means, 0.0))
    np.add.at(counts, sample_site, seen.astype(float))
    of_site = sums / np.maximum(counts, 1.0)
    return np.where(seen, means, of_site[sample_site])

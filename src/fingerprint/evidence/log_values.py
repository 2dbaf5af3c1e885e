"""The logarithms themselves as what a scorer sees, for models of measured values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fingerprint.evidence.features import (
    LogTable,
    NormalScores,
    log_table,
    out_of_reach,
    tied,
)
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats


class LogValues:
    """log10 of ppm or of the ratio; what is censored stands where its normal score would.

    That score is the mean of what lies below the limit (`NormalScores`), and the value is the one
    that the library's grains have at it. Beneath the library's limits all is one tie (`tied`).

    Attributes
    ----------
    distribution_ : NormalScores
    """

    def fit(self, table: LogTable, weights: Floats) -> LogValues:
        """Learn the distributions.

        Parameters
        ----------
        table
            Grains of the library.
        weights
            (grains,) weight of each grain.
        """
        self.distribution_ = NormalScores().fit(table, weights)
        return self

    def transform_samples(self, samples: SampleSet, keys: Sequence[str]) -> Floats:
        """Return (grains, analytes) of samples to be judged.

        NaN where not measured, and throughout a sample for an analyte that is `out_of_reach`.
        """
        table = log_table(samples.assay, keys)
        reached = self.distribution_.reach_
        coarse = out_of_reach(table, samples.grain_sample, len(samples), reached)
        return np.where(coarse[samples.grain_sample], np.nan, self.transform(table))

    def transform(self, table: LogTable) -> Floats:
        """Return (grains, analytes), NaN where not measured; 0 if never found above detection."""
        scores = self.distribution_.transform(table)
        table = tied(table, self.distribution_.tie_)
        x = table.x.copy()
        learned = zip(self.distribution_.knots_, self.distribution_.scores_, strict=True)
        for j, (knots, at) in enumerate(learned):
            below = table.censored[:, j]
            if knots.size:
                x[below, j] = np.interp(scores[below, j], at, knots)
            else:
                x[:, j] = scores[:, j]
        return x

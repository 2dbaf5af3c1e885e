"""What every scorer is: fitted on a library, then samples x sites to scores."""

from __future__ import annotations

from typing import Protocol, Self

from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats


class Scorer(Protocol):
    """Measures how alike samples and sites are; higher is more alike.

    A scorer is a plain object: `fit` learns, learned names end in ``_``, and everything learned is
    an array, a list of arrays, a string or a scikit-learn estimator, so that a bundle can hold it.
    """

    @property
    def name(self) -> str:
        """Name in league tables and files."""
        ...

    def fit(self, library: Library) -> Self:
        """Learn from reference samples."""
        ...

    def score(self, samples: SampleSet) -> Floats:
        """Score samples.

        Returns
        -------
        array
            (samples, sites), sites in the order of the library's. NaN for a sample that has none
            of the library's analytes.
        """
        ...

    def resampled(self, sample: SampleSet, counts: Floats, normals: Floats) -> Floats:
        """Score one sample again and again with its grains drawn anew.

        Parameters
        ----------
        sample
            A set of one sample with n grains.
        counts
            (draws, n) how often each grain was drawn.
        normals
            (draws, sites + 2, analytes) standard normal deviates, for scorers that know how
            uncertain the means of sites and of the sample are; others leave them unused.

        Returns
        -------
        array
            (draws, sites).
        """
        ...

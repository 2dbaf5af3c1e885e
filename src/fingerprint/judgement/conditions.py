"""Weaker measurements, on which true claims are tried as well."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Bools, Floats, Ints

# Shares of the analytes.
SHARES = (0.85, 0.7, 0.5)
# As few grains as can be asked for with some hope.
FEW_GRAINS = 5
# Different choices of analytes among the samples of a fold: the fewer, the less there is to invert.
_CHOICES = 32


@dataclass(frozen=True)
class Condition:
    """How a sample is measured, beside how the library's samples were.

    Parameters
    ----------
    share
        Share of the analytes that is kept, drawn at random.
    grains
        Grains that are kept at most, drawn at random; None for all.
    offset
        Laboratory offset: each analyte of a sample is off by a factor of its own, log-normal with
        this standard deviation of the natural logarithm; see `with_offset`.
    """

    share: float = 1.0
    grains: int | None = None
    offset: float = 0.0

    def n_analytes(self, of: int) -> int:
        """Analytes that are kept of so many, at least one."""
        return max(int(self.share * of + 1e-9), 1)

    def n_grains(self, of_samples: Ints) -> Ints:
        """(samples,) grains that are kept of as many."""
        if self.grains is None:
            return of_samples
        return np.minimum(of_samples, self.grains)

    def of(self, samples: SampleSet, seed: int) -> SampleSet:
        """Return the samples as if they had been measured so."""
        if self.share < 1.0:
            samples = _with_analytes(samples, self.n_analytes(len(samples.assay.keys)), seed)
        if self.grains is not None:
            samples = _with_grains(samples, self.grains, seed)
        return with_offset(samples, self.offset, seed) if self.offset > 0 else samples


AS_IT_IS = Condition()


def conditions(offset: float) -> tuple[Condition, ...]:
    """All conditions on which true claims are tried.

    A claim is measured with an unknown offset of its laboratory, whatever else it lacks: weaker
    measurements are therefore all tried with one.

    Parameters
    ----------
    offset
        See `Condition`; 0 if offsets can be excluded.
    """
    weaker = (
        *(Condition(share, None, offset) for share in SHARES),
        Condition(1.0, FEW_GRAINS, offset),
    )
    return (AS_IT_IS, *((Condition(offset=offset),) if offset > 0 else ()), *weaker)


def with_offset(samples: SampleSet, offset: float, seed: int) -> SampleSet:
    """Multiply each concentration of each sample by a factor of its own, limits included.

    Ratios and logarithms stay: they do not rest on an internal standard.

    Parameters
    ----------
    samples
        Any samples.
    offset
        Standard deviation of the natural logarithm of the factors.
    seed
        Seed.
    """
    rng = np.random.default_rng([seed, 1])
    return scaled(samples, np.exp(rng.normal(0.0, offset, (len(samples), len(samples.assay.keys)))))


def scaled(samples: SampleSet, factors: Floats) -> SampleSet:
    """Multiply concentrations and their limits; ratios and logarithms stay as they are.

    Parameters
    ----------
    samples
        Any samples.
    factors
        (samples, analytes) positive.
    """
    assay = samples.assay
    is_ppm = np.array([analyte.quantity == "ppm" for analyte in assay.analytes])
    of_grain = np.where(is_ppm, factors[samples.grain_sample], 1.0)
    errors = assay.standard_errors
    changed = replace(
        assay,
        values=assay.values * of_grain,
        limits=assay.limits * of_grain,
        standard_errors=None if errors is None else errors * of_grain,
    )
    return replace(samples, assay=changed)


def _with_analytes(samples: SampleSet, n_kept: int, seed: int) -> SampleSet:
    """The same samples with so many of their analytes: each with one of a few random choices."""
    n_analytes = len(samples.assay.keys)
    rng = np.random.default_rng([seed, n_kept])
    ranks = np.argsort(rng.random((_CHOICES, n_analytes)), axis=1)
    dropped = (ranks >= n_kept)[rng.integers(0, _CHOICES, len(samples))]
    return replace(samples, assay=samples.assay.without(dropped[samples.grain_sample]))


def _with_grains(samples: SampleSet, most: int, seed: int) -> SampleSet:
    """The same samples with at most so many of their grains."""
    rng = np.random.default_rng([seed, most])
    shuffled = rng.permutation(samples.assay.n_grains)
    by_sample = shuffled[np.argsort(samples.grain_sample[shuffled], kind="stable")]
    rank = np.arange(by_sample.size) - samples.bounds[:-1][samples.grain_sample[by_sample]]
    kept: Bools = np.zeros(by_sample.size, dtype=bool)
    kept[by_sample[rank < most]] = True
    return replace(
        samples,
        assay=samples.assay.take(kept),
        grain_sample=samples.grain_sample[kept],
    )

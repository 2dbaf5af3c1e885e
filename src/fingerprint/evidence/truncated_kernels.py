"""Densities that are means of kernels, of grains some of whose values lie below a limit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import ndtr

from fingerprint.evidence.pooling import alike, in_turn
from fingerprint.tables.arrays import Bools, Floats, Ints

# Degrees of freedom of a kernel.
_TAIL = 6
# A density of which nothing is left in floating point is as small as can be, not 0.
_LEAST = float(np.finfo(float).tiny)
# Pairs of a grain and a kernel at a time, and grains of a sample: bounds memory.
_PAIRS = 400_000
_GRAINS = 100


@dataclass(frozen=True, eq=False)
class TruncatedKernels:
    """Densities, each a weighted mean of Student t kernels of one shape.

    Parameters
    ----------
    centres
        (kernels, p), those of a density next to each other.
    weight
        (kernels,) sums to 1 over each density.
    start
        (densities + 1,) where each density begins. None is empty.
    covariance
        (densities, p, p) scale of its kernels.
    """

    centres: Floats
    weight: Floats
    start: Ints
    covariance: Floats

    def log_density(self, values: Floats, censored: Bools, grain_sample: Ints) -> Floats:
        """Return the log density around grains.

        A kernel is the density of the cells that were measured, times the share of it below the
        limits, given those, for the cells that are censored: normal with the mean and variance of
        a Student t given some of its coordinates (Ding 2016, *The American Statistician* 70), one
        censored cell at a time. A cell that was not measured is integrated out.

        Parameters
        ----------
        values
            (grains, p), the limit where `censored`, NaN where not measured.
        censored
            (grains, p).
        grain_sample
            (grains,) sample of each, ascending. The last bits of a grain's density must not depend
            on the company that its sample is scored in.

        Returns
        -------
        array
            (grains, densities), up to a constant that is one for grains with the same cells.
        """
        density = np.empty((len(values), len(self.covariance)))
        kinds = np.where(np.isfinite(values), 1 + censored, 0).astype(np.int64)
        for kind, rows in alike(kinds):
            conditioned = _Conditioned.on(self, kind == 1, kind == 2)
            for some, bounds in self._in_blocks(rows, grain_sample):
                density[some] = conditioned.log_density(values[some], bounds)
        return density

    def _in_blocks(self, rows: Ints, grain_sample: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Yield rows of grains in turn, and where those of a sample, or some of them, end."""
        own = grain_sample[rows]
        first = np.searchsorted(own, own)  # where the sample of each begins
        bounds = np.append(np.flatnonzero((np.arange(rows.size) - first) % _GRAINS == 0), rows.size)
        most = max(_PAIRS // len(self.centres), 1)
        for begin, end in in_turn(bounds, most):
            at = slice(bounds[begin], bounds[end])
            yield rows[at], bounds[begin : end + 1] - bounds[begin]


@dataclass(frozen=True, eq=False)
class _Conditioned:
    """The kernels made ready for grains of which the same cells were measured, or censored.

    Parameters
    ----------
    kernels
        As they are.
    seen, below
        (p,) which were measured above the limit, q of them, and below it, c of them.
    onto
        (q, densities, q + c): what measured cells are multiplied by, to be uncorrelated and of
        variance 1 over the degrees of freedom, and to foretell the censored ones in units of
        `spread`.
    across
        (kernels, q + c) centres in the same terms, the last c less the centres of these cells.
    spread
        (densities, c) standard deviation of censored cells given the measured ones.
    log_factor
        (densities,) log of one over the root of the determinant.
    """

    kernels: TruncatedKernels
    seen: Bools
    below: Bools
    onto: Floats
    across: Floats
    spread: Floats
    log_factor: Floats

    @classmethod
    def on(cls, kernels: TruncatedKernels, seen: Bools, below: Bools) -> _Conditioned:
        of_seen = kernels.covariance[:, seen]
        root = np.linalg.inv(np.linalg.cholesky(of_seen[:, :, seen]))
        shared = root @ of_seen[:, :, below]
        variance = np.diagonal(kernels.covariance, axis1=1, axis2=2)[:, below]
        spread = np.sqrt(variance - np.square(shared).sum(axis=1))
        turned = np.swapaxes(root, 1, 2)
        onto = np.concatenate([turned / np.sqrt(_TAIL), turned @ shared / spread[:, None]], axis=2)
        centres = kernels.centres[:, seen]
        across = np.empty((len(centres), onto.shape[2]))
        for at, each in zip(pairwise(kernels.start), onto, strict=True):
            np.matmul(centres[slice(*at)], each, out=across[slice(*at)])
        per_kernel = np.repeat(spread, np.diff(kernels.start), axis=0)
        across[:, centres.shape[1] :] -= kernels.centres[:, below] / per_kernel
        log_factor = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
        onto = np.ascontiguousarray(np.swapaxes(onto, 0, 1))
        return cls(kernels, seen, below, onto, across, spread, log_factor)

    def log_density(self, values: Floats, bounds: Ints) -> Floats:
        """(grains, densities) of samples whose grains lie between bounds."""
        start, n_seen = self.kernels.start, int(self.seen.sum())
        onto = self._products(values[:, self.seen], bounds)
        far = self._distances(onto[:, :, :n_seen], bounds)
        nearest = np.minimum.reduceat(far, start[:-1], axis=1)
        n_halves = _TAIL + n_seen
        near = _power_of_halves(self._per_kernel(nearest) / far, n_halves)
        near *= self.kernels.weight
        if self.below.any():
            self._cut_off(near, values[:, self.below], onto[:, :, n_seen:], far)
        total = np.maximum(np.add.reduceat(near, start[:-1], axis=1), _LEAST)
        return np.asarray(np.log(total) - 0.5 * n_halves * np.log(nearest) + self.log_factor)

    def _cut_off(self, near: Floats, limits: Floats, foretold: Floats, far: Floats) -> None:
        """Leave of each kernel near a grain its share below the limits of the censored cells."""
        n_seen = int(self.seen.sum())
        # What was measured lies the further off, the wider is what may lie below the limit.
        narrow = np.sqrt((_TAIL + n_seen) / (_TAIL * far))
        off = limits[:, None] / self.spread - foretold
        for j in range(off.shape[2]):
            to_limit = self._per_kernel(off[:, :, j])
            to_limit += self.across[:, n_seen + j]
            to_limit *= narrow
            near *= ndtr(to_limit, out=to_limit)

    def _products(self, seen: Floats, bounds: Ints) -> Floats:
        """(grains, densities, q + c)."""
        onto = np.empty((len(seen), *self.onto.shape[1:]))
        for first, end in pairwise(bounds):
            onto[first:end] = np.tensordot(seen[first:end], self.onto, axes=1)
        return onto

    def _distances(self, onto: Floats, bounds: Ints) -> Floats:
        """(grains, kernels) 1 + squared distance over the degrees of freedom."""
        centres = self.across[:, : onto.shape[2]]
        across = -2.0 * centres.T
        far = np.empty((len(onto), len(centres)))
        for s, (k, m) in enumerate(pairwise(self.kernels.start)):
            own, to = onto[:, s], across[:, k:m]
            for first, end in pairwise(bounds):
                far[first:end, k:m] = own[first:end] @ to
        far += 1.0 + np.square(centres).sum(axis=1)
        far += self._per_kernel(np.square(onto).sum(axis=2))
        return np.maximum(far, 1.0, out=far)

    def _per_kernel(self, values: Floats) -> Floats:
        """(grains, kernels) from (grains, densities)."""
        return np.repeat(values, np.diff(self.kernels.start), axis=1)


def _power_of_halves(base: Floats, n: int) -> Floats:
    """``base ** (n / 2)`` by squaring, which for a whole n is much faster; overwrites the base."""
    power = np.sqrt(base) if n % 2 else np.ones_like(base)
    n //= 2
    while n:
        if n % 2:
            power *= base
        np.square(base, out=base)
        n //= 2
    return power

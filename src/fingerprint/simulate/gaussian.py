"""The exact three-level Gaussian model, against which estimators are tested."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from fingerprint.chemistry import ATOMIC_WEIGHTS, Analyte
from fingerprint.errors import InputError
from fingerprint.library import Library
from fingerprint.simulate.minerals import ANALYTES
from fingerprint.tables import Assay, SampleSet
from fingerprint.tables.arrays import Floats, Ints

_ELEMENTS = [*ANALYTES, *(e for e in ATOMIC_WEIGHTS if e not in ANALYTES)][:40]
_USUAL_MEAN = 2.0  # log10 ppm


def simulate_gaussian(
    n_sites: int,
    n_samples: int | Sequence[int],
    n_grains: int | Sequence[int],
    B: ArrayLike,
    W: ArrayLike,
    E: ArrayLike,
    seed: int,
    *,
    mean: ArrayLike = _USUAL_MEAN,
    limits: ArrayLike | None = None,
) -> Library:
    """Draw a library from ``x = mu + b_site + w_sample + e_grain``, all Gaussian, in log10 ppm.

    Parameters
    ----------
    n_sites
        Number of sites.
    n_samples
        Samples of each site: one number for all, or one a site.
    n_grains
        Grains of each sample: one number for all, or one a sample, site after site.
    B, W, E
        (analytes, analytes) covariances between sites, between samples of a site, and between
        grains of a sample; positive semi-definite.
    seed
        The same seed gives the same library.
    mean
        mu: one number, or one an analyte.
    limits
        Detection limits in ppm: one number, or one an analyte. None: nothing is censored.

    Returns
    -------
    Library
        Sites ``site 0000``, samples ``site 0000-00``.

    Raises
    ------
    InputError
        If counts or shapes do not fit together, a covariance is impossible, or there are more
        than 40 analytes.
    """
    roots = [_square_root(matrix, name) for matrix, name in ((B, "B"), (W, "W"), (E, "E"))]
    p = len(roots[0])
    if p > len(_ELEMENTS) or any(len(root) != p for root in roots):
        raise InputError(
            "the covariances do not fit together",
            f"Give three matrices of one size, {len(_ELEMENTS)} analytes at most.",
        )
    samples = _counts(n_samples, n_sites, "samples")
    grains = _counts(n_grains, int(samples.sum()), "grains")
    rng = np.random.default_rng(seed)
    sample_site = np.repeat(np.arange(n_sites), samples)
    grain_sample = np.repeat(np.arange(len(sample_site)), grains)
    site, sample, grain = (
        rng.standard_normal((n, p)) @ root
        for n, root in zip((n_sites, len(sample_site), len(grain_sample)), roots, strict=True)
    )
    x = np.asarray(mean, dtype=float) + (site[sample_site] + sample)[grain_sample] + grain
    ids = [f"site {s:04d}-{i:02d}" for s, n in enumerate(samples) for i in range(n)]
    assay = _assay(10.0**x, np.array(ids, dtype=object)[grain_sample], limits)
    sites = [f"site {s:04d}" for s in sample_site]
    facts = pd.DataFrame({"sample": ids, "site": sites}, dtype=object)
    return Library(SampleSet.from_tables(assay, sample_facts=facts))


def _square_root(matrix: ArrayLike, name: str) -> Floats:
    """Symmetric root: one and the same, whatever signs the eigenvectors come with."""
    array = np.atleast_2d(np.asarray(matrix, dtype=float))
    if array.shape[0] != array.shape[1] or not np.allclose(array, array.T):
        raise InputError(f"the covariance {name} is not symmetric", "Give a square matrix.")
    values, vectors = np.linalg.eigh(array)
    if values[0] < -1e-9 * max(values[-1], 1e-300):
        raise InputError(
            f"the covariance {name} has a negative eigenvalue",
            "Give a positive semi-definite matrix.",
        )
    return np.asarray((vectors * np.sqrt(values.clip(0))) @ vectors.T)


def _counts(given: int | Sequence[int], n: int, what: str) -> Ints:
    counts = np.asarray(given, dtype=np.int64)
    if counts.ndim == 0:
        counts = np.full(n, counts)
    if counts.shape != (n,) or n < 1 or (counts < 1).any():
        raise InputError(
            f"the numbers of {what} are impossible",
            f"Give one positive number, or {n} of them.",
        )
    return counts


def _assay(ppm: Floats, sample: np.ndarray, limits: ArrayLike | None) -> Assay:
    limit = np.broadcast_to(np.asarray(np.nan if limits is None else limits, float), ppm.shape)
    censored = ppm < limit
    analytes = tuple(Analyte(e, "ppm") for e in _ELEMENTS[: ppm.shape[1]])
    facts = pd.DataFrame({"sample": sample}, dtype=object)
    return Assay(facts, analytes, np.where(censored, limit, ppm), limit.copy(), censored)

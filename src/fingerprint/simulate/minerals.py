"""Typical trace elements of coltan, cassiterite and wolframite, as LA-ICP-MS sees single grains.

Rounded magnitudes of what is published on such minerals; not the chemistry of any mine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fingerprint.chemistry import ATOMIC_WEIGHTS

if TYPE_CHECKING:
    from fingerprint.tables.arrays import Floats

MINERALS = ("coltan", "cassiterite", "wolframite")

# One row an analyte, most telling first. Medians in log10 ppm, and spreads relative to the
# design's variance levels; both for coltan, cassiterite, wolframite. Where the element makes the
# mineral, the median is the log10 odds of its share of the lattice place (see `_fill_lattice`).
# Last, the detection limit of a good laboratory in log10 ppm.
_TABLE: dict[str, tuple[tuple[float, float, float], tuple[float, float, float], float]] = {
    "Ta": ((-0.20, 2.4, 1.0), (1.3, 1.3, 1.2), -1.7),
    "Nb": ((0.00, 3.1, 2.5), (0.0, 1.1, 1.1), -1.0),
    "Mn": ((-0.05, 1.3, 0.10), (1.4, 1.2, 1.4), 0.4),
    "Fe": ((0.00, 3.3, 0.00), (0.0, 0.9, 0.0), 1.2),
    "Ti": ((3.80, 3.3, 2.0), (0.7, 0.9, 1.1), 0.3),
    "W": ((3.50, 2.2, 0.00), (0.9, 1.3, 0.0), -1.0),
    "Sn": ((3.00, 0.0, 1.0), (1.0, 0.0, 1.1), -0.3),
    "Zr": ((3.20, 2.3, 1.3), (0.9, 1.2, 1.1), -0.8),
    "Hf": ((2.40, 1.2, 0.2), (0.9, 1.2, 1.1), -1.4),
    "U": ((2.50, 0.9, 0.2), (0.9, 1.2, 1.3), -1.9),
    "Th": ((1.20, -0.9, -0.6), (1.2, 1.2, 1.3), -1.9),
    "Pb": ((1.60, 0.0, 0.8), (0.9, 1.3, 1.2), -0.9),
    "Sc": ((1.10, 1.0, 1.6), (1.2, 1.3, 1.2), -0.3),
    "Y": ((1.40, -0.6, 1.5), (1.5, 1.3, 1.3), -1.5),
    "Dy": ((0.70, -1.2, 1.0), (1.5, 1.2, 1.3), -1.5),
    "Yb": ((0.80, -1.1, 1.3), (1.5, 1.2, 1.3), -1.5),
    "Ce": ((-0.50, -1.2, -0.4), (1.3, 1.2, 1.3), -1.7),
    "V": ((0.20, 1.0, 0.3), (1.1, 1.3, 1.2), -0.8),
    "Mg": ((2.10, 0.9, 2.0), (1.3, 1.1, 1.1), 0.6),
    "Al": ((2.00, 2.1, 1.1), (1.0, 1.0, 1.1), 0.6),
    "Sb": ((0.30, 0.8, -0.3), (1.1, 1.3, 1.2), -0.7),
    "Bi": ((0.20, -0.6, 0.0), (1.1, 1.3, 1.4), -1.3),
    "Li": ((1.10, 0.2, 0.5), (1.1, 1.0, 1.1), -0.1),
    "Ga": ((0.30, 0.8, -0.1), (0.8, 1.0, 1.0), -0.9),
    "In": ((0.00, 1.0, 0.5), (0.9, 1.3, 1.2), -1.2),
}
ANALYTES = tuple(_TABLE)

# Processes that move analytes together; each analyte's loadings, squared and summed, are below 1.
_PROCESSES: tuple[dict[str, float], ...] = (
    {
        # Fractionation of the melt.
        "Ta": 0.6, "Mn": 0.7, "Hf": 0.4, "Li": 0.6, "Ti": -0.6, "Mg": -0.6, "Sc": -0.5, "V": -0.4,
    },
    {"Zr": 0.85, "Hf": 0.8, "Th": 0.3, "U": 0.4, "Ti": 0.3},
    {"Y": 0.95, "Dy": 0.95, "Yb": 0.9, "Ce": 0.65, "Sc": 0.4, "Th": 0.3},
    {"U": 0.75, "Pb": 0.8, "Th": 0.5},
    {"Nb": 0.85, "Ta": 0.6, "Fe": 0.6, "Ti": 0.3, "Ga": 0.4, "Al": 0.3},
    {"Sn": 0.6, "W": 0.6, "In": 0.6, "Sb": 0.6, "Bi": 0.6, "Pb": 0.3, "V": 0.3},
    {"Al": 0.7, "Mg": 0.5, "Li": 0.4, "V": 0.4, "Ga": 0.4},
)  # fmt: skip


def medians(mineral: str) -> Floats:
    """(analytes,) latent medians of a mineral, log10 ppm except for the lattice's own elements."""
    place = MINERALS.index(mineral)
    return np.array([row[0][place] for row in _TABLE.values()])


def spreads(mineral: str) -> Floats:
    """(analytes,) spread of each analyte relative to the variance levels of the design."""
    place = MINERALS.index(mineral)
    return np.array([row[1][place] for row in _TABLE.values()])


def detection_limits() -> Floats:
    """(analytes,) detection limits of a good laboratory, log10 ppm."""
    return np.array([row[2] for row in _TABLE.values()])


def correlated_normals(rng: np.random.Generator, n: int) -> Floats:
    """Draw standard normals whose correlations are geochemically sensible.

    Parameters
    ----------
    rng
        Source of randomness.
    n
        Number of draws.

    Returns
    -------
    ndarray
        (n, analytes), unit variance: Zr with Hf, the rare earths together, U with Pb, Mn against
        Ti and Mg.
    """
    loadings = np.array([[process.get(a, 0.0) for a in ANALYTES] for process in _PROCESSES])
    own = np.sqrt(1 - (loadings**2).sum(axis=0))
    common = rng.standard_normal((n, len(_PROCESSES))) @ loadings
    return np.asarray(common + own * rng.standard_normal((n, len(ANALYTES))))


def concentrations(latent: Floats, mineral: str) -> Floats:
    """Turn latent coordinates into ppm, the lattice's own elements by stoichiometry.

    Parameters
    ----------
    latent
        (grains, analytes), see `medians`.
    mineral
        One of `MINERALS`.

    Returns
    -------
    ndarray
        (grains, analytes), ppm of the element.
    """
    ppm = 10.0**latent
    lattice = _lattice(ppm, mineral)
    ours = [ANALYTES.index(element) for element in lattice]
    traces = np.delete(ppm, ours, axis=1).sum(axis=1)
    amounts = np.column_stack(list(lattice.values()))
    ppm[:, ours] = np.clip(1 - 1e-6 * traces, 0.5, 1)[:, None] * amounts
    return ppm


def _lattice(odds: Floats, mineral: str) -> dict[str, Floats]:
    """Ppm of the elements that make the pure mineral: (Fe,Mn)(Nb,Ta)2O6, SnO2 or (Fe,Mn)WO4."""
    if mineral == "cassiterite":
        tin = 1e6 * ATOMIC_WEIGHTS["Sn"] / (ATOMIC_WEIGHTS["Sn"] + 2 * ATOMIC_WEIGHTS["O"])
        return {"Sn": np.full(len(odds), tin)}
    mn, ta = (odds[:, ANALYTES.index(e)] / (1 + odds[:, ANALYTES.index(e)]) for e in ("Mn", "Ta"))
    one = np.ones(len(odds))
    moles = {"Mn": mn, "Fe": 1 - mn}
    moles |= {"Ta": 2 * ta, "Nb": 2 - 2 * ta} if mineral == "coltan" else {"W": one}
    oxygen = (6 if mineral == "coltan" else 4) * ATOMIC_WEIGHTS["O"]
    weights = {element: n * ATOMIC_WEIGHTS[element] for element, n in moles.items()}
    total = oxygen + sum(weights.values(), 0 * one)
    return {element: 1e6 * weight / total for element, weight in weights.items()}

"""What laboratories make of grains: offsets, noise, detection limits, cells not measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.simulate.design import Design
from fingerprint.simulate.minerals import ANALYTES, detection_limits
from fingerprint.tables.arrays import Bools, Floats, Ints, Texts

_LIMIT_JITTER = 0.08  # log10, from session to session
_BLANK_SHARE = 0.3  # noise near the limit, as a share of it: limits are about three sigma
# Powers of ten from literals: the same bits everywhere.
_POWERS = np.array([float(f"1e{k}") for k in range(23)])


@dataclass(frozen=True, eq=False)
class Sessions:
    """All sessions of all laboratories, each laboratory's last one for controls.

    Parameters
    ----------
    names, laboratories
        (sessions,) names of the session and of its laboratory.
    first
        (laboratories,) row of each laboratory's first session.
    factors
        (sessions, analytes) common factor on each analyte.
    limits
        (sessions, analytes) detection limits in ppm, NaN where not measured.
    """

    names: Texts
    laboratories: Texts
    first: Ints
    factors: Floats
    limits: Floats


def open_sessions(design: Design, rng: np.random.Generator) -> Sessions:
    """Invent the sessions of a design's laboratories."""
    names: list[str] = []
    owners: list[str] = []
    first, factors, limits = [], [], []
    for laboratory in design.laboratories:
        n = laboratory.n_sessions + 1
        first.append(len(names))
        names += [f"{laboratory.letter}-{i + 1:02d}" for i in range(n)]
        owners += [laboratory.name] * n
        offset = design.laboratory_offset * rng.standard_normal(len(ANALYTES))
        drift = design.session_offset * rng.standard_normal((n, len(ANALYTES)))
        factors.append(np.exp(offset + drift))
        limit = detection_limits() + np.log10(laboratory.limit_factor)
        limit = 10.0 ** (limit + _LIMIT_JITTER * rng.standard_normal((n, len(ANALYTES))))
        unmeasured = [ANALYTES.index(a) for a in laboratory.unmeasured]
        limit[: laboratory.n_sessions // 3, unmeasured] = np.nan
        limits.append(round_significant(limit, 3))
    return Sessions(
        np.array(names, dtype=object),
        np.array(owners, dtype=object),
        np.array(first, dtype=np.int64),
        np.concatenate(factors),
        np.concatenate(limits),
    )


def deal_sessions(
    design: Design, sessions: Sessions, moment: Floats, rng: np.random.Generator
) -> Ints:
    """Send each sample to a laboratory, into the session of its time.

    Parameters
    ----------
    design
        Names the laboratories and their shares.
    sessions
        Their sessions.
    moment
        (samples,) time of collection, 0 to 1 in the years of the reference samples; later: a
        control, which goes into the laboratory's last session.
    rng
        Source of randomness.

    Returns
    -------
    ndarray
        (samples,) row of `sessions`.
    """
    share = np.array([laboratory.share for laboratory in design.laboratories])
    chosen = rng.choice(len(share), size=len(moment), p=share / share.sum())
    n_sessions = np.array([laboratory.n_sessions for laboratory in design.laboratories])
    place = np.floor(np.minimum(moment, 1) * n_sessions[chosen]).astype(np.int64)
    return np.asarray(sessions.first[chosen] + place)


def measure(
    design: Design, ppm: Floats, factors: Floats, limits: Floats, rng: np.random.Generator
) -> tuple[Floats, Bools]:
    """Measure grains: what an assay holds, to four significant digits.

    Parameters
    ----------
    design
        Gives the repeatability.
    ppm
        (grains, analytes) truth.
    factors, limits
        (grains, analytes) of each grain's session; a limit of NaN: not measured.
    rng
        Source of randomness.

    Returns
    -------
    values, censored
        (grains, analytes) each; a value is its limit where it lies below.
    """
    noise = 1 + design.repeatability * rng.standard_normal(ppm.shape)
    blank = _BLANK_SHARE * limits * rng.standard_normal(ppm.shape)
    values = round_significant(ppm * factors * noise + blank, 4)
    censored = values < limits
    return np.where(censored, limits, values), censored


def round_significant(values: Floats, digits: int) -> Floats:
    """Round to significant digits, to the float that the decimal text reads back as.

    >>> round_significant(np.array([0.0123456, 98765.4, -2.0]), 4)
    array([ 1.235e-02,  9.877e+04, -2.000e+00])
    """
    size = np.abs(np.where(values == 0, 1.0, values))
    shift = digits - 1 - np.floor(np.log10(size))
    up = _POWERS[np.nan_to_num(np.clip(shift, 0, 22)).astype(np.int64)]
    down = _POWERS[np.nan_to_num(np.clip(-shift, 0, 22)).astype(np.int64)]
    return np.asarray(np.rint(values * up / down) * down / up)

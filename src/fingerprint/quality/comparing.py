"""Measurements of a reference material beside its certified values."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fingerprint.quality.estimates import Estimates
from fingerprint.quality.limits import SessionLimits
from fingerprint.quality.measuring import Measured, estimate
from fingerprint.quality.readings import MaterialReading
from fingerprint.tables import Assay, Certified
from fingerprint.tables.arrays import Bools, Floats

# Limit of quantification over limit of detection: ten standard deviations of the blank over three.
_QUANTIFIED = 10 / 3


@dataclass(frozen=True, eq=False)
class Compared:
    """One reference material in one session, and what its readings rest on.

    Parameters
    ----------
    reading
        What people are shown.
    each, common
        Estimates of each analyte and of what all share; None if there are none.
    """

    reading: MaterialReading
    each: Estimates | None = None
    common: Estimates | None = None


def compare(
    measured: Assay, order: Floats, certified: Certified, limits: SessionLimits
) -> Compared:
    """Compare one reference material in one session with its certified values.

    Parameters
    ----------
    measured
        Its measurements.
    order
        (measurements,) when each was made, 0: the session's first, 1: its last.
    certified
        Certified values of this and other materials.
    limits
        Say how many measurements are needed.
    """
    name, n = str(measured.fact("material")[0]), measured.n_grains
    row = certified.row(name)
    if row is None:
        return _not_judged(name, n, f"{name} has no reference values in the table.")
    if n < limits.least_measurements:
        why = f"{name} was measured {n} times; at least {limits.least_measurements} are needed."
        return _not_judged(name, n, why.replace("1 times", "once"))
    ratios = _log_ratios(measured, order, name, certified, row)
    enough: Bools = np.isfinite(ratios.logs).sum(axis=0) >= limits.least_measurements
    if not enough.any():
        why = (
            f"No analyte of {name} with a reference value was measured "
            f"{limits.least_measurements} times well above its detection limit."
        )
        return _not_judged(name, n, why)
    ratios = _of(ratios, enough)
    each, common = estimate(ratios)
    reading = MaterialReading(
        name,
        n,
        order,
        np.exp(ratios.logs),
        tuple(each.reading(j) for j in range(len(each.keys))),
        None if common is None else common.reading(0),
    )
    return Compared(reading, each, common)


def _log_ratios(
    measured: Assay, order: Floats, name: str, certified: Certified, row: int
) -> Measured:
    """Log ratios of the analytes that are certified, whichever of them were measured."""
    shared = [key for key in measured.keys if key in certified.keys]
    ours = np.array([measured.keys.index(key) for key in shared], dtype=np.int64)
    theirs = np.array([certified.keys.index(key) for key in shared], dtype=np.int64)
    value, error = certified.values[row, theirs], certified.standard_errors[row, theirs]
    logarithmic = np.array([measured.analytes[j].quantity == "log10" for j in ours], dtype=bool)
    # A value below its limit counts as the limit, the most that it can be; where the certified
    # value itself is too near the limit nothing is said.
    limits = measured.limits[:, ours]
    near = np.where(logarithmic, limits + np.log10(_QUANTIFIED), limits * _QUANTIFIED) > value
    seen = np.where(near, np.nan, measured.values[:, ours])
    with np.errstate(invalid="ignore", divide="ignore"):
        plain = np.log(seen / value)
        logs = np.where(logarithmic, np.log(10) * (seen - value), plain)
        relative = np.where(logarithmic, np.log(10) * error, error / value)
    return Measured(name, tuple(shared), logs, order, np.nan_to_num(relative))


def _of(measured: Measured, columns: Bools) -> Measured:
    keys = tuple(key for key, kept in zip(measured.keys, columns, strict=True) if kept)
    return replace(
        measured,
        keys=keys,
        logs=measured.logs[:, columns],
        certified_errors=measured.certified_errors[columns],
    )


def _not_judged(material: str, n: int, why: str) -> Compared:
    return Compared(MaterialReading(material, n, np.empty(0), np.empty((0, 0)), (), None, why))

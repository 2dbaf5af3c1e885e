"""Every session judged by its reference materials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from fingerprint.errors import InputError
from fingerprint.quality.limits import SessionLimits
from fingerprint.quality.measuring import (
    Estimates,
    Measured,
    estimate,
    estimate_common,
    not_judged,
)
from fingerprint.quality.readings import Finding, Kind, MaterialReading, SessionQuality
from fingerprint.tables import Assay, Certified
from fingerprint.tables.arrays import Bools, Floats, Ints
from fingerprint.tables.reference_materials import material_key, moment

_Compared = tuple[MaterialReading, Estimates | None, Estimates | None]

# Limit of quantification over limit of detection: ten standard deviations of the blank over three.
_QUANTIFIED = 10 / 3


def judge_sessions(
    reference_materials: Assay | None, certified: Certified, limits: SessionLimits
) -> tuple[SessionQuality, ...]:
    """Compare the reference materials of every session with their certified values.

    Parameters
    ----------
    reference_materials
        `SampleSet.reference_materials`; rows of one session in the order of measurement, unless
        ``measured_at`` says when each was made. None: there are none.
    certified
        Certified values.
    limits
        How far a session may be off.

    Returns
    -------
    tuple of SessionQuality
        By laboratory and session.

    Raises
    ------
    InputError
        If none of the analytes measured in a certified material is certified.
    """
    if reference_materials is None:
        return ()
    _refuse_nothing_shared(reference_materials, certified)
    sessions = _groups(reference_materials, ("laboratory", "session"))
    return tuple(
        _judge(laboratory, session, reference_materials.take(rows), certified, limits)
        for (laboratory, session), rows in sessions
    )


def _refuse_nothing_shared(materials: Assay, certified: Certified) -> None:
    known = {
        key
        for name in set(materials.fact("material"))
        if (row := certified.row(name)) is not None
        for key, value in zip(certified.keys, certified.values[row], strict=True)
        if np.isfinite(value)
    }
    names = [n for n in set(materials.fact("material")) if certified.row(n) is not None]
    if names and not known & set(materials.keys):
        raise InputError(
            "the reference materials and the certified values share no analyte",
            f"Add certified values of what was measured, such as {materials.analytes[0].column}.",
        )


def _groups(assay: Assay, names: tuple[str, ...]) -> list[tuple[tuple[str, ...], Ints]]:
    """Rows that share their facts, sorted by them; rows keep their order."""
    rows: dict[tuple[str, ...], list[int]] = {}
    for i, key in enumerate(zip(*(assay.fact(name) for name in names), strict=True)):
        rows.setdefault(key, []).append(i)
    return [(key, np.array(rows[key])) for key in sorted(rows)]


def _judge(
    laboratory: str, session: str, measured: Assay, certified: Certified, limits: SessionLimits
) -> SessionQuality:
    order = _order(measured)
    keys = np.array([material_key(name) for name in measured.fact("material")])
    compared = [
        _compare(measured.take(keys == key), order[keys == key], certified, limits)
        for key in sorted(set(keys))
    ]
    # Half of the false alarms for the levels and drifts of analytes, half for what is common.
    half = limits.false_alarm / 2
    shares = [half / max(1, 2 * n) for n in _numbers_judged(compared)]
    findings: list[Finding] = []
    for reading, *of_material in compared:
        for estimates, share in zip(of_material, shares, strict=True):
            if estimates is not None:
                findings += _findings(reading, estimates, limits, share)
    findings = [f for f in findings if not _explained(f, findings, limits)]
    findings.sort(key=lambda f: (-f.excess, f.material, f.reading.analyte))
    return SessionQuality(
        laboratory, session, tuple(reading for reading, _, _ in compared), tuple(findings)
    )


def _order(measured: Assay) -> Floats:
    """(rows,) 0 to 1: by time where every row gives it, else by the order of rows."""
    times = [moment(text) for text in measured.fact("measured_at")]
    order = np.arange(measured.n_grains, dtype=float)
    if all(time is not None for time in times) and len(set(times)) > 1:
        order = np.array(times, dtype=float)
    span = float(np.ptp(order))
    return np.asarray((order - order.min()) / span) if span > 0 else order


def _compare(
    measured: Assay, order: Floats, certified: Certified, limits: SessionLimits
) -> _Compared:
    """One material's readings, and the estimates that they rest on if it can be judged."""
    name, n = str(measured.fact("material")[0]), measured.n_grains
    row = certified.row(name)
    if row is None:
        return not_judged(name, n, f"{name} has no reference values in the table."), None, None
    if n < limits.least_measurements:
        why = f"{name} was measured {n} times; at least {limits.least_measurements} are needed."
        return not_judged(name, n, why.replace("1 times", "once")), None, None
    ratios = _log_ratios(measured, order, name, certified, row)
    enough: Bools = np.isfinite(ratios.logs).sum(axis=0) >= limits.least_measurements
    if not enough.any():
        why = (
            f"No analyte of {name} with a reference value was measured "
            f"{limits.least_measurements} times well above its detection limit."
        )
        return not_judged(name, n, why), None, None
    ratios = _of(ratios, enough)
    each = estimate(ratios)
    common = estimate_common(ratios, each)
    reading = MaterialReading(
        name,
        n,
        order,
        np.exp(ratios.logs),
        tuple(each.reading(j) for j in range(len(each.keys))),
        None if common is None else common.reading(0),
    )
    return reading, each, common


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
    near = measured.limits[:, ours] * _QUANTIFIED > value
    near |= logarithmic & measured.censored[:, ours]
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


def _numbers_judged(compared: list[_Compared]) -> tuple[int, int]:
    """Analytes of all materials, and materials whose analytes have something in common."""
    each = sum(estimates.level.size for _, estimates, _ in compared if estimates is not None)
    return each, sum(common is not None for _, _, common in compared)


def _findings(
    reading: MaterialReading, estimates: Estimates, limits: SessionLimits, share: float
) -> Iterator[Finding]:
    """Deviations beyond the limits that chance would show in less than a share of sessions."""
    is_common = estimates.is_common
    level_chance, drift_chance = estimates.significant(share)
    parts: list[tuple[Kind, Floats, Floats, float]] = [
        (
            "common_factor" if is_common else "recovery",
            estimates.level,
            level_chance,
            limits.common_factor if is_common else limits.recovery,
        ),
        ("common_drift" if is_common else "drift", estimates.drift, drift_chance, limits.drift),
    ]
    for kind, value, chance, limit in parts:
        excess = _excess(value, limit)
        for j in np.flatnonzero((excess > 1) & (np.abs(value) > chance)):
            yield Finding(kind, reading.material, estimates.reading(int(j)), float(excess[j]))


def _explained(finding: Finding, all_found: Sequence[Finding], limits: SessionLimits) -> bool:
    """Whether an analyte is off by no more than all analytes are, give or take the limit."""
    found = finding.reading
    for other in all_found:
        common = other.reading
        if other.material == finding.material and other is not finding:
            if (finding.kind, other.kind) == ("recovery", "common_factor"):
                left = np.log(found.recovery / common.recovery)
                return bool(_excess(left, limits.recovery) <= 1)
            if (finding.kind, other.kind) == ("drift", "common_drift"):
                left = np.log1p(found.drift) - np.log1p(common.drift)
                return bool(_excess(left, limits.drift) <= 1)
    return False


def _excess(logs: Floats | float, limit: float) -> Floats:
    """How many times the limit, up or down, each deviation is."""
    above = np.asarray(logs) > 0
    return np.asarray(np.where(above, logs / np.log1p(limit), logs / np.log1p(-limit)))

"""Every session judged by its reference materials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from fingerprint.errors import InputError
from fingerprint.quality.comparing import Compared, compare
from fingerprint.quality.estimates import Estimates
from fingerprint.quality.limits import SessionLimits
from fingerprint.quality.readings import Deviation, Kind, MaterialReading, SessionQuality
from fingerprint.tables import Assay, Certified
from fingerprint.tables.arrays import Floats, Ints
from fingerprint.tables.reference_materials import material_key, moment


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
    found = (certified.row(name) for name in set(materials.fact("material")))
    rows = [row for row in found if row is not None]
    stated = np.isfinite(certified.values)
    known = {key for j, key in enumerate(certified.keys) if stated[rows, j].any()}
    if rows and not known & set(materials.keys):
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
        compare(measured.take(keys == key), order[keys == key], certified, limits)
        for key in sorted(set(keys))
    ]
    each, common = _shares(compared, limits.false_alarm)
    findings = [
        *(f for c in compared for f in _findings(c.reading, c.each, limits, each)),
        *(f for c in compared for f in _findings(c.reading, c.common, limits, common)),
    ]
    findings.sort(key=lambda f: (-f.excess, f.material, f.reading.analyte))
    return SessionQuality(laboratory, session, tuple(c.reading for c in compared), tuple(findings))


def _order(measured: Assay) -> Floats:
    """(rows,) 0 to 1: by time where every row gives it, else by the order of rows."""
    times = [moment(text) for text in measured.fact("measured_at")]
    order = np.arange(measured.n_grains, dtype=float)
    if all(time is not None for time in times) and len(set(times)) > 1:
        order = np.array(times, dtype=float)
    span = float(np.ptp(order))
    return np.asarray((order - order.min()) / span) if span > 0 else order


def _shares(compared: Sequence[Compared], false_alarm: float) -> tuple[float, float]:
    """Share of false alarms of one level or drift: of an analyte, of what is common to all.

    Half of all goes to the analytes, half to what is common.
    """
    n_each = sum(len(c.each.keys) for c in compared if c.each is not None)
    n_common = sum(c.common is not None for c in compared)
    return false_alarm / 2 / max(1, 2 * n_each), false_alarm / 2 / max(1, 2 * n_common)


def _findings(
    reading: MaterialReading, estimates: Estimates | None, limits: SessionLimits, share: float
) -> Iterator[Deviation]:
    """Deviations beyond the limits that chance would show in less than a share of sessions."""
    if estimates is None:
        return
    level_kind: Kind = "common_factor" if estimates.is_common else "recovery"
    drift_kind: Kind = "common_drift" if estimates.is_common else "drift"
    level_limit = limits.common_factor if estimates.is_common else limits.recovery
    for kind, value, apart, limit in (
        (level_kind, estimates.level, estimates.level_apart, level_limit),
        (drift_kind, estimates.drift, estimates.drift_apart, limits.drift),
    ):
        # An analyte is named for what it is off by beyond what all are.
        excess = np.minimum(_excess(value.values, limit), _excess(apart.values, limit))
        same = value.values * apart.values > 0
        certain = np.abs(apart.values) > apart.margin(share)
        for j in np.flatnonzero(same & certain & (excess > 1)):
            how_far = float(_excess(value.values[j], limit))
            yield Deviation(kind, reading.material, estimates.reading(int(j)), how_far)


def _excess(logs: Floats | float, limit: float) -> Floats:
    """How many times the limit, up or down, each deviation is."""
    above = np.asarray(logs) > 0
    return np.asarray(np.where(above, logs / np.log1p(limit), logs / np.log1p(-limit)))

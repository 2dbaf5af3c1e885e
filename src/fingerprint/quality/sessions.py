"""Every session judged by its reference materials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from fingerprint.errors import InputError
from fingerprint.quality.comparing import Compared, compare
from fingerprint.quality.limits import SessionLimits
from fingerprint.quality.measuring import Estimates
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
    findings = [f for f in findings if not _explained(f, findings, limits)]
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
    n_each = sum(c.each.level.size for c in compared if c.each is not None)
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
    level_chance, drift_chance = estimates.significant(share)
    for kind, value, chance, limit in (
        (level_kind, estimates.level, level_chance, level_limit),
        (drift_kind, estimates.drift, drift_chance, limits.drift),
    ):
        excess = _excess(value, limit)
        for j in np.flatnonzero((excess > 1) & (np.abs(value) > chance)):
            yield Deviation(kind, reading.material, estimates.reading(int(j)), float(excess[j]))


def _explained(finding: Deviation, all_found: Sequence[Deviation], limits: SessionLimits) -> bool:
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

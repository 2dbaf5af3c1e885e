"""What a session made of its reference materials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fingerprint.tables.arrays import Floats, frozen

State = Literal["within", "outside", "not judged"]
Kind = Literal["recovery", "drift", "common_factor", "common_drift"]


@dataclass(frozen=True)
class Reading:
    """One analyte of one reference material in one session, or what is common to all analytes.

    Parameters
    ----------
    analyte
        Its key; ``""`` for what is common to all.
    n
        Measurements.
    recovery, recovery_low, recovery_high
        Median of measured over certified, with its 95 % interval.
    drift, drift_low, drift_high
        Relative change from the first to the last measurement, with its 95 % interval.
    repeatability
        Relative standard deviation about the drift.
    """

    analyte: str
    n: int
    recovery: float
    recovery_low: float
    recovery_high: float
    drift: float
    drift_low: float
    drift_high: float
    repeatability: float


@dataclass(frozen=True)
class Deviation:
    """A deviation beyond the limits that chance does not explain.

    Parameters
    ----------
    kind
        What lies outside.
    material
        The reference material, as the assay calls it.
    reading
        The analyte's, or what is common to all.
    excess
        How many times the limit the deviation is, both as logarithms.
    """

    kind: Kind
    material: str
    reading: Reading
    excess: float

    @property
    def sentence(self) -> str:
        """What was found, in a sentence."""
        found = self.reading
        if self.kind in ("recovery", "common_factor"):
            what = f"{found.analyte} reads" if found.analyte else "all analytes read"
            return (
                f"{what} {found.recovery:.2f} times the reference value of {self.material} "
                f"(95 % interval {found.recovery_low:.2f} to {found.recovery_high:.2f}, "
                f"{found.n} measurements).{self._aside}"
            )
        what = f"{found.analyte} drifts" if found.analyte else "all analytes drift"
        return (
            f"{what} by {100 * found.drift:+.0f} % from the first to the last measurement of "
            f"{self.material} (95 % interval {100 * found.drift_low:+.0f} to "
            f"{100 * found.drift_high:+.0f} %, {found.n} measurements).{self._aside}"
        ).replace("-", "−")

    @property
    def _aside(self) -> str:
        """Why it counts though its interval holds the reference value; ``""`` where it does not."""
        found = self.reading
        if self.kind in ("recovery", "common_factor"):
            held = found.recovery_low <= 1 <= found.recovery_high
        else:
            held = found.drift_low <= 0 <= found.drift_high
        return " All analytes vary together; beside the others it stands out." if held else ""


@dataclass(frozen=True, eq=False)
class MaterialReading:
    """One reference material in one session.

    Parameters
    ----------
    material
        As the assay calls it.
    n
        Measurements.
    order
        (n,) when each was made, 0: the session's first, 1: its last.
    ratios
        (n, analytes) measured over certified; NaN: not measured.
    analytes
        Those that are judged, in the order of `ratios`; empty if the material is not judged.
    common
        What all analytes share; None for fewer than three.
    why_not
        Why it is not judged, a sentence; ``""`` if it is.
    """

    material: str
    n: int
    order: Floats
    ratios: Floats
    analytes: tuple[Reading, ...]
    common: Reading | None
    why_not: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "order", frozen(self.order))
        object.__setattr__(self, "ratios", frozen(self.ratios))


@dataclass(frozen=True, eq=False)
class SessionQuality:
    """One session of one laboratory.

    Parameters
    ----------
    laboratory, session
        ``""`` where not given.
    materials
        Its reference materials.
    findings
        What lies outside the limits, the worst first.
    """

    laboratory: str
    session: str
    materials: tuple[MaterialReading, ...]
    findings: tuple[Deviation, ...]

    @property
    def state(self) -> State:
        """Whether the session keeps its limits."""
        if self.findings:
            return "outside"
        return "within" if any(m.analytes for m in self.materials) else "not judged"

    @property
    def name(self) -> str:
        """The session as people are shown it."""
        session = f"session {self.session}" if self.session else "session (not given)"
        return f"{session} of {self.laboratory}" if self.laboratory else session

    @property
    def sentence(self) -> str:
        """Why the session is outside or not judged; ``""`` if it is within."""
        if self.findings:
            more = len(self.findings) - 1
            rest = f" And {more} more outside the limits." if more else ""
            return f"{self.name[0].upper()}{self.name[1:]}: {self.findings[0].sentence}{rest}"
        return " ".join(m.why_not for m in self.materials) if self.state == "not judged" else ""

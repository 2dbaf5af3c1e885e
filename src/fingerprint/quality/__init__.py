"""How well a session measured: reference materials against certified values."""

from fingerprint.quality.limits import SessionLimits
from fingerprint.quality.readings import Deviation, MaterialReading, Reading, SessionQuality
from fingerprint.quality.sessions import judge_sessions

__all__ = [
    "Deviation",
    "MaterialReading",
    "Reading",
    "SessionLimits",
    "SessionQuality",
    "judge_sessions",
]

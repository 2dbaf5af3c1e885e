"""Limits of a session. Data, not code: a policy holds them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class SessionLimits(BaseModel):
    """How far a session may read its reference materials from their certified values.

    Attributes
    ----------
    recovery
        Of one analyte: measured over certified may be less or more than 1 by this share.
    common_factor
        The same for the factor common to all analytes.
    drift
        Relative change from the session's first to its last measurement, of one analyte or common
        to all.
    least_measurements
        A reference material measured fewer times in a session is not judged.
    false_alarm
        A deviation counts only if chance alone would show one so large in at most this share of
        sound sessions, all their materials and analytes together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    recovery: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.15
    common_factor: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.08
    drift: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.15
    least_measurements: Annotated[int, Field(ge=3)] = 4
    false_alarm: Annotated[float, Field(gt=0.0, lt=0.5)] = 0.005

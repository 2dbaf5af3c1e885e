"""What the reference materials of its sessions mean for a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fingerprint.judgement.model import Model
from fingerprint.judgement.policy import Policy
from fingerprint.judgement.verdict import Reason
from fingerprint.quality import SessionQuality, judge_sessions
from fingerprint.quality.places import Place, is_session_of, places_of
from fingerprint.tables import Certified, SampleSet

# What each state of a session, or the lack of one, means for a sample measured in it; the gravest
# first.
_REASONS = {
    "outside": Reason.SESSION_OUTSIDE_LIMITS,
    "not judged": Reason.SESSION_NOT_JUDGED,
    "none": Reason.SESSION_WITHOUT_REFERENCE_MATERIAL,
}


@dataclass(frozen=True)
class Standing:
    """What the reference materials say of one sample's sessions.

    Parameters
    ----------
    reason
        The gravest thing to be said; None if there is nothing.
    detail
        Which session, and how far it is off, in a sentence; ``""`` if no session is outside.
    """

    reason: Reason | None = None
    detail: str = ""

    @property
    def outside(self) -> bool:
        """Whether a session of the sample lies outside its limits."""
        return self.reason is Reason.SESSION_OUTSIDE_LIMITS


def sessions_for(
    model: Model, samples: SampleSet, certified: Certified, policy: Policy
) -> tuple[SessionQuality, ...]:
    """Judge the sessions of samples by the analytes that the model uses.

    Parameters
    ----------
    model
        The model that will judge the samples.
    samples
        With their reference materials.
    certified
        Certified values.
    policy
        Holds the limits.

    Raises
    ------
    InputError
        If none of the model's analytes is both measured in a reference material and certified.
    """
    materials = samples.reference_materials
    if materials is not None:
        used = np.flatnonzero([key in model.analytes for key in materials.keys])
        materials = materials.with_analytes(used) if used.size else None
    return judge_sessions(materials, certified, policy.sessions)


def standings(
    samples: SampleSet, sessions: Sequence[SessionQuality] | None
) -> tuple[Standing, ...]:
    """Say for each sample what its sessions' reference materials mean for it.

    Parameters
    ----------
    samples
        The samples.
    sessions
        All sessions that measured reference materials; None if no certified values were given.

    Returns
    -------
    tuple of Standing
        One a sample.
    """
    if sessions is None:
        unchecked = samples.reference_materials is not None
        reason = Reason.REFERENCE_MATERIALS_NOT_CHECKED if unchecked else None
        return (Standing(reason),) * len(samples)
    return tuple(_standing(places, sessions) for places in places_of(samples))


def _standing(places: set[Place], sessions: Sequence[SessionQuality]) -> Standing:
    measured = {place: [s for s in sessions if is_session_of(place, s)] for place in sorted(places)}
    states: set[str] = {s.state for of_place in measured.values() for s in of_place}
    if any(not of_place for of_place in measured.values()):
        states.add("none")
    outside = [s for of_place in measured.values() for s in of_place if s.state == "outside"]
    for state, reason in _REASONS.items():
        if state in states:
            return Standing(reason, outside[0].sentence if outside else "")
    return Standing()

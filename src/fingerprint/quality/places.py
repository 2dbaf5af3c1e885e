"""Which sessions measured a sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fingerprint.quality.readings import SessionQuality
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Texts

# Laboratory and session, "" where not given.
Place = tuple[str, str]


def places_of(samples: SampleSet) -> list[set[Place]]:
    """Name laboratory and session of each sample's grains.

    Parameters
    ----------
    samples
        The samples. Where a grain does not state a fact, that of its sample counts.
    """
    found: list[set[Place]] = [set() for _ in range(len(samples))]
    laboratory, session = (_of_grains(samples, name) for name in ("laboratory", "session"))
    for sample, *place in zip(samples.grain_sample, laboratory, session, strict=True):
        found[sample].add((place[0], place[1]))
    return found


def is_session_of(place: Place, session: SessionQuality) -> bool:
    """Whether a grain's laboratory and session are these; a laboratory not given may be any."""
    laboratory, name = place
    either = not laboratory or not session.laboratory
    return name == session.session and (either or laboratory == session.laboratory)


def sessions_of(
    samples: SampleSet, row: int, sessions: Sequence[SessionQuality]
) -> tuple[SessionQuality, ...]:
    """Those of the sessions that measured one sample.

    Parameters
    ----------
    samples, row
        The samples, and which of them it is about.
    sessions
        All sessions that measured reference materials.
    """
    places = places_of(samples)[row]
    return tuple(s for s in sessions if any(is_session_of(place, s) for place in places))


def _of_grains(samples: SampleSet, name: str) -> Texts:
    """A fact of each grain, or of its sample where the grain does not state it."""
    own = samples.assay.fact(name)
    return np.where(own != "", own, samples.fact(name)[samples.grain_sample])

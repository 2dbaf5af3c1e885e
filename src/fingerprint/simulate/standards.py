"""A made-up laboratory standard, measured in the sessions of the controls."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from fingerprint.errors import InputError
from fingerprint.library.reference import MADE_UP
from fingerprint.simulate.laboratory import measure, open_sessions
from fingerprint.simulate.made_up import MadeUp
from fingerprint.simulate.minerals import ANALYTES
from fingerprint.tables import Assay, Certified
from fingerprint.tables.arrays import Floats, Texts
from fingerprint.tables.reference_materials import REFERENCE_MATERIAL

# An invented name: no such glass is sold.
MATERIAL = "Morrowite Glass 1"
_CONTENT = 400.0  # ppm of every analyte, as in glasses made for the purpose
_SPREAD = 0.1  # of the contents, log10
_CERTIFIED_ERROR = 0.01  # one relative standard error of the certified values
_STREAM = 4  # apart from those that `simulate_library` draws from


@dataclass(frozen=True, eq=False)
class Standards:
    """Measurements of a made-up standard, and what it is certified to hold.

    Parameters
    ----------
    measured
        Rows of an assay, in the order of measurement within each session.
    certified
        Its certified values: the truth, but for their own error.
    """

    measured: Assay
    certified: Certified


def simulate_reference_materials(made_up: MadeUp, n_measurements: int = 8) -> Standards:
    """Measure a made-up standard in every session of the controls.

    Parameters
    ----------
    made_up
        From `simulate_library`; its controls are left as they are. The same data give the same
        measurements.
    n_measurements
        Of the standard in each session, spread over it.

    Raises
    ------
    InputError
        If fewer than one measurement is asked for.
    """
    if n_measurements < 1:
        raise InputError(f"{n_measurements} measurements of a standard", "Ask for at least 1.")
    streams = np.random.SeedSequence(made_up.seed).spawn(_STREAM + 1)
    rng = np.random.default_rng(streams[_STREAM])
    sessions = open_sessions(made_up.design, np.random.default_rng(streams[1]))
    names = np.unique(made_up.controls.assay.fact("session").astype(str))
    rows = np.repeat(np.flatnonzero(np.isin(sessions.names.astype(str), names)), n_measurements)
    truth = _CONTENT * 10 ** (_SPREAD * rng.standard_normal(len(ANALYTES)))
    limits = sessions.limits[rows]
    ppm = np.broadcast_to(truth, limits.shape)
    values, censored = measure(made_up.design, ppm, sessions.factors[rows], limits, rng)
    analytes = made_up.controls.assay.analytes
    ours = np.array([ANALYTES.index(analyte.name) for analyte in analytes])
    measured = Assay(
        _facts(sessions.names[rows], sessions.laboratories[rows], n_measurements),
        analytes,
        values[:, ours],
        limits[:, ours],
        censored[:, ours],
    )
    return Standards(measured, _certified(truth[ours], measured, rng))


def _facts(session: Texts, laboratory: Texts, n_measurements: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sample": MATERIAL,
            "grain": [str(i % n_measurements + 1) for i in range(len(session))],
            "laboratory": laboratory,
            "session": session,
            "role": REFERENCE_MATERIAL,
            "material": MATERIAL,
            "origin_of_data": MADE_UP,
        },
        dtype=object,
    )


def _certified(truth: Floats, measured: Assay, rng: np.random.Generator) -> Certified:
    stated = truth * (1 + _CERTIFIED_ERROR * rng.standard_normal(truth.size))
    return Certified(
        (MATERIAL,),
        tuple(replace(analyte, isotope=None) for analyte in measured.analytes),
        np.round(stated, 1)[None, :],
        np.round(_CERTIFIED_ERROR * truth, 1)[None, :],
    )

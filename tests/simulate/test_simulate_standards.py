"""The made-up standard is read as honestly as its sessions were measured."""

import numpy as np
import pytest

from fingerprint.errors import InputError
from fingerprint.quality import SessionLimits, judge_sessions
from fingerprint.simulate import Design, simulate_library, simulate_reference_materials


@pytest.fixture(scope="module")
def made_up():
    return simulate_library(Design(n_sites=8, n_districts=2, n_lots=12), seed=4)


def test_every_session_of_the_controls_measured_it(made_up):
    standards = simulate_reference_materials(made_up)
    sessions = judge_sessions(standards.measured, standards.certified, SessionLimits())
    assert {s.session for s in sessions} == set(made_up.controls.assay.fact("session"))
    assert {s.state for s in sessions} == {"within"}


def test_recovery_is_the_factor_of_the_session(made_up):
    standards = simulate_reference_materials(made_up, 400)
    for session in judge_sessions(standards.measured, standards.certified, SessionLimits()):
        recovery = np.log([r.recovery for r in session.materials[0].analytes])
        design = made_up.design
        assert np.abs(recovery).max() < 5 * np.hypot(
            0.01, np.hypot(design.laboratory_offset, design.session_offset)
        )
        repeatability = np.median([r.repeatability for r in session.materials[0].analytes])
        assert repeatability == pytest.approx(design.repeatability, rel=0.15)


def test_the_same_data_give_the_same_standard(made_up):
    one, other = (simulate_reference_materials(made_up) for _ in range(2))
    np.testing.assert_array_equal(one.measured.values, other.measured.values)
    with pytest.raises(InputError, match="at least 1"):
        simulate_reference_materials(made_up, 0)

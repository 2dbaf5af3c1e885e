"""Impossible designs are refused at birth."""

import pytest

from fingerprint.errors import InputError
from fingerprint.simulate import Design, Laboratory, Levels


@pytest.mark.parametrize(
    "changes",
    [
        {"n_sites": 1, "n_districts": 1},
        {"n_sites": 5, "n_districts": 6},
        {"n_districts": 0},
        {"n_sites": 5000},
        {"n_hidden_sites": -1},
        {"n_lots": 0},
        {"n_analytes": 4},
        {"n_analytes": 26},
        {"minerals": ()},
        {"minerals": ("coltan", "gold")},
        {"samples_a_site": (0, 3)},
        {"samples_a_site": (6, 3)},
        {"grains_a_sample": (50, 20)},
        {"populations_a_site": (0, 2)},
        {"single_share": 0.8, "double_share": 0.3},
        {"double_share": -0.1},
        {"share_concentration": 0.0},
        {"repeatability": 3.0},
        {"session_offset": float("nan")},
        {"laboratories": ()},
    ],
)
def test_a_bad_design_is_refused(changes):
    with pytest.raises(InputError):
        Design(**changes)


@pytest.mark.parametrize("level", [-0.1, 2.0, float("nan")])
def test_a_bad_level_is_refused(level):
    with pytest.raises(InputError, match="samples"):
        Levels(samples=level)


def test_a_bad_laboratory_is_refused():
    with pytest.raises(InputError, match="Laboratory C"):
        Laboratory("Laboratory C", "C", limit_factor=0.0, share=1.0, n_sessions=1)

"""Samples weighed against all sites, some at a time."""

import numpy as np

from builders import gaussian
from fingerprint.health import leave_one_out
from fingerprint.health.leave_one_out import fits, log_t
from fingerprint.health.means import ComparedSamples


def test_so_many_differences_at_a_time_are_held_and_no_more(monkeypatch):
    """10 samples at a time of 80, each against 40 sites by 6 analytes; the answer is the same."""
    compared = ComparedSamples.of(gaussian(40, 2, 3))
    trusted = np.ones(len(compared), dtype=bool)
    whole = fits(compared, trusted)
    held = []

    def watched(difference, scale, tail):
        held.append(difference.size)
        return log_t(difference, scale, tail)

    monkeypatch.setattr(leave_one_out, "log_t", watched)
    monkeypatch.setattr(leave_one_out, "_CELLS", 10 * 40 * 6)
    parts = fits(compared, trusted)
    assert max(held) == 10 * 40 * 6
    np.testing.assert_array_equal(parts.others, whole.others)
    np.testing.assert_array_equal(parts.own, whole.own)

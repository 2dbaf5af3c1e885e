"""Arrays that grow."""

import numpy as np
import pytest

from fingerprint.intake.rows import Rows


@pytest.mark.parametrize("expected", [0, 3, 100])
def test_blocks_are_joined_whatever_was_expected(expected):
    blocks = [np.full((2, 3), np.nan), np.arange(6.0).reshape(2, 3), np.full((4, 3), np.nan)]
    rows = Rows(np.dtype(float), expected, np.nan, 3)
    for block in blocks:
        rows.append(block)
    assert not rows.uniform
    np.testing.assert_array_equal(rows.joined(), np.concatenate(blocks))


def test_nothing_but_filler_takes_no_space():
    rows = Rows(np.dtype(float), 10, np.nan, 3)
    for _ in range(5):
        rows.append(np.full((1000, 3), np.nan))
    assert rows.uniform
    assert rows.joined().shape == (5000, 3)
    assert rows.joined().strides == (0, 0)
    assert np.isnan(rows.joined()).all()


def test_text():
    rows = Rows(np.dtype(object), 1, "")
    rows.append(np.array(["", ""], dtype=object))
    rows.append(np.array(["a", ""], dtype=object))
    assert rows.joined().tolist() == ["", "", "a", ""]

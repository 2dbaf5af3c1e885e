"""Which texts are taken for numbers."""

import time

import pytest

from fingerprint.library.notes import all_numbers


@pytest.mark.parametrize("text", ["1", "12.5", "1,5", ".5", "<0.2", "-3", "+1e5", "2.5E-3", "<,5"])
def test_numbers(text):
    assert all_numbers({text})


@pytest.mark.parametrize("text", ["", ".", "1.", "1.2.3", "<", "e5", "1 2", "--1", "1e"])
def test_no_numbers(text):
    assert not all_numbers({text})


@pytest.mark.parametrize("letter", "1.,<")
def test_a_long_text_does_not_cost_the_square_of_its_length(letter):
    started = time.monotonic()
    assert not all_numbers({letter * 200_000 + "x"})
    assert time.monotonic() - started < 5

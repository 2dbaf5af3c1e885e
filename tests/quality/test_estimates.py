"""Errors of two sources keep the degrees of freedom of the one that counts."""

import numpy as np
import pytest
from scipy.stats import t as student

from fingerprint.quality.estimates import joined


def one(*numbers):
    return tuple(np.array([float(x)]) for x in numbers)


def test_equal_terms_lend_each_other_their_degrees_of_freedom():
    (value,) = one(0.1)
    joint = joined(value, one(2, 3), one(2, 3))
    assert joint.errors == pytest.approx(2.0)
    assert joint.freedom == pytest.approx(6.0)


@pytest.mark.parametrize("freedom", [2.0, 20.0])
def test_the_larger_term_rules(freedom):
    (value,) = one(0.0)
    joint = joined(value, one(1.0, freedom), one(1e-6, 22.0 - freedom))
    assert joint.freedom == pytest.approx(freedom, rel=1e-4)


def test_what_is_known_costs_no_degrees_of_freedom():
    (value,) = one(0.0)
    joint = joined(value, one(1.0, 4.0), one(3.0, np.inf))
    assert joint.freedom == pytest.approx(64.0)


def test_an_error_that_nothing_limits_has_no_limit():
    (value,) = one(0.0)
    assert np.isinf(joined(value, one(np.inf, 4.0), one(1.0, 3.0)).margin(0.05))


def test_the_margin_is_students():
    (value,) = one(0.0)
    assert joined(value, one(4.0, 2.0)).margin(0.05) == pytest.approx(2 * student.ppf(0.975, 2))

"""What a model asks of every scorer when the grains of a sample are drawn anew."""

import numpy as np
import pytest

from builders import gaussian, samples_of, small_forests
from fingerprint.evidence import SCORERS

DRAWS = 30


@pytest.fixture(scope="module")
def library():
    return gaussian(6, [1, 2, 3, 4, 5, 6], 7, p=4, seed=1)


@pytest.fixture(scope="module", params=SCORERS)
def fitted(request, library):
    with small_forests():
        return SCORERS[request.param](0, 1).fit(library)


def test_of_n_grains_any_number_may_be_drawn(fitted, library):
    """Only the share of each grain counts, so that n - 1 drawn ones are scored as n are."""
    rng = np.random.default_rng(4)
    values = 10 ** rng.normal(2.0, 0.5, size=(6, 4))
    values[1, 2] = np.nan
    query = samples_of(values, ["q"] * 6, elements=library.samples.assay.keys)
    counts = rng.multinomial(5, np.full(6, 1 / 6), size=DRAWS).astype(float)
    normals = rng.standard_normal((DRAWS, len(library.sites) + 2, 4))
    got = fitted.resampled(query, counts, normals)
    assert got.shape == (DRAWS, len(library.sites))
    assert np.isfinite(got).all()
    assert got.std(axis=0).min() > 0
    np.testing.assert_allclose(fitted.resampled(query, 6 / 5 * counts, normals), got, atol=1e-9)

"""Figures over seeds of the split."""

from dataclasses import replace

import pytest

from builders import gaussian
from fingerprint.evaluation import evaluate
from fingerprint.evaluation.seeds import over_seeds


@pytest.fixture(scope="module")
def leagues():
    library = gaussian(8, 5, 4, p=3, seed=1)
    return [evaluate(library, ("ks",), folds=3, seed=seed) for seed in (0, 1)]


def test_mean_and_range_over_seeds(leagues):
    spreads = over_seeds(leagues, lambda row: row.known.cllr)
    values = [league.rows[-1].known.cllr.value for league in leagues]
    assert list(spreads) == ["ks", "fusion"]
    assert values[0] != values[1]
    fusion = spreads["fusion"]
    assert fusion.mean == pytest.approx(sum(values) / 2)
    assert (fusion.least, fusion.most) == (min(values), max(values))


@pytest.mark.parametrize(
    "change", [{"library_hash": "0"}, {"folds": 4}, {"fused": ("forest",)}, {"left_out": "paper"}]
)
def test_only_like_is_averaged_with_like(leagues, change):
    with pytest.raises(ValueError, match="one library"):
        over_seeds([leagues[0], replace(leagues[1], **change)], lambda row: row.known.cllr)

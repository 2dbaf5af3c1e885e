"""The kernel ratio against the package lir, whose ratios of simulated pairs are kept as files.

`make golden` made tests/golden/lir_two_level, with lir in an environment of its own; a missing
file fails the test.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fingerprint.evaluation.metrics import cllr
from fingerprint.evidence import two_level
from fingerprint.evidence.background import Background
from fingerprint.evidence.two_level import log10_lr_kernel

GOLDEN = Path(__file__).parents[1] / "golden" / "lir_two_level"


@pytest.fixture(scope="module")
def known():
    background = pd.read_csv(GOLDEN / "background.csv", index_col="source")
    items = pd.read_csv(GOLDEN / "measurements.csv", index_col=["side", "item"]).sort_index()
    pairs = pd.read_csv(GOLDEN / "pairs.csv")
    pairs["lir"] = pd.read_csv(GOLDEN / "lir.csv")["log10_lr"]
    return Background.of(background.to_numpy(), pd.factorize(background.index)[0]), items, pairs


def ratios(known):
    background, items, pairs = known
    sides = [
        [items.loc[(side, item)].to_numpy() for item in pairs[side]]
        for side in ("control", "recovered")
    ]
    return np.array([log10_lr_kernel(a, b, background) for a, b in zip(*sides, strict=True)])


def test_with_lirs_bandwidth_the_ratios_are_lirs(known, monkeypatch):
    """lir takes Silverman's rule, where Aitken & Lucy (2004) have 2 p + 1 for p + 2."""

    def silverman(p, m):
        return (4 / ((p + 2) * m)) ** (1 / (p + 4))

    monkeypatch.setattr(two_level, "bandwidth", silverman)
    np.testing.assert_allclose(ratios(known), known[2]["lir"], rtol=1e-8, atol=1e-8)


def test_with_our_bandwidth_the_cost_is_lirs_within_a_tenth(known):
    same = known[2]["same"].to_numpy() == 1
    ours, lirs = ratios(known), known[2]["lir"].to_numpy()
    assert cllr(ours[same], ours[~same]) == pytest.approx(cllr(lirs[same], lirs[~same]), rel=0.1)

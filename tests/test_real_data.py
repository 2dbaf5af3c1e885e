"""What must hold on real ore. Figures come out of fold, by sample."""

import pytest
from scipy.stats import binom

from fingerprint.evaluation import evaluate
from fingerprint.evidence import FUSED
from fingerprint.library import datasets, read_library

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def league(datasets_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sphalerite") / "library"
    datasets.build(datasets.recipe("sphalerite_laicpms"), folder)
    return evaluate(read_library(folder), FUSED, open_groups=2, near="reference", n_jobs=2)


def test_fusion_on_sphalerite(league):
    fusion = league.rows[-1]
    assert fusion.name == "fusion"
    assert fusion.known.n_true > 380
    # What the first sketch of the design came to with seven scorers: the floor.
    assert fusion.known.false_acceptance[0.02].value <= 0.045
    assert fusion.known.cllr.value <= 0.113


def test_true_claims_are_rejected_at_the_rate_that_is_set(league):
    fusion = league.rows[-1]
    rejected = round(fusion.verdicts["true"]["implausible"].value * fusion.known.n_true)
    low, high = binom.ppf([0.005, 0.995], fusion.known.n_true, 0.02)
    assert low <= rejected <= high


def test_fusion_is_no_worse_than_its_best_part_on_sphalerite(league):
    by_kind = {each.kind: each.difference for each in league.differences}
    assert set(by_kind) == {"known", "unknown", "near"}
    assert all(difference.low <= 0.0 for difference in by_kind.values())
    assert by_kind["unknown"].high < 0.0


def test_verdicts_on_sphalerite_are_given(league):
    verdicts = league.rows[-1].verdicts
    assert verdicts["true"]["plausible"].value >= 0.85
    assert verdicts["known"]["implausible"].value >= 0.80

"""The wrong internal standard of a real file: laser_JB.csv, whose authors multiply it by 0.1499.

Estimator and thresholds were chosen on made-up libraries (docs/methods.md), not here.
"""

from dataclasses import replace

import numpy as np
import pytest

from fingerprint.health import check_library
from fingerprint.health.admission import examine
from fingerprint.health.joining import joined_samples
from fingerprint.intake import concatenate, import_files, read_samples
from fingerprint.intake.laboratory.profiles import named_profile
from fingerprint.library import Library, datasets
from fingerprint.tables import SampleSet

pytestmark = pytest.mark.real_data
TRUTH = 1 / 0.1499
WITH_FACTOR = named_profile("cassiterite_jb")
# The one negative value of the file, 2 g/g of silicon when not multiplied, is left out with it.
WITHOUT_FACTOR = WITH_FACTOR.model_copy(
    update={
        "negative": "not_measured",
        "analytes": [a.model_copy(update={"factor": 1.0}) for a in WITH_FACTOR.analytes],
    }
)


@pytest.fixture(scope="module")
def jb(datasets_folder):
    """Samples of laser_JB.csv, by whether it is read with the factor."""
    path = datasets_folder / "cassiterite_laicpms" / "laser_JB.csv"
    profiles = {True: WITH_FACTOR, False: WITHOUT_FACTOR}
    return {right: import_files([path], profile) for right, profile in profiles.items()}


@pytest.fixture(scope="module")
def five(jb, datasets_folder):
    """The five files of cassiterite_laicpms in one, by the same."""
    others = [
        import_files(
            [datasets_folder / "cassiterite_laicpms" / f"laser_{name}.csv"],
            f"cassiterite_{name.removesuffix('_full').lower()}",
        )
        for name in ("BT", "LKL_full", "TK", "JCU")
    ]
    return {
        right: SampleSet.from_tables(concatenate([assay, *others])) for right, assay in jb.items()
    }


@pytest.fixture(scope="module")
def probe(datasets_folder, tmp_path_factory):
    """cassiterite_epma as it is built: it names no laboratory."""
    folder = tmp_path_factory.mktemp("epma") / "library"
    datasets.build(datasets.recipe("cassiterite_epma"), folder)
    return read_samples(folder)


def found(*parts):
    whole = parts[0] if len(parts) == 1 else joined_samples(*parts)
    return check_library(Library(whole)).factors


def test_one_file_against_the_microprobe_gives_the_factor_within_5_per_cent(jb, probe):
    (factor,) = found(SampleSet.from_tables(jb[False]), probe)
    assert factor.paired
    assert factor.n_sites == 9
    assert factor.factor == pytest.approx(TRUTH, rel=0.05)
    assert factor.low < TRUTH < factor.high


def test_among_five_files_and_the_microprobe_the_file_and_its_factor_are_found(five, probe):
    """Within 10 %: the other four lasers and the probe were not measured on the same crystals."""
    (factor,) = found(five[False], probe)
    assert (factor.grouping, factor.group) == ("laboratory", "JB")
    assert factor.paired
    assert factor.n_sites == 9
    assert factor.factor == pytest.approx(TRUTH, rel=0.10)
    assert factor.low < TRUTH < factor.high


def test_among_five_files_alone_it_is_found_and_the_interval_holds_the_factor(five):
    (factor,) = found(five[False])
    assert factor.group.startswith("JB")
    assert not factor.paired
    assert factor.low < TRUTH < factor.high


def test_with_the_factor_nothing_is_off(jb, five, probe):
    assert found(SampleSet.from_tables(jb[True]), probe) == ()
    assert found(five[True], probe) == ()
    assert found(five[True]) == ()


def test_raw_samples_offered_to_the_library_that_holds_them(jb, five):
    raw = jb[False]
    facts = raw.facts.assign(sample="raw " + raw.facts["sample"])
    offered = SampleSet.from_tables(replace(raw, facts=facts))
    against = examine(Library(five[True]), offered).against
    factors = [dict(f.numbers)["factor"] for f in against if f.kind == "same_grains"]
    assert len(factors) == len(offered) == 9
    np.testing.assert_allclose(np.exp(np.abs(np.log(factors))), TRUTH, rtol=1e-3)

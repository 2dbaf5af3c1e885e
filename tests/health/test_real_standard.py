"""The wrong internal standard of a real file: laser_JB.csv, whose authors multiply it by 0.1499.

Estimator and thresholds were chosen on made-up libraries (docs/methods.md), not here.
"""

import numpy as np
import pandas as pd
import pytest

from fingerprint.health import check_library, examine
from fingerprint.intake import Profile, concatenate, import_files, read_samples
from fingerprint.library import Library, datasets
from fingerprint.simulate.faults import multiply
from fingerprint.tables import SampleSet

pytestmark = pytest.mark.real_data
TRUTH = 1 / 0.1499
# Localities by the names that cassiterite_epma has for them.
ALIASES = {"White Load, Poona": "White Lode, Poona", "Renison Bell": "Renison"}
IOLITE = Profile.model_validate(
    {
        "title": "laser_JB.csv as it is, for the elements that the microprobe measured too",
        "sample": "JB/{site}/{SAMPLE}",
        "facts": {"site": "LOCALITY"},
        "constants": {"laboratory": "JB"},
        "aliases": {"site": ALIASES},
        "blank": ["NaN", "NA"],
        "analytes": {
            "pattern": r"(?P<element>Ti|Mn|Fe|Zr|Nb|Ta|W)_ppm_m(?P<mass>49|55|57|90|93|181|183)",
            "limit": "{column}_LOD",
        },
    }
)


@pytest.fixture(scope="module")
def laser(datasets_folder):
    return import_files([datasets_folder / "cassiterite_laicpms" / "laser_JB.csv"], IOLITE)


@pytest.fixture(scope="module")
def probe(datasets_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("epma") / "library"
    datasets.build(datasets.recipe("cassiterite_epma"), folder)
    return read_samples(folder)


def library_of(laser, probe, factor):
    assay = multiply(Library(SampleSet.from_tables(laser)), np.array(factor)).samples.assay
    facts = probe.assay.facts.assign(laboratory="EPMA")
    sites = dict(zip(probe.ids, probe.fact("site"), strict=True))
    facts["site"] = [sites[sample] for sample in facts["sample"]]
    grains = type(probe.assay)(
        facts, probe.assay.analytes, probe.assay.values, probe.assay.limits, probe.assay.censored
    )
    return Library(SampleSet.from_tables(concatenate([assay, grains])))


def test_the_factor_is_found_against_the_microprobe_and_named_within_5_per_cent(laser, probe):
    health = check_library(library_of(laser, probe, 1.0))
    (found,) = health.factors
    assert found.group == "JB"
    assert found.paired
    assert found.n_sites == 9
    assert found.factor == pytest.approx(TRUTH, rel=0.05)
    assert found.low < TRUTH < found.high


def test_with_the_factor_nothing_is_off(laser, probe):
    assert check_library(library_of(laser, probe, 0.1499)).factors == ()


def test_raw_samples_offered_to_the_library_that_holds_them(laser, probe):
    library = library_of(laser, probe, 0.1499)
    facts = pd.concat([laser.facts.assign(sample="raw " + laser.facts["sample"])])
    raw = SampleSet.from_tables(
        type(laser)(facts, laser.analytes, laser.values, laser.limits, laser.censored)
    )
    against = examine(library, raw).against
    factors = [dict(f.numbers)["factor"] for f in against if f.kind == "same_grains"]
    assert len(factors) >= 5
    np.testing.assert_allclose(np.exp(np.abs(np.log(factors))), TRUTH, rtol=1e-3)

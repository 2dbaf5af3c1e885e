"""How often the checks of a library find planted faults; run by hand.

    python benchmarks/library_health.py 100 150

Arguments: first seed, the one after the last, and if wanted the names of what to measure. Seeds
0-19 served to choose methods and thresholds; figures are quoted for others. Intervals are of
Clopper and Pearson for what is found or not, else of the mean over seeds by bootstrap.
"""

import sys
import tempfile
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from library_admission import admission
from scipy.stats import binomtest

from fingerprint.chemistry import Analyte
from fingerprint.health import check_library
from fingerprint.health.common_factor import common_factors
from fingerprint.health.groups import groupings
from fingerprint.health.shifts import shifts
from fingerprint.health.twins import find_twins
from fingerprint.library import Library, datasets, read_library
from fingerprint.simulate import Design, simulate_library
from fingerprint.simulate.faults import (
    copy_sample,
    let_drift,
    multiply,
    swap_labels,
    wrong_standard,
)
from fingerprint.simulate.laboratory import round_significant
from fingerprint.tables import Assay, SampleSet

FACTORS = (0.5, 0.8, 1.25, 2.0, 6.67)


def clean(library, seed, found):
    health = check_library(library)
    for name in ("unlike", "twins", "factors", "shifts", "drift"):
        found[f"clean library: {name}, number"].append(len(getattr(health, name)))
        found[f"clean library: any {name}"].append(bool(getattr(health, name)))
    found["clean library: samples unlike, share"].append(len(health.unlike) / len(library))


def labels(library, seed, found):
    wrong, samples = swap_labels(library, 0.05, seed)
    told = {one.sample for one in check_library(wrong).unlike}
    right = len(told & set(samples))
    found["5 % swapped: recall"].append(right / len(samples))
    found["5 % swapped: precision"].append(right / max(len(told), 1))


def standard(library, seed, found):
    rng = np.random.default_rng(seed)
    for fact in ("laboratory", "session"):
        labels = library.samples.assay.fact(fact)
        group = rng.choice(np.unique(labels.astype(str)))
        for factor in FACTORS:
            wrong = wrong_standard(library, labels == group, factor)
            factors, _ = common_factors(wrong, groupings(wrong))
            told = [f for f in factors if f.group.endswith(group) or f.either]
            right = told[0].group.endswith(group) if told else True
            named = (told[0].factor if right else 1 / told[0].factor) if told else np.nan
            low, high = (told[0].low, told[0].high) if told else (np.nan, np.nan)
            head = f"one {fact} times {factor:g}: "
            found[head + "found"].append(bool(told))
            found[head + "named within 5 %"].append(
                bool(abs(np.log(named / factor)) < np.log(1.05))
            )
            found[head + "interval holds it"].append(
                bool(low <= (factor if right else 1 / factor) <= high)
            )
            found[head + "other factors told"].append(len(factors) - len(told[:1]))


def single_shift(library, seed, found):
    rng = np.random.default_rng(seed)
    labels = library.samples.assay.fact("laboratory")
    j = int(rng.integers(library.samples.assay.values.shape[1]))
    for factor in (1.1, 1.25, 1.5):
        by = np.ones(library.samples.assay.values.shape)
        by[labels == "Laboratory B", j] = factor
        shifted = multiply(library, by)
        parted = groupings(shifted)
        factors, level = common_factors(shifted, parted)
        key = library.samples.assay.keys[j]
        found_there, _ = shifts(level, parted)
        told = any(s.analyte == key and s.grouping == "laboratory" for s in found_there)
        found[f"one analyte of a laboratory times {factor}: found"].append(told)
        found[f"one analyte of a laboratory times {factor}: taken for a common factor"].append(
            bool(factors)
        )


def drift(library, seed, found):
    rng = np.random.default_rng(seed)
    sites = library.sites[library.n_reference >= 5]
    if not len(sites):
        return
    site, key = rng.choice(sites), rng.choice(np.array(library.samples.assay.keys))
    for rate in (0.05, 0.1, 0.2):
        health = check_library(let_drift(library, str(site), str(key), rate))
        told = any(d.site == site and d.analyte == key for d in health.drift)
        found[f"one analyte of a site drifts {rate} log10 a year: found"].append(told)


def twins(library, seed, found):
    rng = np.random.default_rng(seed)
    sample = str(rng.choice(library.samples.ids))
    for name, how in {
        "as it is": {"digits": 6, "factor": 1.0, "share": 1.0},
        "half of it": {"digits": 6, "factor": 1.0, "share": 0.5},
        "to 3 digits": {"digits": 3, "factor": 1.0, "share": 1.0},
        "to 2 digits": {"digits": 2, "factor": 1.0, "share": 1.0},
        "times 6.67, to 4 digits": {"digits": 4, "factor": 6.67, "share": 1.0},
    }.items():
        told = find_twins(copy_sample(library, sample, str(library.sites[0]), **how))
        found[f"sample copied {name}: found"].append(any(sample in t.samples for t in told))
        found[f"sample copied {name}: factor within 1 %"].append(
            any(
                sample in t.samples and abs(abs(np.log(t.factor)) - np.log(how["factor"])) < 0.01
                for t in told
            )
        )


def homogeneous(_, seed, found):
    """Sites of homogeneous material: any two samples of one are drawn from the same distribution.

    20 sites of 3 samples of 20 grains, 8 analytes, so 60 pairs of a site a library. A copy is
    planted too.
    """
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.normal(2.0, 1.0, (20, 8)), 60, axis=0)
    for scatter in (0.01, 0.02):
        for digits in (2, 3, 6):
            drawn = 10 ** (level + rng.normal(0.0, scatter, level.shape))
            library = _made(round_significant(drawn, digits))
            head = f"homogeneous, grains differ by {scatter} log10, {digits} digits: "
            told = find_twins(library)
            told_of = {frozenset(t.samples) for t in told}
            pairs = [(3 * s + i, 3 * s + j) for s in range(20) for i, j in ((0, 1), (0, 2), (1, 2))]
            for i, j in pairs:
                found[head + "pair of a site told"].append({f"s{i:02d}", f"s{j:02d}"} in told_of)
            if digits > 2:
                copied = copy_sample(library, "s05", "S19", digits=3, factor=1.0, share=1.0)
                both = {"s05", "copy of s05"}
                found[head + "copy to 3 digits found"].append(
                    any(set(t.samples) == both for t in find_twins(copied))
                )


def _made(values):
    facts = pd.DataFrame(
        {
            "sample": [f"s{i // 20:02d}" for i in range(len(values))],
            "site": [f"S{i // 60:02d}" for i in range(len(values))],
        },
        dtype=object,
    )
    analytes = tuple(Analyte(e, "ppm") for e in ("Ta", "Nb", "Sn", "W", "Ti", "Fe", "Mn", "Zr"))
    none = np.full(values.shape, np.nan)
    assay = Assay(facts, analytes, values, none, np.zeros(values.shape, dtype=bool))
    return Library(SampleSet.from_tables(assay))


def sphalerite(_, seed, found):
    """Swaps on the public data set; downloaded, or from FINGERPRINT_DATASETS."""
    library = _sphalerite()
    wrong, samples = swap_labels(library, 0.05, seed)
    told = {one.sample for one in check_library(wrong).unlike}
    tested = {
        name
        for name, site in zip(wrong.samples.ids, wrong.sample_site, strict=True)
        if wrong.n_reference[site] > 1
    }
    right = len(told & set(samples))
    found["sphalerite, 5 % swapped: recall"].append(right / len(samples))
    found["sphalerite, 5 % swapped: recall of those at sites with other samples"].append(
        right / len(set(samples) & tested)
    )
    found["sphalerite, 5 % swapped: precision"].append(right / max(len(told), 1))


@cache
def _sphalerite():
    with tempfile.TemporaryDirectory() as folder:
        datasets.build(datasets.recipe("sphalerite_laicpms"), Path(folder) / "library")
        return read_library(Path(folder) / "library")


def main():
    first, last = (int(word) for word in sys.argv[1:3])
    usual = (clean, labels, standard, single_shift, drift, twins, homogeneous)
    every = {f.__name__: f for f in (*usual, sphalerite, admission)}
    wanted = [every[name] for name in sys.argv[3:]] or usual
    found = defaultdict(list)
    for seed in range(first, last):
        library = simulate_library(Design(), seed).library
        for measure in wanted:
            measure(library, seed, found)
        print(seed, file=sys.stderr, flush=True)
    for name, values in found.items():
        print(f"{name}: {_summary(np.array(values, dtype=float))}")


def _summary(values):
    """Mean with its 95 % interval: of Clopper and Pearson for yes or no, else by bootstrap."""
    n = len(values)
    if np.isin(values, (0.0, 1.0)).all():
        low, high = binomtest(int(values.sum()), n).proportion_ci(0.95, "exact")
        return f"{values.sum():.0f} of {n}, {values.mean():.4f} [{low:.4f}, {high:.4f}]"
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, n, (4000, n))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return f"{values.mean():.3f} [{low:.3f}, {high:.3f}] (n = {n})"


if __name__ == "__main__":
    main()

"""How often the checks of a library find planted faults; run by hand.

    python benchmarks/library_health.py 100 150

Arguments: first seed, the one after the last, and if wanted the names of what to measure. Seeds
0-19 served to choose methods and thresholds; figures are quoted for others. Intervals are of the
mean over seeds, by bootstrap; of `admission`, where each seed gives a yes or a no, Clopper-Pearson.
"""

import sys
import tempfile
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
from library_admission import admission
from scipy.stats import binomtest

from fingerprint.health import check_library
from fingerprint.health.common_factor import common_factors
from fingerprint.health.groups import groupings
from fingerprint.library import datasets, read_library
from fingerprint.simulate import Design, simulate_library
from fingerprint.simulate.faults import (
    copy_sample,
    let_drift,
    multiply,
    swap_labels,
    wrong_standard,
)

FACTORS = (0.5, 0.8, 1.25, 2.0, 6.67)


def clean(library, seed, found):
    health = check_library(library)
    for name in ("unlike", "twins", "factors", "shifts", "drift"):
        found[f"clean library: {name}, number"].append(len(getattr(health, name)))
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
        health = check_library(multiply(library, by))
        key = library.samples.assay.keys[j]
        told = any(s.analyte == key and s.grouping == "laboratory" for s in health.shifts)
        found[f"one analyte of a laboratory times {factor}: found"].append(told)
        found[f"one analyte of a laboratory times {factor}: taken for a common factor"].append(
            len(health.factors)
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
        told = check_library(copy_sample(library, sample, str(library.sites[0]), **how)).twins
        found[f"sample copied {name}: found"].append(any(sample in t.samples for t in told))
        found[f"sample copied {name}: factor within 1 %"].append(
            any(
                sample in t.samples and abs(abs(np.log(t.factor)) - np.log(how["factor"])) < 0.01
                for t in told
            )
        )


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
    usual = (clean, labels, standard, single_shift, drift, twins)
    every = {f.__name__: f for f in (*usual, sphalerite, admission)}
    wanted = [every[name] for name in sys.argv[3:]] or usual
    found = defaultdict(list)
    for seed in range(first, last):
        library = simulate_library(Design(), seed).library
        for measure in wanted:
            measure(library, seed, found)
        print(seed, file=sys.stderr, flush=True)
    rng = np.random.default_rng(0)
    for name, values in found.items():
        v = np.array(values, dtype=float)
        if name.startswith("batch"):
            low, high = binomtest(int(v.sum()), len(v)).proportion_ci(method="exact")
            print(f"{name}: {int(v.sum())} of {len(v)} [{low:.3f}, {high:.3f}]")
            continue
        means = v[rng.integers(0, len(v), (4000, len(v)))].mean(axis=1)
        low, high = np.quantile(means, (0.025, 0.975))
        print(f"{name}: {v.mean():.3f} [{low:.3f}, {high:.3f}] (n = {len(v)})")


if __name__ == "__main__":
    main()

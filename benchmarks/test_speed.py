"""How long things take: `make bench`. Compare the rows of a group; quote ratios, not seconds."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import ks_2samp

from builders import with_limits
from fingerprint.evidence import FUSED, SCORERS
from fingerprint.evidence.features import log_table
from fingerprint.intake.shipped import shipped
from fingerprint.judgement import all_claims, judge, train, train_for_samples
from fingerprint.library import Library, datasets, read_library


@pytest.fixture(scope="module")
def library():
    return read_library(shipped("datasets") / "made_up" / "library")


@pytest.fixture(scope="module")
def sphalerite(tmp_path_factory):
    if not os.environ.get("FINGERPRINT_DATASETS"):
        pytest.skip("set FINGERPRINT_DATASETS to the folder of public data sets")
    folder = tmp_path_factory.mktemp("sphalerite") / "library"
    datasets.build(datasets.recipe("sphalerite_laicpms"), folder)
    return read_library(folder)


def process(*words):
    subprocess.run([sys.executable, *words], check=True, capture_output=True)


@pytest.mark.benchmark(group="start-up: --help at most 3 times a bare import of click")
@pytest.mark.parametrize(
    "words",
    [("-c", "import click"), (str(Path(sys.executable).parent / "fingerprint"), "--help")],
    ids=["import click", "fingerprint --help"],
)
def test_start_up(benchmark, words):
    benchmark.pedantic(process, words, rounds=10, warmup_rounds=2)


@pytest.mark.benchmark(group="ks of 20 samples against 40 sites")
def test_ks_of_ours(benchmark, library):
    scorer = SCORERS["ks"](0, 1).fit(library)
    queries = library.samples.take(np.arange(20))
    assert benchmark(scorer.score, queries).shape == (20, 40)


@pytest.mark.benchmark(group="ks of 20 samples against 40 sites")
def test_ks_of_scipy(benchmark, library):
    table = log_table(library.samples.assay, library.samples.assay.keys)
    samples = [table.x[library.samples.grain_sample == i] for i in range(20)]
    sites = [table.x[library.grain_site == s] for s in range(len(library.sites))]

    def distances():
        return [
            [
                [
                    ks_2samp(q[np.isfinite(q)], r[np.isfinite(r)], method="asymp").statistic
                    for q, r in zip(sample.T, site.T, strict=True)
                ]
                for site in sites
            ]
            for sample in samples
        ]

    assert len(benchmark.pedantic(distances, rounds=1)) == 20


@pytest.mark.benchmark(group="fit and score, by scorer")
@pytest.mark.parametrize("name", SCORERS)
def test_scorers(benchmark, library, name):
    queries = library.samples.take(np.arange(20))

    def fit_and_score():
        return SCORERS[name](0, 1).fit(library).score(queries)

    assert np.isfinite(benchmark.pedantic(fit_and_score, rounds=3)).all()


@pytest.mark.benchmark(group="sphalerite, 3,794 grains: train with all scorers (90 s at most)")
@pytest.mark.parametrize("scorers", [FUSED, tuple(SCORERS)], ids=["fused", "all"])
def test_train(benchmark, sphalerite, scorers):
    model = benchmark.pedantic(train, (sphalerite, scorers), {"n_jobs": 2}, rounds=1)
    assert len(model.sites.names) == 96


@pytest.mark.benchmark(group="sphalerite: some 50 grains against 96 sites (0.2 s at most)")
@pytest.mark.parametrize("share", [0.0, 0.3], ids=["all above limits", "30 % beneath"])
def test_query(benchmark, sphalerite, share):
    limits = np.nanquantile(sphalerite.samples.assay.values, share, axis=0)
    library = Library(with_limits(sphalerite.samples, limits))
    model = train_for_samples(library, n_jobs=2)
    query = library.samples.take(np.array([np.abs(library.samples.n_grains - 50).argmin()]))
    assert np.isfinite(benchmark.pedantic(model.weigh, (query,), rounds=10).log10_lr).all()


@pytest.mark.benchmark(group="sphalerite: 100 samples against all sites (10 s at most)")
def test_screen(benchmark, sphalerite):
    model = train(sphalerite, n_jobs=2)
    queries = sphalerite.samples.take(np.arange(100))

    def screen():
        return list(judge(model, queries, all_claims(model, queries), model.policy))

    assert len(benchmark.pedantic(screen, rounds=2)) == 9600

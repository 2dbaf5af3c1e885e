"""Small tables made by hand, for the tests of every room."""

from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from fingerprint.chemistry import Analyte
from fingerprint.evidence import SCORERS, Forest, SampleForest
from fingerprint.judgement import Model, Policy
from fingerprint.judgement.conformal import TrueScores
from fingerprint.judgement.facts import Provenance, SiteFacts, Support
from fingerprint.judgement.fusion import Fusion
from fingerprint.judgement.open_fusion import OpenFusion
from fingerprint.library import Library
from fingerprint.simulate import simulate_gaussian
from fingerprint.tables import Assay, SampleSet

ELEMENTS = ("Ta", "Nb", "Sn", "W", "Ti", "Fe", "Mn", "Zr", "Hf", "U")


def assay_of(values, samples, *, elements=ELEMENTS, limits=None, censored=None, **more):
    """Grains x analytes in ppm; a censored cell takes its limit."""
    values = np.array(values, dtype=float)
    if values.ndim == 1:
        values = values[:, None]
    censored = np.zeros(values.shape, bool) if censored is None else np.array(censored, bool)
    limits = np.broadcast_to(np.nan if limits is None else limits, values.shape).astype(float)
    facts = {name: more.pop(name) for name in list(more) if name != "standard_errors"}
    return Assay(
        pd.DataFrame({"sample": list(samples), **facts}, dtype=object),
        tuple(Analyte(e, "ppm") for e in elements[: values.shape[1]]),
        np.where(censored, limits, values),
        limits.copy(),
        censored,
        **more,
    )


def samples_of(values, samples, **more):
    return SampleSet.from_tables(assay_of(values, samples, **more))


def library_of(values, samples, sites, **more):
    return Library(samples_of(values, samples, site=list(sites), **more))


def rows_of(samples, order):
    """The same samples, read from a table whose rows come in another order."""
    assay = samples.assay
    facts = samples.facts.reset_index().astype(object)
    return SampleSet.from_tables(assay.take(np.asarray(order)), sample_facts=facts)


def relabelled(library, sites):
    """The same samples under other sites."""
    bare = library.samples.facts.drop(columns="site").reset_index().astype(object)
    facts = bare.assign(site=list(sites))
    return Library(SampleSet.from_tables(library.samples.assay, sample_facts=facts))


def gaussian(n_sites=12, n_samples=5, n_grains=8, p=6, seed=1, between=0.3, within=0.02):
    eye = np.eye(p)
    return simulate_gaussian(
        n_sites, n_samples, n_grains, between * eye, within * eye, 0.05 * eye, seed
    )


def with_limits(samples, limits):
    """The same grains measured with such limits."""
    assay = samples.assay
    below = assay.values < limits
    coarse = replace(
        assay,
        values=np.where(below, limits, assay.values),
        limits=np.broadcast_to(limits, assay.values.shape).copy(),
        censored=below,
    )
    return replace(samples, assay=coarse)


def sites_of(*sites):
    """One sample a site, each a list of grains."""
    names = [f"{k}" for k, s in enumerate(sites) for _ in s]
    return library_of(np.concatenate([np.array(s, float) for s in sites]), names, names)


def half_below_the_limit():
    """Of site x two grains lie below 2 ppm and two above it; site y was measured lower."""
    censored = [[True], [True], [False], [False], [False], [False]]
    values = [[2.0], [2.0], [8.0], [9.0], [1.0], [1.0]]
    return library_of(values, list("aabbcc"), list("xxxxyy"), limits=2.0, censored=censored)


def normal_grains(n, p=3):
    """(n, p) standard normal values without luck: quantiles, each analyte in its own order."""
    z = norm.ppf((np.arange(n) + 0.5) / n)
    rng = np.random.default_rng(0)
    return np.stack([rng.permutation(z) for _ in range(p)], axis=1)


@contextmanager
def small_forests(n_trees=15):
    """Train with small forests: the same code in a fraction of the time."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in (Forest, SampleForest):
            patch.setitem(SCORERS, kind.name, lambda seed, _, kind=kind: kind(n_trees, seed=seed))
        yield


class TableScorer:
    """Gives the scores that it is told, sample by sample."""

    name = "table"

    def __init__(self, table):
        self.table = table

    def score(self, samples):
        return np.array([self.table[sample] for sample in samples.ids], dtype=float)

    def resampled(self, sample, counts, normals):
        return np.repeat(self.score(sample), len(counts), axis=0)


LN10 = np.log(10.0)


def told_model(table, **changes):
    """A model of sites A, B, C whose log10 LR are those of the table, by sample.

    A and B are neighbours, C has none, B is known by one reference sample. Against neighbours the
    log10 LR has the sign of the lead over the best of them. The true claims scored 0.0 to 5.9.
    """
    one = np.ones(1)
    plain = Fusion(np.zeros(1), one, one, 0.0)

    def only(k, n):
        one_feature = (np.arange(n) == k).astype(float)
        return OpenFusion.of_one(Fusion(np.zeros(n), np.ones(n), one_feature, 0.0))

    n = 60
    told = Model(
        sites=SiteFacts(
            np.array(["A", "B", "C"], dtype=object),
            np.array(["north", "north", "south"], dtype=object),
            np.array([3, 1, 3]),
            np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=bool),
        ),
        analytes=ELEMENTS,
        reach=np.full(len(ELEMENTS), -np.inf),
        # The features are the scores' inverse hyperbolic sines.
        scorers={
            "table": TableScorer({s: np.sinh(LN10 * np.array(row)) for s, row in table.items()})
        },
        fusion=only(0, 2),
        calibration=plain,
        fusion_near=only(2, 3),
        calibration_near=plain,
        true_scores=TrueScores(
            LN10 * np.arange(n) / 10,
            np.full(n, 20),
            np.full(n, 3),
            np.full(n, 0.5),
            np.zeros(n),
            np.full(n, np.inf),
        ),
        support=Support(60, 9999),
        support_near=Support(60, 9999),
        policy=Policy(),
        provenance=Provenance("0" * 64, 0, 1, None, 7, 100, ("L1", "L2"), False),
    )
    return replace(told, **changes)


class HalfReader(TableScorer):
    """Tells the claim on A true of a sample whose values lie near 1.5."""

    def score(self, samples):
        x = np.log10(samples.assay.values / 1.5).mean(axis=1)
        sums = np.bincount(samples.grain_sample, x, len(samples))
        off = sums / samples.n_grains
        told = np.stack(
            [np.maximum(3.0 - 200 * off**2, -9.0), *np.full((2, len(off)), -5.0)], axis=1
        )
        return np.sinh(LN10 * told)

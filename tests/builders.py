"""Small tables made by hand, for the tests of every room."""

import numpy as np
import pandas as pd

from fingerprint.chemistry import Analyte
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

"""Two models of one library, each blind to half of every site's samples.

Single samples are held out in folds of a few, so that hardly two samples of one site are held out
together. Lots and blends need samples that are: held out one by one, each would be among the
reference samples of the others, and a lot would look more like its site than it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from fingerprint.evidence import SCORERS
from fingerprint.judgement.facts import SiteFacts
from fingerprint.judgement.model import Model
from fingerprint.judgement.splits import sample_folds
from fingerprint.judgement.trials import Trials, near_plan_of, plan_of
from fingerprint.judgement.unseen import fusions_without
from fingerprint.library import Library
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Ints

# Held-out samples of each half: bounds the time that scoring takes in a large library.
_MOST_SAMPLES = 1000


@dataclass(frozen=True, eq=False)
class Half:
    """A model and samples that neither its scorers nor its fusion have seen.

    Parameters
    ----------
    model
        Learned without the samples; it has the calibration of the whole.
    samples
        The samples.
    own_site
        (samples,) row of each one's own site among the model's, -1 where the model lacks it.
    """

    model: Model
    samples: SampleSet
    own_site: Ints


def halves(model: Model, library: Library, far: Trials, near: Trials | None) -> Iterator[Half]:
    """Learn two models, each from half of the samples of every site.

    Half of its reference samples tell less of a site than all of them: what is learned from these
    models errs towards weaker evidence.

    Parameters
    ----------
    model
        The model of the whole library, whose scorers, seed and cores are taken.
    library
        The reference samples that it was trained on.
    far, near
        Their trials, see `make_trials`; no near ones where they are too few to learn from.
    """
    source = model.provenance
    folds = sample_folds(library, 2, source.seed)
    names = tuple(model.scorers)
    fusions = fusions_without(far, folds, plan_of(names))
    nearby = dict.fromkeys(fusions, model.fusion_near)
    if near is not None:
        nearby |= fusions_without(near, folds, near_plan_of(names))
    for fold, fusion in fusions.items():
        known, held_out = library.take(folds != fold), library.take(_some(library, folds == fold))
        columns = np.searchsorted(library.sites.astype(str), known.sites.astype(str))
        facts = SiteFacts(
            known.sites,
            model.sites.districts[columns],
            known.n_reference,
            model.sites.neighbours[np.ix_(columns, columns)],
        )
        scorers = {
            name: SCORERS[name](source.seed, source.n_jobs).fit(known) for name in model.scorers
        }
        half = replace(model, sites=facts, scorers=scorers, fusion=fusion, fusion_near=nearby[fold])
        yield Half(half, held_out.samples, _rows_of(held_out, facts))


def _some(library: Library, held_out: np.ndarray) -> Ints:
    """Rows of the held-out samples, whole sites at a time, as many as time allows."""
    rows = np.flatnonzero(held_out)
    by_site = rows[np.argsort(library.sample_site[rows], kind="stable")]
    return np.sort(by_site[:_MOST_SAMPLES])


def _rows_of(library: Library, facts: SiteFacts) -> Ints:
    row = {name: i for i, name in enumerate(facts.names)}
    of_site = np.array([row.get(name, -1) for name in library.sites], dtype=np.int64)
    return np.asarray(of_site[library.sample_site])

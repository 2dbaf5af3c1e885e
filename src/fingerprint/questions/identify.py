"""Which sites may a sample come from, none of the known ones among the answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from fingerprint.errors import InputError
from fingerprint.judgement import Model
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Ranked:
    """One possible origin of a sample.

    Parameters
    ----------
    sample, rank, site
        Rank 1 is the most probable; the site is ``unknown`` for none of the library's.
    log10_lr
        Against elsewhere in general; 0 for ``unknown``, which is elsewhere in general.
    probability
        Under the stated prior.
    """

    sample: str
    rank: int
    site: str
    log10_lr: float
    probability: float


def identify(model: Model, samples: SampleSet, prior_unknown: float = 0.5) -> list[Ranked]:
    """Rank the sites that samples may come from.

    The prior is equal over the library's sites, with a share left for none of them. The odds of
    each site against ``unknown`` are its prior odds times its likelihood ratio against elsewhere.

    Parameters
    ----------
    model
        A trained model.
    samples
        Samples of unknown origin.
    prior_unknown
        Prior probability that a sample comes from no known site.

    Raises
    ------
    InputError
        If the prior is not between 0 and 1.
    """
    if not 0.0 < prior_unknown < 1.0:
        raise InputError(
            f"the prior of an unknown origin is {prior_unknown}",
            "Give --prior-unknown a number between 0 and 1.",
        )
    names = [*model.sites.names, UNKNOWN]
    log10_lr = model.weigh(samples).log10_lr
    probability = probabilities(log10_lr, prior_unknown)
    log10_lr = np.concatenate([log10_lr, np.zeros((len(samples), 1))], axis=1)
    ranking = []
    for i, sample in enumerate(samples.ids):
        order = np.argsort(-probability[i], kind="stable")
        for rank, site in enumerate(order, start=1):
            ranking.append(
                Ranked(
                    str(sample),
                    rank,
                    str(names[site]),
                    float(log10_lr[i, site]),
                    float(probability[i, site]),
                )
            )
    return ranking


def probabilities(log10_lr: Floats, prior_unknown: float) -> Floats:
    """Probability of each site, and in the last column of none of them.

    Parameters
    ----------
    log10_lr
        (samples, sites) against elsewhere in general.
    prior_unknown
        See `identify`.

    Returns
    -------
    array
        (samples, sites + 1); each row sums to 1.
    """
    n_samples, n_sites = log10_lr.shape
    prior = np.append(np.full(n_sites, (1.0 - prior_unknown) / n_sites), prior_unknown)
    against = np.concatenate([log10_lr, np.zeros((n_samples, 1))], axis=1)
    return np.asarray(softmax(np.log(prior) + np.log(10.0) * against, axis=1))

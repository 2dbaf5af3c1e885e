"""A sample as a blend of named sites: its grains are dealt to the sites, and the parts weighed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from fingerprint.errors import InputError
from fingerprint.judgement.model import Model
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats, Ints

SEPARATOR = ";"
_STEPS = 50


def sites_of_claim(claim: str) -> tuple[str, ...]:
    """Read the sites that a claim names, in its order, each once.

    >>> sites_of_claim("North Pit; South Pit")
    ('North Pit', 'South Pit')
    >>> sites_of_claim("North Pit;North Pit")
    ('North Pit',)

    Raises
    ------
    InputError
        If a name between the separators is blank.
    """
    if SEPARATOR not in claim:
        return (claim,)
    names = [name.strip() for name in claim.split(SEPARATOR)]
    if not all(names):
        raise InputError(
            f"the claim {claim!r} names a site that is blank",
            "Name the sites of a blend with one ; between two of them: A;B.",
            column="claim",
        )
    return tuple(dict.fromkeys(names))


@dataclass(frozen=True, eq=False)
class Dealing:
    """The grains of one sample dealt to the sites that a claim names.

    Parameters
    ----------
    sites
        Rows of the named sites among the model's.
    part
        (grains,) index into `sites` of the site that each grain went to.
    shares
        (named sites,) estimated shares; they sum to 1.
    """

    sites: Ints
    part: Ints
    shares: Floats


def deal(grain_scores: Floats, sites: Ints) -> Dealing:
    """Deal grains by their posterior under a mixture of the named sites at unknown shares.

    Shares by expectation-maximisation (Dempster, Laird & Rubin 1977), each grain's score being
    taken for its log likelihood up to a constant.

    Parameters
    ----------
    grain_scores
        (grains, sites of the model) from `grain_scores`.
    sites
        Rows of the named sites.
    """
    named = np.nan_to_num(grain_scores[:, sites])
    likelihood = np.exp(named - named.max(axis=1, keepdims=True))
    shares = np.full(len(sites), 1.0 / len(sites))
    for _ in range(_STEPS):
        posterior = likelihood * shares
        posterior /= posterior.sum(axis=1, keepdims=True)
        shares = posterior.mean(axis=0)
    return Dealing(sites, np.argmax(posterior, axis=1).astype(np.int64), shares)


def grain_scores(model: Model, samples: SampleSet) -> Floats:
    """(grains, sites) scores of each grain, as a sample of its own, by the model's first scorer.

    By default that is the three-level model, whose scores are log likelihood ratios.
    """
    first = next(iter(model.scorers.values()))
    return first.score(regrouped(samples, np.arange(samples.assay.n_grains)[:, None]))


@dataclass(frozen=True, eq=False)
class Way:
    """One way to take a sample: parts of its grains, each on one of the named sites.

    Parameters
    ----------
    grains
        For each part, its grains, as rows of the assay.
    sites
        (parts,) the site of each.
    place
        (parts,) where each stands among all parts that are weighed together.
    """

    grains: tuple[Ints, ...]
    sites: Ints
    place: Ints

    @property
    def share(self) -> Floats:
        """(parts,) share of the sample's grains in each part."""
        sizes = np.array([len(rows) for rows in self.grains])
        return np.asarray(sizes / sizes.sum())

    def mean(self, scores: Floats) -> float:
        """Mean over its parts, by share, of scores of (all parts, sites)."""
        return float(self.share @ scores[self.place, self.sites])


@dataclass(frozen=True, eq=False)
class BlendWeighed:
    """How alike each sample is to the blend that its claim names.

    Parameters
    ----------
    score, score_near
        (samples,) fused scores, natural logarithms, of the best way to take the sample: as a
        blend, or as coming from one of the named sites alone.
    ways
        For each sample, the way that is best.
    """

    score: Floats
    score_near: Floats
    ways: tuple[Way, ...]


def weigh_blends(
    model: Model, samples: SampleSet, dealings: Sequence[Dealing], more_hidden: Ints | None = None
) -> tuple[BlendWeighed, ...]:
    """Weigh each sample as a blend of the sites that its claim names.

    The sample is weighed whole on each named site, and dealt, each part on its own site; the other
    named sites are no competitors. Scores of parts are averaged by their share of the grains,
    and the best way counts: a blend may turn out one-sided.

    Parameters
    ----------
    model
        A trained model.
    samples
        The samples, all with grains.
    dealings
        One a sample.
    more_hidden
        None, or (samples,) a further site to be kept out of the cohort, for a second answer.

    Returns
    -------
    tuple
        With all sites in the cohort, and, if asked for, with one more hidden.
    """
    ways = _ways(samples, dealings)
    parts = [(i, way) for i, of_sample in enumerate(ways) for way in of_sample]
    grains = [rows for _, way in parts for rows in way.grains]
    sample = np.array([i for i, way in parts for _ in way.grains], dtype=np.int64)
    hidden = np.concatenate([_others(dealings[i].sites, way.sites) for i, way in parts])
    scores = _scores(model, samples, grains)
    answers = [_best(ways, *model.without(scores, hidden))]
    if more_hidden is not None:
        wider = np.column_stack([hidden, more_hidden[sample]])
        answers.append(_best(ways, *model.without(scores, wider)))
    return tuple(answers)


def _scores(model: Model, samples: SampleSet, grains: list[Ints]) -> Floats:
    """(scorers, parts, sites) scores; each array of grains is scored once."""
    once = {id(rows): rows for rows in grains}
    place = {one: k for k, one in enumerate(once)}
    at = np.array([place[id(rows)] for rows in grains], dtype=np.int64)
    together = regrouped(samples, list(once.values()))
    return np.asarray(model.weigh(together).scores[:, at])


def _ways(samples: SampleSet, dealings: Sequence[Dealing]) -> list[list[Way]]:
    """For each sample: whole on each of the sites, and dealt to all of them."""
    ways: list[list[Way]] = []
    n = 0
    for i, dealing in enumerate(dealings):
        rows = np.arange(*samples.bounds[i : i + 2])
        dealt = [rows[dealing.part == k] for k in range(len(dealing.sites))]
        some = [k for k, part in enumerate(dealt) if part.size]
        given = [((rows,), dealing.sites[k : k + 1]) for k in range(len(dealing.sites))]
        given.append((tuple(dealt[k] for k in some), dealing.sites[some]))
        ways.append([])
        for grains, sites in given:
            ways[-1].append(Way(grains, sites, n + np.arange(len(grains))))
            n += len(grains)
    return ways


def _best(ways: list[list[Way]], score: Floats, score_near: Floats) -> BlendWeighed:
    best = tuple(max(each, key=lambda way: way.mean(score)) for each in ways)
    return BlendWeighed(
        np.array([way.mean(score) for way in best]),
        np.array([way.mean(score_near) for way in best]),
        best,
    )


def _others(named: Ints, own: Ints) -> Ints:
    """(parts, named sites - 1) the named sites but each part's own."""
    return np.stack([named[named != site] for site in own])


def regrouped(samples: SampleSet, grains: Sequence[Ints] | Ints) -> SampleSet:
    """Return samples made of given grains, called by their number.

    Parameters
    ----------
    samples
        Where the grains are from.
    grains
        Rows of the assay that each sample takes; a grain may stand in several.
    """
    sample = np.repeat(np.arange(len(grains)), [len(rows) for rows in grains])
    ids = np.array([f"{i:09d}" for i in range(len(grains))], dtype=object)
    assay = samples.assay.take(np.concatenate(grains))
    named = replace(assay, facts=pd.DataFrame({"sample": ids[sample]}, dtype=object))
    return SampleSet(named, pd.DataFrame(index=pd.Index(ids, name="sample")), sample)

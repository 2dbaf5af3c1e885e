"""A factor common to all analytes of a sample: a wrong internal standard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import chi2, norm

from fingerprint.judgement.conditions import scaled
from fingerprint.judgement.model import Model
from fingerprint.judgement.verdict import CommonFactor
from fingerprint.quality.places import places_of
from fingerprint.tables import SampleSet
from fingerprint.tables.arrays import Floats, Ints, frozen

# log10 of the factors that are tried first, and steps about the best of them.
GRID: Floats = frozen(np.round(np.arange(-1.2, 1.201, 0.04), 2))
_CLOSER: Floats = frozen(np.round(np.arange(-0.06, 0.0601, 0.004), 3))
# A log likelihood ratio that chance reaches in 1 % of claims, one parameter being fitted; and the
# fall from its top within which the factor lies with 95 % confidence.
_LEAST_GAIN = float(chi2.isf(0.01, 1) / 2)
_FALL = float(chi2.isf(0.05, 1) / 2)
# Fewer concentrations cannot tell what is common to all from what one analyte does.
_LEAST_ANALYTES = 3
# Samples of a session that take part: enough to know its factor well.
_MOST_POOLED = 40


def divided(samples: SampleSet, factor: CommonFactor) -> SampleSet:
    """Return the samples without the factor."""
    return scaled(samples, np.full((len(samples), len(samples.assay.keys)), 1.0 / factor.factor))


def profile(model: Model, samples: SampleSet, tried: Floats = GRID) -> Floats | None:
    """Likelihood ratios of the samples after division by each factor that is tried.

    Parameters
    ----------
    model
        A trained model. The ratios are those of its three-level scorer.
    samples
        The samples.
    tried
        (factors,) log10.

    Returns
    -------
    array or None
        (factors, samples, sites), natural logarithm; None if the model has no such scorer, or
        fewer than three of its analytes are concentrations that the samples give.
    """
    scorer = model.scorers.get("three_level")
    given = [a.key in model.analytes and a.quantity == "ppm" for a in samples.assay.analytes]
    if scorer is None or sum(given) < _LEAST_ANALYTES:
        return None
    scores = scorer.score(_divided_by_each(samples, tried))
    return scores.reshape(tried.size, len(samples), -1)


def widened(found: CommonFactor, spread: float) -> CommonFactor:
    """Widen the interval by what is not the factor's: the mean of the analytes' own offsets.

    Parameters
    ----------
    found
        The factor as the claims have it.
    spread
        Standard deviation of that mean, as a natural logarithm.
    """
    down, up = np.log([found.factor / found.low, found.high / found.factor])
    more = float(norm.isf(0.025)) * spread
    low, high = (
        found.factor * np.exp(-np.hypot(down, more)),
        found.factor * np.exp(np.hypot(up, more)),
    )
    return replace(found, low=float(low), high=float(high))


def _divided_by_each(samples: SampleSet, tried: Floats) -> SampleSet:
    """Return all samples divided by the first factor, then all by the second, and so on."""
    n, times = len(samples), np.arange(tried.size)
    grains = np.tile(np.arange(samples.assay.n_grains), tried.size)
    copies = SampleSet(
        samples.assay.take(grains),
        samples.facts.iloc[np.tile(np.arange(n), tried.size)],
        (samples.grain_sample + n * times[:, None]).ravel(),
    )
    shape = (len(copies), len(samples.assay.keys))
    return scaled(copies, np.broadcast_to(10.0 ** -np.repeat(tried, n)[:, None], shape))


def factor_of(
    model: Model,
    samples: SampleSet,
    sites: Ints,
    limit: float,
    first_look: Floats | None = None,
) -> CommonFactor | None:
    """Find the factor of some samples under one claim on each, coarsely and then closely.

    Parameters
    ----------
    model, samples
        A trained model, and samples that share a factor if they have one.
    sites
        (samples,) row of the site that each is claimed for.
    limit
        See `common_factor`.
    first_look
        What `profile` gave for them, if it is at hand.
    """
    coarse = profile(model, samples) if first_look is None else first_look
    if coarse is None:
        return None
    of_claims = coarse[:, np.arange(sites.size), sites]
    weight = _weights(sites, model.sites.n_reference)
    found = common_factor(GRID, of_claims, weight, limit)
    if found is None:
        return None
    closer = np.log10(found.factor) + _CLOSER
    fine = profile(model, samples, closer)
    if fine is None:
        return None
    tried, ratios = np.append(GRID, closer), [of_claims, fine[:, np.arange(sites.size), sites]]
    order = np.argsort(tried, kind="stable")
    found = common_factor(tried[order], np.concatenate(ratios)[order], weight, limit)
    n_analytes = sum(key in model.analytes for key in samples.assay.keys)
    offset = model.policy.laboratory_offset / np.sqrt(n_analytes)
    return None if found is None else widened(found, float(offset))


def common_factor(
    tried: Floats, log_lr: Floats, weight: Floats, limit: float
) -> CommonFactor | None:
    """Find the factor under which claims fit, if they fit far better than without.

    A claim is taken to be true with even odds, and its likelihood without being true does not
    depend on the factor: ``sum_i weight_i log((1 + LR_i(c)) / 2)``. False claims thus add nothing,
    however many stand among true ones. That sum at its top less that of no factor must exceed
    what chance reaches in 1 % of claims.

    Parameters
    ----------
    tried
        (factors,) log10, ascending, 0 among them.
    log_lr
        (factors, claims) of claims on different samples, from `profile`.
    weight
        (claims,) how much each counts.
    limit
        A factor within ``1 - limit`` and ``1 + limit`` is none.

    Returns
    -------
    CommonFactor or None
        None too if the best factor lies at the end of those that were tried.
    """
    known = ~np.isnan(log_lr).any(axis=0)
    fit = np.logaddexp(0.0, log_lr[:, known]) @ weight[known]
    top = int(np.argmax(fit))
    at_end = top in (0, tried.size - 1)
    if at_end or fit[top] - fit[np.argmin(np.abs(tried))] < _LEAST_GAIN:
        return None
    factor = float(10.0 ** tried[top])
    if abs(factor - 1.0) < limit:
        return None
    low, high = _within(tried, fit - (fit[top] - _FALL), top)
    return CommonFactor(factor, float(10.0**low), float(10.0**high), int(known.sum()))


def of_sessions(
    model: Model, samples: SampleSet, claims: Sequence[tuple[int, int]], limit: float
) -> dict[int, CommonFactor]:
    """Find the factors of sessions, from all claims on the samples measured in them.

    Parameters
    ----------
    model, samples
        A trained model, and the samples.
    claims
        Rows of samples and sites. A sample with several claims takes no part: its own is not known.
    limit
        See `common_factor`.

    Returns
    -------
    dict
        The factor of each sample, by its row, where its session has one.
    """
    found: dict[int, CommonFactor] = {}
    for rows, sites in _sessions(samples, claims):
        some = slice(_MOST_POOLED)
        factor = factor_of(model, samples.take(rows[some]), sites[some], limit)
        if factor is not None:
            found |= dict.fromkeys(rows.tolist(), factor)
    return found


def _sessions(samples: SampleSet, claims: Sequence[tuple[int, int]]) -> list[tuple[Ints, Ints]]:
    """Rows and claimed sites of the samples of each session that measured two or more."""
    site_of: dict[int, set[int]] = {}
    for row, site in claims:
        site_of.setdefault(row, set()).add(site)
    by_place: dict[tuple[object, ...], list[int]] = {}
    for row, places in enumerate(places_of(samples)):
        if len(site_of.get(row, ())) == 1 and ("", "") not in places:
            by_place.setdefault(tuple(sorted(places)), []).append(row)
    return [
        (np.array(rows), np.array([next(iter(site_of[row])) for row in rows]))
        for rows in by_place.values()
        if len(rows) > 1
    ]


def _weights(sites: Ints, n_reference: Ints) -> Floats:
    """(claims,) so that claims on one site count for no more than its reference samples bear.

    They share what is not known of the site. With r reference samples the mean of n samples is off
    by a variance of ``1/r + 1/n`` where one is by ``1/r + 1``, in units of the variance between
    samples: together they count as the ratio of the two.
    """
    _, at, counts = np.unique(sites, return_inverse=True, return_counts=True)
    n, r = counts[at], np.maximum(n_reference[sites], 1)
    return np.asarray((1 / r + 1.0) / (1 / r + 1 / n) / n)


def _within(tried: Floats, above: Floats, top: int) -> tuple[float, float]:
    """Where a curve that is positive at its top crosses zero to either side of it."""
    ends = []
    for step in (-1, 1):
        at = top
        while 0 < at + step < tried.size - 1 and above[at + step] > 0:
            at += step
        inner, outer = above[at], above[at + step]
        share = inner / (inner - outer) if inner > 0 > outer else 1.0
        ends.append(float(tried[at] + share * (tried[at + step] - tried[at])))
    return ends[0], ends[1]

"""A made-up library, controls with their claims, and the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from fingerprint.chemistry import Analyte
from fingerprint.errors import InputError
from fingerprint.library import Library
from fingerprint.library.reference import MADE_UP
from fingerprint.simulate.claims import make_claims
from fingerprint.simulate.deposits import Deposits, dig, lay_deposits
from fingerprint.simulate.design import Design
from fingerprint.simulate.laboratory import Sessions, deal_sessions, measure, open_sessions
from fingerprint.simulate.minerals import ANALYTES
from fingerprint.tables import Assay, SampleSet
from fingerprint.tables.arrays import Floats, Ints

# References are collected over six years, controls in the year after.
_FIRST_DAY, _REFERENCE_DAYS, _CONTROL_SHARE = date(2018, 1, 1), 6 * 365, 1 / 6


@dataclass(frozen=True, eq=False)
class MadeUp:
    """Made-up data with known truth.

    Parameters
    ----------
    design, seed
        What it was made from.
    library
        The reference samples.
    controls
        Control samples; their facts carry no site.
    claims
        ``sample``, ``claim``: what the papers of each control say.
    truth
        ``sample``, ``site`` (``""``: a site that is in no library), ``district``.
    """

    design: Design
    seed: int
    library: Library
    controls: SampleSet
    claims: pd.DataFrame
    truth: pd.DataFrame


def simulate_library(design: Design, seed: int) -> MadeUp:
    """Make up a library, and controls to check against it.

    Parameters
    ----------
    design
        What it looks like.
    seed
        0 or more. The same design and seed give the same data.

    Raises
    ------
    InputError
        If the seed is negative.
    """
    if seed < 0:
        raise InputError(f"the seed {seed} is negative", "Give 0 or more.")
    ground, lab, reference, supply = (
        np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4)
    )
    deposits = lay_deposits(design, ground)
    sessions = open_sessions(design, lab)
    library = _reference_samples(deposits, sessions, reference)
    controls, claims, truth = _control_samples(deposits, sessions, supply)
    return MadeUp(design, seed, Library(library), controls, claims, truth)


def _reference_samples(
    deposits: Deposits, sessions: Sessions, rng: np.random.Generator
) -> SampleSet:
    n_samples = _samples_of_sites(deposits.design, rng)
    sample_site = np.repeat(np.arange(len(n_samples)), n_samples)
    facts = _where(deposits, sample_site)
    facts.insert(0, "sample", [f"R{i + 1:04d}" for i in range(len(facts))])
    return _analyse(deposits, sessions, facts, sample_site, rng.random(len(facts)), rng)


def _samples_of_sites(design: Design, rng: np.random.Generator) -> Ints:
    low, high = design.samples_a_site
    counts = rng.integers(low, high, size=design.n_sites, endpoint=True)
    order = rng.permutation(design.n_sites)
    single = round(design.single_share * design.n_sites)
    double = round(design.double_share * design.n_sites)
    counts[order[:single]] = 1
    counts[order[single : single + double]] = 2
    return counts


def _where(deposits: Deposits, sample_site: Ints) -> pd.DataFrame:
    districts = deposits.site_district[sample_site]
    return pd.DataFrame(
        {
            "site": [deposits.names.sites[s] for s in sample_site],
            "district": [deposits.names.districts[d] for d in districts],
            "country": [deposits.country(d) for d in districts],
        },
        dtype=object,
    )


def _control_samples(
    deposits: Deposits, sessions: Sessions, rng: np.random.Generator
) -> tuple[SampleSet, pd.DataFrame, pd.DataFrame]:
    lots = make_claims(deposits, rng)
    lot = np.repeat(np.arange(len(lots.origin)), lots.n_samples)
    ids = [f"C{i + 1:04d}" for i in range(len(lot))]
    facts = pd.DataFrame({"sample": ids, "lot": [f"L{i + 1:03d}" for i in lot]}, dtype=object)
    origin, claim = lots.origin[lot], lots.claim[lot]
    moment = 1 + _CONTROL_SHARE * rng.random(len(lots.origin))[lot]
    controls = _analyse(deposits, sessions, facts, origin, moment, rng)
    claims = pd.DataFrame({"sample": ids, "claim": [deposits.names.sites[s] for s in claim]})
    truth = _where(deposits, origin)
    truth.insert(0, "sample", ids)
    truth.loc[origin >= deposits.design.n_sites, "site"] = ""
    return controls, claims, truth[["sample", "site", "district"]]


def _analyse(
    deposits: Deposits,
    sessions: Sessions,
    facts: pd.DataFrame,
    sample_site: Ints,
    moment: Floats,
    rng: np.random.Generator,
) -> SampleSet:
    """Take the samples and measure them; for `moment` see `deal_sessions`."""
    design = deposits.design
    low, high = design.grains_a_sample
    n_grains = rng.integers(low, high, size=len(facts), endpoint=True)
    session = deal_sessions(design, sessions, moment, rng)
    grain_sample = np.repeat(np.arange(len(facts)), n_grains)
    ppm = dig(deposits, sample_site, n_grains, rng)
    rows = session[grain_sample]
    limits = sessions.limits[rows]
    values, censored = measure(design, ppm, sessions.factors[rows], limits, rng)
    facts = facts.assign(collected_on=_days(moment), method="LA-ICP-MS", origin_of_data=MADE_UP)
    grains = pd.DataFrame(
        {
            "sample": facts["sample"].to_numpy()[grain_sample],
            "grain": [str(i + 1) for n in n_grains for i in range(n)],
            "mineral": deposits.site_mineral[sample_site][grain_sample],
            "laboratory": sessions.laboratories[rows],
            "session": sessions.names[rows],
        },
        dtype=object,
    )
    kept = slice(design.n_analytes)
    analytes = tuple(Analyte(name, "ppm") for name in ANALYTES[kept])
    assay = Assay(grains, analytes, values[:, kept], limits[:, kept], censored[:, kept])
    return SampleSet.from_tables(assay, sample_facts=facts)


def _days(moment: Floats) -> list[str]:
    days = np.floor(moment * _REFERENCE_DAYS).astype(np.int64)
    return [(_FIRST_DAY + timedelta(days=int(d))).isoformat() for d in days]

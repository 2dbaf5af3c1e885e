"""The ground: districts, their sites, and the grain populations that neighbours share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.simulate.design import Design
from fingerprint.simulate.minerals import (
    ANALYTES,
    concentrations,
    correlated_normals,
    medians,
    spreads,
)
from fingerprint.simulate.names import Names, invent_names
from fingerprint.tables.arrays import Floats, Ints, Texts

_DISTRICTS_A_COUNTRY = 4
# Sites differ more in some districts than in others: the standard deviation between sites is
# multiplied by a factor between these, even on the logarithmic scale; its mean square is 1.
_CONTRASTS = (0.55, 1.54)


@dataclass(frozen=True, eq=False)
class Deposits:
    """Sites as nature made them; those beyond `Design.n_sites` are in no library.

    Parameters
    ----------
    design
        What they were made for.
    names
        Invented names.
    site_district
        (sites,) row of the district.
    site_offset
        (sites, analytes) of the site in its district, log10, before the mineral's spreads.
    population
        (districts, populations, analytes) latent centres.
    share
        (sites, populations) mean shares; a site has some of its district's populations.
    """

    design: Design
    names: Names
    site_district: Ints
    site_offset: Floats
    population: Floats
    share: Floats

    def mineral(self, district: int) -> str:
        """Return the one mineral of a district."""
        return self.design.minerals[district % len(self.design.minerals)]

    @property
    def site_mineral(self) -> Texts:
        """(sites,) mineral."""
        return np.array([self.mineral(d) for d in self.site_district], dtype=object)

    def country(self, district: int) -> str:
        """Return the country of a district."""
        return self.names.countries[district // _DISTRICTS_A_COUNTRY]


def lay_deposits(design: Design, rng: np.random.Generator) -> Deposits:
    """Invent districts, sites and their grain populations.

    Parameters
    ----------
    design
        How many, and how different.
    rng
        Source of randomness.
    """
    n_sites = design.n_sites + design.n_hidden_sites
    n_districts, levels = design.n_districts, design.levels
    n_countries = -(-n_districts // _DISTRICTS_A_COUNTRY)
    names = invent_names(rng, n_sites, n_districts, n_countries)
    # Library sites fill the districts in blocks; hidden ones go to the first districts in turn.
    known = np.arange(design.n_sites) * n_districts // design.n_sites
    hidden = np.arange(design.n_hidden_sites) % n_districts
    most = design.populations_a_site[1]
    district = np.concatenate([known, hidden]).astype(np.int64)
    least, greatest = _CONTRASTS
    contrast = least * (greatest / least) ** rng.random(n_districts)
    centre = levels.districts * correlated_normals(rng, n_districts)
    apart = levels.populations * correlated_normals(rng, n_districts * most)
    return Deposits(
        design,
        names,
        district,
        levels.sites * contrast[district, None] * correlated_normals(rng, n_sites),
        centre[:, None, :] + apart.reshape(n_districts, most, len(ANALYTES)),
        _mean_shares(design, n_sites, rng),
    )


def _mean_shares(design: Design, n_sites: int, rng: np.random.Generator) -> Floats:
    fewest, most = design.populations_a_site
    count = rng.integers(fewest, most, size=n_sites, endpoint=True)
    order = np.argsort(rng.random((n_sites, most)), axis=1)
    weight = rng.gamma(3.0, size=(n_sites, most)) * (order < count[:, None])
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def dig(deposits: Deposits, sample_site: Ints, n_grains: Ints, rng: np.random.Generator) -> Floats:
    """Take samples: the true composition of each grain.

    Parameters
    ----------
    deposits
        The ground.
    sample_site
        (samples,) row of the site that each sample is taken at.
    n_grains
        (samples,) number of grains.
    rng
        Source of randomness.

    Returns
    -------
    ndarray
        (grains, analytes) ppm, sample after sample.
    """
    levels = deposits.design.levels
    grain_sample = np.repeat(np.arange(len(sample_site)), n_grains)
    grain_site = sample_site[grain_sample]
    grain_district = deposits.site_district[grain_site]
    population = _populations(deposits, sample_site, grain_sample, rng)
    sample_offset = levels.samples * correlated_normals(rng, len(sample_site))
    latent = deposits.population[grain_district, population]
    latent = latent + deposits.site_offset[grain_site] + sample_offset[grain_sample]
    latent += levels.grains * correlated_normals(rng, len(grain_site))
    ppm = np.empty_like(latent)
    grain_mineral = deposits.site_mineral[grain_site]
    for mineral in sorted(set(deposits.design.minerals)):
        rows = np.flatnonzero(grain_mineral == mineral)
        ppm[rows] = concentrations(medians(mineral) + spreads(mineral) * latent[rows], mineral)
    return ppm


def _populations(
    deposits: Deposits, sample_site: Ints, grain_sample: Ints, rng: np.random.Generator
) -> Ints:
    """(grains,) the population of each grain; shares vary from sample to sample (Dirichlet)."""
    parameters = deposits.design.share_concentration * deposits.share[sample_site]
    weight = rng.standard_gamma(parameters)
    weight += 1e-12 * parameters
    upper = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)[:, :-1]
    place = rng.random(len(grain_sample))
    return np.asarray((place[:, None] > upper[grain_sample]).sum(axis=1))

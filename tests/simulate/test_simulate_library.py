"""A made-up library is as large, as censored and as invented as its design says."""

import re
from dataclasses import replace

import numpy as np
import pytest

from fingerprint.chemistry import ATOMIC_WEIGHTS
from fingerprint.errors import InputError
from fingerprint.library import content_hash
from fingerprint.library.reference import MADE_UP
from fingerprint.simulate import LABORATORIES, Design, Levels, simulate_library

# Fragments of real places and companies of the trade.
BLACKLIST = (
    "bisie", "rubaya", "manono", "kalimbi", "gatumba", "rutongo",
    "nyakabingo", "musha", "ntunga", "luwowo", "bibatama", "kivu",
    "katanga", "maniema", "kenticha", "wodgina", "greenbushes", "pilbara",
    "tanco", "kibuye", "rwinkwavu", "numbi", "goma", "bukavu",
    "walikale", "kalemie", "congo", "rwanda", "uganda", "burundi",
    "cornwall", "erzgebirge", "panasqueira", "coltan", "tantal", "niob",
    "tungst", "wolfram", "cassit", "mine",
)  # fmt: skip


@pytest.fixture(scope="module")
def made_up():
    return simulate_library(Design(), seed=7)


def grain_facts(samples, name):
    return samples.fact(name)[samples.grain_sample]


def test_the_default_design_is_the_demonstration_library(made_up):
    library = made_up.library
    assert len(library.sites) == 40
    assert len(library) >= 150
    assert sorted(library.n_reference)[:6] == [1, 1, 1, 2, 2, 3]
    assert library.n_reference.max() == 6
    for samples in (library.samples, made_up.controls):
        assert samples.n_grains.min() >= 20
        assert samples.n_grains.max() <= 50
        assert len(samples.assay.analytes) == 25
        assert set(samples.fact("origin_of_data")) == {MADE_UP}
        assert all(re.fullmatch(r"20\d\d-\d\d-\d\d", day) for day in samples.fact("collected_on"))


def test_a_district_has_one_mineral_and_one_country(made_up):
    samples = made_up.library.samples
    facts = samples.assay.facts.assign(
        district=grain_facts(samples, "district"), country=grain_facts(samples, "country")
    )
    of_district = facts.groupby("district")[["mineral", "country"]].agg(set)
    assert (of_district.map(len) == 1).all(axis=None)
    minerals = of_district["mineral"].map(min).value_counts()
    assert minerals.to_dict() == {"coltan": 4, "cassiterite": 3, "wolframite": 3}


def test_names_are_invented_and_used_once(made_up):
    samples = made_up.library.samples
    names = [*made_up.library.sites, *set(samples.fact("district")), *set(samples.fact("country"))]
    words = [name.removeprefix("Republic of ").split()[0] for name in names]
    assert len(set(words)) == len(words) == 40 + 10 + 3
    for word in words:
        assert re.fullmatch("[A-Z][a-z]{5,}", word)
        assert word not in ATOMIC_WEIGHTS
        assert not [bad for bad in BLACKLIST if bad in word.lower()]


def test_the_largest_design_still_has_distinct_names():
    design = Design(n_sites=1000, n_districts=250, samples_a_site=(1, 1), grains_a_sample=(1, 1))
    assert len(simulate_library(design, seed=1).library.sites) == 1000


def test_censored_cells_obey_their_limits(made_up):
    for samples in (made_up.library.samples, made_up.controls):
        assay = samples.assay
        measured = assay.measured
        assert (assay.values[measured] >= assay.limits[measured]).all()
        assert (assay.values[assay.censored] == assay.limits[assay.censored]).all()
        assert 0.02 < assay.censored.mean() < 0.10
        # The second laboratory sees less.
        weak = grain_facts(samples, "laboratory") == "Laboratory B"
        assert assay.censored[weak].mean() > 2 * assay.censored[~weak].mean()


def test_every_sample_keeps_all_but_two_analytes(made_up):
    samples = made_up.library.samples
    blank = ~samples.assay.measured
    per_sample = np.array([blank[samples.grain_sample == i].sum() for i in range(len(samples))])
    assert set(per_sample / samples.n_grains) == {0.0, 2.0}
    lacking = {samples.assay.keys[j] for j in np.flatnonzero(blank.any(axis=0))}
    assert lacking == {"Ga", "In"}
    assert set(samples.fact("laboratory")[per_sample > 0]) == {"Laboratory B"}


def test_values_have_four_significant_digits(made_up):
    values = made_up.library.samples.assay.values
    some = values[np.isfinite(values)][::37]
    assert all(float(f"{value:.4g}") == value for value in some)


def test_concentrations_are_plausible_for_the_mineral(made_up):
    assay = made_up.library.samples.assay
    median = {
        mineral: dict(zip(assay.keys, np.nanmedian(assay.values[rows], axis=0), strict=True))
        for mineral in ("coltan", "cassiterite", "wolframite")
        for rows in [assay.fact("mineral") == mineral]
    }
    coltan, cassiterite, wolframite = median.values()
    assert 1e5 < coltan["Ta"] < 5e5
    assert 1e5 < coltan["Nb"] < 5e5
    assert 1e4 < coltan["Mn"] < 1.5e5
    assert cassiterite["Sn"] == pytest.approx(7.8e5, rel=0.02)
    assert wolframite["W"] == pytest.approx(6.1e5, rel=0.02)
    assert wolframite["Fe"] + wolframite["Mn"] == pytest.approx(1.8e5, rel=0.1)
    for chemistry in median.values():
        assert chemistry["Zr"] > chemistry["Hf"]


def test_analytes_move_together_as_they_do_in_nature(made_up):
    assay = made_up.library.samples.assay
    rows = assay.fact("mineral") == "wolframite"
    x = dict(zip(assay.keys, np.log10(assay.values[rows]).T, strict=True))

    def correlation(a, b):
        return np.corrcoef(x[a], x[b])[0, 1]

    assert correlation("Zr", "Hf") > 0.5
    assert correlation("Y", "Dy") > 0.5
    assert correlation("Fe", "Mn") < -0.8


def test_controls_are_true_near_far_and_from_no_known_site(made_up):
    claims = made_up.claims.merge(made_up.truth, on="sample", validate="one_to_one")
    assert len(claims) == len(made_up.controls) >= 12
    assert "site" not in made_up.controls.facts
    assert set(claims["claim"]) <= set(made_up.library.sites)
    samples = made_up.library.samples
    district = dict(zip(samples.fact("site"), samples.fact("district"), strict=True))
    claimed_district = claims["claim"].map(district)
    hidden = claims["site"] == ""
    true = claims["claim"] == claims["site"]
    near = ~hidden & ~true & (claimed_district == claims["district"])
    far = ~hidden & (claimed_district != claims["district"])
    assert min(hidden.sum(), true.sum(), near.sum(), far.sum()) >= 4
    assert (claims.loc[~hidden, "site"].map(district) == claims.loc[~hidden, "district"]).all()


def test_samples_of_a_lot_share_claim_and_truth(made_up):
    lots = made_up.claims.merge(made_up.truth, on="sample").assign(lot=made_up.controls.fact("lot"))
    assert (lots.groupby("lot")[["claim", "site", "district"]].nunique() == 1).all(axis=None)
    assert lots["lot"].nunique() == 16
    days = lots.assign(day=made_up.controls.fact("collected_on")).groupby("lot")["day"]
    assert (days.nunique() == 1).all()
    assert days.min().min() > max(made_up.library.samples.fact("collected_on"))


def test_the_seed_decides():
    design = Design(n_sites=6, n_districts=2)
    same, again, other = (simulate_library(design, seed) for seed in (1, 1, 2))
    assert content_hash(same.library.samples) == content_hash(again.library.samples)
    assert content_hash(same.controls) == content_hash(again.controls)
    assert same.claims.equals(again.claims)
    assert content_hash(same.library.samples) != content_hash(other.library.samples)


def test_a_negative_seed_is_refused():
    with pytest.raises(InputError, match="seed"):
        simulate_library(Design(), seed=-1)


def test_variance_levels_are_recovered():
    levels = Levels(districts=0.0, sites=0.3, samples=0.1, populations=0.0, grains=0.2)
    design = Design(
        n_sites=300,
        n_districts=300,
        minerals=("cassiterite",),
        samples_a_site=(4, 4),
        single_share=0,
        double_share=0,
        grains_a_sample=(20, 20),
        levels=levels,
        laboratories=(replace(LABORATORIES[0], limit_factor=1e-6),),
        laboratory_offset=0,
        session_offset=0,
        repeatability=0,
        n_lots=1,
    )
    library = simulate_library(design, seed=3).library
    # Titanium's spread is 0.9 of the level; the contrasts of districts have mean square 1.
    titanium = library.samples.assay.keys.index("Ti")
    x = np.log10(library.samples.assay.values[:, titanium]) / 0.9
    means = np.bincount(library.samples.grain_sample, x) / 20
    sites = np.bincount(library.sample_site, means) / 4
    grains = np.sum((x - means[library.samples.grain_sample]) ** 2) / (1200 * 19)
    samples = np.sum((means - sites[library.sample_site]) ** 2) / (300 * 3) - grains / 20
    assert grains == pytest.approx(0.2**2, rel=0.05)
    assert samples == pytest.approx(0.1**2, rel=0.20)
    assert sites.var(ddof=1) - samples / 4 == pytest.approx(0.3**2, rel=0.30)


@pytest.mark.parametrize(
    "changes",
    [
        {"n_sites": 2, "n_districts": 1, "n_hidden_sites": 0},
        {"n_sites": 3, "n_districts": 3},
        {"n_sites": 4, "n_districts": 2, "populations_a_site": (1, 1), "n_analytes": 5},
        {"n_sites": 2, "n_districts": 1, "n_lots": 40},
    ],
)
def test_small_designs_work(changes):
    made_up = simulate_library(Design(**changes), seed=0)
    assert len(made_up.library.sites) == changes["n_sites"]
    assert (made_up.claims["claim"] != "").all()

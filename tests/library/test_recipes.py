"""What each recipe makes of its public files; cells were looked up in the files."""

import numpy as np
import pytest

from fingerprint.errors import InputError
from fingerprint.judgement import train
from fingerprint.library import content_hash, describe, read_library
from fingerprint.library.datasets import build, recipe, recipes

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def libraries(datasets_folder, tmp_path_factory):
    built = {}

    def library(name):
        if name not in built:
            folder = tmp_path_factory.mktemp(name) / "library"
            samples = build(recipe(name), folder)
            built[name] = read_library(folder)
            assert content_hash(built[name].samples) == content_hash(samples)
        return built[name]

    return library


@pytest.mark.parametrize("name", [r.name for r in recipes()])
def test_counts(libraries, name):
    library, known = libraries(name), recipe(name)
    found = len(library.sites), len(library), library.samples.assay.n_grains
    assert found == (known.sites, known.samples, known.grains)
    described = describe(library.samples)
    assert (described.n_sites, described.n_samples, described.n_grains) == found


def grain(library, **facts):
    assay = library.samples.assay
    mask = np.ones(assay.n_grains, dtype=bool)
    for name, text in facts.items():
        mask &= assay.fact(name) == text
    (row,) = np.flatnonzero(mask)
    return dict(zip((a.column for a in assay.analytes), assay.values[row], strict=True))


def test_float_glass(libraries):
    library = libraries("float_glass_laicpms")
    assert {a.quantity for a in library.samples.assay.analytes} == {"log10"}
    sets = library.samples.fact("set")
    sites = library.samples.fact("site")
    assert len(set(sites[sets == "training"])) == 659
    assert len(set(sites[sets == "validation"])) == 320
    # Panes of the two sets have the same numbers and are not the same.
    assert library.n_reference.tolist().count(2) == 320
    assert library.n_reference.tolist().count(1) == 659
    assert set(library.samples.n_grains[sets == "training"]) == {3}
    pane = library.samples.fact("site") == "validation 1"
    assert library.samples.ids[pane].tolist() == ["validation 1/duplo", "validation 1/triplo"]
    assert library.samples.n_grains[pane].tolist() == [2, 3]
    first = grain(library, sample="validation 1/duplo", grain="1")
    assert (first["K39_log10"], first["Pb208_log10"]) == (2.632598498, 0.84034307)
    first = grain(library, sample="training 1/training", grain="3")
    assert first["Ti49_log10"] == 2.506139584


def test_glass(libraries):
    library = libraries("glass_sem_edx")
    assert [a.column for a in library.samples.assay.analytes][4] == "K_log10"
    assert set(library.n_reference) == {4}
    assert set(library.samples.n_grains) == {3}
    # Rows 1-6 of the file are fragments f1 and f2 of pane s1, rows 7-12 f3 and f4.
    of_first = library.samples.assay.fact("sample") == "s1/f1"
    potassium = library.samples.assay.values[of_first, 4]
    assert sorted(potassium) == [-1.7183, -1.7047, -1.6864]


def test_lead_isotopes(libraries):
    library = libraries("lead_isotopes_globalid")
    assay = library.samples.assay
    assert [a.column for a in assay.analytes] == [
        f"{r}_ratio"
        for r in ("206Pb/204Pb", "207Pb/204Pb", "208Pb/204Pb", "207Pb/206Pb", "208Pb/206Pb")
    ]
    row = grain(library, sample="Argentina/La Helvecia/1982/284")
    assert [round(v, 6) for v in row.values()] == [18.084, 15.585, 37.975, 0.861812, 2.099923]
    # Without 204Pb in three of the mines' rows; the ratios over 206Pb are there.
    assert (~assay.measured).sum(axis=0).tolist() == [3, 3, 3, 0, 0]
    # Silberberg is the name of four mines.
    assert sum(site.endswith("/Silberberg") for site in library.sites) == 4
    assert not [site for site in library.sites if ";" in site or site.endswith("/NN")]
    assert set(library.samples.fact("country")) > {"Chile", "Argentina"}
    sample = list(library.samples.ids).index("Argentina/La Helvecia/1982/284")
    assert library.samples.fact("district")[sample] == ""
    assert np.isfinite(assay.values[:, 3:]).all()


def test_snsm_and_namib(libraries):
    library = libraries("snsm_namib_multimineral")
    samples = library.samples
    minerals, n = np.unique(samples.assay.fact("mineral").astype(str), return_counts=True)
    # 59 of 1,571 titanites have more aluminium or iron than anything can have.
    assert dict(zip(minerals, n, strict=True)) == {"apatite": 1160, "titanite": 1512}
    assert grain(library, grain="ACAf_1")["Mn_ppm"] == 509
    titanite = grain(library, grain="ACA_tif_4398")
    assert (titanite["Al_ppm"], titanite["U_ppm"]) == (6060, 23.04)
    assert np.nanmax(samples.assay.values[:, samples.assay.keys.index("Al")]) < 1e6
    assert not [g for g in samples.assay.fact("grain") if "zrvf" in g]
    ages = samples.ages
    minerals, n = np.unique(ages.minerals.astype(str), return_counts=True)
    assert dict(zip(minerals, n, strict=True)) == {
        "apatite": 689,
        "titanite": 1026,
        "zircon": 1103 + 1534,
    }
    of_n1 = ages.samples == "N1"
    first = np.flatnonzero(of_n1 & (ages.ages_ma == 645.4))
    assert ages.standard_errors_ma[first].tolist() == [5.05]
    assert np.isnan(ages.standard_errors_ma[ages.samples == "ACA"]).all()
    counts = samples.mineralogy
    row = dict(
        zip(counts.minerals, counts.abundances[list(counts.samples).index("TAP")], strict=True)
    )
    assert (row["epidote"], row["zircon"]) == (1219, 27)
    # Kyanite was not looked for in the rivers.
    assert np.isnan(row["kyanite"])
    row = dict(
        zip(counts.minerals, counts.abundances[list(counts.samples).index("N14")], strict=True)
    )
    assert (row["clinopyroxene"], row["kyanite"]) == (162, 0)
    assert np.isnan(row["Fe-Ti oxide"])
    assert set(samples.fact("district")) == {"Sierra Nevada de Santa Marta", "Namib"}


def test_snsm_cannot_be_trained_yet(libraries):
    with pytest.raises(InputError, match="no site of the library has two samples"):
        train(libraries("snsm_namib_multimineral"))


def test_detrital_zircon(libraries):
    library = libraries("detrital_zircon_upb")
    samples = library.samples
    sets = samples.fact("data_set")
    assert {s: int((sets == s).sum()) for s in set(sets)} == {
        "San Joaquin and La Honda basins": 12,
        "Ainsa basin": 20,
        "Colorado Plateau": 29,
    }
    assert len(samples.ages.samples) == 1184 + 2332 + 7175
    sample = list(samples.ids).index("POR-2")
    assert samples.fact("site")[sample] == "Point of Rocks Ss"
    assert samples.fact("district")[sample] == "San Joaquin basin"
    of_por = samples.ages.samples == "POR-2"
    youngest = np.flatnonzero(of_por)[np.argmin(samples.ages.ages_ma[of_por])]
    assert samples.ages.ages_ma[youngest] == pytest.approx(42.969196, abs=1e-6)
    assert samples.ages.standard_errors_ma[youngest] == pytest.approx(0.800852, abs=1e-6)
    uranium = samples.assay.values[:, samples.assay.keys.index("U")]
    in_first = samples.fact("data_set")[samples.grain_sample] == "San Joaquin and La Honda basins"
    assert np.isnan(uranium[in_first]).all()
    assert np.isfinite(uranium[~in_first]).all()
    assert grain(library, grain="POR-2-64")["Th/U_ratio"] == pytest.approx(0.627621, abs=1e-6)

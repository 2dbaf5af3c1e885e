"""From the name of a column to ppm of the element, against published conversion factors."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fingerprint.chemistry import ATOMIC_WEIGHTS, Analyte, oxide_factor, read_column, read_species
from fingerprint.errors import InputError

# Gravimetric factors, oxide to element, to the four figures that tables print.
PUBLISHED = {
    "Ta2O5": 0.8190, "Nb2O5": 0.6990, "FeO": 0.7773, "Fe2O3": 0.6994, "MnO": 0.7745,
    "SnO2": 0.7877, "WO3": 0.7930, "TiO2": 0.5994, "U3O8": 0.8480, "Al2O3": 0.5293,
    "K2O": 0.8301, "SiO2": 0.4674, "P2O5": 0.4364, "ZrO2": 0.7403, "CaO": 0.7147,
}  # fmt: skip


@pytest.mark.parametrize(("oxide", "published"), PUBLISHED.items())
def test_oxides_become_their_element_by_mass(oxide, published):
    column = read_column(f"{oxide}_wt%")
    assert column.factor / 1e4 == pytest.approx(published, abs=6e-5)
    assert column.analyte.quantity == "ppm"
    assert column.analyte.isotope is None
    assert oxide.startswith(column.analyte.name)


@pytest.mark.parametrize(
    "name",
    ["Fe0O", "FeO0", "Fe0O3", "Ti0", "000Ti", "Ti-295", "Ti999", "Ti\u0664\u0669", "Fe\uff12O3",
     "\u0664\u0669Ti", "FeO\u0663"],
)  # fmt: skip
def test_numbers_that_no_oxide_or_isotope_has(name):
    assert read_species(name) is None
    with pytest.raises(InputError, match="is not an element, isotope or oxide"):
        read_column(f"{name}_ppm")


@pytest.mark.parametrize(("name", "mass"), [("H1", 1), ("U294", 294), ("049Ti", 49)])
def test_numbers_that_an_isotope_may_have(name, mass):
    assert read_species(name)[0].isotope == mass


def test_an_oxide_worked_by_hand():
    # FeO: 55.845 / (55.845 + 15.999)
    assert oxide_factor("Fe", 1, 1) == pytest.approx(55.845 / 71.844, rel=1e-12)
    assert read_species("Fe2O3")[1] == pytest.approx(111.69 / 159.687, rel=1e-12)


@pytest.mark.parametrize("name", ["Ti49_ppm", "49Ti_ppm", "Ti-49_ppm"])
def test_an_isotope_counts_as_its_element_whichever_way_it_is_written(name):
    column = read_column(name)
    assert column.analyte == Analyte("Ti", "ppm", 49)
    assert column.factor == 1.0
    assert column.analyte.key == "Ti"
    assert column.analyte.column == "Ti49_ppm"


@pytest.mark.parametrize(
    ("unit", "factor"),
    [
        ("ppm", 1),
        ("ug/g", 1),
        ("mg/kg", 1),
        ("g/t", 1),
        ("ppb", 1e-3),
        ("ng/g", 1e-3),
        ("wt%", 1e4),
    ],
)
def test_units_become_ppm(unit, factor):
    assert read_column(f"Ta_{unit}").factor == pytest.approx(factor, rel=1e-15)


def test_both_letters_for_micro_are_known():
    assert read_column("Ta_\u00b5g/g").factor == read_column("Ta_\u03bcg/g").factor == 1.0


@pytest.mark.parametrize("name", ["Ta_ug_g", "Ta_PPM", "Ta_pct", "Ti49_cps", "Ta2O5_%", "Ta_"])
def test_an_unknown_unit_is_refused_by_the_name_of_the_column(name):
    with pytest.raises(InputError, match="unit") as refused:
        read_column(name)
    assert refused.value.column == name


@pytest.mark.parametrize("name", ["Ta", "49Ti", "Ti49", "Nb2O5"])
def test_an_analyte_without_a_unit_is_refused(name):
    with pytest.raises(InputError, match="has no unit"):
        read_column(name)


@pytest.mark.parametrize("name", ["quartz_ppm", "Xx_ppm", "Ta2_O5_wt%", "TaO55_ppb"])
def test_a_unit_behind_something_that_is_no_analyte_is_refused(name):
    with pytest.raises(InputError):
        read_column(name)


@pytest.mark.parametrize("name", ["sample", "laboratory", "collected_on", "site", "my_note", "Xx"])
def test_other_columns_are_text(name):
    assert read_column(name) is None


@pytest.mark.parametrize(("suffix", "role"), [("lod", "limit"), ("1se", "1se"), ("2se", "2se")])
def test_limits_and_errors_go_with_their_value(suffix, role):
    column = read_column(f"Ta2O5_{suffix}")
    assert (column.base, column.role, column.analyte) == ("Ta2O5", role, None)
    assert column.base == read_column("Ta2O5_wt%").base


def test_ratios_and_logarithms_are_taken_as_they_are():
    ratio, log = read_column("206Pb/204Pb_ratio"), read_column("Nb/Ta_log10")
    assert ratio.analyte == Analyte("206Pb/204Pb", "ratio")
    assert log.analyte == Analyte("Nb/Ta", "log10")
    assert ratio.factor == log.factor == 1.0
    # A concentration and a ratio of one name must not be taken for one another.
    assert len({Analyte("Pb", q).key for q in ("ppm", "ratio", "log10")}) == 3


@given(st.sampled_from(sorted(ATOMIC_WEIGHTS)), st.none() | st.integers(1, 260))
def test_a_written_column_reads_back_as_the_same_analyte(element, isotope):
    analyte = Analyte(element, "ppm", isotope)
    assert read_column(analyte.column).analyte == analyte
    assert read_species(analyte.label) == (analyte, 1.0)


@given(st.sampled_from(sorted(ATOMIC_WEIGHTS)), st.integers(1, 9), st.integers(1, 9))
def test_an_oxide_is_lighter_in_its_element_the_more_oxygen_it_holds(element, n, o):
    fraction = oxide_factor(element, n, o)
    assert 0 < fraction < 1
    assert oxide_factor(element, n, o + 1) < fraction
    # What is not the element is oxygen: the masses add up.
    oxygen = o * ATOMIC_WEIGHTS["O"] / (o * ATOMIC_WEIGHTS["O"] + n * ATOMIC_WEIGHTS[element])
    assert math.isclose(fraction + oxygen, 1.0, rel_tol=1e-12)

"""Elements, isotopes, oxides and units: from the name of a column to ppm of the element."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fingerprint.errors import InputError

Quantity = Literal["ppm", "ratio", "log10"]
Role = Literal["value", "limit", "1se", "2se"]

# Standard atomic weights (abridged), IUPAC 2021.
ATOMIC_WEIGHTS = {
    "H": 1.008, "Li": 6.94, "Be": 9.0122, "B": 10.81, "C": 12.011, "N": 14.007, "O": 15.999,
    "F": 18.998, "Na": 22.990, "Mg": 24.305, "Al": 26.982, "Si": 28.085, "P": 30.974, "S": 32.06,
    "Cl": 35.45, "K": 39.098, "Ca": 40.078, "Sc": 44.956, "Ti": 47.867, "V": 50.942, "Cr": 51.996,
    "Mn": 54.938, "Fe": 55.845, "Co": 58.933, "Ni": 58.693, "Cu": 63.546, "Zn": 65.38,
    "Ga": 69.723, "Ge": 72.630, "As": 74.922, "Se": 78.971, "Br": 79.904, "Rb": 85.468,
    "Sr": 87.62, "Y": 88.906, "Zr": 91.224, "Nb": 92.906, "Mo": 95.95, "Ru": 101.07, "Rh": 102.91,
    "Pd": 106.42, "Ag": 107.87, "Cd": 112.41, "In": 114.82, "Sn": 118.71, "Sb": 121.76,
    "Te": 127.60, "I": 126.90, "Cs": 132.91, "Ba": 137.33, "La": 138.91, "Ce": 140.12,
    "Pr": 140.91, "Nd": 144.24, "Sm": 150.36, "Eu": 151.96, "Gd": 157.25, "Tb": 158.93,
    "Dy": 162.50, "Ho": 164.93, "Er": 167.26, "Tm": 168.93, "Yb": 173.05, "Lu": 174.97,
    "Hf": 178.49, "Ta": 180.95, "W": 183.84, "Re": 186.21, "Os": 190.23, "Ir": 192.22,
    "Pt": 195.08, "Au": 196.97, "Hg": 200.59, "Tl": 204.38, "Pb": 207.2, "Bi": 208.98,
    "Th": 232.04, "U": 238.03,
}  # fmt: skip

# Factor from the unit to ppm by mass.
UNITS_TO_PPM = {
    "ppm": 1.0,
    "ug/g": 1.0,
    "µg/g": 1.0,
    "μg/g": 1.0,
    "mg/kg": 1.0,
    "g/t": 1.0,
    "ppb": 1e-3,
    "ng/g": 1e-3,
    "wt%": 1e4,
}
# A million, and a little for the error of a measurement: more than this is no concentration.
MOST_PPM = 1.1e6
_ROLES: dict[str, Role] = {"lod": "limit", "1se": "1se", "2se": "2se"}
_UNIT_REMEDY = "Use _ppm, _ppb, _wt%, _ratio or _log10, with _lod, _1se or _2se beside it."
_ANALYTE_REMEDY = "Use an element (Ta), an isotope (Ta181, 181Ta) or an oxide (Ta2O5)."

_ELEMENT = "|".join(sorted(ATOMIC_WEIGHTS, key=len, reverse=True))
# The digits of ASCII only: \d takes those of every script.
_SPECIES = re.compile(rf"(?:({_ELEMENT})-?([0-9]{{1,3}})?|([0-9]{{1,3}})({_ELEMENT}))")
_OXIDE = re.compile(rf"({_ELEMENT})([1-9]?)O([1-9]?)")
# Of the heaviest nuclide that is known, of oganesson.
_MOST_MASS = 294


@dataclass(frozen=True)
class Analyte:
    """A measured element, isotope or ratio, in the unit that tables keep it in.

    Parameters
    ----------
    name
        The element (``Ta``) for concentrations; the name as given for ratios and logarithms.
    quantity
        ``ppm`` of the element, ``ratio``, or ``log10`` (already a logarithm).
    isotope
        Mass number of the isotope that the concentration was measured on, if named.
    """

    name: str
    quantity: Quantity
    isotope: int | None = None

    @property
    def key(self) -> str:
        """What two tables must share to be comparable: concentrations by whatever isotope."""
        return self.name if self.quantity == "ppm" else f"{self.name}_{self.quantity}"

    @property
    def label(self) -> str:
        """The analyte as columns call it, without its unit: ``Ta``, ``Ti49``."""
        return self.name if self.isotope is None else f"{self.name}{self.isotope}"

    @property
    def column(self) -> str:
        """The analyte's column in an assay file: ``Ta_ppm``, ``Ti49_ppm``."""
        return f"{self.label}_{self.quantity}"


def names_beside(analytes: Sequence[Analyte]) -> list[str]:
    """What the columns of limits and errors are called after, in tables that are written.

    >>> names_beside([Analyte("Ta", "ppm", 181), Analyte("x", "ratio"), Analyte("x", "log10")])
    ['Ta181', 'x_ratio', 'x_log10']
    """
    labels = Counter(analyte.label for analyte in analytes)
    # Where two analytes share a label, the whole name tells their limits apart.
    return [a.label if labels[a.label] == 1 else a.column for a in analytes]


@dataclass(frozen=True)
class AnalyteColumn:
    """What the name of a column says.

    Parameters
    ----------
    base
        The name without unit or role, which joins a value with its limit and error: ``Ta2O5``.
    role
        Value, detection limit, or standard error (once or twice).
    analyte, factor
        For values: the analyte, and the factor that turns the unit into ppm of the element.
    """

    base: str
    role: Role
    analyte: Analyte | None = None
    factor: float = 1.0


def oxide_factor(element: str, n_element: int, n_oxygen: int) -> float:
    """Mass fraction of the element in its oxide.

    >>> round(oxide_factor("Ta", 2, 5), 4)
    0.819
    """
    mass = n_element * ATOMIC_WEIGHTS[element]
    return mass / (mass + n_oxygen * ATOMIC_WEIGHTS["O"])


def read_species(base: str) -> tuple[Analyte, float] | None:
    """Read an element, isotope or oxide; give its analyte and its factor to the element.

    >>> read_species("49Ti")
    (Analyte(name='Ti', quantity='ppm', isotope=49), 1.0)
    >>> read_species("quartz") is None
    True
    """
    if match := _SPECIES.fullmatch(base):
        element = match[1] or match[4]
        mass = match[2] or match[3]
        isotope = int(mass) if mass else None
        if isotope is not None and not 1 <= isotope <= _MOST_MASS:
            return None
        return Analyte(element, "ppm", isotope), 1.0
    if match := _OXIDE.fullmatch(base):
        n_element, n_oxygen = int(match[2] or 1), int(match[3] or 1)
        return Analyte(match[1], "ppm"), oxide_factor(match[1], n_element, n_oxygen)
    return None


def read_column(name: str) -> AnalyteColumn | None:
    """Say what a column holds from its name alone.

    Parameters
    ----------
    name
        Name of the column, ``<analyte>_<unit>``, ``<analyte>_lod``, ``_1se`` or ``_2se``.

    Returns
    -------
    AnalyteColumn or None
        None for a text column.

    Raises
    ------
    InputError
        If the name looks like an analyte's but has no unit, or one that is not known.

    Examples
    --------
    >>> read_column("FeO_wt%").analyte.column
    'Fe_ppm'
    >>> read_column("laboratory") is None
    True
    """
    base, separator, suffix = name.rpartition("_")
    if not separator:
        if read_species(name) is not None:
            raise InputError(f"the analyte {name} has no unit", _UNIT_REMEDY, column=name)
        return None
    if suffix in _ROLES:
        return AnalyteColumn(base, _ROLES[suffix])
    if suffix == "ratio":
        return AnalyteColumn(base, "value", Analyte(base, "ratio"))
    if suffix == "log10":
        return AnalyteColumn(base, "value", Analyte(base, "log10"))
    species = read_species(base)
    if suffix in UNITS_TO_PPM:
        if species is None:
            raise InputError(
                f"{base!r} is not an element, isotope or oxide", _ANALYTE_REMEDY, column=name
            )
        analyte, fraction = species
        return AnalyteColumn(base, "value", analyte, UNITS_TO_PPM[suffix] * fraction)
    # The unit may itself hold an underscore: Ta_ug_g must not pass as text.
    first = name.partition("_")[0]
    if species is not None or read_species(first) is not None:
        raise InputError(
            f"unknown unit {name.partition('_')[2]!r} for the analyte {first}",
            _UNIT_REMEDY,
            column=name,
        )
    return None

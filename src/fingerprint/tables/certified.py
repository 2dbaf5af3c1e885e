"""Certified values of reference materials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fingerprint.chemistry import Analyte
from fingerprint.errors import InputError
from fingerprint.tables.arrays import Floats, frozen
from fingerprint.tables.reference_materials import material_key


@dataclass(frozen=True, eq=False)
class Certified:
    """What reference materials are certified to hold.

    Parameters
    ----------
    materials
        Their names, each once in whatever spelling.
    analytes
        In the order of the columns of the arrays.
    values
        (materials, analytes) ppm of the element, or the ratio or logarithm; NaN: not certified.
    standard_errors
        (materials, analytes) one standard error in the same unit; NaN where not given.

    Raises
    ------
    InputError
        If a material has no name or stands twice, or a concentration is not positive.
    """

    materials: tuple[str, ...]
    analytes: tuple[Analyte, ...]
    values: Floats
    standard_errors: Floats

    def __post_init__(self) -> None:
        shape = (len(self.materials), len(self.analytes))
        if self.values.shape != shape or self.standard_errors.shape != shape:
            raise ValueError(f"expected arrays of shape {shape}")
        self._check_names()
        self._check_values()
        object.__setattr__(self, "values", frozen(self.values))
        object.__setattr__(self, "standard_errors", frozen(self.standard_errors))

    def _check_names(self) -> None:
        first: dict[str, str] = {}
        for row, name in enumerate(self.materials):
            key = material_key(name)
            if not key:
                raise InputError(
                    "the material has no name",
                    "Name the reference material, such as NIST 610.",
                    row=row,
                    column="material",
                )
            if key in first:
                raise InputError(
                    f"the material {name!r} stands twice"
                    + (f" (first as {first[key]!r})" if first[key] != name else ""),
                    "Keep one row for each material.",
                    row=row,
                    column="material",
                )
            first[key] = name

    def _check_values(self) -> None:
        logarithmic = np.array([a.quantity == "log10" for a in self.analytes], dtype=bool)
        wrong = np.argwhere((self.values <= 0) & ~logarithmic)
        if wrong.size:
            row, column = (int(i) for i in wrong[0])
            raise InputError(
                "the certified value is zero or negative",
                "Correct it, or leave the cell blank if nothing is certified.",
                row=row,
                column=self.analytes[column].column,
            )

    @property
    def keys(self) -> tuple[str, ...]:
        """The analytes' keys, in order."""
        return tuple(a.key for a in self.analytes)

    def row(self, material: str) -> int | None:
        """Row of a material in whatever spelling; None if it is not certified."""
        wanted = material_key(material)
        found = [i for i, name in enumerate(self.materials) if material_key(name) == wanted]
        return found[0] if found else None

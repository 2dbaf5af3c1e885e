"""The reference library: samples taken at known sites."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from fingerprint.errors import InputError
from fingerprint.tables import Assay, SampleSet
from fingerprint.tables.arrays import Bools, Ints, Texts, frozen

# What the fact ``origin_of_data`` says of invented samples.
MADE_UP = "made-up"


@dataclass(frozen=True, eq=False)
class Library:
    """Reference samples, each with its site.

    Parameters
    ----------
    samples
        The samples; the fact ``site`` must be given for each.

    Attributes
    ----------
    sites
        (sites,) names, sorted.
    sample_site
        (samples,) row of `sites` that each sample was taken at.
    n_reference
        (sites,) number of reference samples.

    Raises
    ------
    InputError
        If a sample has no site, or there are fewer than two sites.
    """

    samples: SampleSet
    sites: Texts = field(init=False)
    sample_site: Ints = field(init=False)
    n_reference: Ints = field(init=False)

    def __post_init__(self) -> None:
        site = self.samples.fact("site")
        blank = np.flatnonzero(site == "")
        if blank.size:
            raise InputError(
                f"the reference sample {self.samples.ids[blank[0]]!r} has no site",
                "Give each sample of a library its site, in the column site.",
                column="site",
            )
        for name in set(site):
            if ";" in name or name == "unknown":
                raise InputError(
                    f"the site name {name!r} would be misread",
                    "Give the site another name: ; separates sites in files, and unknown stands "
                    "for none of them.",
                    column="site",
                )
        sites, code = np.unique(site.astype(str), return_inverse=True)
        if sites.size < 2:
            raise InputError(
                f"the library has only one site, {str(sites[0])!r}",
                "Add reference samples of other sites: a likelihood ratio needs an alternative.",
                column="site",
            )
        object.__setattr__(self, "sites", frozen(sites.astype(object)))
        object.__setattr__(self, "sample_site", frozen(code.astype(np.int64)))
        object.__setattr__(self, "n_reference", frozen(np.bincount(code).astype(np.int64)))

    def __len__(self) -> int:
        """Return the number of reference samples."""
        return len(self.samples)

    @property
    def made_up(self) -> bool:
        """Whether any sample says that it is made-up data."""
        return is_made_up(self.samples)

    @property
    def grain_site(self) -> Ints:
        """(grains,) row of `sites` that each grain was taken at."""
        return self.sample_site[self.samples.grain_sample]

    def take(self, samples: Ints | Bools) -> Library:
        """Return the library of some of its samples; sites left without a sample drop out."""
        return Library(self.samples.take(samples))

    def with_analytes(self, columns: Ints) -> Library:
        """Return the library with some of its analytes."""
        return Library(self.samples.with_analytes(columns))

    def with_sites_from(self, column: str) -> Library:
        """Return the library with a fact, such as ``district``, in the place of the sites.

        Samples without it, or with several values of it, drop out.

        Raises
        ------
        InputError
            If the library has no such column, or it gives fewer than two sites.
        """
        self.values_of_sites(column)
        values = self.samples.fact(column)
        single = np.array([text != "" and ";" not in text for text in values], dtype=bool)
        if not single.any():
            raise InputError(
                f"no sample of the library has one value of {column!r}", "Name another column."
            )
        chosen = self.samples.take(single)
        return Library(replace(chosen, facts=chosen.facts.assign(site=values[single])))

    def values_of_sites(self, column: str) -> list[frozenset[str]]:
        """For each site the values that a fact takes among its samples.

        Parameters
        ----------
        column
            Name of the fact, such as ``district``.

        Raises
        ------
        InputError
            If the library has no such column.
        """
        if column not in self.samples.facts:
            known = ", ".join(self.samples.facts.columns)
            raise InputError(
                f"the library has no column {column!r}", f"Name one of its columns: {known}."
            )
        values: list[set[str]] = [set() for _ in self.sites]
        for site, text in zip(self.sample_site, self.samples.fact(column), strict=True):
            values[site].update(part for part in text.split("; ") if part)
        return [frozenset(v) for v in values]


def is_made_up(samples: SampleSet) -> bool:
    """Whether any of the samples says that it is made-up data."""
    return bool((samples.fact("origin_of_data") == MADE_UP).any())


def content_hash(samples: SampleSet) -> str:
    """Hash of what was measured: independent of the order of rows and columns and of the file type.

    Of reference materials, where there are any, the order of rows counts.

    Parameters
    ----------
    samples
        Any samples, of a library or to be checked.

    Returns
    -------
    str
        sha256 in hexadecimal.
    """
    digest = hashlib.sha256()
    for part in _assay_content(samples.assay, (samples.assay.facts, samples.facts.reset_index())):
        digest.update(part)
    for name, content in _other_tables(samples):
        digest.update(f"\x1e{name}\x1e".encode())
        digest.update(content)
    return digest.hexdigest()


def _assay_content(assay: Assay, facts: tuple[pd.DataFrame, ...]) -> Iterator[bytes]:
    """Bytes of an assay and of tables of facts, their columns sorted, their rows as they are."""
    order = np.argsort(assay.keys)
    yield "\x1f".join(assay.analytes[j].column for j in order).encode()
    for table in facts:
        for name in sorted(table.columns):
            yield f"\x1e{name}\x1e".encode()
            yield "\x1f".join(table[name].astype(str)).encode()
    for array in (assay.values, assay.limits, assay.standard_errors):
        if array is not None:
            yield np.ascontiguousarray(array[:, order]).astype("<f8").tobytes()
    yield np.ascontiguousarray(assay.censored[:, order]).tobytes()


def _other_tables(samples: SampleSet) -> list[tuple[str, bytes]]:
    parts: list[tuple[str, bytes]] = []
    if (mineralogy := samples.mineralogy) is not None:
        rows, columns = np.argsort(mineralogy.samples), np.argsort(mineralogy.minerals)
        names = [*mineralogy.samples[rows], mineralogy.unit, *sorted(mineralogy.minerals)]
        parts.append(("mineralogy names", "\x1f".join(names).encode()))
        abundances = mineralogy.abundances[np.ix_(rows, columns)]
        parts.append(("mineralogy", abundances.astype("<f8").tobytes()))
    if (ages := samples.ages) is not None:
        keys = [ages.standard_errors_ma, ages.ages_ma, ages.samples.astype(str)]
        if ages.minerals is not None:
            keys.insert(0, ages.minerals.astype(str))
        order = np.lexsort(keys)
        parts.append(("age samples", "\x1f".join(ages.samples[order]).encode()))
        parts.append(("ages", ages.ages_ma[order].astype("<f8").tobytes()))
        parts.append(("age errors", ages.standard_errors_ma[order].astype("<f8").tobytes()))
        if ages.minerals is not None:
            parts.append(("age minerals", "\x1f".join(ages.minerals[order]).encode()))
    if (materials := samples.reference_materials) is not None:
        # Their order may be all that is known of the time of measurement.
        content = b"".join(_assay_content(materials, (materials.facts,)))
        parts.append(("reference materials", content))
    return parts

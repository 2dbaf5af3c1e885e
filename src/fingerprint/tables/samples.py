"""A set of samples: the assay, the mineralogy and the ages of the same samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from fingerprint.errors import InputError
from fingerprint.tables.ages import Ages
from fingerprint.tables.arrays import Bools, Ints, Texts, frozen
from fingerprint.tables.assay import Assay
from fingerprint.tables.mineralogy import Mineralogy
from fingerprint.tables.order import canonical_order
from fingerprint.tables.reference_materials import set_apart

# A sample has one of these at most; two are a mistake in the table.
ONE_A_SAMPLE = ("site", "district", "country")
# These belong to a grain and say nothing of its sample.
_OF_A_GRAIN = ("sample", "grain", "mineral", "measured_at")


@dataclass(frozen=True, eq=False)
class SampleSet:
    """Samples with their grains, in an order that does not depend on the order of rows.

    Make one with `from_tables`.

    Parameters
    ----------
    assay
        The grains, sorted by sample and then by their values.
    facts
        One row a sample, indexed by sample and sorted; text, ``""`` where not given.
    grain_sample
        (grains,) row of `facts` that each grain belongs to.
    mineralogy, ages
        Of the same samples, where given.
    reference_materials
        Measurements of laboratory standards that stood among the grains, in the order of the file;
        None if there were none. They belong to sessions, not to samples.
    """

    assay: Assay
    facts: pd.DataFrame
    grain_sample: Ints
    mineralogy: Mineralogy | None = None
    ages: Ages | None = None
    reference_materials: Assay | None = None
    n_grains: Ints = field(init=False)

    def __post_init__(self) -> None:
        counts = np.bincount(self.grain_sample, minlength=len(self.facts)).astype(np.int64)
        object.__setattr__(self, "n_grains", frozen(counts))
        object.__setattr__(self, "grain_sample", frozen(self.grain_sample))

    @classmethod
    def from_tables(
        cls,
        assay: Assay | None,
        mineralogy: Mineralogy | None = None,
        ages: Ages | None = None,
        sample_facts: pd.DataFrame | None = None,
    ) -> SampleSet:
        """Join the tables of the same samples.

        Parameters
        ----------
        assay, mineralogy, ages
            The tables. A sample may be missing from any of them, and there may be no assay. Rows
            of the assay whose ``role`` is ``reference_material`` are set apart.
        sample_facts
            One row a sample, with a column ``sample`` and text columns such as site and lot.

        Raises
        ------
        InputError
            If a sample has two sites, districts or countries, a role is not known, a reference
            material has no name, or there is no sample.
        """
        assay, rows, materials = set_apart(Assay.empty() if assay is None else assay)
        names = set(assay.facts["sample"])
        names |= set(mineralogy.samples) if mineralogy else set()
        names |= set(ages.samples) if ages else set()
        if not names and materials is not None:
            raise InputError(
                "every row is a reference material, and there is no sample",
                "Add the grains of the samples that were measured with them.",
            )
        if not names:
            raise InputError("there are no samples", "Give an assay, a mineralogy or ages.")
        ids = np.array(sorted(names), dtype=object)
        code = pd.Index(ids).get_indexer(pd.Index(assay.facts["sample"]))
        order = canonical_order(assay, code)
        facts = _facts_of_samples(assay.facts, code, ids, rows)
        if sample_facts is not None:
            facts = _merge_facts(facts, sample_facts)
        sample = code[order].astype(np.int64)
        return cls(assay.take(order), facts, sample, mineralogy, ages, materials)

    @property
    def ids(self) -> Texts:
        """(samples,) identifiers, sorted."""
        return self.facts.index.to_numpy(dtype=object)

    @property
    def bounds(self) -> Ints:
        """(samples + 1,) where the grains of each sample begin and end."""
        return np.concatenate([[0], np.cumsum(self.n_grains)]).astype(np.int64)

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.facts)

    def fact(self, name: str) -> Texts:
        """(samples,) one fact, ``""`` throughout if the tables lack it."""
        if name not in self.facts:
            return np.full(len(self), "", dtype=object)
        return self.facts[name].to_numpy(dtype=object)

    def with_analytes(self, columns: Ints) -> SampleSet:
        """Return the same samples, and reference materials, with some of the samples' analytes."""
        assay = self.assay.with_analytes(columns)
        materials = self.reference_materials
        if materials is not None:
            found = [materials.keys.index(key) for key in assay.keys if key in materials.keys]
            materials = materials.with_analytes(np.array(found)) if found else None
        return replace(self, assay=assay, reference_materials=materials)

    def take(self, samples: Ints | Bools) -> SampleSet:
        """Return the set of some of its samples, whole: every table goes by sample.

        The reference materials are those of all: they belong to sessions.
        """
        chosen = np.zeros(len(self), dtype=bool)
        chosen[samples] = True
        kept = np.flatnonzero(chosen)
        rows = np.flatnonzero(chosen[self.grain_sample])
        renumbered = np.full(len(self), -1, dtype=np.int64)
        renumbered[kept] = np.arange(kept.size)
        ids = set(self.ids[kept])
        return SampleSet(
            self.assay.take(rows),
            self.facts.iloc[kept],
            renumbered[self.grain_sample[rows]],
            _mineralogy_of(self.mineralogy, ids),
            _ages_of(self.ages, ids),
            self.reference_materials,
        )


def _facts_of_samples(grains: pd.DataFrame, code: Ints, ids: Texts, rows: Ints) -> pd.DataFrame:
    """Join the facts of each sample's grains; `rows` of the file that the grains stood in."""
    facts: dict[str, Texts] = {}
    for name in map(str, grains.columns):
        if name in _OF_A_GRAIN:
            continue
        text = grains[name].to_numpy(dtype=object)
        if name in ONE_A_SAMPLE:
            pairs = pd.DataFrame({"sample": code, "text": text})
            _refuse_two(pairs[pairs["text"] != ""].drop_duplicates(), name, ids, rows)
        facts[name] = _joined(text, code, len(ids))
    # Made at once: a frame that grows by a column takes time with the number it already has.
    return pd.DataFrame(facts, index=pd.Index(ids, name="sample"))


def _joined(text: Texts, code: Ints, n_samples: int) -> Texts:
    """(samples,) the distinct texts of each sample, sorted and joined."""
    which, distinct = pd.factorize(text, sort=True)
    joined: Texts = np.full(n_samples, "", dtype=object)
    for pair in np.unique(code * len(distinct) + which):
        sample, word = pair // len(distinct), distinct[pair % len(distinct)]
        if word:
            joined[sample] = f"{joined[sample]}; {word}" if joined[sample] else word
    return joined


def _refuse_two(distinct: pd.DataFrame, name: str, ids: Texts, rows: Ints) -> None:
    second = distinct[distinct.duplicated("sample")]
    if not second.empty:
        row, sample = int(second.index[0]), int(second["sample"].iloc[0])
        both = distinct.loc[distinct["sample"] == sample, "text"].tolist()
        raise two_facts(ids[sample], name, both[0], both[1], int(rows[row]))


def two_facts(sample: str, name: str, one: str, other: str, row: int) -> InputError:
    """Say that a sample has two of what it has one of, such as sites.

    Parameters
    ----------
    sample
        The sample.
    name
        Name of the fact.
    one, other
        What it is said to be.
    row
        Row of the assay, counted from 0, that holds the other.
    """
    return InputError(
        f"the sample {sample!r} has two {name}s, {one!r} and {other!r}",
        "Correct the entry, or give the grains of each their own sample name.",
        row=row,
        column=name,
        value=other,
    )


def _merge_facts(facts: pd.DataFrame, sample_facts: pd.DataFrame) -> pd.DataFrame:
    for _, error in clashes(facts, sample_facts):
        raise error
    given = sample_facts.set_index("sample").reindex(facts.index).fillna("")
    merged = {str(name): facts[name] for name in facts.columns}
    for name in map(str, given.columns):
        old = merged.get(name, pd.Series("", index=facts.index))
        merged[name] = old.where(old != "", given[name])
    return pd.DataFrame(merged, index=facts.index)


def clashes(facts: pd.DataFrame, sample_facts: pd.DataFrame) -> Iterator[tuple[str, InputError]]:
    """Find where the assay and the table of samples say different things of a sample.

    Parameters
    ----------
    facts
        As the assay has them, one row a sample, indexed by sample.
    sample_facts
        As the table of samples has them, with a column ``sample``.

    Yields
    ------
    str, InputError
        The sample, and the error without a row; its value is what the table of samples says.
    """
    given = sample_facts.set_index("sample").reindex(facts.index).fillna("")
    for name in given.columns:
        if name not in facts:
            continue
        old = facts[name]
        clash = (old != "") & (given[name] != "") & (old != given[name])
        for i in np.flatnonzero(clash.to_numpy()):
            sample, other = str(facts.index[int(i)]), given[name].iloc[i]
            what = (
                f"the sample {sample!r} has {name} {old.iloc[i]!r} in the assay and {other!r} in "
                "the table of samples"
            )
            yield sample, InputError(what, "Make the two agree.", column=name, value=other)


def _mineralogy_of(mineralogy: Mineralogy | None, ids: set[str]) -> Mineralogy | None:
    if mineralogy is None:
        return None
    kept = np.array([sample in ids for sample in mineralogy.samples], dtype=bool)
    return Mineralogy(
        mineralogy.samples[kept],
        mineralogy.minerals,
        mineralogy.unit,
        mineralogy.abundances[kept],
    )


def _ages_of(ages: Ages | None, ids: set[str]) -> Ages | None:
    if ages is None:
        return None
    kept = np.array([sample in ids for sample in ages.samples], dtype=bool)
    return ages.take(kept)

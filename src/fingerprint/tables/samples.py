"""A set of samples: the assay, the mineralogy and the ages of the same samples."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from fingerprint.errors import InputError
from fingerprint.tables.ages import Ages
from fingerprint.tables.arrays import Bools, Ints, Texts, frozen
from fingerprint.tables.assay import Assay
from fingerprint.tables.mineralogy import Mineralogy
from fingerprint.tables.order import canonical_order

# A sample has one of these at most; two are a mistake in the table.
ONE_A_SAMPLE = ("site", "district", "country")
# These belong to a grain and say nothing of its sample.
_OF_A_GRAIN = ("sample", "grain", "mineral")


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
    """

    assay: Assay
    facts: pd.DataFrame
    grain_sample: Ints
    mineralogy: Mineralogy | None = None
    ages: Ages | None = None
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
            The tables. A sample may be missing from any of them, and there may be no assay.
        sample_facts
            One row a sample, with a column ``sample`` and text columns such as site and lot.

        Raises
        ------
        InputError
            If a sample has two sites, districts or countries, or there is no sample.
        """
        assay = Assay.empty() if assay is None else assay
        names = set(assay.facts["sample"])
        names |= set(mineralogy.samples) if mineralogy else set()
        names |= set(ages.samples) if ages else set()
        if not names:
            raise InputError("there are no samples", "Give an assay, a mineralogy or ages.")
        ids = np.array(sorted(names), dtype=object)
        code = pd.Index(ids).get_indexer(pd.Index(assay.facts["sample"]))
        order = canonical_order(assay, code)
        facts = _facts_of_samples(assay.facts, code, ids)
        if sample_facts is not None:
            facts = _merge_facts(facts, sample_facts)
        return cls(assay.take(order), facts, code[order].astype(np.int64), mineralogy, ages)

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
        """Return the same samples with some of their analytes."""
        return replace(self, assay=self.assay.with_analytes(columns))

    def take(self, samples: Ints | Bools) -> SampleSet:
        """Return the set of some of its samples, whole: every table goes by sample."""
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
        )


def _facts_of_samples(grains: pd.DataFrame, code: Ints, ids: Texts) -> pd.DataFrame:
    facts = pd.DataFrame(index=pd.Index(ids, name="sample"))
    for name in grains.columns:
        if name in _OF_A_GRAIN:
            continue
        text = grains[name].to_numpy(dtype=object)
        pairs = pd.DataFrame({"sample": code, "text": text})
        distinct = pairs[pairs["text"] != ""].drop_duplicates()
        if name in ONE_A_SAMPLE:
            _refuse_two(distinct, name, ids)
        joined = distinct.sort_values(["sample", "text"]).groupby("sample")["text"].agg("; ".join)
        facts[name] = joined.reindex(range(len(ids)), fill_value="").to_numpy(dtype=object)
    return facts


def _refuse_two(distinct: pd.DataFrame, name: str, ids: Texts) -> None:
    second = distinct[distinct.duplicated("sample")]
    if not second.empty:
        row, sample = int(second.index[0]), int(second["sample"].iloc[0])
        both = distinct.loc[distinct["sample"] == sample, "text"].tolist()
        raise InputError(
            f"the sample {ids[sample]!r} has two {name}s, {both[0]!r} and {both[1]!r}",
            "Correct the entry, or give the grains of each their own sample name.",
            row=row,
            column=name,
        )


def _merge_facts(facts: pd.DataFrame, sample_facts: pd.DataFrame) -> pd.DataFrame:
    given = sample_facts.set_index("sample").reindex(facts.index).fillna("")
    merged = facts.copy()
    for name in given.columns:
        old = merged[name] if name in merged else pd.Series("", index=merged.index)
        clash = (old != "") & (given[name] != "") & (old != given[name])
        if clash.any():
            first = int(np.argmax(clash.to_numpy()))
            raise InputError(
                f"the sample {facts.index[first]!r} has {name} {old.iloc[first]!r} in the assay "
                f"and {given[name].iloc[first]!r} in the table of samples",
                "Make the two agree.",
                column=name,
            )
        merged[name] = old.where(old != "", given[name])
    return merged


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

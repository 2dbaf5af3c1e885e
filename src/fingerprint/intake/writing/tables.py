"""Tables to files: exactly, and whole or not at all."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fingerprint.chemistry import names_beside
from fingerprint.errors import InputError
from fingerprint.intake.files.formats import check_extension
from fingerprint.intake.joining import concatenate
from fingerprint.intake.reading import TABLES, tables_in
from fingerprint.intake.writing.atomic import atomic_write, unwritable
from fingerprint.intake.writing.workbooks import write_xlsx
from fingerprint.tables import Assay, SampleSet
from fingerprint.tables.arrays import Bools, Floats, Texts
from fingerprint.tables.reference_materials import marked
from fingerprint.tables.samples import ONE_A_SAMPLE


def write_assay(assay: Assay, path: Path | str) -> None:
    """Write an assay so that `read_assay` gives the same again.

    Parameters
    ----------
    assay
        A value that is not censored but lies below its limit is read back as censored.
    path
        CSV, XLSX or Parquet file; replaced if it exists.

    Raises
    ------
    InputError
        If the extension is not known or the file cannot be written.
    """
    write_table(_assay_table(assay, assay.facts), path)


def write_samples(samples: SampleSet, path: Path | str, extension: str = ".parquet") -> None:
    """Write samples so that `read_samples` gives the same again.

    Parameters
    ----------
    samples
        The samples.
    path
        A file with a known extension, which then holds the assay and the facts of its samples;
        or a folder, which then holds one file a table.
    extension
        Of the files in a folder.

    Raises
    ------
    InputError
        If a file cannot be written, the folder already holds a table in another format, or one
        file cannot hold mineralogy or ages.
    """
    path = Path(path)
    if path.suffix and not path.is_dir():
        check_extension(path)
        if samples.mineralogy is not None or samples.ages is not None:
            raise InputError(
                "one file cannot hold mineralogy or ages", "Name a folder instead.", path
            )
        grains = replace(samples.assay, facts=_with_sample_facts(samples))
        write_table(_table_of_all(grains, samples.reference_materials), path)
        return
    _write_folder(samples, path, extension)


def write_table(table: pa.Table, path: Path | str) -> None:
    """Write a table of numbers and text as its extension says.

    Raises
    ------
    InputError
        If the extension is not known or the file cannot be written.
    """
    path = Path(path)
    extension = check_extension(path)
    with atomic_write(path) as temporary:
        if extension == ".csv":
            _write_csv(table, temporary)
        elif extension == ".parquet":
            import pyarrow.parquet

            # Then a damaged file is refused, not misread.
            pyarrow.parquet.write_table(table, temporary, write_page_checksum=True)
        else:
            write_xlsx(table, temporary, path)


def _write_csv(table: pa.Table, path: Path) -> None:
    # The csv module writes the shortest digits that give the same number again.
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.column_names)
        for batch in table.to_batches(max_chunksize=10_000):
            columns = (column.to_pylist() for column in batch.columns)
            writer.writerows(zip(*columns, strict=True))


def _write_folder(samples: SampleSet, folder: Path, extension: str) -> None:
    tables: dict[str, pa.Table] = {}
    if samples.assay.analytes:
        tables["assay"] = _table_of_all(samples.assay, samples.reference_materials)
    if _facts_beyond_grains(samples):
        tables["samples"] = pa.table(
            {"sample": _texts(samples.ids)}
            | {str(n): _texts(samples.fact(str(n))) for n in samples.facts.columns}
        )
    if (mineralogy := samples.mineralogy) is not None:
        tables["mineralogy"] = pa.table(
            {"sample": _texts(mineralogy.samples)}
            | {
                f"{name}_{mineralogy.unit}": _numbers(mineralogy.abundances[:, j])
                for j, name in enumerate(mineralogy.minerals)
            }
        )
    if (ages := samples.ages) is not None:
        tables["ages"] = pa.table(
            {
                "sample": _texts(ages.samples),
                "age_ma": _numbers(ages.ages_ma),
                "age_2se": _numbers(2 * ages.standard_errors_ma),
            }
            | ({} if ages.minerals is None else {"mineral": _texts(ages.minerals)})
        )
    _make_folder(folder, [f"{name}{extension}" for name in tables])
    for name, table in tables.items():
        write_table(table, folder / f"{name}{extension}")


def _make_folder(folder: Path, names: list[str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from None
    stale = [p for p in tables_in(folder).values() if p.stem in TABLES and p.name not in names]
    if stale:
        raise InputError(
            f"the folder already holds {stale[0].name}, which would be read with the new tables",
            "Name another folder, or remove that file.",
            folder,
        )


def _table_of_all(grains: Assay, materials: Assay | None) -> pa.Table:
    """Grains, and below them the reference materials in their order."""
    whole = grains if materials is None else concatenate([grains, marked(materials)])
    return _assay_table(whole, whole.facts)


def _assay_table(assay: Assay, facts: pd.DataFrame) -> pa.Table:
    columns = {str(name): _texts(facts[name].to_numpy(dtype=object)) for name in facts.columns}
    named = zip(assay.analytes, names_beside(assay.analytes), strict=True)
    for j, (analyte, beside) in enumerate(named):
        columns[analyte.column] = _cells(assay.values[:, j], assay.censored[:, j])
        if np.isfinite(assay.limits[:, j]).any():
            columns[f"{beside}_lod"] = _numbers(assay.limits[:, j])
        errors = assay.standard_errors
        if errors is not None and np.isfinite(errors[:, j]).any():
            columns[f"{beside}_1se"] = _numbers(errors[:, j])
    return pa.table(columns)


def _cells(values: Floats, censored: Bools) -> pa.Array:
    numbers = _numbers(values)
    if not censored.any():
        return numbers
    text = numbers.cast(pa.string())
    limits = pc.binary_join_element_wise("<", text, "")
    return pc.if_else(pa.array(censored), limits, text)


def _numbers(values: Floats) -> pa.Array:
    return pa.array(np.ascontiguousarray(values), pa.float64(), from_pandas=True)


def _texts(texts: Texts) -> pa.Array:
    return pa.array([text or None for text in texts], pa.string())


def _facts_beyond_grains(samples: SampleSet) -> bool:
    """Whether the samples have facts that their grains do not state."""
    bare = samples.n_grains == 0
    for name in map(str, samples.facts.columns):
        fact = samples.fact(name)
        of_grains = fact[samples.grain_sample]
        if (fact[bare] != "").any() or ((samples.assay.fact(name) == "") & (of_grains != "")).any():
            return True
    return False


def _with_sample_facts(samples: SampleSet) -> pd.DataFrame:
    """The facts of the grains, with those that only the samples state."""
    facts = samples.assay.facts.copy()
    for name in map(str, samples.facts.columns):
        of_sample = samples.fact(name)[samples.grain_sample]
        if name not in facts:
            facts[name] = of_sample
        elif name in ONE_A_SAMPLE:
            facts[name] = facts[name].where(facts[name] != "", of_sample)
    return facts

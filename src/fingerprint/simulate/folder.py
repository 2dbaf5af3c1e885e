"""Made-up data as a folder of files, each of which says what it is."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from fingerprint.errors import InputError
from fingerprint.intake import concatenate, write_assay
from fingerprint.intake.writing.folders import atomic_folder
from fingerprint.library.reference import MADE_UP
from fingerprint.simulate.design import Design
from fingerprint.simulate.made_up import MadeUp
from fingerprint.simulate.standards import Standards
from fingerprint.tables import Assay, Certified, SampleSet

Format = Literal["csv", "parquet"]
KIND = "made-up data"
_MANIFEST = "design.json"
_OURS = {_MANIFEST, "README.md", "claims.csv", "truth.csv", "certified.csv"} | {
    f"{name}/{table}"
    for name in ("library", "controls")
    for table in ("assay.csv", "assay.parquet", "samples.csv")
}

_README = """\
# Made-up data

Nothing here was measured. Sites, districts, countries and laboratories are invented; the chemistry
follows typical magnitudes of coltan, cassiterite and wolframite, and is no real mine's.
It says nothing about accuracy on real ore.

- Seed: {seed}
- Made by: `{command}`

| File | What |
|---|---|
| `library/` | {n_reference} reference samples ({n_grains} grains, {n_analytes} analytes) of {n_sites} sites |
| `controls/` | {n_controls} control samples in lots, without their site |
| `claims.csv` | what the papers of each control say: `sample`, `claim` |
| `truth.csv` | where each control comes from: `sample`, `site` (blank: a site in no library), `district` |
{certified}| `design.json` | the design: numbers, variance levels (log10), laboratories |

Concentrations are in ppm of the element, to four significant digits. `<` is below the detection
limit, which stands in `_lod`; a blank cell was not measured. Each row of the tables of samples says
`made-up` in the column `origin_of_data`. The same command makes the same bytes.
"""  # noqa: E501


_CERTIFIED = """\
| `certified.csv` | certified values of {material}, which was measured with the controls: rows \
`role = reference_material` of their assay |
"""


def write_made_up(
    made_up: MadeUp,
    folder: Path | str,
    table_format: Format = "csv",
    standards: Standards | None = None,
) -> None:
    """Write made-up data as a folder: whole, or not at all.

    Parameters
    ----------
    made_up
        From `simulate_library`.
    folder
        Where to. A folder of made-up data is replaced.
    table_format
        Of the assays; the small tables are CSV.
    standards
        From `simulate_reference_materials`, to stand among the controls; None: there are none.

    Raises
    ------
    InputError
        If the folder exists and holds anything else than made-up data, or cannot be written.
    """
    refuse_foreign(folder)
    with atomic_folder(folder) as fresh:
        _write_files(made_up, fresh, table_format, standards)


def refuse_foreign(folder: Path | str) -> None:
    """Refuse to overwrite anything but made-up data.

    Parameters
    ----------
    folder
        The folder about to be written.

    Raises
    ------
    InputError
        If it holds something that `write_made_up` did not write.
    """
    path = Path(folder)
    if not path.exists():
        return
    if not path.is_dir():
        raise InputError("this is a file", "Name a folder that does not exist yet.", file=folder)
    inside = {p.relative_to(path).as_posix() for p in path.rglob("*") if not p.is_dir()}
    if not inside:
        return
    foreign = sorted(inside - _OURS)
    if not _says_made_up(path / _MANIFEST):
        foreign = sorted(inside)
    if foreign:
        raise InputError(
            f"the folder exists and holds {foreign[0]!r}, which fingerprint simulate did not write",
            "Name another folder, or remove this one.",
            file=folder,
        )


def _says_made_up(manifest: Path) -> bool:
    try:
        content = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("kind") == KIND


def _write_files(
    made_up: MadeUp, folder: Path, table_format: Format, standards: Standards | None
) -> None:
    for name, samples in (("library", made_up.library.samples), ("controls", made_up.controls)):
        (folder / name).mkdir()
        assay = _in_reading_order(samples.assay)
        if standards is not None and name == "controls":
            assay = concatenate([assay, standards.measured])
        write_assay(assay, folder / name / f"assay.{table_format}")
        _write_csv(_facts_of_samples(samples), folder / name / "samples.csv")
    _write_csv(made_up.claims, folder / "claims.csv")
    _write_csv(made_up.truth, folder / "truth.csv")
    if standards is not None:
        _write_csv(_certified_table(standards.certified), folder / "certified.csv")
    manifest = {"kind": KIND, "seed": made_up.seed, "design": asdict(made_up.design)}
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    readme = _readme(made_up, table_format, standards)
    (folder / "README.md").write_text(readme, encoding="utf-8")


def _in_reading_order(assay: Assay) -> Assay:
    """Sort by sample and number of the grain, as a laboratory would list them."""
    numbers = assay.fact("grain").astype(int)
    return assay.take(np.lexsort([numbers, assay.fact("sample").astype(str)]))


def _facts_of_samples(samples: SampleSet) -> pd.DataFrame:
    """One row a sample: the facts that the grains do not state themselves."""
    of_grains = [name for name in samples.facts if name in samples.assay.facts]
    return samples.facts.drop(columns=of_grains).reset_index()


def _certified_table(certified: Certified) -> pd.DataFrame:
    columns: dict[str, object] = {"material": list(certified.materials)}
    for j, analyte in enumerate(certified.analytes):
        columns[analyte.column] = certified.values[:, j]
        columns[f"{analyte.label}_1se"] = certified.standard_errors[:, j]
    return pd.DataFrame(columns).assign(origin_of_data=MADE_UP)


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def _readme(made_up: MadeUp, table_format: Format, standards: Standards | None) -> str:
    samples = made_up.library.samples
    command = _command(made_up.design, made_up.seed, table_format)
    certified = ""
    if standards is not None:
        command += " --reference-materials"
        certified = _CERTIFIED.format(material=standards.certified.materials[0])
    return _README.format(
        seed=made_up.seed,
        command=command,
        certified=certified,
        n_reference=len(samples),
        n_grains=samples.assay.n_grains,
        n_analytes=len(samples.assay.analytes),
        n_sites=len(made_up.library.sites),
        n_controls=len(made_up.controls),
    )


def _command(design: Design, seed: int, table_format: Format) -> str:
    """Return the command that makes the data, or the call where no command can."""
    plain = replace(
        Design(),
        n_sites=design.n_sites,
        n_districts=design.n_districts,
        samples_a_site=design.samples_a_site,
        grains_a_sample=design.grains_a_sample,
    )
    if plain != design:
        return f"simulate_library(design, seed={seed}) in Python, with the design of {_MANIFEST}"
    samples, grains = design.samples_a_site, design.grains_a_sample
    return (
        f"fingerprint simulate -o DIR --seed {seed} --sites {design.n_sites} "
        f"--districts {design.n_districts} --samples {samples[0]} {samples[1]} "
        f"--grains {grains[0]} {grains[1]} --format {table_format}"
    )

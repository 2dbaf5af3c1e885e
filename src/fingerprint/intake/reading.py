"""Files and folders to tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from fingerprint.errors import InputError
from fingerprint.intake.assembly import assemble
from fingerprint.intake.files.formats import WRITABLE, open_table
from fingerprint.intake.files.raw import Progress
from fingerprint.intake.side_tables import read_ages, read_facts, read_mineralogy
from fingerprint.tables import Assay, SampleSet

TABLES = ("assay", "mineralogy", "ages", "samples")


def read_assay(path: Path | str, progress: Progress | None = None) -> Assay:
    """Read an assay file.

    Parameters
    ----------
    path
        CSV, XLSX or Parquet file in the public format.
    progress
        Called now and then with bytes done and bytes in all.

    Raises
    ------
    InputError
        If the file is at fault; it says where and what to do.
    """
    return assemble(open_table(path), progress)


def read_samples(path: Path | str, progress: Progress | None = None) -> SampleSet:
    """Read samples from an assay file, or from a folder of tables.

    Parameters
    ----------
    path
        An assay file, or a folder with any of ``assay.*``, ``mineralogy.*`` and ``ages.*``, and
        perhaps ``samples.*``.
    progress
        Called now and then with bytes done and bytes in all of the assay.

    Raises
    ------
    InputError
        If a file is at fault, or the folder has none of the tables, or one twice.
    """
    path = Path(path)
    files = tables_in(path) if path.is_dir() else {"assay": path}
    refuse_without_tables(files, path)
    mineralogy = _if_given(files, "mineralogy", read_mineralogy)
    ages = _if_given(files, "ages", read_ages)
    facts = _if_given(files, "samples", read_facts)
    raw = open_table(files["assay"]) if "assay" in files else None
    try:
        assay = None if raw is None else assemble(raw, progress)
        return SampleSet.from_tables(assay, mineralogy, ages, facts)
    except InputError as error:
        # Only a clash between the assay and the table of samples has no row.
        if error.row is None or raw is None:
            raise error.in_file(files.get("samples", files.get("assay", path))) from None
        raise raw.place(error) from None


def refuse_without_tables(files: dict[str, Path], folder: Path) -> None:
    """Refuse a folder in which nothing of any sample can be found.

    Parameters
    ----------
    files
        The tables of the folder.
    folder
        The folder.

    Raises
    ------
    InputError
        If there is neither assay, mineralogy nor ages.
    """
    if not set(files) & {"assay", "mineralogy", "ages"}:
        raise InputError(
            "the folder has no assay, no mineralogy and no ages",
            f"Put an assay there as assay{', assay'.join(WRITABLE)}, or name the file itself.",
            folder,
        )


def tables_in(folder: Path) -> dict[str, Path]:
    """Find the tables in a folder.

    Raises
    ------
    InputError
        If a table is there twice, in two formats.
    """
    found: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.stem not in TABLES or path.suffix.lower() not in WRITABLE:
            continue
        if path.stem in found:
            raise InputError(
                f"two files for one table, {found[path.stem].name} and {path.name}",
                "Keep one of them.",
                folder,
            )
        found[path.stem] = path
    return found


_Table = TypeVar("_Table")


def _if_given(files: dict[str, Path], name: str, read: Callable[[Path], _Table]) -> _Table | None:
    return read(files[name]) if name in files else None

"""The data that docs/results is made from: what they are, and how they are split."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from fingerprint.library import Library, read_library
from fingerprint.library.datasets import build, fetch, recipe
from fingerprint.simulate import Design, simulate_library

ROOT = Path(__file__).parents[1]
WORDS = tomllib.loads((Path(__file__).parent / "results_words.toml").read_text(encoding="utf-8"))
PUBLICATIONS = ("Benites", "Cook", "Ye", "Yang", "Torró")
# Publications of a district, and samples, that make it worth a place.
LEAST_PUBLICATIONS, LEAST_SAMPLES = 2, 10


@dataclass(frozen=True)
class DataSet:
    """One library with what to say of it.

    Parameters
    ----------
    name
        Of its files, and of what `results_words.toml` says of it.
    library
        Makes it, given a folder for files.
    options
        Of `fingerprint.evaluation.evaluate`.
    seeds
        Of the split.
    page
        Of several data sets, in order; else each has its own.
    """

    name: str
    library: Callable[[Path], Library]
    options: dict[str, object] = field(default_factory=dict)
    seeds: tuple[int, ...] = (0,)
    page: str = ""

    @property
    def on_page(self) -> str:
        return self.page or self.name

    @property
    def title(self) -> str:
        return self._said["title"]

    @property
    def words(self) -> str:
        return self._said["words"].strip()

    @property
    def command(self) -> str:
        return self._said["command"]

    @property
    def _said(self) -> dict[str, str]:
        if self.page:
            author = self.name.split("_")[1]
            said = WORDS["publication"]
            return {key: text.format(author=author) for key, text in said.items()}
        return WORDS[self.name]


def public(name: str) -> Callable[[Path], Library]:
    def make(folder: Path) -> Library:
        chosen = recipe(name)
        fetch(chosen)
        folder.mkdir(parents=True, exist_ok=True)
        return Library(build(chosen, folder / f"{name}.parquet"))

    return make


def publication(author: str) -> Callable[[Path], Library]:
    def make(folder: Path) -> Library:
        whole = public("sphalerite_laicpms")(folder)
        reference = whole.samples.fact("reference")
        return whole.take(np.array([text.startswith(author) for text in reference]))

    return make


def lead_by_district(folder: Path) -> Library:
    """Districts that two or more publications describe, with ten samples or more."""
    library = public("lead_isotopes_globalid")(folder).with_sites_from("district")
    publications = np.array([len(v) for v in library.values_of_sites("reference")])
    told = (publications >= LEAST_PUBLICATIONS) & (library.n_reference >= LEAST_SAMPLES)
    return library.take(told[library.sample_site])


def validation_panes(folder: Path) -> Library:
    library = public("float_glass_laicpms")(folder)
    return library.take(library.samples.fact("set") == "validation")


def simulated(folder: Path) -> Library:
    return simulate_library(Design(n_sites=60, n_districts=15), 1).library


def bundled(folder: Path) -> Library:
    return read_library(ROOT / "datasets" / "made_up" / "library")


DATA_SETS = (
    DataSet(
        "sphalerite",
        public("sphalerite_laicpms"),
        {"near": "reference"},
        (0, 1, 2),
    ),
    *(
        DataSet(f"sphalerite_{author}", publication(author), page="sphalerite_publications")
        for author in PUBLICATIONS
    ),
    DataSet("cassiterite_epma", public("cassiterite_epma")),
    DataSet("lead_isotopes", lead_by_district, {"near": "country", "leave_out": "reference"}),
    DataSet("float_glass", validation_panes),
    DataSet("simulated", simulated),
    DataSet("made_up", bundled),
)

"""The data that docs/results is made from: what they are, and how they are split."""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from fingerprint.library import Library, read_library
from fingerprint.library.datasets import build, fetch, recipe
from fingerprint.simulate import Design, simulate_library

ROOT = Path(__file__).parents[1]
WORDS = tomllib.loads((Path(__file__).parent / "results_words.toml").read_text(encoding="utf-8"))
PUBLICATIONS = ("Benites", "Cook", "Ye", "Yang", "Torró")
# Publications of a district, and samples, that make it worth a place.
LEAST_PUBLICATIONS, LEAST_SAMPLES = 2, 10
# Areas that hold another district of the set, or are a second name of it: Madan lies in
# Madan-Thermes, the Rhodopes hold that and Laki, the Peloponnese Arcadia, the Zagros half of Iran.
# A sample of the one is no false claim on the other.
OVERLAPPING = ("Madan", "Peloponnese", "Rhodopes", "Zagros Mountains")
OVER_204 = ("206Pb/204Pb_ratio", "207Pb/204Pb_ratio", "208Pb/204Pb_ratio")
# One analysis in two publications is rounded to three decimals in the one, or computed back from
# ratios over 206Pb. So near to each other lie 30 pairs from one district, and none from two.
ROUNDING = 0.0006


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
    library = without_reprints(library)
    publications = np.array([len(v) for v in library.values_of_sites("reference")])
    told = (publications >= LEAST_PUBLICATIONS) & (library.n_reference >= LEAST_SAMPLES)
    told &= ~np.isin(library.sites.astype(str), OVERLAPPING)
    return library.take(told[library.sample_site])


def without_reprints(library: Library) -> Library:
    """Leave out samples whose analysis stands in another publication of the site as well.

    Of such samples the first is kept. Else one analysis would be on both sides of a split by
    publications.
    """
    samples = library.samples
    at = [samples.assay.keys.index(key) for key in OVER_204]
    grains = np.flatnonzero(samples.assay.measured[:, at].all(axis=1))
    ratios = samples.assay.values[np.ix_(grains, at)]
    pairs = cKDTree(ratios).query_pairs(ROUNDING, p=np.inf, output_type="ndarray")
    first, second = np.sort(samples.grain_sample[grains[pairs]], axis=1).T
    publication = samples.fact("reference")
    reprint = publication[first] != publication[second]
    reprint &= library.sample_site[first] == library.sample_site[second]
    kept = np.ones(len(library), dtype=bool)
    kept[second[reprint]] = False
    return library.take(kept)


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
    DataSet("simulated", simulated, seeds=(0, 1, 2)),
    DataSet("made_up", bundled),
)

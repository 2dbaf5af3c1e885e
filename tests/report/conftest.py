"""A small made-up library, a model of it, and the summaries that a report must get right."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from fingerprint.judgement import Model, all_claims, judge, judge_lot, train
from fingerprint.report import Summary, summarise
from fingerprint.simulate import Design, Levels, simulate_library
from fingerprint.tables import Mineralogy, SampleSet

MODEL_HASH = "ab" * 32
CHROMIUM = Path("/usr/bin/chromium")


@dataclass(frozen=True)
class World:
    """A model, samples to check, and what their papers say."""

    model: Model
    controls: SampleSet
    claims: list[tuple[str, str]]

    def summary(self, sample, claim, *, model=None, samples=None) -> Summary:
        model, samples = model or self.model, samples or self.controls
        [verdict] = judge(model, samples, [(sample, claim)], model.policy)
        return summarise(model, samples, verdict, policy=model.policy, model_hash=MODEL_HASH)

    def lot(self, samples: SampleSet, claim: str) -> Summary:
        verdict = judge_lot(self.model, samples, "lot 1", claim, self.model.policy)
        return summarise(self.model, samples, verdict, policy=self.model.policy)

    def renamed(self, claim: str, district: str, other: str) -> "World":
        """Give all districts one name, and all sites but the claimed one names of their own."""
        sites = self.model.sites
        names = np.array([f"{other}{i}" for i in range(len(sites.names))], dtype=object)
        names[sites.index(claim)] = claim
        districts = np.full(len(names), district, dtype=object)
        renamed = replace(sites, names=names, districts=districts)
        return replace(self, model=replace(self.model, sites=renamed))

    def control(self, row: int = 0) -> SampleSet:
        return self.controls.take(np.array([row]))


@pytest.fixture(scope="session")
def world() -> World:
    design = Design(
        n_sites=10, n_districts=3, n_hidden_sites=1, n_analytes=9, samples_a_site=(6, 7),
        single_share=0.0, double_share=0.0, grains_a_sample=(10, 16), n_lots=8,
        levels=Levels(sites=0.12),
    )  # fmt: skip
    made_up = simulate_library(design, seed=3)
    model = train(made_up.library, ("three_level", "ks"), seed=0)
    claims = made_up.claims[["sample", "claim"]].itertuples(index=False, name=None)
    return World(model, made_up.controls, list(claims))


@pytest.fixture(scope="session")
def real(world) -> World:
    """The same numbers as if they had been measured."""
    facts = world.controls.facts.assign(origin_of_data="")
    provenance = replace(world.model.provenance, made_up=False)
    return replace(
        world,
        model=replace(world.model, provenance=provenance),
        controls=replace(world.controls, facts=facts),
    )


def one_grain_without_two_analytes(world: World) -> SampleSet:
    sample = world.control()
    assay = sample.assay.take(np.array([0])).with_analytes(np.arange(2, 9))
    return SampleSet.from_tables(assay, sample_facts=sample.facts.reset_index())


@pytest.fixture(scope="session")
def summaries(world) -> dict[str, Summary]:
    """Every kind of verdict that a page must show well."""
    found: dict[str, Summary] = {}
    pairs = [*world.claims, *all_claims(world.model, world.controls)]
    for verdict in judge(world.model, world.controls, pairs, world.model.policy):
        if verdict.verdict not in found:
            found[verdict.verdict] = world.summary(verdict.sample, verdict.claim)
    sample = world.claims[0][0]
    found["unknown site"] = world.summary(sample, "Nowhere")
    poor = one_grain_without_two_analytes(world)
    found["one grain"] = world.summary(sample, world.claims[0][1], samples=poor)
    return found


@pytest.fixture(scope="session")
def grainless(world) -> Summary:
    """A claim on a sample of which there is only a mineralogy, judged beside another."""
    claim = world.claims[0][1]
    name = "mineralogy only"
    minerals = Mineralogy(np.array([name], dtype=object), ("quartz",), "pct", np.ones((1, 1)))
    samples = SampleSet.from_tables(world.controls.assay, minerals)
    pairs = [(world.claims[0][0], claim), (name, claim)]
    verdicts = {v.sample: v for v in judge(world.model, samples, pairs, world.model.policy)}
    return summarise(world.model, samples, verdicts[name], policy=world.model.policy)


@pytest.fixture(scope="session")
def browser():
    """Debian's chromium, started once."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not installed")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield started
        started.close()

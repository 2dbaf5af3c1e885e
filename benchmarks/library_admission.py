"""How often `library add` refuses sound samples and holds bad ones back."""

from dataclasses import replace

import numpy as np
import pandas as pd

from fingerprint.health.admission import examine
from fingerprint.library import Library
from fingerprint.simulate.faults import multiply, swap_labels
from fingerprint.tables import SampleSet

SHARE = 0.2
NEW_SITES = 4
COPIED = 20
FACTORS = (2.0, 1.25)


def admission(library, seed, found):
    rng = np.random.default_rng(seed)
    kept, sound = _of_known_sites(library, rng)
    _told(kept, sound, "of known sites, sound", found, kinds=True)
    for share in (0.05, 0.5):
        bad, _ = swap_labels(Library(sound), share, seed)
        _told(kept, bad.samples, f"of known sites, {share:.0%} of labels swapped", found)
    for factor in FACTORS:
        bad = multiply(Library(sound), np.array(factor)).samples
        _told(kept, bad, f"of known sites, times {factor:g}", found)
    _told(kept, _copied(kept, rng), "copied from the library to another site", found)
    without, new = _of_new_sites(library, rng)
    _told(without, new, "of new sites, sound", found, kinds=True)
    for factor in FACTORS:
        bad = multiply(Library(new), np.array(factor)).samples
        _told(without, bad, f"of new sites, times {factor:g}", found)


def _told(library, offered, what, found, kinds=False):
    against = examine(library, offered).against
    found[f"batch {what}: held back"].append(bool(against))
    if kinds:
        for kind in ("label", "same_grains", "common_factor", "shift", "drift", "phases"):
            found[f"batch {what}: {kind}"].append(any(f.kind == kind for f in against))


def _of_known_sites(library, rng):
    """A fifth of the samples, each of a site that keeps another one."""
    left, new = library.n_reference.copy(), np.zeros(len(library), dtype=bool)
    for row in rng.permutation(len(library)):
        site = library.sample_site[row]
        if new.sum() < round(SHARE * len(library)) and left[site] > 1:
            new[row] = True
            left[site] -= 1
    return library.take(~new), library.samples.take(new)


def _of_new_sites(library, rng):
    sites = rng.choice(len(library.sites), NEW_SITES, replace=False)
    new = np.isin(library.sample_site, sites)
    return library.take(~new), library.samples.take(new)


def _copied(library, rng):
    """Samples of the library under other names, all at one site that is none of theirs."""
    site = rng.choice(len(library.sites))
    others = rng.permutation(np.flatnonzero(library.sample_site != site))[:COPIED]
    samples = library.samples.take(np.sort(others))
    names = "copy of " + samples.assay.facts["sample"]
    grains = samples.assay.facts.assign(sample=names)
    if "site" in grains:
        grains = grains.assign(site=str(library.sites[site]))
    facts = pd.DataFrame(samples.facts.reset_index().astype(object))
    facts = facts.assign(sample="copy of " + facts["sample"], site=str(library.sites[site]))
    return SampleSet.from_tables(replace(samples.assay, facts=grains), sample_facts=facts)

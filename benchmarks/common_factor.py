"""How often a factor common to all analytes is recognised, and how well it is named.

    python benchmarks/common_factor.py LIBRARY...

Five folds by sample, everything trained inside the training part; the held-out samples times a
factor. Single samples on their own, then in made-up sessions of ten that share the factor, in
which two claims of ten are false. Last, false claims as they are: how many leave `implausible` by
this door, their own site in the library, and with whole sites left out of it in five groups.
"""

import sys
from pathlib import Path

import numpy as np
from weaker_measurements import FOLDS, SEED, models

from fingerprint.judgement.conditions import scaled
from fingerprint.judgement.decide import decide
from fingerprint.judgement.factor import divided, factor_of, profile
from fingerprint.judgement.splits import sample_folds, value_folds
from fingerprint.judgement.training import usable
from fingerprint.judgement.verdict import VERDICT_OF, Reason
from fingerprint.library import read_library

FACTORS = (1.0, 0.5, 0.8, 1.25, 2.0, 6.67)
LIMIT = 0.08
POOLED = 10
FALSE_CLAIMS = 8


def verdicts(model, samples):
    return decide(model, samples, model.weigh(samples), model.policy).deciding


def single(model, samples, ratios, i, site, first):
    """The factor of one claim by the rule of `judge`, None if it is not recognised."""
    if VERDICT_OF[first] == "plausible":
        return None
    one = samples.take(np.array([i]))
    found = factor_of(model, one, np.array([site]), LIMIT, ratios[:, [i]])
    if found is None:
        return None
    fits = verdicts(model, divided(one, found))[0, site] == Reason.CONSISTENT
    return found if fits else None


def of_true(model, held_out, is_true, factor, rng):
    samples = scaled(held_out, np.full((len(held_out), len(held_out.assay.keys)), factor))
    deciding, ratios = verdicts(model, samples), profile(model, samples)
    rows, sites = np.nonzero(is_true)
    alone = []
    for i, site in zip(rows, sites, strict=True):
        first = deciding[i, site]
        found = single(model, samples, ratios, i, site, first)
        alone.append((VERDICT_OF[first], found))
    order = rng.permutation(rows.size)
    sessions = []
    for at in np.array_split(order, max(order.size // POOLED, 1)):
        claimed = sites[at].copy()
        wrong = at.size // 5
        claimed[:wrong] = rng.integers(0, len(model.sites.names), wrong)
        in_order = np.argsort(rows[at])
        session = samples.take(rows[at])
        sessions.append(factor_of(model, session, claimed[in_order], LIMIT))
    return alone, sessions


def of_false(model, samples, is_true, rng):
    """Verdicts and whether a factor is recognised, of some false claims of each sample."""
    deciding, ratios = verdicts(model, samples), profile(model, samples)
    told = []
    for i in range(len(samples)):
        others = np.flatnonzero(~is_true[i])
        for site in rng.choice(others, min(FALSE_CLAIMS, others.size), replace=False):
            first, found = deciding[i, site], None
            if VERDICT_OF[first] == "implausible":
                found = single(model, samples, ratios, i, site, first)
            told.append((VERDICT_OF[first], found))
    return told


def of_known(samples, is_true):
    """The samples whose own site the model has, with their true claims."""
    known = is_true.any(axis=1)
    return samples.take(known), is_true[known]


def row(factor, alone, sessions):
    n = len(alone)
    before = np.mean([word == "implausible" for word, _ in alone])
    found = [f for _, f in alone if f is not None]
    after = np.mean([word == "implausible" and f is None for word, f in alone])
    pooled = [f for f in sessions if f is not None]
    cells = [f"{before:.1%}", f"{after:.1%}", f"{len(found)} of {n}: {len(found) / n:.1%}"]
    cells += [named(found, factor), f"{len(pooled)} of {len(sessions)}", named(pooled, factor)]
    return f"| {factor:g} | " + " | ".join(cells) + " |"


def named(found, factor):
    if not found:
        return ""
    error = np.median([abs(f.factor / factor - 1) for f in found])
    held = np.mean([f.low <= factor <= f.high for f in found])
    return f"{error:.0%}, {held:.0%}"


def main():
    for folder in sys.argv[1:]:
        tell(folder, usable(read_library(Path(folder))))


def tell(folder, library):
    rng = np.random.default_rng(0)
    alone, sessions = {f: [] for f in FACTORS}, {f: [] for f in FACTORS}
    false = {"known": [], "unknown": []}
    for model, held_out, is_true in models(library, sample_folds(library, FOLDS, SEED)):
        for factor in FACTORS:
            of_one, of_session = of_true(model, held_out, is_true, factor, rng)
            alone[factor] += of_one
            sessions[factor] += of_session
        false["known"] += of_false(model, *of_known(held_out, is_true), rng)
    groups = value_folds(library.sample_site.astype(str), FOLDS, SEED)
    for model, held_out, is_true in models(library, groups):
        false["unknown"] += of_false(model, held_out, is_true, rng)
    print(f"\n{folder}\n")
    print(
        "| True claims times | implausible before | after | recognised, one sample "
        "| median error, intervals that hold the factor | recognised, sessions of ten "
        "| median error, intervals |"
    )
    print("|---|---|---|---|---|---|---|")
    for factor in FACTORS:
        print(row(factor, alone[factor], sessions[factor]))
    for origin, told in false.items():
        was = np.mean([word == "implausible" for word, _ in told])
        moved = np.mean([f is not None for _, f in told])
        print(f"\nfalse claims, {origin} origin ({len(told)}): implausible {was:.1%}, of which")
        print(f"{moved:.2%} of all become inconclusive by a common factor", flush=True)


if __name__ == "__main__":
    main()

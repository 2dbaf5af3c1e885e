"""Lots and declared blends on samples that the model has not seen, with known truth.

``lots_and_blends.py SOURCE [--seeds N] [--first SEED] [--only lots|blends]``, with SOURCE one of
gaussian, made_up, sphalerite (then --sphalerite names the library). Prints
one line of Markdown for each kind of lot or blend.
"""

import argparse
from collections import defaultdict

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from fingerprint.chemistry import Analyte
from fingerprint.evaluation.metrics import cllr, cllr_min
from fingerprint.judgement import Policy, train
from fingerprint.judgement.blend_trials import mix
from fingerprint.judgement.blends import deal, grain_scores, regrouped, weigh_blends
from fingerprint.judgement.decide import decide
from fingerprint.judgement.members import Members
from fingerprint.library import Library
from fingerprint.library.reading import read_library
from fingerprint.simulate import Design, simulate_library
from fingerprint.tables import Assay, SampleSet

POLICY = Policy()
SIZES = (1, 2, 3, 5)
# Share of W, the variance between samples of a site, that samples of one lot have in common.
SHARED = (0.0, 0.5, 1.0)
N_SITES, N_HIDDEN, N_GRAINS, P = 40, 10, 10, 6
# Of reference samples a site.
FEWEST, MOST = 3, 13
B, W, E = 0.09, 0.05, 0.05
SHARES = (0.1, 0.3, 0.5, 0.7, 0.9)


def drawn(effect, n_samples, name, rng):
    """Samples with given means, as a set."""
    x = 2 + np.repeat(effect, N_GRAINS, axis=0)
    x = x + np.sqrt(E) * rng.standard_normal(x.shape)
    ids = np.repeat([f"{name}-{i:04d}" for i in range(n_samples)], N_GRAINS)
    analytes = tuple(Analyte(e, "ppm") for e in ("Ta", "Nb", "Sn", "W", "Ti", "Fe")[:P])
    unknown = np.full(x.shape, np.nan)
    facts = pd.DataFrame({"sample": ids}, dtype=object)
    return Assay(facts, analytes, 10.0**x, unknown, np.zeros(x.shape, bool))


def gaussian(seed):
    """A library, and for each share in common lots of five of every site, hidden ones too."""
    rng = np.random.default_rng(seed)
    site = np.sqrt(B) * rng.standard_normal((N_SITES + N_HIDDEN, P))
    at = np.repeat(np.arange(N_SITES), rng.integers(FEWEST, MOST, N_SITES, endpoint=True))
    means = site[at] + np.sqrt(W) * rng.standard_normal((len(at), P))
    facts = pd.DataFrame(
        {"sample": [f"R-{i:04d}" for i in range(len(at))], "site": [f"S{s:02d}" for s in at]}
    ).astype(object)
    library = Library(SampleSet.from_tables(drawn(means, len(at), "R", rng), sample_facts=facts))
    lots = {}
    for shared in SHARED:
        own = np.repeat(np.arange(len(site)), 10)
        common = np.repeat(rng.standard_normal((2 * len(site), P)), 5, axis=0)
        means = site[own] + np.sqrt(shared * W) * common
        means = means + np.sqrt((1 - shared) * W) * rng.standard_normal(means.shape)
        samples = SampleSet.from_tables(drawn(means, len(own), "Q", rng))
        lots[f"{shared:.0%} of W shared"] = (samples, np.where(own < N_SITES, own, -1))
    return library, lots


def made_up(seed):
    design = Design(
        n_sites=40, n_districts=10, samples_a_site=(13, 22), single_share=0, double_share=0
    )
    return held_out(simulate_library(design, seed).library, 10, 13, seed)


def held_out(library, n_fresh, least, seed):
    """Hold samples out of every site that has so many; five sites are hidden as a whole."""
    rng = np.random.default_rng(seed)
    large = np.flatnonzero(library.n_reference >= least)
    hidden = rng.choice(large, max(len(large) // 8, 1), replace=False)
    fresh = np.zeros(len(library), bool)
    for s in large:
        rows = np.flatnonzero(library.sample_site == s)
        fresh[rng.permutation(rows)[: len(rows) if s in hidden else n_fresh]] = True
    known = library.take(~fresh)
    row = {name: i for i, name in enumerate(known.sites)}
    own = np.array([row.get(name, -1) for name in library.sites])[library.sample_site]
    codes = np.where(own < 0, -1, own)[fresh]
    return known, {"": (library.samples.take(fresh), codes, library.sample_site[fresh])}


def groups(codes, size):
    """Rows of lots of so many samples of one site each."""
    for site in np.unique(codes):
        rows = np.flatnonzero(codes == site)
        for first in range(0, len(rows) - size + 1, max(size, 5) if len(rows) >= 10 else size):
            yield rows[first : first + size]


def lots(model, samples, own, codes, kind, found):
    for size in SIZES:
        for rows in groups(codes, size):
            lot = Members.of(model, samples.take(rows), POLICY, None)
            weighed = lot.weighed_together()
            decisions = lot.decided_together(weighed, POLICY)
            site, far = own[rows[0]], weighed.log10_lr[0]
            total = lot.weighed.log10_lr.sum(axis=0)
            is_own = np.arange(len(far)) == site
            into = found[kind, size]
            into["true"] += list(far[is_own])
            into["false"] += list(far[~is_own])
            into["total"] += list(total[is_own])
            into["p"] += list(decisions.p_values[0, is_own])
            into["false p"] += list(decisions.p_values[0, ~is_own])
            into["why"] += [str(why) for why in decisions.deciding[0, is_own]]
            into["false why"] += [str(why) for why in decisions.deciding[0, ~is_own]]
            into["outside"] += list((far < model.bounds[0]) | (far > model.bounds[1]))


def rate(hits):
    hits = np.asarray(hits)
    low, high = binomtest(int(hits.sum()), len(hits)).proportion_ci(method="exact")
    return f"{hits.mean():.2%} ({low:.2%} to {high:.2%}) of {len(hits)}"


def tell_lots(found):
    print(
        "| Lots | k | rejected of true | disagree | plausible of true | of false | mean log10 LR |"
        " mean sum | above the sum | Cllr | Cllr_min |"
    )
    for (kind, size), f in found.items():
        true, false, total = (np.array(f[name]) for name in ("true", "false", "total"))
        disagree = np.mean(np.array(f["why"]) == "lot_disagrees")
        print(
            f"| {kind} | {size} | {rate(np.array(f['p']) <= POLICY.alpha)} | {disagree:.2%} | "
            f"{np.mean(np.array(f['why']) == 'consistent'):.2f} | "
            f"{np.mean(np.array(f['false why']) == 'consistent'):.4f} | {true.mean():.2f} | "
            f"{total.mean():.2f} | {np.mean((true > total + 1e-9) & (total > 0)):.2%} | "
            f"{cllr(true, false):.3f} | {cllr_min(true, false):.3f} | outside {sum(f['outside'])}"
        )


def blends(model, samples, own, codes, seed, found):
    rng = np.random.default_rng(seed)
    names, neighbours = model.sites.names, model.sites.neighbours
    known = np.flatnonzero(own >= 0)
    mixed, claims, kinds = [], [], []

    def add(grains, sites, kind):
        mixed.append(grains)
        claims.append(";".join(names[list(sites)]))
        kinds.append(kind)

    grains = [np.arange(*samples.bounds[i : i + 2]) for i in range(len(samples))]
    for i, a in enumerate(rng.permutation(known)[:60]):
        others = known[own[known] != own[a]]
        near = others[neighbours[own[a], own[others]]]
        is_near = bool(i % 2 and len(near))
        b = rng.choice(near if is_near else others)
        where = "neighbours" if is_near else "any two"
        pair = (own[a], own[b])
        for share in SHARES:
            add(mix(grains[a], grains[b], share, rng), pair, f"true, {where}, {share:.0%}")
        add(grains[a], pair, f"true, {where}, 100%")
        c = rng.choice(others[(own[others] != own[b])])
        third = mix(mix(grains[a], grains[b], 0.5, rng), grains[c], 0.67, rng)
        add(third, (*pair, own[c]), "true, three sites")
        add(mix(grains[a], grains[c], 0.7, rng), pair, "false, 30 % from a third site")
    for i in rng.permutation(len(samples))[:60]:
        others = np.delete(np.arange(len(names)), own[i]) if own[i] >= 0 else np.arange(len(names))
        origin = "known" if own[i] >= 0 else "unknown"
        pair = rng.choice(others, 2, replace=False)
        add(grains[i], pair, f"false, {origin} origin, blend")
        add(grains[i], pair[:1], f"false, {origin} origin, one site")
        near = np.flatnonzero(neighbours[:, own[i]]) if own[i] >= 0 else []
        if len(near):
            first = rng.choice(near)
            pair = np.array([first, rng.choice(others[others != first])])
            add(grains[i], pair, "false, from a neighbour, blend")
            add(grains[i], pair[:1], "false, from a neighbour, one site")
    queries = regrouped(samples, mixed)
    named = [np.array([list(names).index(n) for n in c.split(";")]) for c in claims]
    scores = grain_scores(model, queries)
    for n_sites in (2, 3):
        several = np.flatnonzero([len(pair) == n_sites for pair in named])
        told = of_blends(model, queries, several, named, scores)
        for i, numbers in zip(several, told, strict=True):
            found[kinds[i]].append(numbers)
    single = np.flatnonzero([len(pair) == 1 for pair in named])
    alone = queries.take(single)
    weighed = model.weigh(alone)
    p = decide(model, alone, weighed, POLICY).p_values
    for at, i in enumerate(single):
        site = named[i][0]
        numbers = (a[at, site] for a in (p, weighed.log10_lr, weighed.log10_lr_near))
        found[kinds[i]].append((*numbers, np.ones(1)))


def of_blends(model, queries, several, named, scores):
    """P-value, log10 LR far and near, and shares of claims on as many sites each."""
    dealings = [deal(scores[slice(*queries.bounds[i : i + 2])], named[i]) for i in several]
    (weighed,) = weigh_blends(model, queries.take(several), dealings)
    gauge = model.blends
    far, near = model.log10_lr(weighed.score, weighed.score_near, gauge.calibrations)
    n_reference = np.array([model.sites.n_reference[named[i]].min() for i in several])
    p = gauge.p_values(weighed.score, queries.n_grains[several], n_reference, POLICY.alpha)
    shares = [dealing.shares for dealing in dealings]
    return list(zip(p, far, near, shares, strict=True))


def tell_blends(found):
    print("| Claims | p <= alpha | plausible | mean log10 LR | share of the first: mean, rmse |")
    for kind, each in sorted(found.items()):
        p, far, near = (np.array([one[k] for one in each]) for k in range(3))
        plausible = (p > POLICY.alpha) & (far >= 1) & (near >= 0)
        share = np.array([one[3][0] for one in each])
        truth = float(kind.split(", ")[-1].strip("%")) / 100 if kind.endswith("%") else np.nan
        print(
            f"| {kind} | {rate(p <= POLICY.alpha)} | {plausible.mean():.1%} | {far.mean():.2f} | "
            f"{share.mean():.2f}, {np.sqrt(np.mean((share - truth) ** 2)):.2f} | "
            f"no p {np.isnan(p).sum()}"
        )
    two = {k: each for k, each in found.items() if k.startswith("true") and k.endswith("%")}
    true = [one for each in two.values() for one in each]
    false = [one for k, each in found.items() if k.endswith("origin, blend") for one in each]
    print("true, two sites:", rate([one[0] <= POLICY.alpha for one in true]))
    true_lr, false_lr = (np.array([one[1] for one in each]) for each in (true, false))
    print(f"Cllr {cllr(true_lr, false_lr):.3f}, least {cllr_min(true_lr, false_lr):.3f}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source", choices=("gaussian", "made_up", "sphalerite"))
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--first", type=int, default=100)
    parser.add_argument("--sphalerite")
    parser.add_argument("--only", choices=("lots", "blends"))
    given = parser.parse_args()
    found_lots = defaultdict(lambda: defaultdict(list))
    found_blends = defaultdict(list)
    for seed in range(given.first, given.first + given.seeds):
        if given.source == "gaussian":
            library, sets = gaussian(seed)
            sets = {kind: (s, own, np.repeat(np.arange(len(own) // 10), 10))
                    for kind, (s, own) in sets.items()}  # fmt: skip
        elif given.source == "made_up":
            library, sets = made_up(seed)
        else:
            library, sets = held_out(read_library(given.sphalerite), 5, 8, seed)
        model = train(library, seed=seed)
        print(f"seed {seed}: {len(model.lots)} sizes of lots", flush=True)
        for kind, (samples, own, codes) in sets.items() if given.only != "blends" else ():
            lots(model, samples, own, codes, f"{given.source}, {kind}", found_lots)
        if given.only == "lots":
            continue
        samples, own, codes = next(iter(sets.values()))
        blends(model, samples, own, codes, seed, found_blends)
    if found_lots:
        tell_lots(found_lots)
    if found_blends:
        tell_blends(found_blends)


if __name__ == "__main__":
    main()

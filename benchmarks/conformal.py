"""Whether as many true claims are rejected as was set.

    python benchmarks/conformal.py simulated [LIBRARIES] [CORES]
    python benchmarks/conformal.py sphalerite FOLDER_OF_LIBRARY [SPLITS]

Simulated: libraries of some 28 sites, made afresh; a quarter of the samples is set apart before
training and claims its true site. Libraries in turn are made of districts, grain populations and
laboratories, or Gaussian, or with samples that lie about their site as Student's t of 3 degrees.

Sphalerite: out-of-fold scores of every sample once; then the samples are split into a part for
fusion and true scores, cross-fitted inside it, and one whose true claims are tried.
"""

import sys
from collections import Counter
from dataclasses import fields, replace

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from fingerprint.chemistry import Analyte
from fingerprint.evidence import FUSED
from fingerprint.judgement import Policy, train_for_samples
from fingerprint.judgement.crossfit import cross_scores
from fingerprint.judgement.decide import decide
from fingerprint.judgement.neighbours import neighbours
from fingerprint.judgement.open_fusion import fit_open_fusion
from fingerprint.judgement.training import usable
from fingerprint.judgement.trials import make_trials, plan_of
from fingerprint.judgement.unseen import fusions_without, score_true_claims
from fingerprint.library import Library, read_library
from fingerprint.simulate import ANALYTES, Design, simulate_gaussian, simulate_library
from fingerprint.tables import Assay, SampleSet

ALPHAS = (0.01, 0.02, 0.05, 0.10)
N_SITES, N_ANALYTES = 28, 10
SET_APART = 0.25
MAKERS = ("districts", "Gaussian", "heavy tails")


def made_of_districts(seed):
    design = Design(
        n_sites=N_SITES,
        n_districts=7,
        n_hidden_sites=0,
        n_analytes=N_ANALYTES,
        samples_a_site=(4, 9),
        grains_a_sample=(5, 12),
    )
    return simulate_library(design, seed).library


def counts(seed):
    rng = np.random.default_rng([seed, 1])
    n_samples = rng.integers(1, 10, N_SITES)
    return rng, n_samples, rng.integers(4, 13, n_samples.sum())


def gaussian(seed):
    _, n_samples, n_grains = counts(seed)
    alike = 0.4 + 0.6 * np.eye(N_ANALYTES)
    parts = 0.09 * alike, 0.01 * alike, 0.04 * alike
    return simulate_gaussian(N_SITES, n_samples, n_grains, *parts, seed)


def heavy_tailed(seed):
    rng, n_samples, n_grains = counts(seed)
    sample_site = np.repeat(np.arange(N_SITES), n_samples)
    grain_sample = np.repeat(np.arange(n_samples.sum()), n_grains)
    apart = np.sqrt(3 / rng.chisquare(3, (len(sample_site), 1)))
    sites = 0.3 * rng.standard_normal((N_SITES, N_ANALYTES))
    samples = sites[sample_site] + 0.06 * apart * rng.standard_normal((len(apart), N_ANALYTES))
    x = 2 + samples[grain_sample] + 0.2 * rng.standard_normal((len(grain_sample), N_ANALYTES))
    facts = pd.DataFrame({"sample": [f"{i:04d}" for i in grain_sample]}, dtype=object)
    facts["site"] = [f"site {s:02d}" for s in sample_site[grain_sample]]
    analytes = tuple(Analyte(name, "ppm") for name in ANALYTES[:N_ANALYTES])
    nothing = np.full(x.shape, np.nan)
    assay = Assay(facts, analytes, 10.0**x, nothing, np.zeros(x.shape, bool))
    return Library(SampleSet.from_tables(assay))


def p_values(seed):
    """Kind of library, and (alphas, true claims) p-values of fresh samples."""
    kind = MAKERS[seed % len(MAKERS)]
    make = {"districts": made_of_districts, "Gaussian": gaussian, "heavy tails": heavy_tailed}[kind]
    whole = make(seed)
    rng = np.random.default_rng([seed, 2])
    apart = rng.random(len(whole)) < SET_APART
    known = np.isin(whole.sample_site, whole.sample_site[~apart])
    model = train_for_samples(whole.take(~apart), seed=seed)
    fresh = whole.take(apart & known)
    queries = fresh.samples
    own = [model.sites.index(site) for site in fresh.sites[fresh.sample_site]]
    weighed = model.weigh(queries)
    found = []
    for alpha in ALPHAS:
        decided = decide(model, queries, weighed, Policy(alpha=alpha))
        found.append(decided.p_values[np.arange(len(queries)), own])
    return kind, np.array(found)


def simulated(n_libraries, n_cores):
    seeds = range(5000, 5000 + n_libraries)
    done = Parallel(n_cores, return_as="generator")(delayed(p_values)(seed) for seed in seeds)
    found = []
    for one in done:
        found.append(one)
        print(f"{len(found)} of {n_libraries}", file=sys.stderr, end="\r")
    for wanted in ("all", *MAKERS):
        of_kind = [p for kind, p in found if wanted in ("all", kind)]
        print(f"{wanted}: {len(of_kind)} libraries, {sum(p.shape[1] for p in of_kind)} true claims")
        for a, alpha in enumerate(ALPHAS):
            shares = [(p[a] <= alpha).mean() for p in of_kind if np.isfinite(p[a]).all()]
            half = 1.96 * np.std(shares, ddof=1) / np.sqrt(len(shares)) if len(shares) > 1 else 0.0
            mean = np.mean(shares) if shares else np.nan
            print(
                f"  alpha {alpha:.2f}: mean share rejected {mean:.4f} ({mean - half:.4f} to "
                f"{mean + half:.4f}) in {len(shares)} libraries that have enough true claims"
            )


def sphalerite(folder, n_splits):
    library = usable(read_library(folder))
    names = FUSED
    cross = cross_scores(library, names, 5, 0, 2)
    near = neighbours(library, None, cross)
    trials, _ = make_trials(library, cross, near, 0)
    plan = plan_of(names)
    can_be_tried = np.unique(trials.sample[trials.is_true])
    shares, inside = {a: [] for a in ALPHAS}, dict.fromkeys(ALPHAS, 0)
    rejected_of, tried_of = Counter(), Counter()
    for split in range(n_splits):
        rng = np.random.default_rng(split)
        test = np.zeros(len(library), bool)
        test[rng.permutation(can_be_tried)[: can_be_tried.size // 2]] = True
        part = trials.take(~test[trials.sample])
        true_scores = score_true_claims(library, cross, fusions_without(part, cross.folds, plan))
        rest = taken(true_scores, np.flatnonzero(~test[can_be_tried]))
        fusion = fit_open_fusion(plan, part)
        tried = np.flatnonzero(trials.is_true & test[trials.sample])
        samples = trials.sample[tried]
        n_grains = library.samples.n_grains[samples]
        n_reference = cross.n_reference[samples, library.sample_site[samples]]
        score = fusion.score(trials.features[tried])
        for alpha in ALPHAS:
            p = rest.p_values(score, n_grains, n_reference, np.ones(len(score)), alpha)
            shares[alpha].append((p <= alpha).mean())
            low, high = band(rest, n_grains, n_reference, alpha, rng)
            inside[alpha] += low <= (p <= alpha).sum() <= high
            if alpha == 0.02:
                own = library.sites[library.sample_site[samples]]
                rejected_of.update(own[p <= alpha])
                tried_of.update(own)
        print(f"split {split + 1} of {n_splits}", file=sys.stderr, end="\r")
    print(f"{can_be_tried.size} samples, half of them tried in each of {n_splits} splits")
    for alpha in ALPHAS:
        s = np.array(shares[alpha])
        print(
            f"alpha {alpha:.2f}: mean {s.mean():.4f}, least {s.min():.4f}, most {s.max():.4f}; "
            f"{inside[alpha]} of {n_splits} in the beta-binomial 99 % band"
        )
    print("worst sites at 0.02, share of tries over all splits (samples):")
    samples_of = Counter(library.sites[library.sample_site[can_be_tried]])
    for site, _ in rejected_of.most_common(8):
        share = rejected_of[site] / tried_of[site]
        print(f"  {site}: {share:.2f} ({samples_of[site]} samples)")


def taken(true_scores, rows):
    """Some of the true scores; those on samples as they are come first, one for each sample."""
    columns = {f.name: getattr(true_scores, f.name)[rows] for f in fields(true_scores)}
    return replace(true_scores, **columns)


def band(true_scores, n_grains, n_reference, alpha, rng, n_draws=400):
    """99 % band of rejections if true scores and those tried were exchangeable.

    In one group this is the beta-binomial band; over groups their sum, here drawn.
    """
    ones = np.ones(len(n_grains))
    drawn = []
    for _ in range(n_draws):
        random = replace(true_scores, scores=rng.random(len(true_scores.scores)))
        p = random.p_values(rng.random(len(n_grains)), n_grains, n_reference, ones, alpha)
        drawn.append((p <= alpha).sum())
    return np.quantile(drawn, [0.005, 0.995], method="inverted_cdf")


if __name__ == "__main__":
    if sys.argv[1] == "simulated":
        n_libraries = int(sys.argv[2]) if len(sys.argv) > 2 else 102
        simulated(n_libraries, int(sys.argv[3]) if len(sys.argv) > 3 else 2)
    else:
        sphalerite(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 50)

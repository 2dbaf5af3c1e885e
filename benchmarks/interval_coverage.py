"""How often the 95 % interval of log10 LR holds the truth, on simulated libraries.

    python benchmarks/interval_coverage.py [LIBRARIES]

Grains, samples and sites are Gaussian with known mu, B, W and E. The truth of a claim is the log10
LR of the three-level model at the true means of the sample's bag and of the site, with the true mu,
B, W and E, weighed as the sample's n grains are. Libraries are the unit of the simulation; the
Clopper-Pearson intervals take claims as independent, of which those of one library are not quite.
"""

import sys
from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import beta, multivariate_normal

from fingerprint.judgement import train_for_samples
from fingerprint.simulate import simulate_gaussian

N_ANALYTES = 6
ALIKE = 0.4 + 0.6 * np.eye(N_ANALYTES)
B, W, E = 0.25 * ALIKE, 0.02 * ALIKE, 0.06 * ALIKE
MU = 2.0
REFERENCES = (1, 2, 5, 5, 8)  # samples of a site, in turn
N_SITES = 60
GRAINS = (3, 8, 30)  # of the samples that are checked
LN10 = np.log(10.0)


class Told:
    """A scorer that knows the truth."""

    name = "three_level"

    def __init__(self, scores):
        self.scores = scores

    def score(self, samples):
        return self.scores


@dataclass
class World:
    """A library, one more sample of each of its sites, and their true means."""

    library: object
    queries: object
    n_grains: int
    site: np.ndarray
    sample: np.ndarray

    def truth(self):
        """(queries, sites) natural logarithm."""
        noise, mu = W + E / self.n_grains, np.full(N_ANALYTES, MU)
        here = multivariate_normal(np.zeros(N_ANALYTES), noise)
        elsewhere = multivariate_normal(mu, B + noise).logpdf(self.sample)
        return here.logpdf(self.sample[:, None] - self.site) - elsewhere[:, None]


def world(n_grains, seed):
    rng = np.random.default_rng(seed)
    n_samples = np.resize(REFERENCES, N_SITES) + 1
    is_query = np.zeros(n_samples.sum(), dtype=bool)
    is_query[np.cumsum(n_samples) - 1] = True
    grains = np.where(is_query, n_grains, rng.integers(5, 20, n_samples.sum()))
    whole = simulate_gaussian(N_SITES, n_samples, grains, B, W, E, seed, mean=MU)
    # The same seed draws the same sites and samples: what varies below them is switched off.
    none = np.zeros_like(B)
    sites = simulate_gaussian(N_SITES, 1, 1, B, none, none, seed, mean=MU)
    samples = simulate_gaussian(N_SITES, n_samples, 1, B, W, none, seed, mean=MU)
    return World(
        whole.take(~is_query),
        whole.samples.take(is_query),
        n_grains,
        np.log10(sites.samples.assay.values),
        np.log10(samples.samples.assay.values)[is_query],
    )


def intervals(made):
    """Yield what is compared with its truth: the ratio itself, and what a model reports."""
    model = train_for_samples(made.library, ["three_level"])
    weighed = model.weigh(made.queries)
    truth = made.truth()
    known = replace(model, scorers={"three_level": Told(truth)}).weigh(made.queries)
    yield "reported", *model.interval(made.queries, weighed), known.log10_lr, weighed.score
    # The ratio itself: a fusion that passes the score on, without bounds.
    scorer, ends = model.scorers["three_level"], []
    for i in range(len(made.queries)):
        one = made.queries.take(np.array([i]))
        rng = np.random.default_rng(i)
        n = made.n_grains
        counts = rng.multinomial(n - 1, np.full(n, 1 / n), size=100).astype(float)
        drawn = scorer.resampled(one, counts, rng.standard_normal((100, N_SITES + 2, N_ANALYTES)))
        drawn = np.quantile(drawn, (0.025, 0.975), axis=0, method="weibull")
        score = weighed.scores[0, i]
        ends.append([np.minimum(drawn[0], score), np.maximum(drawn[1], score)])
    low, high = np.swapaxes(ends, 0, 1)
    yield "three-level", low / LN10, high / LN10, truth / LN10, weighed.score


def references(n):
    return str(n) if n < 5 else ">= 5"


def main():
    n_libraries = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    found = defaultdict(list)
    for seed in range(n_libraries):
        for n_grains in GRAINS:
            made = world(n_grains, 1000 + seed)
            for what, low, high, truth, score in intervals(made):
                holds = (low - 1e-9 <= truth) & (truth <= high + 1e-9)
                for i, row in enumerate(holds):
                    rivals = np.argsort(-score[i])
                    rivals = rivals[rivals != i][:5]
                    groups = {"true": [i], "false, five most alike": rivals}
                    groups["false, all"] = np.delete(np.arange(N_SITES), i)
                    for kind, sites in groups.items():
                        for s in sites:
                            k = references(made.library.n_reference[s])
                            key = (what, kind, n_grains, k)
                            found[key].append((row[s], high[i, s] - low[i, s]))
        print(f"library {seed + 1} of {n_libraries}", file=sys.stderr, end="\r")
    for (what, kind, n_grains, k), rows in sorted(found.items(), key=str):
        held, width = np.array(rows, dtype=float).T
        n, hit = held.size, held.sum()
        low = beta.ppf(0.025, hit, n - hit + 1) if hit else 0.0
        high = beta.ppf(0.975, hit + 1, n - hit) if hit < n else 1.0
        print(
            f"{what}; {kind}; {n_grains} grains; {k} reference samples: "
            f"{hit / n:.3f} ({low:.3f} to {high:.3f}) of {n}; median width {np.median(width):.2f}"
        )


if __name__ == "__main__":
    main()

"""How often true claims are found implausible when the queries alone are measured less well.

    python benchmarks/weaker_measurements.py LIBRARY...

Five folds by sample, everything trained inside the training part. One table a library, in
Markdown: true claims found implausible with the Clopper-Pearson 95 % interval, the 99 % binomial
band of alpha, what became of true and of false claims (known origin), and Cllr with the least
possible.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.stats import beta, binom

from fingerprint.evaluation.metrics import cllr, cllr_min
from fingerprint.judgement import Policy, train_for_samples
from fingerprint.judgement.conditions import Condition, scaled, with_offset
from fingerprint.judgement.decide import decide
from fingerprint.judgement.splits import sample_folds
from fingerprint.judgement.training import usable
from fingerprint.judgement.verdict import VERDICT_OF
from fingerprint.library import read_library
from fingerprint.tables import SampleSet

FOLDS = 5
SEED = 0
POLICY = Policy()
# Another seed than the model's own trials use, so that the same draws do not meet again.
DRAW = 1000


def typical_limits(library):
    """(analytes,) median detection limit, else the 5 % quantile of the values."""
    assay = library.samples.assay
    found = np.where(assay.censored, np.nan, assay.values)
    limits = np.where(np.isfinite(assay.limits).any(axis=0), assay.limits, np.nan)
    low = np.nanquantile(found, 0.05, axis=0)
    with np.errstate(all="ignore"):
        return np.where(np.isfinite(limits).any(axis=0), np.nanmedian(limits, axis=0), low)


def with_limits(samples: SampleSet, limits):
    """The same grains, measured with detection limits no lower than these."""
    assay = samples.assay
    below = np.isfinite(assay.values) & (assay.values < limits)
    return replace(
        samples,
        assay=replace(
            assay,
            values=np.where(below, limits, assay.values),
            limits=np.fmax(assay.limits, limits),
            censored=assay.censored | below,
        ),
    )


def by_session(samples: SampleSet, offset, seed):
    """One draw of factors for all samples."""
    rng = np.random.default_rng([seed, 2])
    factors = np.exp(rng.normal(0.0, offset, len(samples.assay.keys)))
    return scaled(samples, np.broadcast_to(factors, (len(samples), factors.size)))


def queries(limits):
    return {
        "as it is": lambda s, seed: s,
        "a third of the analytes dropped": lambda s, seed: Condition(0.667).of(s, seed),
        "half of the analytes dropped": lambda s, seed: Condition(0.5).of(s, seed),
        "5 grains kept": lambda s, seed: Condition(1.0, 5).of(s, seed),
        "3 grains kept": lambda s, seed: Condition(1.0, 3).of(s, seed),
        "limits raised 2 times": lambda s, seed: with_limits(s, 2 * limits),
        "limits raised 5 times": lambda s, seed: with_limits(s, 5 * limits),
        "limits raised 20 times": lambda s, seed: with_limits(s, 20 * limits),
        "offset of 5 % a sample": lambda s, seed: with_offset(s, 0.05, seed),
        "offset of 10 % a sample": lambda s, seed: with_offset(s, 0.10, seed),
        "offset of 5 % a session": lambda s, seed: by_session(s, 0.05, seed),
        "offset of 10 % a session": lambda s, seed: by_session(s, 0.10, seed),
        "half of the analytes dropped, offset of 10 %": lambda s, seed: with_offset(
            Condition(0.5).of(s, seed), 0.10, seed
        ),
        "5 grains, half of the analytes dropped": lambda s, seed: Condition(0.5, 5).of(s, seed),
    }


def models(library, folds, policy=POLICY):
    """For each fold: a model trained without it, its samples, and their claims that are true."""
    for fold in range(FOLDS):
        held_out = folds == fold
        model = train_for_samples(library.take(~held_out), policy=policy, seed=SEED)
        own = library.sites[library.sample_site[held_out]].astype(str)
        is_true = model.sites.names.astype(str) == own[:, None]
        print(f"fold {fold + 1} of {FOLDS}", file=sys.stderr)
        yield model, library.samples.take(held_out), is_true


def measured(library, folds):
    """For each query: (verdicts of true claims, of false ones, scores and log10 LR of both)."""
    made = queries(typical_limits(library))
    found = {name: [] for name in made}
    for fold, (model, held_out, is_true) in enumerate(folds):
        known = is_true.any(axis=1)
        for name, make in made.items():
            samples = make(held_out, DRAW + fold)
            weighed = model.weigh(samples)
            deciding = decide(model, samples, weighed, model.policy).deciding
            verdicts = np.vectorize(lambda r: VERDICT_OF[r])(deciding)
            false = ~is_true & known[:, None]
            found[name].append(
                [
                    array[at]
                    for array in (verdicts, weighed.score, weighed.log10_lr)
                    for at in (is_true, false)
                ]
            )
    return {
        name: [np.concatenate(column) for column in zip(*rows, strict=True)]
        for name, rows in found.items()
    }


def row(name, arrays):
    true, false, true_score, false_score, true_lr, false_lr = arrays
    n, k = true.size, int((true == "implausible").sum())
    low, high = beta.ppf(0.025, k, n - k + 1) if k else 0.0, beta.ppf(0.975, k + 1, n - k)
    shares = [(true == "plausible").mean(), (true == "inconclusive").mean()]
    shares += [(false == word).mean() for word in ("implausible", "plausible")]
    weights = [cllr(true_lr, false_lr), cllr_min(true_score, false_score)]
    cells = [f"{k} of {n}: {k / n:.1%} ({low:.1%} to {high:.1%})"]
    cells += [f"{share:.1%}" for share in shares] + [f"{weight:.3f}" for weight in weights]
    return f"| {name} | " + " | ".join(cells) + " |"


def main():
    for folder in sys.argv[1:]:
        library = usable(read_library(Path(folder)))
        found = measured(library, models(library, sample_folds(library, FOLDS, SEED)))
        n = found["as it is"][0].size
        a, b = binom.ppf([0.005, 0.995], n, POLICY.alpha)
        print(f"\n{folder}: 99 % band of {POLICY.alpha:.0%} of {n}: {a:.0f} to {b:.0f}\n")
        print(
            "| Query | true claims implausible | plausible | inconclusive "
            "| false claims implausible | plausible | Cllr | least possible |"
        )
        print("|---|---|---|---|---|---|---|---|")
        for name, arrays in found.items():
            print(row(name, arrays), flush=True)


if __name__ == "__main__":
    main()

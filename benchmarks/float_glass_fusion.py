"""The calibrated fusion beside two-level likelihood ratios on the same claims, on float glass.

    python benchmarks/float_glass_fusion.py trials FOLDER
    .venv-oracles/bin/python benchmarks/oracles/lir_two_level.py FOLDER
    python benchmarks/float_glass_fusion.py compare FOLDER

Five folds by sample over the whole library, everything trained and calibrated without the fold.
Claims: the duplo and the triplo of each of the 320 validation panes, on every validation pane; 640
true ones and 204,160 false ones. The claimed pane is known by those of its two samples that were
trained on: for a true claim the other one. lir's background is the training set throughout, no
pane of which is in a claim. The held-out claims of the fusion take half an hour and are kept in
FOLDER as held_out.npz.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from float_glass import DRAWS, glass, grains_of, said
from sklearn.linear_model import LogisticRegression

from fingerprint.evaluation.held_out import hold_out
from fingerprint.evaluation.metrics import cllr_min
from fingerprint.evidence import FUSED
from fingerprint.judgement import Policy
from fingerprint.judgement.splits import sample_folds
from fingerprint.judgement.training import usable

FOLDS = 5
LN10 = np.log(10)


def held_out(library, folder):
    """Arrays (samples, sites) of the fusion's held-out claims, kept for the next time."""
    path = folder / "held_out.npz"
    if not path.exists():
        folds = sample_folds(library, FOLDS, seed=0)
        claims = hold_out(library, FUSED, folds=folds, near=None, policy=Policy(), seed=0, n_jobs=1)
        np.savez(path, log10_lr=claims.log10_lr, raw=claims.raw, folds=claims.folds)
    return np.load(path)


def write_trials(folder):
    """The claims with the log10 LR of the fusion and of two_level, and what lir reads."""
    folder.mkdir(parents=True, exist_ok=True)
    library = usable(glass())
    found = held_out(library, folder)
    twice = library.n_reference[library.sample_site] == 2
    queries, panes = np.flatnonzero(twice), np.unique(library.sample_site[twice])
    row, column = (grid.ravel() for grid in np.meshgrid(queries, panes, indexing="ij"))
    trials = pd.DataFrame(
        {
            "recovered": library.samples.ids[row],
            "pane": library.sites[library.sample_site[row]],
            "claim": library.sites[column],
            "fold": found["folds"][row],
            "fusion": found["log10_lr"][row, column],
            "two_level": found["raw"][FUSED.index("two_level")][row, column] / LN10,
        }
    )
    trials["control"] = known_as(trials["claim"], trials["fold"])
    trials["same"] = (trials["pane"] == trials["claim"]).astype(int)
    trials.to_csv(folder / "pairs.csv", index=False)
    write_measurements(folder, library, queries, found["folds"])


def known_as(pane, fold):
    """Name of what a model knows of a pane."""
    return pane.astype(str) + " without fold " + fold.astype(str)


def write_measurements(folder, library, queries, folds):
    """Background, recovered samples, and each pane by its samples that a fold does not hold out."""
    grains = grains_of(library)
    grains.xs("training", level="part").rename_axis("source").to_csv(folder / "background.csv")
    fold = pd.Series(folds[queries], library.samples.ids[queries])
    asked = grains[grains.index.get_level_values("part") != "training"].reset_index()
    asked["item"] = asked["pane"] + "/" + asked["part"]
    parts = [asked.assign(side="recovered")]
    for k in range(FOLDS):
        known = asked[asked["item"].map(fold) != k].assign(side="control")
        parts.append(known.assign(item=known_as(known["pane"], pd.Series(k, known.index))))
    both = pd.concat(parts).drop(columns=["pane", "part"]).set_index(["side", "item"])
    both.to_csv(folder / "measurements.csv")


def calibrated(trials, log10_lr):
    """Calibrated on the claims of the other folds, as a league table does with single scorers."""
    out, x = np.empty(len(trials)), np.arcsinh(log10_lr)[:, None]
    for k in range(FOLDS):
        apply = (trials["fold"] == k).to_numpy()
        model = LogisticRegression(C=1e6, class_weight="balanced")
        model.fit(x[~apply], trials["same"][~apply])
        out[apply] = model.decision_function(x[apply]) / LN10
    return out


def cost(log10_lr, true, weight):
    """Cllr of weighted claims, see `fingerprint.evaluation.metrics.cllr`."""
    bits = np.logaddexp(0.0, np.where(true, -log10_lr, log10_lr) * LN10) / np.log(2)
    return 0.5 * sum(np.average(bits[kind], weights=weight[kind]) for kind in (true, ~true))


def compare(folder):
    """Print costs, and how much that of the fusion differs from each two-level ratio's."""
    trials = pd.read_csv(folder / "pairs.csv")
    values = {name: trials[name].to_numpy() for name in ("fusion", "two_level")}
    if (folder / "lir.csv").exists():
        values["lir"] = pd.read_csv(folder / "lir.csv")["log10_lr"].to_numpy()
    others = [name for name in values if name != "fusion"]
    values |= {f"{name}, calibrated": calibrated(trials, values[name]) for name in others}
    low, high = values["fusion"].min(), values["fusion"].max()
    values |= {f"{n}, bounded": np.clip(values[n], low, high) for n in values if "calib" in n}
    true = (trials["same"] == 1).to_numpy()
    panes = trials["pane"].unique()
    pane, claim = (pd.Categorical(trials[c], panes).codes for c in ("pane", "claim"))
    rng, n = np.random.default_rng(0), len(panes)
    drawn = [np.bincount(rng.integers(0, n, n), minlength=n) for _ in range(DRAWS)]
    # A false claim joins two panes, and is there as often as both of them.
    weights = [np.where(true, d[pane], d[pane] * d[claim]) for d in (np.ones(n), *drawn)]
    costs = {name: np.array([cost(v, true, w) for w in weights]) for name, v in values.items()}
    print(f"{true.sum()} true claims, {(~true).sum()} false; bootstrap by pane, {DRAWS} draws")
    for name, found in costs.items():
        least = cllr_min(values[name][true], values[name][~true])
        print(f"{name:31}", said(found, "Cllr"), f"Cllr_min {least:.5f}")
    for other in [other for other in costs if other != "fusion"]:
        print(said(costs["fusion"] - costs[other], f"Cllr of the fusion less that of {other}:"))


if __name__ == "__main__":
    {"trials": write_trials, "compare": compare}[sys.argv[1]](Path(sys.argv[2]))

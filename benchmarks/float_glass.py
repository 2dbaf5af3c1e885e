"""Two-level likelihood ratios of panes of float glass, ours beside another program's.

    python benchmarks/float_glass.py pairs FOLDER
    python benchmarks/float_glass.py compare FOLDER

`pairs` trains on the 659 panes of the training set and compares the duplo of each of the 320
validation panes with the triplo of each: 320 pairs from one pane, 102,080 from two. It writes
background.csv, measurements.csv and pairs.csv. `compare` reads pairs.csv, and lir.csv if
benchmarks/oracles/lir_two_level.py wrote it, and prints Cllr and Cllr_min, raw and calibrated, with
95 % intervals from drawing panes anew. `make oracles` runs all three.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from fingerprint.evaluation.metrics import cllr, cllr_min
from fingerprint.evidence.background import Background
from fingerprint.evidence.two_level import compare_kernel, compare_normal
from fingerprint.library import datasets, read_library

DRAWS = 200
FOLDS = 5
OURS = {"two_level": compare_normal, "two_level_kernel": compare_kernel}


def glass():
    """The public data set as a library."""
    with tempfile.TemporaryDirectory() as folder:
        datasets.build(datasets.recipe("float_glass_laicpms"), Path(folder) / "glass")
        return read_library(Path(folder) / "glass")


def grains_of(library):
    """Grains x analytes, by pane and part."""
    ids = library.samples.ids[library.samples.grain_sample]
    index = [(pane, part) for pane, _, part in (sample.rpartition("/") for sample in ids)]
    index = pd.MultiIndex.from_tuples(index, names=["pane", "part"])
    return pd.DataFrame(library.samples.assay.values, index, library.samples.assay.keys)


def write_pairs(folder):
    """Measurements, pairs and our log10 LR of each."""
    grains = grains_of(glass())
    training = grains.xs("training", level="part")
    control, recovered = (grains.xs(part, level="part") for part in ("duplo", "triplo"))
    panes = control.index.unique()
    background = Background.of(training.to_numpy(), pd.factorize(training.index)[0])
    means = [part.groupby(level="pane").mean().loc[panes] for part in (control, recovered)]
    numbers = [part.groupby(level="pane").size().loc[panes] for part in (control, recovered)]
    pairs = pd.MultiIndex.from_product([panes, panes], names=["recovered", "control"]).to_frame()
    pairs = pairs.reset_index(drop=True)
    pairs["same"] = (pairs["control"] == pairs["recovered"]).astype(int)
    for name, make in OURS.items():
        compare = make(background, means[0].to_numpy(), numbers[0].to_numpy(dtype=float))
        rows = zip(means[1].to_numpy(), numbers[1], strict=True)
        log_lr = np.concatenate([compare(mean, float(n)) for mean, n in rows])
        pairs[name] = log_lr / np.log(10)
    folder.mkdir(parents=True, exist_ok=True)
    training.rename_axis("source").to_csv(folder / "background.csv")
    both = pd.concat({"control": control, "recovered": recovered}, names=["side", "item"])
    both.to_csv(folder / "measurements.csv")
    pairs.to_csv(folder / "pairs.csv", index=False)


def calibrated(log10_lr):
    """(panes, panes) calibrated by pairs of panes in other folds than either pane of a pair."""
    n = len(log10_lr)
    fold = np.random.default_rng(0).permutation(np.arange(n) % FOLDS)
    squashed, same, out = np.arcsinh(log10_lr), np.eye(n, dtype=bool), np.empty_like(log10_lr)
    for a in range(FOLDS):
        for b in range(FOLDS):
            learn = np.flatnonzero((fold != a) & (fold != b))
            at, apply = np.ix_(learn, learn), np.ix_(fold == a, fold == b)
            model = LogisticRegression(C=1e6, class_weight="balanced")
            model.fit(squashed[at].reshape(-1, 1), same[at].ravel())
            logit = model.decision_function(squashed[apply].reshape(-1, 1))
            out[apply] = logit.reshape(out[apply].shape) / np.log(10)
    return out


def costs(log10_lr, panes):
    """Cllr and Cllr_min of the pairs of some panes, drawn once or more."""
    drawn = log10_lr[np.ix_(panes, panes)]
    true, false = np.diag(drawn), drawn[panes[:, None] != panes]
    return cllr(true, false), cllr_min(true, false)


def compare(folder):
    """Print each program's costs, and how much ours differ from the other's."""
    pairs = pd.read_csv(folder / "pairs.csv")
    if (folder / "lir.csv").exists():
        pairs["lir"] = pd.read_csv(folder / "lir.csv")["log10_lr"]
    n = int(pairs["same"].sum())
    square = {name: pairs[name].to_numpy().reshape(n, n) for name in pairs.columns[3:]}
    square |= {f"{name}, calibrated": calibrated(values) for name, values in square.items()}
    rng = np.random.default_rng(0)
    draws = [np.arange(n)] + [rng.integers(0, n, n) for _ in range(DRAWS)]
    found = {name: np.array([costs(v, d) for d in draws]) for name, v in square.items()}
    print(f"{n} pairs from one pane, {n * (n - 1)} from two; bootstrap by pane, {DRAWS} draws")
    for name, values in found.items():
        print(f"{name:30}", *(said(values[:, k], w) for k, w in ((0, "Cllr"), (1, "Cllr_min"))))
    for name in [name for name in found if "lir" in found and not name.startswith("lir")]:
        other = found[name.replace("two_level_kernel", "lir").replace("two_level", "lir")]
        print(f"{name:30}", said(found[name][:, 0] - other[:, 0], "Cllr less that of lir:"))


def said(values, what):
    low, high = np.quantile(values[1:], (0.025, 0.975))
    return f"{what} {values[0]:.5f} [{low:.5f}, {high:.5f}] "


if __name__ == "__main__":
    {"pairs": write_pairs, "compare": compare}[sys.argv[1]](Path(sys.argv[2]))

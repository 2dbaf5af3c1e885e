"""Simulated sources and pairs for an oracle, from a seed: no public data.

    python benchmarks/oracles/simulated_pairs.py tests/golden/lir_two_level
    .venv-oracles/bin/python benchmarks/oracles/lir_two_level.py tests/golden/lir_two_level

These two commands (`make golden`) made the files there. 60 sources of 3 measurements are the
background; of 8 others, 2 measurements are controls and 3 are recovered; 40 pairs.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

SEED = 20261124
ANALYTES = ["Ta", "Nb", "Sn", "W"]
BETWEEN = 0.09 * (0.5 * np.eye(4) + 0.5)
WITHIN = 0.01 * (0.7 * np.eye(4) + 0.3)


def measurements(rng, n_sources, n_measurements):
    """A frame of log10 values to four decimals, one row a measurement, by source."""
    means = rng.multivariate_normal(np.full(4, 2.0), BETWEEN, n_sources)
    values = rng.multivariate_normal(np.zeros(4), WITHIN, (n_sources, n_measurements))
    source = np.repeat([f"source {i:02d}" for i in range(n_sources)], n_measurements)
    x = (means[:, None] + values).reshape(-1, 4).round(4)
    return pd.DataFrame(x, pd.Index(source, name="source"), ANALYTES)


if __name__ == "__main__":
    folder, rng = Path(sys.argv[1]), np.random.default_rng(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    measurements(rng, 60, 3).to_csv(folder / "background.csv")
    others = measurements(rng, 8, 5)
    first = np.arange(len(others)) % 5 < 2
    sides = {"control": others[first], "recovered": others[~first]}
    pd.concat(sides, names=["side", "item"]).to_csv(folder / "measurements.csv")
    names = others.index.unique()
    pairs = [(a, names[(i + k) % 8]) for i, a in enumerate(names) for k in range(5)]
    frame = pd.DataFrame(pairs, columns=["recovered", "control"])
    frame["same"] = (frame["recovered"] == frame["control"]).astype(int)
    frame.to_csv(folder / "pairs.csv", index=False)

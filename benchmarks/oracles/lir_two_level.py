"""The two-level model of the package lir (Netherlands Forensic Institute) on pairs from CSV.

    .venv-oracles/bin/python benchmarks/oracles/lir_two_level.py FOLDER

Runs in an environment of its own, see requirements.txt beside it. FOLDER holds background.csv
(`source`, analytes), measurements.csv (`side`, `item`, analytes) and pairs.csv (`recovered`,
`control`, `same`). Writes lir.csv (`log10_lr`, in the order of the pairs) and prints lir's Cllr.

lir's class has one model: sources distributed as kernels (Bolck et al. 2009), with Silverman's
bandwidth (4 / ((p + 2) m))^(1 / (p + 4)), where Aitken & Lucy (2004) have 2 p + 1 for p + 2.
"""

import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from lir.data.models import LLRData
from lir.lrsystems.two_level import TwoLevelModelNormalKDE
from lir.metrics import cllr, cllr_min

folder = Path(sys.argv[1])
background = pd.read_csv(folder / "background.csv", index_col="source")
items = pd.read_csv(folder / "measurements.csv", index_col=["side", "item"])
pairs = pd.read_csv(folder / "pairs.csv")

model = TwoLevelModelNormalKDE()
model.fit_on_unpaired_instances(background.to_numpy(), pd.factorize(background.index)[0])
most = int(items.groupby(level=["side", "item"]).size().max())


def measurements(side):
    """(pairs, most, analytes) of each pair's item, filled up with NaN, which lir leaves out."""
    of = {item: part.to_numpy() for item, part in items.loc[side].groupby(level="item")}
    x = np.full((len(pairs), most, items.shape[1]), np.nan)
    for row, item in zip(x, pairs[side], strict=True):
        row[: len(of[item])] = of[item]
    return x


log10_lr = model.transform(measurements("recovered"), measurements("control"))
pd.DataFrame({"log10_lr": log10_lr}).to_csv(folder / "lir.csv", index=False)
data = LLRData(features=log10_lr, labels=pairs["same"].to_numpy())
print(f"lir {version('lir')}: Cllr {cllr(data):.5f}, Cllr_min {cllr_min(data):.5f}")

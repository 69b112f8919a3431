"""CTGAN at its defaults on one table, in a process of its own: its interpreter has no imbgan.

python job.py TRAIN.csv ROWS.csv SEED N_WANTED
"""

import sys
import time

import numpy as np
import pandas as pd
import torch
from ctgan import CTGAN


def main(source: str, target: str, seed: int, n_wanted: int) -> None:
    """Learn the table and write rare rows."""
    table = pd.read_csv(source)
    # CTGAN conditions on a label rightly only where the label is the first of the discrete columns.
    table = table.reindex(columns=["label", *table.columns.drop("label")])
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    np.random.seed(seed)  # noqa: NPY002 - the peer draws from the global state
    discrete = [name for name in table.columns if table[name].dtype.kind not in "if"]
    began = time.perf_counter()
    model = CTGAN()
    model.fit(table, discrete)
    found: list[pd.DataFrame] = []
    for _ in range(50):  # a condition makes rare rows frequent, but not all rows rare
        rows = model.sample(n_wanted, condition_column="label", condition_value="rare")
        found.append(rows[rows["label"] == "rare"])
        if sum(map(len, found)) >= n_wanted:
            break
    pd.concat(found).iloc[:n_wanted].to_csv(target, index=False)
    print(f"{time.perf_counter() - began:.0f} s, {len(found)} draws")


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))

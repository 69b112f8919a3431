"""
A table larger than memory
==========================

A table in a folder of files is read in batches: classes are counted, a few random rows of each class are kept to
learn from, and generated rows are written beside the originals. Memory stays the same however many rows there are.
"""

# %%
# Twelve Parquet files of 20,000 payments each; one in two hundred is a fraud.

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import polars as pl

from imbgan import GANOverSampler, open_data_set

folder = Path(tempfile.mkdtemp()) / "payments"
folder.mkdir()
rng = np.random.default_rng(0)
for number in range(12):
    fraud = rng.random(20_000) < 0.005
    table = pl.DataFrame(
        {
            "amount": rng.lognormal(np.where(fraud, 5.5, 3.5), 0.8).round(2),
            "hour": rng.normal(np.where(fraud, 3, 14), 3.0).round() % 24,
            "country": rng.choice(["DE", "FR", "US", "CN"], 20_000),
            "fraud": np.where(fraud, "yes", "no"),
        }
    )
    table.write_parquet(folder / f"part-{number:02}.parquet")

# %%
# Opened, not read:

payments = open_data_set(folder)
sampler = GANOverSampler(sampling_strategy=0.05, random_state=0)
sampler.fit_stream(payments.labeled("fraud"))

# %%
# Generated rows come in batches as well, and go to a file of their own.

n_generated = 0
for number, (X_new, y_new) in enumerate(sampler.sample_stream(batch_size=4096)):
    X_new.with_columns(fraud=pl.Series(y_new)).write_parquet(folder / f"generated-{number:02}.parquet")
    n_generated += len(X_new)
print(f"{n_generated} generated rows beside {12 * 20_000} real ones")

# %%
# On the command line, one line does the same, copies the originals to the byte, and can go on where it was interrupted:
#
# .. code-block:: text
#
#    imbgan resample payments/ --target fraud --ratio 0.05 -o balanced/

# %%
# Real and generated frauds
# -------------------------

real = pl.scan_parquet(folder / "part-*.parquet").filter(pl.col("fraud") == "yes").collect()
generated = pl.scan_parquet(folder / "generated-*.parquet").collect()
figure, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
for axis, column, bins in ((axes[0], "amount", np.geomspace(5, 5000, 40)), (axes[1], "hour", np.arange(25))):
    axis.hist(real[column], bins, density=True, color="#b8bfc9", label="real")
    axis.hist(generated[column], bins, density=True, histtype="step", lw=1.8, color="#b3123f", label="generated")
    axis.set(title=f"{column} of frauds", xlabel=column, xscale="log" if column == "amount" else "linear")
axes[0].set_ylabel("density")
axes[0].legend(frameon=False)
plt.show()

# %%
# .. admonition:: What to take away
#
#    The networks learn from at most some thousand rows per class, which is what they need. The rest of the table is
#    counted and copied, never loaded.

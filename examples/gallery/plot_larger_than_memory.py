"""
A table larger than memory
==========================

A table in a folder of files is read in batches: all rows are counted, a random sample of each class is kept to learn
from, and generated rows are written beside the originals. Memory stays the same however many rows there are.
"""

# %%
# Twelve Parquet files of 20,000 payments each; one in two hundred is a fraud.

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import average_precision_score

from imbgan import GANOverSampler, open_data_set

rng = np.random.default_rng(0)


def draw(n_rows):
    fraud = rng.random(n_rows) < 0.005
    return pl.DataFrame(
        {
            "amount": rng.lognormal(np.where(fraud, 5.5, 3.5), 0.8).round(2),
            "hour": rng.normal(np.where(fraud, 3, 14), 3.0).round() % 24,
            "country": rng.choice(["DE", "FR", "US", "CN"], n_rows),
            "fraud": np.where(fraud, "yes", "no"),
        }
    )


temporary = tempfile.TemporaryDirectory()
folder = Path(temporary.name) / "payments"
folder.mkdir()
for number in range(12):
    draw(20_000).write_parquet(folder / f"part-{number:02}.parquet")

# %%
# Opened, not read; then read once, in batches.

payments = open_data_set(folder)
sampler = GANOverSampler(sampling_strategy=0.05, random_state=0).fit_stream(payments.labeled("fraud"))

# %%
# Generated rows come in batches as well, and each batch goes to a file of its own.

for number, (X_new, y_new) in enumerate(sampler.sample_stream(batch_size=4096)):
    X_new.with_columns(fraud=pl.Series(y_new)).write_parquet(folder / f"generated-{number:02}.parquet")
real = pl.read_parquet(folder / "part-*.parquet")
generated = pl.read_parquet(folder / "generated-*.parquet")
print(f"{len(generated)} generated rows beside {len(real)} real ones")

# %%
# On the command line, one line does the same, copies the originals to the byte, and can go on where it was interrupted:
#
# .. code-block:: text
#
#    imbgan resample payments/ --target fraud --ratio 0.05 -o balanced/

# %%
# Real and generated frauds
# -------------------------
#
# The two ends of the clock are neighbors, but nothing tells the generator so. Look for rows between them.

frauds = real.filter(pl.col("fraud") == "yes")
figure, axes = plt.subplots(1, 2, figsize=(8, 3), layout="constrained")
units = {"amount": "amount (euros)", "hour": "hour of the day"}
for axis, column, bins in ((axes[0], "amount", np.geomspace(5, 5000, 40)), (axes[1], "hour", np.arange(25))):
    axis.hist(frauds[column], bins, density=True, color="#b8bfc9", label="real")
    axis.hist(generated[column], bins, density=True, histtype="step", lw=1.8, color="#b3123f", label="generated")
    axis.set(xlabel=units[column], ylabel="density", xscale="log" if column == "amount" else "linear")
axes[0].legend(frameon=False)
figure.suptitle("Frauds, real and generated")
plt.show()

# %%
# Was it worth it?
# ----------------
#
# This table does fit into memory, so that a classifier can learn it with and without the generated rows, and be tried
# on payments that neither has seen. Boosting goes in small steps here: with such a small share of rare rows
# its default rate overshoots, and anything that changes the table would look like a cure.

test = draw(100_000)
for name, table in (
    ("real rows", real),
    ("real and generated rows", pl.concat([real, generated.select(real.columns)])),
):
    learner = HistGradientBoostingClassifier(learning_rate=0.02, max_iter=200, random_state=0)
    learner.fit(table.select("amount", "hour").to_numpy(), table["fraud"].to_numpy())
    probability = learner.predict_proba(test.select("amount", "hour").to_numpy())[:, 1]
    print(f"{name}: average precision {average_precision_score(test['fraud'] == 'yes', probability):.3f}")
temporary.cleanup()

# %%
# .. admonition:: What to take away
#
#    A large table can be balanced without being loaded. Whether it should be is another question: large tables hold
#    many rare rows, and the more there are, the less generated ones add. Ask ``imbgan compare`` with a sample first.

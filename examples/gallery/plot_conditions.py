"""
Rows that meet conditions
=========================

A test of a fraud system needs frauds of rural customers of 60 or more, and the table has few of them.
``sample(where=...)`` generates such rows, says how it found them, and refuses what cannot be.
"""

# %%
# A made table of transfers. Where a customer lives changes nothing but the distance to the machine, and the amount
# falls with age.

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from imbgan import TabularGAN
from imbgan.exceptions import ParameterError


def draw(n, seed):
    rng = np.random.default_rng(seed)
    age = rng.integers(18, 80, n)
    area = rng.choice(["town", "rural"], n, p=[0.85, 0.15])
    X = pd.DataFrame(
        {
            "age": age,
            "area": area,
            "amount": (1000 * np.exp(-(age - 18) / 40) * rng.lognormal(0, 0.25, n)).round(2),
            "distance": (np.where(area == "rural", 12, 2) * rng.lognormal(0, 0.4, n)).round(1),
        }
    )
    return X, np.where(rng.random(n) < 0.2, "fraud", "ok")


X, y = draw(2000, seed=0)
wanted = {"area": "rural", "age": (60, None)}
known = (y == "fraud") & (X["area"] == "rural") & (X["age"] >= 60)
print(f"{known.sum()} of {(y == 'fraud').sum()} known frauds meet the conditions.")

# %%
# Ask for such rows
# -----------------

gan = TabularGAN(random_state=0).fit(X, y)
anywhere = gan.sample(300, label="fraud")
rows = gan.sample(300, label="fraud", where=wanted)
print(rows.head(3), gan.conditions_, sep="\n\n")

# %%
# Do the other columns follow?
# ----------------------------
#
# The conditions name area and age. Amount and distance should be what they are for such customers, whom a large table
# shows. The amount follows closely. Most distances do; the small heap on the left is of rows whose distance is that of
# a town.

X_truth, _ = draw(40_000, seed=1)
truth = X_truth[(X_truth["area"] == "rural") & (X_truth["age"] >= 60)]
tables = {"truth": (truth, "#b8bfc9", "stepfilled"), "generated, with conditions": (rows, "#b3123f", "step")}
tables["generated, without"] = (anywhere, "#3b4252", "step")
figure, axes = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained")
units = {"amount": "amount (euros)", "distance": "distance (km)"}
for axis, column, limit in zip(axes, units, (1500, 40), strict=True):
    bins = np.linspace(0, limit, 30)
    for name, (table, color, kind) in tables.items():
        axis.hist(table[column], bins, density=True, histtype=kind, color=color, lw=1.8, label=name)
    axis.set(xlabel=units[column], ylabel="density", yticks=[])
axes[0].legend(frameon=False)
figure.suptitle("Frauds of rural customers of 60 or more")
plt.show()

# %%
# What cannot be is refused
# -------------------------
#
# Conditions that no row can meet are an error before anything is generated.

try:
    gan.sample(10, label="fraud", where={"area": "rurall"})
except ParameterError as error:
    print(error)

# %%
# Where too few rows meet a condition, cells of other rows are changed, and a warning says of how many. Look at such
# rows with care: their cells may not fit together.

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    gan.sample(50, label="fraud", where={"area": "rural", "age": (75, None), "amount": (900, None)})
print(*[warning.message for warning in caught], gan.conditions_, sep="\n\n")

# %%
# .. admonition:: What to take away
#
#    Conditions choose among what the generator already makes. What few or no real rows are like is not learned by
#    asking for it, and ``conditions_`` says when an answer is a guess.

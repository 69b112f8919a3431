"""
Five classes
============

Often more than two classes matter, each with its own number of rows. One network learns all of them together, and the
rows that it generates are judged class by class, because a figure over all classes says nothing about the rarest one.
"""

# %%
# Five bent clouds in two dimensions. They have the same shape at five places, and between 1,500 and 15 rows.

import matplotlib.pyplot as plt
import numpy as np

from imbgan import GANOverSampler

SIZES = {"a": 1500, "b": 400, "c": 120, "d": 40, "e": 15}
rng = np.random.default_rng(0)


def draw(label, n):
    angle = 2 * np.pi * list(SIZES).index(label) / len(SIZES)
    along = rng.normal(size=n)
    cloud = np.column_stack([along, 0.5 * along**2 + 0.15 * rng.normal(size=n)])
    return cloud + 4 * np.array([np.cos(angle), np.sin(angle)])


X = np.vstack([draw(label, n) for label, n in SIZES.items()])
y = np.repeat(list(SIZES), list(SIZES.values()))

# %%
# How many rows each class shall have is said as in imbalanced-learn: by name, ratio, dict or function.

sampler = GANOverSampler(sampling_strategy={"b": 500, "c": 500, "d": 500, "e": 500}, random_state=0)
X_new, y_new = sampler.fit_resample(X, y)
generated = sampler.synthetic_mask_
print({label: int((y_new == label).sum()) for label in SIZES})

# %%
# Real rows, generated rows, and the truth
# ----------------------------------------
#
# The largest class gets no rows, so the picture in the middle lacks it.

figure, axes = plt.subplots(1, 3, figsize=(9, 3.8), sharex=True, sharey=True, layout="constrained")
colors = dict(zip(SIZES, ["#9aa3ad", "#0072b2", "#009e73", "#d55e00", "#b3123f"], strict=True))
for (label, color), marker in zip(colors.items(), ".+x1|", strict=True):
    for axis, rows in (
        (axes[0], X[y == label]),
        (axes[1], X_new[generated & (y_new == label)]),
        (axes[2], draw(label, 400)),
    ):
        axis.plot(*rows.T, marker, ms=4, color=color, label=f"{label}: {SIZES[label]} rows")
for axis, title in zip(axes, ["real rows", "generated rows", "400 true rows per class"], strict=True):
    axis.set(title=title, xlabel="first column")
axes[0].set_ylabel("second column")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, markerscale=2, frameon=False)
figure.suptitle("Five classes, from 1,500 rows to 15")
plt.show()

# %%
# What the fifteen rows suffice for
# ---------------------------------
#
# Quality is judged class by class. Where a class has too few rows for a judgment, this is said.

print(sampler.quality_)

# %%
# .. admonition:: What to take away
#
#    Say what each class shall have, and look at each class. Of forty rows the network has place and spread, and
#    little of the bend; of fifteen rows nobody can judge more than that.

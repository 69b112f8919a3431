"""
Mode collapse, provoked, detected and cured
===========================================

A generator that has found one kind of row that fools the discriminator may produce nothing else. This is mode
collapse, what GANs are feared for. Here it is provoked on purpose, and the monitor of the training sees it and starts
anew.
"""

# %%
# Rare rows lie in five heaps around a common one.

import matplotlib.pyplot as plt
import numpy as np

from imbgan import GANOverSampler

rng = np.random.default_rng(0)
heap = rng.integers(0, 5, 300)
angle = 2 * np.pi * heap / 5
rare = 3 * np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(0, 0.35, (300, 2))
X = np.vstack([rng.normal(0, 1, (1500, 2)), rare])
y = np.repeat(["common", "rare"], [1500, 300])

# %%
# Provoked
# --------
#
# The design of 2014, with a generator that learns fifty times as fast as it should.

provoked = GANOverSampler.textbook(train_options={"generator_learning_rate": 0.01}, random_state=0)
X_new, _ = provoked.fit_resample(X, y)
from_provoked = X_new[provoked.synthetic_mask_]

# %%
# Detected, and what was done
# ---------------------------

for event in provoked.events_:
    print(f"step {event.step}, {event.name}: {event.detail}")

# %%
# Every hundred steps the monitor compares generated rows with held-out real ones. A ratio of 1 means that generated
# rows reach as many of these as other real rows do; near 0, they lie at a few places only. After the restart, with a
# gradient penalty and other random numbers, the generator finds all heaps.

history = provoked.history_
figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
axis.plot(np.arange(1, len(history["step"]) + 1) * 100, history["coverage_ratio"], color="#b3123f")
axis.axhline(1, color="#9aa3ad", lw=0.8)
axis.set(title="Coverage of the real rows, restart included", xlabel="steps of all runs", ylabel="coverage ratio")
plt.show()

# %%
# The rows that came out
# ----------------------
#
# Beside them, rows of the default recipe, which has the penalties from the start. Early stopping is off: it ends once
# the distance to real rows has levelled off, and here it does so while the heaps are still connected.

default = GANOverSampler(max_iter=4000, early_stopping=False, random_state=0)
X_new, _ = default.fit_resample(X, y)
from_default = X_new[default.synthetic_mask_]

figure, axes = plt.subplots(1, 3, figsize=(8.5, 3), sharex=True, sharey=True, layout="constrained")
titles = ["real", "provoked, after the restart", "default, 4,000 steps"]
for axis, title, rows in zip(axes, titles, [rare, from_provoked[:300], from_default[:300]], strict=True):
    axis.plot(*rows.T, ".", ms=3, color="#3b4252" if title == "real" else "#b3123f")
    axis.set(title=title, xlabel="first column")
axes[0].set_ylabel("second column")
figure.suptitle("Five heaps of rare rows")
plt.show()

# %%
# .. admonition:: What to take away
#
#    Read ``events_`` after a training: it names a collapse, and what was done about it. The best checkpoint is kept,
#    so that a collapse at the end spoils nothing.

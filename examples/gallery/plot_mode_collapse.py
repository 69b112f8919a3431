"""
Mode collapse, provoked, detected and cured
===========================================

A generator that has found a few rows that fool the discriminator may produce nothing else. This is mode collapse, what
GANs are feared for. Here it is provoked on purpose, the monitor of the training names it, and losses and penalties of
today cure it.
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
# The design of 2014, but its generator learns fifty times as fast. The design starts no run anew, so that the collapse
# can be seen.

fast = {"generator_learning_rate": 0.01}
classical = GANOverSampler.textbook()
classical.set_params(train_options=classical.train_options | fast, random_state=0)
X_new, _ = classical.fit_resample(X, y)
from_classical = X_new[classical.synthetic_mask_]

# %%
# Detected
# --------
#
# The training warned above, and ``events_`` tells when and why it ended.

for event in classical.events_:
    print(f"step {event.step}, {event.name}: {event.detail}")

# %%
# Cured
# -----
#
# The same fast generator, with all other settings at their defaults: a loss that compares generated rows with real
# ones, and penalties on the gradients of the discriminator. Had it collapsed too, it would have started anew with
# stronger penalties, up to three times.

cured = GANOverSampler(max_iter=3000, train_options=fast, random_state=0)
X_new, _ = cured.fit_resample(X, y)
from_cured = X_new[cured.synthetic_mask_]
for event in cured.events_:
    print(f"step {event.step}, {event.name}: {event.detail}")

figure, axes = plt.subplots(1, 3, figsize=(7.5, 3), sharex=True, sharey=True, layout="constrained")
parts = {"real": rare, "design of 2014": from_classical, "default design": from_cured}
for axis, (title, rows), color in zip(axes, parts.items(), ("#3b4252", "#b3123f", "#0f6cbd"), strict=True):
    axis.plot(*rows[:300].T, ".", ms=3, color=color)
    axis.set(title=title, xlabel="first column")
axes[0].set_ylabel("second column")
figure.suptitle("Five heaps of rare rows, and what a fast generator makes of them")
plt.show()

# %%
# The classical generator repeats a few places at the corners of the range, where no real row lies. The default one
# reaches all heaps, with some rows between them.

# %%
# What the monitor sees
# ---------------------
#
# Every hundred steps it compares generated rows with real ones that it has held out. A coverage ratio of 1 means that
# generated rows lie near as many of these as other real rows do; at 0 they lie near none. The default design passes
# through a bad time too, and comes out of it. The best checkpoint is kept in both.

figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
for sampler, label, style in ((classical, "design of 2014", ":"), (cured, "default design", "-")):
    color = "#b3123f" if sampler is classical else "#0f6cbd"
    axis.plot(sampler.history_["step"], sampler.history_["coverage_ratio"], style, color=color, lw=2, label=label)
axis.axhline(1, color="#9aa3ad", lw=0.8)
axis.set(title="Coverage of held-out real rows", xlabel="training step", ylabel="coverage ratio")
axis.legend(frameon=False, loc="center right")
plt.show()

# %%
# .. admonition:: What to take away
#
#    Heed the warning of a training, and read ``events_``: it names a collapse, and what was done about it. Rows of a
#    collapsed generator must not be used. If the defaults collapse on your table, SMOTE or class weights are better.

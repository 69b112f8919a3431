r"""
The textbook GAN on one dimension
=================================

A generator reads noise and makes numbers; a discriminator tells them from real ones. Both learn in turns until the
discriminator can no longer tell. One dimension is enough to see what each of them does, and what a design of today does
better.
"""

# %%
# Numbers are positive (common) or negative (rare). A tenth of 2,000 numbers are negative; these are what a generator is
# to learn.

import warnings

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import ks_2samp

from imbgan import GANOverSampler


def positive_and_negative(n, seed):
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(n) < 0.1, "negative", "positive")
    size = rng.lognormal(mean=0.5, sigma=0.5, size=n)
    return np.where(y == "negative", -size, size).reshape(-1, 1), y


X, y = positive_and_negative(2000, seed=0)
X_unseen, y_unseen = positive_and_negative(20_000, seed=1)
unseen = X_unseen[y_unseen == "negative"]

# %%
# The design of 2014 alternates steps on two losses. The discriminator :math:`D` raises
#
# .. math:: L_D = E \log D(x) + E \log(1 - D(G(z)))
#
# and the generator :math:`G` raises
#
# .. math:: L_G = E \log D(G(z)),
#
# where :math:`x` is a real number and :math:`z` is noise. ``GANOverSampler.textbook()`` trains like this, on the rare
# numbers alone. The default recipe trains on all numbers, knows their class, and compares real and generated numbers in
# pairs.

samplers = {"textbook of 2014": GANOverSampler.textbook(random_state=0), "default": GANOverSampler(random_state=0)}
generated = {}
for name, sampler in samplers.items():
    X_balanced, _ = sampler.fit_resample(X, y)
    generated[name] = X_balanced[sampler.synthetic_mask_]

# %%
# What they learned, beside numbers that neither of them has seen
# ---------------------------------------------------------------
#
# The distance of Kolmogorov and Smirnov says how far two distributions are apart: 0 is the same, 1 is nothing in
# common. The real numbers that the generators learned from have a distance as well, by chance alone.

bins = np.linspace(-8, 0.5, 40)
figure, axes = plt.subplots(1, 2, figsize=(8, 3.2), sharey=True, layout="constrained")
for axis, (name, rows) in zip(axes, generated.items(), strict=True):
    axis.hist(unseen[:, 0], bins, density=True, color="#b8bfc9", label="real, never seen")
    axis.hist(rows[:, 0], bins, density=True, histtype="step", lw=1.8, color="#b3123f", label="generated")
    axis.set(title=name, xlabel="x")
    axis.legend(frameon=False, loc="upper left")
axes[0].set_ylabel("density")
figure.suptitle("Generated and real negative numbers")
plt.show()

for name, rows in {**generated, "the numbers learned from": X[y == "negative"]}.items():
    print(f"distance to unseen numbers {ks_2samp(rows[:, 0], unseen[:, 0]).statistic:.3f}: {name}")

# %%
# What the discriminator sees while the generator learns
# ------------------------------------------------------
#
# The same textbook training stopped after a few epochs, and the best checkpoint of 1,000 epochs from above. The
# generator moves its numbers to where the curve of :math:`D` is higher. A slope that is hardly visible is enough for
# that; the scale below is stretched.

stages = {"best of 1,000 epochs": (samplers["textbook of 2014"], generated["textbook of 2014"])}
for epochs in (20, 5):
    sampler = GANOverSampler.textbook(n_epochs=epochs, random_state=0)
    with warnings.catch_warnings(action="ignore"):  # That it is not good yet is the point.
        X_balanced, _ = sampler.fit_resample(X, y)
    stages = {f"after {epochs} epochs": (sampler, X_balanced[sampler.synthetic_mask_]), **stages}

line = np.linspace(-8, 0.5, 200).reshape(-1, 1)
figure, axes = plt.subplots(2, 3, figsize=(9, 4.4), sharex=True, sharey="row", layout="constrained")
for (above, below), (stage, (sampler, rows)) in zip(axes.T, stages.items(), strict=True):
    above.hist(unseen[:, 0], bins, density=True, color="#b8bfc9", label="real")
    above.hist(rows[:, 0], bins, density=True, histtype="step", lw=1.8, color="#b3123f", label="generated")
    above.set_title(stage)
    below.plot(line[:, 0], sampler.discriminate(line, np.full(len(line), "negative"))[1], color="#3b4252")
    below.axhline(0.5, color="#9aa3ad", lw=0.8)
    below.set(xlabel="x", ylim=(0.4, 0.6))
axes[0, 0].set_ylabel("density")
axes[0, 0].legend(frameon=False)
axes[1, 0].set_ylabel("D(x)")
figure.suptitle("Generated numbers, and the probability that a number is real, during a training")
plt.show()

# %%
# The game ends where :math:`D` is one half everywhere. The reverse is wrong: a discriminator that has not learned yet
# is near one half as well. A distance to real numbers judges a generator; its own opponent does not.
#
# .. admonition:: What to take away
#
#    A GAN needs no formula of a distribution: an opponent is enough. The textbook design finds the shape roughly, and a
#    warning says so.

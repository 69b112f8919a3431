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

import matplotlib.pyplot as plt
import numpy as np

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

figure, axes = plt.subplots(1, 2, figsize=(8, 3.2), sharey=True, layout="constrained")
bins = np.linspace(-8, 0.5, 60)
for axis, (name, rows) in zip(axes, generated.items(), strict=True):
    axis.hist(unseen[:, 0], bins, density=True, color="#b8bfc9", label="real, never seen")
    axis.hist(rows[:, 0], bins, density=True, histtype="step", lw=1.8, color="#b3123f", label="generated")
    axis.set(title=name, xlabel="x")
    axis.legend(frameon=False, loc="upper left")
axes[0].set_ylabel("density")
figure.suptitle("Generated and real negative numbers")
plt.show()

# %%
# What the discriminator sees
# ---------------------------
#
# Near one half, the discriminator cannot tell whether a number is real. At the end of a training this is so nearly
# everywhere: there is little left to learn from.

line = np.linspace(-8, 0, 200).reshape(-1, 1)
figure, axis = plt.subplots(figsize=(5, 3.2), layout="constrained")
for (name, sampler), style in zip(samplers.items(), ("--", "-"), strict=True):
    probability = sampler.discriminate(line, np.full(len(line), "negative"))[1]
    axis.plot(line[:, 0], probability, style, label=name)
axis.axhline(0.5, color="#9aa3ad", lw=0.8)
axis.set(title="The probability that a number is real", xlabel="x", ylabel="D(x)", ylim=(0, 1))
axis.legend(frameon=False)
plt.show()

# %%
# .. admonition:: What to take away
#
#    A GAN needs no formula of a distribution: an opponent that cannot tell is enough. The classical losses find the
#    shape roughly, and a warning says so; the pairs and penalties of the default recipe find it closely.

"""The textbook experiment on one-dimensional data, and today's default beside it.

Numbers are positive (common) or negative (rare). A generator that reads noise learns to make negative numbers by
fooling a discriminator; when the discriminator gives real and generated numbers the same probability, near one half,
it can no longer tell. The classical design of 2014 trains on the rare numbers alone; the default recipe trains on all
numbers and knows the class.

Run: python examples/textbook.py (writes demo-output/textbook.png)
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from scipy.stats import ks_2samp

from imbgan import GANOverSampler

mpl.use("Agg")
import matplotlib.pyplot as plt

OUTPUT = Path("demo-output")


def positive_and_negative(n: int = 2000, rare_share: float = 0.1, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers of shape (n, 1) and their sign as the class; the size is log-normal on both sides."""
    rng = np.random.default_rng(seed)
    y = np.where(rng.random(n) < rare_share, "negative", "positive")
    size = rng.lognormal(mean=0.5, sigma=0.5, size=n)
    return np.where(y == "negative", -size, size).reshape(-1, 1), y


def main() -> None:
    """Train both recipes, evaluate the generated numbers with the discriminator, and draw them."""
    X, y = positive_and_negative()
    X_new, y_new = positive_and_negative(n=20_000, seed=1)  # never seen by any generator
    real, unseen = X[y == "negative"], X_new[y_new == "negative"]
    recipes = {
        "textbook (2014)": GANOverSampler.textbook(random_state=0),
        "default": GANOverSampler(random_state=0),
    }
    print(f"{len(X)} numbers, {len(real)} of them negative.")
    print(f"{'recipe':<16} {'D(real)':>8} {'D(fake)':>8} {'KS to unseen':>13} {'negative':>9} {'steps':>6}")
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), sharey=True, layout="constrained")
    bins = np.linspace(-8, 0.5, 60)
    for axis, (name, sampler) in zip(axes, recipes.items(), strict=True):
        X_balanced, _ = sampler.fit_resample(X, y)
        fake = X_balanced[sampler.synthetic_mask_]
        probability = {
            who: sampler.discriminate(rows, np.full(len(rows), "negative"))[1].mean()
            for who, rows in (("real", unseen), ("fake", fake))
        }
        distance = ks_2samp(fake[:, 0], unseen[:, 0]).statistic
        share = np.mean(fake < 0)
        print(
            f"{name:<16} {probability['real']:>8.3f} {probability['fake']:>8.3f} {distance:>13.3f} {share:>9.1%} "
            f"{sampler.n_iter_:>6}"
        )
        axis.hist(unseen[:, 0], bins, density=True, color="#b8bfc9", label="real, never seen")
        axis.hist(fake[:, 0], bins, density=True, histtype="step", lw=1.8, color="#b3123f", label="generated")
        axis.plot(real[:, 0], np.full(len(real), -0.012), "|", color="#3b4252", label=f"real, seen ({len(real)})")
        axis.set(
            title=f"{name}: D(real) {probability['real']:.2f}, D(generated) {probability['fake']:.2f}",
            xlabel="x",
        )
        axis.legend(frameon=False, loc="upper left")
    axes[0].set_ylabel("density")
    OUTPUT.mkdir(exist_ok=True)
    figure.savefig(OUTPUT / "textbook.png", dpi=150)
    print(f"Wrote {OUTPUT / 'textbook.png'}.")


if __name__ == "__main__":
    main()

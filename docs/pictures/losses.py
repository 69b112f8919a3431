"""What fails without each step from the losses of 2014 to the default recipe."""

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np

from docs.pictures.style import OTHER, OURS, save
from imbgan import GANOverSampler
from imbgan.gan.losses import LOSSES
from imbgan.gan.penalties import logits_and_gradients, zero_centered


def gradients() -> None:
    """Draw how strongly the generator is pushed, over how sure the discriminator is of a generated row."""
    logits = jnp.linspace(-8, 8, 161)
    figure, axis = plt.subplots(figsize=(5.6, 3.0), layout="constrained")
    styles = {
        "minimax": (":", OTHER, "minimax: lower log(1 − D)"),
        "non_saturating": ("-", OURS, "non-saturating: raise log D"),
    }
    for name, (line, color, label) in styles.items():
        loss = LOSSES[name].generator
        push = jax.vmap(jax.grad(lambda fake, loss=loss: loss(jnp.zeros(1), fake[None])))(logits)
        axis.plot(logits, jnp.abs(push), line, color=color, label=label)
    axis.set(title="How strongly the generator is pushed", xlabel="logit of a generated row (left: surely generated)")
    axis.set(ylabel="size of the gradient", ylim=(0, 1.05))
    axis.legend(frameon=False, loc="center right")
    save(figure, "losses-gradients")


def distances() -> None:
    """Draw what the best discriminator and the best critic tell about two heaps, over the distance between them."""
    width, points = 0.3, jnp.asarray(np.random.default_rng(0).normal(0, 0.3, 20_000))

    def told(distance: jax.Array) -> tuple[jax.Array, jax.Array]:
        real, fake = points, points + distance
        logit = lambda x: (distance**2 / 2 - distance * x) / width**2  # noqa: E731  # log of the ratio of densities
        probability = LOSSES["minimax"].discriminator(logit(real), logit(fake))
        return 2 * jnp.log(2.0) - probability, -LOSSES["wasserstein"].discriminator(-real, -fake)

    apart = jnp.linspace(0, 3, 121)
    divergence, wasserstein = jax.lax.map(told, apart)
    figure, axis = plt.subplots(figsize=(5.6, 2.8), layout="constrained")
    axis.plot(apart, wasserstein, color=OURS, label="critic: Wasserstein distance")
    axis.plot(apart, divergence, "--", color=OTHER, label="discriminator: 2 × Jensen-Shannon divergence")
    axis.set(title="What the best opponent tells", xlabel="distance between real and generated rows", ylim=(0, None))
    axis.legend(frameon=False)
    save(figure, "losses-distances")


def orbit(gamma: float, rate: float = 0.05, n_steps: int = 600) -> tuple[np.ndarray, np.ndarray]:
    """Return the ways of a generated point and of a slope: the game of one real row at 0 and ``D(x) = slope * x``.

    This is the smallest game that does not settle (Mescheder 2018, section 2); both players step at the same time.
    """
    loss = LOSSES["minimax"]

    def discriminator(slope: jax.Array, point: jax.Array) -> jax.Array:
        rows = jnp.stack([jnp.zeros(()), point])[:, None]
        logits, gradients = logits_and_gradients(lambda x: slope * x[:, 0], rows)
        penalty = zero_centered(gradients[:1]) + zero_centered(gradients[1:])
        return loss.discriminator(logits[:1], logits[1:]) + gamma * penalty

    def generator(point: jax.Array, slope: jax.Array) -> jax.Array:
        return loss.generator(jnp.zeros(1), slope * point[None])

    def step(
        state: tuple[jax.Array, jax.Array], _: None
    ) -> tuple[tuple[jax.Array, jax.Array], tuple[jax.Array, jax.Array]]:
        point, slope = state
        new = (
            point - rate * jax.grad(generator)(point, slope),
            slope - rate * jax.grad(discriminator)(slope, point),
        )
        return new, state

    _, (points, slopes) = jax.lax.scan(step, (jnp.asarray(1.0), jnp.asarray(0.0)), None, n_steps)
    return np.asarray(points), np.asarray(slopes)


def circles() -> None:
    """Draw the way of the smallest game without penalties, and with R1 and R2."""
    figure, axis = plt.subplots(figsize=(4.4, 4.0), layout="constrained")
    for gamma, line, color, label in ((0.0, "--", OTHER, "no penalty"), (0.3, "-", OURS, "R1 and R2")):
        axis.plot(*orbit(gamma), line, color=color, lw=1.2, label=label)
    axis.plot(1, 0, "o", color="black", ms=5)
    axis.annotate("start", (1, 0), xytext=(-32, -3), textcoords="offset points")
    axis.plot(0, 0, "*", color="black", ms=9)
    axis.annotate("solution", (0, 0), xytext=(6, -12), textcoords="offset points")
    axis.set(
        title="The smallest game", xlabel="generated row (the real one is at 0)", ylabel="slope of the discriminator"
    )
    axis.set_aspect("equal")
    figure.legend(*axis.get_legend_handles_labels(), frameon=False, loc="outside lower center", ncols=2)
    save(figure, "losses-circles")


def heaps() -> tuple[np.ndarray, np.ndarray]:
    """Return 300 rare rows in five heaps around 1,500 common ones, and the labels."""
    rng = np.random.default_rng(0)
    angle = 2 * np.pi * rng.integers(0, 5, 300) / 5
    rare = 3 * np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(0, 0.35, (300, 2))
    return np.vstack([rng.normal(0, 1, (1500, 2)), rare]), np.repeat(["common", "rare"], [1500, 300])


def followed(sampler: GANOverSampler) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Fit on the heaps; return the steps of all runs, and the columns of the history."""
    sampler.fit_resample(*heaps())
    history = sampler.history_
    names = ("coverage_ratio", "score", "discriminator_loss")
    columns = {name: np.asarray(history[name], float) for name in names}
    return 100 * np.arange(1, len(columns["score"]) + 1), columns


def collapse() -> None:
    """Draw the coverage of five heaps with each of two losses, without and with penalties; all else is the recipe.

    The generator learns fifty times as fast as the textbook's. A training ends where the monitor sees a collapse.
    """
    figure, axes = plt.subplots(2, 2, figsize=(6.4, 4.6), layout="constrained", sharex=True, sharey=True)
    losses = {"non_saturating": "losses of 2014", "relativistic": "pairs"}
    for row, (penalties, suffix) in zip(axes, (((), ", no penalty"), (("r1", "r2"), ", R1 and R2")), strict=True):
        for axis, (loss, name) in zip(row, losses.items(), strict=True):
            options = {"generator_learning_rate": 0.01, "penalties": penalties, "max_restarts": 0}
            n_collapsed = 0
            for seed in range(5):
                sampler = GANOverSampler(
                    loss=loss, train_options=options, max_iter=2000, early_stopping=False, random_state=seed
                )
                steps, columns = followed(sampler)
                coverage, is_collapsed = columns["coverage_ratio"], bool(sampler.events_)
                line, color = ("--", OTHER) if is_collapsed else ("-", OURS)
                axis.plot(steps, coverage, line, color=color, lw=1)
                axis.plot(steps[-1], coverage[-1], "x" if is_collapsed else "o", color=color, ms=5)
                n_collapsed += is_collapsed
            axis.set(title=f"{name}{suffix}: {n_collapsed} of 5 collapse", xlim=(0, 2100), ylim=(0, 1.05))
    for axis in axes[1]:
        axis.set_xlabel("step")
    for axis in axes[:, 0]:
        axis.set_ylabel("coverage ratio")
    save(figure, "losses-collapse")


def penalties() -> None:
    """Draw the loss of the critic, and the distance to real rows, with and without a gradient penalty."""
    figure, axes = plt.subplots(2, 1, figsize=(4.8, 4.6), layout="constrained", sharex=True)
    arms = {"without penalty": ((), "--", OTHER), "with gradient penalty": (("gp",), "-", OURS)}
    for label, (chosen, line, color) in arms.items():
        options = {"penalties": chosen, "discriminator_steps": 5}
        sampler = GANOverSampler(
            loss="wasserstein", train_options=options, max_iter=2000, early_stopping=False, random_state=0
        )
        steps, columns = followed(sampler)
        axes[0].plot(steps, columns["discriminator_loss"], line, color=color, label=label)
        axes[1].plot(steps, columns["score"], line, color=color, label=label)
    axes[0].set(title="Loss of the critic")
    axes[1].set(title="Distance to real rows", xlabel="step", ylim=(0, None))
    axes[0].legend(frameon=False)
    save(figure, "losses-penalties")


# These train no network, and so are drawn anew by every run of the tests.
QUICK = (gradients, distances, circles)
PICTURES = (*QUICK, collapse, penalties)

"""The classical design of a generative adversarial network, as parameters of the estimators."""

from collections.abc import Mapping
from typing import Any

TEXTBOOK: dict[str, Any] = {
    "condition": "minority",
    "numbers": "minmax",
    "loss": "non_saturating",
    "batch_size": 64,
    "n_epochs": 1000,
    "n_generators": 1,
    "early_stopping": False,
    "train_options": {
        "penalties": (),
        "generator_hidden": (256, 256),
        "discriminator_hidden": (256, 256),
        "latent_dim": 100,
        "number_output": "sigmoid",
        "generator_learning_rate": 2e-4,
        "discriminator_learning_rate": 2e-4,
        "final_learning_rate": 1.0,
        "adam_b1": 0.5,
        "adam_b2": 0.999,
        "ema_half_life": 1e-3,
        "instance_noise": 0.0,
        "max_restarts": 0,
    },
}


def textbook_parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of the classical design, of which those that are given replace others.

    Of ``train_options``, which are many, the given ones alone are replaced; a given ``max_iter`` replaces
    ``n_epochs``.

    Examples
    --------
    >>> parameters = textbook_parameters({"train_options": {"latent_dim": 8}})
    >>> parameters["train_options"]["latent_dim"], parameters["train_options"]["adam_b1"]
    (8, 0.5)
    """
    options = given.get("train_options")
    if options is None or isinstance(options, Mapping):  # anything else is an error of the estimator
        options = {**TEXTBOOK["train_options"], **(options or {})}
    length = {"n_epochs": None} if "max_iter" in given else {}
    return {**TEXTBOOK, **length, **given, "train_options": options}

"""Parameters that every estimator of this room shares: their ranges, and how they become a training configuration."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from numbers import Integral
from typing import Any

from imbgan._sklearn import Interval, StrOptions
from imbgan.exceptions import ParameterError
from imbgan.gan.config import MonitorConfig, TrainConfig
from imbgan.gan.losses import LOSSES

# One table gives the checks, their messages, and the tests of both.
CONSTRAINTS: dict[str, list[Any]] = {
    "random_state": ["random_state"],
    "condition": [StrOptions({"all", "minority"})],
    "kinds": [Mapping, None],
    "numbers": [StrOptions({"quantile", "minmax"})],
    "max_levels": [Interval(Integral, 2, None, closed="left")],
    "loss": [StrOptions(set(LOSSES))],
    "max_iter": [Interval(Integral, 1, None, closed="left")],
    "n_epochs": [Interval(Integral, 1, None, closed="left"), None],
    "batch_size": [Interval(Integral, 2, None, closed="left")],
    "n_generators": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "early_stopping": ["boolean"],
    "train_options": [Mapping, None],
    "warm_start": ["boolean"],
    "callbacks": [list, tuple, None],
    "verbose": ["verbose"],
}

# Set by parameters of the estimator, so that no option has two names.
_TAKEN = {"loss", "max_iter", "batch_size", "early_stopping"}


def training_configuration(
    parameters: Mapping[str, Any], class_counts: Sequence[int]
) -> tuple[TrainConfig, MonitorConfig]:
    """Resolve the parameters of an estimator for classes of these sizes.

    Raises
    ------
    ParameterError
        ``train_options`` holds an unknown name or a value out of range.
    """
    options = dict(parameters["train_options"] or {})
    twice = sorted(_TAKEN & options.keys())
    if twice:
        raise ParameterError(f"'train_options' must not hold {twice[0]!r}. Set the parameter {twice[0]!r} itself.")
    watching = {f.name: options.pop(f.name) for f in fields(MonitorConfig) if f.name in options}
    max_iter = parameters["max_iter"]
    if parameters["n_epochs"] is not None:
        max_iter = parameters["n_epochs"] * -(-sum(class_counts) // parameters["batch_size"])
    options |= {"loss": parameters["loss"], "max_iter": max_iter, "batch_size": parameters["batch_size"]}
    config = TrainConfig.resolve(options, class_counts=class_counts, n_members=parameters["n_generators"])
    return config, MonitorConfig.resolve(watching | {"early_stopping": parameters["early_stopping"]})

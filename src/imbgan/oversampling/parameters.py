"""Parameters that all estimators of this room share: their ranges, and the configuration of training."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from numbers import Integral, Real
from typing import Any, NamedTuple

from imbgan._sklearn import Interval, StrOptions
from imbgan._text import did_you_mean
from imbgan.exceptions import ParameterError
from imbgan.gan.config import MonitorConfig, TrainConfig
from imbgan.gan.losses import LOSSES
from imbgan.gan.networks.perceptrons import PerceptronConfig
from imbgan.gan.spaces.columns import ColumnOptions

# One table provides the checks, their messages, and the tests of both.
CONSTRAINTS: dict[str, list[Any]] = {
    "random_state": ["random_state"],
    "condition": [StrOptions({"all", "minority"})],
    "kinds": [Mapping, None],
    "numbers": [StrOptions({"quantile", "minmax"})],
    "identifiers": [StrOptions({"fresh", "missing", "keep"})],
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

# Parameters of the estimator set these options, so that no option has two names.
_TAKEN = {"loss", "max_iter", "batch_size", "early_stopping"}

# The fields of these dataclasses are the names in 'train_options', except fields that depend on the data.
_HOMES = (TrainConfig, MonitorConfig, PerceptronConfig, ColumnOptions)
_OPTIONS = sorted({f.name for home in _HOMES for f in fields(home)} - _TAKEN - {"n_classes", "n_members"})


class Configuration(NamedTuple):
    """The configuration of training that the parameters of an estimator describe."""

    train: TrainConfig
    watch: MonitorConfig
    networks: PerceptronConfig
    columns: ColumnOptions


# The required type of an option and its text, by the type of its default.
_TYPES: dict[type, tuple[type, str]] = {
    bool: (bool, "a bool"),
    int: (Integral, "an int"),
    float: (Real, "a finite number"),
    str: (str, "a str"),
}


def training_configuration(parameters: Mapping[str, Any], class_counts: Sequence[int]) -> Configuration:
    """Resolve the parameters of an estimator for classes of these sizes.

    Raises
    ------
    ParameterError
        If ``train_options`` holds an unknown name or a value out of range, or if a callback cannot be called.
    """
    for position, callback in enumerate(parameters["callbacks"] or ()):
        if not callable(callback):
            raise ParameterError(f"'callbacks' must hold callables. Got {callback!r} at position {position}.")
    options = dict(parameters["train_options"] or {})
    twice = sorted(_TAKEN & options.keys())
    if twice:
        raise ParameterError(f"'train_options' must not hold {twice[0]!r}. Set the parameter {twice[0]!r} itself.")
    unknown = next((name for name in options if name not in _OPTIONS), None)
    if unknown is not None:
        raise ParameterError(
            f"'train_options' must hold options by their names. Got {unknown!r}."
            f"{did_you_mean(unknown, _OPTIONS)} Known are: "
            f"{', '.join(_OPTIONS)}."
        )
    _check_types(options)
    max_iter = parameters["max_iter"]
    if parameters["n_epochs"] is not None:
        max_iter = parameters["n_epochs"] * -(-sum(class_counts) // parameters["batch_size"])
    options |= {name: parameters[name] for name in ("loss", "batch_size", "early_stopping")} | {"max_iter": max_iter}
    training, watching, sizes, columns = (
        {f.name: options[f.name] for f in fields(home) if f.name in options} for home in _HOMES
    )
    return Configuration(
        TrainConfig.resolve(training, class_counts=class_counts, n_members=parameters["n_generators"]),
        MonitorConfig.resolve(watching),
        PerceptronConfig.resolve(sizes, loss=parameters["loss"]),
        ColumnOptions.resolve(columns),
    )


def check_training(parameters: Mapping[str, Any]) -> None:
    """Raise the errors of :func:`training_configuration`, which do not depend on the table, before it is read."""
    training_configuration(parameters, [2])


def _check_types(options: Mapping[str, object]) -> None:
    """Raise ParameterError for a value whose type differs from that of the default of its field."""
    for field in (field for home in _HOMES for field in fields(home)):
        if field.name not in options:
            continue
        default: object = field.default
        value, is_tuple = options[field.name], isinstance(default, tuple)
        items = list(value) if is_tuple and isinstance(value, tuple | list) else [value]
        wanted, shown = _TYPES[type(default[0] if isinstance(default, tuple) else default)]
        is_kind = is_tuple == isinstance(value, tuple | list)
        if not is_kind or not all(_is_of_type(item, wanted) for item in items):
            rule = f"a tuple, each item {shown}" if is_tuple else shown
            raise ParameterError(f"The {field.name!r} option must be {rule}. Got {value!r} instead.")


def _is_of_type(item: object, wanted: type) -> bool:
    if isinstance(item, bool) and wanted is not bool:
        return False
    return isinstance(item, wanted) and (wanted is not Real or math.isfinite(item))  # pyright: ignore[reportArgumentType]

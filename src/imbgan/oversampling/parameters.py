"""Parameters that all estimators of this room share: their ranges, and the configuration of training."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any, NamedTuple

from imbgan._sklearn import Interval, StrOptions
from imbgan._text import did_you_mean
from imbgan.exceptions import ParameterError
from imbgan.gan.config import LOSS_OPTIONS, MonitorConfig, TrainConfig
from imbgan.gan.losses import LOSSES
from imbgan.gan.networks.convolutions import ConvolutionConfig
from imbgan.gan.networks.perceptrons import PerceptronConfig
from imbgan.gan.spaces.columns import ColumnOptions
from imbgan.gan.spaces.images import ImageOptions
from imbgan.tabular.rules import check_rules

# One table provides the checks, their messages, and the tests of both.
CONSTRAINTS: dict[str, Any] = {
    "random_state": ["random_state"],
    "condition": [StrOptions({"all", "minority"})],
    "kinds": [Mapping, None],
    "rules": "no_validation",  # see `imbgan.tabular.rules.check_rules`
    "numbers": [StrOptions({"quantile", "minmax"})],
    "identifiers": [StrOptions({"fresh", "missing", "keep"})],
    "encoder": "no_validation",  # see `text_columns`
    "text_output": [StrOptions({"missing", "nearest"})],
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

_SHARED = (
    *("random_state", "condition", "loss", "max_iter", "n_epochs", "batch_size", "n_generators", "early_stopping"),
    *("train_options", "warm_start", "callbacks", "verbose"),
)
IMAGE_CONSTRAINTS: dict[str, list[Any]] = {
    **{name: CONSTRAINTS[name] for name in _SHARED},
    "value_range": [tuple, list, None],
    "resize": [tuple, list, None],
    "augmentations": [Mapping, None],
    "features": [callable, None],
    "recipe": [StrOptions({"direct", "latent"})],
}

# Parameters of the estimator set these options, so that no option has two names.
_TAKEN = {"loss", "max_iter", "batch_size", "early_stopping"}


class OptionTypes(NamedTuple):
    """The dataclasses whose fields are options of one kind of data."""

    networks: type[Any]  # sizes of the networks; made by `resolve(options, loss=...)`
    rows: type[Any]  # options of the space; made by `resolve(options)`
    defaults: Mapping[str, object] = MappingProxyType({})  # options of training that differ from those of tables
    rows_parameter: str = "train_options"  # the parameter that holds the options of the space

    def of(self, parameter: str) -> tuple[type[Any], ...]:
        """Return the dataclasses whose fields are options in a parameter; the first one with a name gets it."""
        training = (TrainConfig, MonitorConfig, self.networks) if parameter == "train_options" else ()
        return (*training, self.rows) if parameter == self.rows_parameter else training

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that hold options."""
        return tuple(dict.fromkeys(("train_options", self.rows_parameter)))


TABLES = OptionTypes(PerceptronConfig, ColumnOptions)
# Settings of a prototype on Fashion-MNIST with classes of 1,000 to 10 images.
IMAGES = OptionTypes(
    ConvolutionConfig,
    ImageOptions,
    MappingProxyType(
        {
            "chunk_size": 250,
            "penalty_interval": 2,
            "gamma": 0.5,
            "class_tempering": 0.5,
            "ema_half_life": 200.0,
            "instance_noise": 0.0,
        }
    ),
    "augmentations",
)
# The numbers of an autoencoder are learned like those of a table, with classes as small as those of images.
LATENTS = OptionTypes(
    PerceptronConfig, ImageOptions, MappingProxyType({"gamma": 0.5, "class_tempering": 0.5}), "augmentations"
)


class Configuration(NamedTuple):
    """The configuration of training that the parameters of an estimator describe."""

    train: TrainConfig
    watch: MonitorConfig
    networks: Any
    rows: Any


# The required type of an option and its text, by the type of its default.
_TYPES: dict[type, tuple[type, str]] = {
    bool: (bool, "a bool"),
    int: (Integral, "an int"),
    float: (Real, "a finite number"),
    str: (str, "a str"),
}


def training_configuration(
    parameters: Mapping[str, Any], class_counts: Sequence[int], types: OptionTypes = TABLES
) -> Configuration:
    """Resolve the parameters of an estimator for classes of these sizes.

    Raises
    ------
    ParameterError
        If ``train_options`` holds an unknown name or a value out of range, or if a callback cannot be called.
    """
    check_rules(parameters.get("rules"))
    for position, callback in enumerate(parameters["callbacks"] or ()):
        if not callable(callback):
            raise ParameterError(f"'callbacks' must hold callables. Got {callback!r} at position {position}.")
    given = {name: dict(parameters[name] or {}) for name in types.parameters}
    for name, options in given.items():
        _check_names(name, options, types.of(name))
        _check_types(options, types.of(name))
    # The usual settings of a loss go before those of a kind of data, which were found for the default loss.
    options = {**types.defaults, **LOSS_OPTIONS.get(parameters["loss"], {})}
    options |= {name: value for each in given.values() for name, value in each.items()}
    max_iter = parameters["max_iter"]
    if parameters["n_epochs"] is not None:
        max_iter = parameters["n_epochs"] * -(-sum(class_counts) // parameters["batch_size"])
    options |= {name: parameters[name] for name in ("loss", "batch_size", "early_stopping")} | {"max_iter": max_iter}
    training, watching, sizes, rows = (
        {f.name: options[f.name] for f in fields(each) if f.name in options}
        for each in (TrainConfig, MonitorConfig, types.networks, types.rows)
    )
    return Configuration(
        TrainConfig.resolve(training, class_counts=class_counts, n_members=parameters["n_generators"]),
        MonitorConfig.resolve(watching),
        types.networks.resolve(sizes, loss=parameters["loss"]),
        types.rows.resolve(rows),
    )


def check_training(parameters: Mapping[str, Any], types: OptionTypes = TABLES) -> None:
    """Raise the errors of :func:`training_configuration`, which do not depend on the rows, before they are read."""
    training_configuration(parameters, [2], types)


def _check_names(parameter: str, options: Mapping[str, object], types: Sequence[type[Any]]) -> None:
    """Raise ParameterError for a name that is no option, depends on the data, or is a parameter of the estimator."""
    twice = sorted(_TAKEN & options.keys())
    if twice:
        raise ParameterError(f"{parameter!r} must not hold {twice[0]!r}. Set the parameter {twice[0]!r} itself.")
    known = sorted({f.name for each in types for f in fields(each)} - _TAKEN - {"n_classes", "n_members"})
    unknown = next((name for name in options if name not in known), None)
    if unknown is not None:
        raise ParameterError(
            f"{parameter!r} must hold options by their names. Got {unknown!r}."
            f"{did_you_mean(unknown, known)} Known are: {', '.join(known)}."
        )


def _check_types(options: Mapping[str, object], types: Sequence[type[Any]]) -> None:
    """Raise ParameterError for a value whose type differs from that of the default of its field."""
    for field in (field for each in types for field in fields(each)):
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

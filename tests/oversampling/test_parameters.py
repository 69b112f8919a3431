"""Parameters: constraints, documented defaults, and the message of each bad value."""

import ast
import inspect
from dataclasses import fields

import numpy as np
import pytest
from sklearn.utils._param_validation import generate_invalid_param_val, make_constraint

from imbgan import GANOverSampler, ParameterError, TabularGAN
from imbgan.gan.config import MonitorConfig, TrainConfig
from imbgan.gan.networks.perceptrons import PerceptronConfig
from imbgan.gan.spaces.columns import ColumnOptions
from imbgan.oversampling.parameters import training_configuration

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")
ESTIMATORS = [GANOverSampler, TabularGAN]


def defaults_of(estimator):
    return {name: p.default for name, p in inspect.signature(estimator).parameters.items()}


def documented(estimator):
    """Parse the section Parameters: name -> what stands behind its colon."""
    text = inspect.getdoc(estimator).split("Parameters\n----------\n")[1].split("\n\nAttributes\n")[0]
    found = {}
    for line in text.splitlines():
        if line[:1].strip():
            names, _, description = line.partition(" : ")
            found.update(dict.fromkeys(names.split(", "), description))
    return found


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_every_parameter_has_a_constraint(estimator):
    assert estimator._parameter_constraints.keys() == defaults_of(estimator).keys()


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_every_parameter_is_documented_in_the_order_of_the_signature(estimator):
    assert list(documented(estimator)) == list(defaults_of(estimator))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_documented_defaults_are_those_of_the_signature(estimator):
    stated = documented(estimator)
    defaults = defaults_of(estimator)
    shown = {name: ast.literal_eval(stated[name].split("default=")[1]) for name in defaults}
    assert shown == defaults


def test_the_sampler_documents_what_both_take_in_the_same_words():
    def shared(estimator):
        text = inspect.getdoc(estimator).split("Parameters\n----------\n")[1].split("\n\nAttributes\n")[0]
        return text.splitlines()[
            text.splitlines().index("random_state : int, RandomState instance or None, default=None") :
        ]

    assert shared(GANOverSampler) == shared(TabularGAN)


def bad_values():
    for estimator in ESTIMATORS:
        for name, constraints in estimator._parameter_constraints.items():
            if constraints == "no_validation":  # checked where it is used
                continue
            yield pytest.param(estimator, name, object(), id=f"{estimator.__name__}-{name}-type")
            for position, constraint in enumerate(constraints):
                try:
                    value = generate_invalid_param_val(make_constraint(constraint))
                except NotImplementedError:  # a constraint of type alone
                    continue
                yield pytest.param(estimator, name, value, id=f"{estimator.__name__}-{name}-{position}")


@pytest.mark.parametrize(("estimator", "name", "value"), list(bad_values()))
@pytest.mark.usefixtures("no_training")
def test_bad_value_is_refused_by_name(estimator, name, value, imbalanced_matrix):
    fit = getattr(estimator(**{name: value}), "fit_resample" if estimator is GANOverSampler else "fit")
    with pytest.raises(ValueError, match=rf"The '{name}' parameter of {estimator.__name__} must be .* Got .* instead"):
        fit(*imbalanced_matrix)


BAD_OPTIONS = [
    ({"gama": 1.0}, r"'train_options' must hold options by their names. Got 'gama'\. Did you mean 'gamma'\?"),
    ({7: 1.0}, "'train_options' must hold options by their names. Got 7"),
    ({"max_iter": 3}, "'train_options' must not hold 'max_iter'. Set the parameter 'max_iter' itself"),
    ({"early_stopping": False}, "must not hold 'early_stopping'"),
    ({"gamma": "high"}, "The 'gamma' option must be a finite number. Got 'high' instead"),
    ({"gamma": float("nan")}, "The 'gamma' option must be a finite number"),
    ({"gamma": -1.0}, "The 'gamma' option must be non-negative. Got -1.0 instead"),
    ({"temperature": None}, "The 'temperature' option must be a finite number"),
    ({"temperature": 9.0}, r"The 'temperature' option must be in \[0.3, 5\]"),
    ({"generator_hidden": 16}, "The 'generator_hidden' option must be a tuple, each item an int. Got 16"),
    ({"generator_hidden": (1.5,)}, "The 'generator_hidden' option must be a tuple, each item an int"),
    ({"generator_hidden": ()}, "The 'generator_hidden' option must be a non-empty tuple"),
    ({"penalties": "r1"}, "The 'penalties' option must be a tuple, each item a str. Got 'r1'"),
    ({"penalties": ("r9",)}, "The 'penalties' option must be a tuple of names out of"),
    ({"chunk_size": 1.5}, "The 'chunk_size' option must be an int. Got 1.5"),
    ({"chunk_size": 0}, "The 'chunk_size' option must be an int of at least 1"),
    ({"spectral_norm": 2}, "The 'spectral_norm' option must be a bool. Got 2"),
    ({"number_output": "tanh"}, "The 'number_output' option must be 'linear' or 'sigmoid'"),
    ({"validation_fraction": 0.9}, r"The 'validation_fraction' option must be in \(0, 0.5\]"),
    ({"max_restarts": True}, "The 'max_restarts' option must be an int. Got True"),
]


@pytest.mark.parametrize(("options", "message"), BAD_OPTIONS)
@pytest.mark.usefixtures("no_training")
def test_bad_train_option_is_refused_by_name(options, message, imbalanced_matrix):
    with pytest.raises(ParameterError, match=message):
        GANOverSampler(train_options=options).fit_resample(*imbalanced_matrix)


def test_bad_train_option_is_refused_before_the_table_is_read(imbalanced_matrix):
    X, y = np.full((20, 2), "x", dtype=object), imbalanced_matrix[1]
    for estimator in (GANOverSampler(train_options={"gama": 1.0}), TabularGAN(train_options={"gama": 1.0})):
        with pytest.raises(ParameterError, match="Did you mean 'gamma'"):
            estimator.fit(X, y)


@pytest.mark.usefixtures("no_training")
def test_callback_that_cannot_be_called_is_refused(imbalanced_matrix):
    with pytest.raises(ParameterError, match=r"'callbacks' must hold callables. Got 3 at position 1"):
        GANOverSampler(callbacks=[print, 3]).fit_resample(*imbalanced_matrix)


def test_no_train_option_has_two_homes():
    names = [
        field.name
        for config in (TrainConfig, MonitorConfig, PerceptronConfig, ColumnOptions)
        for field in fields(config)
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_init_only_stores(estimator):
    given = {name: object() for name in defaults_of(estimator)}
    stored = estimator(**given).get_params(deep=False)
    assert all(stored[name] is value for name, value in given.items())
    assert vars(estimator(**given)).keys() == given.keys()


def test_textbook_is_the_classical_design():
    parameters = GANOverSampler.textbook(random_state=3).get_params(deep=False)
    options = parameters["train_options"]
    assert (parameters["loss"], parameters["batch_size"], parameters["n_epochs"]) == (
        "non_saturating",
        64,
        1000,
    )
    assert (parameters["condition"], parameters["numbers"]) == ("minority", "minmax")
    assert parameters["random_state"] == 3
    assert options["generator_hidden"] == options["discriminator_hidden"] == (256, 256)
    assert options["generator_learning_rate"] == options["discriminator_learning_rate"] == 2e-4
    assert (options["latent_dim"], options["number_output"], options["adam_b1"]) == (100, "sigmoid", 0.5)
    assert (options["penalties"], options["final_learning_rate"], options["max_restarts"]) == ((), 1.0, 0)


def test_textbook_keeps_the_options_that_are_not_named():
    classical = GANOverSampler.textbook().train_options
    given = {"generator_learning_rate": 0.01, "latent_dim": 8}
    assert GANOverSampler.textbook(train_options=given).train_options == classical | given
    assert GANOverSampler.textbook(train_options=None).train_options == classical
    assert GANOverSampler.textbook().train_options == classical  # nothing given stays for the next one


def test_textbook_trains_as_long_as_it_is_told():
    parameters = GANOverSampler.textbook(max_iter=70).get_params(deep=False)
    assert training_configuration(parameters, [500]).train.max_iter == 70
    parameters = GANOverSampler.textbook(n_epochs=2, max_iter=70).get_params(deep=False)
    assert training_configuration(parameters, [500]).train.max_iter == 2 * 8


def test_textbook_says_what_is_wrong_with_its_options(imbalanced_matrix):
    with pytest.raises(ValueError, match="'train_options' parameter of GANOverSampler must be"):
        GANOverSampler.textbook(train_options=[("latent_dim", 8)]).fit_resample(*imbalanced_matrix)


def test_textbook_updates_each_network_once_a_step():
    assert "discriminator_steps" not in GANOverSampler.textbook().train_options
    assert TrainConfig().discriminator_steps == 1


def test_n_epochs_counts_passes_over_the_rows():
    parameters = TabularGAN(n_epochs=3, batch_size=50).get_params(deep=False)
    config = training_configuration(parameters, [100, 20])
    assert config.train.max_iter == 3 * 3  # 120 rows fill three batches of 50


def test_each_loss_is_played_as_it_was_published():
    def of(**parameters):
        return training_configuration(TabularGAN(**parameters).get_params(deep=False), [100, 20])

    hinge, wasserstein = of(loss="hinge"), of(loss="wasserstein")
    assert (hinge.train.penalties, hinge.networks.spectral_norm) == ((), True)
    assert (wasserstein.train.penalties, wasserstein.networks.spectral_norm) == (("gp",), False)
    assert not of(loss="hinge", train_options={"spectral_norm": False}).networks.spectral_norm


def test_options_reach_the_part_that_they_are_of():
    options = {"latent_dim": 7, "temperature": 1, "number_output": "sigmoid", "gamma": 2, "n_suspicions": 9}
    config = training_configuration(TabularGAN(train_options=options).get_params(deep=False), [100, 20])
    assert (config.networks.latent_dim, config.rows.number_output, config.watch.n_suspicions) == (7, "sigmoid", 9)
    assert (config.rows.temperature, config.train.gamma) == (1.0, 2.0)
    assert isinstance(config.rows.temperature, float)


def test_numpy_numbers_are_numbers(quick_sampler, imbalanced_matrix):
    plain = quick_sampler().fit_resample(*imbalanced_matrix)[0]
    options = {"gamma": np.float64(0.1), "chunk_size": np.int64(10), "generator_hidden": [np.int64(16)]}
    boxed = quick_sampler(max_iter=np.int64(10), train_options=options).fit_resample(*imbalanced_matrix)[0]
    np.testing.assert_array_equal(plain, boxed)

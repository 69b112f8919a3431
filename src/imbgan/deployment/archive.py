"""Write a fitted classifier as a skops archive, and read it: no pickle, and no type outside a fixed list."""

import warnings
from collections.abc import Iterator
from typing import Any, cast
from zipfile import ZIP_DEFLATED

import numpy as np
import skops.io
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.neighbors import BallTree, KDTree
from skops.io.exceptions import UnsupportedTypeException, UntrustedTypesFoundException

from imbgan._text import listed, one_line
from imbgan.exceptions import ImbganWarning, ModelFileError

_OURS = (
    "ensemble.bagging.GANBaggingClassifier",
    "ensemble.calibration.BetaMap",
    "ensemble.calibration.Calibrator",
    "ensemble.calibration.PlattMap",
    "ensemble.distillation.DistilledClassifier",
    "ensemble.pool.LogOddsPool",
    "ensemble.prior.PriorCorrectedClassifier",
    "learners.coded.CodedClassifier",
    "learners.preparation.TablePreprocessor",
    "learners.preparation._Field",
    "rules.conditions.Condition",
    "rules.results.Node",
    "rules.results.Rule",
    "rules.results.RuleColumn",
    "rules.results.RuleSet",
    "learners.texts.TextPreprocessor",
    "learners.texts.TextVectorizer",
    "tabular.vectors.Element",
    "text.encoders.CheckedEncoder",
    "text.pretrained.PretrainedEncoder",
    "text.scripts.Script",
    "text.words.ReducedEncoder",
    "text.words.WordEncoder",
    "text.words.normalized",
)
#: Types of an archive, besides those that skops itself trusts: numbers, text, containers, NumPy arrays and functions,
#: and the estimators of scikit-learn. None of them runs code from the archive.
TRUSTED = (
    *(f"imbgan.{name}" for name in _OURS),
    "catboost.core.CatBoostClassifier",
    "collections.OrderedDict",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier",
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    # Trees hold positions of nodes and columns, which scikit-learn does not check: `_check_trees` does.
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.metrics._dist_metrics.ManhattanDistance64",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.tree._tree.Tree",
    "xgboost.core.Booster",
    "xgboost.sklearn.XGBClassifier",
)
_ADVICE = (
    "Use an estimator of scikit-learn or LightGBM without functions or classes of your own, or keep the classifier "
    "with joblib, which writes a pickle."
)


def write_archive(classifier: object) -> bytes:
    """Return a fitted classifier as the bytes of a skops archive.

    Raises
    ------
    ModelFileError
        If a part of it has a type outside :data:`TRUSTED`; the message names the type.
    """
    try:
        data = skops.io.dumps(classifier, compression=ZIP_DEFLATED, compresslevel=6)
        refused = sorted(set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED))
    except (UnsupportedTypeException, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ModelFileError(f"The classifier cannot be saved ({one_line(error)[:200]}). {_ADVICE}") from error
    if refused:
        raise ModelFileError(f"The classifier holds {listed(refused)}, which may not be saved. {_ADVICE}")
    return data


def read_archive(data: bytes, place: str) -> Any:  # noqa: ANN401 - any classifier
    """Rebuild a classifier that :func:`write_archive` wrote.

    Parameters
    ----------
    data : bytes
    place : str
        The file, for messages.

    Raises
    ------
    ModelFileError
        If the archive is damaged or foreign, or names a type outside :data:`TRUSTED`.
    """
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            classifier = skops.io.loads(data, trusted=list(TRUSTED))
            _check_trees(classifier)
    except UntrustedTypesFoundException as error:
        names = sorted(set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED))
        raise ModelFileError(
            f"{place} names {listed(names)}, which no classifier of imbgan holds. It is not loaded, since such a type "
            "could run code. Train the classifier again, or find out who wrote the file."
        ) from error
    except ImportError as error:
        raise ModelFileError(
            f"{place} needs the package {error.name!r}, which is not installed. Install the packages that its README "
            "names."
        ) from error
    except Exception as error:  # whatever foreign bytes make of the parsers of zip, JSON and arrays
        raise ModelFileError(
            f"{place} is damaged or foreign ({type(error).__name__}: {one_line(error)[:200]}). Copy it again, or train "
            "the classifier again."
        ) from error
    for warning in caught:
        if isinstance(warning.message, InconsistentVersionWarning):
            written = warning.message.original_sklearn_version
            warnings.warn(
                f"{place} was written with scikit-learn {written}, and another version is installed. Probabilities may "
                "differ; train the classifier again, or install that version.",
                ImbganWarning,
                stacklevel=4,
            )
            break
    return classifier


def _check_trees(classifier: object) -> None:
    """Raise ValueError if a tree points outside of itself, which would make predictions read foreign memory."""
    for part in parts(classifier):
        own: Any = part
        if hasattr(own, "tree_"):
            _check_tree(own.tree_, own.n_features_in_)
        elif hasattr(own, "_predictors"):
            for predictor in parts(own._predictors):
                if hasattr(predictor, "nodes"):
                    _check_predictor(predictor, own.n_features_in_)
        elif isinstance(part, ExtraTreesClassifier | RandomForestClassifier):
            _require(all(each.n_features_in_ == own.n_features_in_ for each in own.estimators_))
        elif isinstance(own, KDTree | BallTree):
            rows, index, nodes, _ = map(np.asarray, own.get_arrays())
            _require(((index >= 0) & (index < len(rows))).all())
            _require(((nodes["idx_start"] >= 0) & (nodes["idx_end"] <= len(rows))).all())


def _require(is_met: bool | np.bool_) -> None:
    if not is_met:
        raise ValueError("a tree points outside of its nodes, rows or columns")


def _check_tree(tree: Any, n_features: int) -> None:  # noqa: ANN401 - of Cython
    inner = np.asarray(tree.children_left) != -1
    features = np.asarray(tree.feature)[inner]
    _require(((features >= 0) & (features < n_features)).all())
    _check_children(inner, tree.children_left, tree.children_right)


def _check_predictor(predictor: Any, n_features: int) -> None:  # noqa: ANN401 - private to scikit-learn
    nodes = np.asarray(predictor.nodes)
    inner = ~nodes["is_leaf"].astype(bool)
    features = nodes["feature_idx"][inner].astype(np.int64)
    _require(((features >= 0) & (features < n_features)).all())
    _check_children(inner, nodes["left"], nodes["right"])
    of_categories = inner & nodes["is_categorical"].astype(bool)
    _require((nodes["bitset_idx"][of_categories] < len(np.asarray(predictor.raw_left_cat_bitsets))).all())


def _check_children(inner: NDArray[np.bool_], *sides: Any) -> None:  # noqa: ANN401 - arrays of any integers
    """Require that children stand behind their parent, so that no path has an end outside or none at all."""
    own = np.arange(len(inner))
    for side in sides:
        child = np.asarray(side).astype(np.int64)
        _require(((child > own) & (child < len(inner)))[inner].all())


def parts(value: object, seen: set[int] | None = None) -> Iterator[object]:
    """Yield all objects that a classifier is made of."""
    seen = set[int]() if seen is None else seen
    if isinstance(value, str | bytes | int | float | bool | None) or id(value) in seen:
        return
    seen.add(id(value))
    yield value
    children: Any = ()
    if isinstance(value, dict):
        children = cast("dict[object, object]", value).values()
    elif isinstance(value, list | tuple | set):
        children = cast("list[object]", value)
    elif isinstance(value, np.ndarray):
        children = value.ravel().tolist() if value.dtype == object else ()
    elif hasattr(value, "__dict__"):
        children = vars(value).values()
    for child in children:
        yield from parts(child, seen)

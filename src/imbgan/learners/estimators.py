"""Classifiers that have names, each with the preparation that it needs."""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.tree import DecisionTreeClassifier

from imbgan._optional import import_optional
from imbgan._text import did_you_mean
from imbgan.exceptions import ParameterError
from imbgan.learners.coded import CodedClassifier
from imbgan.learners.preparation import TablePreprocessor

#: A person still reads a tree of so many leaves.
MAX_LEAVES = 32
DEFAULT_ESTIMATORS = ("logistic_regression", "hist_gradient_boosting")
#: A classifier that has a name sees an image by this many principal components.
N_COMPONENTS = 64


def _lightgbm(seed: int) -> Any:  # noqa: ANN401 - a class of an optional package
    return import_optional("lightgbm", extra="lightgbm").LGBMClassifier(random_state=seed, n_jobs=1, verbose=-1)


def _xgboost(seed: int) -> CodedClassifier:
    package: Any = import_optional("xgboost", extra="xgboost")
    return CodedClassifier(package.XGBClassifier(random_state=seed, n_jobs=1, verbosity=0))


def _catboost(seed: int) -> CodedClassifier:
    package: Any = import_optional("catboost", extra="catboost")
    # By default it writes a folder of logs into the working directory.
    quiet = {"verbose": False, "allow_writing_files": False}
    return CodedClassifier(package.CatBoostClassifier(random_seed=seed, thread_count=1, **quiet))


def _mlp(seed: int) -> CodedClassifier:
    # With early stopping, scikit-learn 1.7 looks for NaN among predicted labels, which fails on texts.
    return CodedClassifier(MLPClassifier((64, 64), early_stopping=True, random_state=seed))


def readable_tree(seed: int, max_leaf_nodes: int = MAX_LEAVES) -> DecisionTreeClassifier:
    """Return a tree of few leaves; entropy tells small probabilities apart better than the Gini impurity does."""
    return DecisionTreeClassifier(criterion="entropy", max_leaf_nodes=max_leaf_nodes, random_state=seed)


#: Name -> (classifier from a seed, treatment of numbers).
ESTIMATORS: dict[str, tuple[Callable[[int], Any], str]] = {
    "logistic_regression": (lambda seed: LogisticRegression(max_iter=1000, random_state=seed), "standardize"),
    "hist_gradient_boosting": (lambda seed: HistGradientBoostingClassifier(random_state=seed), "raw"),
    "random_forest": (lambda seed: RandomForestClassifier(200, random_state=seed), "standardize"),
    "decision_tree": (lambda seed: DecisionTreeClassifier(random_state=seed), "standardize"),
    "readable_tree": (readable_tree, "raw"),
    "k_neighbors": (lambda seed: KNeighborsClassifier(15), "standardize"),
    "mlp": (_mlp, "standardize"),
    # Few units and a strong penalty suit tables of some thousand rows with few rare ones.
    "small_mlp": (
        lambda seed: MLPClassifier((16,), alpha=10.0, solver="lbfgs", tol=1e-3, max_iter=2000, random_state=seed),
        "standardize",
    ),
    "lightgbm": (_lightgbm, "raw"),
    "xgboost": (_xgboost, "raw"),
    "catboost": (_catboost, "raw"),
}


def mixture_names() -> tuple[str, ...]:
    """Return the learners of a mixture: a linear one, a forest, gradient boosting and a small neural network.

    LightGBM where it is installed, and scikit-learn's histogram gradient boosting otherwise.
    """
    boosting = "lightgbm" if find_spec("lightgbm") else "hist_gradient_boosting"
    return "logistic_regression", "random_forest", boosting, "small_mlp"


def make_estimator(name: str, random_state: int = 0) -> Pipeline:
    """Return a pipeline of the preparation that a classifier needs for mixed tables, and the classifier.

    Parameters
    ----------
    name : str
        One of :data:`ESTIMATORS`.
    random_state : int, default=0

    Raises
    ------
    ParameterError
        If the name is unknown.
    ImportError
        If the package of the classifier is not installed.
    """
    if name not in ESTIMATORS:
        hint = did_you_mean(name, ESTIMATORS)
        raise ParameterError(f"The estimator must be one of {', '.join(ESTIMATORS)}. Got {name!r}.{hint}")
    make, numbers = ESTIMATORS[name]
    return make_pipeline(TablePreprocessor(numbers=numbers), make(random_state))


def make_image_estimator(name: str, n_images: int, n_pixels: int, random_state: int = 0) -> Pipeline:
    """Return a classifier on principal components of images, for images as rows of pixels.

    Parameters
    ----------
    name : str
        One of :data:`ESTIMATORS`.
    n_images : int
        Number of images that it learns from, at least.
    n_pixels : int
        Number of numbers that make an image.
    random_state : int, default=0

    Raises
    ------
    ParameterError, ImportError
        As for :func:`make_estimator`.
    """
    n_components = min(N_COMPONENTS, n_images, n_pixels)
    return make_pipeline(PCA(n_components, random_state=0), make_estimator(name, random_state))


def resolve_estimators(estimator: object, seed: int) -> dict[str, Any]:
    """Return classifiers by name; see :func:`imbgan.comparison.compare`."""
    if estimator is None:
        return {name: make_estimator(name, seed) for name in DEFAULT_ESTIMATORS}
    if isinstance(estimator, str):
        return {estimator: make_estimator(estimator, seed)}
    if isinstance(estimator, Mapping):
        found = {str(name): make_estimator(e, seed) if isinstance(e, str) else e for name, e in estimator.items()}
    elif isinstance(estimator, list | tuple):
        found = {_name(e): make_estimator(e, seed) if isinstance(e, str) else e for e in estimator}
    else:
        found = {_name(estimator): estimator}
    for name, classifier in found.items():
        if not (hasattr(classifier, "fit") and hasattr(classifier, "predict_proba")):
            raise ParameterError(
                f"'estimator' must have fit and predict_proba, since rare classes are judged by probabilities. Got "
                f"{name!r} of type {type(classifier).__name__}; wrap a classifier without predict_proba in "
                "sklearn.calibration.CalibratedClassifierCV."
            )
    return found


def _name(estimator: Any) -> str:  # noqa: ANN401 - any classifier
    if isinstance(estimator, str):
        return estimator
    return type(estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator).__name__

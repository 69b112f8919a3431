"""What scikit-learn lacks or hides: the only module that imports private names of it and of imbalanced-learn."""

# pyright: reportPrivateUsage=false

from typing import Any

from sklearn.base import _fit_context as fit_context
from sklearn.base import clone
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import _check_feature_names as check_feature_names
from sklearn.utils.validation import _check_n_features as check_n_features
from sklearn.utils.validation import _num_samples as num_samples

__all__ = [
    "HasMethods",
    "Interval",
    "StrOptions",
    "check_feature_names",
    "check_n_features",
    "clone_sharing",
    "fit_context",
    "num_samples",
]


def clone_sharing(estimator: Any, *shared: str) -> Any:  # noqa: ANN401 - any estimator
    """Return a clone that holds the same models: scikit-learn would copy them, which are hundreds of megabytes.

    Parameters
    ----------
    estimator : estimator
    *shared : str
        Parameters whose values are shared unless they are estimators themselves.
    """
    values = estimator.get_params(deep=False)
    copied: Any = type(estimator)(
        **{
            name: value if name in shared and not hasattr(value, "get_params") else clone(value, safe=False)
            for name, value in values.items()
        }
    )
    for name in ("_metadata_request", "_sklearn_output_config"):
        if name in vars(estimator):
            setattr(copied, name, clone(vars(estimator)[name], safe=False))
    return copied

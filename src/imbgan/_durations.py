"""A guess of how long parts of a comparison take, before any has run; it loads nothing, so that commands stay quick."""

from collections.abc import Sequence

# Seconds of one fit on one core of a common machine: a constant, and a part for each cell of the training part. They
# only have to be right in size: the first fits of a comparison correct them.
_ESTIMATORS = {
    "logistic_regression": (0.05, 4e-7),
    "hist_gradient_boosting": (0.25, 1e-6),
    "random_forest": (0.4, 8e-6),
    "decision_tree": (0.03, 1e-6),
    "readable_tree": (0.03, 1e-6),
    "k_neighbors": (0.03, 5e-6),
    "mlp": (0.5, 1e-5),
    "small_mlp": (0.1, 3e-6),
    "lightgbm": (0.15, 1e-6),
    "xgboost": (0.15, 1e-6),
    "catboost": (1.5, 4e-6),
}
_OTHER_ESTIMATOR = (0.25, 2e-6)
# How many fits of the estimator alone a strategy is worth.
_FITS = {
    "none": 1.0,
    "class_weight": 1.0,
    "random_under": 0.4,
    "bagging": 8.0,
    "gan_bagging": 10.0,
    "mixture": 0.0,
    "gan_mixture": 0.0,
    # The estimator judges five folds and learns from more rows in the end; its teacher is that of all estimators.
    "distilled": 7.0,
    "auto": 0.0,
}
_FITS_OF_OTHERS = 1.8
# Strategies that fit learners of their own, once for all estimators.
_OWN_LEARNERS = {"mixture": (0.8, 1e-5), "gan_mixture": (7.0, 8e-5), "distilled": (5.5, 7e-5)}
# One generator, which all strategies with generated rows share.
_GENERATOR = (4.0, 5e-6)


def fit_seconds(strategy: str, estimator: str, n_cells: int, *, is_first: bool = True) -> float:
    """Return the seconds of one fit of a strategy with an estimator, without its generator.

    ``is_first`` tells whether no other estimator has left its results to this one.
    """
    if is_first and strategy in _OWN_LEARNERS:
        constant, per_cell = _OWN_LEARNERS[strategy]
        return constant + per_cell * n_cells
    constant, per_cell = _ESTIMATORS.get(estimator, _OTHER_ESTIMATOR)
    return (constant + per_cell * n_cells) * _FITS.get(strategy, _FITS_OF_OTHERS)


def generator_seconds(n_cells: int) -> float:
    """Return the seconds that training a generator takes."""
    constant, per_cell = _GENERATOR
    return constant + per_cell * n_cells


def expected_seconds(
    n_rows: int,
    n_columns: int,
    *,
    strategies: Sequence[str],
    estimators: Sequence[str],
    n_folds: int = 10,
    n_splits: int = 5,
    n_jobs: int = 1,
) -> float:
    """Guess how long a comparison of all folds takes on a common machine.

    Parameters
    ----------
    n_rows, n_columns : int
        Size of the table.
    strategies, estimators : sequence of str
        Names; those that are not known count as average ones.
    n_folds : int, default=10
        Number of folds in all repeats.
    n_splits : int, default=5
        Number of folds of one repeat.
    n_jobs : int, default=1
        Number of processes.

    Returns
    -------
    float
        Seconds, right to a factor of about three.
    """
    n_cells = round(n_rows * (n_splits - 1) / n_splits) * n_columns
    per_fold = sum(
        fit_seconds(strategy, estimator, n_cells, is_first=place == 0)
        for strategy in strategies
        for place, estimator in enumerate(estimators)
    )
    if any(strategy.startswith("gan") for strategy in strategies):
        per_fold += generator_seconds(n_cells)
    return per_fold * n_folds / max(1, n_jobs)

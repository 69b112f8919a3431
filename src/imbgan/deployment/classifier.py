"""The classifier to take away: a strategy, a threshold, what to expect, and what it was trained on."""

import warnings
from collections.abc import Mapping
from dataclasses import replace
from numbers import Integral
from pathlib import Path
from typing import Any, Self

import joblib
import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.pipeline import Pipeline
from sklearn.utils import Tags, get_tags, indexable
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import HasMethods, Interval, StrOptions, clone_sharing, fit_context
from imbgan._text import shown
from imbgan.comparison.folds import find_blocks, make_folds, n_blocks_of_rarest
from imbgan.comparison.journal import table_hash
from imbgan.deployment.columns import LearnedColumns
from imbgan.deployment.figures import TUNABLE, Objective, cross_fit, expected
from imbgan.deployment.origin import Origin, Training
from imbgan.deployment.predicting import Predicting
from imbgan.deployment.preparation import AUTO, as_table, is_auto, prepared_estimator, resolved_strategy
from imbgan.deployment.tree import name_target
from imbgan.engines.local import start_workers
from imbgan.ensemble.base import Rows, seed_of, seeded
from imbgan.ensemble.weights import fit_weighted, of_kept_rows
from imbgan.exceptions import DataError, NewDataWarning, ParameterError, TextColumnWarning
from imbgan.learners import make_estimator
from imbgan.learners.texts import text_columns, warn_of_texts
from imbgan.random import Streams
from imbgan.strategies import AutoBalancedClassifier, Strategy
from imbgan.tabular import read_table
from imbgan.tabular.labels import label_text
from imbgan.tabular.vectors import cell_names


class DeployableClassifier(Predicting):
    """A classifier to take away: fit it, know what to expect, save it without a pickle, and score new tables.

    It joins what the other classifiers leave apart. A strategy for the rare classes wraps the estimator. Cross-fitting
    tunes the threshold, and gives expected figures with intervals. ``save`` writes a folder that needs no pickle. New
    tables are checked column by column.

    Parameters
    ----------
    estimator : classifier with ``predict_proba``, or name, default="hist_gradient_boosting"
        A name of :data:`imbgan.comparison.ESTIMATORS`, or a classifier or pipeline. A classifier that cannot be fitted
        to the table is combined with a :class:`imbgan.learners.TablePreprocessor`.
    strategy : str or Strategy, default="auto"
        A name of :data:`imbgan.comparison.STRATEGIES`, or your own :class:`imbgan.comparison.Strategy`. ``"auto"``
        chooses by cross-validation, as :class:`imbgan.AutoBalancedClassifier` does, and may choose to do nothing.
    metric : {"f1", "mcc", "g_mean", "balanced_accuracy", "recall_at_fpr"} or None, default="f1"
        With two classes, predict the rarer one from the probability that is best by this metric on held-out rows. None,
        or more than two classes: predict the most probable class.
    costs : mapping or array-like of shape (n_classes, n_classes), default=None
        What wrong decisions cost, as for :func:`imbgan.compare`. Decisions are then made at the least expected cost,
        whatever ``metric`` is.
    alerts : int or (int, int), default=None
        How many rows can be looked at, such as ``(100, 5000)``: 100 of 5,000 rows; a single number means that many rows
        of a table of the size of X. Without ``costs``, the threshold is the one that raises this share of alerts.
    encoder : encoder, mapping of column name to encoder, or None, default="auto"
        How columns of free text are encoded; see :func:`imbgan.compare`.
    cv : int, default=5
        Number of folds of the cross-fitting; fewer if the rarest class has fewer rows.
    n_jobs : int or None, default=None
        Number of processes for the folds, as in scikit-learn. It changes no result.
    random_state : int, RandomState instance or None, default=None
        Seed of folds, strategies and estimator.
    verbose : int, default=0
        Verbosity of ``"auto"``.

    Attributes
    ----------
    strategy_ : str
        Name of the strategy; with ``"auto"``, of the chosen one.
    verdict_ : str
        Why ``"auto"`` chose it, in one sentence; otherwise empty.
    estimator_ : classifier
        The strategy, fitted on all rows.
    threshold_ : float or None
        Probability of the rarer of two classes from which it is predicted; None if another rule decides.
    costs_ : Costs or None
    rare_code_ : int or None
        Position of the rarer one of two classes in ``classes_``; None for more classes.
    expected_ : tuple of Figure
        Expected figures on new rows, with intervals. Empty if a class has too few rows for folds.
    columns_ : LearnedColumns
        The columns of the table.
    training_ : Training
        What it was trained on.
    origin_ : Origin or None
        The file that it was trained on, if the command line did so.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    class_counts_ : ndarray of shape (n_classes,), int
        Number of rows of each class in the table; with ``class_totals``, in the table that X is a sample of.
    natural_counts_ : ndarray of shape (n_classes,)
        The same, or the sum of the weights of each class.
    sampled_counts_ : ndarray of shape (n_classes,), int, or None
        Number of rows of each class in X, if it is a sample.
    training_counts_ : ndarray of shape (n_classes,)
        Number of training rows of each class after resampling, or the sum of their weights; for bags, the mean.
    n_features_in_ : int
        Number of columns of the table.
    feature_names_in_ : ndarray of shape (n_features,)
        Names of the columns, if all names are strings.

    See Also
    --------
    imbgan.compare : Find out first whether any strategy is worth it.

    Notes
    -----
    Cross-fitting costs ``cv`` further fits. Rows with equal features, and the rows of one group, stay in one fold. With
    ``"auto"``, the strategy was chosen on the same rows, so the expected figures are somewhat too high; those of a
    comparison are not (``imbgan train --from``).

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.datasets import make_classification
    >>> X, y = make_classification(n_samples=400, weights=[0.9], random_state=0)
    >>> model = DeployableClassifier("logistic_regression", "class_weight", random_state=0).fit(X, y)
    >>> folder = Path(tempfile.mkdtemp()) / "model"
    >>> model.save(folder)
    >>> bool((DeployableClassifier.load(folder).predict(X) == model.predict(X)).all())
    True
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        "estimator": [str, HasMethods(["fit", "predict_proba"])],
        "strategy": [str, Strategy],
        "metric": [StrOptions(set(TUNABLE)), None],
        "costs": "no_validation",
        "encoder": "no_validation",
        "alerts": "no_validation",
        "cv": [Interval(Integral, 2, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        estimator: Any = "hist_gradient_boosting",  # noqa: ANN401 - any classifier
        strategy: str | Strategy = AUTO,
        *,
        metric: str | None = "f1",
        costs: Any = None,  # noqa: ANN401 - see Costs.read
        alerts: int | tuple[int, int] | None = None,
        encoder: Any = "auto",  # noqa: ANN401 - see text_columns
        cv: int = 5,
        n_jobs: int | None = None,
        random_state: int | np.random.RandomState | None = None,
        verbose: int | bool = 0,
    ) -> None:
        self.estimator = estimator
        self.strategy = strategy
        self.metric = metric
        self.costs = costs
        self.alerts = alerts
        self.encoder = encoder
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    def __sklearn_clone__(self) -> Self:
        return clone_sharing(self, "encoder")  # a copy of a model would be large, and unknown to the cache

    @fit_context(prefer_skip_nested_validation=False)
    def fit(
        self,
        X: object,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        groups: ArrayLike | None = None,
        class_totals: Mapping[Any, int] | None = None,
    ) -> Self:
        """Choose a strategy if asked to, fit it on all rows, tune the threshold and estimate the figures.

        If X holds a sample of each class of a larger table, such as all rows of the rare class and some of the common
        one, give the numbers of rows in that table. Probabilities are then corrected to its class shares
        (:func:`imbgan.ensemble.correct_prior`), and for threshold and figures a held-out row counts as many times as
        there are rows of its class in the table for each one in X. Only what ``"auto"`` chooses by is measured at the
        class shares of X.

        Parameters
        ----------
        X : table of shape (n_samples, n_features)
            A table in any container that the estimator accepts.
        y : array-like of shape (n_samples,)
            Class labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, at least 0; a row of weight 0 is left out. The classifier learns with them; threshold
            and figures count each row once.
        groups : array-like of shape (n_samples,), default=None
            Rows of one group (a patient, a customer) stay in one fold.
        class_totals : mapping of label to int, default=None
            Number of rows of each class in the table of which X is a sample; by default X is the table.

        Returns
        -------
        self

        Raises
        ------
        DataError
            If labels are missing, if there are fewer than two classes, if a weight is negative or not finite, or if
            ``class_totals`` does not hold each class with at least its rows in X.
        ValueError
            If X and y have different numbers of rows.
        ParameterError
            If estimator, strategy, costs or alerts are unknown or impossible, or with both ``sample_weight`` and
            ``class_totals``.
        """
        if sample_weight is not None and class_totals is not None:
            raise ParameterError("Give either 'sample_weight' or 'class_totals': weights of a sample have no totals.")
        streams = Streams.from_random_state(self.random_state)
        rows = self._read_rows(as_table(X), y, sample_weight)
        rows = rows._replace(table=indexable(rows.table)[0])
        group_of = None if groups is None else of_kept_rows(groups, sample_weight)
        self._read_totals(class_totals)
        table = read_table(rows.table)
        self._encoders = text_columns(table, self.encoder)
        warn_of_texts(table, self._encoders, stacklevel=3)
        strategy = resolved_strategy(self.strategy, self._encoders)
        objective = Objective.read(self)
        estimator = prepared_estimator(self.estimator, table, self._encoders, seed_of(streams, "estimator"))
        start_workers(self.n_jobs)
        strategy, self.estimator_ = self._fit_strategy(strategy, estimator, rows, streams)
        name_target(self.estimator_, y)
        self.strategy_ = strategy.name
        learned = self.natural_counts_ if self.sampled_counts_ is None else self.sampled_counts_
        self.training_counts_ = getattr(self.estimator_, "training_counts_", learned)
        self.columns_ = LearnedColumns.of(table, self._encoders)
        self.origin_: Origin | None = None
        self.training_ = Training(
            n_rows=int(self.class_counts_.sum()),
            n_columns=len(cell_names(table.names)),
            class_counts=dict(zip(map(label_text, self.classes_), self.class_counts_.tolist(), strict=True)),
            fingerprint=str(joblib.hash((table_hash(table), rows.labels.tolist()))),
            has_weights=rows.weights is not None,
        )
        self._cross_fit(strategy, estimator, rows, group_of, objective, streams)
        return self

    def _read_totals(self, class_totals: Mapping[Any, int] | None) -> None:
        """Count the rows of the table of which the rows that were read are a sample."""
        self.sampled_counts_ = None
        if class_totals is None:
            return
        labels, counts = self.classes_.tolist(), self.class_counts_
        totals = np.array([class_totals.get(label, 0) for label in labels], np.intp)
        if set(class_totals) - set(labels) or (totals < counts).any():
            raise DataError(
                "'class_totals' must hold the classes of y and no other, each with at least its rows in y. Got "
                f"{shown(str(dict(class_totals)), 200)} for {dict(zip(labels, counts.tolist(), strict=True))}."
            )
        if (totals > counts).any():
            self.sampled_counts_, self.class_counts_, self.natural_counts_ = counts, totals, totals

    def _fit_strategy(
        self,
        strategy: Strategy,
        estimator: Any,  # noqa: ANN401 - any classifier
        rows: Rows,
        streams: Streams,
    ) -> tuple[Strategy, Any]:
        """Return the strategy, or the one that "auto" chose, and its classifier, fitted on all rows."""
        seed = seed_of(streams, "fit")
        self.verdict_ = ""
        if is_auto(strategy):
            auto = AutoBalancedClassifier(
                estimator,
                encoder=self._encoders or None,
                random_state=seed,
                n_jobs=self.n_jobs,
                verbose=self.verbose,
            )
            with warnings.catch_warnings():
                # `fit` has told it.
                warnings.simplefilter("ignore", TextColumnWarning)
                auto.fit(rows.table, rows.labels, rows.weights)
            self.verdict_ = auto.verdict_
            return resolved_strategy(auto.strategy_, self._encoders), auto.estimator_
        classifier = strategy.build(seeded(estimator, seed), seed)
        fit_weighted(classifier, rows.table, rows.labels, rows.weights)
        return strategy, classifier

    def _cross_fit(
        self,
        strategy: Strategy,
        estimator: Any,  # noqa: ANN401 - any classifier
        rows: Rows,
        groups: NDArray[np.generic] | None,
        objective: Objective,
        streams: Streams,
    ) -> None:
        """Tune the threshold and estimate the figures."""
        blocks = find_blocks(rows.table, groups)
        sampled = self.sampled_counts_
        stands_for = None if sampled is None else (self.class_counts_ / sampled)[rows.codes]
        n_splits = min(self.cv, n_blocks_of_rarest(rows.codes, blocks.ids))
        if n_splits < 2:
            rarest = label_text(self.classes_[int(self.class_counts_.argmin())])
            warnings.warn(
                f"Class {rarest!r} has too few different rows for folds, so nothing is known about new rows, and the "
                "threshold is not tuned.",
                NewDataWarning,
                stacklevel=3,
            )
            decider, self.expected_ = objective.tune(rows.codes[:0], np.empty((0, len(self.classes_)))), ()
        else:
            folds = make_folds(rows.codes, blocks, (n_splits, 1), Streams(seed_of(streams, "folds")))
            seeds = [seed_of(streams, "fold", fold.index) for fold in folds]
            held_out = cross_fit(
                lambda seed: strategy.build(seeded(estimator, seed), seed),
                rows,
                len(self.classes_),
                folds,
                seeds,
                self.n_jobs,
            )
            found = self._at_natural_shares(held_out.probabilities)
            held_out = replace(held_out, probabilities=found)
            decider = objective.tune(rows.codes, found, stands_for)
            self.expected_ = expected(held_out, rows.codes, self.classes_, objective, stands_for)
        self.set_decider(decider)

    def save(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Save into a new folder, completely or not at all, without a pickle.

        The folder holds ``classifier.json`` (columns, threshold, figures, versions), ``classifier.skops`` (the fitted
        classifier) and ``README.md`` (a model card, with the rules of a taught tree). Samplers and generators are left
        out.

        Parameters
        ----------
        path : path-like
        overwrite : bool, default=False
            Whether a folder that holds a classifier of this kind is replaced.

        Raises
        ------
        ModelFileError
            If the classifier holds a type that may not be saved.
        ParameterError
            If the path exists, or if its parent does not.
        """
        from imbgan.deployment.folder import save_folder

        check_is_fitted(self, "estimator_")
        save_folder(self, Path(path), overwrite=overwrite)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Load what :meth:`save` wrote. Nothing in the folder is executed.

        The parameters ``estimator`` and ``strategy`` of the result are names, or the text of an own object; it predicts
        as the saved one did, and is not meant to be fitted again.

        Raises
        ------
        ModelFileError
            If a file is missing, damaged or foreign, was written by a newer version, or names a type that no classifier
            of imbgan holds.
        """
        from imbgan.deployment.folder import load_folder

        return load_folder(cls, Path(path))

    def __sklearn_tags__(self) -> Tags:
        named: Any = make_estimator("logistic_regression")
        tags = get_tags(named) if isinstance(self.estimator, str) else super().__sklearn_tags__()
        if not isinstance(self.estimator, Pipeline):  # a pipeline is used as it is, everything else is prepared
            tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = True
        return tags

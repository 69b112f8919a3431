"""Filters on trial: a sampler draws more rows than are wanted, and a filter keeps the better ones."""

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log1p, logit
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from imbgan import GANOverSampler, TabularGAN
from imbgan._threads import one_thread
from imbgan.random import Streams
from imbgan.tabular import concat, take
from imbgan.tabular.labels import read_labels

Matrix = NDArray[np.float32]

N_FOLDS = 5
# Probabilities are kept this far from 0 and 1 before their log-odds are taken.
EDGE = 1e-4
# A pool row counts at most this many times its share: few real rows cannot support more.
MOST_WEIGHT = 20.0
# Generated rows that a critic is fitted on: beside fifty real ones, more teach it nothing.
MOST_FAKES = 1000
# Share of a pool that rejection sampling keeps at least.
LEAST_ACCEPTANCE = 0.25


class FilteredSampler(BaseEstimator):
    """Fit a :class:`GANOverSampler`, draw a pool of rows of each raised class, and keep some of them.

    Parameters
    ----------
    sampler : GANOverSampler or None, default=None
        ``None`` takes one at its defaults.
    pool : float, default=5
        Rows drawn for each row wanted, above 1.
    random_state : int, default=0

    Attributes
    ----------
    sampling_strategy_ : dict
        Class label -> number of rows that were generated.
    sampler_ : GANOverSampler
        The fitted sampler.
    """

    def __init__(self, sampler: GANOverSampler | None = None, *, pool: float = 5, random_state: int = 0) -> None:
        self.sampler = sampler
        self.pool = pool
        self.random_state = random_state

    def fit(self, X: object, y: object) -> Self:
        """Do nothing: samplers learn in :meth:`fit_resample`; pipelines ask for this method."""
        del X, y
        return self

    def fit_resample(self, X: object, y: object) -> tuple[Any, NDArray[np.generic]]:
        """Return the original rows, behind them the kept ones, and the labels of both."""
        sampler: GANOverSampler = clone(self.sampler if self.sampler is not None else GANOverSampler())
        self.sampler_ = sampler.set_params(random_state=self.random_state)
        self.sampler_.fit_resample(X, y)
        read = read_labels(y)
        labels = read.values
        wanted = {label: int(n) for label, n in self.sampler_.sampling_strategy_.items() if n > 0}
        self.sampling_strategy_ = wanted
        if not wanted:
            return X, labels
        gan, streams = self.sampler_.gan_, Streams(self.random_state)
        real = gan.encoder_.transform(X, streams.integer("filter", "encoder"))
        codes = read.codes
        known = gan.classes_.tolist()
        parts = [
            self._filtered(gan, real, codes, known.index(label), n, streams.generator("filter", known.index(label)))
            for label, n in wanted.items()
        ]
        made = gan.encoder_.inverse_transform(np.concatenate(parts))
        new = np.repeat(np.array(list(wanted), dtype=labels.dtype), list(wanted.values()))
        return concat(take(X, np.arange(len(labels))), made), np.concatenate([labels, new])

    def _filtered(
        self, gan: TabularGAN, real: Matrix, codes: NDArray[np.intp], code: int, n: int, rng: np.random.Generator
    ) -> Matrix:
        """Return ``n`` encoded rows of class ``code``."""
        rows = gan._sample_rows(int(np.ceil(n * self.pool)), code)
        return rows[self._choose(gan, real, codes, code, rows, n, rng)]

    def _choose(
        self,
        gan: TabularGAN,
        real: Matrix,
        codes: NDArray[np.intp],
        code: int,
        rows: Matrix,
        n: int,
        rng: np.random.Generator,
    ) -> NDArray[np.intp]:
        """Return positions of ``n`` different rows of the pool."""
        raise NotImplementedError


class MatchedPoolSampler(FilteredSampler):
    r"""Keep rows whose scores are distributed as those of held-out real rows.

    Two cross-fitted scores stand for what a learner and a critic see: the log-odds :math:`s_1` of the class given the
    row, and :math:`s_2` of being real given that the row is of the class. Rows of the pool are drawn without
    replacement with weights

    .. math:: w(x) \propto \exp(\theta^T (s_1, s_2, s_1^2, s_2^2, s_1 s_2)),

    the ratio of the densities of real and pool scores as a logistic regression estimates it: means, variances and the
    covariance of the scores then agree with the real ones. Importance resampling with a learned ratio, as in Grover
    et al. 2019 ("Bias correction of learned generative models"), on two numbers instead of all columns, since fifty
    rows support no more. Weights are cut at 20 times their mean.

    Parameters
    ----------
    sampler, pool, random_state
        As in :class:`FilteredSampler`.
    scorer : {"trees", "linear"}, default="trees"
        What gives the scores: gradient-boosted trees or a logistic regression.
    """

    def __init__(
        self,
        sampler: GANOverSampler | None = None,
        *,
        pool: float = 5,
        scorer: str = "trees",
        random_state: int = 0,
    ) -> None:
        super().__init__(sampler, pool=pool, random_state=random_state)
        self.scorer = scorer

    def _choose(
        self,
        gan: TabularGAN,
        real: Matrix,
        codes: NDArray[np.intp],
        code: int,
        rows: Matrix,
        n: int,
        rng: np.random.Generator,
    ) -> NDArray[np.intp]:
        del gan
        scores_real, scores_pool = cross_fitted_scores(SCORERS[self.scorer], real, codes, code, rows, rng)
        return resample_without_replacement(log_ratio(scores_real, scores_pool), n, rng)


class RejectionSampler(FilteredSampler):
    r"""Discriminator rejection sampling (Azadi et al. 2019) with the discriminator of the generator itself.

    With logits D of a pool and their maximum M, a row is accepted with probability

    .. math:: \sigma(F(x) - \gamma), \quad F(x) = D(x) - M - \log(1 - e^{D(x) - M - \epsilon}),

    where :math:`\gamma` is 0, or what raises the mean acceptance to 25 %. Differs from the paper in that rows are
    accepted in proportion until exactly as many as wanted are kept, so that counts do not depend on chance.
    """

    def _choose(
        self,
        gan: TabularGAN,
        real: Matrix,
        codes: NDArray[np.intp],
        code: int,
        rows: Matrix,
        n: int,
        rng: np.random.Generator,
    ) -> NDArray[np.intp]:
        del real, codes
        logits, _ = gan._score_rows(rows, np.full(len(rows), code))
        return accept(acceptance(logits), n, rng)


def linear() -> Pipeline:
    """Return a strongly regularized logistic regression."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, class_weight="balanced", max_iter=300))


def trees() -> HistGradientBoostingClassifier:
    """Return a few small gradient-boosted trees, unweighted: weights make the binning of wide tables slow."""
    return HistGradientBoostingClassifier(
        max_iter=40,
        learning_rate=0.15,
        max_leaf_nodes=6,
        min_samples_leaf=10,
        early_stopping=False,
        random_state=0,
    )


SCORERS: dict[str, Callable[[], Any]] = {"linear": linear, "trees": trees}


def log_odds(model: Any, rows: np.ndarray) -> NDArray[np.float64]:  # noqa: ANN401 - any classifier
    """Return bounded log-odds of the second class, shape (n,)."""
    return logit(np.clip(model.predict_proba(rows)[:, 1], EDGE, 1 - EDGE))


def cross_fitted_scores(
    classifier: Callable[[], Any],
    real: Matrix,
    codes: NDArray[np.intp],
    code: int,
    pool: Matrix,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both scores of the real rows of a class and of its pool, shapes (n_rare, 2) and (n_pool, 2).

    No row is scored by a model that was fitted on it.
    """
    own = np.flatnonzero(codes == code)
    n_folds = min(N_FOLDS, len(own))
    scores_real, scores_pool = np.zeros((len(own), 2)), np.zeros((len(pool), 2))
    pool_fold = rng.permutation(np.arange(len(pool)) % n_folds)
    splits = StratifiedKFold(n_folds, shuffle=True, random_state=int(rng.integers(2**31)))
    with one_thread():
        for fold, (train, test) in enumerate(splits.split(real, codes == code)):
            held_out = np.flatnonzero(np.isin(own, test))
            of_class = classifier().fit(real[train], codes[train] == code)
            scores_real[held_out, 0] = log_odds(of_class, real[own[held_out]])
            scores_pool[:, 0] += log_odds(of_class, pool) / n_folds
            others = pool[rng.permutation(np.flatnonzero(pool_fold != fold))[:MOST_FAKES]]
            seen = real[np.setdiff1d(own, test)]
            is_real = np.repeat([True, False], [len(seen), len(others)])
            of_kind = classifier().fit(np.concatenate([seen, others]), is_real)
            scores_real[held_out, 1] = log_odds(of_kind, real[own[held_out]])
            scores_pool[pool_fold == fold, 1] = log_odds(of_kind, pool[pool_fold == fold])
    return scores_real, scores_pool


def log_ratio(scores_real: NDArray[np.float64], scores_pool: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log of the density of real over that of pool scores at each row of the pool, up to a constant."""
    model = make_pipeline(
        StandardScaler(), PolynomialFeatures(2, include_bias=False), LogisticRegression(class_weight="balanced")
    )
    is_real = np.repeat([True, False], [len(scores_real), len(scores_pool)])
    model.fit(np.concatenate([scores_real, scores_pool]), is_real)
    ratio = model.decision_function(scores_pool)
    return np.minimum(ratio, np.log(np.exp(ratio).mean() * MOST_WEIGHT))


def resample_without_replacement(
    log_weights: NDArray[np.floating], n: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Return ``n`` different positions, drawn one after the other in proportion to their weights (Gumbel top-n)."""
    return np.argsort(-(log_weights + rng.gumbel(size=len(log_weights))), kind="stable")[:n]


def acceptance(logits: NDArray[np.floating], *, at_least: float = LEAST_ACCEPTANCE) -> NDArray[np.float64]:
    """Return the probability of acceptance of each row of a pool, with a mean of ``at_least`` or more."""
    # Float64 and a small epsilon: the row of the highest logit has F of about 14, not infinity.
    below = np.asarray(logits, np.float64) - np.max(logits)
    score = below - np.log(-np.expm1(below - 1e-6))
    low, high = score.min() - 20.0, 0.0
    if expit(score).mean() >= at_least:
        return expit(score)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(score - middle).mean() >= at_least else (low, middle)
    return expit(score - low)


def accept(probabilities: NDArray[np.float64], n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return ``n`` different positions: those that are accepted soonest when every row is offered again and again."""
    # The round in which a row is first accepted is geometric; its continuous counterpart is exponential.
    waiting = rng.exponential(size=len(probabilities)) / -log1p(-np.minimum(probabilities, 1 - 1e-9))
    return np.argsort(waiting, kind="stable")[:n]

"""``TextGANClassifier``: a classifier of texts that encodes them itself."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse, vstack
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import HasMethods, StrOptions, clone_sharing, fit_context
from imbgan.ensemble.base import seed_of, seeded
from imbgan.ensemble.pool import LogOddsPool
from imbgan.ensemble.prior import PriorCorrectedClassifier
from imbgan.ensemble.text_pool import member_encoders, text_pool
from imbgan.ensemble.weights import Weights, read_weights
from imbgan.oversampling.text_gan_over_sampler import VectorGANOverSampler
from imbgan.random import Streams
from imbgan.tabular.labels import read_labels
from imbgan.text import (
    Texts,
    WordEncoder,
    changed_texts,
    check_vectors,
    dense_encoder,
    read_texts,
    resolve_encoder,
    title_of,
)

#: What is done by default: the method that won in ``benchmarks/text``, with the encoders that are there.
DEFAULT_STRATEGY = "auto"
STRATEGIES = ("auto", "none", "class_weight", "copies", "gan")


class CopiesOfTexts(BaseEstimator):
    """A sampler of vectors that appends those of randomly changed copies of the texts, up to full balance.

    The encoder has learned from the texts alone. One that learns from the copies as well, as behind a ``TextChanger``,
    takes their words for less rare than they are.

    Parameters
    ----------
    texts : Texts
        The texts whose vectors ``fit_resample`` gets, in the same order.
    encoder : transformer
        Fitted to these texts.
    streams : Streams
        Source of the choice of texts and of the changes.
    """

    def __init__(self, texts: Texts, encoder: Any, streams: Streams) -> None:  # noqa: ANN401 - any transformer
        self.texts = texts
        self.encoder = encoder
        self.streams = streams

    def __sklearn_clone__(self) -> Self:
        return self  # the encoder is fitted, and nothing here changes

    def fit_resample(self, X: Any, y: ArrayLike) -> tuple[Any, NDArray[Any]]:  # noqa: ANN401 - dense or sparse
        """Return the vectors, followed by those of the copies; and their labels."""
        labels: NDArray[Any] = np.asarray(y)
        codes = np.unique(labels, return_inverse=True)[1]
        counts = np.bincount(codes)
        parts: list[NDArray[np.intp]] = [np.empty(0, np.intp)]
        for code in np.flatnonzero(counts < counts.max()):
            order = self.streams.generator("copies", int(code)).permutation(np.flatnonzero(codes == code))
            parts.append(np.resize(order, counts.max() - counts[code]))
        sources = np.concatenate(parts)
        if not len(sources):
            return X, labels
        copies = self.encoder.transform(changed_texts(self.texts.values[sources], self.streams))
        stacked: Any = vstack([X, copies], format="csr") if issparse(X) else np.concatenate([X, copies])
        return stacked, np.concatenate([labels, labels[sources]])


class TextGANClassifier(ClassifierMixin, BaseEstimator):
    r"""Classify texts: encode them, do something about rare classes or nothing, and fit a classifier.

    The encoder learns from the texts of ``fit`` alone, so that a cross-validation of this classifier has no leak.

    By default the log-odds of linear classifiers are averaged: one on words, with class weights, and one per sentence
    encoder, if there is any. Which of them are averaged is chosen by cross-validation inside of ``fit``
    (:class:`imbgan.ensemble.pool.LogOddsPool`). The encoder is what matters: for a single linear classifier on words,
    class weights and changed copies made hardly a difference, and generated rows need dense vectors, which are worse
    from the start.

    Parameters
    ----------
    encoder : {"auto", "words", "words_and_characters", "reduced"}, str, object, callable, or list, default="auto"
        How texts become vectors; see :func:`imbgan.text.resolve_encoder`. ``"auto"`` takes a sentence encoder that is
        on this machine, and otherwise sparse TF-IDF of words and characters. With ``strategy="auto"``, there can be
        several in a list, and words and characters are added where no words are named.
    estimator : classifier with ``predict_proba``, default=None
        Receives the vectors. None means a logistic regression.
    strategy : {"auto", "none", "class_weight", "copies", "gan"} or sampler, default="auto"
        - ``"auto"``: log-odds are averaged, see above; with an estimator of yours, as ``"none"``;
        - ``"none"``: the texts as they are;
        - ``"class_weight"``: weights that give all classes the same total weight;
        - ``"copies"``: texts of rare classes with words deleted and swapped, up to full balance
          (:func:`imbgan.text.changed_texts`);
        - ``"gan"``: vectors that :class:`imbgan.GANOverSampler` generates, up to full balance. Sparse TF-IDF is
          replaced by its singular vectors, with an :class:`imbgan.EncoderWarning`;
        - an object with ``fit_resample``: a sampler of vectors.
    random_state : int, RandomState instance or None, default=None
        Seed of the sampler, and of the estimator where its own seeds are None.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
    encoder_ : transformer
        The fitted encoder; of several, the first one that is averaged.
    classifier_ : PriorCorrectedClassifier or LogOddsPool
        The fitted classifier of vectors, whose ``estimator_`` is yours; or of texts, where log-odds are averaged.
    members_ : dict of str to int
        How often each encoder counts in the mean of log-odds, by what it is.
    choice_ : str or None
        The name of what was chosen: ``"words"``, ``"words and vectors"`` or ``"words twice and vectors"``; None for
        the other strategies.
    sampler_ : sampler or None
        The fitted sampler of ``"gan"``, or yours.
    remarks_ : tuple of str
        Sentences that say which encoder was taken, what was changed in the texts, and what may be wrong.

    See Also
    --------
    TextGANOverSampler : Vectors of texts, with generated ones.
    PriorCorrectedClassifier : Tables.

    Notes
    -----
    Probabilities are at the natural class shares, whatever the classifier was trained on; see
    :func:`imbgan.ensemble.prior.correct_prior`. A mean of log-odds keeps them near these shares:

    .. math:: \log \frac{p_1}{p_0} = \frac{1}{M} \sum_{m=1}^{M} \log \frac{p_{m1}}{p_{m0}}

    Examples
    --------
    >>> from imbgan import TextGANClassifier
    >>> texts = [f"see you at {hour} for lunch" for hour in range(30)] + [f"win {n} pounds now!" for n in range(6)]
    >>> labels = ["other"] * 30 + ["spam"] * 6
    >>> classifier = TextGANClassifier("words", random_state=0).fit(texts, labels)
    >>> classifier.classes_.tolist()
    ['other', 'spam']
    >>> p = classifier.predict_proba(["win 50 pounds", "lunch at 12?"])[:, 1]
    >>> bool(p[0] > p[1])
    True
    >>> print(classifier.remarks_[0])
    Texts were encoded by TF-IDF of words and pairs of words.
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        "encoder": "no_validation",
        "estimator": [HasMethods(["fit", "predict_proba"]), None],
        "strategy": [StrOptions(set(STRATEGIES)), HasMethods("fit_resample")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        encoder: Any = "auto",  # noqa: ANN401 - any transformer, model or function
        estimator: Any = None,  # noqa: ANN401 - any classifier
        strategy: Any = DEFAULT_STRATEGY,  # noqa: ANN401 - a name or any sampler
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.encoder = encoder
        self.estimator = estimator
        self.strategy = strategy
        self.random_state = random_state

    def __sklearn_clone__(self) -> Self:
        return clone_sharing(self, "encoder")

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, texts: object, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Fit the encoder, and then the classifier to vectors.

        Parameters
        ----------
        texts : list, tuple, ndarray, or series of pandas, polars or pyarrow, of shape (n,)
            Strings; see :func:`imbgan.text.read_texts`.
        y : array-like of shape (n,)
            Class labels.
        sample_weight : array-like of shape (n,), default=None
            Weights of the texts for the classifier, at least 0. A text of weight 0 is left out; the encoder sees all
            others alike.

        Returns
        -------
        self

        Raises
        ------
        DataError, DataTypeError, ParameterError
            If texts, labels, weights or a parameter are invalid, or if the encoder returns something else than one
            vector of finite numbers per text.
        """
        found, labels = read_texts(texts), read_labels(y)
        labels.check_rows(len(found))
        weights = read_weights(sample_weight, len(found))
        if weights is not None and not weights.all():
            kept = weights > 0.0
            found, labels = read_texts(found.values[kept]), read_labels(labels.values[kept])
            weights = weights[kept]
        labels.check_two_classes()
        if isinstance(self.strategy, str) and self.strategy == "auto" and self.estimator is None:
            return self._fit_pool(found, labels.values, weights)
        is_generated = isinstance(self.strategy, str) and self.strategy == "gan"
        encoder = (_dense if is_generated else resolve_encoder)(self.encoder, found)
        vectors = encoder.fit_transform(found)
        if is_generated:
            vectors = check_vectors(vectors, len(found), "The encoder")
        classifier = self._classifier(found, encoder).fit(vectors, labels.values, weights)
        self.encoder_: Any = encoder
        self.classes_ = classifier.classes_
        self.sampler_: Any = None if isinstance(classifier.sampler, CopiesOfTexts) else classifier.sampler_
        self.classifier_ = classifier.lean()
        self.members_: dict[str, int] = {title_of(encoder): 1}
        self.choice_: str | None = None
        self.remarks_: tuple[str, ...] = (f"Texts were encoded by {title_of(encoder)}.", *found.remarks)
        return self

    def _fit_pool(self, texts: Texts, labels: NDArray[Any], weights: Weights | None) -> Self:
        """Fit linear classifiers on words and vectors, and choose which are averaged."""
        members = member_encoders(self.encoder, texts)
        n_words = sum(isinstance(each, WordEncoder) for each in members)
        seed = seed_of(Streams.from_random_state(self.random_state), "pool")
        pool = text_pool([{0: each} for each in members], n_words, seed).fit(_rows(texts), labels, weights)
        encoders = [each.estimator_[0].encoders_[0] for each in pool.estimators_]
        titles = [title_of(each) for each in encoders]
        self.encoder_ = encoders[0]
        self.classes_, self.sampler_, self.choice_ = pool.classes_, None, pool.choice_
        self.members_ = dict(zip(titles, pool.times_, strict=True))
        self.classifier_: PriorCorrectedClassifier | LogOddsPool = pool.lean()
        remarks = [f"Texts were encoded by {' and by '.join(titles)}."]
        if pool.scores_:
            scores = ", ".join(f"{name} {score:.3f}" for name, score in pool.scores_.items())
            remarks.append(
                f"Log-odds of {pool.choice_} were averaged; average precision by cross-validation: {scores}."
            )
        self.remarks_ = (*remarks, *texts.remarks)
        return self

    def _classifier(self, texts: Texts, encoder: Any) -> PriorCorrectedClassifier:  # noqa: ANN401 - any transformer
        """Return the unfitted classifier of vectors."""
        streams = Streams.from_random_state(self.random_state)
        seed = seed_of(streams, "estimator")
        estimator = LogisticRegression(max_iter=1000) if self.estimator is None else self.estimator
        estimator = seeded(estimator, seed)
        sampler_seed = seed_of(streams, "sampler")
        if not isinstance(self.strategy, str):
            return PriorCorrectedClassifier(estimator, seeded(self.strategy, sampler_seed), encoder=None)
        if self.strategy == "class_weight":
            return PriorCorrectedClassifier(estimator, sample_weight="balanced", encoder=None)
        if self.strategy == "copies":
            return PriorCorrectedClassifier(estimator, CopiesOfTexts(texts, encoder, streams), encoder=None)
        if self.strategy == "gan":
            return PriorCorrectedClassifier(estimator, VectorGANOverSampler(random_state=sampler_seed), encoder=None)
        return PriorCorrectedClassifier(estimator, encoder=None)

    def predict_proba(self, texts: object) -> NDArray[np.float64]:
        """Return probabilities at the natural class shares.

        Parameters
        ----------
        texts : as in :meth:`fit`, of shape (n,)
            A missing or empty text gets the probabilities of a vector of an empty text.

        Returns
        -------
        ndarray of shape (n, n_classes), float64
            In the order of ``classes_``; rows sum to 1.

        Raises
        ------
        DataError, DataTypeError
            If these are no texts, or if the encoder returns vectors of another length than in ``fit``.
        """
        check_is_fitted(self, "classifier_")
        if isinstance(self.classifier_, LogOddsPool):
            return self.classifier_.predict_proba(_rows(read_texts(texts, is_training=False)))
        return self.classifier_.predict_proba(self.encoder_.transform(texts))

    def predict_log_proba(self, texts: object) -> NDArray[np.float64]:
        """Return the natural logarithm of :meth:`predict_proba`; minus infinity for a probability of 0."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(texts))

    def predict(self, texts: object) -> NDArray[Any]:
        """Return the most probable label of each text at the natural class shares, shape (n,)."""
        return self.classes_[self.predict_proba(texts).argmax(axis=1)]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags


def _rows(texts: Texts) -> list[list[str | None]]:
    """Return texts as a table of one column."""
    return [[None if gap else text] for text, gap in zip(texts.values, texts.missing, strict=True)]


def _dense(encoder: object, texts: Texts) -> Any:  # noqa: ANN401 - any transformer
    return dense_encoder(encoder, texts, stacklevel=4)

"""``TextGANOverSampler``: the over-sampler for texts, whose output is vectors."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from imbgan.exceptions import DataError, ParameterError
from imbgan.oversampling.gan_over_sampler import GANOverSampler
from imbgan.oversampling.parameters import check_training
from imbgan.oversampling.tabular_gan import TabularGAN
from imbgan.tabular import read_table
from imbgan.tabular.labels import Labels
from imbgan.tabular.schema import Table
from imbgan.text import Texts, check_vectors, dense_encoder, read_texts, title_of

# What the sampler has and the generator does not.
_OWN = ("encoder", "sampling_strategy")


class NearText(NamedTuple):
    """A real text near a generated row.

    ``text`` is the text, ``position`` its number among the texts of ``fit_resample``, from 0, and ``distance`` the
    Euclidean distance of its vector, at least 0.
    """

    text: str
    position: int
    distance: float


@dataclass(frozen=True)
class _Originals:
    """What ``nearest_texts`` compares: texts, vectors and class codes of real ones; those of generated rows."""

    texts: NDArray[np.object_]
    vectors: NDArray[np.float32]
    codes: NDArray[np.intp]
    generated: NDArray[np.float32]
    generated_codes: NDArray[np.intp]


class VectorGANOverSampler(GANOverSampler):
    """A :class:`GANOverSampler` for matrices whose rows are vectors, such as those of texts.

    All columns are one vector, whatever values they hold, and no single one of them is taken for a leak of the target.
    """

    def _read(self, X: object, y: object, labels: Labels) -> Table:
        del y
        check_training(self._of_generator())
        table = read_table(X)
        labels.check_rows(table.n_rows)
        table = read_table(table, dict.fromkeys(range(len(table.columns)), "vector"))
        return replace(table, columns=tuple(replace(column, block="vector") for column in table.columns))

    def _of_generator(self) -> dict[str, Any]:
        """Return the parameters of the estimator that learns the vectors."""
        own = {name: value for name, value in self.get_params(deep=False).items() if name not in _OWN}
        # The numbers of a vector are no identifiers, whatever they look like.
        return own | {"identifiers": "keep"}

    def _learn(self, table: Table, labels: Labels, classes: list[object]) -> TabularGAN:
        return TabularGAN(**self._of_generator()).fit(table, labels, classes=classes)


class TextGANOverSampler(VectorGANOverSampler):
    """Over-sample the rare classes of texts with generated vectors.

    Texts are encoded as vectors, and :class:`GANOverSampler` learns these. ``fit_resample(texts, y)`` returns vectors,
    float32 of shape (n_texts_new, n_features), and labels in the container of y. The vectors of the texts come first,
    generated ones follow. No sentence is written: a generated row is a vector, and :meth:`nearest_texts` shows the real
    texts that it is close to.

    The encoder matters more than what is done with its vectors: generated rows of singular vectors of words were far
    from making up for what an untouched linear classifier on the words themselves has (:class:`TextGANClassifier`).

    Parameters
    ----------
    encoder : {"auto", "reduced", "words", "words_and_characters"}, str, object or callable, default="auto"
        How texts become vectors; see :func:`imbgan.text.resolve_encoder`. ``"auto"`` takes a sentence encoder that is
        on this machine. A generator cannot learn the tens of thousands of sparse columns of TF-IDF: where ``"auto"``
        finds no sentence encoder, and for ``"words"``, the first 100 singular vectors of TF-IDF (``"reduced"``) are
        learned instead, with an :class:`imbgan.EncoderWarning`.
    sampling_strategy : float, str, dict or callable, default="auto"
        The classes to raise and their numbers of rows, as for :class:`GANOverSampler`.
    random_state : int, RandomState instance or None, default=None
        Seed of all random draws. The same integer gives bit-identical rows on the same machine; ``None`` gives other
        rows every time.
    condition, numbers, loss, max_iter, n_epochs, batch_size, n_generators
        As for :class:`GANOverSampler`.
    early_stopping, train_options, callbacks, verbose
        As for :class:`GANOverSampler`.

    Attributes
    ----------
    encoder_ : transformer
        The fitted encoder. It encodes the texts that a classifier is to judge: ``encoder_.transform(texts)``.
    remarks_ : tuple of str
        Sentences that say which encoder was taken, what was changed in the texts, and what may be wrong.
    sampling_strategy_, synthetic_mask_, sample_weight_, quality_, gan_, generator_, history_, events_, n_iter_
        As for :class:`GANOverSampler`; rows are vectors.

    See Also
    --------
    TextGANClassifier : Encodes and classifies texts, with or without generated rows.
    GANOverSampler : Tables.

    Notes
    -----
    In a pipeline of imbalanced-learn, a sampler does nothing when the pipeline predicts, so that the classifier would
    see texts. Put an encoder before a :class:`GANOverSampler` there, or use :class:`TextGANClassifier`.

    Nearest neighbors are harmed by many generated rows in singular vectors of words, and not by as many as there are
    rare texts, which ``sampling_strategy={label: 2 * n}`` gives (``benchmarks/text``).

    A saved sampler holds no texts. Its encoder can hold words of them.

    Examples
    --------
    >>> from imbgan import TextGANOverSampler
    >>> texts = [f"see you at {hour} for lunch" for hour in range(30)] + [f"win {n} pounds now!" for n in range(6)]
    >>> labels = ["other"] * 30 + ["spam"] * 6
    >>> sampler = TextGANOverSampler("reduced", max_iter=20, n_generators=1, random_state=0)
    >>> vectors, y = sampler.fit_resample(texts, labels)
    >>> vectors.shape, y.count("spam")
    ((60, 36), 30)
    >>> sampler.nearest_texts(36)[0].text.startswith("win")
    True
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        **GANOverSampler._parameter_constraints,
        "encoder": "no_validation",
    }

    def __init__(
        self,
        encoder: Any = "auto",  # noqa: ANN401 - any transformer, model or function
        *,
        sampling_strategy: float | str | Mapping[Any, int] | Callable[..., Mapping[Any, int]] = "auto",
        random_state: int | np.random.RandomState | None = None,
        condition: str = "all",
        numbers: str = "quantile",
        loss: str = "relativistic",
        max_iter: int = 1500,
        n_epochs: int | None = None,
        batch_size: int = 96,
        n_generators: int | str = "auto",
        early_stopping: bool = True,
        train_options: Mapping[str, Any] | None = None,
        callbacks: Sequence[Any] | None = None,
        verbose: int | bool = False,
    ) -> None:
        super().__init__(
            sampling_strategy=sampling_strategy,
            random_state=random_state,
            condition=condition,
            numbers=numbers,
            loss=loss,
            max_iter=max_iter,
            n_epochs=n_epochs,
            batch_size=batch_size,
            n_generators=n_generators,
            early_stopping=early_stopping,
            train_options=train_options,
            callbacks=callbacks,
            verbose=verbose,
        )
        self.encoder = encoder

    def _hold(self, X: object) -> NDArray[np.float32]:
        """Read texts, fit the encoder, and return their vectors."""
        check_training(self._of_generator())
        self._texts: Texts = read_texts(X)
        encoder = dense_encoder(self.encoder, self._texts, stacklevel=4)
        vectors = check_vectors(encoder.fit_transform(self._texts), len(self._texts), "The encoder")
        self.encoder_: Any = encoder
        self.remarks_: tuple[str, ...] = (f"Texts were encoded by {title_of(encoder)}.", *self._texts.remarks)
        return vectors

    def _note_features(self, X: object) -> None:
        del X  # texts have no columns

    def _as_given(self, resampled: object, X: object) -> object:
        del X
        return resampled

    def _fit_resample(
        self, X: object, table: Table, labels: Labels, wanted: Mapping[int, int]
    ) -> tuple[Any, NDArray[np.intp]]:
        encoder = self.encoder_  # that of the generator, which encodes vectors, takes its name
        vectors, codes = super()._fit_resample(X, table, labels, wanted)
        self.encoder_ = encoder
        n = len(labels)
        vectors = np.asarray(vectors, np.float32)
        self._originals = _Originals(self._texts.values, vectors[:n], labels.codes, vectors[n:], codes)
        return vectors, codes

    def _forget(self, *, learned: bool) -> None:
        super()._forget(learned=learned)
        vars(self).pop("_originals", None)

    def nearest_texts(self, i: int, k: int = 1) -> list[NearText]:
        """Return the real texts of the same class that are nearest to a generated row.

        Parameters
        ----------
        i : int
            Position of the generated row in the output of ``fit_resample``; see ``synthetic_mask_``.
        k : int, default=1
            Number of texts, at least 1; fewer if the class has fewer.

        Returns
        -------
        list of NearText
            The nearest one first.

        Raises
        ------
        NotFittedError
            Before ``fit_resample``.
        ParameterError
            If row i is an original one or does not exist, or if k is below 1.
        DataError
            If the sampler was saved and loaded: real texts are not saved with it.
        """
        check_is_fitted(self, "synthetic_mask_")
        kept: _Originals | None = vars(self).get("_originals")
        if kept is None:
            raise DataError(
                "nearest_texts compares with the real texts, which are not saved with the sampler. Call fit_resample "
                "again, or ask before saving."
            )
        n, n_new = len(kept.texts), len(kept.generated)
        if not isinstance(i, Integral) or not n <= int(i) < n + n_new:
            rows = f"from {n} to {n + n_new - 1}" if n_new else "but none was generated"
            raise ParameterError(f"'i' must be the position of a generated row, {rows}. Got {i!r}.")
        if not isinstance(k, Integral) or int(k) < 1:
            raise ParameterError(f"'k' must be a number of texts, at least 1. Got {k!r}.")
        row = int(i) - n
        own = np.flatnonzero(kept.codes == kept.generated_codes[row])
        distances = np.linalg.norm(kept.vectors[own].astype(np.float64) - kept.generated[row], axis=1)
        order = np.argsort(distances, kind="stable")[: int(k)]
        return [NearText(str(kept.texts[own[j]]), int(own[j]), float(distances[j])) for j in order]

    def __getstate__(self) -> Any:  # noqa: ANN401 - as scikit-learn's own
        state: Mapping[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name not in ("_originals", "_texts")}

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - imbalanced-learn's own, private class of tags
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.categorical = False
        return tags

"""An encoder that was trained on other texts: a model by folder or name, an object with ``encode``, or a function."""

from collections.abc import Callable
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import clone_sharing, fit_context
from imbgan._text import quoted
from imbgan.exceptions import ParameterError
from imbgan.text.cache import VECTORS, identity_of
from imbgan.text.checks import check_vectors
from imbgan.text.loading import load_model
from imbgan.text.reading import Texts, read_texts
from imbgan.text.words import TextTransformer


class PretrainedEncoder(TextTransformer):
    """Dense vectors from a model that learned from other texts, such as a sentence encoder.

    Nothing is learned in ``fit`` but the length of the vectors. Vectors are kept in memory by a hash of the text, for
    all clones, so that folds of a cross-validation encode each text once.

    Parameters
    ----------
    model : str, object with ``encode``, or callable
        A local folder or name of a model of `model2vec` or `sentence-transformers`; an object whose ``encode`` takes a
        list of n texts and returns an array (n, d); or a function that does so. Each text must be encoded by itself,
        whatever stands beside it.
    allow_download : bool, default=False
        Whether a model that has a name and is not on this machine is downloaded. By default, no network is used.

    Attributes
    ----------
    n_features_out_ : int
        Length of the vectors.
    remarks_ : tuple of str
        What was changed in the texts of ``fit``, and what may be wrong.

    Notes
    -----
    The extra ``imbgan[text]`` installs `model2vec`: its static embeddings need no PyTorch and encode thousands of texts
    per second. `sentence-transformers` encodes better, and brings PyTorch; install it yourself where this is welcome.
    If a model was trained further in place, call ``imbgan.text.VECTORS.clear()``.

    Texts reach the model as they are. Normalization of Unicode is a matter of the model.

    Examples
    --------
    >>> import numpy as np
    >>> def lengths(texts):
    ...     return np.array([[len(text), text.count("!")] for text in texts])
    >>> PretrainedEncoder(lengths).fit_transform(["win!", "see you"]).tolist()
    [[4.0, 1.0], [7.0, 0.0]]
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        "model": "no_validation",
        "allow_download": ["boolean"],
    }

    def __init__(self, model: Any, *, allow_download: bool = False) -> None:  # noqa: ANN401 - see above
        self.model = model
        self.allow_download = allow_download

    def __sklearn_clone__(self) -> Self:
        return clone_sharing(self, "model")

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, texts: object, y: object = None) -> Self:
        """Encode texts to find the length of vectors.

        Parameters
        ----------
        texts : as for :func:`imbgan.text.read_texts`, of shape (n,)
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        DataError, DataTypeError
            As :func:`imbgan.text.read_texts`; also if the model returns something else than one vector of finite
            numbers per text.
        ParameterError
            If ``model`` is none of these.
        ImportError, ModelFileError
            If a model that has a name cannot be loaded; the message says what to do.
        """
        del y
        self._fit(texts)
        return self

    def fit_transform(self, texts: object, y: object = None, **params: object) -> NDArray[np.float32]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Fit, and return the vectors of the same texts; see :meth:`transform`."""
        del y, params
        return self._fit(texts)

    def _fit(self, texts: object) -> NDArray[np.float32]:
        found = read_texts(texts)
        vectors = self._encode(found, None)
        self.remarks_ = found.remarks
        self.n_features_out_ = vectors.shape[1]
        return vectors

    def transform(self, texts: object) -> NDArray[np.float32]:
        """Encode texts.

        Parameters
        ----------
        texts : as for :func:`imbgan.text.read_texts`, of shape (n,)

        Returns
        -------
        ndarray of shape (n, n_features_out_), float32

        Raises
        ------
        DataError
            If the model returns vectors of another length than in ``fit``, or as in ``fit``.
        """
        check_is_fitted(self, "n_features_out_")
        return self._encode(read_texts(texts, is_training=False), self.n_features_out_)

    def _encode(self, texts: Texts, width: int | None) -> NDArray[np.float32]:
        model, encode = self._function()
        name = f"The encoder {self._title()}"

        def checked(new: list[str]) -> NDArray[np.float32]:
            return check_vectors(encode(new), len(new), name, width=width)

        vectors = VECTORS.encode(texts.values.tolist(), checked, identity_of(model))
        return check_vectors(vectors, len(texts), name, width=width)

    def _function(self) -> tuple[object, Callable[[list[str]], object]]:
        """Return the model, by whose identity vectors are kept, and its function of texts."""
        model = self.model
        if isinstance(model, str):
            model = load_model(model, allow_download=self.allow_download)
        elif hasattr(model, "__fspath__"):
            model = load_model(str(model.__fspath__()), allow_download=self.allow_download)
        is_class = isinstance(model, type)
        if not is_class and callable(getattr(model, "encode", None)):
            return model, cast("Callable[[list[str]], object]", model.encode)
        if not is_class and callable(model):
            return model, model
        raise ParameterError(
            "'model' must be a folder or a name, an object with encode, or a function of a list of texts. Got "
            f"{quoted(model)}{'; pass an instance of it' if is_class else ''}."
        )

    def _title(self) -> str:
        if isinstance(self.model, str):
            return quoted(self.model)
        return getattr(self.model, "__name__", type(self.model).__name__)

"""What is meant by ``encoder``: a name, a model, a function, or any transformer of texts."""

import warnings
from typing import Any, Self

from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from imbgan._text import did_you_mean, quoted
from imbgan.exceptions import EncoderWarning, ParameterError
from imbgan.text.checks import check_vectors
from imbgan.text.loading import find_auto_model
from imbgan.text.pretrained import PretrainedEncoder
from imbgan.text.reading import read_texts
from imbgan.text.scripts import Script, script_of
from imbgan.text.words import BOTH, ReducedEncoder, TextTransformer, WordEncoder

#: The encoders that have names.
ENCODERS = ("auto", "words", BOTH, "reduced")


class CheckedEncoder(TextTransformer):
    """A transformer of texts of any library, whose output is checked.

    Parameters
    ----------
    transformer : transformer
        With ``fit`` and ``transform``, such as ``HashingVectorizer`` or a pipeline. Its output may be sparse.

    Attributes
    ----------
    transformer_ : transformer
        The fitted copy.
    n_features_out_ : int
        Number of columns.
    remarks_ : tuple of str
        What was changed in the texts of ``fit``, and what may be wrong.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import HashingVectorizer
    >>> CheckedEncoder(HashingVectorizer(n_features=16)).fit_transform(["win a prize", "see you"]).shape
    (2, 16)
    """

    def __init__(self, transformer: Any) -> None:  # noqa: ANN401 - any transformer
        self.transformer = transformer

    def fit(self, texts: object, y: object = None) -> Self:
        """Fit a copy of the transformer to a list of texts."""
        found = read_texts(texts)
        self.remarks_ = found.remarks
        unfitted: Any = clone(self.transformer, safe=False)
        self.transformer_: Any = unfitted.fit(found.values.tolist(), y)
        self.n_features_out_ = self._encode(found.values[:1].tolist(), None).shape[1]
        return self

    def transform(self, texts: object) -> Any:  # noqa: ANN401 - dense or sparse
        """Return the vectors of texts, shape (n, n_features_out_); sparse, or float32.

        Raises
        ------
        DataError
            If the transformer returns something else than one row of finite numbers per text, as long as in ``fit``.
        """
        check_is_fitted(self, "transformer_")
        return self._encode(read_texts(texts, is_training=False).values.tolist(), self.n_features_out_)

    def _encode(self, texts: list[str], width: int | None) -> Any:  # noqa: ANN401 - see above
        name = f"The encoder {type(self.transformer).__name__}"
        return check_vectors(self.transformer_.transform(texts), len(texts), name, width=width, allow_sparse=True)


def resolve_encoder(encoder: object = "auto", texts: object = None) -> Any:  # noqa: ANN401 - any transformer
    """Return the unfitted transformer of texts that ``encoder`` means.

    Parameters
    ----------
    encoder : str, object or callable, default="auto"
        - ``"words"``: :class:`WordEncoder`, sparse TF-IDF;
        - ``"words_and_characters"``: the same, with runs of characters beside the words;
        - ``"reduced"``: :class:`ReducedEncoder`, its singular vectors;
        - ``"auto"``: a sentence encoder where one is installed and its model was downloaded before, so that it can be
          loaded without a network, and ``"words_and_characters"`` otherwise. Models for English are taken for texts in
          Latin letters; for texts in another language, name a model that knows it;
        - another str or a path: the folder or name of a model; see :class:`PretrainedEncoder`;
        - a transformer with ``fit`` and ``transform``, which is copied;
        - an object with ``encode``, or a function from a list of texts to an array (n, d).
    texts : as for :func:`read_texts`, optional
        The training texts, whose script ``"auto"`` looks at; Latin without them.

    Returns
    -------
    transformer

    Raises
    ------
    ParameterError
        If it is none of these.

    Examples
    --------
    >>> resolve_encoder("reduced")
    ReducedEncoder()
    """
    if isinstance(encoder, str):
        if encoder in ("words", BOTH):
            return WordEncoder(analyzer="auto" if encoder == "words" else BOTH)
        if encoder == "reduced":
            return ReducedEncoder()
        if encoder == "auto":
            name = find_auto_model(script_of(texts) if texts is not None else Script("Latin", 1.0, {"Latin": 1.0}))
            return WordEncoder(analyzer=BOTH) if name is None else PretrainedEncoder(name)
        hint = did_you_mean(encoder, ENCODERS)
        if hint or not encoder.strip():
            raise ParameterError(
                f"'encoder' must be one of {', '.join(ENCODERS)}, a model, a transformer or a function. Got "
                f"{quoted(encoder)}.{hint} If it is a folder, write it as './{encoder}'."
            )
        return PretrainedEncoder(encoder)
    if isinstance(encoder, TextTransformer):
        return clone(encoder)
    if not isinstance(encoder, type):
        if hasattr(encoder, "fit") and hasattr(encoder, "transform"):
            return CheckedEncoder(encoder)
        if hasattr(encoder, "encode") or hasattr(encoder, "__fspath__") or callable(encoder):
            return PretrainedEncoder(encoder)
    raise ParameterError(
        f"'encoder' must be one of {', '.join(ENCODERS)}, a model, a transformer or a function. Got {quoted(encoder)}"
        f"{'; pass an instance of it' if isinstance(encoder, type) else ''}."
    )


def dense_encoder(encoder: object, texts: object, *, stacklevel: int | None) -> Any:  # noqa: ANN401 - any transformer
    """Return the unfitted encoder for a generator, which cannot learn tens of thousands of sparse columns.

    As :func:`resolve_encoder`, but singular vectors of the same terms take the place of sparse TF-IDF, with a warning;
    those of words, where ``"auto"`` finds no sentence encoder.

    Parameters
    ----------
    encoder, texts
        As for :func:`resolve_encoder`.
    stacklevel : int or None
        Where the warning points to, as for :func:`warnings.warn` called in place of this function; None for no
        warning, where words are there as well.
    """
    found = resolve_encoder(encoder, texts)
    if not isinstance(found, WordEncoder):
        return found
    # Characters beside words help a linear classifier; their singular vectors were never found to be better.
    analyzer = "auto" if encoder == "auto" else found.analyzer
    reduced = ReducedEncoder(analyzer=analyzer, min_df=found.min_df)
    if stacklevel is None:
        return reduced
    why = "no sentence encoder is on this machine" if encoder == "auto" else "those of words are sparse"
    warnings.warn(
        f"A generator learns dense vectors, and {why}: singular vectors of TF-IDF are learned instead "
        "(encoder='reduced' says so without this warning). With few rare texts they lose much against an untouched "
        "linear classifier on words. Use a sentence encoder, or leave the texts as they are (TextGANClassifier).",
        EncoderWarning,
        stacklevel=stacklevel + 1,
    )
    return reduced


def title_of(encoder: object) -> str:
    """Return what a transformer of :func:`resolve_encoder` is, in a few words.

    Examples
    --------
    >>> title_of(resolve_encoder("words"))
    'TF-IDF of words and pairs of words'
    >>> title_of(resolve_encoder("words_and_characters"))
    'TF-IDF of words and characters'
    """
    if isinstance(encoder, WordEncoder):
        of = {"characters": "characters", BOTH: "words and characters"}
        return f"TF-IDF of {of.get(getattr(encoder, 'analyzer_', encoder.analyzer), 'words and pairs of words')}"
    if isinstance(encoder, ReducedEncoder):
        return f"{encoder.n_components} singular vectors of TF-IDF"
    if isinstance(encoder, PretrainedEncoder):
        model = encoder.model
        name = model if isinstance(model, str) else getattr(model, "__name__", type(model).__name__)
        return f"the pretrained encoder {quoted(name) if isinstance(model, str) else name}"
    if isinstance(encoder, CheckedEncoder):
        return f"your encoder {type(encoder.transformer).__name__}"
    return f"your encoder {type(encoder).__name__}"

"""Encoders that learn from the texts alone: TF-IDF of words, and its singular vectors."""

import unicodedata
from functools import cache
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import ArpackError, svds
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion
from sklearn.preprocessing import normalize
from sklearn.utils import Tags
from sklearn.utils.extmath import randomized_svd
from sklearn.utils.validation import check_is_fitted

from imbgan._sklearn import Interval, StrOptions, fit_context
from imbgan.random import Streams
from imbgan.text.reading import Texts, read_texts
from imbgan.text.scripts import needs_characters, script_of

BOTH = "words_and_characters"
ANALYZERS = ("auto", "words", "characters", BOTH)
N_COMPONENTS = 100
# Matrices with so few rows or columns are decomposed as dense ones.
_SMALL = 100
# Singular values below this share of the largest one are rounding errors.
_LEAST = 1e-6
# Where combining marks lie in Unicode, without the selectors of variants that follow faces.
_MARKS = (0x300, 0xFE00)
# Joiners stand inside of words (Persian, Hindi).
_JOINERS = "\u200c\u200d"


def normalized(text: str) -> str:
    r"""Return a text in the form in which words are compared: Unicode's NFKC, then without regard to case.

    Composed and combining letters become equal, and so do letters of full width and of styles. Twice, since folding a
    letter can leave marks that compose again.

    Examples
    --------
    >>> normalized("Cafe\u0301 \uff26REE") == "caf\u00e9 free"
    True
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


@cache
def token_pattern() -> str:
    """Return the pattern of a word or a sign.

    A word is a run of letters, digits and combining marks, without which vowel signs would divide the words of Hindi
    or Arabic. Every other visible character is a token of its own: signs such as ``!``, ``£`` and faces tell much in
    short messages.
    """
    is_mark = [unicodedata.category(chr(code)).startswith("M") for code in range(*_MARKS)]
    ends = np.flatnonzero(np.diff(np.array([False, *is_mark, False], int))) + _MARKS[0]
    marks = "".join(f"{chr(first)}-{chr(after - 1)}" for first, after in ends.reshape(-1, 2))
    return rf"(?u)[\w{marks}{_JOINERS}]+|[^\w\s]"


_CONSTRAINTS: dict[str, Any] = {
    "analyzer": [StrOptions(set(ANALYZERS))],
    "min_df": [Interval(Integral, 1, None, closed="left")],
}


class TextTransformer(TransformerMixin, BaseEstimator, auto_wrap_output_keys=None):
    """The base of encoders: they take texts, and no table."""

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        tags.requires_fit = True
        return tags


class WordEncoder(TextTransformer):
    r"""Sparse TF-IDF of words and pairs of words, or of characters where words are not separated by spaces.

    .. math:: x_{tw} \propto (1 + \log n_{tw}) \left(1 + \log \frac{1 + n}{1 + n_w}\right)

    where term w occurs :math:`n_{tw}` times in text t and in :math:`n_w` of the n texts of ``fit``; rows have length
    one (:class:`sklearn.feature_extraction.text.TfidfVectorizer` with sublinear term frequencies). With few rare texts
    this beats everything that is done in fewer dimensions, so a linear classifier on it is the baseline.

    Parameters
    ----------
    analyzer : {"auto", "words", "characters", "words_and_characters"}, default="auto"
        ``"words"`` counts words, signs and pairs of them. ``"characters"`` counts runs of 1 to 3 characters where the
        script has no spaces between words (Chinese, Japanese, Thai), and of 2 to 5 characters within words elsewhere.
        ``"words_and_characters"`` puts both side by side, each with half of the weight, where there are spaces; where
        there are none, it is ``"characters"``. ``"auto"`` takes words where there are spaces between them, and
        characters otherwise; see :func:`imbgan.text.script_of`.
    min_df : int, default=1
        Terms that occur in fewer texts are left out. 1 keeps all: with 20 rare texts, most of their words are rare.

    Attributes
    ----------
    script_ : Script
        The script of the texts of ``fit``.
    analyzer_ : {"words", "characters", "words_and_characters"}
        What is counted.
    vectorizer_ : TfidfVectorizer or FeatureUnion
        The fitted vectorizer, or both.
    remarks_ : tuple of str
        What was changed in the texts of ``fit``, and what may be wrong.

    Notes
    -----
    Texts are compared in Unicode's form NFKC and without regard to case, so that a combining accent and letters of full
    width make no other word.

    Examples
    --------
    >>> encoder = WordEncoder().fit(["win a prize", "see you at lunch"])
    >>> encoder.transform(["a prize!"]).shape, encoder.analyzer_
    ((1, 12), 'words')
    >>> WordEncoder().fit(["恭喜您中奖", "晚上见"]).analyzer_
    'characters'
    """

    _parameter_constraints = _CONSTRAINTS

    def __init__(self, *, analyzer: str = "auto", min_df: int = 1) -> None:
        self.analyzer = analyzer
        self.min_df = min_df

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, texts: object, y: object = None) -> Self:
        """Learn the terms and how rare they are.

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
            As :func:`imbgan.text.read_texts`.
        """
        del y
        found = read_texts(texts)
        self.remarks_ = found.remarks
        self.script_ = script_of(found)
        has_spaces = not needs_characters(self.script_)
        self.analyzer_ = self.analyzer
        if self.analyzer == "auto" or (self.analyzer == BOTH and not has_spaces):
            self.analyzer_ = "words" if has_spaces else "characters"
        try:
            self.vectorizer_: Any = self._vectorizer(has_spaces, self.min_df).fit(found.values)
        except ValueError:  # no term occurs in min_df texts
            self.vectorizer_ = self._vectorizer(has_spaces, 1).fit(found.values)
        return self

    def _vectorizer(self, has_spaces: bool, min_df: int) -> Any:  # noqa: ANN401 - scikit-learn's classes are not typed
        common: dict[str, Any] = {"preprocessor": normalized, "sublinear_tf": True, "min_df": min_df}
        of_words = TfidfVectorizer(token_pattern=token_pattern(), ngram_range=(1, 2), **common)
        if self.analyzer_ == "words":
            return of_words
        if self.analyzer_ == BOTH:
            of_characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), **common)
            return FeatureUnion([("words", of_words), ("characters", of_characters)])
        if has_spaces:
            return TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), **common)
        return TfidfVectorizer(analyzer="char", ngram_range=(1, 3), **common)

    def transform(self, texts: object) -> csr_matrix:
        """Encode texts.

        Parameters
        ----------
        texts : as for :func:`imbgan.text.read_texts`, of shape (n,)

        Returns
        -------
        sparse matrix of shape (n, n_terms), float64
            Rows of length one; a text without a known term is a row of zeros.
        """
        check_is_fitted(self, "vectorizer_")
        matrix = self.vectorizer_.transform(read_texts(texts, is_training=False).values)
        if self.analyzer_ != BOTH:
            return matrix
        both: Any = normalize(matrix)  # each of them has length one
        return both

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Return the terms, shape (n_terms,); of both, they begin with ``"words__"`` or ``"characters__"``."""
        del input_features
        check_is_fitted(self, "vectorizer_")
        return self.vectorizer_.get_feature_names_out()


class ReducedEncoder(TextTransformer):
    """Dense vectors: the first singular vectors of TF-IDF (latent semantic analysis), rows of length one.

    For generators and for learners that take no sparse matrix. With few rare texts it costs much: a linear classifier
    on the sparse matrix of :class:`WordEncoder` is clearly better.

    Parameters
    ----------
    n_components : int, default=100
        Number of singular vectors; fewer if there are fewer texts or terms, or if texts repeat.
    analyzer, min_df
        As for :class:`WordEncoder`.
    random_state : int, RandomState instance or None, default=0
        Seed of the vector from which the decomposition starts. With the default, the same texts give the same vectors.

    Attributes
    ----------
    words_ : WordEncoder
        The fitted encoder of words.
    components_ : ndarray of shape (n_components, n_terms)
        Singular vectors, the one with the largest singular value first.
    remarks_ : tuple of str
        As for :class:`WordEncoder`.

    References
    ----------
    Deerwester et al., "Indexing by Latent Semantic Analysis", Journal of the American Society for Information Science
    41(6), 1990.

    Examples
    --------
    >>> texts = ["win a prize", "see you at lunch", "win now", "lunch at noon"]
    >>> ReducedEncoder(2).fit_transform(texts).shape
    (4, 2)
    """

    _parameter_constraints = {  # noqa: RUF012 - scikit-learn reads it from the class
        "n_components": [Interval(Integral, 1, None, closed="left")],
        **_CONSTRAINTS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_components: int = N_COMPONENTS,
        *,
        analyzer: str = "auto",
        min_df: int = 1,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.n_components = n_components
        self.analyzer = analyzer
        self.min_df = min_df
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, texts: object, y: object = None) -> Self:
        """Learn terms and singular vectors; see :meth:`WordEncoder.fit`."""
        del y
        found = read_texts(texts)
        self.words_ = WordEncoder(analyzer=self.analyzer, min_df=self.min_df).fit(found)
        self.remarks_ = found.remarks
        matrix: Any = self.words_.transform(found)
        self.components_ = singular_vectors(matrix, self.n_components, Streams.from_random_state(self.random_state))
        return self

    def transform(self, texts: object) -> NDArray[np.float32]:
        """Encode texts.

        Parameters
        ----------
        texts : as for :func:`imbgan.text.read_texts`, of shape (n,)

        Returns
        -------
        ndarray of shape (n, n_components), float32
            Rows of length one; a text without a known term is a row of zeros.
        """
        check_is_fitted(self, "components_")
        found: Texts = read_texts(texts, is_training=False)
        vectors: Any = normalize(self.words_.transform(found) @ self.components_.T)
        return vectors.astype(np.float32)


def singular_vectors(matrix: Any, n_components: int, streams: Streams) -> NDArray[np.float64]:  # noqa: ANN401 - sparse
    """Return the right singular vectors of a sparse matrix with the largest singular values above 0.

    Parameters
    ----------
    matrix : sparse matrix of shape (n, d)
        With an entry that is not 0.
    n_components : int
        Their largest number.
    streams : Streams
        Where the start of the iteration comes from.

    Returns
    -------
    ndarray of shape (n_components, d), or with fewer rows
        The largest entry of each, by absolute value, is positive.
    """
    smallest = min(matrix.shape)
    rng = streams.generator("singular vectors")
    values: Any
    vectors: Any
    if smallest <= max(n_components, _SMALL):
        _, values, vectors = np.linalg.svd(matrix.toarray(), full_matrices=False)
    else:
        try:
            _, values, vectors = svds(matrix, min(n_components, smallest - 1), v0=rng.uniform(-1.0, 1.0, smallest))
        except ArpackError:  # it did not converge
            decompose: Any = randomized_svd
            seed = streams.integer("randomized")
            _, values, vectors = decompose(matrix, min(n_components, smallest - 1), n_iter=7, random_state=seed)
    order = np.argsort(-values)[:n_components]
    vectors = vectors[order][values[order] > _LEAST * values.max()]
    return vectors * np.sign(vectors[np.arange(len(vectors)), np.abs(vectors).argmax(axis=1)])[:, None]

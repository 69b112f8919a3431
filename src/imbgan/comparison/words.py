"""What the words of texts say: a linear classifier on words, fitted once for display."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, hypergeom
from sklearn.linear_model import LogisticRegression

from imbgan.comparison.marking import shown_text
from imbgan.comparison.plan import Data
from imbgan.comparison.word_model import ShownText, Term, WordColumn, WordModel
from imbgan.learners.texts import TextPreprocessor
from imbgan.tabular import read_table, take
from imbgan.tabular.labels import label_text
from imbgan.text import WordEncoder, read_texts

#: Number of terms for the rare class, and for the others.
N_TERMS = 15
#: Number of texts of the rare class: those that look most like it, and those that look least like it; and of others.
N_TYPICAL, N_ODD, N_CONFUSED = 3, 2, 5
#: A term in fewer texts tells about these alone.
LEAST_TEXTS = 2
#: The expected share of listed terms that chance alone spread so unevenly (Benjamini and Hochberg 1995).
FALSE_TERMS = 0.05
MAX_COLUMNS = 3
#: Of more rows, so many are learned: first those of the rare class, up to half of them.
MAX_ROWS = 20_000


def fit_word_model(data: Data, columns: Sequence[Hashable], seed: int, *, names: bool = True) -> WordModel | None:
    """Fit the classifier of the strategy ``"words"`` on all rows, and return what weighs most.

    It is for display. What is compared can read texts by words and characters, or by sentence vectors, whose numbers
    say nothing to a reader.

    Parameters
    ----------
    data : Data
    columns : sequence of Hashable
        The columns of text.
    seed : int
    names : bool, default=True
        Whether columns have names that a reader knows.

    Returns
    -------
    WordModel or None
        None if nothing can be fitted, such as with texts without any word.
    """
    rare = int(np.argmin(np.bincount(data.codes)))
    rows = _rows(data.codes == rare)
    X, is_rare = take(data.X, rows), data.codes[rows] == rare
    prepare = TextPreprocessor({name: WordEncoder() for name in columns}, sparse=True)
    try:
        matrix: Any = prepare.fit(X).transform(X)
        linear: Any = LogisticRegression(max_iter=1000, random_state=seed).fit(matrix, is_rare)
    except ValueError:
        return None
    if not prepare.encoders_:  # no text holds anything
        return None
    scores: NDArray[np.float64] = linear.predict_proba(matrix)[:, 1]
    encoders: dict[Hashable, WordEncoder] = prepare.encoders_
    sizes = [len(encoder.get_feature_names_out()) for encoder in encoders.values()]
    # The blocks of texts come last.
    starts = np.cumsum([matrix.shape[1] - sum(sizes), *sizes])
    texts = {column.name: column.as_objects() for column in read_table(X).columns if column.name in encoders}
    described: list[WordColumn] = []
    for (name, encoder), start, end in zip(encoders.items(), starts[:-1], starts[1:], strict=True):
        terms = _terms(encoder, linear.coef_[0, start:end], matrix[:, start:end], is_rare)
        shown = _texts(texts[name], scores, is_rare, terms, by_word=encoder.analyzer_ == "words")
        described.append(WordColumn(str(name) if names else "", encoder.analyzer_, *terms, *shown))
    return WordModel(label_text(data.classes[rare]), len(rows), tuple(described[:MAX_COLUMNS]))


def _rows(is_rare: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the rows to learn from: all, or of many, rare ones first and the rest evenly spread."""
    if len(is_rare) <= MAX_ROWS:
        return np.arange(len(is_rare))
    parts: list[NDArray[np.intp]] = []
    left = MAX_ROWS
    for part, most in ((np.flatnonzero(is_rare), MAX_ROWS // 2), (np.flatnonzero(~is_rare), MAX_ROWS)):
        n = min(len(part), most, left)
        parts.append(part[np.linspace(0, len(part) - 1, n).astype(np.intp)])
        left -= n
    return np.sort(np.concatenate(parts))


Terms = tuple[tuple[Term, ...], tuple[Term, ...]]


def _terms(
    encoder: WordEncoder,
    coefficients: NDArray[np.float64],
    block: Any,  # noqa: ANN401 - sparse
    is_rare: NDArray[np.bool_],
) -> Terms:
    """Return the terms that weigh most for the rare class, and for the others, of those that chance does not explain.

    A rare term has a large number in a text, so that the greatest coefficients alone are those of chance.
    """
    names = encoder.get_feature_names_out()
    holds = block.astype(bool)
    n_rare, n_all = (np.asarray(part.sum(axis=0)).ravel().astype(int) for part in (holds[is_rare], holds))
    order = np.lexsort((names.astype(str), -coefficients))
    tells = _telling(n_rare, n_all, int(is_rare.sum()), len(is_rare))

    def listed(places: Iterable[int]) -> tuple[Term, ...]:
        found: list[Term] = []
        for i in places:
            term = Term(str(names[i]), float(coefficients[i]), int(n_rare[i]), int(n_all[i] - n_rare[i]))
            if term.text.strip() and not _says_the_same(term, found):
                found.append(term)
                if len(found) == N_TERMS:
                    break
        return tuple(found)

    for_rare = (i for i in order.tolist() if coefficients[i] > 0 and tells[i] > 0)
    for_others = (i for i in order[::-1].tolist() if coefficients[i] < 0 and tells[i] < 0)
    return listed(for_rare), listed(for_others)


def _telling(n_rare: NDArray[np.int_], n_all: NDArray[np.int_], size: int, n_rows: int) -> NDArray[np.int_]:
    """Return 1 for terms in more texts of the rare class than chance explains, -1 for those in fewer, 0 for others.

    Fisher's exact test of each term in at least :data:`LEAST_TEXTS` texts; ``size`` is the number of rare rows.
    """
    known = np.flatnonzero(n_all >= LEAST_TEXTS)
    signs = np.zeros(len(n_all), np.int_)
    if not len(known):
        return signs
    pairs, places = np.unique(np.stack([n_rare[known], n_all[known]]), axis=1, return_inverse=True)
    more = hypergeom.sf(pairs[0] - 1, n_rows, size, pairs[1])
    fewer = hypergeom.cdf(pairs[0], n_rows, size, pairs[1])
    places = places.ravel()  # NumPy 2.0 gives them the axes of its argument
    p = np.minimum(2.0 * np.minimum(more, fewer), 1.0)[places]
    uneven = false_discovery_control(p) <= FALSE_TERMS
    signs[known] = np.where(uneven, np.where(more < fewer, 1, -1)[places], 0)
    return signs


def _says_the_same(term: Term, listed: Sequence[Term]) -> bool:
    """Return whether a term holds a listed one, or lies within one, and stands in the same number of texts."""
    return any(
        (term.text in other.text or other.text in term.text)
        and (term.n_rare, term.n_others) == (other.n_rare, other.n_others)
        for other in listed
    )


def _texts(
    cells: NDArray[np.object_], scores: NDArray[np.float64], is_rare: NDArray[np.bool_], terms: Terms, *, by_word: bool
) -> tuple[tuple[ShownText, ...], tuple[ShownText, ...]]:
    """Return typical and odd texts of the rare class, and texts of others that look like it."""
    values: list[str] = read_texts(cells, is_training=False).values.tolist()
    coefficients = {term.text: term.coefficient for part in terms for term in part}

    def distinct(rows: NDArray[np.intp]) -> list[int]:
        first: dict[str, int] = {}
        for row in rows.tolist():
            if values[row].strip():
                first.setdefault(values[row], row)
        return list(first.values())

    def shown(rows: Sequence[int]) -> tuple[ShownText, ...]:
        return tuple(shown_text(values[row], coefficients, float(scores[row]), by_word=by_word) for row in rows)

    order = np.argsort(-scores, kind="stable")
    of_rare, of_others = (distinct(order[part[order]]) for part in (is_rare, ~is_rare))
    odd = of_rare[max(N_TYPICAL, len(of_rare) - N_ODD) :]
    return shown([*of_rare[:N_TYPICAL], *odd]), shown(of_others[:N_CONFUSED])

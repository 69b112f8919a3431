"""Search of Chinese pages by pairs of neighboring characters: any phrase is found, without a dictionary."""

import re

from sphinx.application import Sphinx
from sphinx.search import SearchLanguage

_WORDS = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z0-9_]+")

# The browser cuts what a reader types in the same way.
_SPLIT_QUERY = """
function splitQuery(query) {
  return (query.match(/[\\u4e00-\\u9fff]+|[A-Za-z0-9_]+/g) || []).flatMap((word) =>
    /^[A-Za-z0-9_]/.test(word) || word.length < 2
      ? [word]
      : Array.from({ length: word.length - 1 }, (_, place) => word.slice(place, place + 2)),
  );
}
"""


class SearchChinese(SearchLanguage):
    """Cuts Chinese into pairs of characters, and leaves words in Latin letters whole."""

    lang = "zh"
    language_name = "Chinese"
    js_splitter_code = _SPLIT_QUERY

    def split(self, input: str) -> list[str]:
        """Return the terms of a text."""
        terms = []
        for word in _WORDS.findall(input):
            is_latin = word[0].isascii() or len(word) < 2
            terms += [word] if is_latin else [word[place : place + 2] for place in range(len(word) - 1)]
        return terms

    def stem(self, word: str) -> str:
        """Return the term as it is."""
        return word


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.add_search_language(SearchChinese)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

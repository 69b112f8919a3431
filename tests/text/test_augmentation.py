"""Changed copies of texts: never empty, no word from elsewhere, and a pure function of seed and number."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.exceptions import ParameterError
from imbgan.random import Streams
from imbgan.text import changed_texts
from imbgan.text.augmentation import SIGNS, characters_of

SHARES = st.floats(0.0, 1.0)
TEXT = "one two three four five six seven eight nine ten"


@given(st.lists(st.text(max_size=40), min_size=1, max_size=4), SHARES, SHARES, st.integers(0, 9))
def test_copies_hold_words_of_their_original_and_are_never_empty(texts, deletion, swaps, seed):
    for text, copy in zip(texts, changed_texts(texts, Streams(seed), deletion=deletion, swaps=swaps), strict=True):
        assert bool(copy.strip()) == bool(text.strip())
        assert not Counter(copy.replace(" ", "")) - Counter(text)
        if not copy.strip():
            assert copy == text


def test_a_copy_is_a_function_of_seed_and_number():
    many = changed_texts([TEXT] * 6, Streams(3)).tolist()
    assert many == changed_texts([TEXT] * 6, Streams(3)).tolist()
    assert many[2:4] == changed_texts([TEXT] * 2, Streams(3), start=2).tolist()
    assert len(set(many)) > 1
    assert many != changed_texts([TEXT] * 6, Streams(4)).tolist()


def test_without_changes_a_copy_has_the_same_words():
    assert changed_texts(["  a  b\nc "], Streams(0), deletion=0.0, swaps=0.0).tolist() == ["a b c"]


def test_shares_are_kept():
    copies = changed_texts([TEXT] * 500, Streams(0), deletion=0.3, swaps=0.0)
    kept = [len(copy.split()) / 10 for copy in copies]
    assert sum(kept) / len(kept) == pytest.approx(0.7, abs=0.02)
    assert all(copy.split() == [word for word in TEXT.split() if word in copy.split()] for copy in copies)
    swapped = changed_texts([TEXT] * 200, Streams(0), deletion=0.0, swaps=0.1)
    moved = [sum(a != b for a, b in zip(copy.split(), TEXT.split(), strict=True)) for copy in swapped]
    assert set(moved) == {2}
    # Every place is swapped about equally often.
    at = Counter(i for copy in swapped for i, word in enumerate(copy.split()) if word != TEXT.split()[i])
    assert len(at) == 10
    assert max(at.values()) < 3 * min(at.values())


def test_everything_deleted_leaves_one_word():
    copies = changed_texts([TEXT] * 50, Streams(0), deletion=1.0)
    assert {len(copy.split()) for copy in copies} == {1}
    assert len(set(copies)) > 3


def test_signs_are_inserted_and_words_stay_in_order():
    copies = changed_texts([TEXT] * 100, Streams(0), deletion=0.0, swaps=0.0, signs=1 / 3)
    for copy in copies:
        assert [word for word in copy.split() if word not in SIGNS] == TEXT.split()
    assert {len(copy.split()) - 10 for copy in copies} == {1, 2, 3}


def test_scripts_without_spaces_change_by_characters():
    text = "恭喜您获得一等奖请点击链接"
    (copy,) = changed_texts([text], Streams(0), deletion=0.0)
    assert " " not in copy
    assert copy != text
    assert Counter(copy) == Counter(text)
    assert sum(a != b for a, b in zip(copy, text, strict=True)) == 2


def test_marks_stay_with_their_characters():
    assert "".join(characters_of("สถานีรถไฟอยู่ที่ไหน")) == "สถานีรถไฟอยู่ที่ไหน"
    assert characters_of("e\u0301a") == ["e\u0301", "a"]


@pytest.mark.parametrize("name", ["deletion", "swaps", "signs"])
@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_must_be_one(name, share):
    with pytest.raises(ParameterError, match=rf"'{name}' must be a share in \[0, 1\]"):
        changed_texts(["a"], Streams(0), **{name: share})

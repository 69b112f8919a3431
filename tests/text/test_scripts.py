"""The script of texts decides whether words or characters are counted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.text import needs_characters, script_of

SAMPLES = {
    "Latin": ("Wo ist der nächste Bahnhof, bitte?", False),
    "Cyrillic": ("Где находится вокзал?", False),
    "Greek": ("Πού είναι ο σταθμός;", False),
    "Arabic": ("أين محطة القطار؟", False),
    "Hebrew": ("איפה תחנת הרכבת?", False),
    "Devanagari": ("रेलवे स्टेशन कहाँ है?", False),
    "Hangul": ("기차역이 어디예요?", False),
    "Han": ("请问火车站在哪里?", True),
    "Kana": ("えきはどこですか。", True),
    "Thai": ("สถานีรถไฟอยู่ที่ไหน", True),
    "Khmer": ("តើស្ថានីយ៍រថភ្លើងនៅឯណា?", True),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_scripts_are_told_and_whether_they_have_spaces(name):
    text, has_no_spaces = SAMPLES[name]
    found = script_of([text])
    assert found.name == name
    assert found.share > 0.9
    assert needs_characters(found) == needs_characters(name) == has_no_spaces


def test_japanese_needs_characters_though_no_script_has_half_of_it():
    found = script_of(["東京駅はどこですか。iPhoneを買いたい"])
    assert found.name in ("Han", "Kana")
    assert needs_characters(found)


def test_foreign_names_do_not_outweigh_the_words_around_them():
    assert script_of(["我的 iPhone 坏了, 请帮我修 MacBook"]).name == "Han"
    assert script_of(["The character 木 means tree and 林 means woods"]).name == "Latin"


def test_wide_letters_belong_to_their_script():
    assert script_of(["\uff26\uff32\uff25\uff25"]).name == "Latin"
    assert script_of(["\uff76\uff85"]).name == "Kana"


def test_texts_without_letters_have_none():
    found = script_of(["123 !?", "", "😀"])
    assert (found.name, found.share) == ("none", 0.0)
    assert not needs_characters(found)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=6))
def test_shares_are_shares(texts):
    found = script_of(texts)
    assert sum(found.shares.values()) == pytest.approx(1.0 if found.shares else 0.0)
    assert found.share == max(found.shares.values(), default=0.0)


def test_a_sample_stands_for_many_texts():
    assert script_of(["hello"] * 3000 + ["你好"] * 1000).share == pytest.approx(
        (3000 * 5 / 5) / (3000 * 5 / 5 + 1000 * 2 / 1.5), abs=0.01
    )

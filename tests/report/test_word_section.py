"""The section on texts: terms in tables, texts with marks, and nothing of a text that is more than text."""

import html
import re
from dataclasses import replace

import pytest
from tests.report.conftest import HOSTILE, make_words
from tests.report.test_browser import PHONE, opened

from imbgan._text import writable
from imbgan.report import render, report, summarize


def section_of(page):
    return re.search(r'<section id="words".*?</section>', page, re.DOTALL).group()


def texts_of(page):
    items = re.findall(r"<li><small>.*?</small><bdi>(.*?)</bdi></li>", section_of(page), re.DOTALL)
    return [html.unescape(re.sub(r"</?mark[^>]*>", "", item)) for item in items]


def test_terms_and_marked_texts_are_shown(of_texts):
    section = section_of(render(summarize(of_texts)))
    assert "fitted once on 1,234 rows" in " ".join(section.split())
    assert section.count("<table") == 2
    assert 'win a <mark class="for">free prize</mark>' in section
    assert "This page shows texts of the table" in section
    assert 'href="#words"' in render(summarize(of_texts))


def test_other_comparisons_have_no_such_section(comparison):
    assert 'id="words"' not in render(summarize(comparison))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_texts_can_be_left_out_and_terms_stay(of_texts, lang):
    section = section_of(render(summarize(of_texts.without_texts()), lang))
    assert "free prize" in section
    assert "<ol" not in section
    assert "--no-texts" not in section


def test_texts_are_text_whatever_they_look_like(hostile_texts):
    page = render(summarize(hostile_texts))
    assert page.count("<script") == 1
    assert "<img" not in page
    shown = texts_of(page)
    expected = [writable(text.text) for text in hostile_texts.words.columns[0].rare_texts]
    assert shown == expected + expected[:5]
    assert "<script>alert(1)</script>" in shown


def test_of_nothing_listed_the_page_says_so(comparison):
    section = section_of(render(summarize(replace(comparison, words=make_words(["a b"], {})))))
    assert section.count("No word stands here more often than chance explains.") == 2


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_texts_do_nothing_in_a_browser_and_stay_on_a_phone(browser, hostile_texts, lang, tmp_path):
    path = report(hostile_texts, tmp_path / "texts.html", lang=lang)
    with opened(browser, path, viewport=PHONE) as page:
        assert page.locator("#words bdi", has_text="<script>alert(1)</script>").first.is_visible()
        assert page.locator("#words mark").count() > 4
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        # A text that runs from right to left changes the order of nothing beside it, and marks stay in their line.
        beside = "all => all.every(li => li.children[0].getBoundingClientRect().right <= li.children[1].offsetLeft + 1)"
        assert page.locator("#words .texts li").evaluate_all(beside)
        assert page.locator("#words .texts li").evaluate_all("all => all.every(li => li.clientHeight < 700)")
        assert page.locator("#words bdi", has_text=HOSTILE[9]).first.is_visible()

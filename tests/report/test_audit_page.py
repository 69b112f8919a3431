"""The page of an audit: every source and attack is told, in both languages, without a promise."""

import html
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from tests.report.conftest import HOSTILE

from imbgan.audit import ATTACKS, RATES, Attack, Audit, Interval, Note, Rate
from imbgan.audit.views import NOTES
from imbgan.exceptions import ParameterError
from imbgan.report import report
from imbgan.report.audit_page import render_audit
from imbgan.report.languages import audits


def example(sources=("gan", "smote"), strategies=(), label="yes", notes=()):
    """An audit in which every attack found something, and outlying rows were not seen in each run."""
    attacks = [
        Attack(
            source,
            name,
            group,
            Interval(0.5 + 0.02 * i, 0.45 + 0.02 * i, min(0.6 + 0.02 * i, 1.0)),
            Interval(0.1, 0.0, 0.2),
            (0.55, None if group == "outlying" else 0.61),
        )
        for source in (*sources, *strategies)
        for i, name in enumerate(ATTACKS)
        for group in ("all", "outlying", "typical")
    ]
    rates = [Rate(source, name, Interval(0.4), Interval(0.1)) for source in sources for name in RATES]
    settings = {"seed": 0}
    return Audit(
        label,
        90,
        45,
        45,
        9,
        300,
        255,
        2,
        tuple(sources),
        tuple(strategies),
        tuple(attacks),
        tuple(rates),
        notes,
        settings,
    )


FACTS = {"n": 3000, "used": 2000, "n_runs": 6, "source": "gan", "columns": "'note'", "encoder": "words"}
EVERY_NOTE = tuple(Note(name, FACTS) for name in NOTES)


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.ids = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id"]


def text_of(page):
    page = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_attack_source_rate_and_note_is_told(lang):
    words = {"en": audits.ENGLISH, "zh": audits.CHINESE}[lang]
    text = text_of(render_audit(example(strategies=("none",), notes=EVERY_NOTE), lang))
    for key in [*(f"audit.attack.{name}" for name in ATTACKS), *(f"audit.rate.{name}" for name in RATES)]:
        assert words[key] in text
        assert words[f"{key}.meaning"] in text
    assert "3,000" in text


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_nothing_is_promised(lang):
    text = text_of(render_audit(example(notes=EVERY_NOTE), lang)).lower()
    for word in ("private", "anonymous", "anonymi", "safe", "secure", "安全", "匿名", "隐私"):
        assert word not in text
    assert {"en": "with these attacks", "zh": "用这些攻击"}[lang] in text


def test_encoders_are_told_in_the_language_of_the_page():
    note = Note("text vectors", {"n": 32, "encoder": "100 singular vectors of TF-IDF"})
    assert "100 个 TF-IDF 奇异向量" in text_of(render_audit(example(notes=(note,)), "zh"))
    assert "vectors (100 singular vectors of TF-IDF)" in text_of(render_audit(example(notes=(note,))))


def test_figures_without_intervals_are_drawn_too():
    whole = example(sources=("mine",))
    bare = [Attack(each.source, each.name, each.group, Interval(0.3), Interval(None), (0.3,)) for each in whole.attacks]
    assert "mine" in text_of(render_audit(replace(whole, attacks=tuple(bare), rates=())))


def test_the_page_stands_alone_and_hostile_names_are_text():
    page = render_audit(example(sources=HOSTILE, label=HOSTILE[0]))
    parsed = Page(page)
    assert parsed.tags.count("script") == 1  # the results, as data
    assert {"img", "link", "iframe"} & set(parsed.tags) == set()
    assert len(parsed.ids) == len(set(parsed.ids))
    assert "\x1b" not in page
    assert "\x00" not in page


def test_report_writes_it(tmp_path):
    path = report(example(), tmp_path / "audit.html", lang="zh")
    assert path.read_text(encoding="utf-8") == render_audit(example(), "zh")
    with pytest.raises(ParameterError, match="lang"):
        report(example(), tmp_path / "other.html", lang="de")

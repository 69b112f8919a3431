"""What the source of the site is made of, without building it: links, groups of names, pages of commands, notebooks."""

import json

import pytest

pytest.importorskip("sphinx", reason="The packages of the site are not installed; make docs installs them.")

from docutils import nodes
from docutils.utils import new_document

import imbgan
from docs.site import gallery, reference
from docs.site.accessible import described, named_buttons
from docs.site.breaks import with_breaks
from docs.site.contents import DOCS, ROOT, SECTIONS
from docs.site.gallery import position
from docs.site.links import Target, place, rewrite
from docs.site.mathematics import spaced
from docs.site.notebooks import page_of
from docs.site.staging import Staging

PAGE = DOCS / "how-to" / "compare.md"


def rewritten(text, lead=lambda path, fragment: Target(place(path), fragment), pages_of=None):
    return rewrite(text, PAGE, place(PAGE), lead, pages_of or {})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("docs/how-to/costs.md", "how-to/costs.md"),
        ("docs/how-to/costs.zh-CN.md", "how-to/costs.md"),
        ("benchmarks/text/RESULTS.md", "benchmarks/text/RESULTS.md"),
        ("benchmarks/text", "benchmarks/text/README.md"),
        ("examples/gallery/plot_textbook.py", "gallery/plot_textbook.rst"),
        ("docs/tutorials/start.zh-CN.ipynb", "tutorials/start.md"),
    ],
)
def test_files_of_the_repository_have_a_place_on_the_site(path, expected):
    assert place(ROOT / path) == expected


def test_links_lead_to_the_places_of_their_targets():
    text = "See [results](../../benchmarks/text/RESULTS.md#learners), ![gains](../images/gains.svg) and [Ray](https://docs.ray.io).\n"
    assert rewritten(text) == text.replace("../../benchmarks", "../benchmarks")


def test_a_picture_that_leads_somewhere_is_moved_with_its_link():
    text = "[![gains](../images/gains.svg)](../../benchmarks/text/RESULTS.md)"
    assert rewritten(text) == "[![gains](../images/gains.svg)](../benchmarks/text/RESULTS.md)"
    moved = []
    rewritten(text, lead=lambda path, fragment: moved.append(path.name))
    assert moved == ["gains.svg", "RESULTS.md"]


def test_a_link_over_two_lines_is_one():
    assert rewritten("[two\nlines](../../benchmarks/text/RESULTS.md)") == "[two\nlines](../benchmarks/text/RESULTS.md)"


def test_a_link_without_a_target_on_the_site_becomes_its_words():
    assert rewritten("See [the code](../../src).\n", lead=lambda path, fragment: None) == "See the code.\n"


def test_code_is_left_alone():
    text = "```python\nx = '[a](../../README.md)'\n`imbgan fit`\n```\n\n    [a](../../README.md) `imbgan fit`\n"
    assert rewritten(text, pages_of={"imbgan fit": "reference/commands/fit.md"}) == text


def test_the_first_code_of_a_name_leads_to_its_page_and_headings_do_not():
    text = "# `imbgan fit`\n\n`imbgan fit` and `imbgan fit`\n"
    expected = "# `imbgan fit`\n\n[`imbgan fit`](../reference/commands/fit.md) and `imbgan fit`\n"
    assert rewritten(text, pages_of={"imbgan fit": "reference/commands/fit.md"}) == expected


def test_the_end_of_a_line_is_no_space_in_chinese():
    assert rewritten("一行。\n又一行。\n- 一\n\n二\nand three\n") == "一行。又一行。\n- 一\n\n二\nand three\n"
    assert rewritten("定理 1\n（[Goodfellow](https://arxiv.org)）") == "定理 1（[Goodfellow](https://arxiv.org)）"


def test_a_figure_stays_with_its_sign_of_percent():
    assert rewritten("10 % of\n\n    print(10 % 3)\n") == "10\u00a0% of\n\n    print(10 % 3)\n"


def test_lines_that_only_lead_to_the_other_language_go():
    assert rewritten("# Title\n\n[中文](compare.zh-CN.md)\n\nText\n") == "# Title\n\n\nText\n"


@pytest.mark.parametrize(
    ("language", "gallery"),
    [("en", "[gallery](gallery/index.rst)"), ("zh", '<a href="../gallery/index.html">示例集</a>')],
)
def test_a_link_to_a_folder_of_pages_leads_to_the_page_of_its_section(tmp_path, language, gallery):
    Staging(language, tmp_path).fill()
    start = (tmp_path / "index.md").read_text(encoding="utf-8")
    assert [section.folder for section in SECTIONS if f"]({section.folder}/index.md)" not in start] == []
    assert gallery in start


def test_each_public_name_is_in_one_group():
    named = [name for group in reference.groups_of_names() for name in group.members]
    assert sorted(named) == sorted(imbgan.__all__)


def test_a_name_that_no_group_has_is_an_error(monkeypatch):
    monkeypatch.setattr(imbgan, "__all__", [*imbgan.__all__, "find_too_close"])
    monkeypatch.setitem(imbgan._HOMES, "find_too_close", "quality")
    with pytest.raises(ValueError, match=r"\['find_too_close'\] are missing"):
        reference.groups_of_names()


def test_the_list_of_public_names_shows_no_marks_of_its_source():
    assert ":func:" not in reference.page_of_names()
    assert ":class:" not in reference.page_of_names()


def test_the_page_of_a_command_has_all_its_options():
    page = reference.page_of_command("resample")
    options = [
        option for each in reference.COMMANDS["resample"].params for option in each.opts if option.startswith("--")
    ]
    assert [option for option in options if f"`{option}`" not in page and option != "--help"] == []


def test_a_notebook_becomes_text_code_and_what_it_printed(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "\n", "Words."]},
        {"cell_type": "code", "source": ["print(1)"], "outputs": [{"output_type": "stream", "text": ["1\n"]}]},
    ]
    notebook = tmp_path / "start.ipynb"
    notebook.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (tmp_path / "out").mkdir()
    page = page_of(notebook, tmp_path / "out")
    assert page.startswith("# Title\n\nWords.\n\nThis page is a notebook")
    assert page.endswith("```python\nprint(1)\n```\n\n```text\n1\n```\n")
    assert (tmp_path / "out" / "start.ipynb").exists()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_titles_of_pages_differ_and_results_stand_below_their_benchmark(tmp_path, language):
    Staging(language, tmp_path).fill()
    beside = (tmp_path / "benchmarks" / "text" / "README.md").read_text(encoding="utf-8")
    assert ("结果 <RESULTS>" if language == "zh" else "Results <RESULTS>") in beside
    titles = {}
    for page in sorted(tmp_path.rglob("*.md")):
        if page.stem != "RESULTS":  # is named after its benchmark
            title = page.read_text(encoding="utf-8").partition("\n")[0]
            assert title not in titles, f"{page} and {titles[title]} have the same title"
            titles[title] = page


def test_long_code_breaks_after_brackets_and_short_code_does_not_break():
    short, entity = '<span class="pre">--generated-share</span>', '<span class="pre">&lt;a&gt;</span>'
    assert with_breaks(short + entity) == short + entity
    long = with_breaks('<span class="pre">GANOverSampler(random_state=0).fit_resample(X,</span>')
    assert long == (
        '<span class="pre long">GANOverSampler(<wbr>random_<wbr>state=<wbr>0).<wbr>fit_<wbr>resample(<wbr>X,</span>'
    )


@pytest.mark.parametrize(
    ("classes", "words", "expected"),
    [
        ('class="text-left"', "the test fold", 'class="text-left short"'),
        ("", "", 'class="short"'),
        ("", "what is longer than that", ""),
        ("", "一个汉字有两个字母那么宽", ""),
        ("", "汉字，不太长", 'class="short"'),
        ('class="text-right"', "11.4 (10.3 to 12.2)", 'class="text-right short"'),
        ('class="text-right"', "debian_science (best: words and characters)", 'class="text-right"'),
    ],
)
def test_short_cells_do_not_break_and_long_ones_do(classes, words, expected):
    assert with_breaks(f"<td {classes}".strip() + f"><p>{words}</p></td>") == (
        f"<td {expected}".strip() + f"><p>{words}</p></td>"
    )


def test_examples_have_an_order_and_new_ones_must_have_a_place():
    examples = sorted((ROOT / "examples" / "gallery").glob("plot_*.py"), key=position)
    assert [example.stem for example in examples] == [f"plot_{name}" for name in gallery.ORDER]
    with pytest.raises(ValueError, match="new"):
        position("plot_new.py")


def test_buttons_of_the_list_of_pages_have_names():
    pages = '<li><a href="a.html"><code>fit</code> rows</a><details><summary><span></span></summary></details></li>'
    assert '<details><summary aria-label="Pages below “fit rows”"><span>' in named_buttons(pages, "en")
    assert "“fit rows”之下的页面" in named_buttons(pages, "zh_CN")


def test_the_description_of_a_page_is_its_first_paragraph_cut_after_a_word():
    page = new_document("page.md")
    for text in ("中文", "What is rare " * 20, "later"):
        page += nodes.paragraph(text, text)
    assert described(page) == f"{('What is rare ' * 12)[:-1]} …"


def test_names_of_functions_stand_apart_in_formulas():
    formula = "<mi>E</mi><mi>log</mi><mi>D</mi><mo>+</mo><mi>log</mi><mo>(</mo>"
    gap = '<mspace width="0.167em" />'
    assert spaced(formula) == f"<mi>E</mi>{gap}<mi>log</mi>{gap}<mi>D</mi><mo>+</mo><mi>log</mi><mo>(</mo>"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_source_has_each_page_in_a_section(tmp_path, language):
    Staging(language, tmp_path).fill()
    for section in SECTIONS:
        index = (tmp_path / section.folder / "index.md").read_text(encoding="utf-8")
        pages = [page.stem for page in (tmp_path / section.folder).glob("*.md") if page.stem != "index"]
        assert pages
        assert [page for page in pages if f"]({page}.md)" not in index] == []
    pictures = [
        picture for picture in tmp_path.rglob("*.svg") if "prefers-color-scheme" in picture.read_text(encoding="utf-8")
    ]
    assert pictures == [], "pages have a ground of their own, light or dark, which the reader chooses"
    chinese = (tmp_path / "how-to" / "compare.md").read_text(encoding="utf-8")
    assert chinese.startswith("# 弄清楚" if language == "zh" else "# Find out")
    fallback = (tmp_path / "explanation" / "architecture.md").read_text(encoding="utf-8")
    assert ("本页没有中文版" in fallback) == (language == "zh")

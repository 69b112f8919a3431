"""Explanation pages state what the benchmarks' pages of results hold, and their pictures can be drawn anew."""

import re

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from docs.pictures import cuts, findings, losses, measures, style
from docs.pictures.chinese import chinese
from docs.site.contents import DOCS, ROOT

RESULTS = (ROOT / "benchmarks" / "quality" / "RESULTS.md").read_text(encoding="utf-8")


def page(name):
    return (DOCS / "explanation" / f"{name}.md").read_text(encoding="utf-8")


def table(heading, first):
    """Return the cells of the table that starts with a cell, below a heading of the results: row -> column -> text."""
    lines = RESULTS.partition(f"## {heading}\n")[2].partition("\n## ")[0].splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(f"| {first} |"))
    names = [cell.strip() for cell in lines[start].strip("| ").split(" | ")]
    rows = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        cells = [cell.strip(" *") for cell in line.strip("|").split(" | ")]
        rows[cells[0]] = dict(zip(names, cells, strict=True))
    return rows


def short(cell):
    """Return a figure as the pages write it: without the zero before the point, three decimals."""
    return re.sub(r"\b0\.", ".", cell.lstrip("+−"))


VALIDATION = table("The validation half", "method")
LEARNERS = table("Learner by learner", "method")


@pytest.mark.parametrize("method", ["bags", "gan_bagging", "gan", "smote", "class_weight"])
def test_the_page_of_findings_states_the_gains_of_the_validation_half(method):
    assert short(VALIDATION[method]["gain"]) in page("what-the-benchmark-found")


@pytest.mark.parametrize("method", ["gan_bagging", "local_gaussian_bagging", "smote_bagging"])
def test_the_page_of_findings_states_who_draws_the_rows(method):
    assert short(VALIDATION[method]["average precision"]) in page("what-the-benchmark-found")


@pytest.mark.parametrize(
    "method", ["class_weight", "smote", "polynom_fit_smote", "local_gaussian", "self_paced_ensemble", "gan_bagging"]
)
def test_the_comparison_states_the_gains_of_the_validation_half(method):
    assert short(VALIDATION[method]["gain"]) in page("comparison")


def test_the_comparison_states_what_other_generators_reached():
    found = RESULTS.partition("| ctgan | mean over learners |")[2].splitlines()[0]
    for figure in (
        short(cell.strip(" *")) for cell in found.split("|")[1:4]
    ):  # theirs, doing nothing, our single models
        assert figure in page("comparison")


@pytest.mark.parametrize(
    ("learner", "words"), [("lightgbm", "LightGBM at most"), ("random forest", "a random forest gains at most")]
)
def test_strong_learners_gain_as_little_as_the_page_says(learner, words):
    # `auto` was run on the thinned tables alone.
    rows = [row for name, row in LEARNERS.items() if name != "none" and not name.startswith("auto")]
    gains = [float(row[learner].replace("−", "-")) for row in rows if row[learner] != "–"]
    assert f"{words} {max(gains):.3f}".replace(" 0.", " .") in page("when-not")


@pytest.mark.parametrize("method", ["auto", "auto_without_gan"])
def test_strong_learners_gain_from_a_choice_per_table_what_the_page_says(method):
    forest, boosting = (short(LEARNERS[method][learner]) for learner in ("random forest", "lightgbm"))
    assert f" {forest} and {boosting}" in page("when-not")


@pytest.mark.parametrize(("source", "figure"), [("gan", "AUC of .75"), ("smote", "rows have .97")])
def test_the_list_of_reasons_against_states_the_attacks(source, figure):
    assert figure in page("when-not")
    assert f"{findings.strongest_attack(source):.2f}"[1:] in figure


@pytest.mark.parametrize("source", list(findings.SOURCES))
def test_the_page_on_privacy_states_the_strongest_attacks(source):
    strongest = findings.strongest_attack(source) + 1e-9  # .725 is .73
    assert f"{strongest:.2f}"[1:] in page("privacy")


def test_the_page_on_privacy_states_how_many_rows_are_named():
    attacked = table("What generated rows give away", "rows of")
    named = {source: attacked[source]["named at 1 %"].replace("%", " %") for source in ("smote", "gan")}
    stated = f"names {named['smote']} of the rows that SMOTE learned from, and {named['gan']} of those"
    assert stated in page("privacy")
    assert f"{short(attacked['gan']['strongest, outlying rows'])[:3]} on average" in page("privacy")


def test_the_page_of_findings_states_the_shares_of_true_images():
    shares = findings.shares_of_true_images("lightgbm_components")
    assert f"copies alone {shares['copies']:.0%}".replace("%", " %") in page("what-the-benchmark-found")
    assert shares["gan_share"] == pytest.approx(2 / 3, abs=0.01)


def results(benchmark):
    text = (ROOT / "benchmarks" / benchmark / "RESULTS.md").read_text(encoding="utf-8")
    return " ".join(text.split())


# What a page says, and what the page of results says, with the same figures: who renews the one looks at the other.
QUOTED = [
    ("what-the-benchmark-found", "in 73 % of pairs", "quality", "| +0.088 | 73% |"),
    ("what-the-benchmark-found", "(.101 against .211)", "quality", "| **0.603** | **0.903** | **0.101** |"),
    (
        "what-the-benchmark-found",
        "by .047",
        "quality",
        "**Bags with generated rows are ahead of Self-paced Ensemble** by .047",
    ),
    ("what-the-benchmark-found", "bring 79 % of what the oracle brings", "quality", "and 79 % on the validation half"),
    ("what-the-benchmark-found", "the bags bring 38 %", "quality", "without generated rows bring 57 % and 38 %"),
    ("what-the-benchmark-found", "has .367 alone and .499", "quality", "| nothing | 0.367 | 0.735 |"),
    ("what-the-benchmark-found", "(.484 on rows of the GAN;", "quality", "| taught on GAN rows | 0.484 | 0.867 |"),
    (
        "what-the-benchmark-found",
        "LightGBM has .569 and .568",
        "quality",
        "| taught on local-Gaussian rows | 0.568 | 0.905 |",
    ),
    ("what-the-benchmark-found", "15 of 32 were reached", "quality", "### On the validation half: 15 of 32 reached"),
    ("what-the-benchmark-found", "13 of 25 on the development half", "quality", "half: 13 of 25 reached"),
    ("what-the-benchmark-found", "and are .030 behind it", "quality", "| all cases | ≥ +0.040 | −0.030 |"),
    ("what-the-benchmark-found", ".044 ± .008 ahead", "text", "| all sets | at least +.020 | +.044 ± .008 |"),
    ("what-the-benchmark-found", "stay below 1.5 GB at 50 million rows", "scale", "`resample` 1,420 MB"),
    (
        "what-the-benchmark-found",
        "has .603 and all rows .620",
        "scale",
        "the sample has .603, five bags of it .613 and all rows .620",
    ),
    (
        "what-the-benchmark-found",
        "takes 1/27 to 1/63 of CTGAN's time",
        "speed",
        "takes 1/27 to 1/63 of the time of CTGAN",
    ),
    ("what-the-benchmark-found", "1/5 to 1/6 of its processor time", "speed", "in 1/5 to 1/6 of CTGAN's CPU time"),
    ("what-the-benchmark-found", "copies alone 59 %", "images", "where changed copies alone bring 59 %"),
    ("when-not", "has .499 where the sample alone has .603", "scale", ".603 (sample), .499 (sample with GAN rows)"),
    ("when-not", "averaged, have .629", "quality", ".629 against .627 of LightGBM"),
    ("when-not", "sentence vectors .029 ± .006", "text", "sentence vectors: −.029 ± .006"),
    ("when-not", "adds .4 points on one set and costs up to 3.2", "images", "adds 0.4 points"),
    ("when-not", "with them costs 3 to 16", "images", "by 3 to 4 points macro on Fashion-MNIST, 16 on colored shapes"),
    ("comparison", "27 to 63 times as long (CTGAN)", "speed", "1/27 to 1/63 of the time of CTGAN"),
    (
        "comparison",
        ".323 and .476, doing nothing .441",
        "quality",
        "| tvae | mean over learners | 48 | 0.476 | 0.441 | 0.475 |",
    ),
    (
        "comparison",
        "small neural networks (+.202)",
        "quality",
        "| class_weight | −0.012 | – | +0.002 | −0.019 | −0.003 | +0.202 |",
    ),
    ("comparison", "linear models (−.012) and random forests (−.019)", "quality", "| class_weight | −0.012 |"),
    ("comparison", ".603 in bags; .531 on single models", "quality", "| gan | 0.531 | 0.875 |"),
    ("comparison", "in four of six figures and of TVAE's in three", "speed", "ahead of CTGAN's in four, level in one"),
    ("privacy", ".88 in the worst run", "quality", "| 0.747 | 0.747 | 0.800 | 0.875 |"),
    ("privacy", "reaches .85, with 50 .70, with 120 .68", "quality", "reaches .85 on two tables (stroke"),
    ("privacy", ".93 on a LightGBM model, and .80", "quality", "reaches .93 on LightGBM, .85 in bags with GAN rows"),
]


@pytest.mark.parametrize(("name", "words", "benchmark", "source"), QUOTED)
def test_pages_and_results_state_the_same(name, words, benchmark, source):
    assert words in " ".join(page(name).split())
    assert source in results(benchmark)


def figures(name):
    """Return all figures with a point or a sign of percent that a page states, links aside."""
    text = re.sub(r"\]\([^)]*\)", "]", page(name)).replace(" %", "%")
    return sorted((figure[-1] == "%", float(figure.strip("%"))) for figure in re.findall(r"\d*\.\d+|\d+%", text))


@pytest.mark.parametrize("method", ["gan bagging", "mixture"])
def test_the_picture_of_public_sets_shows_the_means_of_the_results(method):
    scores = findings.public_scores()
    ahead = np.mean([row[method] - row["self paced ensemble"] for row in scores.values()])
    results = (ROOT / "benchmarks" / "public" / "RESULTS.md").read_text(encoding="utf-8")
    part = results.partition("**Average precision: ours against theirs**")[2]
    stated = re.search(rf"\| {method} \| self paced ensemble \| \+(0\.\d+) ", part)[1]
    assert len(scores) == 14
    assert ahead == pytest.approx(float(stated), abs=0.001)


@pytest.mark.parametrize("chinese", sorted((DOCS / "explanation").glob("*.zh-CN.md")), ids=lambda path: path.name)
def test_chinese_pages_state_the_figures_of_the_english_ones(chinese):
    translated, original = figures(chinese.stem), figures(chinese.stem.removesuffix(".zh-CN"))
    if chinese.stem.startswith("thresholds"):  # leaves tables to the English page
        assert set(translated) <= set(original)
    else:
        assert translated == original


def bare(figure, digits):
    """Return a figure as the pages write it, without the zero before the point."""
    return f"{figure:.{digits}f}".lstrip("0")


def test_the_page_on_average_precision_states_what_its_picture_shows():
    y, both = measures.scores()
    sharp, rough = both.values()
    text = " ".join(page("why-average-precision").split())
    auc = [bare(roc_auc_score(y, score), 2) for score in (rough, sharp)]
    ap = [bare(average_precision_score(y, score), 2) for score in (sharp, rough)]
    assert (
        f"ROC AUC prefers the second, {auc[0]} to {auc[1]}; average precision prefers the first, {ap[0]} to {ap[1]}."
        in text
    )
    top = [y[np.argsort(-score)[:500]].mean() for score in (sharp, rough)]
    assert top[0] > 0.95  # "nearly all"
    assert round(1 / top[1]) == 5  # "one in five"


def test_the_page_on_thresholds_states_what_its_picture_shows():
    for name, options in cuts.ARMS.items():
        cells = [name]
        for scores in cuts.measured(options).values():
            best = scores.argmax()
            at_half = scores[np.isclose(cuts.CUTS, 0.5)].item()
            cells += [bare(at_half, 2), f"{bare(scores[best], 2)} (from {bare(cuts.CUTS[best], 2)} on)"]
        assert f"| {' | '.join(cells)} |" in page("thresholds")


def test_pictures_of_pages_are_drawn_by_the_kept_programs(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib", minversion="3.10")  # older ones draw some marks with more paths
    monkeypatch.setattr(style, "FOLDER", tmp_path)
    for draw in (*cuts.PICTURES, *findings.PICTURES, *measures.PICTURES, *losses.QUICK):
        draw()
    for drawn in tmp_path.iterdir():
        kept = (DOCS / "images" / drawn.name).read_text(encoding="utf-8")
        assert drawn.read_text(encoding="utf-8").count("<path") == kept.count("<path"), drawn.name
        assert len(kept) < 80_000


@pytest.mark.parametrize("picture", sorted((DOCS / "images").glob("*[!N].svg")), ids=lambda path: path.stem)
def test_each_picture_has_a_chinese_version_that_chinese_pages_show(picture):
    translated = picture.with_name(f"{picture.stem}.zh-CN.svg")
    assert re.search("[\u4e00-\u9fff]", translated.read_text(encoding="utf-8"))
    pages = [path for path in DOCS.rglob("*.zh-CN.md") if f"/{picture.name})" in path.read_text(encoding="utf-8")]
    assert pages == []


def test_words_of_pictures_without_a_translation_are_an_error():
    assert chinese("losses of 2014, no penalty: 4 of 5 collapse") == "2014 年的损失，无惩罚：5 次中坍塌 4 次"
    assert chinese("yeast6", names=["yeast6"]) == "yeast6"
    with pytest.raises(KeyError, match="yeast6"):
        chinese("yeast6: 0.81")

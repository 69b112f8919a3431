import json
import stat
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imbgan.comparison.curves import average_curves, curve_points
from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.metrics import METRICS, rank_metrics
from imbgan.comparison.results import Comparison, StrategyRun, Task
from imbgan.comparison.statistics import compute_scores
from imbgan.comparison.verdict import decide
from imbgan.exceptions import DataError, ParameterError
from imbgan.quality.assessment import Assessment
from imbgan.quality.results import Points
from imbgan.strategies.thresholds import threshold_metrics

HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
NAMES = ("average_precision", "log_loss", "mcc")

TAGS = {"div", "p", "table", "caption", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "li"}


def judged(is_class, p, label):
    values = rank_metrics(is_class, p) | threshold_metrics(is_class, p >= 0.5)
    return {name: {label: values[name]} for name in NAMES}


def comparison_of(
    strategies=("none", "smote", "gan"), estimators=("linear", "tree"), *, labels=("no", "yes"), lift=0.0, seed=0
):
    """Six folds of random probabilities, the ones of the last strategy being better by ``lift``."""
    rng = np.random.default_rng(seed)
    *_, rare = labels
    positive = rare if len(labels) == 2 else None
    rows, runs = [], []
    for fold in range(6):
        is_class = np.arange(120) < 30
        noise = rng.normal(size=120)
        for estimator in estimators:
            for strategy in strategies:
                gain = lift if strategy == strategies[-1] else 0.0
                p = 1 / (1 + np.exp(1 - noise - (0.8 + gain) * is_class - 0.1 * rng.normal(size=120)))
                judged_labels = [rare] if positive is not None else labels
                scores = {name: {} for name in NAMES}
                for label in judged_labels:
                    for name, by_label in judged(is_class, p, label).items():
                        scores[name] |= by_label
                rows.append(
                    FoldResult(
                        fold=fold,
                        repeat=0,
                        strategy=strategy,
                        estimator=estimator,
                        status="ok",
                        n_train=600,
                        n_test=120,
                        seconds=0.25,
                        class_counts={labels[0]: 450.0, rare: 150.0},
                        scores=scores,
                        default_scores={"mcc": scores["mcc"]},
                        curves={label: curve_points(is_class, p) for label in judged_labels},
                        warnings=("UserWarning: look",),
                    )
                )
    for estimator in estimators:
        runs += [StrategyRun(estimator, name, "ok", "", 0.25, {labels[0]: 450.0, rare: 150.0}) for name in strategies]
        runs.append(StrategyRun(estimator, "adasyn", "not applicable", HOSTILE, None, None))
    counts = {label: 540 if label != rare else 180 for label in labels}
    task = Task(720, 4, counts, positive, "target", 3)
    scores = compute_scores(rows, control=strategies[0], metrics=NAMES, labels=labels, positive=positive)
    return Comparison(
        task=task,
        verdict=decide(scores, runs, task, rows, control=strategies[0], metric=NAMES[0]),
        scores=scores,
        curves=average_curves(rows, [rare]),
        runs=tuple(runs),
        assessment=None,
        settings={"seed": seed, "metrics": list(NAMES), "cv": {"n_splits": 6, "n_repeats": 1}},
        rows=tuple(rows),
    )


@pytest.fixture(scope="module")
def comparison():
    return comparison_of(lift=0.8)


class Shown(HTMLParser):
    """What a browser makes of a fragment: its elements, and its text."""

    def __init__(self, fragment):
        super().__init__()
        self.tags, self.attributes, self.open, self.text = [], [], [], []
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_json_round_trip(comparison, tmp_path):
    document = comparison.to_dict()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert Comparison.from_dict(document) == comparison
    comparison.save(tmp_path / "found.json")
    assert Comparison.load(str(tmp_path / "found.json")) == comparison


def test_an_assessment_goes_along(comparison):
    class_counts = {"no": (540, 0), "yes": (180, 360)}
    assessment = Assessment((), (), (Points("real", "yes", (0.5,), (1.0,)),), class_counts, None, {"seed": 0})
    whole = Comparison(**{**vars(comparison), "assessment": assessment})
    assert Comparison.from_dict(json.loads(json.dumps(whole.to_dict()))) == whole
    document = whole.to_dict()
    del document["assessment"]["map"]
    with pytest.raises(DataError, match="complete comparison"):
        Comparison.from_dict(document)


def test_values_that_json_does_not_know_become_none(comparison):
    rows = (replace(comparison.rows[0], seconds=float("nan")),)
    odd = Comparison(**{**vars(comparison), "rows": rows, "settings": {"cv": (5, 2), "seed": np.int64(7)}})
    document = odd.to_dict()
    assert document["rows"][0]["seconds"] is None
    assert Comparison.from_dict(document).settings == {"cv": [5, 2], "seed": 7}
    assert Comparison.from_dict(document).to_dict() == document


def test_a_file_is_replaced_only_on_request(comparison, tmp_path):
    path = tmp_path / "found.json"
    path.write_text("mine")
    with pytest.raises(ParameterError, match=r"found\.json' exists already.*overwrite=True"):
        comparison.save(path)
    assert path.read_text() == "mine"
    comparison.save(path, overwrite=True)
    assert Comparison.load(path) == comparison
    fresh = tmp_path / "fresh"
    fresh.touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(fresh.stat().st_mode)


def test_an_interrupted_save_leaves_what_was_there(comparison, tmp_path):
    path = tmp_path / "found.json"
    comparison.save(path)
    # Lone surrogates come from undecodable file contents; UTF-8 does not know them.
    broken = Comparison(**{**vars(comparison), "settings": {"seed": "\ud800"}})
    with pytest.raises(UnicodeEncodeError):
        broken.save(path, overwrite=True)
    assert Comparison.load(path) == comparison
    assert [file.name for file in tmp_path.iterdir()] == ["found.json"]


@pytest.mark.parametrize("text", ["", "[]", "3", "null", "{}", '{"kind": "imbgan.Comparison", "version": 2}', "{"])
def test_other_files_are_refused(text, tmp_path):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(DataError, match=r"other\.json' cannot be read"):
        Comparison.load(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DataError, match=r"other\.json' cannot be read"):
        Comparison.load(path)


def test_a_document_of_which_a_part_is_lost_is_refused(comparison):
    for name in ("task", "scores", "rows", "verdict"):
        document = comparison.to_dict()
        document[name] = 3
        with pytest.raises(DataError, match="complete comparison"):
            Comparison.from_dict(document)


def test_table_has_one_row_a_run(comparison):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(comparison.table()).set_index(["estimator", "strategy"])
    assert len(frame) == len(comparison.runs)
    assert set(NAMES) | {"gain", "gain_low", "gain_high", "p_holm", "p_better", "seconds", "status"} <= set(frame)
    (score,) = [
        s for s in comparison.scores if (s.estimator, s.strategy, s.metric) == ("tree", "gan", "average_precision")
    ]
    assert frame.loc[("tree", "gan"), "average_precision"] == score.mean
    assert frame.loc[("tree", "gan"), "gain"] == score.gain
    assert pd.isna(frame.loc[("tree", "none"), "gain"])
    assert frame.loc[("tree", "adasyn"), list(NAMES)].isna().all()


def test_text_says_the_verdict_first(comparison):
    text = str(comparison)
    assert " ".join(text.split("\n\n")[0].split()) == comparison.verdict.sentence
    assert comparison.verdict.strategy == "gan"
    assert text.index("none ") < text.index("gan  ") < text.index("smote  ") < text.index("adasyn  ")
    assert "class 'yes' has 180 (25 %)" in " ".join(text.split())


@settings(max_examples=20)
@given(st.lists(st.text(min_size=1), min_size=3, max_size=3, unique=True))
def test_text_fits_80_columns(names):
    comparison = comparison_of((names[0], names[1]), (names[2],), labels=("no", names[2]))
    lines = str(comparison).split("\n")
    assert max(len(line) for line in lines) <= 80
    assert all(line.isprintable() for line in lines)


def test_names_from_outside_show_as_text():
    comparison = comparison_of((HOSTILE, f"b{HOSTILE}"), (HOSTILE,), labels=("no", HOSTILE))
    shown = Shown(comparison._repr_html_())
    assert shown.open == []
    assert set(shown.tags) <= TAGS
    assert set(shown.attributes) <= {"style", "class", "colspan", "open"}
    assert any("<script>" in text for text in shown.text)


def test_html_says_the_verdict_and_every_metric(comparison):
    shown = Shown(comparison._repr_html_())
    assert shown.text[0] == comparison.verdict.sentence
    assert {METRICS[name].title for name in NAMES} <= set(shown.text)
    assert {"none (control)", "smote", "gan", "adasyn"} <= set(shown.text)
    assert set(comparison.verdict.notes) <= set(shown.text)
    assert shown.tags.count("table") == 2


def test_several_classes_are_shown():
    comparison = comparison_of(labels=("a", "b", "c"))
    assert Comparison.from_dict(comparison.to_dict()) == comparison
    assert "3 classes, each against the rest; the smallest, 'c', has 180 rows" in " ".join(str(comparison).split())
    assert Shown(comparison._repr_html_()).open == []


def test_a_comparison_in_which_nothing_ran_is_shown():
    runs = (StrategyRun("tree", "none", "failed", "MemoryError", None, None),)
    task = Task(0, 0, {}, None, "", 0)
    verdict = decide((), runs, task, (), control="none", metric="mcc")
    comparison = Comparison(task, verdict, (), (), runs, None, {}, ())
    assert "failed: MemoryError" in str(comparison)
    assert "failed: MemoryError" in Shown(comparison._repr_html_()).text
    assert comparison.table()[0]["gain"] is None
    assert Comparison.from_dict(comparison.to_dict()) == comparison

"""Examples of what a report shows, made of the plain result classes: quick, and with any name anywhere."""

import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from tests.rules.tables import fitted

from imbgan.comparison.marking import shown_text
from imbgan.comparison.metrics import DEFAULT_METRICS
from imbgan.comparison.results import Choice, Comparison, Curve, Note, Score, StrategyRun, Task, Verdict
from imbgan.comparison.word_model import Term, WordColumn, WordModel
from imbgan.comparison.wording import note_text
from imbgan.quality.assessment import Assessment
from imbgan.quality.results import (
    ClassQuality,
    ColumnQuality,
    Dependence,
    Diagnostic,
    Histogram,
    Measure,
    Points,
    Training,
    TrainingEvent,
)
from imbgan.rules import RuleSet, read_rules

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><h1>style</h1>",
    "]]><b>data</b>",
    "a very long name " * 20,
    "W" * 200,
    "",
    "  ",
    "\u202eright to left",
    "שלום עולם",
    "\N{PILE OF POO}" * 30,
    "null\x00and\x1bcontrols",
    "half \ud83d of a pair",
    "{{ 7 * 7 }}{% raw %}",
)
STRATEGIES = ("none", "class_weight", "random_over", "smote", "borderline_smote", "smote_tomek", "gan", "gan_weighted")
SIZES = {"0": 10937, "1": 246}


def make_scores(estimator: str, strategies=STRATEGIES, labels=(None,)) -> list[Score]:
    rng = np.random.default_rng(len(estimator))
    scores = []
    for metric in DEFAULT_METRICS:
        for k, strategy in enumerate(strategies):
            for label in labels:
                mean, gain = 0.55 + 0.02 * k, 0.012 * (k - 2) + 0.01 * rng.normal()
                half = 0.01 + 0.01 * rng.random()
                p = min(1.0, 2.0 * math.exp(-abs(gain) / half * 2.0))
                posterior = (0.05, 0.15, 0.8) if gain > 0 else (0.7, 0.25, 0.05)
                gains = () if k == 0 else (gain, gain - half, gain + half, p, min(1.0, 3 * p), *posterior)
                scores.append(Score(estimator, strategy, metric, label, mean, 0.031, 10, *gains))
    return scores


def make_curves(estimator: str, strategies=STRATEGIES, labels=("1",)) -> list[Curve]:
    grid = np.linspace(0.0, 1.0, 51)
    curves = []
    for k, strategy in enumerate(strategies):
        for label in labels:
            power = 3.0 + 0.4 * k
            bins = np.array([0.004, 0.02, 0.05, 0.12, 0.3, 0.7])
            curves.append(
                Curve(
                    estimator,
                    strategy,
                    label,
                    tuple(grid.tolist()),
                    tuple((1.0 - grid**power * 0.97).tolist()),
                    tuple(grid.tolist()),
                    tuple((grid ** (1.0 / power)).tolist()),
                    tuple(bins.tolist()),
                    tuple((bins ** (0.8 + 0.05 * k)).tolist()),
                    (800, 300, 120, 60, 30, 12),
                )
            )
    return curves


def make_column(name: str, rng: np.random.Generator, kind: str) -> ColumnQuality:
    n = 20 if kind == "number" else 5
    real, synthetic = (v / v.sum() for v in rng.gamma(2.0, size=(2, n)))
    if kind == "number":
        edges = tuple(np.linspace(-2.5, 4.0, n + 1).tolist())
        labels = tuple(f"{a:.1f} to {b:.1f}" for a, b in pairwise(edges))
        main = "ks"
    else:
        edges, labels, main = None, tuple(f"level {i}" for i in range(n)), "total_variation"
    value = float(rng.random() / 3)
    measures = (Measure(main, value, 0.1, 0.06, 0.16), Measure("missing_rate", 0.02, 0.01, 0.0, 0.03))
    histogram = Histogram(labels, edges, tuple(real.tolist()), tuple(synthetic.tolist()))
    return ColumnQuality(name, kind, measures, histogram, 0.03, 0.05)  # type: ignore[arg-type]


def make_class(label: str, columns: tuple[str, ...]) -> ClassQuality:
    rng = np.random.default_rng(len(label) + len(columns))
    n = len(columns)
    real = np.clip(rng.normal(scale=0.4, size=(n, n)), -1, 1)
    synthetic = np.clip(real + rng.normal(scale=0.15, size=(n, n)), -1, 1)
    matrices = [
        tuple(
            tuple(None if i == j == 0 else float(v) for j, v in enumerate(row)) for i, row in enumerate((m + m.T) / 2)
        )
        for m in (real, synthetic)
    ]
    measures = (
        Measure("energy_distance", 0.041, 0.032, 0.021, 0.047),
        Measure("energy_p_value", 0.21, note="999 permutations"),
        Measure("density", 0.83, 1.0, 0.91, 1.1),
        Measure("coverage", 0.91, 0.96, 0.92, 0.99),
        Measure("two_sample_auc", 0.71, 0.52, 0.46, 0.58),
        Measure("dependence_difference", 0.05, 0.06, 0.04, 0.08),
        Measure("copy_rate", 0.0, 0.0, 0.0, 0.01),
        Measure("memorization", 0.52, 0.5, 0.44, 0.56),
        Measure("membership_auc", None, note="no rows were held out"),
    )
    kinds = ("number", "number", "category")
    made = tuple(make_column(name, rng, kinds[i % 3]) for i, name in enumerate(columns))
    return ClassQuality(label, 197, 2000, 49, measures, made, Dependence(columns, *matrices))


def make_assessment(labels=("1",), columns=tuple(f"attr{i}" for i in range(1, 7)), common="0") -> Assessment:
    rng = np.random.default_rng(1)

    def cloud(group: str, label: str, n: int, x: float) -> Points:
        xy = rng.normal(loc=[x, x / 2], size=(n, 2))
        return Points(group, label, tuple(xy[:, 0].tolist()), tuple(xy[:, 1].tolist()))  # type: ignore[arg-type]

    groups = [cloud("other", common, 600, 0.0)]
    for i, label in enumerate(labels):
        groups += [cloud("real", label, 197, 2.5 + i), cloud("synthetic", label, 600, 2.4 + i)]
    steps = np.arange(100, 2100, 100)
    history = {
        "step": steps,
        "score": 1.0 + 2.0 * np.exp(-steps / 400) + 0.05 * rng.normal(size=20),
        "best_score": np.minimum.accumulate(1.0 + 2.0 * np.exp(-steps / 400)),
        "generator_loss": 0.7 + 0.05 * rng.normal(size=20),
        "discriminator_loss": 0.68 + 0.05 * rng.normal(size=20),
        "real_accuracy": 0.5 + 0.02 * rng.normal(size=20),
        "fake_accuracy": 0.52 + 0.02 * rng.normal(size=20),
        "energy_ratio": 1.0 + np.exp(-steps / 300),
        "coverage_ratio": 1.0 - np.exp(-steps / 300),
        "memorization": np.full(20, 0.5),
        "seconds": steps / 100.0,
    }
    label, column = labels[0], columns[0]
    return Assessment(
        classes=tuple(make_class(label, columns) for label in labels),
        diagnostics=(
            Diagnostic("IMB006", "told apart", "warning", label, "", "AUC .71, real .46 to .58.", "Train longer."),
            Diagnostic("IMB005", "shifted marginal", "info", label, column, "KS .3, real .1.", "Look at the column."),
        ),
        map=tuple(groups),
        class_counts={common: (10937, 0), **dict.fromkeys(labels, (246, 10691))},
        training=Training(
            {name: tuple(values.tolist()) for name, values in history.items()},
            (TrainingEvent(1900, "early stopping", "the distance to real rows has levelled off by step 1500"),),
            1500,
        ),
        settings={"seed": 0, "versions": {"imbgan": "0.1.0"}},
    )


def make_comparison(
    *, estimators=("logistic_regression", "hist_gradient_boosting"), labels=("1",), name=lambda text: text, n_columns=6
) -> Comparison:
    strategies = tuple(name(s) if i else s for i, s in enumerate(STRATEGIES))
    labels, columns = tuple(map(name, labels)), tuple(name(f"attr{i}") for i in range(1, n_columns + 1))
    is_binary = len(labels) == 1
    counts = {"0": 9842.0, **dict.fromkeys(labels, 221.0)}
    balanced = dict.fromkeys(counts, 9842.0)
    choices = tuple(
        Choice(
            e, strategies[-2], strategies[-2], "average_precision", 0.671, 0.612,
            0.059, 0.031, 0.087, 0.004, 0.97, 0.03, 0.0, 6.1, 0.21,
        )
        for e in estimators
    )  # fmt: skip
    asked = (None,) if is_binary else (None, "0", *labels)
    details = (
        Note(("threshold", "end"), {"control": "none", "metric": "mcc", "default": ".31", "tuned": ".45"}),
        Note(("failed",), {"strategy": strategies[4], "reason": f"the column {columns[0]} is missing in 3 rows"}),
        Note(("luck",), {"strategy": strategies[-2], "n_strategies": "8"}),
        Note(("fewer folds",), {"counts": "auto (5), gan_bagging (4)", "control": "none"}),
    )
    return Comparison(
        task=Task(
            11183,
            n_columns,
            {"0": 10937, **dict.fromkeys(labels, 246)},
            labels[0] if is_binary else None,
            name("class"),
            12,
        ),
        verdict=Verdict(
            f"Use {strategies[-2]} with {estimators[0]}: average precision .671 instead of .612 with no resampling "
            "(+.059, 95 % interval +.031 to +.087, probability of a gain that matters: 97 %); "
            "one fit takes 6.1 s, not 0.21 s.",
            estimators[0],
            strategies[-2],
            "none",
            choices,
            tuple(map(note_text, details)),
            details,
        ),
        scores=tuple(s for e in estimators for s in make_scores(e, strategies, asked)),
        curves=tuple(c for e in estimators for c in make_curves(e, strategies, labels)),
        runs=tuple(
            StrategyRun(e, s, "ok", "", 0.2 + i, counts if i < 2 else balanced)
            for e in estimators
            for i, s in enumerate(strategies)
        )
        + tuple(
            StrategyRun(e, "adasyn", "not applicable", f"no neighbors of {labels[0]}", None, None) for e in estimators
        ),
        assessment=make_assessment(labels, columns),
        settings={
            "seed": 7,
            "cv": {"n_splits": 5, "n_repeats": 2, "source": "stratified"},
            "metrics": list(DEFAULT_METRICS),
            "control": "none",
            "rope": 0.01,
            "tune_threshold": True,
            "strategies": {s: f"does {s}" for s in strategies},
            "estimators": {e: f"{e}()" for e in estimators},
            "versions": {"python": "3.11.2", "imbgan": "0.1.0", "scikit-learn": "1.9.0"},
        },
        rows=(),
    )


def hostile_names() -> Callable[[str], str]:
    """Return a function that turns each name into another hostile one, the same for the same name."""
    given: dict[str, str] = {}

    def name(text: str) -> str:
        if text not in given:
            k = len(given)
            # The second round of names must differ from the first.
            given[text] = HOSTILE[k % len(HOSTILE)] + "." * (k // len(HOSTILE))
        return given[text]

    return name


@pytest.fixture
def comparison() -> Comparison:
    return make_comparison()


@pytest.fixture
def many_classes() -> Comparison:
    return make_comparison(labels=("b", "c", "d"), n_columns=40)


@pytest.fixture
def hostile() -> Comparison:
    return make_comparison(name=hostile_names(), n_columns=len(HOSTILE))


@pytest.fixture
def assessment() -> Assessment:
    return make_assessment()


def make_words(texts, terms, *, label="1", name="message", unit="words") -> WordModel:
    """Return a column of texts in which these terms are marked."""
    listed = [Term(text, value, 3, 1) for text, value in terms.items()]
    shown = tuple(shown_text(text, terms, 0.9 - 0.01 * i, by_word=unit == "words") for i, text in enumerate(texts))
    parts = [tuple(term for term in listed if (term.coefficient > 0) == is_rare) for is_rare in (True, False)]
    return WordModel(label, 1234, (WordColumn(name, unit, *parts, shown, shown[:5]),))


@pytest.fixture
def of_texts(comparison: Comparison) -> Comparison:
    return replace(comparison, words=make_words(["win a free prize", "prize"], {"free prize": 1.5, "lunch": -0.5}))


@pytest.fixture
def hostile_texts(comparison: Comparison) -> Comparison:
    """Texts, terms and names that look like HTML, run from right to left, or carry many marks."""
    terms = {text: (-1.0) ** i for i, text in enumerate(HOSTILE)} | {
        "script": 2.0,
        "alert": -2.0,
        "שלום": 1.0,
        "e": 1.0,
    }
    texts = [*HOSTILE, "Z" + "\u0301\u0489" * 200, "e\u0301" * 400, "long words " * 300]
    return replace(comparison, words=make_words(texts, terms, label=HOSTILE[0], name=HOSTILE[1]))


@pytest.fixture
def bare(comparison: Comparison) -> Comparison:
    """A comparison of which nothing but the verdict is known."""
    task = replace(comparison.task, class_counts={})
    return replace(comparison, task=task, scores=(), curves=(), runs=(), assessment=None, settings={})


@pytest.fixture(scope="session")
def judged() -> RuleSet:
    """Rules on columns of every kind whose names and levels are hostile, with held-out rows."""
    pipeline, X, y = fitted(0, leaves=12)
    return read_rules(pipeline, X, y, X_held_out=X[:200], y_held_out=y[:200], target=HOSTILE[0])

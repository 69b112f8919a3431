import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan._text import shown
from imbgan.comparison.fold_results import FoldResult
from imbgan.comparison.results import StrategyRun, Task
from imbgan.comparison.statistics import compute_scores
from imbgan.comparison.verdict import decide
from imbgan.comparison.wording import digits_for, duration, number, percent, signed

TASK = Task(1000, 5, {"no": 900, "yes": 100}, "yes", "fraud", 0)
NOISE = np.array([0.01, -0.01, 0.004, -0.004, 0.008, -0.008, 0.002, -0.002, 0.006, -0.006])


def rows_of(values, *, metric="average_precision", estimator="tree", seconds=0.2, defaults=None, label="yes"):
    """Rows of ten folds, five per repeat; ``values`` by strategy."""
    return [
        FoldResult(
            fold=fold,
            repeat=fold // 5,
            strategy=strategy,
            estimator=estimator,
            status="ok",
            n_train=800,
            n_test=200,
            seconds=seconds * (1 + 10 * (strategy == "gan")),
            class_counts={"no": 720.0, "yes": 80.0},
            scores={metric: {label: None if value is None else float(value)}},
            default_scores={} if defaults is None else {metric: {label: defaults.get(strategy)}},
        )
        for strategy, of_strategy in values.items()
        for fold, value in enumerate(of_strategy)
    ]


def runs_of(rows):
    pairs = dict.fromkeys((row.estimator, row.strategy) for row in rows)
    return [StrategyRun(*pair, "ok", "", 0.2, None) for pair in pairs]


def answer(rows, *, control="none", metric="average_precision", task=TASK, runs=None):
    metrics = list(dict.fromkeys(name for row in rows for name in row.scores))
    scores = compute_scores(
        rows, control=control, metrics=metrics, labels=list(task.class_counts), positive=task.positive
    )
    return decide(scores, runs_of(rows) if runs is None else runs, task, rows, control=control, metric=metric)


def flat(mean, spread=1.0, shift=0):
    return mean + spread * np.roll(NOISE, shift)


def test_a_planted_gain_is_recommended_with_figures():
    verdict = answer(rows_of({"none": flat(0.41), "smote": flat(0.42, shift=1), "gan": flat(0.46, shift=2)}))
    assert (verdict.estimator, verdict.strategy, verdict.control) == ("tree", "gan", "none")
    (choice,) = verdict.choices
    assert (choice.strategy, choice.best, choice.metric) == ("gan", "gan", "average_precision")
    assert (choice.score, choice.control_score, choice.gain) == pytest.approx((0.46, 0.41, 0.05))
    assert choice.gain_low < 0.05 < choice.gain_high
    assert (choice.seconds, choice.control_seconds) == pytest.approx((2.2, 0.2))
    assert verdict.sentence == (
        "Use gan with tree: average precision .46 instead of .41 with no resampling (+.05, 95 % interval +.04 to "
        "+.06, probability of a gain that matters: over 99 %); one fit takes 2.2 s instead of 0.20 s."
    )


def test_pure_noise_is_not_recommended(rng):
    n_trials = 150
    found = []
    for _ in range(n_trials):
        base = rng.normal(0.5, 0.05, size=10)
        noisy = {f"s{i}": base + rng.normal(0, 0.03, size=10) for i in range(5)}
        found.append(answer(rows_of({"none": base, **noisy})).strategy)
    assert found.count("none") >= 0.97 * n_trials


def test_a_planted_gain_is_mostly_found(rng):
    found = []
    for _ in range(50):
        base = rng.normal(0.5, 0.05, size=10)
        others = {f"s{i}": base + rng.normal(0, 0.02, size=10) for i in range(4)}
        found.append(answer(rows_of({"none": base, **others, "gan": base + rng.normal(0.05, 0.015, size=10)})).strategy)
    assert found.count("gan") >= 45
    assert set(found) <= {"gan", "none"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"smote": flat(0.414, shift=1), "gan": flat(0.40, shift=2)},
            "No resampling: with tree the differences are within noise (best: smote, +.004 average precision, "
            "95 % interval -.014 to +.022).",
        ),
        (
            {"smote": flat(0.411, 0.2), "gan": flat(0.409, 0.2)},
            "No resampling: no strategy changes average precision by more than .01 with tree.",
        ),
        (
            {"smote": flat(0.38), "gan": flat(0.36)},
            "No resampling: every strategy lowers average precision with tree (the closest is smote, -.03, "
            "95 % interval -.03 to -.03).",
        ),
        (
            {"smote": flat(0.38)},
            "No resampling: smote lowers average precision with tree (-.03, 95 % interval -.03 to -.03).",
        ),
        (
            {"smote": flat(0.418, 1.1), "gan": flat(0.2)},
            "No resampling: with tree the gain of the best strategy is significant but below .01 average precision, "
            "too small to matter (smote, +.008, 95 % interval +.007 to +.009).",
        ),
        (
            {"smote": flat(0.405, shift=1), "gan": flat(0.2)},
            "No resampling: with tree no strategy has a better score (the closest, within noise: smote, -.005 "
            "average precision, 95 % interval -.023 to +.013).",
        ),
        ({}, "No resampling: no other strategy was compared (average precision .410 with tree)."),
    ],
)
def test_the_control_stays_for_the_right_reason(values, expected):
    verdict = answer(rows_of({"none": flat(0.41), **values}))
    assert verdict.strategy == "none"
    assert verdict.choices[0].score == verdict.choices[0].control_score
    assert verdict.sentence == expected


def test_a_gain_lost_to_the_number_of_strategies_is_said_so():
    best = {"none": flat(0.39), "s0": flat(0.41, shift=1)}
    others = {f"s{i}": flat(0.392, shift=i) for i in range(2, 10)}
    assert answer(rows_of(best)).strategy == "s0"
    crowded = answer(rows_of({**best, **others}))
    assert crowded.strategy == "none"
    assert "within noise after adjustment for all 9 strategies" in crowded.sentence


def test_losses_are_told_in_their_own_direction():
    metric = "log_loss"
    rows = rows_of({"none": flat(0.30), "gan": flat(0.25, shift=1)}, metric=metric)
    verdict = answer(rows, metric=metric)
    assert verdict.strategy == "gan"
    assert "log-loss .25 instead of .30 with no resampling (-.05, 95 % interval -.07 to -.03" in verdict.sentence
    worse = answer(rows_of({"none": flat(0.25), "gan": flat(0.30, shift=1)}, metric=metric), metric=metric)
    assert "gan worsens log-loss with tree (+.05, 95 % interval +.03 to +.07)" in worse.sentence
    same = answer(rows_of({"none": flat(0.25), "gan": flat(0.2501)}, metric=metric), metric=metric)
    assert "no strategy changes log-loss by more than 1 % with tree" in same.sentence


def test_another_control_is_named():
    better = answer(rows_of({"class_weight": flat(0.41), "gan": flat(0.46)}), control="class_weight")
    assert "instead of .41 with class_weight" in better.sentence
    equal = answer(rows_of({"class_weight": flat(0.41), "gan": flat(0.41)}), control="class_weight")
    assert equal.sentence.startswith("Keep class_weight: no strategy changes")


def test_the_estimator_with_the_best_recommended_score_comes_first():
    rows = [
        *rows_of({"none": flat(0.30), "gan": flat(0.40)}, estimator="linear"),
        *rows_of({"none": flat(0.50), "gan": flat(0.49)}, estimator="boosting"),
    ]
    verdict = answer(rows)
    assert (verdict.estimator, verdict.strategy) == ("boosting", "none")
    assert [choice.strategy for choice in verdict.choices] == ["none", "gan"]
    assert "With linear (average precision .400): use gan, .300 with no resampling." in verdict.notes


def test_a_tuned_threshold_alone_is_told():
    values = {"none": flat(0.45), "smote": flat(0.452, shift=1), "gan": flat(0.44)}
    rows = rows_of(values, metric="mcc", defaults={"none": 0.31, "smote": 0.44, "gan": 0.40})
    (note,) = answer(rows, metric="mcc").notes
    assert note == (
        "With no resampling, a tuned threshold alone raises MCC from .310 to .450; without tuning, the best strategy "
        "reaches .440 (smote); with both, no strategy adds more than .01 to that."
    )
    values["gan"] = flat(0.50, shift=1)
    rows = rows_of(values, metric="mcc", defaults={"none": 0.31, "smote": 0.44, "gan": 0.40})
    (note,) = answer(rows, metric="mcc").notes
    assert "with both, the best adds to that (gan: +.050, 95 % interval" in note


@pytest.mark.parametrize("default", [0.45, 0.47, None])
def test_a_threshold_that_gains_nothing_is_not_told(default):
    rows = rows_of({"none": flat(0.45), "smote": flat(0.45)}, metric="mcc", defaults={"none": default})
    assert answer(rows, metric="mcc").notes == ()


def test_what_could_not_run_is_told_once():
    rows = [*rows_of({"none": flat(0.4)}, estimator="a"), *rows_of({"none": flat(0.4)}, estimator="b")]
    runs = [
        *runs_of(rows),
        StrategyRun("a", "smote", "not applicable", "missing\n values.", None, None),
        StrategyRun("b", "smote", "not applicable", "missing\n values.", None, None),
        StrategyRun("b", "gan", "failed", "MemoryError: " + 500 * "x", None, None),
    ]
    told = answer(rows, runs=runs).notes
    assert "smote was not applicable: missing values." in told
    (failed,) = [note for note in told if note.startswith("gan failed with b: MemoryError")]
    assert len(failed) < 250
    assert sum("smote" in note for note in told) == 1


def test_a_strategy_that_failed_in_some_folds_is_not_recommended():
    rows = rows_of({"none": flat(0.4), "gan": flat(0.6)})
    runs = [StrategyRun("tree", "none", "ok", "", 0.2, None), StrategyRun("tree", "gan", "failed", "x", None, None)]
    assert answer(rows, runs=runs).strategy == "none"
    assert answer(rows).strategy == "gan"


def test_without_a_control_there_is_no_verdict():
    rows = rows_of({"gan": flat(0.4)})
    runs = [*runs_of(rows), StrategyRun("tree", "none", "failed", "ValueError: no.", None, None)]
    verdict = answer(rows, runs=runs)
    assert (verdict.estimator, verdict.strategy, verdict.choices) == ("", "none", ())
    assert verdict.sentence.startswith("No verdict: no resampling")
    assert "tree cannot be judged: no resampling has no score with it (ValueError: no)." in verdict.notes
    other = rows_of({"none": flat(0.4), "gan": flat(0.4)}, estimator="forest")
    verdict = answer([*rows, *other], runs=[*runs, *runs_of(other)])
    assert verdict.estimator == "forest"
    assert any(note.startswith("tree cannot be judged") for note in verdict.notes)


def test_two_folds_recommend_nothing_and_hide_no_strategy_that_has_more():
    # By chance, two differences can be almost equal; then their test is sure of anything.
    lucky = [0.46, 0.4501]
    rows = rows_of({"none": [0.41, 0.40], "bagging": lucky})
    verdict = answer(rows)
    assert verdict.strategy == "none"
    assert verdict.sentence.startswith("No resampling: two test folds are too few to recommend a strategy")
    assert "bagging" in verdict.sentence
    rows = rows_of({"none": flat(0.41), "bagging": [*lucky], "smote": flat(0.43, shift=2)})
    assert answer(rows).strategy == "smote"


def test_a_single_fold_is_told():
    rows = [row for row in rows_of({"none": flat(0.4), "gan": flat(0.6)}) if row.fold == 0]
    verdict = answer(rows)
    assert verdict.sentence == (
        "No resampling: a single test fold cannot distinguish strategies (best with tree: gan, +.20 average precision)."
    )


@pytest.mark.parametrize(("n_rare", "is_told"), [(49, True), (51, False)])
def test_few_rare_rows_in_the_test_folds_are_told(n_rare, is_told):
    task = Task(1000, 5, {"no": 1000 - n_rare, "yes": n_rare}, "yes", "", 0)
    told = answer(rows_of({"none": flat(0.4)}), task=task).notes
    assert any("A test fold holds about 10 rows of class 'yes'" in note for note in told) is is_told


def test_the_winner_among_many_is_doubted():
    values = {"none": flat(0.4), "gan": flat(0.6), "smote": flat(0.41), "adasyn": flat(0.4)}
    assert any("the best of 3 strategies" in note for note in answer(rows_of(values)).notes)


def test_missing_values_lead_to_no_crash():
    rows = rows_of({"none": [None, 0.4, float("nan"), 0.5], "gan": [None] * 4, "smote": [0.3, None, 0.1, None]})
    verdict = answer(rows)
    assert verdict.sentence == "No resampling: no other strategy was compared (average precision .450 with tree)."


def test_classes_of_more_than_two_are_averaged():
    task = Task(1000, 5, {"a": 800, "b": 150, "c": 50}, None, "", 0)
    rows = rows_of({"none": flat(0.4), "gan": flat(0.5)}, label="a")
    for row in rows:
        row.scores["average_precision"] |= {"b": 0.5, "c": None}
    verdict = answer(rows, task=task)
    assert verdict.strategy == "gan"
    assert (verdict.choices[0].score, verdict.choices[0].control_score) == pytest.approx((0.5, 0.45))


@given(st.text(), st.text())
def test_names_stay_on_one_short_line(strategy, estimator):
    rows = rows_of({"none": flat(0.4), f"{strategy}!": flat(0.6)}, estimator=estimator)
    assert answer(rows).sentence.isprintable()


def test_numbers_are_worded_for_people():
    assert [number(x) for x in (0.4123, -0.4123, 1.5, 0.0, -0.0001, None, float("nan"))] == [
        ".412", "-.412", "1.500", ".000", ".000", "-", "-",
    ]  # fmt: skip
    assert [signed(x, 2) for x in (0.051, -0.051, 0.001, None)] == ["+.05", "-.05", ".00", "-"]
    assert [percent(p) for p in (0.999, 0.97, 0.5, 0.001)] == ["over 99 %", "97 %", "50 %", "under 1 %"]
    assert [duration(s) for s in (0.123, 6.12, 61.2, 1200, None)] == ["0.12 s", "6.1 s", "61 s", "20 min", "-"]
    assert [digits_for(x) for x in (0.41, 0.0412, 0.00041, 1.2, 0.0)] == [3, 4, 6, 3, 3]
    assert [number(x, digits_for(x)) for x in (12.345, 123.45, 1234.5, 1e6)] == ["12.35", "123.5", "1,234", "1,000,000"]
    assert [shown(x) for x in ("gan", "a\nb", "", "x" * 50)] == ["gan", "a\\nb", "''", "x" * 37 + "..."]

"""The drawing kit: round ticks, coordinates that are numbers, and valid XML, whatever the data."""

import math
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan._text import writable
from imbgan.comparison.results import Curve, Score
from imbgan.quality.results import Histogram, Measure, Points, Training, TrainingEvent
from imbgan.report import kit, row_figures, score_figures, words

# Whatever a float can be, and nothing at all.
VALUES = st.none() | st.floats()
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
NAMES = st.text(max_size=60) | st.sampled_from(["<script>", "</svg>", "]]>", '"', "\x00", "\ud800", "&amp;"])
SHARES = st.floats(0.0, 1.0)


@given(st.lists(VALUES, max_size=20))
def test_extent_holds_all_values(values):
    low, high = kit.extent(values)
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low < high
    assert all(low <= value <= high for value in kit.present(values))


@given(st.lists(VALUES, max_size=20), st.integers(2, 8))
def test_ticks_cover_in_even_steps(values, n):
    low, high = kit.extent(values)
    marks = kit.ticks(low, high, n)
    step = (high - low) / n
    assert marks[0] <= low + 1e-6 * step
    assert marks[-1] >= high - 1e-6 * step
    assert 2 <= len(marks) <= n + 3
    gaps = [b - a for a, b in pairwise(marks)]
    assert min(gaps) > 0.0
    assert max(gaps) <= min(gaps) * (1.0 + 1e-3)


@given(st.integers(-9, 9), st.sampled_from([1.0, 2.0, 2.5, 5.0]), st.integers(-50, 50), st.integers(2, 5))
def test_labels_of_ticks_differ(power, digit, first, n):
    step = digit * 10.0**power
    marks = [float(f"{(first + i) * step:.12g}") for i in range(n)]
    labels = [kit.tick_label(mark, step) for mark in marks]
    assert len(set(labels)) == n
    assert [float(label.replace("−", "-").replace(",", "")) for label in labels] == marks


@given(st.lists(VALUES, max_size=20), VALUES, st.sampled_from([None, math.sqrt, math.log1p]))
def test_scale_stays_within_its_axis(values, value, shape):
    low, high = kit.extent(values) if shape is None else (0.0, 1e6)
    scale = kit.Scale(low, high, 10.0, 300.0, shape)
    for kept in kit.present([value]):
        assert 10.0 - 1e-6 <= scale(kept) <= 300.0 + 1e-6


def test_scale_is_linear():
    scale = kit.Scale(0.0, 10.0, 0.0, 100.0)
    assert [scale(value) for value in (0.0, 2.5, 10.0, 99.0)] == [0.0, 25.0, 100.0, 100.0]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0)),
        (0.0, 97.0, (0.0, 25.0, 50.0, 75.0, 100.0)),
        (-0.03, 0.09, (-0.05, 0, 0.05, 0.1)),
    ],
)
def test_ticks_are_round(low, high, expected):
    assert kit.ticks(low, high) == pytest.approx(expected)


def check(figure):
    """The drawing is valid XML, has a name, and no coordinate is anything but a number within reach."""
    text = str(figure.to_svg("figure-1"))
    root = ET.fromstring(text)
    assert root.get("role") == "img"
    ids = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    assert ids[root.get("aria-labelledby")]
    assert ids[root.get("aria-describedby")]
    assert {"script", "image", "a", "foreignObject"}.isdisjoint(element.tag for element in root.iter())
    for element in root.iter():
        for name in ("x", "y", "width", "height", "cx", "cy", "r", "fill-opacity"):
            assert math.isfinite(float(element.get(name, "0")))
        d = element.get("d", "")
        assert re.fullmatch(r"[MLHVhvmz\d. -]*", d), d
        # Relative moves included, no number leaves a drawing of this size.
        assert all(abs(float(number)) < 1000.0 for number in re.findall(r"-?\d+\.?\d*", d))
    return root


def scores(strategies):
    gains = st.tuples(VALUES, VALUES, VALUES, VALUES, VALUES, VALUES, VALUES, VALUES)
    return st.lists(
        st.tuples(strategies, gains).map(lambda made: Score("e", made[0], "brier", None, 0.5, 0.1, 5, *made[1])),
        max_size=6,
    )


@given(scores(NAMES), NAMES, st.none() | st.floats(0.0, 1.0))
def test_forest_of_anything(made, control, rope):
    check(score_figures.forest(made, control=control, rope=rope))


@given(st.dictionaries(NAMES, st.dictionaries(NAMES, st.floats(0.0), max_size=4), max_size=5), NAMES)
def test_class_ranges_of_anything(counts, rare):
    check(score_figures.class_ranges(counts, rare))


@given(st.dictionaries(NAMES, st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)), max_size=40))
def test_class_stacks_of_anything(counts):
    check(score_figures.class_stacks(counts))


@given(st.lists(st.tuples(NAMES, st.lists(VALUES, max_size=5).map(tuple)), max_size=4))
def test_curves_of_anything(made):
    curves = [Curve("e", name, "1", v, v, v, v, v, v, ()) for name, v in made]
    styles = score_figures.line_styles((name for name, _ in made), "none", "gan")
    for figure in (score_figures.precision_recall, score_figures.roc, score_figures.reliability):
        check(figure(curves, styles))


@given(VALUES, VALUES, VALUES, VALUES, st.sampled_from([*words.WORSE, "another"]))
def test_interval_of_anything(value, baseline, low, high, name):
    check(row_figures.interval(Measure(name, value, baseline, low, high)))


@given(
    NAMES,
    st.lists(st.tuples(NAMES, SHARES, SHARES), max_size=12),
    st.lists(NUMBERS, min_size=13, max_size=13, unique=True),
)
def test_marginal_of_anything(name, bins, ends):
    labels, real, synthetic = zip(*bins, strict=True) if bins else ((), (), ())
    edges = tuple(sorted(ends)[: len(bins) + 1]) if bins else None
    check(row_figures.marginal(name, Histogram(labels, edges, real, synthetic)))
    check(row_figures.marginal(name, Histogram(labels, None, real, synthetic)))


@given(st.integers(0, 6).flatmap(lambda n: st.lists(st.lists(VALUES, min_size=n, max_size=n), min_size=n, max_size=n)))
def test_heat_map_of_anything(matrix):
    check(row_figures.heat_map("Real", matrix))


@given(st.lists(st.tuples(st.sampled_from(["other", "real", "synthetic"]), st.lists(st.tuples(VALUES, VALUES)))), NAMES)
def test_map_of_anything(made, label):
    points = [Points(group, label, *map(tuple, zip(*xy, strict=True))) for group, xy in made if xy]
    check(row_figures.row_map(points, label))


@given(
    st.dictionaries(st.sampled_from(["step", "score", "penalty", "<new>"]), st.lists(VALUES, max_size=5).map(tuple)),
    st.integers(-(10**9), 10**9),
)
def test_training_of_anything(history, step):
    training = Training(history, (TrainingEvent(step, "restart", ""),), step)
    for figure, names in row_figures.training_panels(training):
        check(figure)
        assert names


def test_another_generator_begins_a_new_line():
    training = Training({"step": (100.0, 200.0, 100.0, 200.0), "score": (3.0, 2.0, 4.0, 1.0)}, (), 200)
    ((figure, _),) = row_figures.training_panels(training)
    assert len(check(figure).findall("path[@class='line series-1']")) == 2


def test_strategies_never_look_alike():
    names = [f"s{i}" for i in range(40)]
    styles = score_figures.line_styles(["none", "gan", *names], "none", "gan")
    assert len(set(styles.values())) == 42
    assert styles["none"].dash == styles["gan"].dash == ""


def test_faults_are_on_the_bad_side():
    def fault(name, value):
        return row_figures.is_fault(Measure(name, value, 0.5, 0.4, 0.6))

    assert [fault("coverage", v) for v in (0.3, 0.5, 0.7)] == [True, False, False]
    assert [fault("copy_rate", v) for v in (0.3, 0.5, 0.7)] == [False, False, True]
    assert not row_figures.is_fault(Measure("copy_rate", None))
    assert not row_figures.is_fault(Measure("copy_rate", 0.003, 0.0, 0.0, 0.0))


@given(NAMES, st.integers(2, 40))
def test_short_names_fit_and_long_ones_are_cut(name, width):
    short = words.shorten(name, width)
    assert short.strip()
    assert len(short) <= max(width, len("(no name)"))
    assert writable(short) == short


def test_cut_name_stays_whole_in_the_tooltip():
    root = kit.drawing()
    element = kit.name_node(root, "an extremely long name", 8)
    assert "".join(element.itertext()) == "an extremely long namean extr…"
    assert element.findtext("title") == "an extremely long name"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (words.decimals(0.4632), ".463"),
        (words.decimals(-0.02), "−.020"),
        (words.decimals(None), "–"),
        (words.decimals(math.nan), "–"),
        (words.decimals(123456.0, 0), "123,456"),
        (words.signed(0.0214), "+.021"),
        (words.signed(-0.0214), "−.021"),
        (words.p_value(0.0001), "<.001"),
        (words.percent(0.9996), ">99 %"),
        (words.percent(0.0001), "<1 %"),
        (words.percent(0.022, 1), "2.2 %"),
        (words.count(12345.0), "12,345"),
        (words.count(2.5), "2.5"),
    ],
)
def test_numbers_are_written_for_people(written, expected):
    assert written == expected


def test_bins_of_few_rows_are_not_drawn():
    bins = (0.1, 0.2, 0.3, 0.9)
    curve = Curve("e", "none", "1", (), (), (), (), bins, (0.1, 0.2, 0.3, 0.0), (50, 20, 10, 9))
    figure = score_figures.reliability([curve], score_figures.line_styles(["none"], "none", ""))
    (line,) = check(figure).findall("path[@class='line control']")
    assert line.get("d", "").count("L") == 2

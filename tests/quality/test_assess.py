"""``assess`` on every container, on bad input, on few rows; its two forms, text and JSON."""

import json
import warnings
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from imbgan.exceptions import DataError, DataTypeError, ParameterError
from imbgan.quality import Assessment, assess
from imbgan.quality.classes import MEASURES

HOSTILE = '<script>alert(1)</script>"\n\x1b[31m'


@pytest.fixture
def mixed(mixed_table):
    X, y = mixed_table
    return X.assign(label=y.to_numpy())


def matrix(seed, n=60):
    return np.random.default_rng(seed).normal(size=(n, 3)).round(2)


def figures(assessment):
    return {m.name: m.value for m in assessment.classes[0].measures}


def test_classes_are_judged_by_themselves_and_the_rest_is_on_the_map(mixed):
    rare = mixed[mixed["label"] == "rare"]
    found = assess(mixed, rare.sample(40, replace=True, random_state=np.random.RandomState(0)), target="label")
    assert found.class_counts == {"common": (65, 0), "rare": (15, 40)}
    (quality,) = found.classes
    assert (quality.label, quality.n_real, quality.n_synthetic, quality.n_holdout) == ("rare", 15, 40, 0)
    assert [measure.name for measure in quality.measures] == list(MEASURES)
    assert [(column.name, column.kind) for column in quality.columns] == [
        ("amount", "number"),
        ("visits", "number"),
        ("member", "category"),
        ("city", "category"),
        ("grade", "category"),
        ("opened", "number"),
        ("stay", "number"),
        ("country", "category"),
    ]
    assert [(points.group, points.label, len(points.x)) for points in found.map] == [
        ("other", "common", 65),
        ("real", "rare", 15),
        ("synthetic", "rare", 40),
    ]


def test_baseline_is_of_the_same_sizes():
    # With halves of 50 rows two samples of one distribution show a larger statistic than with halves of 500.
    small, large = (assess(matrix(0, n), matrix(1, 5 * n)).classes[0].columns[0].measures[0] for n in (100, 1000))
    assert small.baseline > 2 * large.baseline
    assert small.low < small.baseline < small.high


def test_same_seed_same_assessment_and_other_classes_change_nothing():
    X, y = matrix(0, 90), np.repeat(["a", "b", "c"], 30)
    every = assess((X, y), (X + 0.1, y), random_state=3)
    assert every == assess((X, y), (X + 0.1, y), random_state=3)
    alone = assess((X[:60], y[:60]), (X[:30] + 0.1, y[:30]), random_state=3)
    assert alone.classes[0] == next(quality for quality in every.classes if quality.label == "a")


def test_figures_do_not_depend_on_the_container():
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    real, synthetic = matrix(0), matrix(1)
    makers = (
        lambda X: X.tolist(),
        lambda X: pd.DataFrame(X, columns=list("abc")),
        lambda X: pl.DataFrame(X, schema=list("abc")),
        sparse.csr_array,
        sparse.coo_matrix,
    )
    expected = figures(assess(real, synthetic))
    for make in makers:
        assert figures(assess(make(real), make(synthetic))) == expected
    labels = ["x"] * 60
    assert assess((pd.DataFrame(real), pd.Series(labels)), (synthetic, np.array(labels))).classes[0].label == "x"
    mixed = assess(pd.DataFrame(real, columns=list("abc")), pl.DataFrame(synthetic[:, ::-1], schema=list("cba")))
    assert figures(mixed) == expected


def test_labels_are_matched_as_text():
    X = matrix(0)
    found = assess((X, np.ones(60)), (X, ["1"] * 60))
    assert found.class_counts == {"1": (60, 60)}


def test_dates_of_other_units_are_compared():
    pd = pytest.importorskip("pandas")
    days = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(50), unit="D"))
    found = assess(
        pd.DataFrame({"day": days.astype("datetime64[s]")}), pd.DataFrame({"day": days.astype("datetime64[ns]")})
    )
    assert found.classes[0].measure("copy_rate").note.startswith("100.0%")
    assert found.classes[0].columns[0].histogram.labels[0].startswith("up to 2024-01")


@pytest.mark.parametrize("n_real", [1, 2, 3, 10, 15, 17])
@pytest.mark.parametrize("n_synthetic", [1, 2, 9, 40])
def test_few_rows_give_figures_or_reasons(mixed, n_real, n_synthetic):
    found = assess(
        mixed[:n_real].drop(columns="label"),
        mixed[:n_synthetic].drop(columns="label"),
        holdout=mixed[:5].drop(columns="label"),
    )
    assert "IMB009" in [one.code for one in found.diagnostics]
    for measure in found.classes[0].measures:
        assert measure.value is not None or measure.note
        assert measure.value is None or np.isfinite(measure.value)
        if min(n_real // 2, n_synthetic) < 8:
            assert measure.baseline is None


@settings(max_examples=15)
@given(data=st.data())
def test_any_small_table_is_assessed_and_comes_back_from_json(data):
    pd = pytest.importorskip("pandas")
    cell = st.one_of(st.none(), st.sampled_from(["a", "b", HOSTILE, ""]))
    number = st.one_of(st.just(np.nan), st.floats(-1e300, 1e300), st.integers(-3, 3).map(float))

    def table():
        n = data.draw(st.integers(1, 24))
        columns = {
            "number": data.draw(st.lists(number, min_size=n, max_size=n)),
            HOSTILE: data.draw(st.lists(cell, min_size=n, max_size=n)),
            "empty": [None] * n,
        }
        return pd.DataFrame(columns).astype({"number": float, HOSTILE: object})

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = assess(table(), table(), holdout=table())
    text = json.dumps(found.to_dict(), allow_nan=False)
    assert Assessment.from_dict(json.loads(text)) == found
    assert str(found)


def test_hostile_names_are_text():
    pd = pytest.importorskip("pandas")
    real = pd.DataFrame({HOSTILE: matrix(0)[:, 0], "label": HOSTILE})
    found = assess(real, real.assign(**{HOSTILE: 9 + real[HOSTILE]}), target="label")
    tags: list[str] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append(tag)
    parser.feed(found._repr_html_())
    assert "script" not in tags
    assert {"table", "li"} <= set(tags)
    assert "\x1b" not in str(found)
    assert "IMB004" in str(found)


def test_text_fits_a_terminal():
    X, y = matrix(0, 90), np.repeat(["a" * 70, "b", "c"], 30)
    text = str(assess((X, y), (5 * X, y)))
    assert max(map(len, text.splitlines())) <= 80
    assert "error" in text.splitlines()[0] or "warning" in text.splitlines()[0]


def frame(**columns):
    pd = pytest.importorskip("pandas")
    return pd.DataFrame(columns)


GOOD = {"age": [1.0, 2.0], "label": ["a", "b"]}


@pytest.mark.parametrize(
    ("synthetic", "error", "parts"),
    [
        ({"agee": [1.0], "label": ["a"]}, DataError, ("lacks 'age'", "also has 'agee'", "Did you mean 'agee'?")),
        ({"age": [1.0], "lable": ["a"]}, DataError, ("synthetic", "'label'", "Did you mean 'lable'?")),
        ({"age": [1.0], "label": ["c"]}, DataError, ("class 'c'", "'a', 'b'")),
        ({"age": [1.0, 2.0], "label": ["a", None]}, DataError, ("'label' of synthetic", "row 1")),
        ({"age": ["x"], "label": ["a"]}, DataTypeError, ("'age'", "level values in synthetic")),
        ({"age": [np.inf], "label": ["a"]}, DataError, ("'age'", "infinite")),
    ],
)
def test_tables_that_do_not_fit_are_refused(synthetic, error, parts):
    with pytest.raises(error) as caught:
        assess(frame(**GOOD), frame(**synthetic), target="label")
    for part in parts:
        assert part in str(caught.value)


def test_wrong_use_is_refused():
    with pytest.raises(ParameterError, match="synthetic"):
        assess(matrix(0), None)
    with pytest.raises(DataError, match="same columns"):
        assess(matrix(0), matrix(0)[:, :2])
    with pytest.raises(DataError, match="pair"):
        assess(matrix(0), matrix(0), target="label")
    with pytest.raises(DataError, match="same number of rows"):
        assess((matrix(0), [1]), (matrix(0), [1]))


def test_levels_without_an_equal_are_named_unless_chance_explains_them():
    real = frame(city=["common"] * 90 + ["lost"] * 20 + ["rare"] * 2)
    (column,) = assess(real, frame(city=["common"] * 100 + ["new"] * 20 + ["odd"])).classes[0].columns
    assert (column.levels_lost, column.levels_new) == (("lost",), ("new",))


def test_histograms_are_shares_of_present_values():
    rng = np.random.default_rng(0)
    real = frame(number=np.append(rng.lognormal(size=200), np.nan), level=rng.integers(60, size=201).astype(str))
    for column in assess(real, real).classes[0].columns:
        shown = column.histogram
        assert len(shown.labels) == len(shown.real) == len(shown.synthetic) <= 20
        assert sum(shown.real) == pytest.approx(1.0)
        assert shown.real == pytest.approx(shown.synthetic)
        if column.kind == "number":
            assert len(shown.edges) == len(shown.labels) + 1
            assert list(shown.edges) == sorted(shown.edges)


def test_nothing_is_left_out_of_a_wide_table():
    rng = np.random.default_rng(0)
    found = assess(rng.normal(size=(40, 130)), rng.normal(size=(40, 130)))
    assert len(found.classes[0].columns) == 130
    assert len(found.classes[0].dependence.columns) == 100


@pytest.mark.data
def test_a_second_sample_of_real_data_raises_nothing(data_set):
    X, y, label = data_set("mammography")
    rows = X[y == label].sample(frac=1, random_state=np.random.RandomState(0))
    assert assess(rows[:130], rows[130:]).diagnostics == ()


def test_generated_rows_may_hold_the_numbers_of_text_beside_numbers_alone(rng):
    real = [[float(x), cell] for x, cell in zip(rng.normal(size=200), ["a", 1, 2, 1] * 50, strict=True)]
    synthetic = [[float(x), cell] for x, cell in zip(rng.normal(size=200), [1, 2] * 100, strict=True)]
    (found,) = assess(real, synthetic).classes
    _, weight = found.columns
    assert (weight.kind, weight.levels_lost, weight.levels_new) == ("category", ("a",), ())

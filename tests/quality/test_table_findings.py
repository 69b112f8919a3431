"""What ruins projects is found in tables in which it was planted, and in no others."""

import numpy as np
import pandas as pd
import pytest

from imbgan._plain import from_plain
from imbgan.quality import Description, describe

N = 1000


@pytest.fixture
def table(rng):
    """Numbers, categories and dates that have nothing to do with the classes or the order of rows."""
    y = np.where(rng.random(N) < 0.1, "fraud", "ok")
    X = pd.DataFrame(
        {
            "amount": np.round(rng.lognormal(4, 1, N), 2),
            "income": rng.integers(15_000, 180_000, N),
            "visits": rng.poisson(3, N),
            "city": rng.choice(["Bern", "Lima", "Oslo"], N),
            "born": pd.Timestamp("1950-01-01") + pd.to_timedelta(rng.integers(0, 20_000, N), unit="D"),
        }
    )
    X.loc[rng.random(N) < 0.2, "amount"] = np.nan
    return X, y


def found(X, y):
    return {finding.name: finding for finding in describe(X, y).findings}


def test_nothing_is_found_where_nothing_is_wrong(table):
    described = describe(*table)
    assert described.findings == ()
    assert described.to_drop == ()
    assert "Nothing was found that ruins projects." in str(described)


@pytest.mark.parametrize("seed", range(20))
def test_chance_finds_nothing(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(30, 600))
    X = pd.DataFrame({f"x{j}": rng.integers(0, 1 + j * 7, n) if j % 2 else rng.normal(size=n) for j in range(30)})
    y = (np.arange(n) < 12)[rng.permutation(n)]
    assert set(found(X, y)) <= {"constant columns"}


def levels_that_tell(X, y, rng):
    return np.where(y == "fraud", rng.choice(["stolen", "lost"], N), rng.choice(["paid", "open", "late"], N))


LEAKS = {
    "levels": levels_that_tell,
    "numbers": lambda X, y, rng: rng.normal(size=N) + 20 * (y == "fraud"),
    "numbers, downwards": lambda X, y, rng: rng.normal(size=N) - 20 * (y == "fraud"),
    "codes": lambda X, y, rng: np.where(y == "fraud", 3, rng.choice([1, 2, 4, 5], N)),
    "missing": lambda X, y, rng: np.where(y == "fraud", np.nan, rng.normal(size=N)),
    "filled in": lambda X, y, rng: np.where(y == "fraud", rng.normal(size=N), np.nan),
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_column_that_alone_tells_the_class(table, rng, name):
    X, y = table
    X["leak"] = LEAKS[name](X, y, rng)
    leak = found(X, y)["near leak"]
    assert leak.columns == ("leak",)
    assert "class fraud" in leak.evidence
    assert ("missing" in leak.evidence) == (name in ("missing", "filled in"))
    # The class and some noise are not a leak.
    X["leak"] = np.where(rng.random(N) < 0.5, "unknown", X["leak"].astype(str))
    assert "near leak" not in found(X, y)


def test_the_target_itself_is_an_error_and_said_once(table):
    X, y = table
    X["is_fraud"] = y == "fraud"
    described = describe(X, y)
    assert [(finding.name, finding.severity, finding.columns) for finding in described.findings] == [
        ("leak", "error", ("is_fraud",))
    ]
    assert described.to_drop == ("is_fraud",)


def test_one_of_many_classes_is_told(rng):
    y = rng.choice(["a", "b", "c", "d"], N, p=[0.5, 0.3, 0.15, 0.05])
    X = pd.DataFrame({"x": rng.normal(size=N) + 9 * (y == "c"), "z": rng.normal(size=N)})
    leak = found(X, y)["near leak"]
    assert leak.columns == ("x",)
    assert "class c" in leak.evidence


def test_infinite_cells_are_placed_and_the_rest_is_described(table):
    X, y = table
    X.loc[[7, 30], "amount"] = [np.inf, -np.inf]
    described = describe(X, y)
    infinite = described.findings[0]
    assert (infinite.name, infinite.severity, infinite.rows) == ("infinite values", "error", (7, 30))
    assert "amount (2 cells, first in row 7)" in infinite.evidence
    amount = described.columns[0]
    assert np.isfinite([amount.low, amount.high]).all()


def test_equal_rows_are_named_whatever_identifies_them(table):
    X, y = table
    X["id"] = range(N)
    for row, copy in ((3, 500), (3, 501), (8, 900)):
        X.loc[copy, X.columns[:-1]] = X.loc[row, X.columns[:-1]]
    y[[3, 501, 8]], y[[500, 900]] = "ok", "fraud"
    findings = found(X, y)
    assert findings["contradictions"].rows == (3, 500, 8, 900)
    assert "apart from the identifiers carry different classes 2 times" in findings["contradictions"].evidence
    assert findings["duplicates"].rows == (500, 501, 900)


def test_a_column_with_one_value_in_a_class(table, rng):
    X, y = table
    X["calls"] = np.where(y == "fraud", 0, rng.poisson(1, N))
    constant = found(X, y)["constant in a class"]
    assert constant.columns == ("calls",)
    assert "of class fraud, calls has one value" in constant.evidence
    # Of 5 rows it can be by chance.
    few = np.flatnonzero(y == "fraud")[5:]
    assert "constant in a class" not in found(X.drop(few), np.delete(y, few))


@pytest.mark.parametrize("order", ["as given", "by class"])
def test_drift_of_a_number_and_of_a_category(table, rng, order):
    X, y = table
    X["price"] = rng.normal(size=N) + np.arange(N) / 400
    X["shop"] = np.where(rng.random(N) < np.arange(N) / N, "new", "old")
    if order == "by class":
        rows = np.argsort(y, kind="stable")
        X, y = X.iloc[rows].reset_index(drop=True), y[rows]
    findings = found(X, y)
    assert set(findings["drift"].columns) == {"price", "shop"}
    assert "median of price" in findings["drift"].evidence
    assert ("sorted classes" in findings) == (order == "by class")


def test_a_table_that_is_sorted_by_class_has_no_drift_for_that_reason(table):
    X, y = table
    X["amount"] = X["amount"] * np.where(y == "fraud", 3, 1)
    rows = np.argsort(y, kind="stable")
    assert set(found(X.iloc[rows], y[rows])) == {"sorted classes"}


def test_a_changing_share_of_a_class_and_sorted_rows(table, rng):
    X, _ = table
    X = X.sort_values("born")
    y = np.where(rng.random(N) < np.linspace(0, 0.4, N), "fraud", "ok")
    findings = found(X, y)
    assert findings["sorted rows"].columns == ("born",)
    assert "share of class fraud" in findings["class drift"].evidence
    assert "drift" not in findings


def test_empty_columns_and_free_text(table, rng):
    X, y = table
    X["note"] = np.where(rng.random(N) < 0.02, "seen", None)
    X["story"] = [" ".join(rng.choice(["he", "paid", "late", "again", "but", "not", "much"], 9)) for _ in range(N)]
    findings = found(X, y)
    assert findings["nearly empty columns"].columns == ("note",)
    assert findings["free text"].columns == ("story",)
    assert "Latin, 9 words on average, 100 % distinct" in findings["free text"].evidence
    assert "compare encodes it" in findings["free text"].action


def test_free_text_is_described_and_not_dropped(table, rng):
    X, y = table
    signs = list("退款请求被拒绝因为收据丢失而客户没有回复邮件")
    X["story"] = [" ".join(rng.choice(["he", "paid", "late", "again", "but", "not", "much"], 9)) for _ in range(N)]
    X["故事"] = ["".join(rng.choice(signs, 20)) for _ in range(N - N // 4)] + [
        "以后再说好吗今天没有时间写更多的话了抱歉"
    ] * (N // 4)
    X["row"] = np.arange(N)
    described = describe(X, y)
    columns = {column.name: column for column in described.columns}
    assert (columns["story"].kind, columns["故事"].kind, columns["row"].kind) == ("text", "text", "identifier")
    assert described.to_drop == ("row",)
    assert not columns["story"].is_identifier
    assert columns["story"].levels == {}
    chinese = columns["故事"].text
    assert (chinese.script, chinese.unit, round(chinese.length)) == ("Han", "characters", 20)
    assert 0.7 < chinese.distinct < 0.8
    assert "Han, about 20 characters" in str(described)
    assert "Latin, about 9 words" in described._repr_html_()
    assert from_plain(Description, described.to_dict()) == described


def test_rows_of_different_texts_are_not_equal(table, rng):
    X, y = table
    story = [" ".join(rng.choice(["he", "paid", "late", "again", "but", "not", "much"], 12)) for _ in range(N)]
    X = X.iloc[[0] * N].assign(story=story)
    assert not {"duplicates", "contradictions"} & set(found(X, y))
    X["story"] = [*story[: N // 2], *story[: N - N // 2]]
    assert {"duplicates", "contradictions"} <= set(found(X, y))


def test_a_text_that_is_written_for_one_class_alone_is_a_near_leak(table, rng):
    X, y = table
    story = [" ".join(rng.choice(["he", "paid", "late", "again", "but", "not", "much"], 12)) for _ in range(N)]
    assert "near leak" not in found(X.assign(report=story), y)
    findings = found(X.assign(report=np.where(y == "fraud", story, None)), y)
    assert findings["near leak"].columns == ("report",)
    assert "whether it is missing tells class fraud" in findings["near leak"].evidence


def test_names_are_escaped_and_json_comes_back(table):
    X, y = table
    X["<b>&"] = range(N)
    described = describe(X, y)
    html = described._repr_html_()
    assert "&lt;b&gt;&amp;" in html
    assert "<b>&" not in html
    assert from_plain(Description, described.to_dict()) == described


def test_texts_that_are_odd_are_told(table, rng):
    X, y = table
    story = [" ".join(rng.choice(["he", "paid", "late", "again", "but", "not", "much"], 9)) for _ in range(N)]
    X["story"] = pd.Series(["  ", "", "late " * 25_000, *story[3:]], dtype=object)
    assert "odd texts" not in found(X.assign(story=story), y)
    told = found(X, y)["odd texts"]
    assert told.columns == ("story",)
    assert "2 of" in told.evidence
    assert "1 text cut after 100,000 characters" in told.evidence

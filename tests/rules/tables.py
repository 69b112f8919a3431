"""Tables with a column of every kind and the names and levels that break exports, and trees on them."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier

from imbgan.learners import TablePreprocessor
from imbgan.rules import read_rules

NASTY = [
    "O'Neil", 'say "yes"', "two\nlines", "'); DROP TABLE rows; --", "<script>alert(1)</script>", "missing", "=missing",
    "", " ", "\\", "%s {x} {{}}", "学生", "NULL", "True", "1", "1.0", "--", "/* */", "'''", '"""', "\t", "é",
]  # fmt: skip
NAMES = {
    "amount": "amount'; DROP TABLE rows; --",
    "visits": 'the "visits"\nof a <b>person</b>',
    "account": "account",
    "flag": "Flag {0}",
    "since": "since \\",
    "day": "day/* */",
    "stay": "stay%",
    "opening": "時間",
    "job": "job",
    "city": "job ",
    "code": "1",
    "smoker": "None",
}
KINDS = {NAMES["code"]: "categorical", NAMES["smoker"]: "categorical"}
_START = datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def _gaps(rng, cells, share=0.15):
    return [None if gap else cell for cell, gap in zip(cells, rng.random(len(cells)) < share, strict=True)]


def draw_table(rng, n):
    """Return a frame of objects of Python, some of them missing, as a row of a program holds them."""
    n_seconds = rng.integers(0, 10**7, n).tolist()
    cells = {
        "amount": _gaps(rng, rng.lognormal(size=n).round(2).tolist()),
        "visits": _gaps(rng, rng.integers(0, 9, n).tolist()),
        "account": (2**60 + rng.integers(-(2**56), 2**56, n)).tolist(),
        "flag": _gaps(rng, (rng.random(n) < 0.5).tolist()),
        "since": _gaps(rng, [_START + timedelta(seconds=s, microseconds=s % 7) for s in n_seconds]),
        "day": _gaps(rng, [date(2024, 1, 1) + timedelta(days=s % 900) for s in n_seconds]),
        "stay": _gaps(rng, [timedelta(minutes=s % 9999) for s in n_seconds]),
        "opening": _gaps(rng, [time(s % 24, s % 60) for s in n_seconds]),
        "job": _gaps(rng, [NASTY[i] for i in rng.integers(0, len(NASTY), n)]),
        # Most of these levels are infrequent.
        "city": _gaps(rng, [f"city {i}" for i in np.minimum(rng.geometric(0.02, n), 150)]),
        "code": rng.integers(1, 6, n).tolist(),
        "smoker": _gaps(rng, (rng.random(n) < 0.5).tolist()),
    }
    return pd.DataFrame({NAMES[name]: pd.Series(column, dtype=object) for name, column in cells.items()})


def draw_labels(rng, frame):
    """Return labels that depend on several columns, so that a tree splits on them."""
    job = frame["job"].map(lambda cell: cell in NASTY[:9]).to_numpy()
    score = job + frame[NAMES["flag"]].map(lambda cell: cell is not True).to_numpy() + rng.normal(size=len(frame))
    score += frame[NAMES["day"]].map(lambda cell: cell is None or cell > date(2025, 1, 1)).to_numpy()
    score += frame[NAMES["city"]].map(lambda cell: cell is None or len(cell) > 6).to_numpy()
    return np.array(["common", "a \"rare' one\n<b>", "third"])[np.digitize(score, [2.0, 3.0])]


def fitted(seed=0, n=600, leaves=32, columns=None, **settings):
    """Return a fitted pipeline, its table and its labels."""
    rng = np.random.default_rng(seed)
    X = draw_table(rng, n)
    y = draw_labels(rng, X)
    X = X if columns is None else X[columns]
    tree = DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=0, **settings)
    kinds = {name: kind for name, kind in KINDS.items() if name in X}
    steps = [("table", TablePreprocessor(numbers="raw", kinds=kinds)), ("tree", tree)]
    return Pipeline(steps).fit(X, y), X, y


def rules_of(seed=0, **settings):
    """Return the rules of a tree on such a table, the pipeline and the table."""
    pipeline, X, y = fitted(seed, **settings)
    return read_rules(pipeline, X, y), pipeline, X


def _near(rng, column, cell, cuts, cells):
    """Return a cell at, just below or just above one of the bounds that the rules have, in the type of the column."""
    cut = cuts[rng.integers(len(cuts))]
    shift = int(rng.integers(-1, 2))
    if column.type == "float":
        return float(np.nextafter(cut, cut + shift)) if shift else cut
    ticks = int(cut) + shift
    if column.type == "int":
        # Neighbors of the bound, and the halves between two doubles.
        return ticks + int(rng.integers(-130, 130))
    if column.type == "datetime":
        return date(1970, 1, 1) + timedelta(days=ticks) if column.unit == "D" else datetime(1970, 1, 1) + timedelta(
            microseconds=ticks)  # fmt: skip
    if column.type == "timedelta":
        return timedelta(microseconds=ticks)
    if column.type == "time":
        return (datetime(1970, 1, 1) + timedelta(microseconds=max(ticks, 0))).time()
    return cell


def rows_near_bounds(rng, rules, n=200):
    """Return new rows: unknown levels, missing cells, and numbers at, below and above every bound of the rules."""
    X = draw_table(rng, n)
    bounds = {}
    for rule in rules.rules:
        for each in rule.conditions:
            found = [bound for bound in (each.low, each.high) if bound is not None]
            bounds.setdefault(rules.columns[each.column].name, []).extend(found)
    for column in rules.columns:
        if column.name not in X:
            continue
        cells = X[column.name].tolist()
        if bounds.get(column.name):
            cuts = bounds[column.name]
            cells = [_near(rng, column, c, cuts, cells) if c is not None and rng.random() < 0.5 else c for c in cells]
        elif column.type == "text":
            cells = [f"new {i}" if rng.random() < 0.2 else cell for i, cell in enumerate(cells)]
        X[column.name] = pd.Series(cells, dtype=object)
    return X[[column.name for column in rules.columns]]

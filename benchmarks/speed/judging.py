"""What generated rows are worth: quality of the rare class, and classifiers trained with them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.speed.job import LABEL, RARE
from benchmarks.speed.records import Record
from benchmarks.speed.tables import Split

#: Measures of a class for which less is better; their baseline is that of real rows.
MEASURES = ("energy_distance", "mmd", "coverage", "density", "two_sample_auc", "dependence_difference", "closeness")


def judge(parts: Split, rows: Path, seed: int) -> Record:
    """Return the quality of the generated rare rows in a CSV file, and average precision with and without them."""
    kinds = dict.fromkeys(parts.discrete, str)
    generated = pd.read_csv(rows, keep_default_na=False, dtype=kinds)
    if not len(generated):
        return {"n_generated": 0}
    generated = generated[parts.train.columns.drop(LABEL)]
    return {
        "n_generated": len(generated),
        "quality": quality(parts, generated),
        "average_precision": average_precision(parts, generated, seed),
        "average_precision_without": average_precision(parts, generated[:0], seed),
    }


def quality(parts: Split, generated: pd.DataFrame) -> Record:
    """Return value and baseline of each measure of the rare class, and the mean difference of columns."""
    from imbgan.quality import assess

    own = parts.train[parts.train[LABEL] == RARE].drop(columns=LABEL)
    found = assess(own, generated).classes[0]
    kept = {m.name: (m.value, m.baseline) for m in found.measures if m.name in MEASURES}
    columns = [m for column in found.columns for m in column.measures if m.name in ("ks", "total_variation")]
    known = [(m.value, m.baseline) for m in columns if m.value is not None and m.baseline is not None]
    kept["columns"] = tuple(float(x) for x in np.mean(known, axis=0)) if known else (None, None)
    return kept


def average_precision(parts: Split, generated: pd.DataFrame, seed: int) -> Record:
    """Return average precision on the test rows of classifiers that learn from the rows of the table and these."""
    from sklearn.metrics import average_precision_score

    train = pd.concat([parts.train, generated.assign(**{LABEL: RARE})], ignore_index=True)
    X, X_test = train.drop(columns=LABEL), parts.test.drop(columns=LABEL)
    is_rare, is_rare_test = train[LABEL] == RARE, parts.test[LABEL] == RARE
    return {
        name: float(average_precision_score(is_rare_test, model.fit(X, is_rare).predict_proba(X_test)[:, 1]))
        for name, model in _classifiers(parts, seed).items()
    }


def _classifiers(parts: Split, seed: int) -> dict[str, Any]:
    from lightgbm import LGBMClassifier
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    numbers = [c for c in parts.train.columns.drop(LABEL) if c not in parts.discrete]
    ordinal = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    trees = LGBMClassifier(random_state=seed, n_jobs=1, verbose=-1)
    linear = LogisticRegression(max_iter=2000)
    one_hot = OneHotEncoder(handle_unknown="ignore")
    return {
        "lightgbm": make_pipeline(make_column_transformer((ordinal, parts.discrete), ("passthrough", numbers)), trees),
        "logistic": make_pipeline(
            make_column_transformer((one_hot, parts.discrete), (StandardScaler(), numbers)), linear
        ),
    }

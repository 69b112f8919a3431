"""One tree that a person reads, alone and taught, on whole tables: the figures of docs/how-to/distill.md.

``python -m benchmarks.readable_tree stroke`` prints average precision and ROC AUC on held-out thirds of the table, and
the rules of the first fold with the shares among its held-out rows. ``IMBGAN_DATA`` names the folder of the data sets.
"""

import argparse
import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.quality.tables import folder
from imbgan import DistilledClassifier, PriorCorrectedClassifier
from imbgan.comparison.folds import find_blocks, make_folds
from imbgan.learners import make_estimator
from imbgan.random import Streams

N_FOLDS = 3


def read(name: str) -> tuple[pd.DataFrame, NDArray[np.intp], str]:
    """Return the whole table, 1 for the rare class and 0 for all others, and the name of the target."""
    entry = next(each for each in json.loads((folder() / "catalogue.json").read_text()) if each["name"] == name)
    X = pd.read_parquet(folder() / entry["file"])
    y = (X.pop(entry["target"]).astype(str) == str(entry["minority_label"])).to_numpy(np.intp)
    return X, y, entry["target"]


def untaught(seed: int) -> Iterator[tuple[str, Any]]:
    """Yield what the tree is without a teacher."""
    tree = make_estimator("readable_tree", seed)
    yield "the tree alone", tree
    yield "with class weights", PriorCorrectedClassifier(tree, sample_weight="balanced")


def run(name: str) -> None:
    """Print figures and rules of one table."""
    X, y, target = read(name)
    print(f"{name}: {len(y):,} rows, {int(y.sum()):,} of the rare class ({y.mean():.1%})")
    scores: dict[str, list[tuple[float, float, float]]] = {}
    for i, fold in enumerate(make_folds(y, find_blocks(X, None), N_FOLDS, Streams(0))):
        X_train, y_train = X.iloc[fold.train], pd.Series(y[fold.train], name=target)
        X_test, y_test = X.iloc[fold.test], y[fold.test]

        def judge(label: str, model: Any, seconds: float) -> None:  # noqa: ANN401 - any classifier
            p = model.predict_proba(X_test)[:, 1]  # noqa: B023 - called within the loop
            pair = float(average_precision_score(y_test, p)), float(roc_auc_score(y_test, p))  # noqa: B023
            scores.setdefault(label, []).append((*pair, seconds))

        for label, classifier in untaught(0):
            began = time.perf_counter()
            model = classifier.fit(X_train, y_train)
            judge(label, model, time.perf_counter() - began)
        began = time.perf_counter()
        taught = DistilledClassifier(random_state=0, n_jobs=2).fit(X_train, y_train)
        seconds = time.perf_counter() - began
        judge("taught", taught, seconds)
        judge("its teacher", taught.teacher_, seconds)
        if i == 0:
            print(taught.verdict_)
            print(taught.judged_rules(X_test, y_test))
    for label, found in scores.items():
        precision, auc, seconds = np.mean(found, axis=0)
        print(f"{label:20s} average precision {precision:.3f}, ROC AUC {auc:.3f}, {seconds:.0f} s per fit", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Figures and rules of a tree that a person reads.")
    parser.add_argument("tables", nargs="+")
    for table in parser.parse_args().tables:
        run(table)

"""Tables with a column of text beside numbers: the classifiers for rare classes beside a classifier alone.

``python -m benchmarks.text_columns`` prints average precisions on sms_spam with the length of each message, its digits
and its capitals beside: 20 or 50 spam messages among 2,000 others are learned from, 250 among 2,500 are judged.
``IMBGAN_DATA`` names the folder of the data sets. All draws take about an hour on one core.
"""

import argparse
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline

from benchmarks.text.texts import Texts, draw, pool
from imbgan import (
    AutoBalancedClassifier,
    DistilledClassifier,
    GANBaggingClassifier,
    GANOverSampler,
    PriorCorrectedClassifier,
)
from imbgan.learners import TextPreprocessor, make_estimator
from imbgan.strategies.candidates import ReachRatio

LEARNERS = ("logistic_regression", "lightgbm")
ENCODER = "auto"


def table_of(texts: Texts) -> tuple[pl.DataFrame, NDArray[np.str_]]:
    """Return messages with three numbers beside, and the labels."""
    message = pl.col("message").str
    table = pl.DataFrame({"message": texts.values}).with_columns(
        length=message.len_chars(), digits=message.count_matches(r"\d"), capitals=message.count_matches(r"[A-Z]")
    )
    return table, np.where(texts.is_rare, "spam", "ham")


def alone(name: str) -> Any:  # noqa: ANN401 - a pipeline
    """Return a classifier with nothing done: sparse words for a linear one, singular vectors for the other."""
    last = make_estimator(name).steps[-1][1]
    return make_pipeline(TextPreprocessor({"message": ENCODER}, sparse=name == "logistic_regression"), last)


def arms(name: str, seed: int) -> dict[str, Callable[[], Any]]:
    """Return what is compared for a classifier, by title; the first is the one to beat."""
    learner = make_estimator(name)
    rows = GANOverSampler(sampling_strategy=ReachRatio(0.3), identifiers="keep", random_state=seed)
    return {
        "alone": lambda: alone(name),
        "PriorCorrected, class weights": lambda: PriorCorrectedClassifier(learner, sample_weight="balanced"),
        "PriorCorrected, GAN rows": lambda: PriorCorrectedClassifier(learner, rows),
        "GANBagging, no generated rows": lambda: GANBaggingClassifier(learner, generated=0.0, random_state=seed),
        "GANBagging": lambda: GANBaggingClassifier(learner, random_state=seed),
        "Distilled": lambda: DistilledClassifier(learner, random_state=seed),
        "AutoBalanced": lambda: AutoBalancedClassifier(learner, random_state=seed),
        "PriorCorrected, GAN rows without texts": lambda: PriorCorrectedClassifier(alone(name), rows, encoder=None),
    }


def main() -> None:
    """Print one line per arm as it ends, and the means."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--rare", type=int, nargs="+", default=[20, 50])
    parser.add_argument("--learners", nargs="+", choices=LEARNERS, default=LEARNERS)
    parser.add_argument("--arms", nargs="+", help="titles that begin so; default: all")
    asked = parser.parse_args()
    messages = pool("sms_spam")
    found: dict[tuple[str, int, str], list[float]] = {}
    for number in range(asked.draws):
        for n_rare in asked.rare:
            drawn = draw(messages, "sms_spam", number, n_rare)
            (X, y), (X_test, y_test) = table_of(drawn.train), table_of(drawn.test)
            for name in asked.learners:
                for title, make in arms(name, number).items():
                    if asked.arms and not title.startswith(tuple(asked.arms)):
                        continue
                    began = time.perf_counter()
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        model = make().fit(X, y)
                        p = model.predict_proba(X_test)[:, 1]
                    score = float(average_precision_score(y_test == "spam", p))
                    found.setdefault((name, n_rare, title), []).append(score)
                    chosen = getattr(model, "strategy_", "")
                    print(f"draw {number}: {name}, {n_rare} rare, {title}: {score:.3f}, "
                          f"{time.perf_counter() - began:.0f} s {chosen}", flush=True)  # fmt: skip
    print()
    for (name, n_rare, title), scores in found.items():
        first = np.array(next(values for (n, k, _), values in found.items() if (n, k) == (name, n_rare)))
        gain = np.array(scores) - first
        error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else float("nan")
        print(f"{name:20s} {n_rare:3d} {title:40s} {np.mean(scores):.3f} {gain.mean():+.3f} ± {error:.3f}")


if __name__ == "__main__":
    main()

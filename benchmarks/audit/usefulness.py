"""What generated rows are worth: average precision in bags, by the protocol of :mod:`benchmarks.quality`.

Each source, and each variant of the GAN, fills the bags of :class:`imbgan.GANBaggingClassifier` around three learners,
with 50 rare rows to learn from. Test rows are those of the fold. With 240 rare rows to attack, an audit of a small
table uses nearly all of them, so test rows can be rows of an audit's table as well; none has been learned from.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.audit.variants import DEFAULT, changed, samplers
from benchmarks.quality.methods import Method, SharedRows, predict
from benchmarks.quality.run import append, read_keys
from benchmarks.quality.scoring import score
from benchmarks.quality.tables import Case, split
from imbgan.ensemble import GANBaggingClassifier
from imbgan.strategies import Sharing

LEARNERS = ("lightgbm", "decision_tree", "logistic_regression")
N_RARE = 50
RESULTS = Path(__file__).parent / "results" / "usefulness.jsonl"
#: Bags without generated rows: what is there to gain.
NO_ROWS = "no generated rows"

Key = tuple[str, int, str, str]
#: (table, fold) -> average precision by learner.
Scores = dict[tuple[str, int], dict[str, float]]


def key_of(line: Mapping[str, Any]) -> Key:
    """Return what a line is about: table, fold, variant and source."""
    return line["table"], line["fold"], line["variant"], line["source"]


def read(path: Path = RESULTS) -> dict[tuple[str, str], Scores]:
    """Return the average precision by (variant, source)."""
    found: dict[tuple[str, str], Scores] = {}
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        line = json.loads(text)
        scores = {name: float(each["average_precision"]) for name, each in line["learners"].items()}
        found.setdefault((line["variant"], line["source"]), {})[line["table"], line["fold"]] = scores
    return found


def run(tables: Sequence[str], folds: Sequence[int], variant: str, path: Path = RESULTS) -> None:
    """Measure what there is no line for yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done = read_keys(path, key_of)
    for fold in folds:
        for table in tables:
            for source, method in _methods(variant, fold):
                if (table, fold, variant, source) not in done:
                    began = time.perf_counter()
                    with changed(variant):
                        line = measure(table, fold, variant, source, method)
                    append(path, line)
                    print(f"{table}, fold {fold}, {variant}, {source}: {time.perf_counter() - began:.0f} s", flush=True)


def measure(table: str, fold: int, variant: str, source: str, method: Method) -> dict[str, Any]:
    """Return the line of one source in bags around each learner."""
    part = split(Case(table, "binary", N_RARE), fold)
    learners: dict[str, dict[str, float]] = {}
    for prediction in predict(method, part, LEARNERS, fold, Sharing()):
        if prediction.trial.error is not None:
            raise prediction.trial.error
        found = score(part.y_train, part.y_test, prediction.trial.probabilities)
        learners[prediction.learner] = {name: round(found[name], 5) for name in ("average_precision", "roc_auc")}
    return {"table": table, "fold": fold, "variant": variant, "source": source, "learners": learners}


def _methods(variant: str, seed: int) -> Iterator[tuple[str, Method]]:
    if variant == DEFAULT:
        yield NO_ROWS, Method(NO_ROWS, _plain_bags)
    for source, sampler in samplers(variant).items():
        states = [name for name in sampler.get_params() if name == "random_state" or name.endswith("__random_state")]
        yield source, Method(source, _Bags(sampler.set_params(**dict.fromkeys(states, seed)), source))


def _plain_bags(estimator: Any, seed: int) -> GANBaggingClassifier:  # noqa: ANN401 - any classifier
    return GANBaggingClassifier(estimator, generated=0.0, random_state=seed)


class _Bags:
    """Make bags with rows of a sampler, generated once for all learners."""

    def __init__(self, sampler: Any, name: str) -> None:  # noqa: ANN401 - any sampler
        self.sampler, self.name = sampler, name

    def __call__(self, estimator: Any, seed: int, sharing: Sharing | None = None) -> GANBaggingClassifier:  # noqa: ANN401
        rows = SharedRows(self.sampler, self.name).within(sharing)
        return GANBaggingClassifier(estimator, rows, random_state=seed)

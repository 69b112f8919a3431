"""What classifiers give away by their confidence: alone, in bags with GAN rows, and taught by a mixture.

The attacks are ``confidence`` and ``shadow_confidence`` of :func:`imbgan.audit`: how sure a classifier is of the rare
class, by itself and relative to classifiers that had not learned the row.
"""

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from sklearn.base import clone

from benchmarks.audit.rows import N_LEARNED, rounded, table
from benchmarks.quality.run import append, read_keys
from imbgan import Audit, DistilledClassifier, GANBaggingClassifier, audit
from imbgan.learners import make_estimator
from imbgan.oversampling.sharing import SharedGANOverSampler
from imbgan.strategies import Sharing, Strategy

LEARNERS = {"lightgbm": "LightGBM", "random_forest": "random forest"}
#: Fewer than of rows, since teachers are fitted in each run.
N_RUNS = 4
ATTACKS = ("confidence", "shadow_confidence")
RESULTS = Path(__file__).parent / "results" / "classifiers.jsonl"
ARMS = (
    "alone",
    "in bags with GAN rows",
    "taught, with real rows and local-Gaussian ones",
    "taught, with real rows and GAN ones",
    "taught on GAN rows alone",
)


def strategies() -> Iterator[Strategy]:
    """Yield each learner in each arm. Generator and teacher of a run are fitted once for all of them."""
    sharing = Sharing()

    def gan() -> SharedGANOverSampler:
        return SharedGANOverSampler(random_state=0).within(sharing)

    def bags(learner: Any) -> Any:  # noqa: ANN401 - any classifier
        return GANBaggingClassifier(learner, gan(), random_state=0)

    def taught(learner: Any, sampler: Any = None, **parameters: bool) -> Any:  # noqa: ANN401 - any classifier, sampler
        return DistilledClassifier(learner, sampler=sampler, random_state=0, **parameters).within(sharing)

    makers = {
        "alone": clone,
        "in bags with GAN rows": bags,
        "taught, with real rows and local-Gaussian ones": taught,
        "taught, with real rows and GAN ones": lambda learner: taught(learner, gan()),
        "taught on GAN rows alone": lambda learner: taught(learner, gan(), real_rows=False),
    }
    for name in LEARNERS:
        for arm in ARMS:
            yield Strategy(
                f"{name}, {arm}", "", lambda _, seed, name=name, make=makers[arm]: make(make_estimator(name, 0))
            )


def read(path: Path = RESULTS) -> dict[str, dict[str, Any]]:
    """Return the figures of each arm by table."""
    texts = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {line["table"]: line["arms"] for line in map(json.loads, texts)}


def run(tables: Sequence[str], path: Path = RESULTS) -> None:
    """Attack what there is no line for yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    done = read_keys(path, lambda line: line["table"])
    for name in tables:
        if name not in done:
            began = time.perf_counter()
            append(path, measure(name))
            print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)


def measure(name: str) -> dict[str, Any]:
    """Return the line of one table."""
    X, y = table(name)
    # A source of rows is attacked in any case; this one is quick.
    found = audit(
        X,
        y,
        source="independent",
        estimator="logistic_regression",
        strategies=list(strategies()),
        n_runs=N_RUNS,
        n_learned=N_LEARNED,
        random_state=0,
    )
    return {"table": name, "arms": {arm: _figures(found, arm) for arm in found.strategies}}


def _figures(found: Audit, arm: str) -> dict[str, Any]:
    return {
        name: rounded({"auc": each.auc.mean, "runs": list(each.runs), "tpr": each.tpr.mean})
        for name in ATTACKS
        for each in [found.attack(arm, name)]
    }

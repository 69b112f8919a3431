"""What a comparison was made with, and what tells it from another one."""

import importlib.metadata
import platform
from collections.abc import Mapping, Sequence
from typing import Any

import joblib

from imbgan.comparison.folds import Fold, is_counted
from imbgan.comparison.journal import table_hash
from imbgan.comparison.plan import Data, Plan
from imbgan.strategies import Strategy
from imbgan.tabular.schema import Table

ROPE = 0.01
PACKAGES = ("imbgan", "numpy", "scipy", "scikit-learn", "imbalanced-learn", "jax")


def settings_of(
    plan: Plan, folds: Sequence[Fold], strategies: Mapping[str, Strategy], control: str, cv: object
) -> dict[str, Any]:
    """Return whatever is needed to repeat a comparison, as plain JSON."""
    n_repeats = 1 + max(fold.repeat for fold in folds)
    return {
        "seed": plan.seed,
        "cv": {
            "n_splits": len(folds) // n_repeats,
            "n_repeats": n_repeats,
            "source": "stratified" if is_counted(cv) else repr(cv)[:200],
        },
        "metrics": list(plan.metrics),
        "control": control,
        "rope": ROPE,
        "tune_threshold": plan.tune_threshold,
        "budget": None,
        "costs": None if plan.costs is None else plan.costs.to_plain(),
        "alerts": None if plan.alerts is None else plan.alerts.to_plain(),
        "strategies": {name: strategy.summary for name, strategy in strategies.items()},
        "titles": {name: strategy.title for name, strategy in strategies.items()},
        "estimators": {name: " ".join(repr(e).split()) for name, e in plan.estimators.items()},
        "versions": {"python": platform.python_version(), **{p: importlib.metadata.version(p) for p in PACKAGES}},
    }


def identity_of(data: Data, table: Table, folds: Sequence[Fold], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that identify a comparison. Strategies are not among them: more can be added later."""
    same = ("seed", "metrics", "tune_threshold", "costs", "alerts", "estimators")
    return {
        "data": joblib.hash((data.blocks, data.codes, data.classes.tolist(), table_hash(table))),
        "folds": joblib.hash([(fold.train, fold.test) for fold in folds]),
        **{name: settings[name] for name in same},
        **({"texts": settings["texts"]} if "texts" in settings else {}),
    }

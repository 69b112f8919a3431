"""The main job on a real table: breast cancer with malignant tumors made rare (5 %).

Learns the rare class with a generative adversarial network, balances the table, and compares classifiers that were
trained on the natural table, with class weights, after SMOTE and after the GAN, all on the same untouched test folds.
Writes the balanced table and a picture into the folder demo-output.

Run: make demo (or: python examples/demo.py)
"""

import time
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from imblearn.metrics import geometric_mean_score
from imblearn.over_sampling import SMOTE
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.base import ClassifierMixin
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, matthews_corrcoef, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from imbgan import GANOverSampler

mpl.use("Agg")
import matplotlib.pyplot as plt

OUTPUT = Path("demo-output")
RARE, COMMON = "malignant", "benign"
N_THINNINGS, N_FOLDS = 4, 3
METRICS = ("average\nprecision", "ROC AUC", "G-mean", "MCC", "Brier")

Pair = tuple[pd.DataFrame, pd.Series]


def rare_malignant(seed: int) -> Pair:
    """Return the Wisconsin breast cancer table with malignant tumors thinned to 5 % of all rows."""
    X, codes = load_breast_cancer(return_X_y=True, as_frame=True)
    y = codes.map({0: RARE, 1: COMMON}).rename("diagnosis")
    n_rare = round(0.05 / 0.95 * int((y == COMMON).sum()))
    kept = y[y == RARE].sample(n_rare, random_state=seed).index.union(y[y == COMMON].index)
    return X.loc[kept].reset_index(drop=True), y[kept].reset_index(drop=True)


def classifiers(class_weight: str | None) -> dict[str, ClassifierMixin]:
    """Return the classifiers that every strategy trains."""
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, class_weight=class_weight))
    forest = RandomForestClassifier(n_estimators=200, class_weight=class_weight, random_state=0, n_jobs=-1)
    return {"logistic regression": linear, "random forest": forest}


def scores(classifier: ClassifierMixin, X: pd.DataFrame, y: pd.Series) -> list[float]:
    """Return the figures of a fitted classifier on a test fold, in the order of METRICS."""
    p = classifier.predict_proba(X)[:, list(classifier.classes_).index(RARE)]
    truth, said = y == RARE, p >= 0.5
    return [
        float(average_precision_score(truth, p)),
        float(roc_auc_score(truth, p)),
        float(geometric_mean_score(truth, said)),
        float(matthews_corrcoef(truth, said)),
        float(brier_score_loss(truth, p)),
    ]


def strategies() -> dict[str, tuple[str | None, Callable[[pd.DataFrame, pd.Series], Pair]]]:
    """Return for each strategy the class weights and the resampling of the training part."""
    return {
        "nothing": (None, lambda X, y: (X, y)),
        "class weights": ("balanced", lambda X, y: (X, y)),
        "SMOTE": (None, SMOTE(random_state=0).fit_resample),
        "GAN": (None, GANOverSampler(random_state=0).fit_resample),
    }


def compare() -> dict[tuple[str, str], list[list[float]]]:
    """Train and judge every classifier after every strategy; only training parts are ever resampled."""
    results: dict[tuple[str, str], list[list[float]]] = {}
    folds = []
    for seed in range(N_THINNINGS):
        X, y = rare_malignant(seed)
        split = StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed).split(X, y)
        folds += [(X.iloc[a], y.iloc[a], X.iloc[b], y.iloc[b]) for a, b in split]
    for X, y, X_test, y_test in track(folds, description="Comparing on test folds"):
        for strategy, (class_weight, resample) in strategies().items():
            X_train, y_train = resample(X, y)
            for name, classifier in classifiers(class_weight).items():
                fitted = classifier.fit(X_train, y_train)
                results.setdefault((name, strategy), []).append(scores(fitted, X_test, y_test))
    return results


def show(console: Console, results: dict[tuple[str, str], list[list[float]]]) -> None:
    """Print the mean of every figure, one line a strategy."""
    table = Table(title=f"Means over {N_THINNINGS * N_FOLDS} test folds, the same for all (Brier: lower is better)")
    table.add_column("trained on")
    for metric in METRICS:
        table.add_column(metric, justify="right")
    names = {"nothing": "natural table", "class weights": "class weights", "SMOTE": "after SMOTE", "GAN": "after GAN"}
    for classifier in dict.fromkeys(classifier for classifier, _ in results):
        table.add_section()
        table.add_row(f"[italic]{classifier}[/italic]")
        for strategy, name in names.items():
            mean = np.mean(results[classifier, strategy], axis=0)
            table.add_row(f"  {name}", *(f"{value:.3f}" for value in mean), style="bold" if strategy == "GAN" else "")
    console.print(table)


def draw(X: pd.DataFrame, y: pd.Series, synthetic: np.ndarray, path: Path) -> None:
    """Draw the table on its two main directions: common rows, rare rows, generated rows."""
    places = make_pipeline(StandardScaler(), PCA(2)).fit(X[~synthetic]).transform(X)
    figure, axes = plt.subplots(figsize=(7, 5), layout="constrained")
    groups = (
        (f"{COMMON} (real)", (y == COMMON) & ~synthetic, "#b8bfc9", 12, "o"),
        (f"{RARE} (generated)", synthetic, "#f2a65a", 12, "o"),
        (f"{RARE} (real)", (y == RARE) & ~synthetic, "#b3123f", 45, "X"),
    )
    for label, chosen, color, size, marker in groups:
        chosen = np.asarray(chosen)
        axes.scatter(*places[chosen].T, s=size, c=color, marker=marker, linewidths=0, label=f"{label}, {chosen.sum()}")
    axes.set(
        xlabel="first main direction",
        ylabel="second main direction",
        title="Breast cancer, malignant made rare",
    )
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def main() -> None:
    """Run the demo."""
    console = Console()
    began = time.perf_counter()
    OUTPUT.mkdir(exist_ok=True)
    X, y = rare_malignant(seed=0)
    counts = y.value_counts()
    console.print(
        f"Wisconsin breast cancer: {len(X)} rows, {X.shape[1]} columns; "
        f"{counts[RARE]} {RARE} ({counts[RARE] / len(X):.0%})."
    )
    sampler = GANOverSampler(random_state=0, verbose=True)
    X_balanced, y_balanced = sampler.fit_resample(X, y)
    for event in sampler.events_:
        console.print(f"  step {event.step}: {event.name} ({event.detail})")
    balanced = X_balanced.assign(diagnosis=y_balanced, synthetic=sampler.synthetic_mask_)
    balanced.to_parquet(OUTPUT / "balanced.parquet", index=False)
    draw(X_balanced, y_balanced, sampler.synthetic_mask_, OUTPUT / "map.png")
    console.print(f"Balanced: {y_balanced.value_counts().to_dict()}.")
    show(console, compare())
    console.print(
        f"Wrote {OUTPUT / 'balanced.parquet'} and {OUTPUT / 'map.png'} in {time.perf_counter() - began:.0f} s."
    )


if __name__ == "__main__":
    main()

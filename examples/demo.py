"""The main job on a real table: breast cancer with malignant tumors made rare (5 %).

Learns the rare class with a generative adversarial network and balances the table; then asks whether that was worth it:
the natural table, class weights, SMOTE, the GAN, and bags with rows of the GAN are compared on test folds that none of
them touches. Writes the balanced table, a picture and a report into the folder demo-output.

Run: make demo (or: python examples/demo.py)
"""

import time
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from imbgan import Comparison, GANOverSampler, compare, report

mpl.use("Agg")
import matplotlib.pyplot as plt

OUTPUT = Path("demo-output")
RARE, COMMON = "malignant", "benign"
STRATEGIES = {
    "none": "natural table",
    "class_weight": "class weights",
    "smote": "after SMOTE",
    "gan": "after GAN",
    "gan_0.3": "after GAN, to 30 %",
    "gan_bagging": "bags, half with GAN rows",
}
METRICS = {
    "average_precision": "average\nprecision",
    "roc_auc": "ROC AUC",
    "mcc": "MCC",
    "g_mean": "G-mean",
    "brier": "Brier",
}

Pair = tuple[pd.DataFrame, pd.Series]


def rare_malignant(seed: int) -> Pair:
    """Return the ten mean measurements of the breast cancer table, with malignant tumors thinned to 5 % of all rows."""
    X, codes = load_breast_cancer(return_X_y=True, as_frame=True)
    X = X[[name for name in X if name.startswith("mean ")]]
    y = codes.map({0: RARE, 1: COMMON}).rename("diagnosis")
    n_rare = round(0.05 / 0.95 * int((y == COMMON).sum()))
    kept = y[y == RARE].sample(n_rare, random_state=seed).index.union(y[y == COMMON].index)
    return X.loc[kept].reset_index(drop=True), y[kept].reset_index(drop=True)


def judge(X: pd.DataFrame, y: pd.Series) -> Comparison:
    """Compare the strategies with a linear and a strong learner."""
    estimators = {
        "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
        "random forest": RandomForestClassifier(n_estimators=100, random_state=0),
    }
    return compare(
        X,
        y,
        estimator=estimators,
        strategies=list(STRATEGIES),
        metrics=list(METRICS),
        cv=5,
        random_state=0,
        n_jobs=-1,
        verbose=True,
    )


def show(console: Console, found: Comparison) -> None:
    """Print the mean of every figure, one line per strategy, and the verdict."""
    cv = found.settings["cv"]
    table = Table(title=f"Means over {cv['n_splits'] * cv['n_repeats']} test folds, the same for all")
    table.add_column("trained on")
    for title in METRICS.values():
        table.add_column(title, justify="right")
    rows = {(row["estimator"], row["strategy"]): row for row in found.table()}
    for estimator in found.settings["estimators"]:
        table.add_section()
        table.add_row(f"[italic]{estimator}[/italic]")
        for strategy, name in STRATEGIES.items():
            row = rows[estimator, strategy]
            style = "bold" if strategy.startswith("gan") else ""
            table.add_row(f"  {name}", *(f"{row[metric]:.3f}" for metric in METRICS), style=style)
    console.print(table)
    console.print(
        "MCC and G-mean: at the threshold that is best for each on training rows, for every strategy alike.\n"
        "Brier: of probabilities corrected to the natural class shares; lower is better.\n"
    )
    console.print(found.verdict.sentence, style="bold")


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
    balanced.to_csv(OUTPUT / "balanced.csv", index=False)
    draw(X_balanced, y_balanced, sampler.synthetic_mask_, OUTPUT / "map.png")
    console.print(f"Balanced: {y_balanced.value_counts().to_dict()}.")
    found = judge(X, y)
    show(console, found)
    page = report(found, OUTPUT / "report.html", overwrite=True)
    console.print(
        f"Wrote {OUTPUT / 'balanced.csv'}, {OUTPUT / 'map.png'} and the report {page} "
        f"in {time.perf_counter() - began:.0f} s. Open the report in a browser."
    )


if __name__ == "__main__":
    main()

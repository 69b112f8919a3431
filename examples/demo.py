"""The main job on a real table: breast cancer with malignant tumors made rare (10 %).

Learns the rare class with a generative adversarial network and balances the table. Then asks whether that was worth it:
the table as it is, class weights, SMOTE, rows of the GAN, and bags without and with such rows are compared on test
folds that none of them touches. At the end, a mixture of four learners teaches one tree that a person reads. Writes the
balanced table, two pictures and a report into the folder demo-output.

Run: make demo (or: python examples/demo.py)
"""

import time
from pathlib import Path

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from imbgan import Comparison, DistilledClassifier, GANOverSampler, compare, plot_history, plot_rows, report
from imbgan.comparison import STRATEGIES

mpl.use("Agg")

OUTPUT = Path("demo-output")
RARE, COMMON = "malignant", "benign"
COMPARED = ("none", "class_weight", "smote", "gan", "bagging", "gan_bagging")
METRICS = {
    "average_precision": "average\nprecision",
    "roc_auc": "ROC AUC",
    "mcc": "MCC",
    "g_mean": "G-mean",
    "brier": "Brier",
}

Pair = tuple[pd.DataFrame, pd.Series]


def rare_malignant(seed: int) -> Pair:
    """Return the ten mean measurements of the breast cancer table, in which 10 % of the rows are malignant."""
    X, codes = load_breast_cancer(return_X_y=True, as_frame=True)
    X = X[[name for name in X if name.startswith("mean ")]]
    y = codes.map({0: RARE, 1: COMMON}).rename("diagnosis")
    n_rare = round(0.1 / 0.9 * int((y == COMMON).sum()))
    kept = y[y == RARE].sample(n_rare, random_state=seed).index.union(y[y == COMMON].index)
    return X.loc[kept].reset_index(drop=True), y[kept].reset_index(drop=True)


def balance(console: Console, X: pd.DataFrame, y: pd.Series) -> None:
    """Balance the table, and write it and two pictures: how training went, and where the generated rows lie."""
    sampler = GANOverSampler(random_state=0, verbose=True)
    X_balanced, y_balanced = sampler.fit_resample(X, y)
    balanced = X_balanced.assign(diagnosis=y_balanced, synthetic=sampler.synthetic_mask_)
    balanced.to_csv(OUTPUT / "balanced.csv", index=False)
    for plot, name in ((plot_history, "training.png"), (plot_rows, "map.png")):
        figure = Figure(figsize=(7, 5), layout="constrained")
        plot(sampler, ax=figure.subplots())
        figure.savefig(OUTPUT / name, dpi=150)
    console.print(f"Balanced: {y_balanced.value_counts().to_dict()}.")


def judge(X: pd.DataFrame, y: pd.Series) -> Comparison:
    """Compare the strategies with a linear learner and a tree that people can read."""
    estimators = {
        "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
        "decision tree": DecisionTreeClassifier(random_state=0),
    }
    return compare(
        X,
        y,
        estimator=estimators,
        strategies=list(COMPARED),
        metrics=list(METRICS),
        cv=(5, 2),
        random_state=0,
        n_jobs=-1,
        verbose=True,
    )


def show(console: Console, found: Comparison) -> None:
    """Print the mean of every figure, one line per strategy."""
    cv = found.settings["cv"]
    table = Table(title=f"Means over {cv['n_splits'] * cv['n_repeats']} test folds, the same for all")
    table.add_column("trained on")
    for title in METRICS.values():
        table.add_column(title, justify="right")
    rows = {(row["estimator"], row["strategy"]): row for row in found.table()}
    for estimator in found.settings["estimators"]:
        table.add_section()
        table.add_row(f"[italic]{estimator}[/italic]")
        for strategy in COMPARED:
            row = rows[estimator, strategy]
            style = "bold" if strategy.startswith("gan") else ""
            figures = (f"{row[metric]:.3f}" for metric in METRICS)
            table.add_row(f"  {STRATEGIES[strategy].title}", *figures, style=style)
    console.print(table)
    console.print(
        "MCC and G-mean: at the threshold that is best for each on held-out rows, for every strategy alike.\n"
        "Brier: of probabilities corrected to the natural class shares; lower is better.\n"
    )


def conclude(console: Console, found: Comparison) -> None:
    """Print what to do with each learner; a gain that is beyond luck comes last."""
    control = found.verdict.control
    for choice in sorted(found.verdict.choices, key=lambda choice: choice.strategy != control):
        advice, best = (STRATEGIES[name].title for name in (choice.strategy, choice.best))
        interval = f"95 % interval {choice.gain_low:+.2f} to {choice.gain_high:+.2f}"
        if choice.strategy == control:
            console.print(
                f"With {choice.estimator}: leave the table as it is (average precision {choice.score:.3f}). The best "
                f"other way, {best}, gains {choice.gain:+.3f} ({interval}), which may be luck."
            )
        else:
            console.print(
                f"With {choice.estimator}: use {advice}. Average precision {choice.score:.3f} instead of "
                f"{choice.control_score:.3f} ({choice.gain:+.2f}, {interval}).",
                style="bold green",
            )


def teach(console: Console, X: pd.DataFrame, y: pd.Series) -> None:
    """Teach a tree that a person reads what a mixture of four learners knows, and print it with its figures."""
    scores: dict[str, list[tuple[float, float]]] = {}
    for train, test in StratifiedKFold(3, shuffle=True, random_state=0).split(X, y):
        alone = DecisionTreeClassifier(max_leaf_nodes=8, random_state=0).fit(X.iloc[train], y.iloc[train])
        taught = DistilledClassifier(max_leaf_nodes=8, n_jobs=2, random_state=0).fit(X.iloc[train], y.iloc[train])
        models = {"the tree alone": alone, "the tree, taught": taught, "its teacher, four models": taught.teacher_}
        for title, model in models.items():
            is_rare, p = y.iloc[test] == RARE, model.predict_proba(X.iloc[test])[:, 1]
            scores.setdefault(title, []).append((average_precision_score(is_rare, p), roc_auc_score(is_rare, p)))
        rules = taught.judged_rules(X.iloc[test], y.iloc[test])
    table = Table(title="A tree of at most 8 leaves: means over 3 test folds")
    for head, justify in (("", "left"), ("average precision", "right"), ("ROC AUC", "right")):
        table.add_column(head, justify=justify)
    for title, pairs in scores.items():
        means = [sum(each) / len(each) for each in zip(*pairs, strict=True)]
        table.add_row(title, *(f"{mean:.3f}" for mean in means), style="bold" if "taught" in title else "")
    console.print(table)
    console.print(f"\n{rules}\n", markup=False)


def main() -> None:
    """Run the demo."""
    console = Console(highlight=False)
    began = time.perf_counter()
    OUTPUT.mkdir(exist_ok=True)
    X, y = rare_malignant(seed=0)
    counts = y.value_counts()
    console.print(
        f"Wisconsin breast cancer: {len(X)} rows, {X.shape[1]} columns; "
        f"{counts[RARE]} {RARE} ({counts[RARE] / len(X):.0%})."
    )
    balance(console, X, y)
    found = judge(X, y)
    show(console, found)
    conclude(console, found)
    teach(console, X, y)
    page = report(found, OUTPUT / "report.html", overwrite=True)
    console.print(
        f"Wrote balanced.csv, training.png, map.png and the report {page} in {time.perf_counter() - began:.0f} s. "
        "Open the report in a browser."
    )


if __name__ == "__main__":
    main()

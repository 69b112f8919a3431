"""What the benchmarks found, drawn from their kept results."""

from pathlib import Path

import matplotlib.pyplot as plt

from benchmarks.images.records import Results as ImageResults
from benchmarks.images.records import read as read_images
from benchmarks.images.sections import GROUPS
from benchmarks.quality.analysis import compare
from benchmarks.quality.records import Results, grouped, read
from docs.pictures.style import CONTEXT, OTHER, OURS, save

RESULTS = Path(__file__).parent.parent.parent / "benchmarks" / "quality" / "results"
LEARNERS = {
    "mlp": "small neural network",
    "decision_tree": "decision tree",
    "k_neighbors": "nearest neighbors",
    "logistic_regression": "logistic regression",
    "lightgbm": "LightGBM",
    "random_forest": "random forest",
}
ARMS = {
    "gan_bagging": ("bags, half with GAN rows", "o", OURS),
    "bags": ("bags of real rows", "s", OTHER),
    "gan": ("GAN rows to balance", "x", OURS),
    "smote": ("SMOTE rows to balance", "+", OTHER),
}


IMAGE_ARMS = {
    "class_weights": "class weights",
    "smote": "SMOTE",
    "copies": "changed copies",
    "gan_fill": "rare classes filled with GAN images",
    "gan_share": "a quarter of GAN images",
    "augmentation_logit_adjustment": "augmentation, logit adjustment",
}
IMAGE_LEARNERS = {
    "lightgbm_components": ("LightGBM", "o", OURS),
    "network": ("convolutional network", "D", OTHER),
}
SOURCES = {
    "local_gaussian": "local-Gaussian rows",
    "smote": "SMOTE rows",
    "gan": "GAN rows",
    "independent": "independent columns",
}


def validation() -> Results:
    """Return the lines of the main group on the half of the tables that nothing was tuned on."""
    return grouped(read(RESULTS))["validation", "main"]


def by_learner() -> None:
    """Draw what four ways of training gain, learner by learner."""
    results = validation()
    known = {learner for _, learner in results.pairs("none")}
    names = [each for each in LEARNERS if each in known]
    figure, axis = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
    for method, (label, marker, color) in ARMS.items():
        gains = []
        for learner in names:
            found = compare(results, method, "none", "average_precision", [learner])
            gains.append(float("nan") if found is None else found.mean)
        axis.plot(gains, range(len(names)), marker, color=color, ms=7, label=label)
    axis.axvline(0, color=CONTEXT, lw=0.8)
    axis.set(title="Gain over the table as it is, validation half", xlabel="difference in average precision")
    axis.set_yticks(range(len(names)), [LEARNERS[each] for each in names])
    axis.invert_yaxis()
    axis.legend(frameon=False)
    save(figure, "findings-learners")


def strongest_attack(source: str) -> float:
    """Return the mean AUC of the strongest attack on rows of a source, from the page of results."""
    page = (RESULTS.parent / "RESULTS.md").read_text(encoding="utf-8")
    lines = page[page.index("| rows of |") :].splitlines()
    row = next(line for line in lines if line.startswith(f"| {source} |"))
    return float(dict(zip(lines[0].split("|"), row.split("|"), strict=True))[" strongest "])


def attacks() -> None:
    """Draw the strongest attack on generated rows, source by source, as the audit of seven tables found it."""
    sources = {name: strongest_attack(source) for source, name in SOURCES.items()}
    figure, axis = plt.subplots(figsize=(6.0, 2.2), layout="constrained")
    colors = [OURS if name.startswith("GAN") else OTHER for name in sources]
    bars = axis.barh(list(sources), list(sources.values()), color=colors)
    axis.bar_label(bars, fmt="%.3f", padding=3)
    axis.axvline(0.5, color=CONTEXT, lw=0.8)
    axis.set(title="The strongest attack, mean over seven tables", xlabel="ROC AUC (.5 is a guess)", xlim=(0.4, 1.05))
    axis.invert_yaxis()
    save(figure, "findings-attacks")


def public_scores() -> dict[str, dict[str, float]]:
    """Return the average precision of each method on the fourteen public data sets, from the page of results."""
    page = (RESULTS.parent.parent / "public" / "RESULTS.md").read_text(encoding="utf-8")
    lines = page[page.index("**Average precision, by data set**") :].splitlines()[2:]
    methods = [cell.strip() for cell in lines[0].strip("|").split("|")[1:]]
    found = {}
    for line in lines[2:]:
        if not line.startswith("|"):
            break
        name, *scores = (cell.strip(" *") for cell in line.strip("|").split("|"))
        found[name] = dict(zip(methods, map(float, scores), strict=True))
    return found


def on_public_sets() -> None:
    """Draw how far two methods are ahead of Self-paced Ensemble on each public data set."""
    scores = public_scores()
    styles = {
        "gan bagging": ("bags with GAN rows", "o", OURS),
        "mixture": ("average of untouched learners", "D", OTHER),
    }
    names = sorted(scores, key=lambda name: scores[name]["mixture"] - scores[name]["self paced ensemble"])
    figure, axis = plt.subplots(figsize=(6.4, 4.0), layout="constrained")
    for method, (label, marker, color) in styles.items():
        ahead = [scores[name][method] - scores[name]["self paced ensemble"] for name in names]
        axis.plot(ahead, range(len(names)), marker, color=color, label=label)
    axis.axvline(0, color=CONTEXT, lw=0.8)
    axis.set(title="Ahead of Self-paced Ensemble", xlabel="difference in average precision")
    axis.set_yticks(range(len(names)), names)
    axis.legend(frameon=False, loc="lower right")
    save(figure, "findings-public", names=names)


def shares_of_true_images(learner: str) -> dict[str, float]:
    """Return the share of the gain of true images that each kind of help brings a learner, on Fashion-MNIST."""
    results = ImageResults(read_images(RESULTS.parent.parent / "images" / "results"))
    names = GROUPS["Fashion-MNIST, ratio 100"]
    shares = {arm: results.share(names, learner, arm, "truth_fill", "macro") for arm in IMAGE_ARMS}
    return {arm: share for arm, share in shares.items() if share is not None}


def on_images() -> None:
    """Draw which share of the gain of true images each kind of help brings, learner by learner."""
    figure, axis = plt.subplots(figsize=(6.4, 3.0), layout="constrained")
    arms = list(IMAGE_ARMS)
    for learner, (label, marker, color) in IMAGE_LEARNERS.items():
        shares = shares_of_true_images(learner)
        axis.plot(
            [100 * share for share in shares.values()],
            [arms.index(arm) for arm in shares],
            marker,
            color=color,
            label=label,
        )
    axis.axvline(0, color=CONTEXT, lw=0.8)
    axis.set(
        title="Fashion-MNIST, 1,000 to 10 images per class", xlabel="% of what true images would bring", xlim=(-5, 100)
    )
    axis.set_yticks(range(len(arms)), IMAGE_ARMS.values())
    axis.invert_yaxis()
    axis.legend(frameon=False, loc="upper right")
    save(figure, "findings-images")


PICTURES = (by_learner, attacks, on_public_sets, on_images)

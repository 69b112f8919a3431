"""The model card: what a classifier predicts, on what it was trained, what to expect, and when not to use it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imbgan._text import aligned, cut, printable, shown
from imbgan.comparison.metrics import METRICS
from imbgan.deployment.figures import Figure
from imbgan.deployment.tree import first_rules, rules_in_card
from imbgan.strategies import STRATEGIES
from imbgan.tabular.labels import label_text

if TYPE_CHECKING:
    from imbgan.deployment.classifier import DeployableClassifier

# Markdown gives these a meaning, and names of columns and labels are text from outside.
_SPECIAL = str.maketrans({char: f"\\{char}" for char in r"\`*_{}[]<>()#+-!|~&"})
_SOURCES = {
    "cross-fitting": "cross-fitting, while it was trained",
    "comparison": "the comparison that chose the strategy",
}


def write_card(model: "DeployableClassifier", document: Mapping[str, Any]) -> str:
    """Return the card in Markdown."""
    sections = [
        f"# A classifier of {_target(model)}",
        "\n".join(_prediction(model)),
        "\n".join(["## What it was trained on", "", *_training(model, document)]),
        "\n".join(["## What to expect", "", *_expectation(model)]),
        *(["\n".join(["## Its rules", "", *rules_in_card(model, _safe_sentence)])] if model.rules_ else []),
        "\n".join(["## When not to use it", "", *_limits(model)]),
        "\n".join(["## How to use it", "", *_use(model)]),
    ]
    return "\n\n".join(sections) + "\n"


def summary(model: "DeployableClassifier") -> str:
    """Return what the classifier is, what to expect of it, and the first of its rules, as lines of plain text."""
    name = model.estimator if isinstance(model.estimator, str) else type(model.estimator).__name__
    lines = [f"{shown(model.strategy_)} with {shown(name)}; decision: {_decision(model, shown)}"]
    lines += [model.verdict_] if model.verdict_ else []
    if not model.expected_:
        lines.append("Nothing is known about new rows: a class has too few rows to hold some out.")
        return "\n".join([*lines, *_rules(model)])
    if model.sampled_counts_ is not None:
        learned = ", ".join(f"{n:,} of {shown(label_text(label))}" for label, n in _sampled(model)[:8])
        lines.append(
            f"It learned from a sample ({learned}) of {model.training_.n_rows:,} rows; probabilities, threshold and "
            "figures hold at the class shares of all rows."
        )
    rows = [("expected on new rows", "mean", "95 % interval")]
    for figure in model.expected_:
        of = "" if figure.label is None else f" (class {shown(figure.label)})"
        interval = "" if figure.low is None else f"{_number(figure.low)} to {_number(figure.high)}"
        source = ", from the comparison" if figure.source == "comparison" else ""
        rows.append((f"{figure.title}{of}{source}", _number(figure.mean), interval))
    return "\n".join([*lines, aligned(rows), *_rules(model)])


def _rules(model: "DeployableClassifier") -> list[str]:
    return ["", first_rules(model), ""] if model.rules_ else []


def _safe(text: object) -> str:
    """Return text from outside without any meaning in Markdown."""
    return cut(printable(text).replace("\n", " "), 80).translate(_SPECIAL)


def _target(model: "DeployableClassifier") -> str:
    return "rare classes" if model.origin_ is None else _safe(model.origin_.target)


def _prediction(model: "DeployableClassifier") -> Iterator[str]:
    classes = ", ".join(_safe(label_text(label)) for label in model.classes_[:20])
    more = ", ..." if len(model.classes_) > 20 else ""
    yield f"For each row of a table it predicts one of {len(model.classes_)} classes ({classes}{more}), and the"
    yield "probability of each class at the class shares of the training table."
    yield ""
    name = model.estimator if isinstance(model.estimator, str) else type(model.estimator).__name__
    yield f"- Estimator: {_safe(name)}"
    summary = f", {STRATEGIES[model.strategy_].summary}" if model.strategy_ in STRATEGIES else ""
    yield f"- Strategy: {_safe(model.strategy_)}{summary}"
    yield f"- Decision: {_decision(model, _safe)}"
    if model.verdict_:
        yield f"- Why: {_safe_sentence(model.verdict_)}"


def _sampled(model: "DeployableClassifier") -> list[tuple[object, int]]:
    counts = [] if model.sampled_counts_ is None else model.sampled_counts_.tolist()
    return list(zip(model.classes_.tolist(), counts, strict=True))


def _safe_sentence(text: str) -> str:
    return printable(text).replace("\n", " ").translate(_SPECIAL)


def _decision(model: "DeployableClassifier", safe: Callable[[object], str]) -> str:
    rule = "the class with the least expected cost" if model.costs_ is not None else "the most probable class"
    if model.threshold_ is None or model.rare_code_ is None:
        return rule
    label = safe(label_text(model.classes_[model.rare_code_]))
    aim = (
        "the costs of wrong decisions"
        if model.costs_ is not None
        else "the number of alerts"
        if model.alerts is not None
        else METRICS[str(model.metric)].title
    )
    return f"{label} from a probability of {model.threshold_:.4g}, which was tuned for {aim}"


def _training(model: "DeployableClassifier", document: Mapping[str, Any]) -> Iterator[str]:
    training, origin = model.training_, model.origin_
    if origin is not None and origin.file:
        yield f"- File: {_safe(origin.file)}" + (f" (SHA-256 {origin.sha256})" if origin.sha256 else "")
    weights = ", with weights" if training.has_weights else ""
    yield f"- {training.n_rows:,} rows{weights}, {training.n_columns} columns; fingerprint {training.fingerprint}"
    counts = sorted(training.class_counts.items(), key=lambda item: -item[1])
    for label, n in counts[:20]:
        yield f"- Class {_safe(label)}: {n:,} rows ({100 * n / training.n_rows:.2f} %)"
    if model.sampled_counts_ is not None:
        learned = [f"{n:,} of {_safe(label_text(label))}" for label, n in _sampled(model)[:20]]
        yield f"- It learned from a sample of these rows ({', '.join(learned)}). Probabilities are corrected to the"
        yield "  class shares of all rows."
    yield f"- On {document['created'][:10]}, with " + ", ".join(
        f"{package} {version}" for package, version in document["versions"].items()
    )


def _expectation(model: "DeployableClassifier") -> Iterator[str]:
    if not model.expected_:
        yield "Nothing is known: a class had too few rows to hold some of them out."
        return
    for source in dict.fromkeys(figure.source for figure in model.expected_):
        figures = [figure for figure in model.expected_ if figure.source == source]
        yield f"On rows that were held out, by {_SOURCES.get(source, _safe(source))}:"
        yield ""
        if source == "cross-fitting" and model.sampled_counts_ is not None:
            yield "Each held-out row counts as many times as there are rows of its class in the table for each one in"
            yield "the sample, so that the figures hold at the class shares of the table."
            yield ""
        yield from _table(figures)
        yield ""
    yield "The interval holds the true mean in about 95 of 100 cases, if new rows come from where these rows came from."
    if model.verdict_:
        yield "The strategy was chosen on the same rows, so the figures are somewhat too high."


def _table(figures: Sequence[Figure]) -> Iterator[str]:
    yield "| figure | mean | 95 % interval |"
    yield "| :-- | --: | :-- |"
    for figure in figures:
        of = "" if figure.label is None else f" (class {_safe(figure.label)})"
        interval = "" if figure.low is None else f"{_number(figure.low)} to {_number(figure.high)}"
        yield f"| {figure.title}{of} | {_number(figure.mean)} | {interval} |"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3f}"


def _limits(model: "DeployableClassifier") -> Iterator[str]:
    yield "- Where classes have other shares than in training: probabilities and threshold hold for those shares."
    yield "- For rows that differ from the training rows: later years, other places, other ways of measuring."
    yield "- As the only ground of a decision about a person: no fairness between groups was looked at."
    rarest = min(model.training_.class_counts.items(), key=lambda item: item[1])
    if rarest[1] < 100:
        yield f"- Where much depends on a figure: there were only {rarest[1]} rows of class {_safe(rarest[0])}."
    yield "- Keep the folder as safe as the table: it holds the levels of its categories, and some estimators (nearest"
    yield "  neighbors) hold training rows."


def _use(model: "DeployableClassifier") -> Iterator[str]:
    yield "    imbgan predict THIS_FOLDER new.csv -o scores.parquet"
    yield ""
    yield "or in Python `imbgan.DeployableClassifier.load(folder).predict_proba(table)`. Nothing in the folder is"
    yield "executed; even so, load only folders from people whom you trust. It needs these columns, in any order:"
    yield ""
    for column in model.columns_.columns[:200]:
        yield f"- {_safe(column.name)}: {column.what}"
    if len(model.columns_.columns) > 200:
        yield f"- and {len(model.columns_.columns) - 200} more, which `classifier.json` lists"

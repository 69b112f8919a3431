"""``RESULTS.md``: every number from the JSON lines; the sentences that interpret them from ``notes/*.md``."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from benchmarks.audit import document as audit
from benchmarks.quality import distillation, figures, oracle
from benchmarks.quality.analysis import (
    CLASS_WEIGHT,
    ENOUGH,
    NONE,
    Ranking,
    best_of_smote_family,
    compare,
    complete_methods,
    rank,
)
from benchmarks.quality.claims import judge
from benchmarks.quality.markdown import METRICS, Row, claim_row, markdown, p_value, signed
from benchmarks.quality.records import LEARNERS, MAIN, Case, Line, Results, grouped, read
from benchmarks.quality.rows import BESIDE, beside, case_rows, evidence_rows, losses, mean_or_gain, means_table, ordered

# Methods of the tables that have a column for each: ours and what they should be seen beside.
CHIEF = (NONE, CLASS_WEIGHT, "smote", "local_gaussian", "bags", "gan", "gan_bagging", "auto")
COMPARED = ("gan", "gan_bagging", "auto")
HALVES = ("validation", "development")
NOTES = Path(__file__).parent / "notes"
#: Ablations that are told by tables of their own; all others by means over what their arms share.
REPORTS = {distillation.GROUP: distillation.report, oracle.GROUP: oracle.report}

Sections = dict[str, tuple[str, Callable[[], list[str]]]]


def write(results_dir: Path, target: Path, notes: Path = NOTES) -> None:
    """Write the document, and its figures into ``figures/`` beside it.

    Parameters
    ----------
    results_dir : Path
        Holds the JSON lines.
    target : Path
        The Markdown file.
    notes : Path
        A file ``<section>.md`` in it stands, as it is, at the head of its section.

    Raises
    ------
    ValueError
        No lines, broken lines, or a note of no section.
    """
    lines = read(results_dir)
    if not lines:
        raise ValueError(f"{results_dir} must hold the lines of a run (*.jsonl). Run `make bench-quality` first.")
    document = Document(lines)
    words = {file.stem: file.read_text(encoding="utf-8").strip() for file in sorted(notes.glob("*.md"))}
    sections = document.sections(name.removeprefix("ablation-") for name in words if name.startswith("ablation-"))
    unknown = sorted(set(words) - set(sections))
    if unknown:
        raise ValueError(f"Notes must be named after a section: {', '.join(sections)}. Got {', '.join(unknown)}.")
    shutil.rmtree(target.parent / "figures", ignore_errors=True)
    (target.parent / "figures").mkdir(parents=True)
    for name, svg in document.figures().items():
        (target.parent / "figures" / f"{name}.svg").write_text(svg + "\n", encoding="utf-8")
    text = ["# Quality: does it help, and where does it not", ""]
    text += ["<!-- Written by `python -m benchmarks.quality write` from results/*.jsonl and notes/*.md. -->", ""]
    for name, (title, make) in sections.items():
        body = make()
        if body or name in words:
            text += [f"## {title}", "", *([words[name], ""] if name in words else []), *body]
    target.write_text("\n".join(text).rstrip() + "\n", encoding="utf-8")


class Document:
    """The sections of the document.

    Parameters
    ----------
    lines : sequence of mapping
    """

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.groups = grouped(lines)
        self.main = {half: self.groups[half, MAIN] for half in HALVES if (half, MAIN) in self.groups}
        # Where a method cannot be applied, its user has no more than doing nothing.
        self.filled = {half: results.with_fallback(NONE) for half, results in self.main.items()}
        self.complete = {half: complete_methods(results) for half, results in self.filled.items()}

    def sections(self, more_groups: Iterable[str] = ()) -> Sections:
        """Return titles and makers of the sections, by the name that a note of theirs has.

        ``more_groups`` are those of ablations that have a note, and perhaps no lines.
        """
        sections: Sections = {
            "summary": ("Summary", lambda: []),
            "runs": ("How it was run", self._runs),
            "claims": ("Targets", self._claims),
        }
        for half in HALVES:
            sections[half] = (f"The {half} half", lambda half=half: self._headline(half))
        sections["kinds"] = ("Thinned, natural and native", self._kinds)
        sections["learners"] = ("Learner by learner", self._learners)
        sections["statistics"] = ("How sure", self._statistics)
        for group in sorted({group for _, group in self.groups if group != MAIN} | set(more_groups)):
            title = f"Ablation: {group.replace('_', ' ')}"
            sections[f"ablation-{group}"] = (title, lambda group=group: self._ablation(group))
        sections["audit"] = ("What generated rows give away", audit.report)
        sections["tables"] = ("Table by table", self._tables)
        sections["losing"] = ("Where ours lose", self._losing)
        sections["failures"] = ("What did not run", self._failures)
        return sections

    def figures(self) -> dict[str, str]:
        """Return the figures by name, as SVG."""
        found: dict[str, str] = {}
        for half, results in self.main.items():
            ranking = rank(self.filled[half], self.complete[half], "average_precision")
            if ranking is not None:
                title = f"Average precision, {half} half"
                found[f"critical_difference_{half}"] = figures.critical_difference(ranking, title)
            for table in results.tables:
                found[f"table_{table}"] = figures.dot_plot(results, table, ordered(results.methods))
        return found | audit.figures()

    def _runs(self) -> list[str]:
        versions = Counter((name, value) for line in self.lines for name, value in line["versions"].items())
        shown = ", ".join(f"{name} {value}" for name, value in sorted(versions))
        rows: list[Row] = []
        for (half, group), results in self.groups.items():
            done = [line for line in results.lines if line["status"] == "ok"]
            hours = sum(_all_seconds(line) for line in done) / 3600.0
            folds = Counter(case for case, _ in {(_case(line), line["fold"]) for line in done}).values()
            span = " to ".join(str(n) for n in sorted({min(folds, default=0), max(folds, default=0)}))
            rows.append(
                [
                    *(half, group, str(len(results.tables)), str(len(results.cases)), span),
                    *(str(len(results.methods)), f"{len(done):,}", f"{hours:.1f}"),
                ]
            )
        header = ["half", "group", "tables", "cases", "folds a case", "methods", "runs", "hours of computing"]
        return [*markdown(header, rows, n_text=2), f"Versions: {shown}.", ""]

    def _claims(self) -> list[str]:
        parts: list[str] = []
        for half, results in self.main.items():
            outcomes = judge(results)
            run = [outcome for outcome in outcomes if outcome.reached is not None]
            n_reached = sum(bool(outcome.reached) for outcome in run)
            parts += [f"### On the {half} half: {n_reached} of {len(run)} reached", ""]
            header = ["ours", "against", "what", "on", "target", "measured", "pairs", "reached"]
            parts += markdown(header, [claim_row(outcome) for outcome in outcomes], n_text=4)
        return parts

    def _headline(self, half: str) -> list[str]:
        if half not in self.main:
            return []
        results, methods = self.filled[half], self.complete[half]
        pairs = results.aligned(methods, "average_precision")[0] if methods else []
        parts: list[str] = []
        if pairs:
            cases = len({case for case, _ in pairs})
            parts += [
                f"Means over the {len(pairs):,} pairs of case and learner ({cases} cases) that these methods share. "
                "Where one of them cannot be applied (a learner that takes no weights, a sampler of two classes), it "
                "counts as doing nothing. The gain is that in average precision over doing nothing.",
                "",
                *means_table(results, methods),
            ]
        ranking = rank(results, methods, "average_precision")
        if ranking is not None:
            parts += [
                f"![Critical-difference diagram](figures/critical_difference_{half}.svg)",
                "",
                _friedman(ranking),
                "",
            ]
        own = self.main[half]
        rest = [method for method in ordered(own.methods) if method not in methods]
        rows = [row for method in rest for row in beside(own, method)]
        if rows:
            header = ["method", "with", "pairs", "average precision", *(f"{other} there" for other in BESIDE)]
            parts += [
                "Methods that were run on fewer pairs, or are classifiers themselves (compared with the mean over the "
                "learners, and with random forest). Each row is on the pairs and folds that the method has.",
                "",
                *markdown(header, rows, n_text=2),
            ]
        return parts

    def _kinds(self) -> list[str]:
        def parts(results: Results) -> dict[str, Results]:
            kinds = sorted({case.kind for case in results.cases}, key=_kind_order)
            return {kind: results.where(lambda case, kind=kind: case.kind == kind) for kind in kinds}

        return self._split("Cases by how many rare rows a classifier may learn from.", parts)

    def _split(self, words: str, split: Callable[[Results], dict[str, Results]]) -> list[str]:
        """Return a table for each half and metric: methods by parts of the cases."""
        text = [words + " Gains over doing nothing on the pairs that both have; the first row is doing nothing.", ""]
        for half, results in self.main.items():
            for metric in ("average_precision", "roc_auc"):
                parts = split(results)
                rows = [
                    [method, *(mean_or_gain(part, method, metric) for part in parts.values())]
                    for method in ordered(results.methods)
                    if not results.is_classifier(method)
                ]
                text += [f"**{METRICS[metric]}, {half} half**", "", *markdown(["method", *parts], rows)]
        return text if self.main else []

    def _learners(self) -> list[str]:
        text = ["Gains over doing nothing, learner by learner; the first row is doing nothing.", ""]
        for half, results in self.main.items():
            for metric in ("average_precision", "roc_auc", "log_loss"):
                rows = [
                    [method, *(mean_or_gain(results, method, metric, learner) for learner in LEARNERS)]
                    for method in ordered(results.methods)
                    if not results.is_classifier(method)
                ]
                header = ["method", *(name.replace("_", " ") for name in LEARNERS)]
                text += [f"**{METRICS[metric]}, {half} half**", "", *markdown(header, rows)]
        return text if self.main else []

    def _statistics(self) -> list[str]:
        header = ["against", "pairs", "tables", "mean gain", "95 % over tables", "ahead", "p", "p (Holm)"]
        header += ["p (Holm), by table", "worse / equal / better"]
        parts: list[str] = []
        for half, results in self.main.items():
            for ours in COMPARED:
                for metric in ("average_precision", "roc_auc", "log_loss"):
                    rows = evidence_rows(results, ours, metric)
                    if rows:
                        parts += [f"**{ours}, {METRICS[metric]}, {half} half**", "", *markdown(header, rows)]
        return parts

    def _ablation(self, group: str) -> list[str]:
        parts: list[str] = []
        for half in HALVES:
            results = self.groups.get((half, group))
            if results is None or not results.methods:
                continue
            first = results.methods[0]
            n_wanted = ENOUGH * len(results.pairs(first))
            arms = [arm for arm in results.methods if len(results.pairs(arm) & results.pairs(first)) >= n_wanted]
            n_pairs = len(results.aligned(arms, "average_precision")[0])
            parts += [f"**{half} half**, {len(results.cases)} cases, {n_pairs} pairs that these arms share", ""]
            if group in REPORTS:
                parts += REPORTS[group](results)
                continue
            parts += means_table(results, arms, first=first) if n_pairs else []
            rest = [compare(results, arm, first, "average_precision") for arm in results.methods if arm not in arms]
            rows = [[each.ours, str(len(each.pairs)), signed(each.mean), f"{each.ahead:.0%}"] for each in rest if each]
            if rows:
                header = ["on fewer pairs", "pairs", f"gain over {first}", "pairs ahead"]
                parts += markdown(header, rows)
        return parts

    def _tables(self) -> list[str]:
        parts: list[str] = []
        for half, results in self.filled.items():
            best = best_of_smote_family(self.main[half])
            columns = [method for method in self.complete[half] if method in (*CHIEF, best)]
            parts += [
                f"### {half.capitalize()}",
                "",
                "Average precision, mean over the learners; bold is the best of a row.",
                "",
                *markdown(["table", "case", *columns], case_rows(results, columns), n_text=2),
            ]
            for table in results.tables:
                parts += [f"![Average precision of each method on {table}](figures/table_{table}.svg)", ""]
        return parts

    def _losing(self) -> list[str]:
        parts: list[str] = []
        for half, results in self.main.items():
            best = best_of_smote_family(results)
            for ours in COMPARED:
                for other in dict.fromkeys(name for name in (NONE, CLASS_WEIGHT, best, "ctgan", "bags") if name):
                    parts += losses(results, ours, other, half)
        return parts

    def _failures(self) -> list[str]:
        missing: dict[tuple[str, ...], set[Case]] = {}
        for line in self.lines:
            if line["status"] != "ok":
                key = (line["half"], line["group"], line["method"], line["status"], " ".join(line["reason"].split()))
                missing.setdefault(key, set()).add(_case(line))
        rows = [
            [*key, "; ".join(f"{case.table}, {case.kind}" for case in sorted(cases, key=lambda case: case.order))]
            for key, cases in sorted(missing.items())
        ]
        return markdown(["half", "group", "method", "status", "reason", "cases"], rows, n_text=6) if rows else []


def _case(line: Line) -> Case:
    return Case(line["half"], line["table"], line["task"], line["rare"])


def _all_seconds(line: Line) -> float:
    learners = sum(scores.get("seconds") or 0.0 for scores in line["learners"].values())
    return learners + (line["sampler_seconds"] or 0.0)


def _kind_order(kind: str) -> tuple[int, int]:
    count = kind.removeprefix("thinned to ")
    return (0, int(count)) if count.isdigit() else (1, int(kind == "native"))


def _friedman(ranking: Ranking) -> str:
    return (
        f"All alike? Friedman's test in the form of Iman and Davenport: F = {ranking.f_statistic:.1f}, "
        f"p {p_value(ranking.p, '= ')}, over {len(ranking.methods)} methods and {ranking.n_pairs:,} pairs. "
        f"Nemenyi's critical difference at 5 % is {ranking.critical_difference:.2f} ranks; cases of one table are not "
        "independent, so it is rather too small."
    )

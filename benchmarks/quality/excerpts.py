"""Pictures and tables of the results in other pages; tables stand between ``<!-- name -->`` and ``<!-- /name -->``."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.quality import distillation
from benchmarks.quality.markdown import markdown, number, signed
from benchmarks.quality.picture import CHINESE, ENGLISH, gains
from benchmarks.quality.records import Results

METRICS = {"average_precision": "average precision", "roc_auc": "ROC AUC", "log_loss": "log-loss"}
METRICS_ZH = {"average_precision": "平均精度", "roc_auc": "ROC AUC", "log_loss": "对数损失"}
# What a reader of the README meets, in this order.
NAMES = {
    "none": "the table as it is",
    "class_weight": "class weights",
    "smote": "SMOTE",
    "local_gaussian": "local-Gaussian SMOTE",
    "gan": "**GANOverSampler**",
    "bags": "bags without generated rows",
    "local_gaussian_bagging": "the same bags with local-Gaussian rows",
    "gan_bagging": "**GANBaggingClassifier**",
}
NAMES_ZH = {
    "none": "原始表",
    "class_weight": "类别权重",
    "smote": "SMOTE",
    "local_gaussian": "局部高斯 SMOTE",
    "gan": "**GANOverSampler**",
    "bags": "不含生成样本的装袋",
    "local_gaussian_bagging": "同样的装袋，局部高斯样本",
    "gan_bagging": "**GANBaggingClassifier**",
}


def means(
    results: Results, names: Mapping[str, str], header: Sequence[str], metrics: Mapping[str, str] = METRICS
) -> list[str]:
    """Return the means of some methods over the pairs that all of them share; the first is what gains are over."""
    methods = [method for method in names if method in results.methods]
    columns = {metric: results.aligned(methods, metric)[1] for metric in metrics}
    precision = columns["average_precision"]
    rows: list[list[str]] = []
    for i, method in enumerate(methods):
        gains = precision[:, i] - precision[:, 0]
        ahead = ["", ""] if i == 0 else [signed(float(gains.mean())), f"{(gains > 0).mean():.0%}"]
        rows.append([names[method], *(number(float(values[:, i].mean())) for values in columns.values()), *ahead])
    return markdown([header[0], *metrics.values(), *header[1:]], rows)


def fill(page: Path, name: str, lines: Sequence[str]) -> None:
    """Replace what stands between the two marks ``name`` of a page.

    Raises
    ------
    ValueError
        A page without the marks.
    """
    text = page.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{page} must hold the marks <!-- {name} --> and <!-- /{name} -->.")
    body = "\n".join(lines).strip()
    page.write_text(pattern.sub(lambda found: f"{found[1]}{body}\n{found[2]}", text), encoding="utf-8")


def fill_all(root: Path, groups: Mapping[tuple[str, str], Results]) -> None:
    """Fill the pages of a checkout from the groups of :func:`benchmarks.quality.records.grouped`."""
    validation = groups.get(("validation", "main"))
    if validation is not None:
        shared = validation.with_fallback("none")
        n_pairs = len(shared.aligned([m for m in NAMES if m in shared.methods], "average_precision")[0])
        table = means(shared, NAMES, ("trained on", "gain", "ahead in"))
        words = f"{len(shared.tables)} data sets that nothing was tuned on, {n_pairs} pairs of case and learner:"
        fill(root / "README.md", "quality", [words, "", *table])
        table = means(shared, NAMES_ZH, ("训练方式", "增益", "领先比例"), METRICS_ZH)
        words = f"{len(shared.tables)} 个未用于调参的数据集，{n_pairs} 个（情形，学习器）组合："
        fill(root / "README.zh-CN.md", "quality", [words, "", *table])
        images = root / "docs" / "images"
        images.mkdir(parents=True, exist_ok=True)
        for name, names, captions in (("gains.svg", NAMES, ENGLISH), ("gains.zh-CN.svg", NAMES_ZH, CHINESE)):
            (images / name).write_text(gains(shared, names, captions) + "\n", encoding="utf-8")
    taught = groups.get(("validation", distillation.GROUP))
    if taught is not None and (taught := distillation.shared(taught)).tables:
        words = f"{len(taught.tables)} data sets that nothing was tuned on, most with 50 rare rows among 2,050:"
        fill(root / "README.md", "taught", [words, "", *distillation.readme_rows(taught)])
    hybrids = groups.get(("development", "hybrids"))
    if hybrids is not None:
        table = means(hybrids, {method: method for method in hybrids.methods}, ("arm", "gain", "ahead in"))
        fill(root / "docs" / "how-to" / "hybrids.md", "hybrids", table)

"""The words of the pictures in Chinese, for the pages in Chinese."""

import re
from collections.abc import Collection

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text

WORDS = {
    # thresholds and measures
    "threshold": "阈值",
    "table as it is": "原始表",
    "class weights": "类别权重",
    "half of them surely": "确定地找到一半",
    "all of them roughly": "大致地找到全部",
    "ROC curve and its area": "ROC 曲线及其面积",
    "share of common rows called rare": "被误判为少数类的多数类样本的份额",
    "share of rare rows found": "找到的少数类样本的份额（召回率）",
    "Precision and recall; average precision": "精确率与召回率；平均精度",
    "share of alarms that are right": "正确的警报的份额（精确率）",
    # what the benchmarks found
    "small neural network": "小型神经网络",
    "decision tree": "决策树",
    "nearest neighbors": "近邻",
    "logistic regression": "逻辑回归",
    "random forest": "随机森林",
    "bags, half with GAN rows": "装袋，一半含 GAN 样本",
    "bags of real rows": "真实样本的装袋",
    "GAN rows to balance": "用 GAN 样本平衡",
    "SMOTE rows to balance": "用 SMOTE 样本平衡",
    "Gain over the table as it is, validation half": "比原始表高多少（验证部分）",
    "difference in average precision": "平均精度之差",
    "local-Gaussian rows": "局部高斯样本",
    "SMOTE rows": "SMOTE 样本",
    "GAN rows": "GAN 样本",
    "independent columns": "各列独立抽取",
    "The strongest attack, mean over seven tables": "最强的攻击（七张表的平均）",
    "ROC AUC (.5 is a guess)": "ROC AUC（0.5 为随机猜测）",
    "bags with GAN rows": "含 GAN 样本的装袋",
    "average of untouched learners": "未作处理的学习器的平均",
    "Ahead of Self-paced Ensemble": "比 Self-paced Ensemble 高多少",
    "changed copies": "改变的副本",
    "rare classes filled with GAN images": "用 GAN 图像填满少数类",
    "a quarter of GAN images": "四分之一的 GAN 图像",
    "augmentation, logit adjustment": "数据增强、logit 调整",
    "convolutional network": "卷积网络",
    "Fashion-MNIST, 1,000 to 10 images per class": "Fashion-MNIST，每类 1,000 到 10 幅图像",
    "% of what true images would bring": "占真实图像所带来增益的百分比",
    # losses
    "minimax: lower log(1 − D)": "极小极大：减小 log(1 − D)",
    "non-saturating: raise log D": "非饱和：增大 log D",
    "How strongly the generator is pushed": "生成器受到多强的推动",
    "logit of a generated row (left: surely generated)": "生成样本的 logit（左边：肯定是生成的）",
    "size of the gradient": "梯度的大小",
    "critic: Wasserstein distance": "评论器：Wasserstein 距离",
    "discriminator: 2 × Jensen-Shannon divergence": "判别器：2 × Jensen-Shannon 散度",
    "What the best opponent tells": "最好的对手给出什么",
    "distance between real and generated rows": "真实样本与生成样本之间的距离",
    "no penalty": "无惩罚",
    "R1 and R2": "R1 和 R2",
    "start": "起点",
    "solution": "解",
    "The smallest game": "最小的博弈",
    "generated row (the real one is at 0)": "生成样本（真实样本在 0 处）",
    "slope of the discriminator": "判别器的斜率",
    "losses of 2014": "2014 年的损失",
    "pairs": "成对",
    "step": "步",
    "coverage ratio": "覆盖比",
    "without penalty": "无惩罚",
    "with gradient penalty": "有梯度惩罚",
    "Loss of the critic": "评论器的损失",
    "Distance to real rows": "与真实样本的距离",
}
# Names that Chinese texts write in Latin letters too.
NAMES = frozenset({"LightGBM", "SMOTE", "G-mean", "MCC"})
_COLLAPSES = re.compile(r"(\d) of (\d) collapse")


def chinese(text: str, names: Collection[str] = ()) -> str:
    """Return the words of a picture in Chinese; figures and names stay. Words without a translation are a KeyError."""
    if text in WORDS:
        return WORDS[text]
    counted = _COLLAPSES.fullmatch(text)
    if counted:
        return f"{counted[2]} 次中坍塌 {counted[1]} 次"
    is_said = not re.search("[A-Za-z]", text) or re.search("[\u4e00-\u9fff]", text)
    if is_said or text in names or text in NAMES:
        return text
    for mark, chinese_mark in ((": ", "："), (", ", "，")):
        first, found, rest = text.rpartition(mark)
        if found:
            return f"{chinese(first, names)}{chinese_mark}{chinese(rest, names)}"
    raise KeyError(f"docs/pictures/chinese.py must name {text!r} in Chinese")


def translate(figure: Figure, families: list[str], names: Collection[str] = ()) -> None:
    """Put all words of a figure into Chinese, in the given families of fonts."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            _translate_ticks(axis, names)
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if text.get_text().strip():
            text.set_text(chinese(text.get_text(), names))
            text.set_fontfamily(families)


def _translate_ticks(axis: Axis, names: Collection[str]) -> None:
    """Translate labels that are words: they come from a list, and would come back from it."""
    labels = [label.get_text() for label in axis.get_ticklabels()]
    if any(re.search("[A-Za-z]", label) for label in labels):
        axis.set_ticks(axis.get_ticklocs(), [chinese(label, names) for label in labels])

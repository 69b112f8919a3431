"""The words of the page on what generated rows give away, in both languages."""

from imbgan.audit.views import NOTES

_NAMES = {
    "gan": ("GAN", "GAN"),
    "smote": ("SMOTE", "SMOTE"),
    "local_gaussian": ("local-Gaussian rows", "局部高斯样本"),
    "bootstrap": ("copies", "复制"),
    "image_gan": ("GAN images", "GAN 图像"),
    "copies": ("changed copies", "随机变化的复制"),
    "independent": ("independent columns", "各列独立"),
}
_ATTACKS = {
    "nearest": (("Nearest row", "distance to the nearest generated row."), ("最近样本", "到最近生成样本的距离。")),
    "nearest_five": (
        ("Nearest five", "mean distance to the five nearest generated rows."),
        ("最近五个样本", "到最近五个生成样本的平均距离。"),
    ),
    "nearest_relative": (
        ("Relative distance", "distance to the nearest generated row, relative to the nearest common row."),
        ("相对距离", "到最近生成样本的距离，相对于到最近多数类样本的距离。"),
    ),
    "density_ratio": (
        ("Density ratio", "density of generated rows, relative to the density of other rare rows."),
        ("密度比", "生成样本的密度，相对于其他少数类样本的密度。"),
    ),
    "equal_cells": (
        ("Equal cells", "largest share of cells that one generated row has as well."),
        ("相同单元格", "与某一生成样本相同的单元格的最大比例。"),
    ),
    "columns": (
        ("Columns", "density of generated values near each cell, up to the nearest value of other rare rows."),
        ("逐列", "每个单元格附近生成值的密度，范围到其他少数类样本的最近值。"),
    ),
    "columns_five": (
        ("Columns, wide", "the same, up to the fifth nearest value."),
        ("逐列，较宽", "同上，范围到第五近的值。"),
    ),
    "equal_texts": (
        ("Equal texts", "columns of text whose text stands in a generated row, word for word."),
        ("相同文本", "文本列中，其文本逐字出现在某一生成样本中。"),
    ),
    "nearest_text": (
        ("Nearest text", "distance to the nearest text of a generated row, whatever its other cells are."),
        ("最近文本", "到生成样本中最近文本的距离，不论其他单元格。"),
    ),
    "inference": (
        ("Attribute inference", "error of hidden cells that are guessed from the most similar generated row."),
        ("属性推断", "由最相似的生成样本猜测隐藏单元格的误差。"),
    ),
    "shadow": (
        ("Shadow generators", "nearest distance, relative to that of generators that had not learned the row."),
        ("影子生成器", "最近距离，相对于未学习过该样本的生成器。"),
    ),
    "trained": (
        ("Trained attack", "classifiers that learned all of these from the other runs."),
        ("训练的攻击", "从其他轮次学习上述全部特征的分类器。"),
    ),
    "confidence": (
        ("Confidence", "how sure a classifier is of the true label."),
        ("置信度", "分类器对真实标签的确信程度。"),
    ),
    "shadow_confidence": (
        ("Shadow classifiers", "the same, relative to classifiers that had not learned the row."),
        ("影子分类器", "同上，相对于未学习过该样本的分类器。"),
    ),
}
_RATES = {
    "near_copy": (
        ("Near copies", "a generated row lies nearer than nearly all other rare rows are to one another."),
        ("近似复制", "某一生成样本比几乎所有其他少数类样本之间的距离都近。"),
    ),
    "rebuilt": (
        ("Rebuilt rows", "lines of generated rows meet there, as those of interpolated rows do."),
        ("重建的样本", "生成样本所在的直线在此相交，插值样本就是如此。"),
    ),
    "guessed": (
        ("Guessed cells", "hidden cells that the most similar generated row tells."),
        ("猜中的单元格", "由最相似的生成样本得知的隐藏单元格。"),
    ),
    "copied_text": (
        ("Copied texts", "the text of the row stands in a generated row, word for word."),
        ("复制的文本", "该样本的文本逐字出现在某一生成样本中。"),
    ),
}
_TEXTS = {
    "kind.audit": ("What generated rows give away", "生成样本泄露了什么"),
    "section.leaks": ("Sources", "来源"),
    "section.attacks": ("Attacks", "攻击"),
    "section.rates": ("Copied, rebuilt and guessed", "复制、重建与猜测"),
    "section.limits": ("What was not measured", "未测量的内容"),
    "audit.sentence": (
        "The strongest of these attacks tells learned rows of class {label} from unseen ones (AUC): {figures}.",
        "这些攻击中最强的一种区分类别 {label} 中学习过与未见过的样本，AUC 为：{figures}。",
    ),
    "audit.figure": ("{source} {auc}", "{source} {auc}"),
    "audit.why": (
        "An AUC of .500 is a guess; 1.000 names every learned row. Measured with these attacks; others may find more.",
        "AUC 为 .500 相当于猜测，1.000 则指出每一个学习过的样本。以上用这些攻击测得，其他攻击可能发现更多。",
    ),
    "audit.copies": (
        "Rows of {source} hold real texts: for {learned} of the learned rows, the text stands in a generated row, word "
        "for word ({unseen} of unseen rows). Who has these rows has these texts.",
        "{source} 的样本含有真实文本：{learned} 的学习过样本，其文本逐字出现在某一生成样本中（未见样本 {unseen}）。"
        "拿到这些样本，就拿到了这些文本。",
    ),
    "audit.fact.runs": ("runs", "轮次"),
    "audit.fact.learned": ("rare rows learned per run", "每轮学习的少数类样本"),
    "audit.fact.unseen": ("rare rows unseen per run", "每轮未见的少数类样本"),
    "audit.fact.common": ("other rows", "其他样本"),
    "audit.fact.generated": ("generated rows per source", "每个来源的生成样本"),
    "audit.leaks.intro": (
        "In each run a random part of the rare class was learned from, and attacks said of every rare row whether it "
        "was. Dots are means over runs of the strongest attack, with 95 % intervals; crosses are the worst single run. "
        "The highest of several figures is a little too high by chance.",
        "每轮随机学习少数类的一部分，再由攻击判断每个少数类样本是否学习过。"
        "圆点为最强攻击各轮的均值及 95 % 区间，叉号为最差的一轮。多个数字中的最大值会因偶然略微偏高。",
    ),
    "audit.axis": ("AUC of the strongest attack", "最强攻击的 AUC"),
    "audit.head.source": ("source", "来源"),
    "audit.head.attack": ("strongest attack", "最强攻击"),
    "audit.head.auc": ("AUC", "AUC"),
    "audit.head.worst": ("worst run", "最差一轮"),
    "audit.head.tpr": ("named at 1 % false alarms", "误报率 1 % 时指出"),
    "audit.head.outlying": ("AUC, outlying rows", "离群样本的 AUC"),
    "audit.head.typical": ("AUC, other rows", "其余样本的 AUC"),
    "audit.outlying": (
        "Outlying rows are the {n} of {n_rare} rare rows that lie farthest from their class.",
        "离群样本是 {n_rare} 个少数类样本中离本类最远的 {n} 个。",
    ),
    "audit.attacks.intro": ("Mean AUC of each attack over runs.", "每种攻击各轮 AUC 的均值。"),
    "audit.attack": ("attack", "攻击"),
    "audit.rates.intro": (
        "Shares of learned rows, and in small type the same of unseen rows. What is as frequent among unseen rows is "
        "no consequence of having been learned from.",
        "学习过的样本中的比例，小字为未见样本中的比例。在未见样本中同样常见的，不是学习的后果。",
    ),
    "audit.rate": ("measure", "指标"),
    "audit.unseen": ("{share} of unseen", "未见样本 {share}"),
    "audit.limit.guarantee": (
        "An attack that finds nothing proves nothing about other attacks. None of these figures is a guarantee.",
        "一种攻击没有发现，并不说明其他攻击也发现不了。这些数字都不是保证。",
    ),
    "audit.limit.networks": (
        "Networks that are handed over themselves were not attacked, nor rows generated on request without end.",
        "没有攻击直接交出的网络，也没有攻击可无限生成的样本。",
    ),
    "audit.limit.attacker": (
        "The attacker knows all rare rows, the other classes, and generators that learned known parts of the class: "
        "more than an outsider has.",
        "攻击者知道全部少数类样本、其他类别，以及学习过已知部分的生成器，比外人知道得更多。",
    ),
    "audit.limit.encoders": (
        "An encoder that learned words of the texts was not attacked: who has it has these words.",
        "没有攻击从文本中学习了词语的编码器：拿到它，就拿到了这些词语。",
    ),
    "audit.limit.identifiers": (
        "Columns that identify persons or rows were not compared.",
        "没有比较标识个人或行的列。",
    ),
}
#: What is said instead where rows are images.
_OF_IMAGES = {
    "kind.audit": ("What generated images give away", "生成图像泄露了什么"),
    "section.rates": ("Near copies and rebuilt images", "近似复制与重建的图像"),
    "audit.source.independent": ("independent pixels", "各像素独立"),
    "audit.sentence": (
        "The strongest of these attacks tells learned images of class {label} from unseen ones (AUC): {figures}.",
        "这些攻击中最强的一种区分类别 {label} 中学习过与未见过的图像，AUC 为：{figures}。",
    ),
    "audit.why": (
        "An AUC of .500 is a guess; 1.000 names every learned image. Measured with these attacks; others may find "
        "more.",
        "AUC 为 .500 相当于猜测，1.000 则指出每一张学习过的图像。以上用这些攻击测得，其他攻击可能发现更多。",
    ),
    "audit.fact.learned": ("rare images learned per run", "每轮学习的少数类图像"),
    "audit.fact.unseen": ("rare images unseen per run", "每轮未见的少数类图像"),
    "audit.fact.common": ("other images", "其他图像"),
    "audit.fact.generated": ("generated images per source", "每个来源的生成图像"),
    "audit.leaks.intro": (
        "In each run a random part of the rare class was learned from, and attacks said of every rare image whether it "
        "was. Dots are means over runs of the strongest attack, with 95 % intervals; crosses are the worst single run. "
        "The highest of several figures is a little too high by chance.",
        "每轮随机学习少数类的一部分，再由攻击判断每张少数类图像是否学习过。"
        "圆点为最强攻击各轮的均值及 95 % 区间，叉号为最差的一轮。多个数字中的最大值会因偶然略微偏高。",
    ),
    "audit.head.outlying": ("AUC, outlying images", "离群图像的 AUC"),
    "audit.head.typical": ("AUC, other images", "其余图像的 AUC"),
    "audit.outlying": (
        "Outlying images are the {n} of {n_rare} rare images that lie farthest from their class.",
        "离群图像是 {n_rare} 张少数类图像中离本类最远的 {n} 张。",
    ),
    "audit.rates.intro": (
        "Shares of learned images, and in small type the same of unseen ones. What is as frequent among unseen images "
        "is no consequence of having been learned from.",
        "学习过的图像中的比例，小字为未见图像中的比例。在未见图像中同样常见的，不是学习的后果。",
    ),
    "audit.limit.networks": (
        "Networks that are handed over themselves were not attacked, nor images generated on request without end.",
        "没有攻击直接交出的网络，也没有攻击可无限生成的图像。",
    ),
    "audit.limit.attacker": (
        "The attacker knows all rare images, the other classes, and generators that learned known parts of the class: "
        "more than an outsider has.",
        "攻击者知道全部少数类图像、其他类别，以及学习过已知部分的生成器，比外人知道得更多。",
    ),
}
_CHINESE_NOTES = {
    "images": "样本是图像。攻击用像素的 {n} 个主成分比较图像，主成分相当于单元格。",
    "image features": "样本是图像。攻击用由给定特征得来的 {n} 个数比较图像。",
    "texts": "{columns} 中的文本逐字比较，并按向量（{encoder}）比较。",
    "text vectors": ("样本只有文本。来源交出其向量（{encoder}），攻击用 {n} 个主成分比较；交出文本的来源还逐字比较。"),
    "no text": "{source} 不交出文本。对它的攻击比较了其他列。",
    "cut rare": "{n} 个少数类样本中随机使用了 {used} 个。",
    "cut common": "{n} 个其他样本中随机使用了 {used} 个。",
    "few unseen": "每轮只有 {n} 个未见样本，1 % 的误报不足一个样本：该比例是无误报时的比例，较粗略。",
    "few learned": "每轮只学习 {n} 个样本，单轮的数字较粗略，请看区间。",
    "no lines": "没有由直线重建样本，这需要两列几乎没有缺失值的测量值。",
    "warned": "{n_runs} 轮中有 {n} 轮，{source} 对自己生成的样本质量发出警告。",
}


def _words(place: int) -> dict[str, str]:
    words = {key: pair[place] for key, pair in _TEXTS.items()}
    words |= {f"audit.source.{name}": pair[place] for name, pair in _NAMES.items()}
    words |= {f"{key}.images": pair[place] for key, pair in _OF_IMAGES.items()}
    for kind, items in (("attack", _ATTACKS), ("rate", _RATES)):
        for name, pair in items.items():
            words[f"audit.{kind}.{name}"], words[f"audit.{kind}.{name}.meaning"] = pair[place]
    return words | {f"audit.note.{name}": (NOTES, _CHINESE_NOTES)[place][name] for name in NOTES}


ENGLISH = _words(0)
CHINESE = _words(1)

"""The words of the section on texts, in both languages."""

_TEXTS = {
    "section.words": ("What the words say", "词语说明了什么"),
    "words.intro": (
        "For this section alone, a logistic regression on words (TF-IDF), beside the other columns, was fitted once on "
        "{n} rows. It tells class {label} from all others. The scores above come from folds, and from classifiers that "
        "can read texts in another way: as words and characters, or as sentence vectors. Words and coefficients below "
        "are of the linear model on words alone.",
        "仅为展示，用 {n} 个样本拟合了一次逻辑回归，特征是词的 TF-IDF 和其他列；它把类别 {label} 与其他类别分开。"
        "上文的得分来自各折，其分类器可能以其他方式读取文本：词和字符，或句子向量。下面的词语和系数只来自这个词的线性模型。",
    ),
    "words.cause": (
        "A greater coefficient weighs more; words that occur together share it. A word says what texts of a class have "
        "in common, not why. Words whose texts chance may have spread so unevenly are left out.",
        "系数越大，作用越大；一起出现的词分担系数。词语说明一类文本的共同之处，不说明原因。分布可能出于偶然的词不列出。",
    ),
    "words.private": (
        "This page shows texts of the table. If they are private, leave them out before you pass it on (--no-texts, "
        "without_texts()).",
        "本页显示表中的文本。如果文本涉及隐私，传给他人之前请去掉它们（--no-texts、without_texts()）。",
    ),
    "words.rare.words": ("Words and pairs for class {label}", "支持类别 {label} 的词和词对"),
    "words.others.words": ("Words and pairs for the other classes", "支持其他类别的词和词对"),
    "words.rare.characters": ("Runs of characters for class {label}", "支持类别 {label} 的字串"),
    "words.others.characters": ("Runs of characters for the other classes", "支持其他类别的字串"),
    "words.term.words": ("Word or pair", "词或词对"),
    "words.term.characters": ("Characters", "字串"),
    "words.coefficient": ("Coefficient", "系数"),
    "words.in rare": ("Texts of the class", "该类文本数"),
    "words.in others": ("Other texts", "其他文本数"),
    "words.none": ("No word stands here more often than chance explains.", "没有词在这里出现得比偶然更多。"),
    "words.texts.rare": ("Texts of class {label}", "类别 {label} 的文本"),
    "words.texts.rare.order": (
        "First those that look most like the class, then those that look least like it.",
        "先是最像该类的文本，然后是最不像该类的文本。",
    ),
    "words.texts.others": ("Texts of other classes that look most like it", "其他类别中最像它的文本"),
    "words.probability": (
        "Before each text stands the probability of the class. The classifier has learned these texts as well, so that "
        "it is too sure of them.",
        "每个文本之前是该类的概率。分类器学习过这些文本，因此过于自信。",
    ),
    "words.legend.rare": ("listed for the class", "支持该类的词语"),
    "words.legend.others": ("listed for the others", "支持其他类别的词语"),
}
#: Patterns of the English names of encoders behind a column, and their Chinese words.
ENCODERS = (
    (r"(?:^| by )TF-IDF of words and pairs of words(?=, |$)", "：词和词对的 TF-IDF"),
    (r"(?:^| by )TF-IDF of words and characters(?=, |$)", "：词和字符的 TF-IDF"),
    (r"(?:^| by )TF-IDF of characters(?=, |$)", "：字符的 TF-IDF"),
    (r"(?:^| by )(\d+) singular vectors of TF-IDF(?=, |$)", r"：\1 个 TF-IDF 奇异向量"),
    (r"(?:^| by )the pretrained encoder (?=\S)", "：预训练编码器 "),
    (r"(?:^| by )your encoder (?=\S)", "：自定义编码器 "),
)


ENGLISH = {key: english for key, (english, _) in _TEXTS.items()}
CHINESE = {key: chinese for key, (_, chinese) in _TEXTS.items()}

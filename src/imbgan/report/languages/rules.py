"""The words of the page of a tree's rules, in both languages; those of a rule are in ``imbgan.rules.words``."""

_TEXTS = {
    "kind.rules": ("The rules of a tree", "决策树的规则"),
    "section.rules": ("Rules", "规则"),
    "rules.sentence": (
        "{n} rules say how probable it is that {outcome}: from {low} to {high}.",
        "{n} 条规则给出 {outcome} 的概率：{low} 至 {high}。",
    ),
    "rules.sentence.one": (
        "The tree does not divide the rows: the probability that {outcome} is {high} for all of them.",
        "这棵树没有划分样本：对全部样本，{outcome} 的概率都是 {high}。",
    ),
    "rules.taught": (
        "Other models taught this tree: on held-out rows their average precision is {teacher}, and that of the tree "
        "without them {own}.",
        "这棵树由教师模型蒸馏而来：留出样本上教师的平均精度为 {teacher}，未经蒸馏的树为 {own}。",
    ),
    "rules.untaught": (
        "This tree keeps its own fit, which is better on held-out rows than the models that should teach it: average "
        "precision {own} instead of {teacher}.",
        "这棵树保留了自己的拟合，因为留出样本上它优于教师模型：平均精度为 {own}，教师为 {teacher}。",
    ),
    "rules.taught.unmeasured": (
        "Other models taught this tree; there were too few rows to measure whether it is better for it.",
        "这棵树由教师模型蒸馏而来；样本太少，无法衡量蒸馏是否使它更好。",
    ),
    "rules.oob": (
        "For rows that it did not learn from, the average precision of the tree is {score}, and its log-odds follow "
        "{agreement} of the variance of the teacher's.",
        "对未参与学习的样本，这棵树的平均精度为 {score}，其对数几率解释了教师对数几率方差的 {agreement}。",
    ),
    "rules.oob.high": (
        "These figures are somewhat too high, since the teacher has seen all rows.",
        "教师见过全部样本，因此这两个数字略微偏高。",
    ),
    "rules.fact.rules": ("rules", "规则数"),
    "rules.fact.rows": ("rows of the table", "表中样本数"),
    "rules.fact.held_out": ("held-out rows", "留出样本数"),
    "rules.fact.columns": ("columns in the rules", "规则用到的列"),
    "rules.fact.of": ("{n} of {all}", "{all} 列中的 {n} 列"),
    "rules.note.learned": (
        "The counts are those of the table that the tree learned from, and overstate how often a rule is right. Count "
        "held-out rows (judged_rules, judge_rules) before you rely on a rule.",
        "样本数来自这棵树学习所用的表，会高估规则的准确程度。依赖某条规则之前，请先用留出样本检验（judged_rules、judge_rules）。",
    ),
    "rules.note.held_out": (
        "The shares of held-out rows tell how often a rule is right. Below them stand intervals of 95 %: where few "
        "rows meet a rule, they are wide.",
        "留出样本中的比例说明规则有多准确，其下为 95 % 区间；满足规则的样本少时，区间很宽。",
    ),
    "rules.note.cause": (
        "A rule says what occurs together in the table, not what causes what.",
        "规则说明表中哪些情况同时出现，不说明因果。",
    ),
    "rules.intro": (
        "Every row meets exactly one rule. Its probability is the tree's, at the class shares of the table; where "
        "other models taught the tree, it differs from the share among the counted rows.",
        "每个样本恰好满足一条规则。概率由树给出，对应表中的类别比例；若树由教师模型蒸馏而来，它与所计样本中的比例有所不同。",
    ),
}


ENGLISH = {key: english for key, (english, _) in _TEXTS.items()}
CHINESE = {key: chinese for key, (_, chinese) in _TEXTS.items()}

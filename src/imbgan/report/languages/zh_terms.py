"""The Chinese words for what other rooms say in English: notes, names of strategies, metrics, measures and findings."""

from collections.abc import Mapping

_NOTES = {
    "costs of control": "每 1,000 个样本，{estimator}配“{control}”的决策成本为 {cost}",
    "costs of strategy": "每 1,000 个样本，{estimator}配“{strategy}”的决策成本为 {cost}，配“{control}”为 {before}",
    "costs, saved": "；不用分类器时最省的规则是把所有样本都预测为 {label}，成本为 {rule}，多花 {saved}。",
    "costs, lost": "；把所有样本都预测为 {label} 的成本为 {rule}，因此在这样的成本下，分类器没有带来好处。",
    "other keeps": "{estimator}（{metric} {score}）：“{control}”；没有策略的显著增益超过 {margin}。",
    "other uses": "{estimator}（{metric} {score}）：用“{strategy}”；“{control}”为 {control_score}。",
    "threshold": "对“{control}”，仅调整阈值就使{metric}从 {default} 升到 {tuned}",
    "threshold, untuned": "；不调阈值时，最好的策略达到 {untuned}（{strategy}）",
    "threshold, no more": "；两者并用时，没有策略的增益超过 {margin}",
    "threshold, more": "；两者并用时，最好的策略还有增益（{best}：{gain}",
    "threshold, unsure": "；两者并用时，没有策略有显著的增益（{best}：{gain}",
    "interval": "，95 % 区间 {low} 至 {high}",
    "close": "）",
    "end": "。",
    "luck": (
        "“{strategy}”是在这些样本上 {n_strategies} 个策略中最好的：众多策略中的最好者看起来总比实际更好，"
        "因此在其他样本上的增益会略小一些。"
    ),
    "few rows": (
        "每个测试折约有 {n_rows} 个类别 {label} 的样本：样本这么少，策略之间的差异大多是噪声。"
        "收集更多这一类的样本，比尝试更多策略更有用。"
    ),
    "not judged": "无法评价{estimator}：“{control}”没有得分（{reason}）。",
    "failed": "“{strategy}”失败：{reason}。",
    "failed with": "“{strategy}”在{estimators}上失败：{reason}。",
    "not applicable": "“{strategy}”不适用：{reason}。",
    "not applicable with": "“{strategy}”对{estimators}不适用：{reason}。",
    "no reason": "没有给出原因",
    "not run": "没有运行",
    "no rows": "没有一个测试折同时含有该类和其他类的样本",
    "auto chose": (
        "“{strategy}”按其他折为每一折作出选择：{counts}。它选择比“什么都不做”好一个标准误以上的策略；"
        "而本结论要求增益显著且有实际意义，因此两者可能不同。"
    ),
    "settled": (
        "比较提前结束：用时 {seconds}，完成 {n_folds} 折中的 {n} 折。即使运行全部折，结论不变的概率至少为 95 %。"
    ),
    "spent": "时间预算 {budget} 已用完，完成 {n_folds} 折中的 {n} 折。时间越多，区间越窄。",
    "interrupted": "比较被中断：用时 {seconds}，完成 {n_folds} 折中的 {n} 折；这是目前的结论。",
    "replayed": "本次比较重新运行了先前一次比较的折：{n_folds} 折中的 {n} 折。",
    "texts alone": "文本在每个训练部分之内编码{columns}。生成的行是向量，不是句子。",
    "texts": "文本在每个训练部分之内编码：{columns}。生成的行是向量，不是句子。",
    "same model": "{strategies}：用 {estimators} 时与“{control}”是同一个模型，只列出一次。",
    "no time": "{strategies}：时间预算不够，没有比较。请增加预算或进程数。",
    "fewer folds": ("比“{control}”运行的折少：{counts}。它们的增益是在双方共有的折上的差；不同折的均值不能比较。"),
    "warned": "“{strategy}”在 {n_folds} 折中的 {n} 折发出警告：{text}（{kind}）。",
}
_STRATEGIES = {
    "none": "原始表",
    "class_weight": "类别权重",
    "random_over": "随机过采样",
    "random_under": "随机欠采样",
    "smote": "SMOTE",
    "borderline_smote": "边界 SMOTE",
    "adasyn": "ADASYN",
    "smote_tomek": "SMOTE，再删 Tomek 对",
    "smote_enn": "SMOTE，再用 ENN",
    "local_gaussian": "局部高斯 SMOTE",
    "gan": "GAN 样本至平衡",
    "gan_0.1": "GAN 样本至 10 %",
    "gan_0.3": "GAN 样本至 30 %",
    "gan_tomek": "GAN 样本，再删 Tomek 对",
    "gan_weighted": "加权的 GAN 样本",
    "bagging": "真实样本装袋",
    "gan_bagging": "含 GAN 样本的装袋",
    "mixture": "多种学习器的混合",
    "gan_mixture": "混合，并含 GAN 装袋",
    "distilled": "由混合模型蒸馏",
    "auto": "自动选择",
    "words": "词的线性模型",
    "texts": "词与句子向量的平均",
    "changed_words": "改词的文本副本",
}
_ESTIMATORS = {
    "logistic_regression": "逻辑回归",
    "hist_gradient_boosting": "梯度提升",
    "random_forest": "随机森林",
    "decision_tree": "决策树",
    "readable_tree": "至多 32 个叶的决策树",
    "k_neighbors": "近邻分类器",
    "mlp": "神经网络",
    "small_mlp": "小型神经网络",
    "lightgbm": "LightGBM",
    "xgboost": "XGBoost",
    "catboost": "CatBoost",
}
_METRICS = {
    "average_precision": ("平均精度", "少数类样本排得有多靠前；1 为完美，随机猜测等于该类的比例。"),
    "log_loss": ("对数损失", "概率的误差；越低越好。"),
    "brier": ("布里尔分数", "概率的均方误差；越低越好。"),
    "roc_auc": ("ROC AUC", "少数类样本排在其他样本之前的概率；随机猜测为 0.5。"),
    "mcc": ("MCC", "在调好的阈值下，预测类别与真实类别的相关系数；随机猜测为 0。"),
    "g_mean": ("G-mean", "在调好的阈值下，两类各自识别率的几何平均。"),
    "f1": ("F1", "在调好的阈值下，精确率与召回率的调和平均。"),
    "balanced_accuracy": ("平衡准确率", "在调好的阈值下，两类各自识别率的平均。"),
    "recall_at_fpr": ("假正率 5 % 时的召回率", "少量误报时找到的少数类比例。"),
    "cost": ("每 1,000 个样本的成本", "按你给出的成本，错误决策的花费；越低越好。"),
    "recall_at_alerts": ("限定检查数时的召回率", "在能够检查的样本中找到的少数类比例。"),
    "precision_at_alerts": ("限定检查数时的精确率", "能够检查的样本中少数类所占的比例。"),
}
_MEASURES = {
    "energy_distance": ("能量距离", "生成样本离真实样本有多远。"),
    "energy_p_value": ("能量距离的显著性", "若两者来自同一分布，出现这样的距离的概率。"),
    "mmd": ("最大均值差异", "另一种距离，对形状更敏感。"),
    "mmd_p_value": ("最大均值差异的显著性", "若两者来自同一分布，出现这样的差异的概率。"),
    "density": ("密度", "生成样本在真实样本之间有多密集；约为 1 最理想。"),
    "coverage": ("覆盖率", "附近有生成样本的真实样本的比例。"),
    "nearest_distance": ("最近邻距离", "生成样本到最近的另一个生成样本的平均距离，除以真实样本之间的同一距离。"),
    "neighbor_share": ("近邻占比", "生成样本与同样多的真实样本放在一起时，5 个最近邻中生成样本所占的比例。"),
    "spread": ("离散程度", "生成样本之间的平均距离，除以真实样本之间的平均距离。"),
    "dependence_difference": ("关联差异", "两列之间关联的平均差异。"),
    "largest_dependence_difference": ("最大关联差异", "同上，取差异最大的一对列。"),
    "two_sample_auc": ("两样本 AUC", "分类器区分生成样本与真实样本的能力。"),
    "duplicate_rate": ("重复率", "与另一个生成样本相同的生成样本的比例。"),
    "copy_rate": ("复制率", "与某个真实样本相同的生成样本的比例。"),
    "near_copy_rate": ("近似复制率", "异常接近某个真实样本的生成样本的比例。"),
    "closeness": ("贴近程度", "生成样本成为某个真实样本最近邻的频率，与全新样本相比；全新样本为 1。"),
    "memorization": ("记忆程度", "生成样本是否比起留出样本更接近训练样本；0.5 表示没有。"),
    "membership_auc": ("成员推断 AUC", "简单攻击区分训练样本与留出样本的能力。"),
    "ks": ("柯尔莫哥洛夫-斯米尔诺夫统计量", "两条累积分布之间的最大差距。"),
    "total_variation": ("全变差距离", "需要改变取值的样本比例。"),
    "range_coverage": ("范围覆盖", "生成的值覆盖了多少真实范围。"),
    "out_of_range": ("超出范围", "超出真实范围的生成值的比例。"),
    "level_coverage": ("取值覆盖", "真实取值中有多少被生成。"),
    "new_levels": ("新取值", "真实样本中没有的生成值的比例。"),
    "missing_rate": ("缺失率", "缺失值比例之差。"),
}
_LONGER = "增加训练步数（max_iter）"
_KEEP_PRIVATE = "不要公开这些样本；减少训练步数（max_iter），或使用更多样本。"
_FINDINGS = {
    "IMB001": ("模式坍塌", "换一个 random_state 或增大 train_options 中的 gamma 重新训练，或减少生成样本。"),
    "IMB002": ("复制的样本", _KEEP_PRIVATE),
    "IMB003": ("关联被破坏", f"{_LONGER}；检查两列的类型是否正确。"),
    "IMB004": ("超出范围", "检查样本是如何生成的；删除这些值。"),
    "IMB005": ("分布偏移", f"{_LONGER}。"),
    "IMB006": ("可被区分", "比较用和不用这些样本训练的模型；它们仍可能有帮助。"),
    "IMB007": ("成员泄露风险", _KEEP_PRIVATE),
    "IMB008": ("缺失率不同", f"检查缺失值是否被删除或填补；{_LONGER}。"),
    "IMB009": ("样本太少", "只有严重的缺陷才会显现。比较用和不用这些样本训练的模型，或收集更多真实样本。"),
    "IMB010": ("取值丢失", f"{_LONGER}；合并少见的取值。"),
    "IMB011": ("含真实标识", "不要公开这些样本；重新生成，不保留标识列和文本列的真实值，或删除该列。"),
    "IMB012": ("过于贴近", "在公开这些样本之前，先用 imbgan 的审计测量它们泄露了什么。"),
    "IMB013": ("聚集", "不要用这些样本训练最近邻或核方法，或至多用与该类真实样本同样多的生成样本；改用线性分类器。"),
    "IMB014": ("偏离步长", "把这些列舍入到真实值的步长，或用 imbgan 的生成器和采样器重新生成，它们保持步长。"),
    "IMB015": ("重复样本过少", "关闭提前停止，训练更久；或按真实的比例手工加入重复的样本。"),
}

#: All of them by key.
TERMS: Mapping[str, str] = {
    **{f"note.{piece}": text for piece, text in _NOTES.items()},
    **{f"strategy.{name}": title for name, title in _STRATEGIES.items()},
    **{f"estimator.{name}": title for name, title in _ESTIMATORS.items()},
    **{f"metric.{name}": title for name, (title, _) in _METRICS.items()},
    **{f"metric.{name}.meaning": meaning for name, (_, meaning) in _METRICS.items()},
    **{f"measure.{name}": title for name, (title, _) in _MEASURES.items()},
    **{f"measure.{name}.meaning": meaning for name, (_, meaning) in _MEASURES.items()},
    **{f"finding.{code}": title for code, (title, _) in _FINDINGS.items()},
    **{f"finding.{code}.action": action for code, (_, action) in _FINDINGS.items()},
}
#: Patterns of details of training, which are written in English, and their Chinese words.
DETAILS = (
    (r"a callback requested it", "回调函数要求停止"),
    (r"the distance to real rows has levelled off by step (\d+)", "与真实样本的距离到第 {0} 步已不再下降"),
    (r"losses (.+) are not finite or too large", "损失 {0} 不是有限值或过大"),
    (r"class (.+): generated rows are not finite", "类别 {0}：生成样本不是有限值"),
    (r"class (.+): rows spread (\S+) times as far as real ones", "类别 {0}：样本的离散程度是真实样本的 {1} 倍"),
    (r"class (.+): rows cover (\S+) times as much as real ones", "类别 {0}：样本的覆盖率是真实样本的 {1} 倍"),
    (
        r"class (.+): memorization rate (\S+), where fresh rows give 0\.5 and copies 1",
        "类别 {0}：记忆程度 {1}；新样本为 0.5，复制样本为 1",
    ),
    (r"gamma (\S+), new random stream", "gamma {0}，新的随机流"),
)

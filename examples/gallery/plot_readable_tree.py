"""
The readable tree
=================

What ranks rare rows well is an average of different models, which nobody can read. ``DistilledClassifier`` lets that
average teach one small tree, on generated rows of all classes with its probabilities as labels.
"""

# %%
# Thirty malignant tumors among 250 benign ones; the others judge.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import average_precision_score
from sklearn.tree import DecisionTreeClassifier

from imbgan import DistilledClassifier

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X.columns = [name.replace(" ", "_") for name in X.columns]
y = y.map({0: "malignant", 1: "benign"})
order = np.random.default_rng(0).permutation(len(y))
malignant, benign = (order[y.iloc[order] == label] for label in ("malignant", "benign"))
learned, unseen = np.concatenate([malignant[:30], benign[:250]]), np.concatenate([malignant[30:], benign[250:]])

taught = DistilledClassifier(max_leaf_nodes=8, random_state=0).fit(X.iloc[learned], y.iloc[learned])
alone = DecisionTreeClassifier(max_leaf_nodes=8, random_state=0).fit(X.iloc[learned], y.iloc[learned])

# %%
# How near does one tree come to its teacher?
# -------------------------------------------


def score(model):
    probability = model.predict_proba(X.iloc[unseen])[:, list(model.classes_).index("malignant")]
    return average_precision_score(y.iloc[unseen] == "malignant", probability)


scores = {"tree alone": score(alone), "tree, taught": score(taught), "its teacher": score(taught.teacher_)}
figure, axis = plt.subplots(figsize=(5.5, 2.4), layout="constrained")
bars = axis.barh(list(scores), list(scores.values()), color=["#9aa3ad", "#b3123f", "#3b4252"])
axis.bar_label(bars, fmt="%.3f", padding=3)
axis.set(title="Eight leaves, alone and taught", xlabel="average precision on unseen rows", xlim=(0, 1.15))
axis.invert_yaxis()
plt.show()

# %%
# What it says
# ------------
#
# The rules come as sentences in the units of the columns, each with its share of malignant tumors among rows that
# nobody learned from.

print(taught.judged_rules(X.iloc[unseen], y.iloc[unseen]))

# %%
# The same for a database, and as a drawing or a program that needs no package (``as_svg``, ``as_python``):

print(taught.rules_.as_sql())

# %%
# .. admonition:: What to take away
#
#    If a person has to approve a classifier, teach a tree: it ranks far better than a tree that learns from few rare
#    rows itself, and it fits on one page.

"""
The readable tree
=================

What ranks rare rows well is an average of different models, which nobody can read. ``DistilledClassifier`` lets that
average teach one small tree, on generated rows of all classes with its probabilities as labels.
"""

# %%
# Thirty malignant tumors among 250 benign ones; the others judge. Three random splits show how far luck goes.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import average_precision_score
from sklearn.tree import DecisionTreeClassifier

from imbgan import DistilledClassifier

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X.columns = [name.replace(" ", "_") for name in X.columns]
y = y.map({0: "malignant", 1: "benign"})


def split(seed):
    order = np.random.default_rng(seed).permutation(len(y))
    malignant, benign = (order[y.iloc[order] == label] for label in ("malignant", "benign"))
    learned, unseen = np.concatenate([malignant[:30], benign[:250]]), np.concatenate([malignant[30:], benign[250:]])
    return X.iloc[learned], X.iloc[unseen], y.iloc[learned], y.iloc[unseen]


# %%
# How near does one tree come to its teacher?
# -------------------------------------------
#
# All trees have at most eight leaves. One of them learns with class weights, the usual remedy for few rare rows.


def score(model):
    probability = model.predict_proba(X_unseen)[:, list(model.classes_).index("malignant")]
    return average_precision_score(y_unseen == "malignant", probability)


scores = {"tree alone": [], "tree with class weights": [], "tree, taught": [], "its teacher": []}
for seed in (2, 1, 0):
    X_learned, X_unseen, y_learned, y_unseen = split(seed)
    for name, weight in (("tree alone", None), ("tree with class weights", "balanced")):
        alone = DecisionTreeClassifier(max_leaf_nodes=8, class_weight=weight, random_state=0)
        scores[name].append(score(alone.fit(X_learned, y_learned)))
    taught = DistilledClassifier(max_leaf_nodes=8, random_state=0).fit(X_learned, y_learned)
    scores["tree, taught"].append(score(taught))
    scores["its teacher"].append(score(taught.teacher_))

figure, axis = plt.subplots(figsize=(6, 2.6), layout="constrained")
for place, (name, found) in enumerate(scores.items()):
    axis.plot(found, [place] * len(found), "o", color="#b3123f" if "taught" in name else "#3b4252", alpha=0.7)
axis.set_yticks(range(len(scores)), list(scores))
axis.set(title="Eight leaves, alone and taught: one dot per split", xlabel="average precision on unseen rows")
axis.set_ylim(len(scores) - 0.5, -0.5)
plt.show()

# %%
# What it says
# ------------
#
# The rules come as sentences in the units of the columns. The probability of each holds for the table, where malignant
# tumors are rare; the share of malignant tumors among rows that nobody learned from stands beside it. It is larger,
# because these rows hold all other malignant tumors.

print(taught.judged_rules(X_unseen, y_unseen))

# %%
# The same for a database, and as a drawing or a program that needs no package (``as_svg``, ``as_python``):

print(taught.rules_.as_sql("malignant"))

# %%
# .. admonition:: What to take away
#
#    If a person has to approve a classifier, teach a tree: it ranks far better than a tree that learns from few rare
#    rows itself, and it fits on one page.

"""
When not to use it
==================

Many rare rows, a strong classifier, a measure that ranks: then the table is best left as it is. This example shows
such a table, and what the verdict says about it.
"""

# %%
# 6,000 rows, a tenth of them rare. Gradient boosting needs no help with 600 rare rows.

import matplotlib.pyplot as plt
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import brier_score_loss
from sklearn.model_selection import train_test_split

from imbgan import GANOverSampler, compare

X, y = make_classification(
    6000, n_features=12, n_informative=8, n_clusters_per_class=3, weights=[0.9], class_sep=1.0, random_state=3
)
learner = HistGradientBoostingClassifier(random_state=0)
verdict = compare(
    X, y, estimator=learner, strategies=["class_weight", "smote", "gan"], cv=3, tune_threshold=False, random_state=0
)
print(verdict)

# %%
# What full balance does to probabilities
# ---------------------------------------
#
# A classifier that has seen as many rare rows as common ones takes everybody for a risk. The dots show, for groups of
# test rows with similar predictions, how many of them were rare: on the line, a probability of .3 means 30 of 100.

X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
X_balanced, y_balanced = GANOverSampler(random_state=0).fit_resample(X_train, y_train)
figure, axis = plt.subplots(figsize=(4.6, 4), layout="constrained")
axis.plot([0, 1], [0, 1], color="#9aa3ad", lw=0.8)
for name, rows, labels, style in (
    ("the table as it is", X_train, y_train, "o-"),
    ("balanced with GAN rows", X_balanced, y_balanced, "s--"),
):
    probability = learner.fit(rows, labels).predict_proba(X_test)[:, 1]
    groups = [(probability >= low) & (probability < low + 0.2) for low in (0, 0.2, 0.4, 0.6, 0.8)]
    groups = [group for group in groups if group.sum() >= 10]
    axis.plot(
        [probability[group].mean() for group in groups], [y_test[group].mean() for group in groups], style, label=name
    )
    print(f"{name}: Brier score {brier_score_loss(y_test, probability):.3f} (lower is better)")
axis.set(title="Are probabilities what they say?", xlabel="predicted probability", ylabel="share of rare rows")
axis.legend(frameon=False)
plt.show()

# %%
# .. admonition:: What to take away
#
#    Leave the table as it is when there are hundreds of rare rows, when the classifier is strong, or when its
#    probabilities will be used. Move the threshold instead.

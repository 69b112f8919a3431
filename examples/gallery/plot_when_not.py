"""
A table where doing nothing wins
================================

For many tables, the best thing to do about a rare class is nothing. This example makes such a table, lets the verdict
say so, and shows what balancing it would have cost.
"""

# %%
# 6,000 rows, of which an eighth are rare. Both classes are normally distributed, so that no classifier ranks rows
# better than a linear one, and there are enough rare rows to fit it.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss
from sklearn.model_selection import train_test_split

from imbgan import GANOverSampler, compare

rng = np.random.default_rng(0)
y = (rng.random(6000) < 0.12).astype(int)
X = rng.normal(size=(6000, 8)) + np.outer(y, [1, 0.8, 0.6, 0.5, 0.3, 0, 0, 0])
learner = LogisticRegression()
strategies = ["class_weight", "smote", "gan", "gan_bagging"]
verdict = compare(X, y, estimator=learner, strategies=strategies, cv=5, tune_threshold=False, random_state=0)
table = pd.DataFrame(verdict.table()).set_index("strategy")
print(verdict.verdict.sentence, table[["average_precision", "gain", "gain_low", "gain_high"]].round(3), sep="\n\n")

# %%
# What each strategy would bring
# ------------------------------
#
# Gains over the table as it is, with their intervals. In the gray band, a difference is too small to matter.

rows = [row for row in verdict.table() if row["strategy"] != "none"][::-1]
figure, axis = plt.subplots(figsize=(6, 2.6), layout="constrained")
axis.axvspan(-0.01, 0.01, color="#e8ebef")
axis.axvline(0, color="#5b6570", lw=0.8)
for place, row in enumerate(rows):
    axis.plot([row["gain_low"], row["gain_high"]], [place] * 2, color="#3b4252")
    axis.plot(row["gain"], place, "o", color="#3b4252")
axis.set_yticks(range(len(rows)), [row["strategy"] for row in rows])
axis.set(title="Nothing to gain on this table", xlabel="gain in average precision", xlim=(-0.04, 0.04))
axis.margins(y=0.1)
plt.show()

# %%
# What full balance costs
# -----------------------
#
# A classifier that has seen as many rare rows as common ones takes everybody for a risk. Each dot stands for a fifth of
# the scale of predictions: on the line, a probability of .3 means that 30 of 100 rows are rare.

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5, stratify=y, random_state=0)
X_balanced, y_balanced = GANOverSampler(random_state=0).fit_resample(X_train, y_train)
figure, axis = plt.subplots(figsize=(4.6, 4), layout="constrained")
axis.plot([0, 1], [0, 1], color="#9aa3ad", lw=0.8)
for name, rows, labels, style in (
    ("the table as it is", X_train, y_train, "o-"),
    ("balanced with GAN rows", X_balanced, y_balanced, "s--"),
):
    probability = learner.fit(rows, labels).predict_proba(X_test)[:, 1]
    print(f"{name}: Brier score {brier_score_loss(y_test, probability):.3f} (lower is better)")
    groups = np.minimum((probability * 5).astype(int), 4)
    means = [(probability[groups == group].mean(), y_test[groups == group].mean()) for group in np.unique(groups)]
    axis.plot(*np.transpose(means), style, label=name)
axis.set(title="Are probabilities what they say?", xlabel="predicted probability", ylabel="share of rare rows")
axis.legend(frameon=False)
plt.show()

# %%
# .. admonition:: What to take away
#
#    Leave the table as it is when there are hundreds of rare rows and the classifier fits the problem. Do not balance
#    it fully where probabilities will be used. Where too few rows are called rare, move the threshold.

"""
Bags, weights, SMOTE and the GAN beside one another
===================================================

One call tries all of them with your classifier, on the same folds, and says in one sentence what to do. Often the
sentence is that the differences are luck.
"""

# %%
# A noisy made table with few rare rows.

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier

from imbgan import compare

X, y = make_classification(
    1500, n_features=10, n_informative=4, weights=[0.96], class_sep=0.8, flip_y=0.01, random_state=1
)

verdict = compare(
    X,
    y,
    estimator=DecisionTreeClassifier(min_samples_leaf=5, random_state=0),
    strategies=["class_weight", "smote", "local_gaussian", "gan", "bagging", "gan_bagging"],
    cv=5,
    tune_threshold=False,
    random_state=0,
)
table = pd.DataFrame(verdict.table()).set_index("strategy")
print(verdict.verdict.sentence, table[["average_precision", "gain", "gain_low", "gain_high"]].round(3), sep="\n\n")

# %%
# The same as a picture
# ---------------------
#
# Each line is a 95 % interval of the gain over the table as it is. Folds share rows, and the intervals allow for it.

gains = sorted((row for row in verdict.table() if row["gain"] is not None), key=lambda row: row["gain"])
figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
for place, row in enumerate(gains):
    color = "#b3123f" if "gan" in row["strategy"] else "#3b4252"
    axis.plot([row["gain_low"], row["gain_high"]], [place] * 2, color=color)
    axis.plot(row["gain"], place, "o", color=color)
axis.axvline(0, color="#9aa3ad", lw=0.8)
axis.set(title="Gain over the table as it is, with a decision tree", xlabel="difference in average precision")
axis.set_yticks(range(len(gains)), [row["strategy"] for row in gains])
axis.margins(y=0.1)
plt.show()

# %%
# .. admonition:: What to take away
#
#    An interval that contains 0 is no gain yet, however large the mean. Rows alone, of whichever kind, do not help
#    this tree, and some harm it; bags look better, and more folds or rows would tell. Ask on your own table.

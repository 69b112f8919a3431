"""
Fraud, and what a missed case costs
===================================

A missed fraud costs 500, a false alarm costs 10. Then neither accuracy nor the threshold .5 says what a classifier is
worth: the sum of the costs does.
"""

# %%
# A made table of 6,000 payments, 2 % of them frauds. A classifier gives probabilities; a threshold turns them into
# decisions.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from imbgan import AutoBalancedClassifier, compare

X, y = make_classification(
    6000, n_features=12, n_informative=5, weights=[0.98], class_sep=0.9, flip_y=0, random_state=4
)
MISSED, FALSE_ALARM = 500, 10


def cost(probability, threshold):
    alarm = probability >= threshold
    return (MISSED * (~alarm & (y == 1)).sum() + FALSE_ALARM * (alarm & (y == 0)).sum()) / len(y) * 1000


# %%
# The threshold decides more than the training does
# -------------------------------------------------
#
# Class weights make probabilities larger, so that the threshold .5 raises more alarms. Nearly the same costs are
# reached without them, at another threshold. In theory it is :math:`10 / (10 + 500)`, if the probabilities are right.

models = {
    "the table as it is": LogisticRegression(),
    "class weights": LogisticRegression(class_weight="balanced"),
}
thresholds = np.geomspace(0.002, 0.98, 200)
figure, axis = plt.subplots(figsize=(6, 4), layout="constrained")
for (name, model), style in zip(models.items(), ("-", "--"), strict=True):
    probability = cross_val_predict(model, X, y, cv=5, method="predict_proba")[:, 1]
    costs = [cost(probability, each) for each in thresholds]
    (line,) = axis.plot(thresholds, costs, style, label=f"{name}: {min(costs):,.0f} at best")
    axis.plot(0.5, cost(probability, 0.5), "o", color=line.get_color())
axis.axvline(FALSE_ALARM / (FALSE_ALARM + MISSED), color="#9aa3ad", lw=0.8, label="threshold in theory")
axis.set(
    xscale="log", title="Costs of 1,000 payments; dots: threshold .5", xlabel="threshold", ylabel="cost (any currency)"
)
figure.legend(loc="outside lower center", ncols=2, frameon=False)
plt.show()

# %%
# Which way of training costs least?
# ----------------------------------
#
# ``compare`` judges each way at the threshold that cost least on the other folds, and says whether a difference is more
# than luck.

verdict = compare(
    X,
    y,
    estimator=LogisticRegression(),
    strategies=["class_weight", "bagging", "gan_0.1"],
    costs={"missed": MISSED, "false_alarm": FALSE_ALARM},
    cv=3,
    random_state=0,
)
table = pd.DataFrame(verdict.table()).set_index("strategy")
print(verdict.verdict.sentence, table[["cost", "gain", "gain_low", "gain_high"]].round(0), sep="\n\n")
print("", *verdict.verdict.notes, sep="\n")

# %%
# The classifier that decides by cost:

model = AutoBalancedClassifier(
    LogisticRegression(), ["class_weight"], costs={"missed": MISSED, "false_alarm": FALSE_ALARM}, random_state=0
).fit(X, y)
print(f"An alarm is raised at a probability of {model.threshold_:.3f} or more.")

# %%
# .. admonition:: What to take away
#
#    State what a missed case and a false alarm cost, and let the threshold follow. Only then ask whether another way of
#    training is cheaper still.

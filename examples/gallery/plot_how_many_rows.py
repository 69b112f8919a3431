"""
How many rare rows are enough?
==============================

What does one more rare row bring, and how much of it can generated rows replace? The curve of a classifier over the
number of rare rows answers both, and it says whether to look for more rows or for a better method.
"""

# %%
# A made problem of which we can draw as many rows as we like: 2,000 common rows in training, between 10 and 640 rare
# ones, and a test part with 2,000 rare rows among 20,000.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from imbgan import GANBaggingClassifier

mixing = np.random.default_rng(0).normal(size=(8, 8))


def draw(rng, n_common, n_rare):
    common = rng.normal(size=(n_common, 8))
    rare = rng.normal(size=(n_rare, 8)) * 0.8 + 0.6
    rare[:, 1] = rare[:, 0] ** 2 - 0.5  # a bend that no linear model sees
    return np.vstack([common, rare]) @ mixing, np.repeat([0, 1], [n_common, n_rare])


X_test, y_test = draw(np.random.default_rng(1), 20_000, 2_000)
models = {
    "logistic regression": lambda: make_pipeline(StandardScaler(), LogisticRegression()),
    "decision tree": lambda: DecisionTreeClassifier(min_samples_leaf=5, random_state=0),
    "bags of trees, half with GAN rows": lambda: GANBaggingClassifier(
        DecisionTreeClassifier(min_samples_leaf=5, random_state=0), random_state=0
    ),
}
sizes = [10, 40, 160, 640]
scores = {name: [] for name in models}
for n_rare in sizes:
    X, y = draw(np.random.default_rng(2), 2000, n_rare)
    for name, make in models.items():
        probability = make().fit(X, y).predict_proba(X_test)[:, 1]
        scores[name].append(average_precision_score(y_test, probability))

# %%
# The curve
# ---------

figure, axis = plt.subplots(figsize=(6, 3.6), layout="constrained")
for (name, values), style in zip(scores.items(), ("--o", ":s", "-D"), strict=True):
    axis.plot(sizes, values, style, label=name)
axis.axhline(y_test.mean(), color="#9aa3ad", lw=0.8)
axis.text(sizes[-1], y_test.mean() + 0.01, "chance", ha="right", color="#5b6570", fontsize=8)
axis.set(xscale="log", title="Average precision over the number of rare rows", xlabel="rare rows in training")
axis.set(ylabel="average precision", xticks=sizes, xticklabels=sizes, ylim=(0, None))
axis.minorticks_off()
axis.legend(frameon=False, loc=(0.4, 0.27))
plt.show()

# %%
# .. admonition:: What to take away
#
#    Draw this curve on your own table, by leaving rare rows out. Where it still rises steeply, a hundred further real
#    rows are worth more than any method. Where it is flat, so is everything that makes rows.

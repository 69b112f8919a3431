"""
How many rare rows are enough?
==============================

What do more rare rows bring, and how many of them can generated rows stand for? The curve of a classifier over the
number of rare rows answers both, and it says whether to look for more rows or for another method.
"""

# %%
# A made problem of which we can draw as many rows as we like: 2,000 common rows in training, between 10 and 640 rare
# ones, and a test part with 2,000 rare rows among 20,000.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.tree import DecisionTreeClassifier

from imbgan import GANBaggingClassifier

mixing = np.random.default_rng(0).normal(size=(8, 8))


def draw(seed, n_common, n_rare):
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n_common, 8))
    rare = rng.normal(size=(n_rare, 8)) * 0.8 + 0.6
    rare[:, 1] = rare[:, 0] ** 2 - 0.5  # a bend that no linear model sees
    return np.vstack([common, rare]) @ mixing, np.repeat([0, 1], [n_common, n_rare])


# %%
# The same bags of trees twice, so that only the generated rows differ: each bag draws real rows, or every other bag has
# generated rows as well. A linear model stands beside them.

tree = DecisionTreeClassifier(min_samples_leaf=5)
models = {
    "logistic regression": LogisticRegression(max_iter=1000),
    "bags of trees, real rows only": GANBaggingClassifier(tree, generated=0, random_state=0),
    "bags of trees, half with GAN rows": GANBaggingClassifier(tree, generated=0.5, random_state=0),
}
sizes = [10, 40, 160, 640]
X_test, y_test = draw(0, 20_000, 2_000)
scores = {name: np.zeros((3, len(sizes))) for name in models}
for repetition in range(3):
    for place, n_rare in enumerate(sizes):
        X, y = draw(repetition + 1, 2000, n_rare)
        for name, model in models.items():
            probability = model.fit(X, y).predict_proba(X_test)[:, 1]
            scores[name][repetition, place] = average_precision_score(y_test, probability)

# %%
# The curve
# ---------
#
# Lines are means of three draws of the training rows, and bands reach from the lowest to the highest.

figure, axis = plt.subplots(figsize=(6, 3.8), layout="constrained")
styles = (("--o", "#5b6570"), (":s", "#0f6cbd"), ("-D", "#b3123f"))
for (name, values), (style, color) in zip(scores.items(), styles, strict=True):
    axis.plot(sizes, values.mean(0), style, color=color, label=name)
    axis.fill_between(sizes, values.min(0), values.max(0), color=color, alpha=0.15, lw=0)
axis.axhline(y_test.mean(), color="#9aa3ad", lw=0.8)
axis.text(sizes[-1], y_test.mean() + 0.01, "chance", ha="right", color="#5b6570", fontsize=8)
axis.set(xscale="log", title="Average precision over the number of rare rows", xlabel="rare rows in training")
axis.set(ylabel="average precision", xticks=sizes, xticklabels=sizes, ylim=(0, None))
axis.minorticks_off()
axis.legend(frameon=False, loc=(0.3, 0.24))
plt.show()

# %%
# How many real rows are the generated ones worth? Read across: where would bags without them reach the same height?

real, with_gan = (scores[name].mean(0) for name in list(models)[1:])
for n_rare, height in zip(sizes[:-1], with_gan[:-1], strict=True):
    worth = np.exp(np.interp(height, np.maximum.accumulate(real), np.log(sizes)))
    print(f"{n_rare} real rows and generated ones do as well as {worth:.0f} real rows")

# %%
# .. admonition:: What to take away
#
#    Draw this curve on your own table, by leaving rare rows out. Where it rises steeply, look for further real rows:
#    generated ones stand for a few. Where it is flat, look for other columns. With few rows, first try a simpler
#    classifier. With 640 rare rows nothing was generated here: bags raise a class to three tenths of the largest.

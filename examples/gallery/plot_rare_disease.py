"""
A rare disease
==============

Twenty-five malignant tumors are known, among 250 benign ones. Does a generator help a classifier to find further
ones? The answer depends on the classifier, and most of what looks like the merit of generated rows can be had without
them.
"""

# %%
# The table has 30 measurements of cell nuclei. All malignant tumors that are not learned from are in the test part, so
# that the figures there come from many rows; malignant tumors are not rare there, and average precision is high.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from imbgan import GANBaggingClassifier, GANOverSampler, PriorCorrectedClassifier, plot_rows

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
y = y.map({0: "malignant", 1: "benign"})


def split(seed):
    order = np.random.default_rng(seed).permutation(len(y))
    malignant, benign = (order[y.iloc[order] == label] for label in ("malignant", "benign"))
    learned, unseen = np.concatenate([malignant[:25], benign[:250]]), np.concatenate([malignant[25:], benign[250:]])
    return X.iloc[learned], X.iloc[unseen], y.iloc[learned], y.iloc[unseen]


# %%
# Four ways to train, two classifiers, three random splits
# --------------------------------------------------------
#
# ``GANBaggingClassifier`` averages models on small tables; half of these tables hold generated rows beside the real
# ones. To see what the generated rows add to that, the same bags are also tried with real rows alone
# (``generated=0``).

learners = {
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
    "decision tree": DecisionTreeClassifier(random_state=0),
}


def ways_to_train(learner, seed):
    generated = GANOverSampler(sampling_strategy=0.3, random_state=seed)
    return {
        "the table as it is": learner,
        "GAN rows to 30 %": PriorCorrectedClassifier(learner, generated),
        "bags of real rows": GANBaggingClassifier(learner, generated=0, random_state=seed),
        "bags, half with GAN rows": GANBaggingClassifier(learner, random_state=seed),
    }


scores = {}
for seed in range(3):
    X_train, X_test, y_train, y_test = split(seed)
    for name, learner in learners.items():
        for way, model in ways_to_train(learner, seed).items():
            model.fit(X_train, y_train)
            rare = list(model.classes_).index("malignant")
            found = average_precision_score(y_test == "malignant", model.predict_proba(X_test)[:, rare])
            scores.setdefault(name, {}).setdefault(way, []).append(found)

figure, axes = plt.subplots(1, 2, figsize=(8, 3), sharex=True, sharey=True, layout="constrained")
for axis, (name, ways) in zip(axes, scores.items(), strict=True):
    for place, (way, found) in enumerate(ways.items()):
        axis.plot(found, [place] * len(found), "o", color="#b3123f" if "GAN" in way else "#3b4252", alpha=0.7)
    axis.set(title=name, xlabel="average precision on unseen rows", ylim=(len(ways) - 0.5, -0.5))
    axis.set_yticks(range(len(ways)), list(ways))
figure.suptitle("What each way of training reaches: one dot per random split")
plt.show()

# %%
# What the generated rows look like
# ---------------------------------
#
# The map shows the rows in the two directions in which they differ most. The figures compare the generated rows with
# real ones; a finding says in words what to look at.

sampler = GANOverSampler(random_state=0)
sampler.fit_resample(X_train, y_train)
plot_rows(sampler)
plt.show()
print(sampler.quality_)

# %%
# .. admonition:: What to take away
#
#    Try the classifier on the table as it is first; a stable one needs nothing else. Where one model is unstable, such
#    as a tree, averaging over bags mends it, and generated rows in half of the bags add little to that. Without the
#    bags of real rows beside them, the generated rows would have had all the praise.

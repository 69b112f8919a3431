"""
A rare disease
==============

Twenty-five malignant tumors are known, among 250 benign ones. Does a generator help a classifier to find further
ones? The answer depends on the classifier: a single tree gains much from bags with generated rows, a linear model
needs nothing.
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
# Three ways to train, two classifiers, two random splits
# -------------------------------------------------------
#
# ``GANBaggingClassifier`` averages models on small tables; half of these tables hold generated rows beside the real
# ones.

learners = {
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
    "decision tree": DecisionTreeClassifier(random_state=0),
}


def ways_to_train(learner, seed):
    yield "the table as it is", learner
    yield (
        "GAN rows to 30 %",
        PriorCorrectedClassifier(learner, GANOverSampler(sampling_strategy=0.3, random_state=seed)),
    )
    yield "bags with GAN rows", GANBaggingClassifier(learner, random_state=seed)


scores = {}
for seed in range(2):
    X_train, X_test, y_train, y_test = split(seed)
    for name, learner in learners.items():
        for way, model in ways_to_train(learner, seed):
            model.fit(X_train, y_train)
            rare = list(model.classes_).index("malignant")
            found = average_precision_score(y_test == "malignant", model.predict_proba(X_test)[:, rare])
            scores.setdefault((name, way), []).append(found)

figure, axes = plt.subplots(1, 2, figsize=(8, 2.8), sharex=True, sharey=True, layout="constrained")
for axis, name in zip(axes, learners, strict=True):
    for place, way in enumerate(["the table as it is", "GAN rows to 30 %", "bags with GAN rows"]):
        axis.plot(scores[name, way], [place] * 2, "o", color="#b3123f" if "GAN" in way else "#3b4252", alpha=0.7)
    axis.set(title=name, xlabel="average precision on unseen rows", yticks=range(3), ylim=(2.5, -0.5))
    axis.set_yticklabels(["the table as it is", "GAN rows to 30 %", "bags with GAN rows"])
figure.suptitle("What each way of training reaches, per random split")
plt.show()

# %%
# What the generated rows look like
# ---------------------------------
#
# The map shows the rows of the rare class on two axes that keep neighbors together.

sampler = GANOverSampler(random_state=0)
sampler.fit_resample(X_train, y_train)
plot_rows(sampler)
plt.show()
print(sampler.quality_)

# %%
# .. admonition:: What to take away
#
#    Try the classifier on the table as it is first. Where one model is unstable, such as a tree, bags with generated
#    rows mend it; where it is stable already, they change little.

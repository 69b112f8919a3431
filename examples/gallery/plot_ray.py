"""
Ray on a laptop
===============

A comparison can run on a cluster. A cluster of one machine shows that the figures are the same, so that what worked
on a laptop can be trusted on a hundred machines.
"""

# %%
# The same comparison twice: in this process, and as tasks of a Ray cluster. Where there is none, one of this machine
# alone is started and ended. Ray is an extra of its own: ``pip install "imbgan[ray]"``.

from importlib.util import find_spec

import matplotlib.pyplot as plt
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from imbgan import compare

X, y = make_classification(800, weights=[0.94], class_sep=0.8, random_state=0)


def compared(**options):
    return compare(
        X,
        y,
        estimator=LogisticRegression(),
        strategies=["class_weight", "smote", "bagging"],
        cv=3,
        tune_threshold=False,
        random_state=0,
        **options,
    )


here = compared()
if find_spec("ray"):
    there = compared(engine="ray")
else:
    print("Ray is not installed: the second comparison runs in this process as well.")
    there = compared()

# %%
# The same figures
# ----------------

scores = [[row["average_precision"] for row in each.table()] for each in (here, there)]
print("identical:", scores[0] == scores[1])
names = [row["strategy"] for row in here.table()]
figure, axis = plt.subplots(figsize=(6, 2.6), layout="constrained")
axis.plot(scores[0], range(len(names)), "o", ms=12, color="#b8bfc9", label="in this process")
axis.plot(scores[1], range(len(names)), "x", color="#b3123f", label="on the cluster")
axis.set(title="One process and a cluster", xlabel="average precision", ylim=(-0.5, len(names) - 0.5))
axis.set_yticks(range(len(names)), names)
axis.legend(frameon=False)
plt.show()

# %%
# .. admonition:: What to take away
#
#    A part of the work depends on its own arguments alone, never on how many workers there are or which of them was
#    killed. To join a cluster, pass its address: ``engine=RayEngine("10.0.0.1:6379")``.

"""
An audit of generated rows
==========================

Generated rows can give away which rows they were made from. An audit attacks them as a stranger would, and reports
how well the attacks work: .5 is a guess, 1 is certainty.
"""

# %%
# The attacks learn from one half of the rare rows, and are tried on whether they can tell this half from the other.

import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer

from imbgan import audit

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
y = y.map({0: "malignant", 1: "benign"})
found = audit(X, y, source=["gan", "smote", "independent"], label="malignant", n_runs=4, random_state=0)
print(found)

# %%
# The strongest attack per source
# -------------------------------
#
# Rows of ``independent`` are the floor: of each column by itself they keep a few quantiles, and they are of no use to a
# classifier. That they are told from a guess as well shows how much the figures of a hundred rows give away. SMOTE puts
# rows between real ones, which an attacker finds.

sources = ["independent", "gan", "smote"]
worst = [found.worst(source) for source in sources]
figure, axis = plt.subplots(figsize=(6, 2.4), layout="constrained")
for place, attack in enumerate(worst):
    color = "#b3123f" if attack.source == "gan" else "#3b4252"
    axis.plot([attack.auc.low, attack.auc.high], [place] * 2, color=color)
    axis.plot(attack.auc.mean, place, "o", color=color)
axis.axvline(0.5, color="#9aa3ad", lw=0.8)
axis.set(
    title="The strongest attack on rows of each source",
    xlabel="ROC AUC (.5 is a guess)",
    xlim=(0.3, 1.02),
    ylim=(-0.5, 2.5),
)
axis.set_yticks(range(len(sources)), [f"{attack.source}: {attack.name}" for attack in worst])
plt.show()

# %%
# .. admonition:: What to take away
#
#    Generated rows are not anonymous. Rows of the network gave away much less than interpolated ones, and more than the
#    floor. Whether it is little enough, an audit of your own table has to say before rows leave the house.

"""
Images of a rare class
======================

A class of images has thirty examples, others have many. Changed copies come first; a network adds images that are no
copies.
"""

# %%
# Handwritten digits of 8 x 8 pixels. The eights are made rare, and those left out are kept for a test.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import average_precision_score
from sklearn.svm import SVC

from imbgan import ImageGANOverSampler

digits = load_digits()
order = np.random.default_rng(0).permutation(len(digits.target))
eights, others = order[digits.target[order] == 8], order[np.isin(digits.target[order], (0, 1, 3))]
kept, left_out = np.concatenate([others[:300], eights[:30]]), np.concatenate([others[300:], eights[30:]])
X, y = digits.images[kept], digits.target[kept]
print({int(label): int((y == label).sum()) for label in np.unique(y)})

# %%
# Every class gets the same share of generated images, so that a classifier cannot take the traces of a generator for
# a sign of the rare class. What is then lacking are changed copies.

sampler = ImageGANOverSampler(max_iter=400, random_state=0)
X_new, y_new = sampler.fit_resample(X, y)
new = np.arange(len(X), len(X_new))
copies = new[(sampler.source_index_[new] >= 0) & (y_new[new] == 8)]
generated = new[(sampler.source_index_[new] < 0) & (y_new[new] == 8)]
print(f"{len(copies)} changed copies and {len(generated)} generated images of the digit 8")

# %%
# Real, changed, generated
# ------------------------

figure, axes = plt.subplots(3, 10, figsize=(8, 2.8), layout="constrained")
rows = {"real": X[y == 8], "changed copies": X_new[copies], "generated": X_new[generated]}
for line, (name, images) in zip(axes, rows.items(), strict=True):
    for axis, image in zip(line, images, strict=False):
        axis.imshow(image, cmap="gray_r", vmin=0, vmax=16)
        axis.set(xticks=[], yticks=[])
    line[0].set_ylabel(name, fontsize=8)
figure.suptitle("The digit 8: real images, changed copies, generated images")
plt.show()

# %%
# Does a classifier gain?
# -----------------------
#
# A support vector machine tells eights from the other digits: with the images as they are, with changed copies alone,
# and with both.

X_copied, y_copied = ImageGANOverSampler(generated_share=0, random_state=0).fit_resample(X, y)
tables = {
    "as it is": (X, y),
    "changed copies": (X_copied, y_copied),
    "changed copies and generated images": (X_new, y_new),
}
for name, (images, labels) in tables.items():
    learner = SVC().fit(images.reshape(len(images), -1), labels == 8)
    scores = learner.decision_function(digits.images[left_out].reshape(len(left_out), -1))
    print(f"{name}: average precision {average_precision_score(digits.target[left_out] == 8, scores):.3f}")

# %%
# .. admonition:: What to take away
#
#    Look at the images, and then let figures say whether a classifier gains. Try changed copies first: they are made in
#    a moment, and bring most of what there is to gain. ``compare_images`` does this with folds and intervals.

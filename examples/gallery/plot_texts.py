"""
Texts of a rare class
=====================

Few messages are complaints. Before anything is generated, a plain linear model on words is the one to beat, and often
nothing beats it.
"""

# %%
# Made messages: complaints hold more sentences of one kind, with much overlap.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from imbgan import TextGANClassifier, compare

ORDINARY = [
    "the parcel came on time",
    "thank you for the quick answer",
    "where can I find my invoice",
    "please change my address",
]
TELLING = ["nobody answers my calls", "I want my money back", "this is the third time", "the box was broken"]
rng = np.random.default_rng(0)


def message(complains):
    n_telling = rng.binomial(3, 0.6 if complains else 0.12)
    sentences = [*rng.choice(TELLING, n_telling), *rng.choice(ORDINARY, 4 - n_telling)]
    return ". ".join(rng.permutation(sentences))


labels = np.repeat(["complaint", "other"], [40, 800])
texts = np.array([message(label == "complaint") for label in labels])
print(texts[0], texts[-1], sep="\n")

# %%
# Does anything beat doing nothing?
# ---------------------------------

verdict = compare(texts, labels, encoder="words", strategies=["class_weight", "changed_words"], cv=3, random_state=0)
table = pd.DataFrame(verdict.table()).set_index("strategy")
print(verdict.verdict.sentence, table[["average_precision", "gain", "gain_low", "gain_high"]].round(3), sep="\n\n")
print("", *verdict.verdict.notes, sep="\n")

# %%
# Which words tell the classes?
# -----------------------------

terms = [term for term in verdict.words.columns[0].rare_terms if term.text.replace(" ", "").isalpha()][:8]
figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
places = np.arange(len(terms))
axis.barh(
    places - 0.2,
    [term.n_rare / (labels == "complaint").sum() for term in terms],
    0.4,
    color="#b3123f",
    label="complaints",
)
axis.barh(
    places + 0.2,
    [term.n_others / (labels == "other").sum() for term in terms],
    0.4,
    color="#b8bfc9",
    label="other messages",
)
axis.set(title="Words that speak for a complaint", xlabel="share of the messages that hold them")
axis.set_yticks(places, [term.text for term in terms])
axis.invert_yaxis()
axis.set_xlim(0, 0.8)
axis.legend(frameon=False, loc="lower right")
plt.show()

# %%
# A classifier of new messages
# ----------------------------

classifier = TextGANClassifier(encoder="words").fit(texts, labels)
for text in ("where can I find my invoice", "this is the third time. I want my money back"):
    print(f"probability of a complaint {classifier.predict_proba([text])[0, 0]:.2f}: {text}")

# %%
# .. admonition:: What to take away
#
#    With texts, the encoder decides, not the sampler. Start with words and a linear model. If you have a sentence
#    encoder, give it to ``compare``, and let the verdict say whether generated vectors are worth it.

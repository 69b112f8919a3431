"""
Credit, with categories and missing values
==========================================

Tables of customers hold numbers, categories, booleans and cells without a value. The sampler takes them as they are and
returns the same kinds of columns, with associations between them and with missing values where real rows have them.
"""

# %%
# A made table: few customers default; those who do have higher debts and shorter employment, and more often do not
# state their income.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from imbgan import GANOverSampler, assess

rng = np.random.default_rng(0)


def draw(n, defaults):
    income = rng.lognormal(8.0 if defaults else 8.3, 0.4, n)
    purpose = rng.choice(
        ["car", "house", "holiday", "other"], n, p=[0.2, 0.1, 0.5, 0.2] if defaults else [0.4, 0.4, 0.1, 0.1]
    )
    debt = income * rng.lognormal(0.4 if defaults else -0.3, 0.3, n) * np.where(purpose == "house", 4, 1)
    X = pd.DataFrame(
        {
            "income": np.where(rng.random(n) < (0.3 if defaults else 0.05), np.nan, income.round(-1)),
            "debt": debt.round(-1),
            "purpose": pd.Categorical(purpose),
            "employed_years": rng.poisson(2 if defaults else 8, n),
            "owns_home": rng.random(n) < (0.1 if defaults else 0.6),
        }
    )
    return X, np.full(n, "default" if defaults else "paid")


(X_paid, y_paid), (X_default, y_default) = draw(1500, defaults=False), draw(80, defaults=True)
X, y = pd.concat([X_paid, X_default], ignore_index=True), np.concatenate([y_paid, y_default])
print(X.dtypes, X.tail(3), sep="\n\n")

# %%
# Over-sample the rare class
# --------------------------

sampler = GANOverSampler(random_state=0)
X_balanced, y_balanced = sampler.fit_resample(X, y)
generated = X_balanced[sampler.synthetic_mask_]
print(generated.head(3), generated.dtypes.equals(X.dtypes), sep="\n\n")

# %%
# Shares of the categories, missing values and a dependence
# ---------------------------------------------------------
#
# 2,000 further defaults, which the sampler never saw, are the truth.

truth, _ = draw(2000, defaults=True)
tables = {
    "truth": (truth, "#b8bfc9", "o"),
    "learned from": (X_default, "#3b4252", "x"),
    "generated": (generated, "#b3123f", "+"),
}
figure, axes = plt.subplots(1, 3, figsize=(9, 3.2), layout="constrained")
for place, (name, (table, color, marker)) in enumerate(tables.items()):
    shares = table["purpose"].value_counts(normalize=True).reindex(["car", "holiday", "house", "other"])
    axes[0].bar(np.arange(4) + 0.27 * (place - 1), shares, 0.25, color=color, label=name)
    axes[1].bar(place, table["income"].isna().mean(), color=color)
    known = table.dropna(subset=["income"]).sample(60, random_state=0, replace=True)
    axes[2].plot(known["income"] / 1000, known["debt"] / 1000, marker, color=color, ms=4, label=name)
axes[0].set(title="purpose", xticks=range(4), ylabel="share of rows")
axes[0].set_xticklabels(["car", "holiday", "house", "other"], rotation=30)
axes[0].legend(frameon=False, fontsize=8)
axes[1].set(title="income is missing", xticks=range(3), ylabel="share of rows")
axes[1].set_xticklabels(list(tables), rotation=30)
axes[2].set(title="debt follows income", xlabel="income (thousands)", ylabel="debt (thousands)")
axes[2].legend(frameon=False, fontsize=8)
figure.suptitle("Defaults: the truth, the rows learned from, and generated rows")
plt.show()

# %%
# Each figure of the generated rows, and in brackets the same figure between two samples of real rows:

rows = X_balanced.assign(label=y_balanced)[sampler.synthetic_mask_]
print(assess(X.assign(label=y), rows, target="label"))

# %%
# .. admonition:: What to take away
#
#    Nothing has to be encoded or imputed by hand, and what comes out can go wherever the original table goes. The
#    amounts of this table end in a zero, and so do those of the generated rows: such steps are learned as well.

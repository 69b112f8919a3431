"""
Rules of a table
================

Nothing is shipped before it is ordered, amounts add up to a total, and a city lies in one country. Generators learn
this only roughly. Say such rules, and every generated row obeys them.
"""

# %%
# A made table of orders; one in ten comes late. Three rules hold in each of its rows.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from imblearn.over_sampling import SMOTENC

from imbgan import GANOverSampler, adds_up, describe, less, only_together

rng = np.random.default_rng(0)
n = 1500
late = rng.random(n) < 0.1
place = rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])
X = pd.DataFrame(
    {
        "ordered": rng.integers(0, 300, n),
        "net": rng.lognormal(4, 0.6, n).round(2),
        "freight": rng.lognormal(2, 0.4, n).round(2),
        "city": np.array(["Paris", "Rome", "Lyon", "Milan"])[place],
        "country": np.array(["France", "Italy"])[place % 2],
    }
)
X["shipped"] = X["ordered"] + rng.poisson(np.where(late, 9, 2))
X["total"] = (X["net"] + X["freight"]).round(2)
y = np.where(late, "late", "in time")

# %%
# ``describe`` finds rules that no row breaks. Read them before you use them: what happens to hold so far is no law.

print(describe(X, y).rules)

# %%
# Generate late orders
# --------------------
#
# A rule costs nothing at generation, because no row is thrown away: what a rule determines is computed from the other
# cells of the row.

rules = [less("ordered", "shipped"), adds_up(["net", "freight"], "total"), only_together("city", "country")]
samplers = {
    "SMOTE": SMOTENC(["city", "country"], random_state=0),
    "GAN without rules": GANOverSampler(random_state=0),
    "GAN with rules": GANOverSampler(rules=rules, random_state=0),
}
generated = {name: sampler.fit_resample(X, y)[0].iloc[n:] for name, sampler in samplers.items()}

# %%
# How many rows break a rule?
# ---------------------------
#
# ``rule.broken`` asks this of any table. For values that occur together, ``like`` shows it the table that is right.

checks = {
    "shipped before ordered": rules[0],
    "total is not the sum": rules[1],
    "city in the wrong country": rules[2].like(X),
}
shares = {name: [100 * rule.broken(rows).mean() for rule in checks.values()] for name, rows in generated.items()}

figure, axis = plt.subplots(figsize=(7, 3.2), layout="constrained")
for place, ((name, share), color) in enumerate(zip(shares.items(), ["#9aa3ad", "#3b4252", "#b3123f"], strict=True)):
    bars = axis.barh(np.arange(3) + 0.27 * (place - 1), share, 0.25, color=color, label=name)
    axis.bar_label(bars, fmt="%.1f", padding=3, fontsize=8)
axis.set_yticks(range(3), list(checks))
axis.invert_yaxis()
axis.set(title="Generated rows that break a rule", xlabel="% of generated rows", xlim=(0, 115))
axis.legend(frameon=False)
plt.show()

print(generated["GAN with rules"].head(3))

# %%
# .. admonition:: What to take away
#
#    SMOTE mixes two rows, which keeps orders and sums without being told; a network does not know them. Whether a
#    classifier gains is another question. But a row that cannot be is found by the first person who looks at the
#    table: say the rules before you hand it on.

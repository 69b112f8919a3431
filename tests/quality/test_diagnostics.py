"""Planted faults raise their own code and no other; healthy rows raise none."""

from dataclasses import replace

import numpy as np
import pytest
from imblearn.over_sampling import SMOTE

from imbgan.ensemble import TableSampler, TableSMOTE
from imbgan.ensemble.samplers import LocalGaussianSampler
from imbgan.quality import Assessment, ClassQuality, Measure, assess
from imbgan.quality.diagnostics import RULES, diagnose

pd = pytest.importorskip("pandas")


def table(seed, n):
    """Three far modes, a related pair of numbers, a skewed number with missing cells, a category."""
    rng = np.random.default_rng(seed)
    mode = rng.integers(3, size=n)
    first = rng.normal(size=n)
    return pd.DataFrame(
        {
            "x": 8.0 * (mode == 1) + rng.normal(size=n),
            "y": 8.0 * (mode == 2) + rng.normal(size=n),
            "first": first,
            "second": 0.9 * first + 0.4 * rng.normal(size=n),
            "amount": np.where(rng.random(n) < 0.2, np.nan, rng.lognormal(size=n)),
            "city": rng.choice(["Bern", "Lima", "Oslo"], p=[0.5, 0.35, 0.15], size=n),
        }
    )


N = 400
REAL = table(0, N)


def point(rows):
    rng = np.random.default_rng(1)
    near = {name: rows[name].median() + 0.02 * rng.normal(size=len(rows)) for name in ("x", "y", "first", "second")}
    return rows.assign(**near)


def copies(rows):
    return REAL.sample(len(rows), replace=True, random_state=np.random.RandomState(0)).reset_index(drop=True)


def near_copies(rows):
    rng = np.random.default_rng(1)
    numbers = ["x", "y", "first", "second", "amount"]
    return REAL.assign(**{name: REAL[name] + 1e-4 * rng.normal(size=N) for name in numbers})


def shuffled(rows):
    return rows.assign(second=np.random.default_rng(1).permutation(rows["second"]))


FAULTS = {
    "two of three modes": (lambda rows: rows[rows["x"] < 4].query("y < 4"), "IMB001", ""),
    "one point": (point, "IMB001", ""),
    "copies": (copies, "IMB002", ""),
    "half copies": (lambda rows: pd.concat([REAL[: N // 2], rows[: N // 2]]), "IMB002", ""),
    "near copies": (near_copies, "IMB002", ""),
    "shuffled column": (shuffled, "IMB003", ""),
    "three times as large": (lambda rows: rows.assign(second=3 * rows["second"]), "IMB004", "second"),
    "new level": (lambda rows: rows.assign(city=rows["city"].where(rows["first"] < 1.3, "Rome")), "IMB004", "city"),
    "shifted": (lambda rows: rows.assign(amount=rows["amount"] * 2), "IMB005", "amount"),
    "levels swapped": (
        lambda rows: rows.assign(city=rows["city"].map({"Bern": "Oslo", "Oslo": "Bern", "Lima": "Lima"})),
        "IMB005",
        "city",
    ),
    "missing dropped": (lambda rows: rows.assign(amount=rows["amount"].fillna(1.0)), "IMB008", "amount"),
    "level lost": (lambda rows: rows[rows["city"] != "Oslo"], "IMB010", "city"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_fault_raises_its_own_code(fault):
    plant, code, column = FAULTS[fault]
    found = assess(REAL, plant(table(1, N)).reset_index(drop=True)).diagnostics
    faults = {(one.code, one.column) for one in found if one.severity != "info"}
    allowed = {("IMB005", "amount")} if fault == "missing dropped" else set()  # one value filled in: both are true
    assert (code, column) in faults
    assert faults - allowed == {(code, column)}


def test_evidence_names_figures_and_the_worst_pair():
    (found,) = assess(REAL, shuffled(table(1, N))).diagnostics
    assert "'second'" in found.evidence
    assert "'first'" in found.evidence
    assert "real against real" in found.evidence
    assert found.action


@pytest.mark.parametrize("n", [60, 400])
@pytest.mark.parametrize("seed", range(5))
def test_healthy_rows_raise_nothing(n, seed):
    real, synthetic, holdout = (table(100 + 3 * seed + i, n) for i in range(3))
    assert assess(real, synthetic, holdout=holdout, random_state=seed).diagnostics == ()


def test_memorization_and_membership_are_found_beside_a_hold_out():
    found = assess(REAL, near_copies(REAL), holdout=table(2, N))
    assert [one.code for one in found.diagnostics] == ["IMB002", "IMB007"]
    attack = found.classes[0].measure("membership_auc")
    assert found.classes[0].measure("memorization").value > 0.95
    assert attack.value > 0.7
    assert "does not prove" in attack.note


def test_interpolated_rows_lie_too_close_and_need_no_held_out_rows():
    rows = table(0, 120).dropna()
    labels = np.repeat([0, 1], [1_000, len(rows)])
    both = pd.concat([table(1, 3_000).dropna()[:1_000], rows])
    made, _ = TableSMOTE(random_state=0).fit_resample(both, labels)
    (found,) = assess(rows, made[len(both) :]).diagnostics
    assert (found.code, found.severity) == ("IMB012", "warning")
    assert "imbgan audit" in found.action


@pytest.mark.parametrize(("scale", "is_found"), [(1.0, False), (0.7, True)])
def test_rows_that_shrink_toward_the_center_crowd_in_many_dimensions(scale, is_found):
    rng = np.random.default_rng(0)
    real, generated = rng.normal(size=(200, 60)), scale * rng.normal(size=(200, 60))
    codes = {found.code for found in assess(real, generated, by_column=False).diagnostics}
    assert ("IMB013" in codes) == is_found


@pytest.mark.parametrize("made", ["real", "fresh", "missing"])
def test_identifiers_are_not_compared_but_real_ones_are_found(made):
    mails = np.array([f"anna{i}@mail.com" for i in range(N)], dtype=object)
    rows = table(1, N).assign(
        number=range(N, 2 * N), mail={"real": mails[::-1], "fresh": [f"b{i}@a.de" for i in range(N)]}.get(made)
    )
    found = assess(REAL.assign(number=range(N), mail=mails), rows)
    assert {column.name for column in found.classes[0].columns} == set(REAL.columns)
    expected = [("IMB011", "mail", "error")] if made == "real" else []
    assert [(one.code, one.column, one.severity) for one in found.diagnostics] == expected
    assert found.classes[0].real_identifiers == {"mail": 1.0 if made == "real" else 0.0}
    assert Assessment.from_dict(found.to_dict()) == found


def steps(seed, n):
    rng = np.random.default_rng(seed)
    amount = rng.lognormal(3, 1, size=n)
    return pd.DataFrame(
        {
            "wage": 50 * np.ceil(amount),
            "price": np.floor(rng.lognormal(3, 1, size=n)) + 0.99,
            "free": rng.normal(size=n),
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(15 * rng.integers(0, 9000, n), "min"),
        }
    )


def moved(rows):
    rng = np.random.default_rng(1)
    late = rows["when"] + pd.to_timedelta(rng.integers(1, 15, len(rows)), "min")
    return rows.assign(wage=rows["wage"] + rng.normal(size=len(rows)), price=rows["price"] - 0.5, when=late)


def test_values_between_the_steps_are_found():
    real, fresh = steps(0, N), steps(1, N)
    assert assess(real, fresh).diagnostics == ()
    (found,) = assess(real, moved(fresh)).diagnostics
    assert (found.code, found.severity, found.column) == ("IMB014", "warning", "")
    for shown in (
        "In 3 of 4 columns",
        "'wage': steps of 50",
        "'price': steps of 1.00 from 0.99",
        "steps of 15 minutes",
    ):
        assert shown in found.evidence
    # In another unit, ticks are the same.
    assert assess(real, fresh.assign(when=fresh["when"].astype("datetime64[s]"))).diagnostics == ()


@pytest.mark.parametrize("sampler", [SMOTE(random_state=0), LocalGaussianSampler(random_state=0)])
def test_interpolated_rows_are_off_the_steps_unless_they_are_decoded(sampler):
    rare, common = steps(0, 200).drop(columns="when"), steps(1, 600).drop(columns="when")
    both, labels = pd.concat([common, rare], ignore_index=True), np.repeat([0, 1], [600, 200])
    made, _ = sampler.fit_resample(both.to_numpy(), labels)
    decoded, _ = TableSampler(sampler).fit_resample(both, labels)
    assert "IMB014" in {found.code for found in assess(rare.to_numpy(), made[800:]).diagnostics}
    assert "IMB014" not in {found.code for found in assess(rare, decoded[800:]).diagnostics}


@pytest.mark.parametrize(("share", "is_found"), [(0.93, False), (0.6, True), (0.0, True)])
def test_heaps_that_hold_too_few_rows_are_found(share, is_found):
    def heaped(seed, n, share):
        rng = np.random.default_rng(seed)
        points = np.array([(0.0, 0.0), (500.0, 80.0), (20.0, 400.0)])[rng.integers(0, 3, n)]
        beside = np.clip(points + rng.normal(size=(n, 2)), 0.0, (500.0, 400.0))
        return np.where(rng.random((n, 1)) < share, points, beside)

    found = assess(heaped(0, 200, 0.93), heaped(1, 400, share)).diagnostics
    assert [one.code for one in found if one.code != "IMB006"] == (["IMB015"] if is_found else [])


def test_few_rows_are_said_to_be_few_and_nothing_else():
    found = assess(REAL[:10], 100 * table(1, 10)[["x"]].join(table(1, 10).drop(columns="x"))).diagnostics
    assert [(one.code, one.severity) for one in found] == [("IMB009", "info")]


def quality(**figures):
    """A class of many rows with these figures, (value, baseline, low, high) each."""
    measures = tuple(Measure(name, *values) for name, values in figures.items())
    return ClassQuality("rare", 1000, 1000, 0, measures, (), None)


def test_a_figure_within_the_margin_of_its_baseline_is_no_fault():
    # 0.75 is far from 0.5, but not where real rows give up to 0.63 against real rows.
    assert diagnose([quality(two_sample_auc=(0.75, 0.5, 0.37, 0.63))]) == ()
    assert [one.code for one in diagnose([quality(two_sample_auc=(0.75, 0.5, 0.45, 0.55))])] == ["IMB006"]


def test_told_apart_is_left_out_where_another_finding_says_why():
    apart = quality(two_sample_auc=(0.9, 0.5, 0.45, 0.55))
    copied = quality(two_sample_auc=(0.9, 0.5, 0.45, 0.55), copy_rate=(0.4, 0.0, 0.0, 0.0))
    assert [one.code for one in diagnose([apart])] == ["IMB006"]
    assert [one.code for one in diagnose([copied])] == ["IMB002"]


def test_low_coverage_far_from_real_rows_is_not_collapse():
    figures = {"coverage": (0.2, 0.97, 0.95, 0.99), "spread": (1.0, 1.0, 0.97, 1.03)}
    assert diagnose([quality(**figures, density=(0.1, 1.0, 0.9, 1.1))]) == ()
    assert [one.code for one in diagnose([quality(**figures, density=(1.1, 1.0, 0.9, 1.1))])] == ["IMB001"]


def test_repeated_rows_are_collapse_unless_they_are_copies():
    repeated = quality(duplicate_rate=(0.5, 0.0, 0.0, 0.0), coverage=(0.9, 0.97, 0.95, 0.99), density=(1, 1, 0.9, 1.1))
    repeated = replace(repeated, measures=(*repeated.measures, Measure("spread", 1.0, 1.0, 0.97, 1.03)))
    assert [one.code for one in diagnose([repeated])] == ["IMB001"]


def test_findings_are_ordered_by_severity():
    worst = quality(copy_rate=(0.9, 0.0, 0.0, 0.0))
    mild = quality(two_sample_auc=(0.9, 0.5, 0.45, 0.55))
    few = replace(mild, n_real=20, n_synthetic=20, measures=())
    assert [one.severity for one in diagnose([few, mild, worst])] == ["error", "warning", "info"]


def test_codes_are_numbered_and_explained_by_codes_there_are():
    codes = [rule.code for rule in RULES]
    assert codes == [f"IMB{number:03d}" for number in range(1, 16)]
    assert all(set(rule.explained_by) < set(codes) - {rule.code} for rule in RULES)

"""Rules that are found hold, and chance is not taken for a rule."""

import numpy as np
import pandas as pd
import pytest

from imbgan import adds_up, describe, less, only_together
from imbgan.tabular import read_table
from imbgan.tabular.rules import check_rules, find_rules


def ruled(n: int = 200) -> pd.DataFrame:
    """Return a table with an order of dates, a sum of three, a function of categories, and noise."""
    rng = np.random.default_rng(0)
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n), unit="D")
    place = rng.integers(0, 6, n)
    a, b, c = rng.integers(0, 50, (3, n))
    return pd.DataFrame(
        {
            "start": start,
            "end": start + pd.to_timedelta(rng.integers(1, 9, n), unit="D"),
            "city": np.array(list("uvwxyz"))[place],
            "country": np.array(["F", "I"])[place % 2],
            "a": a,
            "b": b,
            "c": c,
            "sum": a + b + c,
            "noise": rng.normal(size=n),
            "color": rng.choice(["red", "blue"], n),
        }
    )


def test_all_kinds_are_found_and_nothing_else() -> None:
    found = find_rules(read_table(ruled()))
    assert set(found) == {
        only_together("city", "country"),
        adds_up(["a", "b", "c"], "sum"),
        less("start", "end"),
    }


def test_one_broken_row_ends_a_rule() -> None:
    table = ruled()
    table.loc[117, "end"] = table.loc[117, "start"] - pd.Timedelta(days=1)
    table.loc[63, "sum"] += 1
    table.loc[41, "country"] = "X"
    assert find_rules(read_table(table)) == ()


@pytest.mark.parametrize("seed", range(40))
def test_chance_is_no_rule(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.integers(0, 3, (60, 6))).assign(
        a=rng.choice(list("ab"), 60), b=rng.choice(list("abc"), 60)
    )
    table["other"], table["one"] = rng.normal(size=60), "same"
    assert find_rules(read_table(table)) == ()


def test_what_is_found_never_contradicts_itself_and_holds() -> None:
    rng = np.random.default_rng(1)
    parts = np.abs(rng.normal(size=(300, 3)))
    table = pd.DataFrame(np.column_stack([parts, parts[:, 0] + parts[:, 1], parts.sum(axis=1)]))
    rules = find_rules(read_table(table))
    assert check_rules(list(rules)) == rules
    assert len(rules) >= 2
    assert not any(rule.broken(table).any() for rule in rules)


def test_copies_of_numbers_dates_and_durations_are_found() -> None:
    table = ruled()
    table["also a"], table["also start"] = table["a"].astype(float), table["start"]
    table["lasts"] = table["end"] - table["start"]
    table["also lasts"] = table["lasts"]
    found = find_rules(read_table(table))
    assert {adds_up(["a"], "also a"), adds_up(["start"], "also start"), adds_up(["lasts"], "also lasts")} <= set(found)
    assert not any(rule.broken(table).any() for rule in found)
    assert check_rules(list(found)) == found


def test_a_column_that_is_mostly_missing_or_too_large_hides_no_sum() -> None:
    table = ruled().assign(huge=2**63 - 1 - np.arange(200), rare=np.where(np.arange(200) < 9, 1.5, np.nan))
    table.loc[::3, "a"] = None
    assert adds_up(["a", "b", "c"], "sum") in find_rules(read_table(table))


def test_describe_shows_code_that_runs() -> None:
    table = ruled()
    text = str(describe(table, np.arange(200) % 2))
    code = text.split("Rules that every row obeys\n")[1].split("\n\n")[0]
    names: dict[str, object] = {}
    exec(code.replace("GANOverSampler(rules", "sampler = GANOverSampler(rules"), names)
    assert only_together("city", "country") in names["sampler"].rules  # pyright: ignore[reportAttributeAccessIssue]

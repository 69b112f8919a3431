"""Rules of a table from the command line: found by describe, or from a file, kept by resample and by saved models."""

import json

import polars as pl
import pytest

from imbgan import adds_up, less


@pytest.fixture
def orders(tmp_path):
    n = 120
    start = [(i * 7) % 50 for i in range(n)]
    frame = pl.DataFrame(
        {
            "start": start,
            "end": [s + (i * 5) % 9 for i, s in enumerate(start)],
            "net": [(i * 13) % 97 for i in range(n)],
            "tax": [(i * 11) % 19 for i in range(n)],
            "kind": ["rare" if i % 5 == 0 else "common" for i in range(n)],
        }
    ).with_columns((pl.col("net") + pl.col("tax")).alias("total"))
    path = tmp_path / "orders.csv"
    frame.write_csv(path)
    return path


def test_found_rules_are_shown_told_and_kept(imbgan, orders, tmp_path):
    shown = imbgan("describe", orders, "-t", "kind")
    assert "less('start', 'end')" in shown.out
    assert "adds_up(['net', 'tax'], 'total')" in shown.out
    file = tmp_path / "described.json"
    assert imbgan("describe", orders, "-t", "kind", "--json", file).code == 0
    results = {}
    for rules in ("found", file):
        out = tmp_path / f"{len(results)}.csv"
        run = imbgan("resample", orders, "-t", "kind", "-o", out, "--rules", rules, "--max-iter", "20")
        assert run.code == 0, run.err
        results[str(rules)] = frame = pl.read_csv(out)
        assert frame.height > 120
        for rule in (less("start", "end"), adds_up(["net", "tax"], "total")):
            assert not rule.broken(frame).any()
    assert results["found"].equals(results[str(file)])


def test_a_saved_model_keeps_rules(imbgan, orders, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps([{"rule": "less", "columns": ["start", "end"]}]))
    model, out = tmp_path / "model", tmp_path / "rows.csv"
    fitted = imbgan("fit", orders, "-t", "kind", "-o", model, "--rules", rules, "--max-iter", "20")
    assert fitted.code == 0, fitted.err
    assert imbgan("generate", model, "-n", "50", "--label", "rare", "-o", out).code == 0
    assert not less("start", "end").broken(pl.read_csv(out)).any()


def test_a_table_in_batches_keeps_the_rules_of_a_file(imbgan, orders, tmp_path):
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps([less("start", "end").to_document(), adds_up(["net", "tax"], "total").to_document()]))
    frame = pl.read_csv(orders)
    (tmp_path / "in").mkdir()
    for i in range(3):
        frame[i::3].write_csv(tmp_path / "in" / f"{i}.csv")
    how = ("-t", "kind", "--max-iter", "5", "--rules")
    run = imbgan("resample", tmp_path / "in", "-o", tmp_path / "out", *how, rules)
    assert run.code == 0, run.err
    rows = pl.concat([pl.read_csv(path) for path in (tmp_path / "out").glob("*.csv")])
    assert rows.height == 192
    assert not less("start", "end").broken(rows).any()
    assert not adds_up(["net", "tax"], "total").broken(rows).any()
    run = imbgan("fit", tmp_path / "in", "-o", tmp_path / "model", *how, "found")
    assert run.code != 0
    assert "needs a table in memory" in " ".join(run.err.split())
    frame.with_columns(pl.lit(-1).alias("end")).write_csv(tmp_path / "in" / "2.csv")
    run = imbgan("fit", tmp_path / "in", "-o", tmp_path / "model", *how, rules)
    assert run.code != 0
    assert "2.csv" in run.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1}', "holds none"),
        ("[", "cannot be read"),
        ('[{"rule": "les"}]', "Did you mean 'less'"),
        ('[{"rule": "less", "columns": ["end", "start"]}]', "rows break less('end', 'start')"),
    ],
)
def test_rules_that_cannot_be_are_errors(imbgan, orders, tmp_path, text, said):
    rules = tmp_path / "rules.json"
    rules.write_text(text)
    result = imbgan("fit", orders, "-t", "kind", "-o", tmp_path / "model", "--rules", rules)
    assert result.code != 0
    assert said in " ".join(result.err.split())
    assert not (tmp_path / "model").exists()

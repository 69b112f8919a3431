"""describe, train and predict on tables in several files."""

import json

import numpy as np
import polars as pl
import pytest

from imbgan import DeployableClassifier


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """12,000 rows in four files, one of them in a folder; 3 % are frauds, which the amount tells in part."""
    rng = np.random.default_rng(0)
    n = 12_000
    is_fraud = rng.random(n) < 0.03
    table = pl.DataFrame(
        {
            "id": [f"T{i:07d}" for i in range(n)],
            "amount": (rng.lognormal(size=n) + 3.0 * is_fraud * rng.random(n)).round(2),
            "age": [None if i % 50 == 0 else int(age) for i, age in enumerate(rng.integers(18, 90, n))],
            "city": rng.choice(["Bern", "Lima", "Oslo"], n),
            "always": "x",
            "fraud": np.where(is_fraud, "yes", "no"),
        }
    )
    folder = tmp_path_factory.mktemp("parts")
    (folder / "later").mkdir()
    for i, name in enumerate(["a.parquet", "b.parquet", "later/a.parquet", "later/b.parquet"]):
        table[i * 3000 : (i + 1) * 3000].write_parquet(folder / name)
    table.write_parquet(folder.parent / "whole.parquet")
    return folder, table


@pytest.fixture
def run(imbgan):
    """Run a command that ends with a code, and return all that it says."""

    def go(*arguments, code=0):
        found = imbgan(*arguments)
        assert found.code == code, found.err
        return found.out + found.err

    return go


@pytest.fixture
def small_samples(monkeypatch):
    """Keep 1,000 common rows, so that twelve thousand rows are larger than the sample."""
    from imbgan.tabular import reservoir

    monkeypatch.setattr(reservoir.ReservoirSize, "__init__", _sized)


def _sized(self, per_class=200_000, of_largest=1000, in_all=1_000_000):
    for name, value in {"per_class": per_class, "of_largest": of_largest, "in_all": in_all}.items():
        object.__setattr__(self, name, value)


def test_describe_tells_of_all_rows_what_it_counted_and_of_a_sample_what_it_sought(run, parts, small_samples, tmp_path):
    folder, table = parts
    shown = run("describe", folder, "-t", "fraud", "--json", tmp_path / "found.json")
    found = json.loads((tmp_path / "found.json").read_text())
    counts = dict(table.get_column("fraud").value_counts().iter_rows())
    assert found["class_counts"] == counts
    assert found["n_rows"] == 12_000
    assert found["sampled_counts"] == {"no": 1000, "yes": counts["yes"]}
    columns = {column["name"]: column for column in found["columns"]}
    assert columns["amount"]["high"] == table.get_column("amount").max()
    assert columns["age"]["missing"] == pytest.approx(0.02)
    assert columns["city"]["levels"]["Oslo"] == pytest.approx((table.get_column("city") == "Oslo").mean())
    assert columns["id"]["n_distinct"] == 12_000
    assert set(found["to_drop"]) == {"id", "always"}
    assert f"sample (1,000 of no, {counts['yes']} of yes)" in " ".join(shown.split())
    assert found["next"] == f"imbgan train {folder} --target fraud --drop id,always --output model"


def test_a_whole_table_in_files_is_described_as_in_one_file(run, parts, tmp_path):
    folder, _ = parts
    for name, table in (("parts", folder), ("whole", folder.parent / "whole.parquet")):
        run("describe", table, "-t", "fraud", "--json", tmp_path / f"{name}.json")
    of_parts, of_whole = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("parts", "whole"))
    for each in (of_parts, of_whole):
        del each["next"]
        each.pop("comparison_seconds", None)
    assert of_parts == of_whole


def test_trained_on_a_sample_and_scored_file_by_file(run, parts, small_samples, tmp_path):
    folder, table = parts
    model, scores = tmp_path / "model", tmp_path / "scores"
    told = run("train", folder, "-t", "fraud", "--drop", "id", "-o", model, "-e", "logistic_regression")
    assert "It learned from a sample (1,000 of no" in told
    assert told.startswith("none with")
    run("predict", model, folder, "-o", scores)
    names = ["a.parquet", "b.parquet", "later/a.parquet", "later/b.parquet"]
    assert sorted(str(file.relative_to(scores)) for file in scores.rglob("*.parquet")) == names
    found = pl.concat([pl.read_parquet(scores / name) for name in names])
    assert found.get_column("id").equals(table.get_column("id"))  # every row, in its order
    # One file alone gets the same scores.
    loaded = DeployableClassifier.load(model)
    np.testing.assert_allclose(
        found.get_column("probability_yes").to_numpy(),
        loaded.predict_proba(table.drop("fraud", "id"))[:, 1],
        rtol=1e-12,
    )
    share = (table.get_column("fraud") == "yes").mean()
    assert found.get_column("probability_yes").mean() == pytest.approx(share, rel=0.15)
    precision = next(figure for figure in loaded.expected_ if figure.metric == "precision")
    rows = found.get_column("prediction") == "yes"
    assert precision.low <= (table.get_column("fraud") == "yes").filter(rows).mean() <= precision.high


def test_a_file_without_rows_becomes_one_without_rows(run, parts, tmp_path):
    folder, table = parts
    run("train", folder / "a.parquet", "-t", "fraud", "--drop", "id", "-o", tmp_path / "m", "--strategy", "none")
    new = tmp_path / "new"
    new.mkdir()
    table[:0].write_parquet(new / "empty.parquet")
    table[:10].write_parquet(new / "full.parquet")
    run("predict", tmp_path / "m", new, "-o", tmp_path / "s")
    empty, full = (pl.read_parquet(tmp_path / "s" / f"{name}.parquet") for name in ("empty", "full"))
    assert empty.schema == full.schema
    assert (empty.height, full.height) == (0, 10)


def test_an_unreadable_file_leaves_no_scores(run, parts, tmp_path):
    folder, table = parts
    run("train", folder / "a.parquet", "-t", "fraud", "--drop", "id", "-o", tmp_path / "m", "--strategy", "none")
    new = tmp_path / "new"
    new.mkdir()
    table[:100].write_parquet(new / "a.parquet")
    table[:100].with_columns(pl.col("amount").cast(pl.String)).write_parquet(new / "b.parquet")
    told = run("predict", tmp_path / "m", new, "-o", tmp_path / "s", code=1)
    assert "amount" in told
    assert {path.name for path in tmp_path.iterdir()} == {"m", "new"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "FOLDER", "-t", "fraud"], "needs one table in memory. Use one of the files, such as"),
        (["train", "FOLDER", "-t", "fraud", "-o", "m", "--weight", "age"], "--weight needs a table in memory"),
        (["train", "FOLDER", "-t", "frauds", "-o", "m"], "fraud"),
    ],
)
def test_what_needs_a_table_in_memory_says_so(run, parts, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    told = run(*[str(parts[0]) if each == "FOLDER" else each for each in arguments], code=2)
    assert message in told
    assert not list(tmp_path.iterdir())


def test_scores_replace_only_scores(run, parts, tmp_path):
    folder, _ = parts
    run("train", folder / "a.parquet", "-t", "fraud", "--drop", "id", "-o", tmp_path / "m", "--strategy", "none")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "thesis.docx").touch()
    assert "exists" in run("predict", tmp_path / "m", folder, "-o", tmp_path / "s", code=2)
    assert "no folder of tables" in run("predict", tmp_path / "m", folder, "-o", tmp_path / "s", "--force", code=2)
    assert (tmp_path / "s" / "thesis.docx").exists()
    assert "OUT must not hold the files of" in run("predict", tmp_path / "m", folder, "-o", folder, "--force", code=2)
    assert len(list(folder.rglob("*.parquet"))) == 4

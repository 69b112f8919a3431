"""Conditions on generated rows, on the command line."""

import json

import polars as pl
import pytest

# Enough steps for a model to be written and read, too few for good rows.
TRAIN = ("--max-iter", "20")

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    from imbgan.cli import main

    folder = tmp_path_factory.mktemp("conditions")
    rows = pl.DataFrame(
        {
            "age": [18 + i % 50 for i in range(127)],
            "area": [("rural", "urban", "in=town")[i % 3] for i in range(127)],
            " wait, =s ": [None if i % 7 == 0 else i / 4 for i in range(127)],
            "城市": [("北京 东", " x", "a,b")[i % 3] for i in range(127)],
            "label": ["fine"] * 100 + ["fraud"] * 27,
        }
    )
    rows.write_csv(folder / "t.csv")
    with pytest.raises(SystemExit):
        main(["fit", str(folder / "t.csv"), "-t", "label", "-o", str(folder / "model"), "-q", *TRAIN])
    return folder / "model"


def test_rows_meet_what_is_typed(imbgan, model, tmp_path):
    where = ("--where", "age=20..30", "--where", "area=rural", "--where", "area=in=town")
    run = imbgan("generate", model, "-n", 20, "-l", "fraud", *where, "-o", tmp_path / "x.csv", "--json", tmp_path / "j")
    assert run.code == 0
    found = pl.read_csv(tmp_path / "x.csv")
    assert found["age"].is_between(20, 30).all()
    assert found["area"].is_in(["rural", "in=town"]).all()
    (record,) = json.loads((tmp_path / "j").read_text())["conditions"]
    assert record["n_kept"] + record["n_moved"] == found.height == 20
    assert "departure" in run.out


@pytest.mark.parametrize(
    ("where", "meets"),
    [
        ([" wait, =s = 1.5..2.5 ", "age=..30"], lambda X: X[" wait, =s "].is_between(1.5, 2.5) & (X["age"] <= 30)),
        (["wait, =s ="], None),
        ([" wait, =s =", " wait, =s =30.."], lambda X: X[" wait, =s "].fill_null(31) >= 30),
        (["age=20..22", "age=60..", "age= 40"], lambda X: X["age"].is_in([20, 21, 22, 40]) | (X["age"] >= 60)),
        (["城市=北京 东", "城市= x"], lambda X: X["城市"].is_in(["北京 东", " x"])),
        (["城市=a,b", "age=-5..30.5"], lambda X: (X["城市"] == "a,b") & (X["age"] <= 30)),
    ],
)
def test_names_and_values_of_any_form(imbgan, model, tmp_path, where, meets):
    options = [word for each in where for word in ("--where", each)]
    run = imbgan("generate", model, "-n", 12, "-l", "fraud", *options, "-o", tmp_path / "x.csv")
    if meets is None:
        assert run.code == 2
        assert "Did you mean ' wait, =s '?" in run.err
    else:
        assert run.code == 0, run.err
        rows = pl.read_csv(tmp_path / "x.csv")
        assert rows.height == 12
        assert meets(rows).all()


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (["area"], "such as --where area=rural"),
        (["aera=rural"], "Did you mean 'area'?"),
        (["area=rurl"], "Did you mean 'rural'?"),
        (["age=90..99"], "values observed are 18 to 67"),
        (["age=30..20"], "low must be at most high"),
        (["age=thirty"], "must be a number"),
        (["age="], "no cell of this column is missing"),
        (["label=fraud"], "use --label"),
    ],
)
def test_conditions_that_no_row_meets_are_refused(imbgan, model, tmp_path, where, message):
    options = [word for each in where for word in ("--where", each)]
    run = imbgan("generate", model, "-n", 3, *options, "-o", tmp_path / "x.csv")
    assert run.code == 2
    assert message in run.err
    assert not (tmp_path / "x.csv").exists()

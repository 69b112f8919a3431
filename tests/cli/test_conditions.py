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
    ("where", "message"),
    [
        (["area"], "such as --where area=rural"),
        (["aera=rural"], "Did you mean 'area'?"),
        (["area=rurl"], "Did you mean 'rural'?"),
        (["age=90..99"], "values observed are 18 to 67"),
        (["age=20..30", "age=40"], "one interval per column"),
    ],
)
def test_conditions_that_no_row_meets_are_refused(imbgan, model, tmp_path, where, message):
    options = [word for each in where for word in ("--where", each)]
    run = imbgan("generate", model, "-n", 3, *options, "-o", tmp_path / "x.csv")
    assert run.code == 2
    assert message in run.err
    assert not (tmp_path / "x.csv").exists()

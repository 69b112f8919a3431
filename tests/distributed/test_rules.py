"""Rules of a table on an engine: rows obey them and are those of any other engine; a broken rule is an error before."""

import numpy as np
import polars as pl
import pytest

from imbgan import adds_up, between, less, only_together, unique
from imbgan.bulk import Options, resample_files
from imbgan.data import open_data_set
from imbgan.distributed import resample
from imbgan.engines import LocalEngine, RayEngine
from imbgan.engines.ray import connect
from imbgan.exceptions import DataError, ParameterError
from imbgan.tabular.reservoir import ReservoirSize

pytestmark = [
    pytest.mark.filterwarnings("ignore::imbgan.exceptions.ImbganWarning"),
    pytest.mark.usefixtures("divided"),
]

N = 12_000
RULES = [
    less("ordered", "shipped"),
    adds_up(["net", "tax"], "gross"),
    between("gross", 0, 400),
    unique(["id"]),
    only_together("city", "country"),
]
OPTIONS = {"target": "late", "ratio": 0.1, "max_iter": 5, "size": ReservoirSize(per_class=300, of_largest=600)}


def orders():
    rng = np.random.default_rng(0)
    place = rng.integers(0, 4, N)
    net, tax = rng.integers(1, 500, N), rng.integers(1, 41, N)
    net[net + tax > 400] = 100
    ordered = np.datetime64("2024-01-01") + rng.integers(0, 300, N).astype("timedelta64[D]")
    return pl.DataFrame(
        {
            "id": np.arange(N) + 10_000,
            "ordered": ordered,
            "shipped": ordered + rng.integers(0, 9, N).astype("timedelta64[D]"),
            "net": net,
            "tax": tax,
            "gross": net + tax,
            "city": np.array(["Paris", "Rome", "Lyon", "Milan"])[place],
            "country": np.array(["France", "Italy"])[place % 2],
            "late": np.where(rng.random(N) < 0.02, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("orders") / "in"
    place.mkdir()
    for number, part in enumerate(orders().iter_slices(5000)):
        part.write_parquet(place / f"part-{number}.parquet", row_group_size=2000)
    return place


@pytest.fixture(scope="module", params=["local", pytest.param("ray", marks=pytest.mark.slow)])
def engine(request):
    if request.param == "local":
        yield LocalEngine()
        return
    ray = pytest.importorskip("ray")
    connect("local", num_cpus=2, include_dashboard=False)
    yield RayEngine()
    ray.shutdown()


def test_rows_obey_rules_and_are_those_of_one_process(folder, engine, tmp_path, contents):
    alone, out = tmp_path / "alone", tmp_path / "out"
    resample_files(open_data_set(folder), alone, Options(rules=RULES, **OPTIONS))
    resample(folder, out, rules=RULES, engine=engine, **OPTIONS)
    assert contents(out) == contents(alone)
    rows = pl.read_parquet(out / "*.parquet")
    made = rows.filter(~pl.col("id").is_in(np.arange(N) + 10_000))
    assert made.height > 300
    assert not any(rule.broken(rows.drop("late")).any() for rule in RULES[:4])
    assert not RULES[4].like(orders().drop("late")).broken(made.drop("late")).any()


@pytest.mark.parametrize(
    ("rules", "error", "said"),
    [
        (
            [less("shipped", "ordered")],
            DataError,
            r"part-0.*rows break less\('shipped', 'ordered'\).*the first of them row",
        ),
        ([less("ordered", "shiped")], ParameterError, "Did you mean 'shipped'"),
    ],
)
def test_a_rule_that_cannot_be_is_an_error_by_name(folder, engine, tmp_path, rules, error, said):
    with pytest.raises(error, match=said):
        resample(folder, tmp_path / "out", rules=rules, engine=engine, **OPTIONS)
    assert not (tmp_path / "out").exists()

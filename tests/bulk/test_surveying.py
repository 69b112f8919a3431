"""What several processes see of a data set is what one sees, however its files are divided."""

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from imbgan.bulk import Options, surveying
from imbgan.data import Reading, open_data_set
from imbgan.engines import LocalEngine
from imbgan.oversampling.streaming import survey_of, survey_seed
from imbgan.tabular import TableEncoder
from imbgan.tabular.reading import read_table
from imbgan.tabular.reservoir import ReservoirSize
from imbgan.tabular.statistics import sketch

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.exceptions.IdentifierColumnWarning")

N, SIZE = 1500, ReservoirSize(per_class=60, of_largest=50)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Return a folder of three files, the second of which has no rows; some rows have no label."""
    rng = np.random.default_rng(0)
    labels = np.where(np.arange(N) % 9 == 0, "rare", "common").astype(object)
    labels[rng.choice(N, 100, replace=False)] = None
    labels[-1] = "last"
    frame = pl.DataFrame(
        {
            "id": np.arange(N) + 1_000_000,
            "amount": rng.lognormal(size=N),
            "city": pl.Series([["Bern", "Lima", None][i % 3] for i in range(N)], dtype=pl.Categorical),
            "level": [f"v{i % 400}" for i in range(N)],
            "label": labels.tolist(),
        }
    )
    folder = tmp_path_factory.mktemp("in")
    for number, part in enumerate((frame[:1000], frame[:0], frame[1000:])):
        part.write_parquet(folder / f"{number}.parquet", row_group_size=[130, 1, 77][number])
    return folder


@settings(max_examples=6)
@given(st.integers(1, N))
@example(130)
def test_the_division_changes_nothing(source, most):
    data_set = open_data_set(source, Reading(drop_missing=True))
    seed = survey_seed(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sketch, "SKETCH_CAP", 200)  # numbers have more values than are kept
        patch.setattr(surveying, "SECTION_ROWS", most)
        seen = surveying.survey_files(data_set, Options("label", size=SIZE), LocalEngine())
        one = survey_of(data_set.labeled("label"), kinds=None, seed=seed, size=SIZE, rules=None)
    many = seen.survey.result()
    assert many.X.equals(one.X)
    assert many.labels.values.tolist() == one.labels.values.tolist()
    assert dict(seen.class_counts) == dict(zip(one.labels.classes.tolist(), one.class_counts.tolist(), strict=True))
    assert seen.n_missing == 100
    table = read_table(one.X)
    first, second = (
        TableEncoder.from_statistics(each.statistics_for(table, keeps_identifiers=False), identifiers="fresh")
        for each in (one, many)
    )
    assert first.to_document()[0] == second.to_document()[0]
    assert np.array_equal(first.transform(one.X, seed=0), second.transform(one.X, seed=0))


def test_where_a_row_lies_does_not_depend_on_rows_without_a_label_before_it(source):
    data_set = open_data_set(source, Reading(drop_missing=True))
    ids = pl.concat([pl.DataFrame({"file": b.file, "row": b.rows, "id": b.X["id"]}) for b in data_set.labeled("label")])
    assert ids.height == N - 100
    assert (ids["id"] - 1_000_000 == ids["row"] + ids["file"] * 500).all()

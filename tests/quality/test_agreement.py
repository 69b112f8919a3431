"""The figures agree with independent implementations on the same rows."""

import warnings

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from imbgan.quality.classes import class_quality
from imbgan.quality.dependence import association
from imbgan.quality.geometry import geometry
from imbgan.quality.marginals import column_qualities
from imbgan.quality.privacy import _auc
from imbgan.quality.rows import Field, read_rows
from imbgan.quality.splits import Splits
from imbgan.random import Streams

pd = pytest.importorskip("pandas")

N, M = 150, 130


def table(seed, n, shift=0.0):
    rng = np.random.default_rng(seed)
    first = rng.normal(size=n) + shift
    return pd.DataFrame(
        {
            "number": first,
            "related": np.exp(0.7 * first + 0.5 * rng.normal(size=n)),
            "count": rng.poisson(3 + shift, size=n),
            "partial": np.where(rng.random(n) < 0.2 + 0.2 * shift, np.nan, rng.normal(size=n)),
            "city": np.where(first > 0.5, "a", rng.choice(list("abcde"), size=n, p=[0.4, 0.3, 0.2, 0.09, 0.01])),
            "flag": rng.random(n) < 0.3,
        }
    )


@pytest.fixture(scope="module")
def tables():
    return table(0, N), table(1, M, shift=0.5)


@pytest.fixture(scope="module")
def fields_and_cells(tables):
    fields, rows = read_rows({"real": tables[0], "synthetic": tables[1]}, None, None)
    return fields, rows["real"].cells, rows["synthetic"].cells


def whole(n, m):
    """All rows against all rows, once: what other implementations look at."""
    return Splits(np.arange(n)[None], None, n + np.arange(m)[None], n, m)


@pytest.fixture(scope="module")
def columns(fields_and_cells):
    qualities = column_qualities(*fields_and_cells, whole(N, M))
    return {quality.name: {measure.name: measure.value for measure in quality.measures} for quality in qualities}


@pytest.mark.parametrize("name", ["number", "related", "count", "partial"])
def test_ks_is_that_of_scipy(tables, columns, name):
    expected = stats.ks_2samp(tables[0][name].dropna(), tables[1][name].dropna()).statistic
    assert columns[name]["ks"] == pytest.approx(expected, abs=1e-9)


def sdmetrics_figure(name, real, synthetic, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its warnings are about its own use of pandas
        import sdmetrics.column_pairs
        import sdmetrics.single_column

        home = sdmetrics.column_pairs if hasattr(sdmetrics.column_pairs, name) else sdmetrics.single_column
        return float(getattr(home, name).compute(real, synthetic, **options))


@pytest.mark.global_random
@pytest.mark.parametrize(
    ("theirs", "ours", "column"),
    [
        ("KSComplement", "ks", "number"),
        ("KSComplement", "ks", "partial"),
        ("TVComplement", "total_variation", "city"),
        ("BoundaryAdherence", "out_of_range", "number"),
        ("MissingValueSimilarity", "missing_rate", "partial"),
    ],
)
def test_complements_are_those_of_sdmetrics(tables, columns, theirs, ours, column):
    expected = sdmetrics_figure(theirs, tables[0][column], tables[1][column])
    assert 1 - columns[column][ours] == pytest.approx(expected, abs=1e-9)


@pytest.mark.global_random
@pytest.mark.parametrize(
    ("theirs", "ours", "column"),
    [
        ("RangeCoverage", "range_coverage", "number"),
        ("RangeCoverage", "range_coverage", "related"),
        ("CategoryCoverage", "level_coverage", "city"),
    ],
)
def test_coverages_are_those_of_sdmetrics(tables, columns, theirs, ours, column):
    expected = sdmetrics_figure(theirs, tables[0][column], tables[1][column])
    assert columns[column][ours] == pytest.approx(expected, abs=1e-9)


@pytest.mark.global_random
def test_spearman_difference_is_that_of_sdmetrics(tables, fields_and_cells):
    names = ["number", "related"]
    expected = sdmetrics_figure("CorrelationSimilarity", *(table[names] for table in tables), coefficient="Spearman")
    fields, real, synthetic = fields_and_cells
    gap = association(fields, real)[0, 1] - association(fields, synthetic)[0, 1]
    # sdmetrics halves the difference, whose range is [0, 2].
    assert 1 - abs(gap) / 2 == pytest.approx(expected, abs=1e-9)


def test_associations_are_those_of_scipy(tables, fields_and_cells):
    fields, real, _ = fields_and_cells
    found, frame = association(fields, real), tables[0]
    place = {field.name: i for i, field in enumerate(fields)}
    rho = stats.spearmanr(frame["number"], frame["count"]).statistic
    assert found[place["number"], place["count"]] == pytest.approx(rho)
    counts = pd.crosstab(frame["city"], frame["flag"]).to_numpy()
    assert found[place["city"], place["flag"]] == pytest.approx(stats.contingency.association(counts, method="cramer"))
    # The share of the variance of ranks that levels explain, from the H statistic of Kruskal and Wallis.
    h = stats.kruskal(*(group["related"] for _, group in frame.groupby("city"))).statistic
    assert found[place["city"], place["related"]] == pytest.approx((h / (N - 1)) ** 0.5)
    np.testing.assert_array_equal(found, found.T)
    np.testing.assert_array_equal(np.diagonal(found), 1.0)


def test_spearman_with_missing_cells_uses_ranks_among_present_values(tables, fields_and_cells):
    fields, real, _ = fields_and_cells
    frame = tables[0]
    both = frame["partial"].notna()
    expected = np.corrcoef(stats.rankdata(frame["number"])[both], stats.rankdata(frame["partial"][both]))[0, 1]
    assert association(fields, real)[0, 3] == pytest.approx(expected)


@pytest.mark.parametrize("shift", [0.0, 1.0])
def test_density_and_coverage_are_those_of_prdc(shift):
    prdc = pytest.importorskip("prdc")
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(N, 4)), rng.normal(size=(M, 4)) + shift
    expected = prdc.compute_prdc(real_features=real, fake_features=synthetic, nearest_k=5)
    found = {measure.name: measure.value for measure in geometry(real, synthetic, whole(N, M), rng)}
    # A ball here includes its surface, which matters for ties alone.
    assert found["density"] == pytest.approx(expected["density"], abs=1e-9)
    assert found["coverage"] == pytest.approx(expected["coverage"], abs=1e-9)


def test_energy_distance_in_one_dimension_is_that_of_scipy():
    rng = np.random.default_rng(0)
    real, synthetic = rng.normal(size=(N, 1)), rng.normal(size=(M, 1)) + 0.5
    found = {measure.name: measure.value for measure in geometry(real, synthetic, whole(N, M), rng)}
    # SciPy gives the root of the plug-in estimate, in which rows meet themselves.
    within = [np.abs(rows - rows.T).sum() / (len(rows) - 1) for rows in (real, synthetic)]
    bias = sum(total / len(rows) ** 2 for total, rows in zip(within, (real, synthetic), strict=True))
    expected = stats.energy_distance(real[:, 0], synthetic[:, 0]) ** 2
    assert found["energy_distance"] + bias == pytest.approx(expected, rel=1e-4)


def test_auc_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    first, second = rng.integers(9, size=N).astype(float), rng.integers(7, size=M).astype(float)
    expected = roc_auc_score(np.repeat([1, 0], [N, M]), np.concatenate([first, second]))
    assert _auc(first, second) == pytest.approx(expected)


def test_two_sample_auc_finds_a_shift_as_far_as_it_can_be_found():
    rng = np.random.default_rng(0)
    fields = tuple(Field(name, True) for name in "ab")
    real, synthetic = rng.normal(size=(500, 2)), rng.normal(size=(500, 2)) + np.array([1.0, 0.0])
    found = class_quality("a", fields, real, synthetic, real[:0], Streams(0)).measure("two_sample_auc")
    best = stats.norm.cdf(1.0 / 2**0.5)  # of the likelihood ratio of two normals one deviation apart
    assert best - 0.06 < found.value <= best + 0.03
    assert found.low <= 0.5 <= found.high

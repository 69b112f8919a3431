"""Every data type comes back as the very same type: what was given unchanged, and what is generated, too."""

import datetime as dt
import enum
import json
import uuid
import zoneinfo
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from dateutil import tz

from imbgan.exceptions import CollectedFrameWarning, DataTypeError
from imbgan.tabular import TableEncoder, as_given, concat, eager, n_rows, plain, read_table, take
from imbgan.tabular.zones import zone_from_text, zone_text

N = 12
Y = np.arange(N) % 2
WHOLE = [3, -1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8]
TEXTS = ["a", "b", "a", "c", "ä", "b", "", "a", "b", "c", "c", "a"]
TIMES = [dt.datetime(2020, 3, 8, 13, 5, 7) + dt.timedelta(hours=61 * hour) for hour in WHOLE]
CLOCK = [dt.time(abs(hour), 5, 7, 250) for hour in WHOLE]
PRICES = [Decimal(f"{value}.50") for value in WHOLE]
ZONES = [
    "America/New_York", "Asia/Ho_Chi_Minh", "Etc/GMT+5", "EST5EDT", "America/Argentina/Buenos_Aires",
    "America/Port-au-Prince", "Australia/Lord_Howe", "UTC",
]  # fmt: skip
ZONE_OBJECTS = [
    tz.gettz("Europe/London"), tz.tzlocal(), tz.tzoffset("X", 3600), tz.tzutc(), dt.UTC,
    dt.timezone(dt.timedelta(hours=-3)), dt.timezone(dt.timedelta(hours=5), "NAME"),
    dt.timezone(dt.timedelta(seconds=3661), "odd name"),
    zoneinfo.ZoneInfo("America/New_York"), zoneinfo.ZoneInfo("UTC"), "+05:30",
]  # fmt: skip


class Color(enum.Enum):
    RED = 1
    BLUE = "blue"


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2


class Text(enum.StrEnum):
    A = "a"
    B = "b"


def with_gap(values: list) -> list:
    return [None if i in (2, 10) else value for i, value in enumerate(values)]


def fitted(X: object, **parameters: object) -> TableEncoder:
    return TableEncoder(**parameters).fit(X, Y, n_classes=2)


def generated(encoder: TableEncoder) -> object:
    """Decode a random matrix, as a generator gives it, after a round trip of the encoder through JSON or not."""
    return encoder.inverse_transform(np.random.default_rng(0).normal(size=(40, encoder.width)))


def loaded(encoder: TableEncoder) -> TableEncoder:
    document, arrays = encoder.to_document()
    return TableEncoder.from_document(json.loads(json.dumps(document, allow_nan=False)), arrays)


def decoded(encoder: TableEncoder, X: object) -> object:
    return encoder.inverse_transform(encoder.transform(X, 0))


def zoned(zone: object, unit: str = "us") -> pd.Series:
    return pd.Series(with_gap(TIMES), dtype=f"datetime64[{unit}]").dt.tz_localize("UTC").dt.tz_convert(zone)


def string_nan() -> pd.StringDtype:
    pytest.importorskip("pandas", minversion="2.3")  # older strings know no missing value but NA
    return pd.StringDtype("python", na_value=np.nan)


def unsigned_128() -> type[pl.DataType]:
    if not hasattr(pl, "UInt128"):
        pytest.skip(f"polars {pl.__version__} has no unsigned integers of 128 bits")
    return pl.UInt128


PANDAS: dict[str, Callable[[], pd.Series]] = {
    **{f"zone {zone}": (lambda zone=zone: zoned(zone)) for zone in ZONES},
    **{f"zone {zone!r}": (lambda zone=zone: zoned(zone, "ns")) for zone in ZONE_OBJECTS},
    **{f"zone unit {unit}": (lambda unit=unit: zoned("America/New_York", unit)) for unit in ("s", "ms", "us", "ns")},
    **{
        f"zone arrow {unit}": (
            lambda unit=unit: pd.Series(with_gap(TIMES), dtype=pd.ArrowDtype(pa.timestamp(unit, "America/New_York")))
        )
        for unit in ("s", "ms", "us", "ns")
    },
    "zone arrow offset": lambda: pd.Series(with_gap(TIMES), dtype=pd.ArrowDtype(pa.timestamp("us", "+05:30"))),
    "category string": lambda: pd.Series(with_gap(TEXTS), dtype="string").astype("category"),
    "category string pyarrow": lambda: pd.Series(with_gap(TEXTS), dtype="string[pyarrow]").astype("category"),
    "category string python": lambda: pd.Series(TEXTS, dtype=pd.StringDtype("python")).astype("category"),
    "category string nan": lambda: pd.Series(TEXTS, dtype=string_nan()).astype("category"),
    "category str": lambda: pd.Series(with_gap(TEXTS), dtype="str").astype("category"),
    "category object": lambda: pd.Series(with_gap(TEXTS), dtype=object).astype("category"),
    "category arrow string": lambda: pd.Series(TEXTS, dtype=pd.ArrowDtype(pa.string())).astype("category"),
    "category arrow large": lambda: pd.Series(TEXTS, dtype=pd.ArrowDtype(pa.large_string())).astype("category"),
    "category of tuples": lambda: pd.Series(pd.Categorical([(1, "a"), (2, "b"), (1, "a")] * 4)),
    "category of mixed": lambda: pd.Series(pd.Categorical([1, "1", "a", 2.5] * 3)),
    "category of bools": lambda: pd.Series([True, False, None] * 4).astype("category"),
    "category of intervals": lambda: pd.cut(pd.Series(WHOLE), 3),
    "category of periods": lambda: pd.Series(pd.period_range("2020", periods=N, freq="M")).astype("category"),
    "category of zoned": lambda: zoned("America/New_York").astype("category"),
    "category of spans": lambda: pd.Series(pd.to_timedelta(WHOLE, unit="h")).astype("category"),
    "category of Int64": lambda: pd.Series(with_gap(WHOLE), dtype="Int64").astype("category"),
    "category unused": lambda: pd.Series(pd.Categorical(["b"] * 6 + ["a"] * 6, ["z", "b", "a", ""], ordered=True)),
    "string nan": lambda: pd.Series(with_gap(TEXTS), dtype=string_nan()),
    "arrow dictionary": lambda: pd.Series(
        with_gap(TEXTS), dtype=pd.ArrowDtype(pa.dictionary(pa.int8(), pa.string(), ordered=True))
    ),
    "arrow decimal": lambda: pd.Series(with_gap(PRICES), dtype=pd.ArrowDtype(pa.decimal128(12, 3))),
    "arrow time": lambda: pd.Series(with_gap(CLOCK), dtype=pd.ArrowDtype(pa.time64("us"))),
    "Float64 nan": lambda: pd.Series([0.5, 1.25] * 6, dtype="Float64"),
    "sparse text": lambda: pd.Series(pd.arrays.SparseArray(["a", "b"] * 6)),
    "sparse day": lambda: pd.Series(pd.arrays.SparseArray(np.array(WHOLE, "M8[s]"))),
    "sparse bool": lambda: pd.Series(pd.arrays.SparseArray([value > 3 for value in WHOLE])),
}
POLARS: dict[str, Callable[[], pl.Series]] = {
    **{
        f"zone {zone}": (
            lambda zone=zone: pl.Series(with_gap(TIMES)).dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
        )
        for zone in ZONES
    },
    "time": lambda: pl.Series(with_gap(CLOCK)),
    "decimal": lambda: pl.Series(with_gap(PRICES), dtype=pl.Decimal(12, 3)),
    "decimal whole": lambda: pl.Series([Decimal(10**15 + v) for v in WHOLE], dtype=pl.Decimal(20, 0)),
    "decimal fine": lambda: pl.Series([Decimal(v) / 2**9 for v in WHOLE], dtype=pl.Decimal(38, 18)),
    "decimal missing": lambda: pl.Series([None] * N, dtype=pl.Decimal(12, 3)),
    "i128": lambda: pl.Series(with_gap(WHOLE), dtype=pl.Int128),
    "u128": lambda: pl.Series([abs(v) for v in WHOLE], dtype=unsigned_128()),
    "categories": lambda: pl.Series(with_gap(TEXTS), dtype=pl.Categorical(pl.Categories("colors", "space", pl.UInt8))),
    "enum": lambda: pl.Series(with_gap(TEXTS), dtype=pl.Enum(["z", "c", "b", "a", "ä", ""])),
    "time missing": lambda: pl.Series([None] * N, dtype=pl.Time),
}
ARROW: dict[str, Callable[[], pa.Array]] = {
    **{
        f"{kind}": (lambda kind=kind: pa.array(with_gap(WHOLE)).cast(kind))
        for kind in (pa.int8(), pa.int16(), pa.int64(), pa.float16(), pa.float32(), pa.float64(), pa.duration("ms"))
        if kind != pa.int8()
    },
    "int8": lambda: pa.array(with_gap(WHOLE), pa.int8()),
    "uint64": lambda: pa.array(with_gap([2**64 - 1 - abs(v) for v in WHOLE]), pa.uint64()),
    "float nan": lambda: pa.array([float("nan") if v is None else v / 4 for v in with_gap(WHOLE)]),
    "bool": lambda: pa.array(with_gap([v > 3 for v in WHOLE])),
    "string": lambda: pa.array(with_gap(TEXTS)),
    "large string": lambda: pa.array(with_gap(TEXTS), pa.large_string()),
    "string view": lambda: pa.array(with_gap(TEXTS), pa.string_view()),
    "dictionary": lambda: pa.array(with_gap(TEXTS)).dictionary_encode(),
    "dictionary int8": lambda: pa.DictionaryArray.from_arrays(
        pa.array(with_gap([sorted(set(TEXTS)).index(text) for text in TEXTS]), pa.int8()),
        pa.array(sorted(set(TEXTS)), pa.large_string()),
        ordered=True,
    ),
    "date32": lambda: pa.array(with_gap([time.date() for time in TIMES])),
    "date64": lambda: pa.array(with_gap([time.date() for time in TIMES]), pa.date64()),
    "time32": lambda: pa.array(with_gap([time.replace(microsecond=0) for time in CLOCK]), pa.time32("s")),
    "time64": lambda: pa.array(with_gap(CLOCK), pa.time64("ns")),
    **{
        f"timestamp {unit}": (lambda unit=unit: pa.array(with_gap(TIMES), pa.timestamp(unit, "America/New_York")))
        for unit in ("s", "ms", "us", "ns")
    },
    "timestamp": lambda: pa.array(with_gap(TIMES)),
    "timestamp offset": lambda: pa.array(with_gap(TIMES), pa.timestamp("us", "+05:30")),
    "decimal128": lambda: pa.array(with_gap(PRICES), pa.decimal128(12, 3)),
    "decimal256": lambda: pa.array(with_gap(PRICES), pa.decimal256(50, 4)),
    "decimal whole": lambda: pa.array([Decimal(10**15 + v) for v in WHOLE], pa.decimal128(20, 0)),
    "decimal tens": lambda: pa.array([Decimal(v * 100) for v in WHOLE], pa.decimal128(20, -2)),
    "null": lambda: pa.nulls(N),
    "all missing": lambda: pa.nulls(N, pa.time32("s")),
}
CELLS: dict[str, Callable[[], list]] = {
    "Timestamp": lambda: with_gap([pd.Timestamp(time) for time in TIMES]),
    "Timestamp ns": lambda: [pd.Timestamp(time).as_unit("ns") + pd.Timedelta(1, "ns") for time in TIMES],
    "Timestamp and datetime": lambda: [pd.Timestamp(TIMES[0]), *TIMES[1:]][:1] * N,
    "Timedelta": lambda: with_gap([pd.Timedelta(hours=hour) for hour in WHOLE]),
    "datetime64": lambda: with_gap([np.datetime64(time, "s") for time in TIMES]),
    "datetime64 month": lambda: [np.datetime64(time, "M") for time in TIMES],
    "timedelta64": lambda: with_gap([np.timedelta64(hour, "h") for hour in WHOLE]),
    **{
        kind.__name__: (lambda kind=kind: with_gap([kind(abs(v)) for v in WHOLE]))
        for kind in (np.int64, np.int8, np.uint16, np.float32, np.float64, np.float16, np.longdouble, np.str_)
    },
    "bool_": lambda: with_gap([np.bool_(v > 3) for v in WHOLE]),
    "mixed numbers": lambda: [1, np.int64(2), 3, np.int8(4)] * 3,
    "enum": lambda: with_gap([Color.RED, Color.BLUE] * 6),
    "int enum": lambda: with_gap([Size.SMALL, Size.LARGE] * 6),
    "str enum": lambda: with_gap([Text.A, Text.B, Text.B] * 4),
    "decimal": lambda: with_gap(PRICES),
    "decimal whole": lambda: [Decimal(v) for v in WHOLE],
    "decimal and int": lambda: [Decimal("1.5"), 2, 3] * 4,
    "uuid": lambda: with_gap([uuid.UUID(int=abs(v)) for v in WHOLE]),
    "time": lambda: with_gap(CLOCK),
    "date": lambda: with_gap([time.date() for time in TIMES]),
    "constant time": lambda: [CLOCK[0]] * N,
    "constant Timestamp": lambda: [pd.Timestamp(TIMES[0])] * N,
    "constant uuid": lambda: [uuid.UUID(int=5)] * N,
}


@pytest.mark.parametrize("name", PANDAS)
def test_pandas(name: str) -> None:
    X = pd.DataFrame({"first": PANDAS[name](), "second": WHOLE})
    for encoder in (fitted(X), loaded(fitted(X))):
        pd.testing.assert_frame_equal(decoded(encoder, X), X, check_exact=True)
        new = generated(encoder)
        assert list(new.dtypes) == list(X.dtypes)
        both = concat(X, new)
        assert list(both.dtypes) == list(X.dtypes)
        pd.testing.assert_frame_equal(both.head(N), X)


@pytest.mark.parametrize("name", POLARS)
def test_polars(name: str) -> None:
    X = pl.DataFrame({"first": POLARS[name](), "second": WHOLE})
    for encoder in (fitted(X), loaded(fitted(X))):
        assert decoded(encoder, X).equals(X)
        new = generated(encoder)
        assert new.schema == X.schema
        assert concat(X, new).head(N).equals(X)


@pytest.mark.parametrize("make", [pa.Table.from_arrays, pa.RecordBatch.from_arrays], ids=["table", "batch"])
@pytest.mark.parametrize("name", ARROW)
def test_arrow(name: str, make: Callable) -> None:
    X = make([ARROW[name](), pa.array(WHOLE)], names=["first", "second"])
    for encoder in (fitted(X), loaded(fitted(X))):
        back, new = decoded(encoder, X), generated(encoder)
        assert type(back) is type(X)
        assert back.schema == X.schema
        assert str(back.to_pylist()) == str(X.to_pylist())  # as text, in which NaN equals NaN
        both = concat(X, new)
        assert type(both) is type(X)
        assert both.schema == X.schema
        assert str(both.slice(0, N).to_pylist()) == str(X.to_pylist())


@pytest.mark.filterwarnings("ignore::imbgan.exceptions.IdentifierColumnWarning")
@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("container", ["pandas", "numpy", "list"])
def test_cells(name: str, container: str) -> None:
    cells = CELLS[name]()
    matrix = np.empty((N, 1), dtype=object)
    matrix[:, 0] = np.fromiter(cells, dtype=object, count=N)
    frame = pd.DataFrame({"x": pd.Series(matrix[:, 0], dtype=object)})
    X = {"pandas": frame, "numpy": matrix, "list": [[cell] for cell in cells]}[container]
    kinds = {type(cell) for cell in cells if cell is not None}

    def column(table: object) -> list:
        return table["x"].to_list() if container == "pandas" else [row[0] for row in table]

    encoders = [fitted(X)] if "enum" in name else [fitted(X), loaded(fitted(X))]
    for encoder in encoders:
        back, new = column(decoded(encoder, X)), column(generated(encoder))
        assert back == cells
        made = {type(cell) for cell in new if cell is not None}
        assert made
        assert made <= kinds
        assert len(made) == 1


@pytest.mark.parametrize("kind", [Size, Text])
def test_enumerations_of_values_are_saved_as_these(kind: type[enum.Enum]) -> None:
    table = [[member] for member in kind] * 6
    encoder = fitted(table)
    back = loaded(encoder).inverse_transform(encoder.transform(table, 0))
    assert back == table
    assert {type(row[0]) for row in back} == {int if kind is Size else str}


def test_other_enumerations_cannot_be_saved() -> None:
    with pytest.raises(DataTypeError, match=r"type Color .*cannot be saved"):
        loaded(fitted([[Color.RED], [Color.BLUE]] * 6))


class TestMasked:
    def test_masked_is_missing(self) -> None:
        data = np.array([[3, -999], [5, 7], [-999, 7], [3, 9]] * 3)
        X = np.ma.masked_equal(data, -999)
        encoder = fitted(X)
        back = decoded(encoder, X)
        assert isinstance(back, np.ma.MaskedArray)
        assert back.dtype == X.dtype
        assert back.fill_value == X.fill_value
        np.testing.assert_array_equal(np.ma.getmaskarray(back), X.mask)
        np.testing.assert_array_equal(back.filled(), data)
        new = generated(encoder)
        assert new.min() >= 3
        both = concat(X, new)
        assert isinstance(both, np.ma.MaskedArray)
        assert (both.dtype, both.fill_value) == (X.dtype, X.fill_value)
        np.testing.assert_array_equal(both.filled()[:N], data)
        assert isinstance(take(X, [0, 2]), np.ma.MaskedArray)
        assert loaded(encoder).inverse_transform(np.zeros((3, encoder.width))).dtype == X.dtype

    @pytest.mark.parametrize("dtype", [float, np.float32, np.uint64, bool, "U3", object, "M8[s]"])
    def test_every_type(self, dtype: object) -> None:
        data = np.array([[1, 0], [2, 1], [3, 1]] * 4).astype(np.int64).astype(dtype)
        X = np.ma.array(data, mask=[[True, False], [False, False], [False, True]] * 4)
        back = decoded(fitted(X), X)
        assert back.dtype == X.dtype
        np.testing.assert_array_equal(np.ma.getmaskarray(back), X.mask)
        assert (back == X).all()

    def test_nan_that_is_not_masked_comes_back_as_nan(self) -> None:
        X = np.ma.array([[0.5], [np.nan], [1.5]] * 4)
        back = decoded(fitted(X), X)
        assert not np.ma.getmaskarray(back).any()
        np.testing.assert_array_equal(back.data, X.data)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_a_matrix_comes_back() -> None:
    X = np.matrix([[0.5, 1], [1.5, 2], [2.5, 2]] * 4)
    back = decoded(fitted(X), X)
    assert type(back) is np.matrix
    np.testing.assert_array_equal(back, X)
    assert type(concat(X, back)) is np.matrix
    assert concat(X, back).shape == (24, 2)


def test_a_lazy_frame_is_collected_and_lazy_again() -> None:
    frame = pl.DataFrame({"a": WHOLE, "b": TEXTS})
    with pytest.warns(CollectedFrameWarning, match="collected"):
        table = read_table(frame.lazy())
    encoder = TableEncoder().fit(table, Y, n_classes=2)
    back = encoder.inverse_transform(encoder.transform(table, 0))
    assert isinstance(back, pl.LazyFrame)
    assert back.collect().equals(frame)
    assert n_rows(frame.lazy()) == N
    assert isinstance(as_given(frame, frame.lazy()), pl.LazyFrame)
    assert as_given(frame, frame) is frame
    with pytest.warns(CollectedFrameWarning):
        assert eager(frame.lazy()).equals(frame)
    assert take(frame.lazy(), [1, 2]).collect().equals(frame[[1, 2]])
    assert concat(frame.lazy(), back).collect().equals(pl.concat([frame, frame]))
    assert concat(frame, back).equals(pl.concat([frame, frame]))


def test_arrow_targets() -> None:
    y = pa.array(["a", "b", None])
    chunked = pa.chunked_array([["a"], ["b", None]])
    assert take(y, [2, 0]).to_pylist() == take(chunked, [2, 0]).to_pylist() == [None, "a"]
    assert n_rows(y) == n_rows(chunked) == 3
    assert isinstance(concat(y, y), pa.Array)
    assert concat(y, y).to_pylist() == concat(chunked, y).to_pylist() == ["a", "b", None] * 2


@pytest.mark.filterwarnings("ignore::imbgan.exceptions.CollectedFrameWarning", "ignore::PendingDeprecationWarning")
class TestPlain:
    def test_masked_cells_are_missing(self) -> None:
        whole = plain(np.ma.array([[1, -999], [2, 3]], mask=[[0, 1], [0, 0]]))
        np.testing.assert_array_equal(whole, [[1, np.nan], [2, 3]])
        assert not isinstance(whole, np.ma.MaskedArray)
        text = plain(np.ma.array([["a", "b"]], mask=[[False, True]]))
        assert text.tolist() == [["a", None]]
        assert np.isnat(plain(np.ma.array(np.array([["2020", "2021"]], "M8[D]"), mask=[[0, 1]]))).tolist() == [
            [False, True]
        ]
        single = plain(np.ma.array([[1.5, 2.5]], mask=[[0, 1]], dtype=np.float32))
        assert single.dtype == np.float32

    def test_all_else_comes_back(self) -> None:
        frame = pl.DataFrame({"a": WHOLE})
        assert plain(frame) is frame
        assert plain(frame.lazy()).equals(frame)
        assert type(plain(np.matrix([[1, 2]]))) is np.ndarray
        assert plain("no table") == "no table"
        data = np.zeros((2, 2))
        assert plain(data) is data


def test_rows_that_were_tuples_stay_tuples() -> None:
    X = [(float(value), str(value % 3)) for value in WHOLE]
    both = concat(X, generated(fitted(X)))
    assert both[:N] == X
    assert {type(row) for row in both} == {tuple}


def test_arrow_fields_keep_what_they_say() -> None:
    field = pa.field("a", pa.int64(), nullable=False, metadata={"unit": "m"})
    X = pa.table([pa.array(WHOLE)], schema=pa.schema([field], metadata={"source": "here"}))
    assert concat(X, generated(fitted(X))).schema.equals(X.schema, check_metadata=True)


class Nameless(dt.tzinfo):
    """A zone of the caller's own."""

    def utcoffset(self, when: dt.datetime | None) -> dt.timedelta | None:
        return None if when is None else dt.timedelta(hours=2)

    def dst(self, when: dt.datetime | None) -> None:
        return None

    def tzname(self, when: dt.datetime | None) -> str:
        return "own"


def test_a_zone_without_a_name_comes_back_and_cannot_be_saved() -> None:
    X = pd.DataFrame({"x": zoned(Nameless())})
    encoder = fitted(X)
    assert list(generated(encoder).dtypes) == list(X.dtypes)
    with pytest.raises(DataTypeError, match=r"cannot be saved: its time zone has no name"):
        encoder.to_document()


@pytest.mark.parametrize("text", ["pytz/+05:30", "pytz/America/New_York", "+05:30 NAME", "-03:30", "UTC", "tzlocal()"])
def test_zones_as_text(text: str) -> None:
    zone = zone_from_text(text)
    winter = dt.datetime(2020, 1, 1)
    assert zone_text(zone).removeprefix("pytz/") == text.removeprefix("pytz/")
    if "0" in text:
        offset = text.removeprefix("pytz/")[:6]
        assert dt.datetime(2020, 1, 1, tzinfo=zone).isoformat().endswith(offset)
    assert winter.replace(tzinfo=zone).utcoffset() is not None


@pytest.mark.parametrize("text", ["dateutil/No/Where", "No/Where", "pytz/No/Where"])
def test_unknown_zones_are_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        zone_from_text(text)

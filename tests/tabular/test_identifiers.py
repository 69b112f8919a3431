"""Columns that identify persons or rows: which are found, and what their fresh values are like."""

import json
import pickle
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import numpy as np
import pandas as pd
import polars as pl
import pytest

from imbgan.exceptions import DataError, IdentifierColumnWarning, ModelFileError, ParameterError
from imbgan.tabular import TableEncoder, TableStatistics, read_table
from imbgan.tabular.identifiers.evidence import identifiers_of, warn_of_identifiers, what_identifies
from imbgan.tabular.identifiers.patterns import hint_of, is_iban, is_luhn, luhn_digit, pattern_of
from imbgan.tabular.identifiers.shapes import read_shape, write_shape

Column = Callable[[np.random.Generator, int], list]

FIRST = [start + end for start in ("An", "Be", "Cla", "Do", "El", "Fa", "Gu", "Ha") for end in ("na", "rt", "ra")]
LAST = [start + end for start in ("Mei", "Schmi", "Kra", "Lo", "Wa") for end in ("er", "dt", "us", "pez")]


def _digits(rng: np.random.Generator, n: int) -> str:
    return "".join(rng.choice(list("0123456789"), n))


def _card(rng: np.random.Generator) -> str:
    body = "4" + _digits(rng, 14)
    return body + str(luhn_digit(body))


def _iban(rng: np.random.Generator) -> str:
    body = _digits(rng, 18)
    return f"DE{98 - int(body + '131400') % 97:02d}{body}"


def _name(rng: np.random.Generator) -> str:
    return f"{rng.choice(FIRST)} {rng.choice(LAST)}"


def _each(make: Callable[[np.random.Generator], object]) -> Column:
    return lambda rng, n: [make(rng) for _ in range(n)]


#: Columns that identify, by the words that a warning should use for them.
IDENTIFYING: dict[str, tuple[str, Column]] = {
    "row": ("row numbers", lambda rng, n: list(range(1, n + 1))),
    "part of the rows": ("row numbers", lambda rng, n: rng.permutation(3 * n)[:n].tolist()),
    "floats": ("row numbers", lambda rng, n: rng.permutation(n).astype(float).tolist()),
    "code": ("all different", lambda rng, n: [f"CUST-{i:06d}" for i in rng.permutation(n)]),
    "email": ("e-mail", _each(lambda rng: f"{rng.choice(FIRST)}.{_digits(rng, 5)}@mail.com".lower())),
    "20 emails": ("e-mail", _each(lambda rng: f"person{rng.integers(20)}@example.com")),
    "phone": ("telephone", _each(lambda rng: f"+49 17{_digits(rng, 1)} {_digits(rng, 7)}")),
    "phone, national": ("telephone", _each(lambda rng: f"0{rng.integers(150, 179)}/{_digits(rng, 7)}")),
    "phone, US": ("telephone", _each(lambda rng: f"({rng.integers(200, 989)}) 2{_digits(rng, 2)}-{_digits(rng, 4)}")),
    "phone, Chinese": ("telephone", _each(lambda rng: f"1{rng.integers(30, 99)}{_digits(rng, 8)}")),
    "phone, French": ("telephone", _each(lambda rng: "06 " + " ".join(_digits(rng, 2) for _ in range(4)))),
    "5 phones": ("telephone", _each(lambda rng: f"+1 212 555 0{rng.integers(5)}00")),
    "card": ("card", _each(_card)),
    "card in groups": ("card", _each(lambda rng: "-".join(map("".join, zip(*[iter(_card(rng))] * 4, strict=True))))),
    "card as number": ("card", _each(lambda rng: int(_card(rng)))),
    "iban": ("IBAN", _each(_iban)),
    "uuid": ("UUID", _each(lambda rng: str(UUID(bytes=rng.bytes(16), version=4)))),
    "uuid object": ("UUID", _each(lambda rng: UUID(bytes=rng.bytes(16), version=4))),
    "hash": ("hexadecimal", _each(lambda rng: rng.bytes(16).hex())),
    "ssn": ("all different", _each(lambda rng: f"{rng.integers(100, 772)}-{_digits(rng, 2)}-{_digits(rng, 4)}")),
    "plate": ("", _each(lambda rng: f"{''.join(rng.choice(list('ABCDEF'), 2))}-{_digits(rng, 5)}")),
    "ip": ("IP", _each(lambda rng: ".".join(map(str, rng.integers(1, 223, 4))))),
    "ip6": ("IP", _each(lambda rng: f"2001:db8:0:{rng.integers(65535):x}::{rng.integers(65535):x}")),
    "mac": ("MAC", _each(lambda rng: "-".join(rng.bytes(1).hex() for _ in range(6)))),
    "page": ("web", lambda rng, n: [f"https://example.com/{i}" for i in range(n)]),
    "sender": ("e-mail", _each(lambda rng: f"{_name(rng)} <{_digits(rng, 2)}@mail.com>")),
    "full_name": ("names", _each(_name)),
    "reversed": ("names", _each(lambda rng: f"{rng.choice(['Łukasz', 'Øster', 'de la Cruz'])}, {_name(rng)}")),
    "client": ("of persons", _each(lambda rng: f"C{rng.integers(60):04d}")),
    "who": ("names", _each(_name)),
    "姓名": ("", _each(lambda rng: "王" + "".join(rng.choice(list("伟芳娜敏静丽强磊军"), 2)))),
    "address": ("", _each(lambda rng: f"{rng.integers(1, 200)} {rng.choice(LAST)} Street")),
    "comment": ("free text", _each(lambda rng: " ".join(rng.choice(LAST, 8)))),
    "user": ("", _each(lambda rng: f"{rng.choice(FIRST).lower()}{_digits(rng, 4)}")),
    "account": ("all different", _each(lambda rng: int(rng.integers(10**9, 10**10)))),
    "customer_id": ("of persons", _each(lambda rng: int(rng.integers(100, 160)))),
    "Kunden-Nr": ("of persons", _each(lambda rng: int(rng.integers(10**5, 10**6)))),
    "padded": ("all different", lambda rng, n: [f"{i:010d}" for i in rng.permutation(n)]),
}  # fmt: skip

#: Columns that a model should learn.
LEARNED: dict[str, Column] = {
    "income": _each(lambda rng: int(rng.integers(15_000, 180_000))),
    "amount": lambda rng, n: np.round(rng.lognormal(5, 1, n), 2).tolist(),
    "measurement": lambda rng, n: rng.normal(size=n).tolist(),
    "pixels": _each(lambda rng: int(rng.integers(10**6))),
    "revenue": _each(lambda rng: 1000 * int(rng.integers(10**5, 10**6))),
    "income as text": _each(lambda rng: f"{rng.integers(15_000, 180_000):,}"),
    "plain text of numbers": _each(lambda rng: str(rng.integers(15_000, 180_000))),
    "euros": _each(lambda rng: f"{rng.lognormal(5):.2f} €".replace(".", ",")),
    "weight": _each(lambda rng: f"{rng.uniform(40, 110):.1f} kg"),
    "price": _each(lambda rng: f"USD {rng.integers(10_000, 99_999)}"),
    "lakh": _each(lambda rng: f"{rng.integers(1, 99)},{_digits(rng, 2)},{_digits(rng, 3)}"),
    "day in words": _each(lambda rng: f"{rng.integers(1, 28)}. Februar 19{_digits(rng, 2)}"),
    "time of day": _each(lambda rng: f"{rng.integers(24)}:{rng.integers(10, 60)}:{rng.integers(10, 60)}"),
    "team_name": _each(lambda rng: f"{rng.choice(['Los Angeles', 'New York'])} {rng.choice(LAST[:10])}"),
    "latitude": _each(lambda rng: f"{rng.uniform(47, 48):.4f}"),
    "doctor": _each(lambda rng: f"Dr. {rng.choice(LAST)}"),
    "city": _each(lambda rng: str(rng.choice(["Bern", "Lima", "New York", "San Jose"]))),
    "merchant": _each(lambda rng: f"Shop {min(int(rng.pareto(0.8) * 3), 5000)}"),
    "product_id": _each(lambda rng: f"P{rng.integers(100):03d}"),
    "version": _each(lambda rng: f"{rng.integers(3)}.{rng.integers(3)}.0.0"),
    "seconds": _each(lambda rng: int(rng.integers(1_600_000_000, 1_700_000_000))),
    "day": _each(lambda rng: int(f"2024{rng.integers(1, 13):02d}{rng.integers(1, 29):02d}")),
    "day as text": _each(lambda rng: str(date(2024, 1, 1) + timedelta(int(rng.integers(3000))))),
    "time as text": _each(lambda rng: f"{date(2024, 1, 1) + timedelta(int(rng.integers(300)))} 10:{_digits(rng, 2)}"),
    "num_mobile": _each(lambda rng: int(rng.integers(60))),
    "customer_service_calls": _each(lambda rng: int(rng.integers(40))),
    "born": _each(lambda rng: date(1950, 1, 1) + timedelta(int(rng.integers(20_000)))),
}

N = 400
FAR = np.array([0, 1, 2, 999, 12_345_678, 2**41 - 1])


def column(name: str, n: int = N, seed: int = 0) -> pd.DataFrame:
    make = IDENTIFYING[name][1] if name in IDENTIFYING else LEARNED[name]
    return pd.DataFrame({name: make(np.random.default_rng(seed), n)})


def statistics(X: object, n: int = N) -> TableStatistics:
    return TableStatistics(2).update(X, np.arange(n) % 2)


def fresh(X: object, n: int = N, **parameters: object) -> TableEncoder:
    """Fit an encoder that gives fresh values."""
    with pytest.warns(IdentifierColumnWarning):
        return TableEncoder(**{"identifiers": "fresh", **parameters}).fit_statistics(statistics(X, n))


def decoded(encoder: TableEncoder, rows: np.ndarray, seed: int = 0) -> list[object]:
    matrix = np.zeros((len(rows), encoder.width), np.float32)
    return encoder.inverse_transform(matrix, rows=rows, seed=seed).iloc[:, 0].tolist()


# --- which columns identify ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", IDENTIFYING)
def test_columns_of_persons_and_rows_identify(name: str) -> None:
    (found,) = statistics(column(name)).columns
    what = what_identifies(found)
    assert what is not None
    assert IDENTIFYING[name][0] in what


@pytest.mark.parametrize("name", LEARNED)
@pytest.mark.parametrize("n", [60, 400, 3000])
def test_measurements_and_categories_do_not_identify(name: str, n: int) -> None:
    (found,) = statistics(column(name, n), n).columns
    assert what_identifies(found) is None


@pytest.mark.parametrize("name", ["part of the rows", "account", "who", "income", "merchant"])
def test_parts_of_a_table_decide_as_the_whole(name: str) -> None:
    n = 4000 if name in ("who", "merchant") else 40_000  # more distinct numbers than statistics keep
    X, y = column(name, n), np.arange(n) % 2
    cuts = [0, n // 4, n // 4 + 50, n // 2, n]
    parts = [TableStatistics(2).update(X[a:b], y[a:b]) for a, b in pairwise(cuts)]
    merged = parts[2].merge(parts[0]).merge(parts[3]).merge(parts[1])
    whole = TableStatistics(2).update(X, y)
    assert what_identifies(merged.columns[0]) == what_identifies(whole.columns[0])


def test_numbers_that_all_differ_by_chance_do_not_identify() -> None:
    # 500 incomes among 300,000 possible ones: about half of such tables have no equal pair.
    rng = np.random.default_rng(0)
    values = rng.choice(300_000, 500, replace=False)
    assert what_identifies(statistics(pd.DataFrame({"income": values}), 500).columns[0]) is None


def test_a_few_neighboring_numbers_do_not_identify_unless_they_count_or_are_called_so() -> None:
    X = pd.DataFrame({"age": range(20, 70), "row": range(50), "no": range(1, 51), "order_id": range(700, 750)})
    found = [what_identifies(each) for each in statistics(X, 50).columns]
    assert found == [None, "row numbers", "row numbers", "row numbers"]


def test_too_few_rows_say_nothing_unless_values_have_a_pattern() -> None:
    X = pd.DataFrame({"t": [f"id-{i}" for i in range(19)], "k": range(19), "e": [f"p{i}@mail.com" for i in range(19)]})
    found = [what_identifies(each) for each in statistics(X, 19).columns]
    assert found == [None, None, "e-mail addresses"]


def test_a_column_of_missing_cells_and_a_column_of_other_types_do_not_identify() -> None:
    X = pd.DataFrame({"none": [None] * 40, "flag": [True, False] * 20, "when": pd.date_range("2024", periods=40)})
    assert [what_identifies(each) for each in statistics(X, 40).columns] == [None] * 3


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("customerID", "person"), ("e_mail", "person"), ("Home Address", "person"), ("phone number 2", "person"),
        ("电话", "person"), ("id", "key"), ("order_no", "key"), ("car name", "key"),
        ("num_phone", ""), ("mobile_usage", ""), ("email_count", ""), ("address_changes", ""),
        ("idle", ""), (3, ""), ("", ""),
    ],
)  # fmt: skip
def test_names_of_columns_are_hints(name: object, hint: str) -> None:
    assert hint_of(name) == hint


@pytest.mark.parametrize(
    "text",
    ["2024-01-31", "31.12.1999 10:00", "10-20", "1.2.3", "12,5", "1 234 567", "48.13721, 11.57561", "ABC",
     "", "@", "a@b", "0123456789"],
)  # fmt: skip
def test_other_texts_have_no_pattern(text: str) -> None:
    assert pattern_of(text) is None


# --- fresh values ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", IDENTIFYING)
def test_fresh_values_occur_nowhere_in_the_table_and_never_twice(name: str) -> None:
    X = column(name)
    encoder = fresh(X)
    made = decoded(encoder, np.arange(1000))
    assert len(set(made)) == 1000
    assert not set(made) & set(X[name])
    assert {type(value) for value in made} == {type(value) for value in X[name].tolist()}


@pytest.mark.parametrize("name", IDENTIFYING)
def test_a_fresh_value_depends_on_its_row_and_the_seed_alone(name: str) -> None:
    encoder = fresh(column(name))
    rows = FAR[:-1] if name in ("ip", "mac") else FAR
    made = decoded(encoder, rows, seed=3)
    assert len(set(made)) == len(rows)
    assert decoded(encoder, rows[::-1].copy(), seed=3)[::-1] == made
    loaded = TableEncoder.from_document(*json_round_trip(encoder))
    assert decoded(loaded, rows, seed=3) == made


def json_round_trip(encoder: TableEncoder) -> tuple[object, dict]:
    document, arrays = encoder.to_document()
    return json.loads(json.dumps(document)), arrays


@pytest.mark.parametrize(
    "name", [name for name in IDENTIFYING if name not in ("row", "part of the rows", "floats", "customer_id")]
)
def test_a_saved_or_pickled_encoder_holds_no_value(name: str) -> None:
    X = column(name)
    if name != "uuid object":
        X = pd.concat([X, X.astype("category").set_axis([f"{name} 2"], axis="columns")], axis="columns")
    encoder = fresh(X)
    texts = [json.dumps(encoder.to_document()[0], ensure_ascii=False), pickle.dumps(encoder).decode("latin1")]
    held = [value for value in map(str, X[name]) for text in texts if value in text]
    assert held == []


def test_fresh_values_have_the_shape_of_the_real_ones_but_are_nobodys() -> None:
    made = {name: decoded(fresh(column(name)), FAR[:4])[3] for name in IDENTIFYING}
    assert made["row"] == N + 1000
    assert made["code"] == "CUST-001399"
    assert made["email"].endswith("@example.com")  # RFC 2606
    assert made["phone"].startswith("+49 17")
    assert len(made["phone"]) == len(column("phone")["phone"][0])
    assert made["phone, US"] == "(000) 200-0999"
    for name in ("card", "card in groups", "card as number"):
        real = str(column(name)[name][0])
        assert len(str(made[name])) == len(real)
        assert is_luhn(real)
        assert not is_luhn(str(made[name]))
    assert made["iban"].startswith("DE00")
    assert len(made["iban"]) == 22
    assert not is_iban(made["iban"])
    assert pattern_of(made["uuid"]) == "uuid"
    assert pattern_of(made["ip"]) == pattern_of(made["ip6"]) == "ip"
    assert made["ssn"] == "000-00-0999"
    assert made["full_name"] == "full_name 1000"
    assert made["padded"] == "0000001399"


def test_two_columns_of_keys_get_different_keys() -> None:
    X = pd.DataFrame({"a": column("uuid")["uuid"], "b": column("uuid", seed=1)["uuid"]})
    made = fresh(X).inverse_transform(np.zeros((3, 0)))
    assert made["a"].tolist() != made["b"].tolist()


@pytest.mark.parametrize(
    "values",
    [
        [f"person{i}@example.com" for i in range(N)] + ["someone1@example.com", "USER7@example.com"],
        [f"{i:03d}-{i % 100:02d}-{i:04d}" for i in range(900)],
        [f"DE00{i:018d}" for i in range(N)],
        [f"note {i} of a long story about {i}" for i in range(N)],
        ["person 1", "person-1-1"] * 30 + [f"{a} {b}" for a in "ABCDEFGH" for b in "IJKLMNOP"],
        [f"{i}{'' if i % 3 else 'x'}" for i in range(N)],
        ["240.0.0.1", "255.255.255.255", *(f"10.0.{i}.{i}" for i in range(100))],
        [*(f"2001:db8:{i:x}::1" for i in range(200))],
        ["a\\b9A", *(f"\\9{i:04d}\\A" for i in range(N))],
        ["٣٤٥", *(f"id-{i}" for i in range(60)), "id-²"],
    ],
)
def test_awkward_values_do_not_come_back(values: list[str]) -> None:
    X = pd.DataFrame({"person": values})
    encoder = TableEncoder(identifiers="fresh").fit(
        X, np.zeros(len(X), int), n_classes=1, kinds={"person": "identifier"}
    )
    made = decoded(encoder, np.arange(3000))
    assert len(set(made)) == 3000
    assert not set(made) & set(values)


def test_missing_cells_are_learned_and_stay_missing() -> None:
    X = column("email")
    X.loc[::4, "email"] = None
    encoder = fresh(X)
    assert encoder.spans == (("category", 2),)
    matrix = encoder.transform(X, seed=0)
    made = encoder.inverse_transform(matrix)
    assert made["email"].isna().tolist() == X["email"].isna().tolist()


def test_new_rows_may_hold_any_identifier() -> None:
    encoder = fresh(column("code"))
    assert encoder.transform(pd.DataFrame({"code": ["CUST-999999", "other", None]}), seed=0).shape == (3, 0)


# --- the choice of the caller ------------------------------------------------------------------------------


def test_missing_leaves_the_cells_without_a_value() -> None:
    encoder = fresh(column("email"), identifiers="missing")
    assert encoder.inverse_transform(np.zeros((3, 0)))["email"].isna().all()


def test_missing_is_refused_where_a_column_cannot_be_missing() -> None:
    with pytest.raises(ParameterError, match=r"'row' .* has the data type int64"):
        TableEncoder(identifiers="missing").fit_statistics(statistics(column("row")))


def test_keep_learns_them_and_says_so() -> None:
    X = column("code")
    with pytest.warns(IdentifierColumnWarning, match="learned like other columns"):
        encoder = TableEncoder(identifiers="keep").fit_statistics(statistics(X))
    assert encoder.inverse_transform(encoder.transform(X, seed=0)).equals(X)


def test_a_chosen_kind_decides_and_does_not_warn() -> None:
    X = pd.DataFrame({"id": range(N), "key": [f"k{i}" for i in range(N)], "shop": ["a", "b"] * (N // 2)})
    kinds = {"id": "integer", "key": "categorical", "shop": "identifier"}
    encoder = TableEncoder(identifiers="fresh").fit(X, np.zeros(N, int), n_classes=1, kinds=kinds)
    assert [each.kind for each in encoder.schema_.columns] == ["integer", "categorical", "identifier"]


def test_times_cannot_be_identifiers() -> None:
    with pytest.raises(TypeError, match="'when' cannot be of kind 'identifier'"):
        TableEncoder().fit(
            pd.DataFrame({"when": pd.date_range("2024", periods=30)}), np.zeros(30, int), n_classes=1,
            kinds={"when": "identifier"},
        )  # fmt: skip


def test_types_bound_the_numbers() -> None:
    values = np.random.default_rng(0).permutation(30_000)
    encoder = fresh(pd.DataFrame({"id": values.astype(np.int16)}), 30_000)
    made = decoded(encoder, np.arange(35_000))
    assert len(set(made) | set(values.tolist())) == 65_000
    with pytest.raises(DataError, match="has 35536 fresh values, but row 35536"):
        decoded(encoder, np.array([35_536]))
    with pytest.raises(DataError, match=r"'id' looks like an identifier .* int8 has room for .* int64"):
        TableEncoder(identifiers="fresh").fit_statistics(
            statistics(pd.DataFrame({"id": np.arange(100, dtype=np.int8)}), 100)
        )


def test_text_arrays_and_closed_categories_keep_rows_whole() -> None:
    codes = np.array([[f"c{i}", f"u{i}@a.de"] for i in range(99)])
    encoder = fresh(codes, 99)
    made = encoder.inverse_transform(np.zeros((2, 0)), rows=np.array([0, 10**6]))
    assert made.tolist() == [["c99", "person1@example.com"], ["c1000099", "person1000001@example.com"]]
    closed = pl.DataFrame(
        {"e": pl.Series([f"u{i}@a.de" for i in range(99)], dtype=pl.Enum([f"u{i}@a.de" for i in range(99)]))}
    )
    assert fresh(closed, 99).inverse_transform(np.zeros((2, 0)))["e"].null_count() == 2


def test_a_foreign_shape_is_refused() -> None:
    encoder = fresh(column("code"))
    document, arrays = json_round_trip(encoder)
    for wrong in (["counted", "a", "b"], ["counted", "a", "b", "6", 1], ["eval", 1], "code"):
        document["columns"][0]["codec"]["shape"] = wrong
        with pytest.raises(ModelFileError, match="imbgan wrote"):
            TableEncoder.from_document(document, arrays)
    shape = encoder._fields[0].codec.shape
    assert read_shape(write_shape(shape)) == shape


def test_a_warning_names_the_columns_before_classifiers_learn_from_them() -> None:
    X = pd.DataFrame({"id": range(N), "income": LEARNED["income"](np.random.default_rng(0), N)})
    with pytest.warns(IdentifierColumnWarning, match=r"identifiers: 'id' \(row numbers\)\. Drop them") as caught:
        warn_of_identifiers(read_table(X), stacklevel=1)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    warn_of_identifiers(read_table(X[["income"]]), stacklevel=1)
    warn_of_identifiers(read_table(X, {"id": "integer"}), stacklevel=1)  # the caller has decided


def test_a_warning_does_not_tell_to_drop_free_text() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"id": range(N), "note": [" ".join(rng.choice(list("abcdefgh"), 9)) for _ in range(N)]})
    with pytest.warns(IdentifierColumnWarning, match=r"'id' \(row numbers\).*hold free text: 'note'.*Drop identifiers"):
        warn_of_identifiers(read_table(X), stacklevel=1)
    with pytest.warns(IdentifierColumnWarning, match=r"^Columns that hold free text: 'note'\. .*compare") as caught:
        warn_of_identifiers(read_table(X[["note"]]), stacklevel=1)
    assert "Drop" not in str(caught[0].message)


def test_a_few_sentences_are_free_text_though_some_repeat():
    rng = np.random.default_rng(0)
    notes = [" ".join(rng.choice(LAST, 8)) for _ in range(30)]
    table = pd.DataFrame(
        {"note": [*notes, *notes[:8]], "answer": ["yes, quite a lot of it", "no, not any more now"] * 19}
    )
    assert identifiers_of(read_table(table)) == {"note": "free text"}

"""Numbers of rows per class on the command line."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imbgan.cli.counts import Amount, counts_among, parse_counts
from imbgan.exceptions import ParameterError

# Enough steps for a model to be written and read, too few for good rows.
TRAIN = ("--max-iter", "20")

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")

# Labels may hold the signs themselves, but not a number between an equals sign and a comma.
LABELS = st.text("ab,= é", min_size=1, max_size=6).map(str.strip).filter(lambda text: text and text[0] not in ",=")


@given(counts=st.dictionaries(LABELS, st.integers(0, 10**12 - 1), min_size=1, max_size=4), apart=st.booleans())
def test_what_is_typed_is_read_together_and_apart(counts, apart):
    entries = [f"{label}={n}" for label, n in counts.items()]
    assert parse_counts(entries if apart else [",".join(entries)]) == counts


@pytest.mark.parametrize("text", ["", "fraud", "fraud=", "=3", "fraud=-1", "fraud=1.5", "fraud=x", "a=1,b"])
def test_what_is_no_list_of_numbers_is_refused(text):
    with pytest.raises(ParameterError, match="such as --counts fraud=200,default=50"):
        parse_counts([text])


def test_a_class_has_one_number():
    with pytest.raises(ParameterError, match="must name each class once"):
        parse_counts(["a=1", "a=2"])


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """A table of three classes, and a folder of the same rows."""
    folder = tmp_path_factory.mktemp("counts")
    labels = ["fine"] * 100 + ["fraud"] * 15 + ["late, again"] * 12
    rows = pl.DataFrame({"amount": [float(i % 17) for i in range(127)], "label": labels})
    rows.write_csv(folder / "t.csv")
    (folder / "set").mkdir()
    rows[:60].write_parquet(folder / "set" / "a.parquet")
    rows[60:].write_parquet(folder / "set" / "b.parquet")
    return folder


@pytest.fixture(scope="module")
def of_labels(places):
    from imbgan.cli import main

    with pytest.raises(SystemExit):
        main(["fit", str(places / "t.csv"), "-t", "label", "-o", str(places / "model"), "-q", *TRAIN])
    return places / "model"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--counts", "fraud=2,late, again=3"), {"fraud": 2, "late, again": 3}),
        (("--counts", "fraud=2", "--counts", "late, again=3", "--start", 4), {"fraud": 2, "late, again": 3}),
        (("-n", 127), {"fine": 100, "fraud": 15, "late, again": 12}),
        (("-n", 4, "--label", "fraud"), {"fraud": 4}),
    ],
    ids=["together", "apart", "shares of the table", "one class"],
)
def test_rows_of_several_classes_are_generated(imbgan, of_labels, tmp_path, arguments, expected):
    assert imbgan("generate", of_labels, *arguments, "-o", tmp_path / "new.csv").code == 0
    found = pl.read_csv(tmp_path / "new.csv")
    assert dict(found.group_by("label").len().iter_rows()) == expected


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--counts", "frad=2"), 2, "Did you mean 'fraud'?"),
        (("--counts", "fraud=2", "-n", 3), 2, "Leave --label and -n out."),
        ((), 2, "Say how many rows"),
        (("-n", 3, "--start", 2), 2, "Add --label, or --counts"),
    ],
    ids=["typing error", "two numbers", "no number", "place without a class"],
)
def test_what_cannot_be_generated_is_said(imbgan, of_labels, tmp_path, arguments, code, message):
    result = imbgan("generate", of_labels, *arguments, "-o", tmp_path / "new.csv")
    assert (result.code, message in result.err) == (code, True)
    assert not (tmp_path / "new.csv").exists()


@pytest.mark.parametrize("source", ["t.csv", "set"])
def test_classes_have_the_numbers_that_were_asked_for(imbgan, places, tmp_path, source):
    output = tmp_path / ("out.csv" if source == "t.csv" else "out")
    asked = ("--counts", "fraud=40,late, again=30")
    result = imbgan("resample", places / source, "-t", "label", *asked, "-o", output, "--json", "-", *TRAIN)
    assert result.code == 0
    assert result.json["class_counts"]["after"] == {"fine": 100, "fraud": 40, "late, again": 30}


def test_numbers_and_a_ratio_contradict_each_other(imbgan, places, tmp_path):
    asked = ("--counts", "fraud=40", "--ratio", 0.5)
    result = imbgan("resample", places / "t.csv", "-t", "label", *asked, "-o", tmp_path / "out.csv")
    assert (result.code, "Leave one of them out" in result.err) == (2, True)


def test_spaces_case_and_other_forms_of_a_label():
    classes = ["fraud", " sp", "1,2=3", "城市"]
    typed = parse_counts([" sp=3", "FRAUD = 4 , 城市= 5", "1,2=3=7"])
    assert counts_among(typed, classes) == {" sp": 3, "fraud": 4, "城市": 5, "1,2=3": 7}
    with pytest.raises(ParameterError, match="must name each class once"):
        counts_among(parse_counts(["fraud=3,FRAUD=4"]), classes)
    with pytest.raises(ParameterError, match="must name each class once"):
        Amount(None, {"1": 3, "01": 4}).of_type(pl.Int64())
    assert Amount(None, {"2024-01-31": 3}).of_type(pl.Date()) == {date(2024, 1, 31): 3}
    for dtype, text in ((pl.Date(), "January"), (pl.List(pl.Int64), "1"), (pl.Duration(), "1d")):
        with pytest.raises(ParameterError, match="values of the target"):
            Amount(None, {text: 3}).of_type(dtype)


@pytest.mark.parametrize(("dtype", "texts"), [(pl.Int64, ["1", "0"]), (pl.Boolean, ["True", "false"])])
def test_labels_of_a_data_set_have_the_type_of_its_column(dtype, texts):
    found = Amount(None, dict.fromkeys(texts, 5)).of_type(dtype())
    assert found == {True: 5, False: 5} if dtype == pl.Boolean else found == {1: 5, 0: 5}
    with pytest.raises(ParameterError, match="'x'"):
        Amount(None, {"x": 5}).of_type(dtype())

"""Columns of text on the command line."""

import csv
import re

import numpy as np
import polars as pl
import pytest

#: Enough steps for rows to be written, too few for good ones.
TRAIN = ("--max-iter", "20")
COMMON = ("see you at lunch", "the train is late", "call me when you are home", "thanks for the nice evening")
RARE = ("win a free prize now", 'claim "your" cash prize,\ntoday', "恭喜您中奖 free entry")
QUICK = ("--target", "label", "-e", "logistic_regression", "--folds", "3", "--repeats", "1", "--jobs", "1")


@pytest.fixture(scope="module")
def messages(tmp_path_factory):
    """Write a table with a column of quoted texts of several lines, as spreadsheets do."""
    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("texts") / "messages.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["message", "mood", "length", "label"])
        for i in range(120):
            text = f"{rng.choice(RARE if i < 24 else COMMON)}\n{' '.join(rng.choice(COMMON))} {i}"
            writer.writerow([text, rng.choice(["good", "very bad"]), len(text), "spam" if i < 24 else "ham"])
    return path


def test_a_column_of_sentences_is_found_and_encoded(imbgan, messages):
    found = imbgan("compare", messages, *QUICK, "--strategies", "words", "--json", "-")
    assert found.code == 0
    assert list(found.json["settings"]["texts"]) == ["message"]
    assert {run["strategy"]: run["status"] for run in found.json["runs"]} == {"none": "ok", "words": "ok"}
    assert found.json["verdict"]["choices"][0]["score"] > 0.9


def test_named_columns_join_those_that_are_found(imbgan, messages):
    options = ("--text", "mood", "--encoder", "reduced", "--strategies", "smote", "--json", "-")
    found = imbgan("compare", messages, *QUICK, *options)
    assert set(found.json["settings"]["texts"]) == {"message", "mood"}
    assert all("singular vectors" in title for title in found.json["settings"]["texts"].values())


def test_a_column_of_numbers_can_be_read_as_text(imbgan, messages):
    options = ("--text", "length", "--kind", "length=text", "--strategies", "none", "--json", "-")
    assert set(imbgan("compare", messages, *QUICK, *options).json["settings"]["texts"]) == {"message", "length"}


def test_the_report_and_the_json_are_those_of_texts(imbgan, messages, tmp_path):
    page = tmp_path / "page.html"
    found = imbgan("compare", messages, *QUICK, "--text", "message", "--strategies", "words", "--report", page)
    assert found.code == 0
    assert "message by TF-IDF of words and characters" in " ".join(found.out.split())
    assert "claim &#34;your&#34; cash prize" in re.sub(r"</?mark[^>]*>", "", page.read_text(encoding="utf-8"))


def test_texts_can_be_left_out_of_the_report_and_the_json(imbgan, messages, tmp_path):
    page, results = tmp_path / "page.html", tmp_path / "found.json"
    options = ("--strategies", "words", "--report", page, "--json", results, "--no-texts")
    assert imbgan("compare", messages, *QUICK, *options).code == 0
    for text in (re.sub(r"</?mark[^>]*>", "", page.read_text("utf-8")), results.read_text("utf-8")):
        assert not any(part in text for part in ("see you at lunch", 'claim "your" cash', "claim &#34;your&#34; cash"))
        assert "prize" in text


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ("--text mesage", 2, "Did you mean 'message'"),
        ("--text length", 1, "'length' is of type Int64"),
        ("--text label", 2, "another column than the target"),
        ("--drop message --text message", 2, "Got 'message'"),
        ("--encoder wrods", 2, "Did you mean 'words'"),
        ("--encoder ./none", 1, "'./none', which is neither"),
        ("--encoder  ", 2, "--encoder must be auto"),
        ("--drop message --encoder words", 2, "--encoder needs a column of text"),
        ("--drop message --strategies words", 2, "such as words need a column of text"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(imbgan, messages, options, code, message):
    words = [word or " " for word in options.split(" ")[: 2 if options.endswith(" ") else None]]
    found = imbgan("compare", messages, *QUICK, *words)
    assert found.code == code
    assert message in found.err
    assert "Traceback" not in found.err


def test_images_take_no_options_of_texts(imbgan, tmp_path):
    pl.DataFrame({"x": [1]}).write_csv(tmp_path / "x.csv")
    for label in ("a", "b"):
        (tmp_path / "photos" / label).mkdir(parents=True)
        (tmp_path / "photos" / label / "1.png").write_bytes(b"")
    options = ("--text", "message", "--encoder", "words")
    for command, further in (
        ("compare", "--no-texts"),
        ("resample", "--text-output=nearest"),
        ("fit", ""),
        ("audit", ""),
    ):
        place = ("-o", tmp_path / "new") if command in ("resample", "fit") else ()
        found = imbgan(command, tmp_path / "photos", *place, *options, *filter(None, [further]))
        assert found.code == 2
        assert ", ".join(["--text, --encoder", *filter(None, [further.partition("=")[0]])]) in found.err


@pytest.mark.parametrize("output", ["missing", "nearest"])
def test_resampled_rows_hold_no_text_or_a_copy_and_the_others_come_back(imbgan, messages, tmp_path, output):
    path = tmp_path / "balanced.csv"
    options = ("--text", "mood", "--encoder", "reduced", "--text-output", output, *TRAIN)
    found = imbgan("resample", messages, "--target", "label", "-o", path, *options)
    assert found.code == 0
    assert "Columns of text: 'message', 'mood'" in found.err
    assert ("a copy" if output == "nearest" else "no text is written") in found.err
    before = messages.read_bytes()
    assert path.read_bytes().startswith(before)
    old, new = (pl.read_csv(each, separator=",") for each in (messages, path))
    made, rare = new[old.height :], old.filter(pl.col("label") == "spam")
    assert made["label"].unique().to_list() == ["spam"]
    for name in ("message", "mood"):
        cells = set(made[name])
        assert cells == {None} if output == "missing" else cells and cells <= set(rare[name])


def test_a_generator_of_a_file_learns_texts_and_says_that_it_writes_none(imbgan, messages, tmp_path):
    model = tmp_path / "model"
    learned = imbgan("fit", messages, "--target", "label", "-o", model, "--text", "mood", "--encoder", "words", *TRAIN)
    assert learned.code == 0
    assert "no text is written" in learned.err
    assert not any(b"prize" in path.read_bytes() for path in model.iterdir())
    made = imbgan("generate", model, "-l", "spam", "-n", "3", "-o", "-")
    assert "Generated rows hold no text in 'message', 'mood'." in made.err
    rows = pl.read_csv(made.out.encode())
    assert rows.columns == ["message", "mood", "length", "label"]
    assert rows.height == rows["message"].null_count() == rows["mood"].null_count() == 3


def test_nothing_is_copied_where_there_is_no_text(imbgan, messages, tmp_path):
    options = ("-o", tmp_path / "x.csv", "--drop", "message", "--text-output", "nearest")
    found = imbgan("resample", messages, "--target", "label", *options)
    assert found.code == 2
    assert "--text-output nearest needs a column of text" in found.err
    assert not (tmp_path / "x.csv").exists()


def test_the_audit_says_which_rows_hold_copies(imbgan, messages, tmp_path):
    options = ("--target", "label", "--source", "bootstrap,independent", "--runs", "2", "--encoder", "reduced")
    page = tmp_path / "audit.html"
    found = imbgan("audit", messages, *options, "--report", page, "--json", tmp_path / "audit.json")
    assert found.code == 0
    text = " ".join(found.out.split())
    assert "Rows of bootstrap hold real texts" in text
    assert "independent hands out no text" in text
    assert "hold real texts" in page.read_text("utf-8")
    assert "prize" not in page.read_text("utf-8") + (tmp_path / "audit.json").read_text("utf-8")

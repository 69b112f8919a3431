"""The style of a file outlives its rows: what is written later looks like the file, and no cell of it is kept."""

import json

import polars as pl
import pytest
from tests.data.people import FILES

from imbgan.data import Original, Reading, Template, read_source, write_frame

DELIMITED = {name: file for name, file in FILES.items() if file.name.endswith((".csv", ".tsv")) and not file.notes}


def template_of(tmp_path, file):
    path = tmp_path / file.name
    path.write_bytes(file.data)
    source = read_source(path, Reading(**file.options))
    assert isinstance(source.original, Original)
    return source, Template.of(source.original)


@pytest.mark.filterwarnings("ignore::imbgan.exceptions.ReadingWarning")
@pytest.mark.parametrize("file", DELIMITED.values(), ids=DELIMITED)
def test_rows_are_written_as_the_file_would(tmp_path, file):
    source, template = template_of(tmp_path, file)
    document = json.dumps(template.to_dict())
    restored = Template.from_dict(json.loads(document))
    assert restored == template
    write_frame(source.frame, tmp_path / f"direct-{file.name}", original=source.original)
    write_frame(source.frame, tmp_path / f"later-{file.name}", original=restored.original())
    before = (tmp_path / file.name).read_bytes()
    after = (tmp_path / f"later-{file.name}").read_bytes()
    if file is FILES["mixed_missing"]:  # one mark stands for all
        return
    assert after == before


@pytest.mark.filterwarnings("ignore::imbgan.exceptions.ReadingWarning")
def test_no_text_of_a_cell_is_kept(tmp_path):
    for file in DELIMITED.values():
        source, template = template_of(tmp_path, file)
        document = json.dumps(template.to_dict(), ensure_ascii=False)
        for name, dtype in source.frame.schema.items():
            if dtype == pl.String:
                texts = [text for text in source.frame.get_column(name).drop_nulls().unique() if len(text) > 3]
                assert [text for text in texts if f'"{text}"' in document] == []


def test_columns_that_were_dropped_are_left_out(tmp_path):
    (tmp_path / "t.csv").write_text("id;x;y\n1;1,50;a\n2;2,50;b\n", encoding="utf-8")
    original = read_source(tmp_path / "t.csv").original
    template = Template.of(original)
    rows = pl.DataFrame({"y": ["b"], "x": [3.25]})
    write_frame(rows.select("x", "y"), tmp_path / "o.csv", original=template.original())
    assert (tmp_path / "o.csv").read_text(encoding="utf-8") == "x;y\n3,25;b\n"


@pytest.mark.parametrize(
    "change",
    [
        {"head": 5},
        {"encoding": "utf-9"},
        {"styles": None},
        {"styles": {"x": {}}},
        {"styles": {"x": 1}},
        {"separator": None},
    ],
)
def test_a_damaged_template_is_refused(tmp_path, change):
    (tmp_path / "t.csv").write_text("x,y\n1.5,TRUE\n2.5,FALSE\n", encoding="utf-8")
    document = Template.of(read_source(tmp_path / "t.csv").original).to_dict()
    assert Template.from_dict(document).to_dict() == document
    with pytest.raises((LookupError, TypeError, ValueError, AttributeError)):
        Template.from_dict(document | change)

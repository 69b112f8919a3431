"""The benchmark of what rows give away: its tables are written from its lines alone."""

import json
from dataclasses import replace

import pytest
from tests.report.test_audit_page import example

from benchmarks import audit as benchmark
from imbgan.audit import SOURCES


@pytest.fixture
def path(tmp_path):
    """Two tables, and one variant on one of them."""
    path = tmp_path / "audit.jsonl"
    lines = []
    for name, variant in (("adult", benchmark.DEFAULT), ("stroke", benchmark.DEFAULT), ("stroke", "one generator")):
        sources = tuple(SOURCES) if variant == benchmark.DEFAULT else ("gan",)
        found = example(sources=sources)
        if variant != benchmark.DEFAULT:
            attacks = tuple(replace(each, runs=(0.123,)) for each in found.attacks)
            found = replace(found, attacks=attacks)
        quality = {source: {"energy_distance": 0.25, "coverage": 0.75} for source in sources}
        lines.append({"table": name, "variant": variant, "seconds": 1.0, "quality": quality, "audit": found.to_dict()})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_report_has_a_row_for_each_source_variant_and_table(path):
    text = "\n".join(benchmark.report(path))
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")]
    assert [name for name in (*SOURCES, "one generator", "adult", "stroke") if name not in rows] == []
    variant = next(line for line in text.splitlines() if line.startswith("| one generator"))
    assert "0.123" in variant  # its worst run
    assert "0.250" in variant
    assert next(line for line in text.splitlines() if line.startswith("| gan |")).split("|")[2].strip() == "2"


def test_nothing_is_shown_where_nothing_was_run(tmp_path):
    assert benchmark.report(tmp_path / "none.jsonl") == []


def test_what_is_there_is_not_run_again(path, monkeypatch):
    monkeypatch.setattr(benchmark, "measure", lambda name, variant: pytest.fail(f"{name}, {variant} was run again"))
    before = path.read_text(encoding="utf-8")
    benchmark.run(["adult", "stroke"], benchmark.DEFAULT, path)
    assert path.read_text(encoding="utf-8") == before

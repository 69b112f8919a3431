"""The benchmark of what rows give away: tables and picture are made from its lines alone."""

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from tests.report.test_audit_page import example

from benchmarks.audit import classifiers, curve, document, rows, usefulness
from benchmarks.audit.usefulness import LEARNERS, NO_ROWS
from benchmarks.audit.variants import DEFAULT, VARIANTS
from imbgan.audit import SOURCES
from imbgan.learners import make_estimator


def write(path, lines):
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def worth(table, variant, source, precision, fold=0):
    learners = {name: {"average_precision": precision, "roc_auc": 0.5} for name in LEARNERS}
    return {"table": table, "fold": fold, "variant": variant, "source": source, "learners": learners}


@pytest.fixture
def folder(tmp_path):
    """Two tables, and one variant on one of them; bags were tried with all of these rows."""
    audited, tried = [], []
    for name, variant in (("adult", DEFAULT), ("stroke", DEFAULT), ("stroke", "one generator")):
        sources = tuple(SOURCES) if variant == DEFAULT else ("gan",)
        found = example(sources=sources)
        if variant != DEFAULT:
            attacks = tuple(replace(each, runs=(0.123,)) for each in found.attacks)
            found = replace(found, attacks=attacks)
        quality = {source: {"energy_distance": 0.25, "coverage": 0.75} for source in sources}
        audited.append(
            {"table": name, "variant": variant, "seconds": 1.0, "quality": quality, "audit": found.to_dict()}
        )
        # On adult, which the variant was not tried on, all figures are far higher.
        base = 0.9 if name == "adult" else 0.4
        tried += [worth(name, variant, source, base + 0.01 * i) for i, source in enumerate(sources)]
        tried += [worth(name, variant, NO_ROWS, base - 0.1)] if variant == DEFAULT else []
    write(tmp_path / "rows.jsonl", audited)
    write(tmp_path / "usefulness.jsonl", tried)
    return tmp_path


def test_report_has_a_row_for_each_source_variant_and_table(folder):
    text = "\n".join(document.report(folder))
    heads = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("|")]
    assert [name for name in (*SOURCES, "one generator", "adult", "stroke") if name not in heads] == []
    variant = next(line for line in text.splitlines() if line.startswith("| one generator"))
    assert "0.123" in variant  # its worst run
    assert "0.250" in variant
    assert next(line for line in text.splitlines() if line.startswith("| gan |")).split("|")[2].strip() == "2"
    assert "figures/audit_trade_off.svg" in text


def test_nothing_is_shown_where_nothing_was_run(tmp_path):
    assert document.report(tmp_path) == []
    assert document.figures(tmp_path) == {}


def test_what_is_there_is_not_run_again(folder, monkeypatch):
    monkeypatch.setattr(rows, "measure", lambda *about: pytest.fail(f"{about} was run again"))
    monkeypatch.setattr(usefulness, "measure", lambda *about: pytest.fail(f"{about} was run again"))
    before = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    rows.run(["adult", "stroke"], DEFAULT, folder / "rows.jsonl")
    usefulness.run(["adult", "stroke"], [0], DEFAULT, folder / "usefulness.jsonl")
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == before


def test_points_are_means_over_what_all_of_them_share(folder):
    found = curve.trade_off(folder / "rows.jsonl", folder / "usefulness.jsonl")
    assert found.tables == ("stroke",)
    by_name = {point.name: point for point in found.points}
    assert len(by_name) == len(SOURCES) + 1
    assert found.without == pytest.approx(0.3)
    assert by_name["GAN (the default)"].precision == pytest.approx(0.4)
    assert by_name["SMOTE"].differences == pytest.approx((0.01,))
    assert by_name["one generator"].differences == (0.0,)


def test_every_point_has_its_name_and_no_two_names_overlap(folder):
    tried = [json.loads(line) for line in (folder / "usefulness.jsonl").read_text(encoding="utf-8").splitlines()]
    audited = [json.loads(line) for line in (folder / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    # All variants at one place: the hardest to name.
    more = [name for name in VARIANTS if name != "one generator"]
    write(folder / "usefulness.jsonl", [*tried, *(worth("stroke", name, "gan", 0.401) for name in more)])
    write(folder / "rows.jsonl", [*audited, *({**audited[-1], "variant": name} for name in more)])
    svg = ET.fromstring(document.figures(folder)["audit_trade_off"])
    names = {*VARIANTS, *curve.NAMES.values()}
    labels = [node for node in svg.iter("{http://www.w3.org/2000/svg}text") if node.text in names]
    assert {node.text for node in labels} == names
    boxes = [(float(node.get("x")), float(node.get("y")), curve.LETTER * len(node.text)) for node in labels]
    for i, (x, y, width) in enumerate(boxes):
        assert x >= curve.LEFT
        assert x + width <= curve.RIGHT
        near = [other for other in boxes[:i] if abs(other[1] - y) < curve.LINE - 0.1]
        assert all(x + width <= left or left + other_width <= x for left, _, other_width in near)


def test_every_classifier_has_a_row_and_every_arm_can_be_made(tmp_path, folder):
    known = {strategy.name for strategy in classifiers.strategies()}
    assert known == {f"{learner}, {arm}" for learner in classifiers.LEARNERS for arm in classifiers.ARMS}
    for strategy in classifiers.strategies():
        assert hasattr(strategy.build(make_estimator("decision_tree"), 0), "predict_proba")
    figures = {"auc": 0.6, "runs": [0.5, 0.777], "tpr": 0.1}
    arms = {name: dict.fromkeys(classifiers.ATTACKS, figures) for name in known}
    write(folder / "classifiers.jsonl", [{"table": "stroke", "arms": arms}])
    lines = [line for line in document.report(folder) if "LightGBM, " in line or "random forest, " in line]
    assert len(lines) == len(known)
    assert all("0.777" in line and "10%" in line for line in lines)


def test_signs_stand_beside_the_attacks_on_the_same_rows(folder):
    known = [{"closeness": 1.25, "is_found": False}, {"closeness": 2.5, "is_found": True}]
    lines = [{"table": "stroke", "variant": DEFAULT, "source": name, "runs": known} for name in ("gan", "smote")]
    # Without an audit of the same rows there is nothing to stand beside.
    lines.append({"table": "stroke", "variant": "steps of 20 rows", "source": "gan", "runs": known})
    audits = [json.loads(line) for line in (folder / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    for line in audits:
        for attack in line["audit"]["attacks"]:
            attack["runs"] = [0.5, 0.9]
    write(folder / "rows.jsonl", audits)
    write(folder / "signs.jsonl", lines)
    text = document.report(folder)
    rows_of_signs = [line for line in text if "1.25 to 2.50" in line]
    assert len(rows_of_signs) == 2
    assert all("1 of 2" in line and "0.700" in line for line in rows_of_signs)
    assert any("1.00 with the nearest distance, 1.00 with the trained attack (4 runs)" in line for line in text)

"""The page of the benchmark of images, on lines in which the answer is planted."""

import json

import numpy as np
import pytest

from benchmarks.images import claims, document, records, sections
from benchmarks.images.claims import RECOMMENDED, REFERENCE
from benchmarks.images.records import Results


def line_of(name, subset, arm, learner, macro, rare3, **changes):
    return {
        "set": name,
        "subset": subset,
        "arm": arm,
        "learner": learner,
        "at_least": 400,
        "judged_by": "test",
        "macro": macro,
        "rare3": rare3,
        "recalls": [macro] * 10,
        "rows": 1000,
        "seconds": 36.0,
        "source_seconds": 1.0,
        "versions": {"numpy": "2.0"},
        **changes,
    }


#: Gains over doing nothing; the ceiling's is .2 / .4.
GAINS = {"none": 0.0, "smote": 0.045, "copies": 0.08, "gan_share": 0.1, "gan_fill": 0.09, "truth_fill": 0.2}
NETWORK_GAINS = {"none": 0.0, REFERENCE: 0.08, RECOMMENDED: 0.078, "gan_fill_augmentation": -0.02}


@pytest.fixture
def lines():
    """Return lines of five subsets of both orders, with a level that differs from subset to subset."""
    found = []
    for name in ("fashion_reversed", "fashion_forward"):
        for subset in range(5):
            level = 0.6 + 0.01 * subset
            for learner in claims.ROW_LEARNERS:
                for arm, gain in GAINS.items():
                    found.append(line_of(name, subset, arm, learner, level + gain, level - 0.2 + 2 * gain))
            for arm, gain in {**NETWORK_GAINS, "truth_fill": 0.16}.items():
                found.append(line_of(name, subset, arm, "network", level + gain, level - 0.2 + 3 * gain))
    return found


def likeness_line(source="gan", *, diversity=0.9, seconds=100.0, **changes):
    classes = [
        {"class": code, "n_real": 100 - code, "diversity": diversity, "nearest": 1.0, "attack": 0.6}
        for code in range(3)
    ]
    cost = {"seconds": seconds, "seconds_per_1000": 1.0, "peak_mib": 1000, "steps": 500}
    return {"set": "fashion_reversed", "subset": 0, "source": source, "classes": classes, "cost": cost, **changes}


class TestRecords:
    def test_of_lines_about_one_run_the_last_counts_and_a_cut_one_is_left_out(self, tmp_path):
        first, second = (
            line_of("digits", 0, "none", "network", 0.1, 0.1),
            line_of("digits", 0, "none", "network", 0.2, 0.1),
        )
        (tmp_path / "digits.jsonl").write_text(f'{json.dumps(first)}\n{json.dumps(second)}\n{{"set": "dig')
        (tmp_path / "likeness.jsonl").write_text("{}\n")
        assert records.read(tmp_path) == [second]
        assert records.read_lines(tmp_path / "absent.jsonl") == []

    @pytest.mark.parametrize(
        ("text", "message"), [("nonsense", "must be JSON"), ('{"set": 1}', "must hold lines of runs")]
    )
    def test_other_lines_are_named(self, tmp_path, text, message):
        (tmp_path / "digits.jsonl").write_text(f"{text}\n")
        with pytest.raises(ValueError, match=message):
            records.read(tmp_path)

    def test_development_subsets_and_validation_images_are_no_claims(self, lines):
        extra = [
            line_of("digits", 100, "none", "network", 0.9, 0.9),
            line_of("digits", 0, "none", "network", 0.9, 0.9, judged_by="validation"),
        ]
        assert Results([*lines, *extra]).sets == ["fashion_reversed", "fashion_forward"]

    def test_pairs_compare_shared_subsets_only(self, lines):
        kept = [line for line in lines if (line["arm"], line["subset"]) != ("smote", 3)]
        pair = Results(kept).pair(["fashion_reversed"], "lightgbm_features", "gan_share", "smote", "macro")
        assert len(pair.gains) == pair.n_ahead == 4
        assert pair.mean == pytest.approx(0.055)
        assert pair.standard_error == pytest.approx(0.0, abs=1e-9)
        assert Results(lines).pair(["digits"], "network", "none", "smote", "macro") is None

    def test_the_standard_error_is_that_of_a_mean(self):
        gains = np.random.default_rng(0).normal(size=20)
        assert records.Pair(gains).standard_error == pytest.approx(gains.std(ddof=1) / 20**0.5)
        assert np.isnan(records.Pair(gains[:1]).standard_error)

    def test_a_share_is_of_the_ceilings_gain(self, lines):
        results = Results(lines)
        for metric in records.METRICS:
            share = results.share(["fashion_reversed"], "logistic_components", "gan_share", "truth_fill", metric)
            assert share == pytest.approx(0.5)
        assert results.share(["digits"], "network", "none", "none", "macro") is None


class TestClaims:
    def test_targets_are_reached_or_missed_as_planted(self, lines):
        outcomes = {
            (o.claim.learner, o.claim.ours, o.claim.other, o.claim.quantity): o for o in claims.judge(Results(lines))
        }
        ahead = outcomes["lightgbm_components", "gan_share", "smote", "macro"]
        assert ahead.is_reached
        assert ahead.n_subsets == 10
        assert outcomes["lightgbm_components", "gan_share", "copies", "subsets ahead"].measured == 1.0
        assert outcomes["network", RECOMMENDED, REFERENCE, "macro"].is_reached
        assert not outcomes["network", RECOMMENDED, REFERENCE, "macro"].measured >= 0
        assert outcomes["network", RECOMMENDED, "none", "rare3"].is_reached
        worse = [line for line in lines if line["arm"] != "smote"]
        worse += [line_of("digits", 0, "smote", "lightgbm_components", 0.9, 0.9)]
        worse += [line_of("digits", 0, "gan_share", "lightgbm_components", 0.5, 0.5)]
        missed = [o for o in claims.judge(Results(worse)) if o.claim.other == "smote"]
        assert missed
        assert not any(o.is_reached for o in missed)

    def test_the_worst_subset_decides_about_a_limit(self):
        found = {
            limit.key: (middle, worst)
            for limit, middle, worst, _ in claims.limits(
                [likeness_line(), likeness_line(seconds=300.0, diversity=0.5), likeness_line("smote", seconds=9000.0)]
            )
        }
        assert found["seconds"] == (200.0, 300.0)
        assert found["diversity"] == (pytest.approx(0.7), 0.5)


class TestDocument:
    @pytest.fixture
    def folder(self, tmp_path, lines):
        for name in ("fashion_reversed", "fashion_forward"):
            own = [line for line in lines if line["set"] == name]
            (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(line) + "\n" for line in own))
        (tmp_path / "likeness.jsonl").write_text(json.dumps(likeness_line()) + "\n")
        return tmp_path

    def test_the_page_says_what_is_in_the_lines(self, folder, tmp_path):
        notes = tmp_path / "notes"
        notes.mkdir()
        (notes / "summary.md").write_text("In short, this is planted.\n")
        (notes / "not-run.md").write_text("Nothing else was run.\n")
        (tmp_path / "figures").mkdir()
        (tmp_path / "figures" / "digits_0.png").write_bytes(b"")
        document.write(folder, tmp_path / "RESULTS.md", notes)
        text = (tmp_path / "RESULTS.md").read_text()
        assert "In short, this is planted." in text
        assert "| GAN share | 50% / 50% |" in text
        assert "| convolutional network | GAN fill augmentation over augmentation logit adjustment |" in text
        assert "−10.0 ± 0.0 | −30.0 ± 0.0 | 0 of 10 |" in text
        assert "![digits 0](figures/digits_0.png)" in text
        assert text.endswith("Nothing else was run.\n")
        assert "**no**" not in text.split("## Targets")[1].split("## How much")[0]

    def test_misses_are_written_with_how_much(self, folder, tmp_path):
        path = folder / "fashion_forward.jsonl"
        lines = [json.loads(text) for text in path.read_text().splitlines()]
        for line in lines:
            if line["arm"] == RECOMMENDED:
                line["macro"] -= 0.05
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        document.write(folder, tmp_path / "RESULTS.md", tmp_path / "no notes")
        assert "−2.7 ± 0.8 | 10 | **no**, by 2.2 |" in (tmp_path / "RESULTS.md").read_text()

    def test_an_empty_folder_and_a_stray_note_are_named(self, folder, tmp_path):
        with pytest.raises(ValueError, match="must hold lines of runs"):
            document.write(tmp_path / "nothing", tmp_path / "RESULTS.md")
        (tmp_path / "notes").mkdir()
        (tmp_path / "notes" / "stray.md").write_text("?")
        with pytest.raises(ValueError, match="Got stray"):
            document.write(folder, tmp_path / "RESULTS.md", tmp_path / "notes")

    def test_published_figures_stand_beside_ours(self, lines):
        own = [line_of("fashion_deep_smote", 0, "none", "network", 0.829, 0.5)]
        rows = [row for row in sections.published(Results([*lines, *own])) if row.startswith("| ")]
        assert [row.split("|")[1].strip() for row in rows[2:]] == [
            *("published: SMOTE", "published: BAGAN", "none", "published: GAMO", "published: DeepSMOTE"),
        ]
        assert sections.published(Results(lines)) == []

    def test_missing_figures_are_dashes(self):
        assert sections.percent(float("nan")) == "–"
        assert sections.points(-0.05, float("nan")) == "−5.0"
        assert sections.likeness([]) == []

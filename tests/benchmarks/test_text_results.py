"""The page of the benchmark of texts, on lines in which the answer is planted, and runs that resume."""

import json

import numpy as np
import pytest

from benchmarks.text import claims, document, records, sections
from benchmarks.text.arms import GENERATING
from benchmarks.text.records import Results, Way

#: Average precision of untouched linear models; the choice is .03 ahead of words, and .01 behind sentences.
UNTOUCHED = {"words": 0.5, "reduced": 0.4, "static": 0.45, "sentence": 0.54, "words + sentence": 0.53, "auto": 0.53}
#: Gains in every dense space.
GAINS = {"none": 0.0, "smote": 0.01, "gan": 0.02, "oracle": 0.1}


def line_of(name, draw, encoder, arm, figures, **changes):
    return {
        "set": name,
        "rare": 20,
        "draw": draw,
        "encoder": encoder,
        "arm": arm,
        "learners": {
            learner: {"average_precision": value, "roc_auc": 0.9, "seconds": 1.0} for learner, value in figures.items()
        },
        "neighbor_share": 0.75 if arm in GENERATING else None,
        "seconds": 1.0,
        "counts": {"train": 2020, "train_rare": 20, "test": 2750, "test_rare": 250, "further": 300},
        "versions": {"numpy": "2.0"},
        **changes,
    }


@pytest.fixture
def lines():
    """Return lines of five draws of two sets, with a level that differs from draw to draw."""
    found = []
    for name in ("sms_spam", "german_jokes"):
        for draw in range(5):
            level = 0.02 * draw
            for encoder, value in UNTOUCHED.items():
                more = {"chosen": "words + sentence"} if encoder == "auto" else {}
                found.append(line_of(name, draw, encoder, "none", {"linear": value + level}, **more))
            for encoder in claims.GENERATED_IN:
                for arm, gained in GAINS.items():
                    value = UNTOUCHED[encoder] + level + gained
                    found.append(line_of(name, draw, encoder, arm, {"lightgbm": value - 0.2, "linear": value}))
    return found


class TestRecords:
    def test_lines_of_one_run_with_different_learners_are_read_as_one(self, lines):
        results = Results(lines)
        ways = (Way("static"), Way("static", "none", "lightgbm"))
        assert results.draws("sms_spam", 20, *ways) == [0, 1, 2, 3, 4]

    def test_draws_for_choices_are_no_claims(self, lines):
        results = Results([{**line, "draw": line["draw"] + 100} for line in lines])
        assert not results.lines
        assert not results.sets

    @pytest.mark.parametrize(
        ("text", "message"),
        [("nonsense", "must be JSON"), ('{"set": 1}', "must hold lines"), ("[]", "must hold lines")],
    )
    def test_other_lines_are_named(self, tmp_path, text, message):
        (tmp_path / "sms_spam.jsonl").write_text(f"{text}\n")
        with pytest.raises(ValueError, match=message):
            records.read(tmp_path)

    def test_intervals_are_about_draws_and_not_about_differences_between_sets(self):
        rng = np.random.default_rng(0)
        first, second = rng.normal(0.1, 0.01, 5), rng.normal(-0.1, 0.01, 5)
        found = records.gain([first, second])
        assert found is not None
        assert found.n == 10
        assert abs(found.mean) < 0.01
        assert found.half_width < 0.02

    def test_the_interval_of_one_set_is_that_of_a_t_test(self):
        from scipy.stats import ttest_1samp

        values = np.array([0.01, 0.03, 0.02, -0.01, 0.04])
        found, referee = records.gain([values]), ttest_1samp(values, 0.0).confidence_interval(0.95)
        assert found is not None
        np.testing.assert_allclose([found.mean - found.half_width, found.mean + found.half_width], referee)

    def test_one_draw_has_no_interval_and_none_has_no_gain(self):
        found = records.gain([np.array([0.1])])
        assert found is not None
        assert np.isnan(found.half_width)
        assert sections.signed(found) == "+.100"
        assert records.gain([np.empty(0)]) is None


class TestClaims:
    def test_planted_outcomes_are_told(self, lines):
        outcomes = claims.judge(Results(lines))
        over_words = [each for each in outcomes if "on words" in each.target]
        assert [each.is_reached for each in over_words] == [True]
        assert over_words[0].measured.mean == pytest.approx(0.03)
        over_best = [each for each in outcomes if "best untouched" in each.target]
        assert [each.is_reached for each in over_best] == [False, False]
        assert over_best[0].where == "sms_spam (best: sentence, linear)"
        over_smote = [each for each in outcomes if "SMOTE" in each.target]
        assert len(over_smote) == 6
        assert all(each.is_reached for each in over_smote)

    def test_the_best_untouched_model_is_a_single_one_on_the_same_draws(self, lines):
        # A better model that has one draw alone is no rival.
        lines.append(line_of("sms_spam", 0, "words", "none", {"svm": 0.9}))
        best = claims.best_untouched(Results(lines), "sms_spam", 20, Way("auto"))
        assert best == Way("sentence")
        assert claims.best_untouched(Results(lines), "sms_spam", 20, Way("absent")) is None


class TestDocument:
    def test_planted_figures_stand_on_the_page_under_their_notes(self, lines, tmp_path):
        results, notes = tmp_path / "results", tmp_path / "notes"
        results.mkdir()
        notes.mkdir()
        (results / "all.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        (notes / "summary.md").write_text("The outcome is planted.")
        document.write(results, tmp_path / "RESULTS.md", notes)
        page = (tmp_path / "RESULTS.md").read_text()
        assert page.split("\n")[4] == "The outcome is planted."
        assert "| auto | +.030 ± .000 | +.030 ± .000 | +.030 ± .000 |" in page
        assert "| sentence, true further texts | +.100 ± .000 | - | - | +.100 ± .000 |" in page
        assert "| static, GAN rows, 20 rare texts | .750 | .750 |" in page

    def test_no_lines_and_notes_of_no_section_are_named(self, lines, tmp_path):
        with pytest.raises(ValueError, match="must hold lines of runs"):
            document.write(tmp_path, tmp_path / "RESULTS.md", tmp_path)
        (tmp_path / "all.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        (tmp_path / "other.md").write_text("Words.")
        with pytest.raises(ValueError, match="Notes must be named"):
            document.write(tmp_path, tmp_path / "RESULTS.md", tmp_path)


class TestRuns:
    def test_a_line_that_was_cut_off_is_run_again_and_learners_are_added(self, lines, tmp_path):
        run = pytest.importorskip("benchmarks.text.run")
        path = tmp_path / "sms_spam.jsonl"
        first = line_of("sms_spam", 0, "words", "none", {"linear": 0.5})
        second = line_of("sms_spam", 0, "words", "none", {"lightgbm": 0.4})
        path.write_text(f'{json.dumps(first)}\n{json.dumps(second)}\n{{"set": "sms')
        assert run.done(path) == {("sms_spam", 20, 0, "words", "none"): {"linear", "lightgbm"}}
        assert path.read_text().endswith("}\n")


class TestFewerRows:
    @pytest.fixture
    def fewer(self):
        """Return lines in which the first 40 rows gain .05 and all of them cost .1."""
        gains = dict.fromkeys(sections.RULE_TITLES, 0.0) | {"first_40": 0.05, "all": -0.1}
        return [
            {"set": name, "rare": 20, "draw": draw, "rule": rule, "kept": 7, "learners": {"neighbors": 0.4 + value}}
            for name in ("sms_spam", "german_jokes")
            for draw in (0, 100, 101)
            for rule, value in gains.items()
        ]

    def test_each_rule_stands_beside_none_on_draws_of_both_kinds(self, fewer):
        body = sections.fewer_rows(fewer)
        titles = [line for line in body if line.startswith("###")]
        assert [title.split(": ")[1] for title in titles] == [
            "choosing draws 100, 101 of 2 sets",
            "confirming draws 0 of 2 sets",
        ]
        assert "| none | 7 | .400 |" in body
        assert "| the first 40 | 7 | +.050 ± .000 |" in body
        assert "| all, to 600 rare rows | 7 | -.100 |" in body

    def test_the_document_has_them(self, lines, fewer, tmp_path):
        folder = tmp_path / "results"
        (folder / "crowding").mkdir(parents=True)
        for path, part in ((folder / "sms_spam.jsonl", lines), (folder / "crowding" / "sms_spam.jsonl", fewer)):
            path.write_text("".join(f"{json.dumps(line)}\n" for line in part))
        document.write(folder, tmp_path / "RESULTS.md", tmp_path)
        assert "the first 40" in (tmp_path / "RESULTS.md").read_text(encoding="utf-8")

    def test_rules_keep_real_rows_and_drop_hubs(self):
        crowding = pytest.importorskip("benchmarks.text.crowding")
        rng = np.random.default_rng(0)
        X = rng.normal(size=(212, 50)).astype(np.float32)
        X /= np.linalg.norm(X, axis=1, keepdims=True)
        X[206:] *= 0.3  # within the sphere: everybody's neighbors
        found = crowding.candidates(X, 200, 5)
        n_kept = {rule: int(keep(found).sum()) - 200 for rule, keep in crowding.RULES.items()}
        assert n_kept["none"] == 0
        assert n_kept["twice"] == 5
        assert n_kept["three_times"] == 10
        assert n_kept["all"] == n_kept["first_40"] == 12
        assert set(crowding.RULES) == set(sections.RULE_TITLES)
        assert not found.is_hub[:200].any()
        assert found.is_hub[206:].all()
        assert n_kept["no_hubs"] == 12 - found.is_hub.sum()

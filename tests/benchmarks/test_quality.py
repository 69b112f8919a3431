import json
import math
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from scipy import stats

from benchmarks.quality import analysis, claims, document, excerpts, figures, markdown, records
from benchmarks.quality.records import LEARNERS, Case, Results

STROKE = {"half": "validation", "table": "stroke", "task": "binary", "rare": 50}


def a_line(method="none", ap=0.5, *, fold=0, learners=("lightgbm",), where=STROKE, n_rare=None, **changes):
    """Return one line; every learner scores ``ap``, or ``ap[learner]``."""
    scores = {learner: ap[learner] if isinstance(ap, dict) else ap for learner in learners}
    rare = where["rare"]
    return {
        **where,
        "fold": fold,
        "group": "main",
        "method": method,
        "status": "ok",
        "reason": "",
        "seed": 0,
        "counts": {"train_rare": n_rare or (rare if isinstance(rare, int) else 500)},
        "sampler_seconds": None,
        "learners": {
            learner: {
                "average_precision": value,
                "roc_auc": 0.5 + value / 2,
                "log_loss": 1.0 - value,
                "brier": 0.2 - value / 10,
                "mcc": value,
                "mcc_default": value / 2,
                "seconds": 1.0,
            }
            for learner, value in scores.items()
        },
        "versions": {"imbgan": "0.1.0"},
        **changes,
    }


def many_lines(methods, *, n_tables=6, rares=(20, 50, "natural"), folds=1, seed=0, learners=LEARNERS):
    """Return lines of made-up tables; ``methods`` maps a name to what it gains over the base of a table."""
    rng = np.random.default_rng(seed)
    lines = []
    for i in range(n_tables):
        base = rng.uniform(0.2, 0.6)
        for rare in rares:
            where = {"half": "validation", "table": f"table{i}", "task": "binary", "rare": rare}
            for fold in range(folds):
                for method, gain in methods.items():
                    ap = {learner: float(base + gain + rng.normal(0, 0.01)) for learner in learners}
                    lines.append(a_line(method, ap, fold=fold, learners=learners, where=where))
    return lines


@pytest.fixture
def saved(tmp_path):
    def save(lines):
        folder = tmp_path / "results"
        folder.mkdir(exist_ok=True)
        (folder / "main.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        return folder

    return save


class TestReading:
    def test_the_last_line_of_a_run_wins_over_all_files(self, tmp_path):
        (tmp_path / "a.jsonl").write_text(json.dumps(a_line(ap=0.1)) + "\n" + json.dumps(a_line(ap=0.2)) + "\n")
        (tmp_path / "b.jsonl").write_text(json.dumps(a_line(ap=0.3)) + "\n" + json.dumps(a_line(ap=0.4, fold=1)) + "\n")
        lines = records.read(tmp_path)
        assert [line["learners"]["lightgbm"]["average_precision"] for line in lines] == [0.3, 0.4]

    def test_a_line_that_was_cut_off_is_left_out(self, tmp_path):
        (tmp_path / "a.jsonl").write_text(json.dumps(a_line()) + "\n" + json.dumps(a_line(fold=1))[:30])
        assert len(records.read(tmp_path)) == 1

    @pytest.mark.parametrize("broken", ["{", "[1]", '{"half": "validation"}'])
    def test_a_broken_line_is_named(self, tmp_path, broken):
        (tmp_path / "a.jsonl").write_text(json.dumps(a_line()) + "\n" + broken + "\n")
        with pytest.raises(ValueError, match=r"a\.jsonl .*\n?.*Line 2"):
            records.read(tmp_path)


class TestAveraging:
    def test_folds_are_averaged_before_anything_else(self):
        results = Results([a_line(ap=0.2), a_line(ap=0.4, fold=1)])
        pairs, values = results.aligned(["none"], "average_precision")
        assert pairs == [(Case(**STROKE), "lightgbm")]
        assert values.tolist() == [[pytest.approx(0.3)]]

    def test_methods_are_compared_on_the_folds_that_both_have(self):
        lines = [a_line(ap=0.2), a_line(ap=0.8, fold=1), a_line("gan", 0.3)]
        comparison = analysis.compare(Results(lines), "gan", "none", "average_precision")
        assert comparison.mean == pytest.approx(0.1)

    def test_missing_learners_and_missing_scores_drop_out_of_the_pairs(self):
        lines = [a_line("none", learners=LEARNERS), a_line("class_weight", learners=LEARNERS[:4])]
        lines[1]["learners"][LEARNERS[0]]["average_precision"] = None
        lines[1]["learners"][LEARNERS[1]]["average_precision"] = math.nan
        comparison = analysis.compare(Results(lines), "class_weight", "none", "average_precision")
        assert [learner for _, learner in comparison.pairs] == list(LEARNERS[2:4])

    def test_what_failed_has_no_score(self):
        results = Results([a_line(), a_line("adasyn", status="failed", reason="ValueError: no")])
        assert results.methods == ["none"]
        assert analysis.compare(results, "adasyn", "none", "average_precision") is None

    def test_a_classifier_is_compared_with_the_mean_over_learners_and_with_one(self):
        lines = [
            a_line("gan_bagging", {"lightgbm": 0.5, "random_forest": 0.7}, learners=("lightgbm", "random_forest")),
            a_line("easy_ensemble", 0.4, learners=("own",)),
        ]
        results = Results(lines)
        mean = analysis.compare(results, "gan_bagging", "easy_ensemble", "average_precision")
        forest = analysis.compare(results, "gan_bagging", "easy_ensemble", "average_precision", ("random_forest",))
        assert (mean.mean, forest.mean) == (pytest.approx(0.2), pytest.approx(0.3))

    def test_cases_with_few_rare_rows_are_told_by_their_training_rows(self):
        def where(rare, task="binary"):
            return {"half": "validation", "table": "t", "task": task, "rare": rare}

        lines = [
            a_line(where=where(20)),
            a_line(where=where(200)),
            a_line(where=where("natural"), n_rare=201),
            a_line(where=where("natural", "native"), n_rare=50),
        ]
        assert [case.rare for case in Results(lines).with_few_rare().cases] == [20, 200]

    def test_what_cannot_be_applied_counts_as_doing_nothing_and_what_was_not_tried_as_nothing(self):
        lines = [line for fold in range(3) for line in (a_line(ap=0.2, fold=fold, learners=LEARNERS[:2]),)]
        lines += [a_line("smote", 0.6), a_line("smote", status="not applicable", learners=(), fold=1)]
        lines[3]["learners"] = {LEARNERS[0]: lines[3]["learners"].pop("lightgbm")}
        lines += [a_line("ctgan", status="not applicable", learners=())]
        filled = Results(lines).with_fallback("none")
        pairs, values = filled.aligned(["smote"], "average_precision")
        assert [learner for _, learner in pairs] == list(LEARNERS[:2])
        assert values[:, 0].tolist() == [pytest.approx((0.6 + 0.2) / 2), pytest.approx(0.2)]
        assert "ctgan" not in filled.methods


class TestStatistics:
    @pytest.fixture
    def results(self):
        return Results(many_lines({"none": 0.0, "smote": 0.0, "gan": 0.02, "bags": 0.02, "gan_bagging": 0.05}))

    def test_ranks_and_friedman_agree_with_scipy(self, results):
        methods = ["none", "smote", "gan", "gan_bagging"]
        ranking = analysis.rank(results, methods, "average_precision")
        _, values = results.aligned(methods, "average_precision")
        chi2 = stats.friedmanchisquare(*values.T).statistic
        n, k = values.shape
        assert ranking.f_statistic == pytest.approx((n - 1) * chi2 / (n * (k - 1) - chi2))
        expected = stats.rankdata(-values, axis=1).mean(axis=0)
        assert dict(zip(ranking.methods, ranking.mean_ranks, strict=True)) == pytest.approx(
            dict(zip(methods, expected.tolist(), strict=True))
        )
        assert ranking.methods[0] == "gan_bagging"
        assert list(ranking.mean_ranks) == sorted(ranking.mean_ranks)

    def test_friedman_with_ties_agrees_with_scipy(self):
        lines = [
            a_line(method, ap, where={**STROKE, "table": f"t{i}"})
            for i, row in enumerate([(0.1, 0.1, 0.3), (0.2, 0.4, 0.4), (0.1, 0.2, 0.3), (0.3, 0.2, 0.2)])
            for method, ap in zip(("none", "smote", "gan"), row, strict=True)
        ]
        ranking = analysis.rank(Results(lines), ["none", "smote", "gan"], "average_precision")
        _, values = Results(lines).aligned(["none", "smote", "gan"], "average_precision")
        chi2 = stats.friedmanchisquare(*values.T).statistic
        assert ranking.f_statistic == pytest.approx(3 * chi2 / (8 - chi2))

    def test_losses_rank_the_other_way(self, results):
        methods = ["none", "smote", "gan_bagging"]
        by_loss = analysis.rank(results, methods, "log_loss")
        assert by_loss.methods == analysis.rank(results, methods, "average_precision").methods
        assert analysis.compare(results, "gan_bagging", "none", "log_loss").mean > 0

    def test_critical_difference_is_the_one_of_the_textbook(self):
        # Demšar (2006), table 5: q is 2.569 for four methods at 5 %; 14 data sets give 1.25.
        lines = [
            a_line(method, 0.1 * j, where={**STROKE, "table": f"t{i}"})
            for i in range(14)
            for j, method in enumerate("abcd")
        ]
        ranking = analysis.rank(Results(lines), list("abcd"), "average_precision")
        assert ranking.critical_difference == pytest.approx(2.569 * math.sqrt(4 * 5 / (6 * 14)), abs=0.001)
        assert ranking.methods == tuple("dcba")

    def test_p_values_are_scipy_s_and_adjusted_over_the_baselines(self, results):
        evidence = analysis.weigh(results, "gan", "average_precision", analysis.BASELINES)
        assert [item.comparison.other for item in evidence] == ["none", "smote", "bags"]
        for item in evidence:
            assert item.p == pytest.approx(stats.wilcoxon(item.comparison.gains).pvalue)
        smallest = min(evidence, key=lambda item: item.p)
        assert smallest.p_holm == pytest.approx(3 * smallest.p)
        assert all(item.p <= item.p_holm <= 1.0 for item in evidence)

    def test_cases_of_one_table_count_once_by_table(self, results):
        comparison = analysis.compare(results, "gan", "none", "average_precision")
        assert (len(comparison.pairs), len(comparison.by_table())) == (6 * 3 * 6, 6 * 6)
        assert comparison.by_table().mean() == pytest.approx(comparison.mean)
        assert len(comparison.by_case()) == 6 * 3

    def test_interval_over_tables_is_wider_than_one_over_pairs_when_tables_differ(self):
        lines = []
        for i, gain in enumerate((-0.2, 0.0, 0.1, 0.3)):
            for rare in (20, 50, 100, 200):
                where = {**STROKE, "table": f"t{i}", "rare": rare}
                lines += [a_line(where=where), a_line("gan", 0.5 + gain, where=where)]
        low, high = analysis.table_interval(analysis.compare(Results(lines), "gan", "none", "average_precision"))
        gains = np.repeat([-0.2, 0.0, 0.1, 0.3], 4)
        half = 1.96 * gains.std(ddof=1) / math.sqrt(len(gains))
        assert low < gains.mean() - half
        assert high > gains.mean() + half

    def test_nothing_differs(self):
        zeros = np.zeros(12)
        assert analysis.wilcoxon(zeros) == 1.0
        assert analysis.bayesian_signed_rank(zeros, 0.01) == (0.0, 1.0, 0.0)

    @pytest.mark.global_random
    @pytest.mark.parametrize("shift", [-0.02, 0.0, 0.008, 0.012, 0.05])
    def test_bayesian_signed_rank_agrees_with_baycomp(self, shift):
        baycomp = pytest.importorskip("baycomp")
        gains = np.random.default_rng(1).normal(shift, 0.02, 30)
        ours = analysis.bayesian_signed_rank(gains, 0.01)
        # Its left is the first classifier being better.
        theirs = baycomp.SignedRankTest.probs(gains, np.zeros(30), rope=0.01, nsamples=4000, random_state=0)
        assert ours == pytest.approx(theirs[::-1], abs=0.04)
        assert sum(ours) == pytest.approx(1.0)

    def test_the_best_of_a_family_is_not_one_that_was_spared_the_hard_cases(self):
        lines = many_lines({"none": 0.0, "smote": 0.02, "gan": 0.0})
        easy = {**STROKE, "table": "easy"}
        lines += [a_line("prowsyn", 0.99, where=easy), *(a_line(m, 0.9, where=easy) for m in ("none", "smote"))]
        assert analysis.best_of_smote_family(Results(lines)) == "smote"


class TestClaims:
    def outcomes(self, results):
        return {
            (o.claim.ours, o.claim.other, o.claim.quantity, o.claim.metric, o.claim.learner): o
            for o in claims.judge(results)
        }

    @pytest.fixture
    def results(self):
        gains = {
            "none": 0.0,
            "class_weight": 0.01,
            "smote": 0.02,
            "adasyn": -0.03,
            "ctgan": -0.05,
            "gan": 0.05,
            "bags": 0.02,
            "gan_bagging": 0.08,
            "auto": 0.1,
        }
        lines = many_lines(gains)
        for line in lines:
            line["sampler_seconds"] = {"gan": 5.0, "ctgan": 60.0}.get(line["method"])
        return Results(lines)

    def test_targets_are_compared_with_what_was_measured(self, results):
        found = self.outcomes(results)
        gain = found["gan", claims.BEST_SMOTE, "mean gain", "average_precision", ""]
        assert gain.other == "smote"
        assert gain.measured == pytest.approx(0.03, abs=0.005)
        assert gain.reached is False
        assert found["gan", "ctgan", "mean gain", "average_precision", ""].reached is True
        assert found["gan", "ctgan", "seconds", "average_precision", ""].measured == pytest.approx(5 / 60)
        assert found["gan_bagging", "none", "mean gain", "average_precision", ""].reached is True
        assert found["gan_bagging", "none", "cases ahead", "log_loss", ""].measured == 1.0
        assert found["auto", claims.ALL_METHODS, "place", "average_precision", ""].measured == 1.0
        assert found["auto", "none", "worst learner", "average_precision", ""].reached is True

    def test_a_place_is_taken_among_the_cases_that_a_method_was_run_on(self):
        # On the tables that it was not run on, another one would be ahead.
        lines = [
            line
            for line in many_lines({"none": 0.0, "smote": 0.1, "auto": 0.2})
            if line["method"] != "auto" or line["table"] in ("table0", "table1")
        ]
        place = next(outcome for outcome in claims.judge(Results(lines)) if outcome.claim.quantity == "place")
        assert place.measured == 1.0
        assert place.n_pairs == 2 * 3 * len(LEARNERS)

    def test_what_was_not_run_is_neither_reached_nor_missed(self, results):
        outcome = self.outcomes(results)["gan_bagging", "smote_bagging", "mean gain", "average_precision", ""]
        assert outcome.reached is None
        assert markdown.claim_row(outcome)[-1] == "not run"

    def test_few_rare_rows_leave_the_natural_tables_out(self, results):
        found = self.outcomes(results)
        assert found["gan_bagging", "none", "mean gain", "average_precision", ""].n_pairs == 6 * 2 * 6
        assert found["gan", "ctgan", "mean gain", "average_precision", ""].n_pairs == 6 * 3 * 6
        alone = found["gan_bagging", "none", "mean gain", "average_precision", "lightgbm"]
        assert alone.n_pairs == 6 * 2

    def test_being_surely_behind_is_no_evidence_for_being_ahead(self):
        results = Results(many_lines({"none": 0.0, "smote": 0.1, "gan": 0.0}))
        outcome = self.outcomes(results)["gan", claims.BEST_SMOTE, "p (Holm)", "average_precision", ""]
        assert (outcome.measured, outcome.reached) == (1.0, False)

    def test_a_miss_says_by_how_much(self, results):
        outcome = self.outcomes(results)["gan", claims.BEST_SMOTE, "mean gain", "average_precision", ""]
        assert markdown.claim_row(outcome)[-1] == f"**no**, by {0.04 - outcome.measured:.3f}"


METHODS = {"none": 0.0, "class_weight": 0.0, "smote": 0.02, "gan": 0.03, "bags": 0.01, "gan_bagging": 0.06}


class TestDocument:
    def lines(self):
        lines = many_lines(METHODS, n_tables=3)
        for rare in (20, 50):
            where = {**STROKE, "table": "hard_one", "rare": rare}
            lines += [a_line(m, 0.3 if m.startswith("gan") else 0.5, where=where) for m in METHODS]
        lines += [a_line("gan", group="depth"), a_line("deep", 0.6, group="depth")]
        lines += [a_line("adasyn", status="failed", reason="ValueError: a | b\n<c>", learners=(), where=where)]
        return lines

    def test_it_is_rebuilt_byte_by_byte(self, saved, tmp_path):
        target, notes = tmp_path / "RESULTS.md", tmp_path / "notes"
        document.write(saved(self.lines()), target, notes)
        before = {file: file.read_bytes() for file in [target, *sorted((tmp_path / "figures").iterdir())]}
        (tmp_path / "figures" / "stale.svg").write_text("")
        document.write(saved(self.lines()), target, notes)
        after = {file: file.read_bytes() for file in [target, *sorted((tmp_path / "figures").iterdir())]}
        assert after == before
        assert {file.name for file in before} >= {"RESULTS.md", "critical_difference_validation.svg"}

    def test_losing_sets_are_listed_and_failures_too(self, saved, tmp_path):
        target = tmp_path / "RESULTS.md"
        document.write(saved(self.lines()), target, tmp_path)
        text = target.read_text()
        losing = text[text.index("## Where ours lose") :]
        assert "hard_one (thinned to 20) −0.200" in losing
        assert "gan_bagging behind none, validation half**: 2 of 11 cases" in losing
        assert "| adasyn | failed | ValueError: a \\| b &lt;c> | hard_one, thinned to 50 |" in losing
        assert "| deep |" in text
        assert "| hard_one | thinned to 20 |" in text

    def test_arms_of_an_ablation_stand_beside_the_first(self, saved, tmp_path):
        tables = [{**STROKE, "table": f"t{i}"} for i in range(4)]
        lines = [a_line("first", 0.3, group="depth", where=where) for where in tables]
        lines += [a_line("deep", 0.35, group="depth", where=where) for where in tables]
        lines += [a_line("broken", 0.2, group="depth", where=tables[0])]
        document.write(saved(lines), tmp_path / "RESULTS.md", tmp_path / "notes")
        text = (tmp_path / "RESULTS.md").read_text()
        assert "4 cases, 4 pairs that these arms share" in text
        assert "| deep | **0.350** |" in text
        assert "| +0.050 | 100% |" in text
        assert "| broken | 1 | −0.100 | 0% |" in text

    def test_every_picture_of_the_document_is_there(self, saved, tmp_path):
        document.write(saved(self.lines()), tmp_path / "RESULTS.md", tmp_path)
        text = (tmp_path / "RESULTS.md").read_text()
        linked = {part.split(")")[0] for part in text.split("](")[1:]}
        assert linked == {f"figures/{file.name}" for file in (tmp_path / "figures").iterdir()}

    def test_notes_stand_in_their_sections(self, saved, tmp_path):
        notes = tmp_path / "notes"
        notes.mkdir()
        (notes / "claims.md").write_text("A sentence on the targets.\n")
        (notes / "ablation-depth.md").write_text("A sentence on depth.\n")
        document.write(saved(self.lines()), tmp_path / "RESULTS.md", notes)
        text = (tmp_path / "RESULTS.md").read_text()
        assert "## Targets\n\nA sentence on the targets.\n\n" in text
        assert "A sentence on depth." in text
        (notes / "ablation-of_no_run.md").write_text("Tried by hand.")
        document.write(saved(self.lines()), tmp_path / "RESULTS.md", notes)
        assert "## Ablation: of no run\n\nTried by hand." in (tmp_path / "RESULTS.md").read_text()
        (notes / "clams.md").write_text("Nowhere.")
        with pytest.raises(ValueError, match="Got clams"):
            document.write(saved(self.lines()), tmp_path / "RESULTS.md", notes)

    def test_no_lines_are_an_error(self, tmp_path):
        with pytest.raises(ValueError, match="must hold the lines"):
            document.write(tmp_path, tmp_path / "RESULTS.md", tmp_path)


class TestFigures:
    def test_methods_within_the_critical_difference_are_joined(self):
        ranking = analysis.Ranking(tuple("abcde"), (1.0, 1.5, 3.0, 3.05, 5.0), 20, 10.0, 0.001, 1.6)
        assert figures._cliques(ranking) == [(0, 1), (1, 3)]

    def test_figures_are_whole_and_escape_names(self):
        where = {**STROKE, "table": "<script>"}
        results = Results([a_line(where=where), a_line("gan", 0.7, where=where), a_line("a&b", 0.1, where=where)])
        svg = figures.dot_plot(results, "<script>", ["none", "gan", "a&b"])
        root = ET.fromstring(svg)
        texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
        assert {"none", "gan", "a&b"} <= set(texts)
        assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 3 + len(LEARNERS)
        ranking = analysis.rank(results, ["none", "gan", "a&b"], "average_precision")
        assert ranking is None


class TestExcerpts:
    def test_a_table_replaces_what_stands_between_its_marks(self, tmp_path):
        page = tmp_path / "README.md"
        after = "<!-- /quality -->\nafter\n<!-- other -->\n<!-- /other -->\n"
        page.write_text("before\n<!-- quality -->\nold\n" + after)
        for _ in range(2):
            excerpts.fill(page, "quality", ["| a |", "| b \\1 |", ""])
            assert page.read_text() == "before\n<!-- quality -->\n| a |\n| b \\1 |\n" + after

    def test_a_page_without_the_marks_is_refused(self, tmp_path):
        (tmp_path / "README.md").write_text("nothing\n")
        with pytest.raises(ValueError, match="must hold the marks <!-- quality -->"):
            excerpts.fill(tmp_path / "README.md", "quality", [])

    def test_means_are_over_shared_pairs_and_gains_over_the_first(self):
        none = a_line("none", {"lightgbm": 0.2, "mlp": 0.4}, learners=("lightgbm", "mlp"))
        names = {"none": "nothing", "gan": "GAN", "smote": "SMOTE"}
        found = excerpts.means(Results([none, a_line("gan", 0.5)]), names, ("by", "gain", "ahead"))
        cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in found if line.startswith("|")]
        # The pair that one method lacks is left out, and so is a method that was not run.
        assert [row[0] for row in cells[2:]] == ["nothing", "GAN"]
        assert [row[1] for row in cells[2:]] == ["0.200", "0.500"]
        assert [row[-2:] for row in cells[2:]] == [["", ""], ["+0.300", "100%"]]

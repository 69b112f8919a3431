"""The page of the public benchmark, on lines in which the answer is planted."""

import json

import numpy as np
import pytest
from scipy import stats

from benchmarks.public import document, evidence, names, published, records
from benchmarks.public.report import report
from benchmarks.quality.records import MEAN

LEARNERS = published.LEARNERS
TABLES = names.FOURTEEN


def line_of(table, method, score, repeat=0, **changes):
    """Return a line in which every learner has one score; a classifier of its own has a single one."""
    figures = {"f1": score, "f1_tuned": score, "kappa": score, "average_precision": score, "seconds": 36.0}
    learners = {"own": figures} if method.startswith("mixture") else dict.fromkeys(LEARNERS, figures)
    return {
        "table": table,
        "repeat": repeat,
        "members": 16,
        "counts": {"rows": 500, "rare": 50, "columns": 4, "classes": 2},
        "method": method,
        "status": "ok",
        "reason": "",
        "learners": learners,
        "versions": {"numpy": "2.0"},
        **changes,
    }


@pytest.fixture
def lines():
    """Return lines in which the mixture is ahead of doing nothing by .1, and SPE by .02, on every data set."""
    level = dict(zip(TABLES, np.linspace(0.2, 0.8, len(TABLES)).tolist(), strict=True))
    gains = {"none": 0.0, "smote": -0.05, "self_paced_ensemble": 0.02, "gan_bagging": 0.03, "mixture": 0.1}
    return [line_of(table, method, level[table] + gain) for method, gain in gains.items() for table in TABLES]


def rows_of(text, first):
    """Return the cells of the rows whose first cells are these."""
    rows = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in text if line.startswith("| ")]
    return [row for row in rows if row[: len(first)] == first]


class TestRecords:
    def test_of_lines_about_one_run_the_last_counts_and_other_members_are_left_out(self, tmp_path):
        path = tmp_path / "lines.jsonl"
        written = [line_of("yeast5", "none", 0.1), line_of("yeast5", "none", 0.3), line_of("yeast6", "none", 0.5)]
        written.append(line_of("yeast4", "none", 0.5, members=4))
        path.write_text("".join(json.dumps(line) + "\n" for line in written) + '{"table": "yeast3')
        assert records.read(path) == written[1:3]
        assert records.read(tmp_path / "absent.jsonl") == []

    def test_a_method_that_fails_counts_as_doing_nothing_there(self, lines):
        failed = line_of("yeast4", "smote", 0.0, status="failed", reason="too few rows", learners={})
        kept = [line for line in lines if (line["table"], line["method"]) != ("yeast4", "smote")]
        figures = records.Figures("convgen", [*kept, failed])
        pairs, values = figures.sets.aligned(["none", "smote"], "f1")
        gains = {case.table: round(float(b - a), 3) for (case, _), (a, b) in zip(pairs, values, strict=True)}
        assert gains == {table: 0.0 if table == "yeast4" else -0.05 for table in TABLES}

    def test_a_learner_that_cannot_be_taught_counts_as_untaught(self, lines):
        taught = line_of("yeast4", "distilled", 0.9)
        taught["learners"] = {name: figures for name, figures in taught["learners"].items() if name != "k_neighbors"}
        figures = records.Figures("convgen", [line for line in [*lines, taught] if line["table"] == "yeast4"])
        _, values = figures.sets.aligned(["none", "distilled"], "f1")
        none, distilled = values[0]
        assert distilled == pytest.approx((3 * 0.9 + none) / 4)

    def test_methods_are_compared_over_the_repeats_that_all_of_them_have(self, lines):
        # A second repeat of one method alone, with other figures, changes nothing.
        more = [line_of(table, "none", 0.0, repeat=1) for table in TABLES]
        for metric in ("f1", "average_precision"):
            before, after = (
                records.Figures("convgen", each).sets.aligned(["none", "smote"], metric)[1]
                for each in (lines, [*lines, *more])
            )
            np.testing.assert_array_equal(before, after)

    def test_means_over_the_learners_leave_one_figure_for_a_data_set(self, lines):
        figures = records.Figures("convgen", lines)
        pairs, values = figures.sets.aligned(["none", "mixture"], "average_precision")
        assert [learner for _, learner in pairs] == [MEAN] * 14
        np.testing.assert_allclose(values[:, 1] - values[:, 0], 0.1)


class TestEvidence:
    def test_tests_are_over_data_sets_and_count_those_ahead(self, lines):
        # Gains that are all positive and all different: p is that of one order of signs among 2 ** 14, on two sides.
        for i, line in enumerate(line for line in lines if line["method"] == "mixture"):
            line["learners"]["own"]["average_precision"] += i / 500
        text = evidence.tests(records.Figures("convgen", lines), "average_precision", "Average precision")
        (row,) = rows_of(text, ["mixture", "self paced ensemble"])
        assert (row[2], row[4]) == ("+0.093", "14 of 14")
        # Three methods of others were run, and all three comparisons are as clear as this one.
        assert float(row[5]) == pytest.approx(stats.wilcoxon(np.arange(1, 15)).pvalue, rel=0.05)
        assert float(row[6]) == pytest.approx(3 * 2 / 2**14, rel=0.05)
        assert "Of ours, the best mean is that of mixture, of theirs that of self paced ensemble" in text[0]

    def test_noise_is_not_called_ahead(self):
        rng = np.random.default_rng(0)
        noisy = [
            line_of(table, method, float(rng.uniform(0.2, 0.8))) for method in ("none", "mixture") for table in TABLES
        ]
        text = evidence.tests(records.Figures("convgen", noisy), "f1_tuned", "F1")
        (row,) = rows_of(text, ["mixture", "none"])
        assert float(row[6]) > 0.05

    def test_ranks_are_those_of_the_planted_order(self, lines):
        text = evidence.ranks(records.Figures("convgen", lines), "average_precision", "Average precision")
        table = [row[:2] for row in (line.strip("| ").split(" | ") for line in text if line.startswith("| "))][2:]
        order = ["mixture", "gan bagging", "self paced ensemble", "none", "smote"]
        assert table == [[method, f"{place:.2f}"] for place, method in enumerate(order, 1)]

    def test_the_mixture_stands_beside_the_best_learner_of_a_method(self, lines):
        for line in lines:
            if line["method"] == "none":
                best = {**line["learners"]["random_forest"]}
                best["average_precision"] += 0.3
                line["learners"] = {**line["learners"], "random_forest": best}
        figures = records.Figures("convgen", lines)
        text = evidence.at_best_learners(figures, "average_precision", "Average precision")
        (row,) = rows_of(text, ["mixture", "none, random forest"])
        assert row[3] == "\N{MINUS SIGN}0.200"

    def test_an_average_of_ensembles_of_others_is_no_gain_of_ours(self, lines):
        more = [
            line_of(line["table"], "mixture_of_self_paced", line["learners"]["own"]["f1"] + 0.01)
            for line in lines[-14:]
        ]
        figures = records.Figures("convgen", [*lines, *more])
        assert rows_of(evidence.tests(figures, "f1", "F1"), ["mixture of self paced"]) == []
        (row,) = rows_of(evidence.at_best_learners(figures, "f1", "F1"), ["mixture", "mixture of self paced"])
        assert row[3] == "\N{MINUS SIGN}0.010"


class TestReport:
    def test_published_figures_stand_beside_ours(self, lines):
        text = report("convgen", lines)
        assert text[0].startswith("14 of 14 data sets, 5 methods on all of them, 4 learners")
        assert rows_of(text, ["published: CTGAN"])[0][1:] == ["0.437", "0.477", "0.598", "0.590", "0.525"]
        (first, _) = rows_of(text, ["yeast5"])
        assert first[-1] == "0.682"  # the mean of the four of published.py
        assert rows_of(text, ["mixture"])[0][1:5] == ["–"] * 4

    def test_published_means_are_left_out_where_data_sets_are_missing(self, lines):
        # Two methods, since tests of thirteen tied differences are exact and take long.
        some = [line for line in lines if line["table"] != "yeast4" and line["method"] in ("none", "gan_bagging")]
        text = "\n".join(report("convgen", some))
        assert text.startswith("13 of 14 data sets")
        assert "published: CTGAN" not in text

    def test_a_method_on_fewer_data_sets_stands_apart_beside_others_on_the_same(self, lines):
        text = report("convgen", [*lines, line_of("yeast6", "gan", 0.5)])
        (row,) = rows_of(text, ["gan", "1"])
        assert row[2:] == ["0.500", "0.800", "0.820", "0.900"]

    def test_what_did_not_run_says_why(self, lines):
        failed = line_of("yeast4", "prowsyn", 0.0, status="failed", reason="own: KeyError: <b>", learners={})
        assert ["prowsyn", "own: KeyError: &lt;b>", "yeast4"] in rows_of(
            report("convgen", [*lines, failed]), ["prowsyn"]
        )


class TestDocument:
    def test_a_section_for_each_collection_with_lines_or_a_note(self, lines, tmp_path):
        results, notes = tmp_path / "results", tmp_path / "notes"
        results.mkdir()
        notes.mkdir()
        (results / "convgen.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        (notes / "summary.md").write_text("The mixture is ahead.\n")
        (notes / "climb.md").write_text("Not run.\n")
        document.write(results, tmp_path / "RESULTS.md", notes)
        text = (tmp_path / "RESULTS.md").read_text()
        heads = [line for line in text.splitlines() if line.startswith("#")]
        assert heads == ["# Public data sets: ours beside published figures", "## The fourteen of ConvGeN", "## CLIMB"]
        assert text.endswith("Not run.\n")

    def test_no_lines_and_notes_of_no_section_are_errors(self, tmp_path):
        with pytest.raises(ValueError, match=r"must hold the lines of a run \(convgen\.jsonl"):
            document.write(tmp_path, tmp_path / "RESULTS.md", tmp_path)
        (tmp_path / "convgen.jsonl").write_text(json.dumps(line_of("yeast4", "none", 0.5)) + "\n")
        (tmp_path / "other.md").write_text("A note.")
        with pytest.raises(ValueError, match="Notes must be named summary"):
            document.write(tmp_path, tmp_path / "RESULTS.md", tmp_path)

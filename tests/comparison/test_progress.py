"""Progress says what is known so far, in a terminal and in a file."""

import io

from rich.console import Console

from imbgan.comparison.progress import Board, Progress, in_order
from imbgan.comparison.results import Score

SCORES = (
    Score("[b]trees", "gan", "average_precision", None, 0.43, 0.02, 3, 0.02, -0.01, 0.05, 0.2, 0.2, 0.1, 0.2, 0.7),
    Score("[b]trees", "none", "average_precision", None, 0.41, 0.02, 4),
    Score("[b]trees", "smote", "average_precision", None, 0.4, 0.02, 1, -0.01),
)


def board(budget=120.0, **settings):
    console = Console(file=io.StringIO(), width=100, **settings)
    shown = Board("average_precision", "none", budget, 0.0, True, console, clock=lambda: 34.0)
    shown.update(Progress(in_order(SCORES, "none"), 5, 70, 100.0))
    return shown, console


def test_a_line_tells_time_parts_and_the_leader():
    shown, _ = board()
    assert shown.line() == (
        "34 s of 2 min, 5 of 70 parts done; all folds would take about 2.2 min; [b]trees: average precision .410 with "
        "none, best gan +.020 (-.010 to +.050)"
    )
    assert board(None)[0].line().startswith("34 s, 5 of 70 parts done, about 1.7 min left; ")


def test_a_table_has_a_row_for_each_strategy_and_names_are_no_markup():
    shown, console = board()
    console.print(shown.table())
    lines = [line.split() for line in console.file.getvalue().splitlines()]
    assert lines[1] == ["[b]trees", "none", ".410", "control", "4"]
    assert lines[2] == ["gan", ".430", "+.020", "(-.010", "to", "+.050)", "3"]
    assert lines[3] == ["smote", ".400", "-.010", "1"]


def test_terminals_get_a_table_and_files_get_lines(monkeypatch):
    monkeypatch.setattr("imbgan.comparison.progress.SECONDS_BETWEEN_LINES", 0.0)
    shown, console = board(force_terminal=False)
    written = console.file

    class Once(io.StringIO):
        def write(self, text):
            shown._ended.set()  # the first line ends the waiting
            return written.write(text)

    console.file = Once()
    with shown:
        shown._ended.wait()
    assert written.getvalue().startswith("34 s of 2 min")
    shown, console = board(force_terminal=True)
    with shown:
        pass
    assert "gan" in console.file.getvalue()

"""``imbgan describe`` shows a table before anything is learned."""

from imbgan.cli import options as o
from imbgan.cli.compare import DEFAULT_BUDGET
from imbgan.cli.reading import reads_table
from imbgan.cli.session import session
from imbgan.cli.tables import load
from imbgan.data.reading import Reading


@reads_table
def describe(
    table: o.Table,
    target: o.Target,
    reading: Reading,
    json: o.Json = None,
    force: o.Force = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
    debug: o.Debug = False,
) -> None:
    """Show inferred columns, class counts, what ruins projects, and what to expect, without training."""
    with session(quiet=quiet, verbose=verbose, debug=debug, force=force, json=json) as run:
        from imbgan.cli.next_step import compare_command
        from imbgan.quality import describe as describe_table
        from imbgan.quality.description.views import text_view

        loaded = load(run, table, target, reading)
        found = describe_table(loaded.X, loaded.y)
        command = compare_command(table, target, reading, [*loaded.reading.drop, *found.to_drop])
        seconds = _comparison_seconds(found.n_rows, len(found.columns) - len(found.to_drop))
        run.finish(
            text_view(found, next_step=f"{command}\n{_duration(seconds)}"),
            {**found.to_dict(), "next": command, "comparison_seconds": round(seconds)},
        )


def _comparison_seconds(n_rows: int, n_columns: int) -> float:
    from imbgan.comparison import expected_seconds

    return expected_seconds(n_rows, max(1, n_columns))


def _duration(seconds: float) -> str:
    from imbgan.comparison.wording import round_duration

    return (
        f"It takes at most {DEFAULT_BUDGET}, less if the verdict is settled before. "
        f"All folds (--budget none) take about {round_duration(seconds)} on one core."
    )

"""``imbgan describe`` shows a table before anything is learned."""

from imbgan._durations import expected_seconds
from imbgan._text import round_duration
from imbgan.cli import options as o
from imbgan.cli.compare import DEFAULT_BUDGET
from imbgan.cli.image_commands import describe_folder
from imbgan.cli.images import OfImages, images_of, is_folder, refuse_table_options
from imbgan.cli.names import DEFAULT_ESTIMATORS, DEFAULT_STRATEGIES
from imbgan.cli.reading import reading_of
from imbgan.cli.samples import is_data_set, sample
from imbgan.cli.session import Session, session
from imbgan.cli.tables import load, required
from imbgan.cli.taking import takes, without
from imbgan.data.reading import Reading


@takes(reading=reading_of, images=without(images_of, "flip", "recipe"), common=o.common_of)
def describe(
    *,
    table: o.TableOrFolder,
    target: o.Target = None,
    reading: Reading,
    images: OfImages,
    common: o.Common,
) -> None:
    """Show columns or images, class counts, what ruins projects, and what to expect, without training."""
    if is_folder(table):
        refuse_table_options(table, reading, common, target=target)
        describe_folder(table, images, common)
        return
    with session(common) as run:
        from imbgan.cli.next_step import compare_command
        from imbgan.quality import describe as describe_table
        from imbgan.quality.description.views import text_view

        images.refuse(table)
        target = required(target, table, "describe")
        if is_data_set(table):
            _describe_data_set(run, table, target, reading)
            return
        loaded = load(run, table, target, reading)
        found = describe_table(loaded.X, loaded.y)
        command = compare_command(table, target, reading, [*loaded.reading.drop, *found.to_drop])
        n_columns = max(1, len(found.columns) - len(found.to_drop))
        seconds = expected_seconds(
            found.n_rows, n_columns, strategies=DEFAULT_STRATEGIES, estimators=DEFAULT_ESTIMATORS
        )
        run.finish(
            text_view(found, next_step=f"{command}\n{_duration(seconds)}"),
            {**found.to_dict(), "next": command, "comparison_seconds": round(seconds)},
        )


def _describe_data_set(run: Session, table: str, target: str, reading: Reading) -> None:
    from imbgan.cli.next_step import train_command
    from imbgan.quality.description.describe import describe_survey
    from imbgan.quality.description.views import text_view

    found = sample(run, table, target, reading)
    described = describe_survey(found.surveyed, target)
    command = train_command(table, target, reading, [*found.data_set.reading.drop, *described.to_drop])
    run.finish(text_view(described, next_step=command), {**described.to_dict(), "next": command})


def _duration(seconds: float) -> str:
    return (
        f"It takes about {DEFAULT_BUDGET} at most, less if the verdict is settled before. "
        f"All folds (--budget none) take about {round_duration(seconds)} on one core."
    )

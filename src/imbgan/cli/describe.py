"""``imbgan describe`` shows a table before anything is learned."""

from imbgan.cli import options as o
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
    """Show inferred columns, class counts, and what to expect, without training."""
    with session(quiet=quiet, verbose=verbose, debug=debug, force=force, json=json) as run:
        from imbgan.quality import describe as describe_table

        X, y = load(run, table, target, reading)[:2]
        found = describe_table(X, y)
        run.finish(str(found), found.to_dict())

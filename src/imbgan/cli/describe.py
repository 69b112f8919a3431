"""``imbgan describe`` shows a table before anything is learned."""

from imbgan.cli import options as o
from imbgan.cli.session import session
from imbgan.cli.tables import load


def describe(
    table: o.Table,
    target: o.Target,
    drop: o.Drop = None,
    cast: o.Cast = None,
    drop_missing_target: o.DropMissing = False,
    format: o.InputFormat = None,
    encoding: o.Encoding = "utf-8",
    json: o.Json = None,
    force: o.Force = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
    debug: o.Debug = False,
) -> None:
    """Show inferred columns, class counts, and what to expect, without training."""
    with session(quiet=quiet, verbose=verbose, debug=debug, force=force, json=json) as run:
        from imbgan.quality import describe as describe_table

        X, y = load(
            run, table, target, drop=drop, cast=cast, drop_missing=drop_missing_target, format=format, encoding=encoding
        )[:2]
        found = describe_table(X, y)
        run.finish(str(found), found.to_dict())

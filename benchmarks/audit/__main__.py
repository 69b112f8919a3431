"""What generated rows give away on real tables, what lowers it, and what it costs.

``IMBGAN_DATA=... python -m benchmarks.audit run`` audits the development tables: in each of six runs, 50 of 240 rare
rows are learned from beside 2,000 common ones, and 1,950 rows are generated. ``usefulness`` measures what the rows are
worth in bags, ``signs`` what can be known as soon as rows are there, and ``classifiers`` what classifiers give away by
their confidence. Each appends lines of JSON to a file in ``benchmarks/audit/results``; what is there already is not run
again. ``--variants`` names what is changed in the GAN. ``show`` prints the tables of what is there, which
``python -m benchmarks.quality write`` puts into ``RESULTS.md``.
"""

import argparse
import warnings

from benchmarks.audit import classifiers, document, rows, signs, usefulness
from benchmarks.audit.variants import DEFAULT, FEW_TABLES, TABLES, VARIANTS


def main() -> None:
    """Run the command line."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit", description=__doc__)
    parser.add_argument("command", choices=["run", "usefulness", "signs", "classifiers", "show"])
    parser.add_argument("--tables", nargs="+", choices=TABLES)
    parser.add_argument("--variants", nargs="+", choices=[DEFAULT, *VARIANTS], default=[DEFAULT])
    parser.add_argument("--folds", nargs="+", type=int, default=[0])
    options = parser.parse_args()
    if options.command == "show":
        print("\n".join(document.report()))
        return
    if options.command == "classifiers":
        classifiers.run(options.tables or FEW_TABLES)
        return
    for variant in options.variants:
        tables = options.tables or (TABLES if variant == DEFAULT else FEW_TABLES)
        if options.command == "run":
            rows.run(tables, variant)
        elif options.command == "signs":
            signs.run(tables, variant)
        else:
            usefulness.run(tables, options.folds, variant)


if __name__ == "__main__":
    main()

"""Fetch a real table with a rare class, and say where it comes from and under which licence.

The package ships no data of others. Each set is fetched from where it is published, by scikit-learn or by
imbalanced-learn, which keep it in a folder for the next time.

Run: python examples/real_data.py mammography (prints source, licence, size and the numbers of rows per class)
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from imblearn.datasets import fetch_datasets
from sklearn.datasets import fetch_openml

_UCI = "CC BY 4.0 (UCI Machine Learning Repository)"


@dataclass(frozen=True)
class Source:
    """Where a set is published, under which name there, and its licence as far as it is stated."""

    origin: str
    licence: str
    key: str
    fetch: Callable[[str], tuple[Any, Any]]


def _from_zenodo(key: str) -> tuple[Any, Any]:
    """Return a set of the collection that imbalanced-learn fetches; the rare class is 1, the others are -1."""
    found = fetch_datasets(filter_data=(key,))[key]
    return found.data, found.target


def _from_openml(key: str) -> tuple[Any, Any]:
    """Return a set of OpenML by ``number/name``; the name is compared, so that a wrong number is no wrong table."""
    number, _, name = key.partition("/")
    found = fetch_openml(data_id=int(number), as_frame=True)
    if found.details["name"].lower() != name:
        raise ValueError(
            f"OpenML {number} must be {name!r}, but is {found.details['name']!r}; take the set from elsewhere"
        )
    return found.data, found.target


SETS = {
    "abalone_19": Source("UCI, Abalone: 19 rings", _UCI, "abalone_19", _from_zenodo),
    "adult": Source("UCI, Census Income (Kohavi 1996)", _UCI, "1590/adult", _from_openml),
    "coil_2000": Source(
        "CoIL Challenge 2000: owners of a caravan policy",
        "non-commercial research use (Sentient Machine Research); UCI lists it under CC BY 4.0",
        "coil_2000",
        _from_zenodo,
    ),
    "creditcard": Source(
        "Worldline and Université Libre de Bruxelles: card fraud", "ODbL 1.0, DbCL 1.0", "1597/creditcard", _from_openml
    ),
    "mammography": Source(
        "Woods et al. 1993: calcifications in mammograms", "unclear; research data", "310/mammography", _from_openml
    ),
    "oil_spill": Source(
        "Kubat, Holte and Matwin 1998: oil spills in radar images",
        "unclear; research data",
        "311/oil_spill",
        _from_openml,
    ),
    "ozone_level": Source("UCI, Ozone Level Detection", _UCI, "ozone_level", _from_zenodo),
}


def fetch(name: str) -> tuple[Any, Any]:
    """Fetch a set by name, and print its source and licence.

    Parameters
    ----------
    name : str
        One of ``SETS``.

    Returns
    -------
    X : DataFrame of shape (n_rows, n_columns) or ndarray
        The columns, as the publisher's library returns them.
    y : Series or ndarray of shape (n_rows,)
        The labels.

    Raises
    ------
    ValueError
        If no set has this name.
    """
    if name not in SETS:
        near = get_close_matches(name, SETS, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"The name must be one of {', '.join(SETS)}; received {name!r}.{hint}")
    source = SETS[name]
    print(f"{name}: {source.origin}. Licence: {source.licence}.")
    return source.fetch(source.key)


def main() -> None:
    """Fetch the set that the command names, and print what it is like."""
    if len(sys.argv) != 2:
        sys.exit(f"Usage: python examples/real_data.py NAME, where NAME is one of {', '.join(SETS)}")
    try:
        X, y = fetch(sys.argv[1])
    except ValueError as error:
        sys.exit(str(error))
    except OSError as error:  # what urllib raises as well
        sys.exit(f"{sys.argv[1]!r} could not be fetched, which needs a network: {error}")
    labels = list(y)
    counts = {str(label): labels.count(label) for label in sorted(set(labels), key=str)}
    print(f"{X.shape[0]} rows, {X.shape[1]} columns, rows per class: {counts}")


if __name__ == "__main__":
    main()

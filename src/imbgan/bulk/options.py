"""What is asked of a resampling, in a form that a later run is compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from imbgan._plain import to_plain
from imbgan.data import DataSet
from imbgan.tabular.reservoir import ReservoirSize
from imbgan.tabular.rules import Rule


@dataclass(frozen=True)
class Options:
    """What the output depends on, beside the files.

    Parameters
    ----------
    target : str
        The column of the labels.
    ratio : float, default=None
        Ratio of rare to common rows; by default all classes are balanced.
    counts : mapping of label to int, default={}
        Number of rows of each class in the output, in place of ``ratio``; classes that it does not name stay as they
        are.
    max_iter : int, default=1500
        Most training steps.
    identifiers : {"fresh", "missing", "keep"}, default="fresh"
    seed : int, default=0
    mark : str, default=None
        Name of a new column that is true for generated rows.
    only_generated : bool, default=False
        Whether the output holds generated rows alone.
    size : ReservoirSize
        How many rows the networks learn from.
    encoder : object, default="auto"
        What encodes columns of text, as for :class:`imbgan.TabularGAN`.
    encoder_text : str, default="auto"
        The same in words that a later run is compared with.
    rules : sequence of Rule, default=()
        What holds in every row, and in generated ones.
    """

    target: str
    ratio: float | None = None
    counts: Mapping[Any, int] = field(default_factory=dict)
    max_iter: int = 1500
    identifiers: str = "fresh"
    seed: int = 0
    mark: str | None = None
    only_generated: bool = False
    size: ReservoirSize = field(default_factory=ReservoirSize)
    encoder: Any = "auto"
    encoder_text: str = "auto"
    rules: Sequence[Rule] = ()

    @property
    def sampling_strategy(self) -> Any:  # noqa: ANN401 - as the sampler takes it
        """What the sampler is asked for."""
        return dict(self.counts) or ("auto" if self.ratio is None else self.ratio)

    def rewrites(self, data_set: DataSet) -> bool:
        """Return whether the files change: otherwise they are copied byte for byte."""
        reading = data_set.reading
        return bool(self.mark or reading.drop or reading.drop_missing or data_set.changes_types)

    def facts(self, data_set: DataSet) -> dict[str, Any]:
        """Return all that the output depends on, as JSON."""
        own: Mapping[str, Any] = {
            name: value for name, value in vars(self).items() if name not in ("counts", "encoder", "rules")
        }
        return {
            "imbgan": version("imbgan"),
            # Labels that are no text can be no keys of JSON.
            "options": to_plain(
                {
                    **own,
                    "counts": [[str(label), n] for label, n in self.counts.items()],
                    "rules": [rule.to_document() for rule in self.rules],
                }
            ),
            "reading": data_set.reading.to_dict(),
            "source": {"fingerprint": data_set.fingerprint, "n_files": len(data_set.files), "bytes": data_set.size},
        }


def difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Return in words what differs between the facts of two runs; "" if nothing does."""
    if before.get("imbgan") != now["imbgan"]:
        return f"it was begun by imbgan {before.get('imbgan')}, and this is {now['imbgan']}"
    if before.get("source") != now["source"]:
        return "the files of IN have changed since it was begun"
    old, new = before.get("options", {}), now["options"]
    names = [name for name in new if old.get(name) != new[name]]
    if names:
        return ", ".join(f"{name} was {old.get(name)!r} and is {new[name]!r}" for name in names)
    return "" if before.get("reading") == now["reading"] else "the options that say how IN is read differ"

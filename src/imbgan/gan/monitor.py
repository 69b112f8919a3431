r"""The monitor compares generated rows with held-out real rows during training.

Every figure is divided by the same figure between real rows of the same sizes, because absolute values mislead. The
score of a class is

.. math::
    S = \frac{\mathrm{energy}}{\mathrm{energy}_{rr}} + 5 \max(0, 0.8 - \mathrm{coverage} / \mathrm{coverage}_{rr})
        + 5 \max(0, \mathrm{crowding} - 0.7) + 5 \max(0, \mathrm{memorization} - 0.6)

Crowding is the share of the places among nearest neighbors that generated rows take beside as many training rows. The
other numerators compare held-out rows with as many generated rows, the denominators (subscript rr) with as many
training rows. Lower is better, and a perfect generator has about 1. The score of a run is the mean over monitored
classes and members.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from imbgan.gan.distances import distances
from imbgan.gan.space import Features, Space
from imbgan.measures import (
    coverage,
    density,
    duplicate_rate,
    energy_distance,
    mean_distance_within,
    mean_nearest_distance,
    memorization_rate,
    neighbor_radii,
    neighbor_share,
)
from imbgan.random import Streams

# With fewer held-out rows, coverage and memorization are too coarse for a score or a failure.
MIN_ROWS_FOR_SHARES = 8
# No rows of a class with fewer rows are held out: it is judged on its training rows.
MIN_ROWS_TO_HOLD_OUT = 10
# Neighbors that are counted, and the share of them from which on generated rows crowd; real rows take 0.5.
N_NEIGHBORS = 5
CROWDED = 0.7
# Rows of a group between which neighbors are looked for; all pairs of more rows would take long.
MOST_IN_GROUP = 64
# Number of generated rows that are judged per class and member.
N_GENERATED = 256


@dataclass(frozen=True)
class Quality:
    """Measures of generated rows, as means over classes and members. NaN where there are too few rows."""

    score: float
    energy_ratio: float
    coverage_ratio: float
    density_ratio: float
    spread_ratio: float
    nearest_ratio: float
    neighbor_share: float
    memorization: float
    duplicate_rate: float

    @classmethod
    def mean(cls, parts: "Sequence[Quality]") -> "Quality":
        """Average each measure over the parts that have it."""
        columns = {f.name: np.array([getattr(part, f.name) for part in parts]) for f in fields(cls)}
        known = {name: values[np.isfinite(values)] for name, values in columns.items()}
        return cls(**{name: float(values.mean()) if len(values) else float("nan") for name, values in known.items()})

    def as_dict(self) -> dict[str, float]:
        """Return the measures by name."""
        return asdict(self)


@dataclass(frozen=True)
class HoldOut:
    """The training rows and the held-out rows of each member."""

    train_masks: tuple[np.ndarray, ...]  # per member, bool of shape (n,)
    held_out: Mapping[tuple[int, int], np.ndarray]  # (member, class) -> positions


def split(
    codes: Int[np.ndarray, " n"],
    monitored: Sequence[int],
    n_members: int,
    streams: Streams,
    *,
    fraction: float = 0.2,
    max_rows: int = 256,
) -> HoldOut:
    """Hold out another fold of each monitored class for each member.

    A fold has ``fraction`` of the rows of the class, at least 2 and at most ``max_rows``. As far as possible, members
    hold out disjoint folds, so that together they train on every row (cross-fitting).
    """
    masks = [np.ones(len(codes), bool) for _ in range(n_members)]
    held_out: dict[tuple[int, int], np.ndarray] = {}
    for code in monitored:
        positions = streams.generator("hold-out", code).permutation(np.flatnonzero(codes == code))
        if len(positions) < MIN_ROWS_TO_HOLD_OUT:
            held_out.update({(member, code): positions for member in range(n_members)})
            continue
        size = int(np.clip(round(fraction * len(positions)), 2, max_rows))
        for member in range(n_members):
            fold = np.take(positions, np.arange(member * size, (member + 1) * size), mode="wrap")
            masks[member][fold] = False
            held_out[member, code] = fold
    return HoldOut(tuple(masks), held_out)


class ClassMonitor:
    """Judges rows that one member generates for one class, by their features."""

    def __init__(
        self,
        train: Float[np.ndarray, "n features"],
        held_out: Float[np.ndarray, "m features"],
        *,
        is_held_out: bool,
        rng: np.random.Generator,
    ) -> None:
        self.held_out = held_out
        self.is_held_out = is_held_out
        size = len(held_out)
        self.chosen = rng.permutation(len(train))[: max(4 * size, 256)]
        self._train = train[self.chosen]
        self._size = size
        among, among_train = distances(held_out, held_out), distances(self._train, self._train)
        to_train = distances(held_out, self._train)
        # Disjoint groups of `size` training rows, each of the same size as the held-out rows.
        self._peers = _groups(len(self._train), size)
        self._has_shares = is_held_out and size >= MIN_ROWS_FOR_SHARES and len(self._train) >= size
        self._spread = max(mean_distance_within(among_train), 1e-6)
        # With few held-out rows this distance can be tiny by chance, which would make the ratio huge. Its floor is half
        # of its expected value.
        floor = (self._spread + mean_distance_within(among)) / (2 * size) if size > 1 else self._spread
        self._energy = max(energy_distance(to_train, among, among_train, size=size), floor, 1e-6)
        self._among, self._radii = among, neighbor_radii(among)
        self._coverage = _mean(coverage(to_train[:, rows], self._radii) for rows in self._peers) if size > 1 else 1.0
        groups = [among, *(among_train[rows, rows] for rows in self._peers)]
        self._nearest = _mean(mean_nearest_distance(group) for group in groups)
        self._density = density(to_train, self._radii) if size > 1 else 1.0
        heads = [_head(rows) for rows in self._peers]
        self._among_peers = [among_train[rows, rows] for rows in heads]

    def measure(self, generated: Float[np.ndarray, "k features"]) -> Quality:
        """Judge generated rows; more generated than held-out rows reduce the noise of the measures."""
        if not np.isfinite(generated).all():
            return Quality(*(float("nan"),) * len(fields(Quality)))
        among, to_train = distances(generated, generated), distances(generated, self._train)
        to_held_out = distances(generated, self.held_out)
        energy = energy_distance(to_held_out, among, self._among, size=self._size) / self._energy
        spread = mean_distance_within(among) / self._spread
        duplicates = duplicate_rate(to_train)
        covered = dense = nearest = crowded = memorized = float("nan")
        if self._has_shares:
            groups = _groups(len(generated), self._size)
            covered = _mean(coverage(to_held_out[rows].T, self._radii) for rows in groups) / max(self._coverage, 1e-6)
            dense = density(to_held_out.T, self._radii) / max(self._density, 1e-6)
            # Real rows of categories alone are often equal; then nearest distances tell nothing.
            if self._nearest > 1e-6:
                nearest = _mean(mean_nearest_distance(among[rows, rows]) for rows in groups) / self._nearest
            crowded = self._crowding(groups, among, to_train)
            memorized = memorization_rate(to_train, to_held_out)
        score = (
            energy
            + 5.0 * max(0.0, 0.8 - _or_default(covered, 0.8))
            + 5.0 * max(0.0, _or_default(crowded, 0.0) - CROWDED)
            + 5.0 * max(0.0, _or_default(memorized, 0.0) - 0.6)
        )
        return Quality(score, energy, covered, dense, spread, nearest, crowded, memorized, duplicates)

    def _crowding(self, groups: Sequence[slice], among: np.ndarray, to_train: np.ndarray) -> float:
        """Return the share of the places among nearest neighbors that generated rows take beside as many real ones."""
        shares: list[float] = []
        for among_peers, peers, group in zip(self._among_peers, self._peers, groups, strict=False):
            rows = _head(group)
            across = to_train[rows, _head(peers)]
            every = np.block([[among_peers, across.T], [across, among[rows, rows]]])
            shares.append(neighbor_share(every, np.arange(len(every)) >= len(among_peers), N_NEIGHBORS))
        return float(np.mean(shares))


def _groups(n: int, size: int) -> list[slice]:
    """Return at most eight disjoint groups of ``size`` rows; one of all n rows if there are fewer."""
    return [slice(i * size, (i + 1) * size) for i in range(max(1, min(8, n // max(size, 1))))]


def _head(rows: slice) -> slice:
    """Return the first rows of a group, between which neighbors are looked for."""
    return slice(rows.start, min(rows.stop, rows.start + MOST_IN_GROUP))


def _mean(figures: Iterable[float]) -> float:
    return float(np.mean(list(figures)))


def _or_default(value: float, default: float) -> float:
    return default if np.isnan(value) else value


class Monitor:
    """Judges all monitored classes of all members on the same scale."""

    def __init__(
        self,
        rows: Float[np.ndarray, "n *row"],
        codes: Int[np.ndarray, " n"],
        hold_out: HoldOut,
        space: Space,
        rng: np.random.Generator,
        features: Features | None = None,
    ) -> None:
        self._space, self._features = space, features or space.features(rows, codes)
        self._train_rows: dict[tuple[int, int], np.ndarray] = {}
        self.parts: dict[tuple[int, int], ClassMonitor] = {}
        for (member, code), positions in hold_out.held_out.items():
            mask = hold_out.train_masks[member]
            own = np.flatnonzero(mask & (codes == code))
            train, held_out = (self._features(rows[p]) for p in (own, positions))
            is_held_out = not mask[positions].any()
            part = ClassMonitor(train, held_out, is_held_out=is_held_out, rng=rng)
            self.parts[member, code] = part
            self._train_rows[member, code] = rows[own[part.chosen]]

    def measure(self, generated: Mapping[tuple[int, int], np.ndarray]) -> dict[tuple[int, int], Quality]:
        """Judge the generated rows ``(k, *row)`` of each (member, class)."""
        return {key: self.parts[key].measure(self._features(rows)) for key, rows in generated.items()}

    def baseline(self, rng: np.random.Generator) -> Quality:
        """Judge the baseline of the space on the same held-out rows; averages are taken as for a run."""
        drawn = {key: self._space.baseline(rows, N_GENERATED, rng) for key, rows in self._train_rows.items()}
        return Quality.mean(list(self.measure(drawn).values()))


COLLAPSE_COVERAGE = 0.5
COLLAPSE_SPREAD = 0.25
COLLAPSE_NEAREST = 0.5
MEMORIZATION_ALARM = 0.9
MEMORIZATION_DENSITY = 0.5
LOSS_ALARM = 1e6


class Failure(NamedTuple):
    """The failure of a run, and the evidence for it."""

    name: str  # "divergence", "mode collapse" or "memorization"
    detail: str

    @property
    def is_certain(self) -> bool:
        """Whether one chunk is enough evidence; other failures could be chance."""
        return self.name == "divergence"


def name_failure(
    parts: Mapping[tuple[int, int], Quality],
    losses: Sequence[float],
    progress: float,
    names: Sequence[str] | None = None,
) -> Failure | None:
    """Return the failure of a run, or None.

    Each class is judged separately, averaged over members, so that a good class does not hide a collapsed one. Up to
    ``progress`` 0.3, generated rows have not spread yet, and only divergence counts as a failure. ``names`` are the
    labels of the classes; by default, the text shows their codes.
    """
    if not all(np.isfinite(losses)) or max(map(abs, losses)) > LOSS_ALARM:
        return Failure(
            "divergence",
            f"losses {', '.join(f'{loss:.3g}' for loss in losses)} are not finite or too large",
        )
    for code in sorted({code for _, code in parts}):
        subject = f"class {code}" if names is None else f"class {names[code]}"
        quality = Quality.mean([part for (_, other), part in parts.items() if other == code])
        if not all(np.isfinite(part.score) for (_, other), part in parts.items() if other == code):
            return Failure("divergence", f"{subject}: generated rows are not finite")
        if progress <= 0.3:
            continue
        if quality.spread_ratio < COLLAPSE_SPREAD:
            return Failure(
                "mode collapse",
                f"{subject}: rows spread {quality.spread_ratio:.2f} times as far as real ones",
            )
        # Generated rows that cover few real ones may only need more training. They have collapsed if they crowd
        # together, or if they lie among real rows nevertheless.
        is_crowded = quality.nearest_ratio < COLLAPSE_NEAREST or quality.spread_ratio < 2 * COLLAPSE_SPREAD
        limit = COLLAPSE_COVERAGE if is_crowded else COLLAPSE_COVERAGE * min(1.0, quality.density_ratio)
        if quality.coverage_ratio < limit:
            return Failure(
                "mode collapse", f"{subject}: rows cover {quality.coverage_ratio:.2f} times as much as real ones"
            )
        if quality.memorization > MEMORIZATION_ALARM and quality.density_ratio > MEMORIZATION_DENSITY:
            rate = f"memorization rate {quality.memorization:.2f}, where fresh rows give 0.5 and copies 1"
            return Failure("memorization", f"{subject}: {rate}")
    return None

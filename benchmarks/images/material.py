"""What the arms of one subset share: pools of further images by source, and the features of one network."""

import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jax
import numpy as np
from imblearn.over_sampling import SMOTE
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from benchmarks.images import autoencoder, generators, network
from benchmarks.images.network import Floats, Network, Recipe
from benchmarks.images.sets import Codes, Part, Subset, subset
from imbgan.gan.spaces.images import ImageOptions, ImageSpace
from imbgan.measures import local_gaussian
from imbgan.random import Streams

N_COMPONENTS = 64
N_NEIGHBORS = 5

Draw = Callable[[Floats, int, np.random.Generator], Floats]


def between(rows: Floats, n: int, rng: np.random.Generator) -> Floats:
    """Return n rows that SMOTE makes of the rows of one class; copies where there is but one."""
    if len(rows) < 2:
        return np.repeat(rows, n, axis=0)
    # imbalanced-learn wants a second class and at most as many neighbors as there are others; nothing else matters.
    X = np.concatenate([rows, np.zeros((len(rows) + n, rows.shape[1]), np.float32)])
    y = np.repeat([0, 1], [len(rows), len(rows) + n])
    smote = SMOTE(k_neighbors=min(N_NEIGHBORS, len(rows) - 1), random_state=int(rng.integers(2**31)))
    return np.asarray(smote.fit_resample(X, y)[0], np.float32)[len(X) :]


class Material:
    """Pools of one subset; each is made when it is first asked for.

    Parameters
    ----------
    name : str
        A set.
    number : int
        A subset.
    cache : Path
        Folder of trained generators.

    Attributes
    ----------
    subset : Subset
    seconds : dict of str to float
        What each pool took to make; for a generator, what it took when it was trained.
    """

    def __init__(self, name: str, number: int, cache: Path) -> None:
        self.name, self.number, self.cache = name, number, cache
        self.subset: Subset = subset(name, number)
        self.seconds: dict[str, float] = {}
        self.costs: dict[str, Mapping[str, Any]] = {}
        self._pools: dict[str, Part] = {}

    @property
    def n_classes(self) -> int:
        """Return the number of classes."""
        return len(self.subset.counts)

    def pool(self, source: str) -> Part:
        """Return further images of a source, class by class, as many as any arm uses."""
        if source not in self._pools:
            began = time.perf_counter()
            self._pools[source] = SOURCES[source](self)
            self.seconds[source] = time.perf_counter() - began
            if source in self.costs:
                self.seconds[source] = self.costs[source]["seconds"]
        return self._pools[source]

    def rng(self, *name: str | int) -> np.random.Generator:
        """Return the random numbers of a purpose; those of one subset differ from those of another."""
        return Streams(self.number).generator("images", *name)

    def needed(self, code: int) -> int:
        """Return how many images of a class a pool has."""
        return generators.needed(self.name, code)

    def each_class(self, rows: NDArray[Any], draw: Draw, purpose: str) -> tuple[Floats, Codes]:
        """Return rows that a function draws class by class from the training rows, and their classes."""
        y, rng = self.subset.train.y, self.rng(purpose)
        drawn = [draw(rows[y == code], self.needed(code), rng) for code in range(self.n_classes)]
        return np.concatenate(drawn), np.repeat(np.arange(self.n_classes), [len(part) for part in drawn])

    @cached_property
    def augmenting(self) -> Network:
        """The network of the arm "augmentation", whose features others use; trained on real images alone."""
        part, began = self.subset.train, time.perf_counter()
        found = network.fit(part.X, part.y, self.n_classes, Recipe(augment=True), seed=self.number)
        self.seconds["augmenting"] = time.perf_counter() - began
        return found

    @cached_property
    def teacher(self) -> Network:
        """The network of the arm "augmentation_logit_adjustment", which names the class of images for others."""
        part, counts = self.subset.train, self.subset.counts
        prior = np.log(counts / counts.sum())
        return network.fit(part.X, part.y, self.n_classes, Recipe(augment=True), seed=self.number, adjustment=prior)

    @cached_property
    def plain(self) -> Network:
        """The network of the arm "none"."""
        return network.fit(self.subset.train.X, self.subset.train.y, self.n_classes, seed=self.number)

    @cached_property
    def _components(self) -> PCA:
        rows = flat(self.subset.train.X)
        return PCA(min(N_COMPONENTS, *rows.shape), random_state=0).fit(rows)

    def rows_of(self, view: str, X: NDArray[np.uint8]) -> Floats:
        """Return images as rows: their principal components, or their features in the network :attr:`augmenting`."""
        if view == "features":
            return self.augmenting.features(X)
        return np.asarray(self._components.transform(flat(X)), np.float32)

    @cached_property
    def autoencoder(self) -> autoencoder.Autoencoder:
        """The autoencoder of the training images."""
        return autoencoder.fit(self.subset.train.X, self.number)


def flat(X: NDArray[np.uint8]) -> Floats:
    """Return one row of pixels in [-1, 1] per image."""
    return network.pixels(X).reshape(len(X), -1)


def _pixels(draw: Draw, purpose: str) -> Callable[[Material], Part]:
    def source(material: Material) -> Part:
        X = material.subset.train.X
        rows, y = material.each_class(flat(X), draw, purpose)
        return Part(np.clip((rows.reshape(-1, *X.shape[1:]) + 1) * 127.5, 0, 255).round().astype(np.uint8), y)

    return source


def _latents(draw: Draw, purpose: str) -> Callable[[Material], Part]:
    def source(material: Material) -> Part:
        coder = material.autoencoder
        rows, y = material.each_class(coder.encode(material.subset.train.X), draw, purpose)
        return Part(coder.decode(rows), y)

    return source


def _copies(material: Material) -> Part:
    """Return randomly changed real images, those of a class equally often, as many as it lacks to the largest one."""
    train, rng = material.subset.train, material.rng("copies")
    key = jax.random.key(int(rng.integers(2**31)))
    space = ImageSpace.of((train.X.shape[1], train.X.shape[2], train.X.shape[3]), ImageOptions())
    lacking = material.subset.largest() - material.subset.counts
    rows = np.concatenate(
        [np.resize(rng.permutation(np.flatnonzero(train.y == code)), n) for code, n in enumerate(lacking)]
    )
    changed = [
        np.asarray(network.augmented(space, network.pixels(train.X[rows[i : i + 1000]]), jax.random.fold_in(key, i)))
        for i in range(0, len(rows), 1000)
    ]
    return Part(np.clip((np.concatenate(changed) + 1) * 127.5, 0, 255).round().astype(np.uint8), train.y[rows])


def _generated(kind: str) -> Callable[[Material], Part]:
    def source(material: Material) -> Part:
        part, material.costs[kind] = generators.generated(kind, material.name, material.number, material.cache)
        return part

    return source


def _is_agreed(material: Material, pool: Part) -> NDArray[np.bool_]:
    """Return which generated images the teacher, which has learned the real images alone, takes for their class."""
    return material.teacher.logits(pool.X).argmax(axis=1) == pool.y


def _is_unopposed(material: Material, pool: Part) -> NDArray[np.bool_]:
    """Return which of these the discriminator takes for real more easily than the middle one of their class."""
    realness = generators.realness("gan", material.name, material.number, material.cache)
    middle = np.array([np.median(realness[pool.y == code]) for code in range(material.n_classes)])
    return _is_agreed(material, pool) & (realness >= middle[pool.y])


def _kept(name: str, is_kept: Callable[[Material, Part], NDArray[np.bool_]]) -> Callable[[Material], Part]:
    """Return a source of the generated images that are kept, repeated to as many as asked for."""

    def source(material: Material) -> Part:
        pool = material.pool("gan")
        material.costs[name] = material.costs["gan"]
        chosen, parts = is_kept(material, pool), list[NDArray[np.intp]]()
        for code in range(material.n_classes):
            own = np.flatnonzero(pool.y == code)
            kept = own[chosen[own]]
            parts.append(np.resize(kept if len(kept) else own, len(own)))
        rows = np.concatenate(parts)
        return Part(pool.X[rows], pool.y[rows])

    return source


#: Where further images come from, by name.
SOURCES: Mapping[str, Callable[[Material], Part]] = MappingProxyType(
    {
        "smote": _pixels(between, "smote"),
        "copies": _copies,
        "latent_smote": _latents(between, "latent smote"),
        "latent_gaussian": _latents(local_gaussian, "latent gaussian"),
        "gan_agreed": _kept("gan_agreed", _is_agreed),
        "gan_unopposed": _kept("gan_unopposed", _is_unopposed),
        "truth": lambda material: material.subset.further,
        **{kind: _generated(kind) for kind in generators.GANS},
    }
)

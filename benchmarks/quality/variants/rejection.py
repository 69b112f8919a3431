"""Generated rows near learned rare rows, thinned to what lies near unseen ones; on trial against membership attacks."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from imbgan import GANOverSampler, TabularGAN
from imbgan.gan.networks.families import Family
from imbgan.gan.space import Space
from imbgan.gan.spaces.columns import ColumnSpace
from imbgan.measures import pairwise_distances
from imbgan.quality.encoding import encode
from imbgan.quality.rows import read_rows
from imbgan.random import Streams
from imbgan.tabular import take
from imbgan.tabular.labels import Labels
from imbgan.tabular.schema import Table

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Rows that are drawn for each row that is wanted.
POOL = 4


class _Recording(TabularGAN):
    """A generator that knows which rows each member trains on."""

    def _family(self, rows: np.ndarray, codes: np.ndarray, space: Space, train_mask: np.ndarray) -> Family:
        if not hasattr(self, "train_masks_"):
            self.train_masks_: list[Mask] = []
        self.train_masks_.append(np.asarray(train_mask, np.bool_))
        return super()._family(rows, codes, space, train_mask)


class NearRowSampler(GANOverSampler):
    r"""Reject generated rows near learned rare rows, at random and only until these look like unseen ones.

    The ball of a real rare row reaches to its nearest other real row of the class. Each member of the generator holds
    rare rows out, which are unseen places for it. Let :math:`\lambda_L` be the mean share of a member's generated rows
    in the balls of its learned rows, and :math:`\lambda_H` that in the balls of its held-out rows. A generated row in
    the ball of a row that its member learned is kept with the probability

    .. math:: a = \min\Bigl(1, \frac{\lambda_H - \lambda_{LH}}{\lambda_L - \lambda_{LH}}\Bigr),

    where :math:`\lambda_{LH}` is the part of :math:`\lambda_H` that lies in the ball of a learned row as well, and is
    thinned with it. After that, both shares are equal: no hole is left where a learned row is.

    Attributes
    ----------
    kept_ : dict of int to float
        Class code -> the probability a.
    """

    _gan_class = _Recording
    _keeps_some: ClassVar[bool] = True

    def _generate(self, table: Table, labels: Labels, wanted: Mapping[int, int]) -> tuple[Any, NDArray[np.float32]]:
        pool, _ = super()._generate(table, labels, {code: POOL * n for code, n in wanted.items()})
        fields, rows = read_rows({"real": table, "synthetic": pool}, None, None)
        real, generated = rows["real"].cells, rows["synthetic"].cells
        streams = Streams.from_random_state(self.random_state)
        self.kept_: dict[int, float] = {}
        chosen: list[NDArray[np.intp]] = []
        start = 0
        for code, n in wanted.items():
            own = np.flatnonzero(labels.codes == code)
            place = np.arange(start, start + POOL * n)
            own_rows, pool_rows = encode(fields, real[own], [real[own], generated[place]])
            masks = [mask[own] for mask in self._masks()]
            member = (place - start) % ColumnSpace.block_rows % len(masks)
            near, a = near_rows(own_rows, pool_rows, masks, member)
            a = a if self._keeps_some else 0.0
            self.kept_[code] = a
            rejected = near & (streams.generator("reject", code).random(len(place)) >= a)
            # Those that are kept in their order, then rejected ones, should there be too few.
            chosen.append(place[np.argsort(rejected, kind="stable")[:n]])
            start += POOL * n
        positions = np.concatenate(chosen)
        return take(pool, positions), np.ones(len(positions), np.float32)

    def _masks(self) -> list[Mask]:
        gan: Any = self.gan_
        return gan.train_masks_[: gan.generator_.models[0].config.n_members]


class HoleSampler(NearRowSampler):
    """Reject all rows in the balls of learned rows, which leaves holes: the other end."""

    _keeps_some = False


def near_rows(real: Matrix, generated: Matrix, masks: list[Mask], member: NDArray[np.intp]) -> tuple[Mask, float]:
    """Return which generated rows lie in the ball of a row that their member learned, and the share of these to keep.

    Parameters
    ----------
    real : ndarray of shape (n, width)
        The real rows of the class.
    generated : ndarray of shape (m, width)
    masks : list of ndarray of shape (n,), bool
        For each member, the rows that it learned.
    member : ndarray of shape (m,), int
        The member that each row comes from.
    """
    among = pairwise_distances(real, real)
    np.fill_diagonal(among, np.inf)
    radius = among.min(axis=1)
    near = np.zeros(len(generated), np.bool_)
    learned, held_out, both = list[float](), list[float](), list[float]()
    for i, mask in enumerate(masks):
        own = np.flatnonzero(member == i)
        within = pairwise_distances(real, generated[own]) < radius[:, None]
        near[own] = within[mask].any(axis=0)
        learned += within[mask].mean(axis=1).tolist()
        held_out += within[~mask].mean(axis=1).tolist()
        both += (within[~mask] & near[own]).mean(axis=1).tolist()
    if not held_out:
        return near, 1.0
    excess, allowed = float(np.mean(learned) - np.mean(both)), float(np.mean(held_out) - np.mean(both))
    return near, min(1.0, allowed / excess) if excess > 0 else 1.0

"""What further images are like: how different from one another, how far from learned ones, what they give away.

Every figure is divided by that of unseen real images of the class, so that 1 is what a true sample would have.
Distances are those of the features of a network that was trained on the training images.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.images.material import SOURCES, Material, flat
from benchmarks.images.network import Floats
from benchmarks.quality.run import append, read_keys, versions
from imbgan.measures import mean_distance_within, pairwise_distances

#: Images of each class that are looked at.
N_LOOKED = 200
RATIOS = ("diversity", "nearest")


def nearest(rows: Floats, others: Floats) -> Floats:
    """Return the distance of each row to the nearest of the others."""
    return pairwise_distances(rows, others).min(axis=1)


def _diversity(rows: Floats) -> float:
    """Return the mean distance between two rows."""
    return mean_distance_within(pairwise_distances(rows, rows))


def of_class(
    learned: tuple[Floats, Floats], unseen: tuple[Floats, Floats], new: tuple[Floats, Floats]
) -> dict[str, Any]:
    """Return the figures of one class.

    Parameters
    ----------
    learned, unseen, new : (features, pixels)
        Rows of real images that were learned from, of others, and of further images.

    Returns
    -------
    dict
        ``diversity``: mean distance between further images, relative to unseen ones. ``nearest``: mean distance of
        a further image to the nearest learned one, relative to that of an unseen image. ``attack``: AUC with which the
        distance to the nearest further image, in pixels, tells learned images from unseen ones.
    """
    n = len(learned[1])
    others = unseen[1]
    distance = np.concatenate([nearest(learned[1], new[1]), nearest(others, new[1])])
    is_learned = np.repeat([True, False], [n, len(others)])
    return {
        "diversity": round(float(_diversity(new[0]) / _diversity(unseen[0])), 3),
        "nearest": round(float(nearest(new[0], learned[0]).mean() / nearest(unseen[0], learned[0]).mean()), 3),
        "attack": round(float(roc_auc_score(is_learned, -distance)), 3),
    }


def look(material: Material, source: str) -> dict[str, Any]:
    """Return the line of one source on one subset."""
    pool, classes = material.pool(source), []
    for code, n_real in enumerate(material.subset.counts.tolist()):
        images = (
            material.subset.train.of_class(code),
            material.subset.test.of_class(code)[:N_LOOKED],
            pool.of_class(code)[:N_LOOKED],
        )
        if len(images[2]) < N_LOOKED and len(images[2]) < len(images[1]):
            continue  # copies of a class that lacks none
        views = [(material.rows_of("features", part), flat(part)) for part in images]
        classes.append({"class": code, "n_real": n_real, **of_class(views[0], views[1], views[2])})
    return {
        "set": material.name,
        "subset": material.number,
        "source": source,
        "classes": classes,
        "cost": dict(material.costs.get(source, {"seconds": round(material.seconds.get(source, 0.0), 2)})),
        "versions": versions(),
    }


def run(name: str, numbers: Sequence[int], path: Path, cache: Path, sources: Sequence[str]) -> None:
    """Look at the sources of some subsets that the file has no lines for yet; generators are trained where needed."""
    unknown = sorted(set(sources) - set(SOURCES))
    if unknown:
        raise ValueError(f"Sources are {', '.join(SOURCES)}. Got {unknown[0]!r}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    done = read_keys(path, lambda line: (line["set"], line["subset"], line["source"]))
    for number in numbers:
        wanted = [source for source in sources if (name, number, source) not in done]
        material = Material(name, number, cache) if wanted else None
        for source in wanted:
            assert material is not None
            line = look(material, source)
            append(path, line)
            print(f"{name} {number} {source}: {line['cost']}", flush=True)

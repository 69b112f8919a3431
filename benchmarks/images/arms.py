"""The arms: what is done about the rare classes, as data, and the training rows that each of them gives."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.images.material import Draw, Material, between
from benchmarks.images.sets import Codes, Part
from imbgan.measures import local_gaussian

SHARE = 0.25

#: How rows come together: real ones alone, rare classes filled with rows of a source, or the same share of them in all.
Mix = Literal["real", "fill", "share"]
#: What the learner knows about class counts.
Prior = Literal["none", "weights", "sampling", "loss", "post_hoc", "deferred"]


class Arm(NamedTuple):
    """What is done about the rare classes.

    Attributes
    ----------
    mix : {"real", "fill", "share"}
        ``"fill"`` raises every class to the target with rows of the source. With ``"share"``, a quarter of the rows of
        every class, the largest one too, come from the source, and randomly changed copies fill up the rest.
    source : str
        Of further rows.
    prior : str
        How class counts are used; always those of real rows.
    augment : bool
        Whether the network changes images at random while it learns.
    mixup : float
    as_real : bool
        Whether a network draws rows, and another learner weights them, such that each class is as frequent as its real
        images, which logit adjustment with real counts takes for granted.
    with_copies : bool
        Whether copies fill up the rest of a class. A network that changes images itself needs none: it draws a quarter
        of the images of each class from the source, and the others from real ones.
    is_taught : bool
        Whether the network :attr:`Material.teacher` names the classes of all further images.
    ends_real : bool
        Whether a network draws real images alone at the end of its training.
    """

    mix: Mix = "real"
    source: str = ""
    prior: Prior = "none"
    augment: bool = False
    mixup: float = 0.0
    as_real: bool = False
    with_copies: bool = True
    is_taught: bool = False
    ends_real: bool = False


#: For the convolutional network, by name.
NETWORK_ARMS: Mapping[str, Arm] = MappingProxyType(
    {
        "none": Arm(),
        "logit_adjustment_post_hoc": Arm(prior="post_hoc"),
        "augmentation_logit_adjustment": Arm(prior="loss", augment=True),
        "gan_share": Arm("share", "gan"),
        "gan_share_augmentation": Arm("share", "gan", augment=True, with_copies=False),
        "gan_share_augmentation_logit_adjustment": Arm(
            "share", "gan", prior="loss", augment=True, as_real=True, with_copies=False
        ),
        "gan_early_share_augmentation_logit_adjustment": Arm(
            "share", "gan", prior="loss", augment=True, as_real=True, with_copies=False, ends_real=True
        ),
        "gan_fill_augmentation": Arm("fill", "gan", augment=True),
        "truth_fill_augmentation": Arm("fill", "truth", augment=True),
        "truth_share_augmentation_logit_adjustment": Arm(
            "share", "truth", prior="loss", augment=True, as_real=True, with_copies=False
        ),
        "gan_fill": Arm("fill", "gan"),
        "smote": Arm("fill", "smote"),
        "augmentation": Arm(augment=True),
        "augmentation_balanced_sampling": Arm(prior="sampling", augment=True),
        "latent_smote": Arm("fill", "latent_smote"),
        "truth_fill": Arm("fill", "truth"),
        "class_weights": Arm(prior="weights"),
        "balanced_sampling": Arm(prior="sampling"),
        "logit_adjustment": Arm(prior="loss"),
        "mixup_deferred_reweighting": Arm(prior="deferred", augment=True, mixup=0.2),
        "copies": Arm("fill", "copies"),
        "latent_gaussian": Arm("fill", "latent_gaussian"),
        "smote_augmentation": Arm("fill", "smote", augment=True),
        "latent_smote_augmentation": Arm("fill", "latent_smote", augment=True),
        # The sampler's images as they are, changed again by a network that changes images itself.
        "gan_share_copies_augmentation": Arm("share", "gan", augment=True),
        "gan_share_copies_augmentation_logit_adjustment": Arm("share", "gan", prior="loss", augment=True, as_real=True),
        "truth_share_copies_augmentation_logit_adjustment": Arm(
            "share", "truth", prior="loss", augment=True, as_real=True
        ),
        # Balanced batches adjusted by real counts: classes are corrected for twice.
        "gan_share_augmentation_logit_adjustment_twice": Arm(
            "share", "gan", prior="loss", augment=True, with_copies=False
        ),
        "gan_agreed_share_augmentation_logit_adjustment": Arm(
            "share", "gan_agreed", prior="loss", augment=True, as_real=True, with_copies=False
        ),
        "gan_unopposed_share_augmentation_logit_adjustment": Arm(
            "share", "gan_unopposed", prior="loss", augment=True, as_real=True, with_copies=False
        ),
        "gan_latent_share_augmentation_logit_adjustment": Arm(
            "share", "gan_latent", prior="loss", augment=True, as_real=True, with_copies=False
        ),
        "gan_10000_share_augmentation_logit_adjustment": Arm(
            "share", "gan_10000", prior="loss", augment=True, as_real=True, with_copies=False
        ),
        "gan_10000_fill": Arm("fill", "gan_10000"),
    }
)

#: For learners of rows, which cannot change images while they learn.
ROW_ARMS: Mapping[str, Arm] = MappingProxyType(
    {
        "none": Arm(),
        "class_weights": Arm(prior="weights"),
        "logit_adjustment_post_hoc": Arm(prior="post_hoc"),
        "smote": Arm("fill", "smote"),
        "copies": Arm("fill", "copies"),
        "gan_fill": Arm("fill", "gan"),
        "gan_share": Arm("share", "gan"),
        "truth_fill": Arm("fill", "truth"),
        "truth_share": Arm("share", "truth"),
        "latent_smote": Arm("fill", "latent_smote"),
        "latent_gaussian": Arm("fill", "latent_gaussian"),
        "feature_smote": Arm("fill", "feature_smote"),
        "feature_gaussian": Arm("fill", "feature_gaussian"),
        "copies_logit_adjustment_post_hoc": Arm("fill", "copies", prior="post_hoc", as_real=True),
        "gan_share_logit_adjustment_post_hoc": Arm("share", "gan", prior="post_hoc", as_real=True),
        "gan_agreed_fill": Arm("fill", "gan_agreed"),
        "gan_agreed_share": Arm("share", "gan_agreed"),
        "gan_unopposed_share": Arm("share", "gan_unopposed"),
        "taught_copies": Arm("fill", "copies", is_taught=True),
        "taught_gan": Arm("fill", "gan", is_taught=True),
        "taught_gan_share": Arm("share", "gan", is_taught=True),
        "taught_truth": Arm("fill", "truth", is_taught=True),
        "gan_latent_share": Arm("share", "gan_latent"),
        "gan_10000_fill": Arm("fill", "gan_10000"),
        "gan_10000_share": Arm("share", "gan_10000"),
    }
)

#: Sources that make rows of features and no images.
IN_FEATURES: Mapping[str, Draw] = MappingProxyType({"feature_smote": between, "feature_gaussian": local_gaussian})


class Rows(NamedTuple):
    """What a learner learns from."""

    X: NDArray[np.uint8] | NDArray[np.float32]
    y: Codes


class Targets(NamedTuple):
    """How many rows each class gets beside its real ones."""

    further: Codes
    copies: Codes


def targets(counts: NDArray[np.intp], mix: Mix, at_least: int) -> Targets:
    """Return how many rows of the source, and how many copies each class gets.

    Parameters
    ----------
    counts : ndarray of shape (n_classes,)
        Real rows.
    mix : str
    at_least : int
        To which a class is raised. With equal shares this is the number of real rows and copies, to which a third of
        it is added from the source, as ``ImageGANOverSampler`` does with ``sampling_strategy="auto"``.
    """
    lacking = np.maximum(at_least - counts, 0)
    nothing = np.zeros_like(lacking)
    if mix == "real":
        return Targets(nothing, nothing)
    if mix == "fill":
        return Targets(lacking, nothing)
    return Targets(np.floor((counts + lacking) * SHARE / (1.0 - SHARE) + 0.5).astype(np.intp), lacking)


def images_of(material: Material, arm: Arm, at_least: int) -> Part:
    """Return the training images of an arm, real ones first."""
    wanted = targets(material.subset.counts, arm.mix, at_least)
    parts = [material.subset.train]
    for code in range(material.n_classes):
        for source, n in ((arm.source, wanted.further[code]), ("copies", wanted.copies[code])):
            if n and (arm.with_copies or source != "copies"):
                parts.append(_first(material.pool(source), code, int(n)))
    return Part(np.concatenate([part.X for part in parts]), np.concatenate([part.y for part in parts]))


def rows_of(material: Material, arm: Arm, view: str, at_least: int) -> Rows:
    """Return the training rows of an arm: principal components or features of its images."""
    if arm.source not in IN_FEATURES:
        part = images_of(material, arm, at_least)
        y = part.y.copy()
        if arm.is_taught:
            n_real = len(material.subset.train.y)
            y[n_real:] = material.teacher.logits(part.X[n_real:]).argmax(axis=1)
        return Rows(material.rows_of(view, part.X), y)
    train, counts = material.subset.train, material.subset.counts
    rows, rng = material.rows_of(view, train.X), material.rng(arm.source)
    X, y = [rows], [train.y]
    for code, n in enumerate(targets(counts, "fill", at_least).further):
        X.append(IN_FEATURES[arm.source](rows[train.y == code], int(n), rng))
        y.append(np.full(n, code))
    return Rows(np.concatenate(X), np.concatenate(y))


def _first(pool: Part, code: int, n: int) -> Part:
    found = pool.of_class(code)
    if len(found) < n:
        raise ValueError(f"The pool must hold {n} images of class {code}. It has {len(found)}.")
    return Part(found[:n], np.full(n, code))

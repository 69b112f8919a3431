"""How many copies and how many generated images each class gets."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from imbgan.exceptions import ParameterError
from imbgan.oversampling.sampling_strategy import rows_to_generate
from imbgan.tabular.labels import Labels

#: With more, a class consists mostly of images that no camera took.
MAX_SHARE = 0.5


@dataclass(frozen=True)
class NewImages:
    """Numbers of new images by class code; classes without new images are left out."""

    copies: dict[int, int]
    generated: dict[int, int]

    def total(self, code: int) -> int:
        """Return the number of new images of a class."""
        return self.copies.get(code, 0) + self.generated.get(code, 0)


def count_new_images(strategy: object, share: float | None, labels: Labels) -> NewImages:
    r"""Return how many copies and how many generated images the strategy and the share ask for.

    Parameters
    ----------
    strategy : float, str, dict or callable
        As in imbalanced-learn. The numbers of a dict count all images of a class. Everything else is about real images
        and their copies: ``"auto"`` raises them to the number of the largest class.
    share : float in [0, 0.5], or None
        The share of generated images among all images of each class, also of those that the strategy does not raise.
        With :math:`r` real images and copies, these are :math:`g = \mathrm{round}(r s / (1 - s))`. None fills what the
        strategy asks for with generated images alone.
    labels : Labels

    Returns
    -------
    NewImages

    Raises
    ------
    ParameterError
        If over-sampling cannot reach a target, or if a target of a dict leaves no place for generated images.
    """
    strategy = strategy(labels.values) if callable(strategy) else strategy
    wanted = rows_to_generate(strategy, labels)
    if share is None:
        return NewImages({}, {code: n for code, n in wanted.items() if n > 0})
    copies: dict[int, int] = {}
    generated: dict[int, int] = {}
    for code, n_real in enumerate(labels.counts.tolist()):
        added = wanted.get(code, 0)
        if isinstance(strategy, Mapping) and code in wanted:
            target = n_real + added
            generated[code] = _rounded(share * target)
            copies[code] = added - generated[code]
            if copies[code] < 0:
                least = next(n for n in range(n_real, 4 * n_real + 4) if n - _rounded(share * n) >= n_real)
                raise ParameterError(
                    f"'sampling_strategy' must ask for at least {least} images of class "
                    f"{labels.classes.tolist()[code]!r}: it has {n_real} real ones, and a share of {share:g} is to be "
                    f"generated. Got {target}. Request more, omit the class, or lower 'generated_share'."
                )
        else:
            copies[code] = added
            generated[code] = _rounded((n_real + added) * share / (1.0 - share))
    return NewImages(*({code: n for code, n in each.items() if n > 0} for each in (copies, generated)))


def _rounded(value: float) -> int:
    # A product such as 0.25 * 10 is exact or slightly less.
    return math.floor(value + 0.5 + 1e-9)

"""The section of a page that shows images of each class: real ones, generated ones, and the nearest real ones."""

from imbgan.quality.results import Pictures
from imbgan.report.context import Context
from imbgan.report.language import Words
from imbgan.report.score_sections import Section
from imbgan.report.summary import Summary
from imbgan.report.words import shorten

# Images are enlarged by a whole number, so that all pixels have the same size: to about this width.
WIDTH = 72


def section(summary: Summary, context: Context) -> Section | None:
    """Return the images of each class, and how many classes are left out; None if the rows are no images."""
    assessment = summary.assessment
    if assessment is None or not assessment.pictures:
        return None
    groups = [_group(pictures, context.words) for pictures in assessment.pictures]
    return {"classes": groups, "n_left": len(assessment.classes) - len(groups)}


def _group(pictures: Pictures, words: Words) -> Section:
    factor = max(1, WIDTH // pictures.width)
    label = shorten(pictures.label, 40)

    def images(kind: str, files: tuple[str, ...]) -> list[Section]:
        return [{"file": file, "text": words(f"picture.{kind}", label=label, i=i)} for i, file in enumerate(files, 1)]

    return {
        "label": pictures.label,
        "width": factor * pictures.width,
        "height": factor * pictures.height,
        "real": images("real", pictures.real),
        "pairs": list(zip(images("generated", pictures.generated), images("nearest", pictures.nearest), strict=True)),
    }

"""Generative adversarial networks that generate rows of the rare classes of imbalanced data.

Names are loaded on first use, so that ``import imbgan`` is quick and imports no array framework.
"""

TYPE_CHECKING = False  # the name that type checkers know, without loading ``typing``
if TYPE_CHECKING:
    from imbgan.audit import Audit, audit, audit_images
    from imbgan.comparison import Comparison, compare, compare_images
    from imbgan.data import open_data_set
    from imbgan.deployment import DeployableClassifier
    from imbgan.ensemble import (
        DistilledClassifier,
        GANBaggingClassifier,
        PriorCorrectedClassifier,
        TextGANClassifier,
    )
    from imbgan.exceptions import (
        CollectedFrameWarning,
        DataError,
        DataTypeError,
        DeviceMemoryError,
        DeviceMemoryWarning,
        DuplicateImageWarning,
        EncoderWarning,
        FillingWarning,
        ForkedProcessError,
        GenerationQualityWarning,
        IdentifierColumnWarning,
        ImbganError,
        ImbganWarning,
        ModelFileError,
        NewDataWarning,
        ParameterError,
        ReadingWarning,
        TargetLeakWarning,
        TextColumnWarning,
    )
    from imbgan.gan import on_devices
    from imbgan.oversampling import (
        GANOverSampler,
        ImageGAN,
        ImageGANOverSampler,
        MLflowCallback,
        TabularGAN,
        TensorBoardCallback,
        TextGANOverSampler,
        assess_images,
    )
    from imbgan.quality import Assessment, assess, describe
    from imbgan.report import plot_history, plot_rows, report
    from imbgan.strategies import AutoBalancedClassifier
    from imbgan.tabular.rules import adds_up, between, less, only_together, unique

__version__ = "0.1.0"

_HOMES = {
    "Assessment": "quality",
    "Audit": "audit",
    "AutoBalancedClassifier": "strategies",
    "CollectedFrameWarning": "exceptions",
    "Comparison": "comparison",
    "DataError": "exceptions",
    "DataTypeError": "exceptions",
    "DeployableClassifier": "deployment",
    "DeviceMemoryError": "exceptions",
    "DeviceMemoryWarning": "exceptions",
    "DistilledClassifier": "ensemble",
    "DuplicateImageWarning": "exceptions",
    "EncoderWarning": "exceptions",
    "FillingWarning": "exceptions",
    "ForkedProcessError": "exceptions",
    "GANBaggingClassifier": "ensemble",
    "GANOverSampler": "oversampling",
    "GenerationQualityWarning": "exceptions",
    "IdentifierColumnWarning": "exceptions",
    "ImageGAN": "oversampling",
    "ImageGANOverSampler": "oversampling",
    "ImbganError": "exceptions",
    "ImbganWarning": "exceptions",
    "MLflowCallback": "oversampling",
    "ModelFileError": "exceptions",
    "NewDataWarning": "exceptions",
    "ParameterError": "exceptions",
    "PriorCorrectedClassifier": "ensemble",
    "ReadingWarning": "exceptions",
    "TabularGAN": "oversampling",
    "TargetLeakWarning": "exceptions",
    "TensorBoardCallback": "oversampling",
    "TextColumnWarning": "exceptions",
    "TextGANClassifier": "ensemble",
    "TextGANOverSampler": "oversampling",
    "adds_up": "tabular.rules",
    "assess": "quality",
    "assess_images": "oversampling",
    "audit": "audit",
    "audit_images": "audit",
    "between": "tabular.rules",
    "compare": "comparison",
    "compare_images": "comparison",
    "describe": "quality",
    "less": "tabular.rules",
    "on_devices": "gan",
    "only_together": "tabular.rules",
    "open_data_set": "data",
    "plot_history": "report",
    "plot_rows": "report",
    "report": "report",
    "unique": "tabular.rules",
}

__all__ = [
    "Assessment",
    "Audit",
    "AutoBalancedClassifier",
    "CollectedFrameWarning",
    "Comparison",
    "DataError",
    "DataTypeError",
    "DeployableClassifier",
    "DeviceMemoryError",
    "DeviceMemoryWarning",
    "DistilledClassifier",
    "DuplicateImageWarning",
    "EncoderWarning",
    "FillingWarning",
    "ForkedProcessError",
    "GANBaggingClassifier",
    "GANOverSampler",
    "GenerationQualityWarning",
    "IdentifierColumnWarning",
    "ImageGAN",
    "ImageGANOverSampler",
    "ImbganError",
    "ImbganWarning",
    "MLflowCallback",
    "ModelFileError",
    "NewDataWarning",
    "ParameterError",
    "PriorCorrectedClassifier",
    "ReadingWarning",
    "TabularGAN",
    "TargetLeakWarning",
    "TensorBoardCallback",
    "TextColumnWarning",
    "TextGANClassifier",
    "TextGANOverSampler",
    "adds_up",
    "assess",
    "assess_images",
    "audit",
    "audit_images",
    "between",
    "compare",
    "compare_images",
    "describe",
    "less",
    "on_devices",
    "only_together",
    "open_data_set",
    "plot_history",
    "plot_rows",
    "report",
    "unique",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'imbgan' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"imbgan.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

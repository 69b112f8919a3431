"""Errors and warnings of imbgan.

Every error is an :class:`ImbganError` and also a suitable builtin error, so ``except ValueError`` works.
A message names what must hold, what was received, where, and what to do.
"""


class ImbganError(Exception):
    """Base class of all errors raised by imbgan.

    Wrong types and values of parameters that scikit-learn checks raise its ``InvalidParameterError`` instead.

    Examples
    --------
    >>> from imbgan import GANOverSampler, ImbganError
    >>> try:
    ...     GANOverSampler(sampling_strategy=-1).fit_resample([[0.0], [1.0], [2.0]], ["no", "no", "yes"])
    ... except ImbganError as error:
    ...     print(type(error).__name__)
    ParameterError
    """


class DataError(ValueError, ImbganError):
    """The data hold values that cannot be learned from (infinite, empty, too few rows)."""


class DataTypeError(TypeError, ImbganError):
    """The data hold objects of a type that no column kind describes."""


class ParameterError(ValueError, ImbganError):
    """A parameter, or a combination of parameters, is out of range."""


class ModelFileError(OSError, ImbganError):
    """A saved model is missing, truncated, foreign, or would be overwritten."""


class EngineError(RuntimeError, ImbganError):
    """A cluster cannot be reached, or lost a part of the work too often."""


class ForkedProcessError(RuntimeError, ImbganError):
    """A generator is used in a process that was forked after JAX had started, where it would wait for ever."""


class DeviceMemoryError(MemoryError, ImbganError):
    """A device has too little memory for training or generating rows, also in small parts."""


class ImbganWarning(UserWarning):
    """Base class of all warnings issued by imbgan.

    Examples
    --------
    >>> import warnings
    >>> from imbgan import ImbganWarning
    >>> warnings.filterwarnings("ignore", category=ImbganWarning)  # all of them, or those of one class
    """


class IdentifierColumnWarning(ImbganWarning):
    """Columns identify persons or rows: they are not learned, or (``identifiers="keep"``) real values are generated."""


class CollectedFrameWarning(ImbganWarning):
    """A lazy data frame is collected: all of its rows are read into memory."""


class DeviceMemoryWarning(ImbganWarning):
    """A device has too little memory, and the work goes on in smaller parts."""


class DuplicateImageWarning(ImbganWarning):
    """The same image stands in two class folders, so that one of its labels is wrong."""


class ReadingWarning(ImbganWarning):
    """The text of a file has two readings, or a few cells keep a column from being one of numbers or dates."""


class TargetLeakWarning(ImbganWarning):
    """A column equals the target one to one, so that it reveals the label."""


class NewDataWarning(ImbganWarning):
    """A new table departs from the one that a classifier was trained on, or too little is known about new tables."""


class GenerationQualityWarning(ImbganWarning):
    """The generated rows are worse than those of a simple baseline."""


class EncoderWarning(ImbganWarning):
    """Texts are encoded in another way than was asked for, because a generator needs dense vectors."""


class TextColumnWarning(ImbganWarning):
    """In a column of text, texts were changed or look wrong, or generated rows hold none, or a copy of a real one."""


class FillingWarning(ImbganWarning):
    """Rare classes of images are filled with generated images alone, which can harm a classifier."""

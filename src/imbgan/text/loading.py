"""Models of sentence-transformers and model2vec by folder or name; nothing is downloaded unless asked for."""

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from imbgan._optional import import_optional
from imbgan._text import one_line, quoted
from imbgan.exceptions import ModelFileError
from imbgan.text.scripts import Script

SENTENCES, STATIC = "sentence_transformers", "model2vec"
#: What ``"auto"`` looks for among the models that were downloaded before: package, name, and whether it is for English.
AUTO_MODELS = (
    (SENTENCES, "sentence-transformers/all-MiniLM-L6-v2", True),
    (SENTENCES, "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", False),
    (STATIC, "minishlab/potion-base-32M", True),
    (STATIC, "minishlab/potion-base-8M", True),
    (STATIC, "minishlab/potion-multilingual-128M", False),
)


def load_model(name: str, *, allow_download: bool = False) -> Any:  # noqa: ANN401 - a class of an optional package
    """Load a model that has ``encode``.

    Parameters
    ----------
    name : str
        A local folder; or the name of a model, which is looked for among those that were downloaded before.
    allow_download : bool, default=False
        Whether a model that is not there is downloaded.

    Returns
    -------
    object with ``encode(list of str)``
        The same one for the same folder, while it is one of the last two.

    Raises
    ------
    ImportError
        If the package of the model is not installed.
    ModelFileError
        If the model is not there and must not be downloaded, or if it cannot be loaded.
    """
    folder = _folder_of(name)
    if folder is not None:
        return _load(str(folder), max((path.stat().st_mtime_ns for path in folder.iterdir()), default=0))
    if not allow_download or _is_path(name):
        download = f", or let it be downloaded with PretrainedEncoder({quoted(name)}, allow_download=True)"
        raise ModelFileError(
            f"The model must be a folder, or the name of a model that was downloaded before. Got {quoted(name)}, which "
            f"is neither; pass the folder of the model{'' if _is_path(name) else download}."
        )
    return _download(name)


def find_auto_model(script: Script) -> str | None:
    """Return the name of the first model for texts of this script that can be loaded without a download."""
    for package, name, is_english in AUTO_MODELS:
        if find_spec(package) is None or (is_english and script.name != "Latin"):
            continue
        try:
            load_model(name)
        except (ImportError, OSError):
            continue
        return name
    return None


def _is_path(name: str) -> bool:
    return name.startswith((".", "/", "~")) or "\\" in name or name.count("/") > 1 or Path(name).exists()


def _folder_of(name: str) -> Path | None:
    """Return the folder of a model on this machine."""
    path = Path(name).expanduser()
    if path.is_dir():
        return path
    if _is_path(name) or find_spec("huggingface_hub") is None:
        return None
    hub: Any = import_optional("huggingface_hub", extra="text")
    for each in _full_names(name):
        try:
            return Path(hub.snapshot_download(each, local_files_only=True))
        except (OSError, ValueError):  # not there, or no name that a model can have
            continue
    return None


def _full_names(name: str) -> Iterator[str]:
    yield name
    if "/" not in name:  # the short names of sentence-transformers
        yield f"sentence-transformers/{name}"


@lru_cache(maxsize=2)
def _load(folder: str, stamp: int) -> Any:  # noqa: ANN401 - a class of an optional package
    """Load a model from a folder; ``stamp`` changes with the files in it."""
    del stamp
    return _loaded(folder, _package_of(Path(folder)), folder)


@lru_cache(maxsize=2)
def _download(name: str) -> Any:  # noqa: ANN401 - a class of an optional package
    package = SENTENCES if find_spec(SENTENCES) is not None else STATIC
    return _loaded(name, package, name, is_local=False)


def _loaded(name: str, package: str, source: str, *, is_local: bool = True) -> Any:  # noqa: ANN401 - see above
    make = _maker(package, is_local=is_local)
    try:
        return make(source)
    except Exception as error:  # whatever such a package raises for a folder that holds something else
        raise ModelFileError(
            f"The model {quoted(name)} cannot be loaded with {package}: {one_line(error).rstrip('.')}. Pass a "
            "folder that model2vec or sentence-transformers has saved."
        ) from error


def _package_of(folder: Path) -> str:
    """Return the package for a folder: both save static embeddings alike, and model2vec needs no PyTorch for them."""
    config, modules = (_read_json(folder / name) for name in ("config.json", "modules.json"))
    is_static = isinstance(config, dict) and (
        config.get("model_type") == "model2vec" or config.get("architectures") == ["StaticModel"]
    )
    if not is_static and isinstance(modules, list) and modules and isinstance(modules[0], dict):
        is_static = str(modules[0].get("type")).endswith("StaticEmbedding")
    return STATIC if is_static else SENTENCES


def _read_json(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _maker(package: str, *, is_local: bool) -> Callable[[str], Any]:
    if package == STATIC:
        return import_optional(STATIC, extra="text").StaticModel.from_pretrained
    if find_spec(SENTENCES) is None:
        raise ImportError(
            "This model needs the package 'sentence-transformers', which is not installed. Run: pip install "
            "sentence-transformers"
        )
    package_of_sentences: Any = import_optional(SENTENCES, extra="text")

    def make(source: str) -> Any:  # noqa: ANN401 - see above
        with _without_bars() if is_local else nullcontext():
            return package_of_sentences.SentenceTransformer(source, local_files_only=is_local)

    return make


@contextmanager
def _without_bars() -> Generator[None]:
    """Keep transformers from drawing a bar over standard error for files that are read in a moment."""
    if find_spec("transformers") is None:
        yield
        return
    bars: Any = import_module("transformers.utils.logging")
    was_shown = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        yield
    finally:
        if was_shown:
            bars.enable_progress_bar()

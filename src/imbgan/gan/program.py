"""Compiled programs that outlive the process: compiled once on a machine, then loaded without tracing.

JAX has a compilation cache of its own. It is not used, because it is one for the whole process: our folder would also
receive the programs of the user, and the first program compiled decides for all later ones. It also looks a program up
by its traced form, and tracing takes longer than loading. A cache that the user has set is used nevertheless: then
programs are compiled as any other function of that user.
"""

import hashlib
import os
import platform
import threading
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import jax
from jax import Array
from jax.experimental import serialize_executable
from jax.sharding import NamedSharding

from imbgan.gan.cache import cache_folder, read_entry, write_entry
from imbgan.gan.devices import default_device

PyTreeDef = Any  # jax.tree_util.PyTreeDef is no type to type checkers

# The code of programs comes from this room and these packages.
_PACKAGES = ("jax", "jaxlib", "equinox", "optax")
# A pytree of other classes, such as networks of a user, has code that can change without our noticing.
_KNOWN = {"builtins", "imbgan", *_PACKAGES}
_COMPILER_VARIABLES = ("XLA_FLAGS", "LIBTPU_INIT_ARGS")
# With these, JAX takes another way than through one compiled program.
_DEBUGGING = ("jax_disable_jit", "jax_debug_nans", "jax_debug_infs", "jax_check_tracer_leaks")


class Spread(NamedTuple):
    """How the arguments and results of a program lie on several devices."""

    devices: tuple[Any, ...]
    arguments: tuple[NamedSharding, ...]  # of each argument; all leaves of one lie alike
    results: NamedSharding


class Program:
    """A pure function of pytrees of arrays that is compiled once for each structure, shape and dtype of its arguments.

    Parameters
    ----------
    function : callable
        Traced by JAX; it must depend on nothing but its arguments and the code of this room.
    like : callable
        Called with the arguments, it returns a pytree of the structure of the result. So a program that is loaded needs
        no tracing.
    spread : Spread, optional
        Several devices on which it runs; by default it runs on one.
    where : str
        What beside the arguments tells this program from others of the same function: where it runs.
    """

    def __init__(
        self, function: Callable[..., Any], like: Callable[..., Any], spread: Spread | None = None, where: str = ""
    ) -> None:
        self._function, self._like, self._spread, self._where = function, like, spread, where
        self._jitted = jax.jit(function, **self._shardings(spread.arguments if spread else ()))
        self._compiled: dict[str, jax.stages.Compiled] = {}
        self._lock = threading.Lock()

    def __call__(self, *arguments: Any) -> Any:  # noqa: ANN401 - any pytrees
        """Return what the function returns, as JAX arrays."""
        leaves, tree = jax.tree.flatten(arguments)
        folder = cache_folder() if _may_be_kept() and _is_known(tree) else None
        if folder is None:
            return self._jitted(*arguments)
        key = self._key(leaves, tree)
        # Members come here at the same time; the first one compiles for all.
        with self._lock:
            if key not in self._compiled:
                self._compiled[key] = self._load(folder, key, leaves, arguments) or self._compile(
                    folder, key, leaves, tree, arguments
                )
        return jax.tree.unflatten(jax.tree.structure(self._like(*arguments)), self._compiled[key](*leaves))

    def _shardings(self, arguments: tuple[NamedSharding, ...]) -> dict[str, Any]:
        """Return what tells JAX how arguments and results lie."""
        return {} if self._spread is None else {"in_shardings": arguments, "out_shardings": self._spread.results}

    def _key(self, leaves: list[Any], tree: PyTreeDef) -> str:
        text = "\n".join(
            (
                self._function.__name__,
                self._where,
                _description(tree),
                *(str(jax.typeof(leaf)) for leaf in leaves),
                _surroundings(),
                settings_text(),
            )
        )
        return f"{self._function.__name__.strip('_')}-{hashlib.sha256(text.encode()).hexdigest()[:40]}"

    def _load(
        self, folder: Path, key: str, leaves: list[Any], arguments: tuple[Any, ...]
    ) -> jax.stages.Compiled | None:
        content = read_entry(folder, key)
        if content is None:
            return None
        results = tuple(jax.tree.leaves(self._like(*arguments)))
        trees = jax.tree.structure((tuple(leaves), {})), jax.tree.structure(results)
        try:
            devices = self._spread.devices if self._spread else (default_device(),)
            return serialize_executable.deserialize_and_load(content, *trees, execution_devices=devices)
        except Exception:
            return None

    def _compile(
        self, folder: Path, key: str, leaves: list[Any], tree: PyTreeDef, arguments: tuple[Any, ...]
    ) -> jax.stages.Compiled:
        def flat(*leaves: Array) -> tuple[Array, ...]:
            return tuple(jax.tree.leaves(self._function(*jax.tree.unflatten(tree, leaves))))

        flat.__name__ = self._function.__name__
        lie: list[NamedSharding] = []
        for sharding, argument in zip(self._spread.arguments if self._spread else (), arguments, strict=False):
            lie.extend([sharding] * len(jax.tree.leaves(argument)))
        compiled = jax.jit(flat, **self._shardings(tuple(lie))).lower(*leaves).compile()
        try:
            content, _, _ = serialize_executable.serialize(compiled)
        except Exception:
            return compiled
        write_entry(folder, key, content)
        return compiled


def _may_be_kept() -> bool:
    """Return whether the user has neither set a cache nor turned caching off, and does not debug."""
    settings = jax.config.values
    is_usual = settings["jax_enable_compilation_cache"] and not settings["jax_compilation_cache_dir"]
    return is_usual and not any(settings.get(name) for name in _DEBUGGING)


def settings_text() -> str:
    """Return all settings of JAX, any of which could change a program or its numbers."""
    return repr(sorted(jax.config.values.items(), key=lambda item: item[0]))


def _description(tree: PyTreeDef) -> str:
    """Return the structure of a pytree as text, with the full names of its classes and with its static fields."""
    node = tree.node_data()
    if node is None:
        return "*"
    kind, static = node
    return f"{kind.__module__}.{kind.__qualname__}[{static!r}]({','.join(map(_description, tree.children()))})"


def _is_known(tree: PyTreeDef) -> bool:
    """Return whether all classes of a pytree belong to known packages, whose code and versions are part of the key."""
    node = tree.node_data()
    is_known = node is None or node[0].__module__.split(".")[0] in _KNOWN
    return is_known and all(map(_is_known, tree.children()))


@cache
def _surroundings() -> str:
    """Return what a compiled program depends on beside its arguments: code, packages, machine and settings."""
    code = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        code.update(path.read_bytes())
    device = default_device()
    has_affinity = hasattr(os, "sched_getaffinity")
    return "\n".join(
        (
            code.hexdigest(),
            *(f"{name} {version(name)}" for name in _PACKAGES),
            platform.platform(),
            f"{device.platform} {device.device_kind} {device.client.platform_version}",
            _processor(),
            str(len(os.sched_getaffinity(0)) if has_affinity else os.cpu_count()),
            *(os.environ.get(name, "") for name in _COMPILER_VARIABLES),
        )
    )


def _processor() -> str:
    """Return the instruction sets of the processor: a home folder may serve machines with different ones.

    Where the system does not tell them, the name of the machine stands for them.
    """
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    unknown = f"{platform.machine()} {platform.processor()} {platform.node()}"
    return next((line for line in lines if line.startswith(("flags", "Features"))), unknown)

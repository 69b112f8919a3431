"""The house rules of docs/explanation/architecture.md, held by walking the imports and the files."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "imbgan"

PAGE = ROOT / "docs" / "explanation" / "architecture.md"


def rooms_of(page: str) -> dict[str, str]:
    """Read the table of rooms, which stands nowhere else: what each may import."""
    rows = re.findall(r"^\| `(\w+)/` \| [^|]+ \| ([^|]+) \|$", page, re.MULTILINE)
    sees = {room: " ".join(re.findall(r"`(\w+)`", allowed)) for room, allowed in rows}
    everything = " ".join(sees)
    return {room: everything if "everything" in dict(rows)[room] else names for room, names in sees.items()}


def floors_of(page: str) -> dict[str, int]:
    """Read the picture of the house: the floor of each room."""
    floors = re.findall(r"^(\d) \|([\w ]+)\|", page, re.MULTILINE)
    return {room: int(floor) for floor, rooms in floors for room in rooms.split()}


# Everyone may import the root modules, which import nothing of ours.
ROOT_MODULES = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
SEES = {**rooms_of(PAGE.read_text(encoding="utf-8")), "__main__": ""}
ARRAY_FRAMEWORK = {"jax", "jaxlib", "jaxtyping", "equinox", "optax"}
LEARNING_LIBRARIES = {"sklearn", "imblearn"}
# Not runtime dependencies: loaded only inside a function that was given, or asked for, such an object.
OPTIONAL_LIBRARIES = {"pandas", "polars", "pyarrow", "matplotlib", "PIL", "model2vec", "ray", "sentence_transformers"}
BANNED = {
    "gan": LEARNING_LIBRARIES | {"pandas", "polars", "pyarrow", "narwhals", "imbgan._sklearn"},
    "tabular": LEARNING_LIBRARIES | {"imbgan._sklearn"},
    "measures": LEARNING_LIBRARIES | {"imbgan._sklearn"},
}


class Imported(NamedTuple):
    """One imported name: ``from a.b import c`` is ``("a", "b", "c")``."""

    parts: tuple[str, ...]
    level: int
    on_load: bool  # runs when the module is imported: not in a function, not under TYPE_CHECKING


Rule = Callable[[str, Imported], str | None]


def imports_of(node: ast.AST, on_load: bool = True) -> Iterator[Imported]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Imported(tuple(alias.name.split(".")), 0, on_load)
        elif isinstance(child, ast.ImportFrom):
            for alias in child.names:
                yield Imported((*(child.module or "").split("."), alias.name), child.level, on_load)
        else:
            lazy = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or (
                isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
            )
            yield from imports_of(child, on_load and not lazy)


@cache
def imports_in(source: str) -> tuple[Imported, ...]:
    """Walk each file once, however many rules look at it."""
    return tuple(imports_of(ast.parse(source)))


def test_a_room_sees_only_floors_below_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    floors, sees = floors_of(page), rooms_of(page)
    assert floors.keys() == sees.keys()
    assert {
        room: seen for room in sees for seen in sees[room].split() if seen != room and floors[seen] >= floors[room]
    } == {}


def layer_of(path: Path, package: Path) -> str:
    return path.relative_to(package).with_suffix("").parts[0]


def no_relative_import(layer: str, imported: Imported) -> str | None:
    return "imports relatively" if imported.level else None


def only_allowed_arrows(layer: str, imported: Imported) -> str | None:
    if imported.parts[0] != "imbgan" or layer == "__init__":
        return None
    target = imported.parts[1] if len(imported.parts) > 1 else ""
    if layer in ROOT_MODULES:
        return f"a root module imports imbgan.{target}"
    if layer not in SEES:
        return "belongs to no layer that this test knows"
    if layer == "__main__" and target == "cli":
        return None
    # The package itself stands above all rooms but the command line.
    if target == "__version__" and layer == "cli":
        return None
    if target in ROOT_MODULES or target == layer or target in SEES[layer].split():
        return None
    return f"{layer} imports imbgan.{target}"


def nothing_imports_cli(layer: str, imported: Imported) -> str | None:
    return "imports cli" if imported.parts[:2] == ("imbgan", "cli") and layer not in ("cli", "__main__") else None


def no_banned_library(layer: str, imported: Imported) -> str | None:
    names = {imported.parts[0], ".".join(imported.parts[:2])}
    found = names & BANNED.get(layer, set())
    return f"{layer} imports {min(found)}" if found else None


def arrays_stay_in_gan(layer: str, imported: Imported) -> str | None:
    found = imported.parts[0] in ARRAY_FRAMEWORK and layer != "gan"
    return f"{layer} imports {imported.parts[0]}" if found else None


def private_names_in_one_place(layer: str, imported: Imported) -> str | None:
    if imported.parts[0] not in LEARNING_LIBRARIES or layer == "_sklearn":
        return None
    private = [part for part in imported.parts if part.startswith("_") and not part.endswith("__")]
    return f"imports the private {'.'.join(imported.parts)}" if private else None


def optional_libraries_load_late(layer: str, imported: Imported) -> str | None:
    found = imported.parts[0] in OPTIONAL_LIBRARIES and imported.on_load
    return f"imports {imported.parts[0]} while loading" if found else None


# Each rule with violations that it must catch: the file to plant, and its source.
RULES: dict[Rule, list[tuple[str, str]]] = {
    no_relative_import: [
        ("gan/step.py", "from . import losses"),
        ("gan/step.py", "from ..measures import distance"),
    ],
    only_allowed_arrows: [
        ("random.py", "from imbgan.exceptions import DataError"),
        ("tabular/schema.py", "def f():\n    from imbgan.gan.loop import train"),
        ("measures/distance.py", "import imbgan.tabular.schema"),
        ("gan/step.py", "from imbgan import tabular"),
        ("gan/step.py", "if TYPE_CHECKING:\n    from imbgan.oversampling import GANOverSampler"),
        ("quality/fidelity.py", "from imbgan.oversampling import GANOverSampler"),
        ("oversampling/base.py", "import imbgan"),
        ("oversampling/base.py", "from imbgan import GANOverSampler"),
        ("oversampling/base.py", "from imbgan.ensemble import bagging"),
        ("ensemble/bagging.py", "from imbgan.gan import loop"),
        ("comparison/verdict.py", "from imbgan.report import summary"),
        ("report/summary.py", "from imbgan.oversampling import base"),
        ("ensemble/bagging.py", "from imbgan.strategies import AutoBalancedClassifier"),
        ("strategies/trial.py", "from imbgan.comparison import folds"),
        ("comparison/crossval.py", "from imbgan.gan import loop"),
        ("attic/old.py", "import imbgan.gan"),
    ],
    nothing_imports_cli: [
        ("__init__.py", "def f():\n    import imbgan.cli"),
        ("report/summary.py", "from imbgan import cli"),
    ],
    no_banned_library: [
        ("gan/loop.py", "import pandas as pd"),
        ("gan/loop.py", "def f():\n    from sklearn.utils import check_array"),
        ("gan/loop.py", "import imblearn.over_sampling"),
        ("gan/loop.py", "import narwhals as nw"),
        ("gan/loop.py", "from imbgan import _sklearn"),
        ("tabular/encoder.py", "from sklearn.preprocessing import QuantileTransformer"),
        ("measures/distance.py", "from imbgan._sklearn import validate"),
    ],
    arrays_stay_in_gan: [
        ("oversampling/base.py", "def f():\n    import jax.numpy as jnp"),
        ("strategies/trial.py", "from equinox import nn"),
        ("measures/distance.py", "import optax"),
        ("random.py", "import jax"),
    ],
    private_names_in_one_place: [
        ("oversampling/base.py", "from sklearn.utils._param_validation import Interval"),
        ("oversampling/base.py", "from imblearn.utils import _validation"),
        ("ensemble/bagging.py", "import sklearn.utils._tags"),
    ],
    optional_libraries_load_late: [
        ("tabular/encoder.py", "import pandas as pd"),
        ("report/figures.py", "try:\n    from matplotlib import pyplot\nexcept ImportError:\n    pass"),
        ("data/readers.py", "class Reader:\n    import pyarrow"),
    ],
}

# What the house allows, so that no rule can pass its test by refusing everything.
ALLOWED = [
    ("__init__.py", "def f():\n    from imbgan.oversampling import GANOverSampler"),
    ("_sklearn.py", "from sklearn.utils._param_validation import Interval"),
    ("gan/step.py", "import jax\nimport equinox as eqx\nfrom imbgan.measures.distance import energy"),
    ("gan/step.py", "from imbgan.gan import losses\nfrom imbgan.random import Streams"),
    ("tabular/encoder.py", "def f():\n    import pandas as pd"),
    ("tabular/encoder.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import polars as pl"),
    ("oversampling/base.py", "from sklearn import __version__ as v"),
    ("oversampling/base.py", "from imbgan._sklearn import Interval\nfrom imbgan.quality import fidelity"),
    ("cli/app.py", "from imbgan import __version__"),
    ("cli/main.py", "from imbgan.cli.parse import parser\nfrom imbgan.report import summary"),
]


def violations(package: Path, rule: Rule) -> list[str]:
    found = []
    for path in sorted(package.rglob("*.py")):
        layer = layer_of(path, package)
        for imported in imports_in(path.read_text(encoding="utf-8")):
            message = rule(layer, imported)
            if message is not None:
                found.append(f"{path.relative_to(package)}: {message}")
    return found


def plant(package: Path, name: str, source: str) -> None:
    path = package / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source + "\n", encoding="utf-8")


def test_the_page_tells_every_room_and_root_module_and_no_other():
    page = PAGE.read_text(encoding="utf-8")
    assert set(rooms_of(page)) == {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    paragraph = next(part for part in page.split("\n\n") if part.startswith("Beside the rooms stand"))
    assert [name for name in sorted(ROOT_MODULES) if f"`{name}`" not in paragraph] == []


def test_rooms_have_an_order_in_which_each_sees_only_earlier_ones():
    rooms = rooms_of(PAGE.read_text(encoding="utf-8"))
    earlier: set[str] = set()
    for room, allowed in rooms.items():
        assert set(allowed.split()) <= earlier | {room}, room
        earlier.add(room)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_package_follows_rule(rule):
    assert violations(PACKAGE, rule) == []


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [(rule, *planted) for rule, cases in RULES.items() for planted in cases],
)
def test_planted_violation_is_found(tmp_path, rule, name, source):
    plant(tmp_path, name, source)
    assert violations(tmp_path, rule) != []


@pytest.mark.parametrize(("name", "source"), ALLOWED)
def test_allowed_import_passes_every_rule(tmp_path, name, source):
    plant(tmp_path, name, source)
    assert [message for rule in RULES for message in violations(tmp_path, rule)] == []


# Written so that this file does not match them.
FORBIDDEN_TEXT = {
    "a path of one machine": re.compile(r"(?<![\w./~-])/(?:home|root|Users|work)/\w|[A-Z]:\\\\?Users\\"),
    "a registry address": re.compile(r"\bpypi[.]org|pythonhosted[.]org|index[-_]url|https?://\S+/simple\b"),
}


def forbidden_text(text: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN_TEXT.items() if pattern.search(text)]


def tracked_files() -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a Git checkout: the list of tracked files is not known")
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


def test_files_name_no_machine_and_no_registry():
    found = {}
    for path in tracked_files():
        # Pictures and Parquet files decode to noise, in which a plain address would still be found.
        hits = forbidden_text(path.read_bytes().decode("utf-8", errors="replace"))
        if hits:
            found[str(path.relative_to(ROOT))] = hits
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "data = '{}home/someone/x.csv'".format("/"),
        "see {}Users/someone/x".format("/"),
        "(in {}work/main)".format("/"),
        "--extra-index{}https://mirror.example".format("-url "),
        "https://mirror.example/{}".format("simple"),
        "https://pypi{}/project/imbgan".format(".org"),
    ],
)
def test_planted_machine_path_or_registry_is_found(text):
    assert forbidden_text(text) != []


@pytest.mark.parametrize("text", ["../shared/datasets", "src/work/home", "https://example.com/home/page", "a/root/b"])
def test_harmless_path_is_not_reported(text):
    assert forbidden_text(text) == []


HEAVY = "jax jaxlib equinox optax pandas polars pyarrow sklearn imblearn scipy matplotlib"


def load(module: str) -> set[str]:
    """Import ``module`` in a fresh interpreter and return the modules that it loaded."""
    code = f"import sys; before = {{*sys.modules}}; import {module}; print(*({{*sys.modules}} - before))"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return set(output.split())


@pytest.mark.parametrize("module", ["imbgan", "imbgan.cli"])
def test_import_loads_nothing_else(module):
    # That is what makes it quick, and the command line ready for Ctrl-C from its first instant.
    assert load(module) == {"imbgan", module}


@pytest.mark.parametrize(
    ("module", "heavy"),
    [
        ("imbgan", HEAVY),
        ("imbgan.tabular", "jax equinox optax pandas polars pyarrow sklearn imblearn matplotlib"),
        ("imbgan.measures", "jax equinox optax pandas polars pyarrow sklearn imblearn matplotlib"),
        ("imbgan.quality", "jax equinox optax pandas polars pyarrow sklearn imblearn matplotlib"),
    ],
)
def test_import_loads_no_heavy_library(module, heavy):
    assert load(module) & set(heavy.split()) == set()


def test_heavy_library_would_be_seen():
    assert "scipy" in load("scipy")


GLOBAL_STATE_MOVED = """
import numpy as np
before = np.random.get_state(legacy=False)["state"]
import {module}
after = np.random.get_state(legacy=False)["state"]
print(before["pos"] != after["pos"] or not np.array_equal(before["key"], after["key"]))
"""


def moves_global_random_state(module: str) -> bool:
    code = GLOBAL_STATE_MOVED.format(module=module)
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    return output.strip() == "True"


@pytest.mark.parametrize("module", ["imbgan.tabular", "imbgan.gan.step", "imbgan.oversampling"])
def test_import_leaves_global_random_state(module):
    # Importing JAX draws from it: a user's numbers would change with the first fit.
    assert not moves_global_random_state(module)


def test_moved_global_random_state_would_be_seen():
    assert moves_global_random_state("numpy.random; np.random.random()")


def test_every_public_name_resolves():
    code = (
        "import imbgan\n"
        "assert imbgan.__all__ and set(imbgan.__all__) <= set(dir(imbgan)), dir(imbgan)\n"
        "for name in imbgan.__all__: getattr(imbgan, name)\n"
        "assert not hasattr(imbgan, 'no_such_name')\n"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr

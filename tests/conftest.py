import atexit
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

# Figures are drawn without a display; the variable also reaches the processes that tests start.
os.environ["MPLBACKEND"] = "Agg"
# Tests neither fill nor read the cache of the person who runs them: each run has its own, which its workers share.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["IMBGAN_CACHE"] = tempfile.mkdtemp(prefix="imbgan-tests-")
    atexit.register(shutil.rmtree, os.environ["IMBGAN_CACHE"], ignore_errors=True)

# The shapes and dtypes at the border of imbgan.gan are checked wherever a test crosses it; a user pays nothing for
# them. Installed before anything imports these modules.
CHECKED_SHAPES = [
    f"imbgan.gan.{module}"
    for module in (
        "distances",
        "evaluation",
        "loop",
        "losses",
        "model",
        "monitor",
        "networks.layers",
        "networks.perceptrons",
        "penalties",
        "sources",
        "spaces.columns",
        "step",
    )
]
install_import_hook(CHECKED_SHAPES, "beartype.beartype")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

settings.register_profile("deterministic", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("deterministic")


class DataSet(NamedTuple):
    X: object
    y: object
    minority_label: object


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A real browser, driven by Playwright; tests are skipped where either is missing."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"none of these browsers is installed: {', '.join(BROWSERS)}")
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        # As root, Chromium starts only without its sandbox; the pages are our own.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"], timeout=0)
        yield browser
        browser.close()


@pytest.fixture
def imbalanced_matrix(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """120 rows of 4 continuous columns, 20 of them in the rare class 1, which lies two deviations away."""
    y = np.repeat([0, 1], [100, 20])
    X = rng.normal(size=(120, 4)) + 2.0 * y[:, None]
    return X, y


@pytest.fixture
def quick_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default, one generator of 20 steps, four bags, and three folds for candidates: quick, and poor."""
    from imbgan import (
        AutoBalancedClassifier,
        GANBaggingClassifier,
        GANOverSampler,
        ImageGANOverSampler,
        TabularGAN,
        TextGANOverSampler,
    )

    for cls in (GANOverSampler, ImageGANOverSampler, TabularGAN, TextGANOverSampler):
        monkeypatch.setitem(cls.__init__.__kwdefaults__, "max_iter", 20)
    for cls in (GANOverSampler, TabularGAN, TextGANOverSampler, GANBaggingClassifier):
        monkeypatch.setitem(cls.__init__.__kwdefaults__, "n_generators", 1)
    monkeypatch.setitem(GANBaggingClassifier.__init__.__kwdefaults__, "n_estimators", 4)
    monkeypatch.setitem(AutoBalancedClassifier.__init__.__kwdefaults__, "n_repeats", 1)


@pytest.fixture
def mixed_table(rng: np.random.Generator):
    """A pandas table of 80 rows, one column of each kind, some values missing; 15 labels are rare."""
    pd = pytest.importorskip("pandas")
    n_rows = 80
    X = pd.DataFrame(
        {
            "amount": np.where(rng.random(n_rows) < 0.1, np.nan, rng.lognormal(size=n_rows)),
            "visits": rng.integers(0, 9, size=n_rows),
            "member": rng.random(n_rows) < 0.5,
            "city": rng.choice(np.array(["Bern", "Lima", None], dtype=object), size=n_rows),
            "grade": pd.Categorical(
                rng.choice(["low", "mid", "high"], size=n_rows), ["low", "mid", "high"], ordered=True
            ),
            "opened": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 365, size=n_rows), unit="D"),
            "stay": pd.to_timedelta(rng.integers(1, 72, size=n_rows), unit="h"),
            "country": "CH",
        }
    )
    y = pd.Series(np.repeat(["common", "rare"], [n_rows - 15, 15]), name="label")
    return X, y


@pytest.fixture(autouse=True)
def _skip_without_data(request: pytest.FixtureRequest) -> None:
    """Skip tests of real data sets where no folder of them is named."""
    if request.node.get_closest_marker("data") is not None and not os.environ.get("IMBGAN_DATA"):
        pytest.skip("IMBGAN_DATA names no folder of data sets")


@pytest.fixture
def data_set(request: pytest.FixtureRequest) -> Callable[[str], DataSet]:
    """Read a data set of the folder IMBGAN_DATA by name; skip the test where the folder does not hold it."""
    if request.node.get_closest_marker("data") is None:
        pytest.fail("A test that uses data_set must carry the marker 'data'.", pytrace=False)

    def read(name: str) -> DataSet:
        folder = os.environ["IMBGAN_DATA"]
        if not (Path(folder) / "catalogue.json").is_file():
            pytest.skip(f"IMBGAN_DATA={folder!r} holds no catalogue.json")
        pd = pytest.importorskip("pandas")
        catalogue = pd.read_json(Path(folder) / "catalogue.json").set_index("name")
        if name not in catalogue.index:
            pytest.skip(f"IMBGAN_DATA={folder!r} holds no data set {name!r}")
        entry = catalogue.loc[name]
        frame = pd.read_parquet(Path(folder) / entry["file"])
        return DataSet(frame.drop(columns=entry["target"]), frame[entry["target"]], entry["minority_label"])

    return read


@pytest.fixture(autouse=True)
def global_random_state_is_untouched(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test during which NumPy's global random state moved: the library must never draw from it."""
    had_jax = "jax" in sys.modules
    before = np.random.get_state(legacy=False)  # noqa: NPY002 - reading the global state is the point
    yield
    after = np.random.get_state(legacy=False)  # noqa: NPY002 - see above
    moved = (
        before["state"]["pos"] != after["state"]["pos"]
        or before["has_gauss"] != after["has_gauss"]
        or not np.array_equal(before["state"]["key"], after["state"]["key"])
    )
    # JAX draws while it is imported, whichever test that falls into; test_architecture.py checks imports.
    imported_jax = "jax" in sys.modules and not had_jax
    may_move = imported_jax or request.node.get_closest_marker("global_random") is not None
    if moved and not may_move:
        pytest.fail("This test moved NumPy's global random state.", pytrace=False)


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """Yield the pattern of addresses in an object store: ``s3.format("bucket/file")``. Its server runs in a thread."""
    server = pytest.importorskip("moto.server")
    fs = pytest.importorskip("pyarrow.fs")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    running = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        pattern = f"s3://{{}}?endpoint_override={host}:{port}&scheme=http&region=us-east-1"
        fs.S3FileSystem(
            endpoint_override=f"{host}:{port}", scheme="http", region="us-east-1", allow_bucket_creation=True
        ).create_dir("bucket")
        yield pattern
    running.stop()

"""Whether an installed imbgan works: each public name, each command and each extra that is there.

Run by the interpreter of the environment that is tested, in any folder but that of the project:
``python tools/smoke.py``. It ends with an error, or prints one line per thing that works.
"""

import importlib.util
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np


def main() -> None:
    """Try everything in a folder that is deleted at the end."""
    import imbgan

    place = Path(imbgan.__file__).parent
    assert "site-packages" in place.parts, f"imbgan is not installed, but loaded from {place}"
    for name in imbgan.__all__:
        getattr(imbgan, name)
    print(f"imbgan {imbgan.__version__}: {len(imbgan.__all__)} public names")
    with tempfile.TemporaryDirectory() as folder:
        in_python(Path(folder))
        on_the_command_line(Path(folder))
        with_extras(Path(folder))


def rows() -> tuple[np.ndarray, np.ndarray]:
    """Return 400 rows of three numbers, 40 of them rare and elsewhere."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [360, 40])
    return rng.normal(size=(400, 3)) + 1.5 * y[:, None], y


def in_python(folder: Path) -> None:
    """Resample, save, load and classify."""
    from sklearn.linear_model import LogisticRegression

    from imbgan import DeployableClassifier, GANBaggingClassifier, GANOverSampler, TabularGAN, compare

    X, y = rows()
    X_resampled, y_resampled = GANOverSampler(max_iter=50, random_state=0).fit_resample(X, y)
    assert X_resampled.shape == (720, 3)
    assert np.bincount(y_resampled).tolist() == [360, 360]
    gan = TabularGAN(max_iter=50, random_state=0).fit(X, y)
    gan.save(folder / "model-of-python")
    again = TabularGAN.load(folder / "model-of-python")
    assert np.array_equal(again.sample(20, label=1), gan.sample(20, label=1))
    bags = GANBaggingClassifier(
        LogisticRegression(), n_estimators=2, sampler=GANOverSampler(max_iter=50), random_state=0
    ).fit(X, y)
    assert bags.predict_proba(X).shape == (400, 2)
    assert DeployableClassifier(LogisticRegression(), strategy="class_weight", random_state=0).fit(X, y) is not None
    found = compare(X, y, estimator=LogisticRegression(), strategies=("none", "smote"), random_state=0)
    assert found.to_dict()
    print("Python: resample, generate, save and load, classify, compare")


def on_the_command_line(folder: Path) -> None:
    """Run each command on a small table."""
    X, y = rows()
    table = folder / "train.csv"
    named = np.column_stack([X.round(6).astype(str), np.where(y, "fraud", "fine")])
    lines = ["amount,age,hours,label", *map(",".join, named.tolist())]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def run(*arguments: object) -> None:
        command = [sys.executable, "-m", "imbgan", *map(str, arguments)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"

    of_label, quick = ("--target", "label"), ("--max-iter", 50)
    run("--version")
    run("describe", table, *of_label)
    run("compare", table, *of_label, "--strategies", "none,class_weight", "--folds", 2, "--report", "report.html")
    run("resample", table, *of_label, "-o", "balanced.csv", *quick)
    run("assess", table, "balanced.csv", *of_label)
    run("fit", table, *of_label, "-o", "model", *quick)
    run("generate", "model", "--label", "fraud", "-n", 10, "-o", "new.csv")
    run("train", table, *of_label, "-o", "classifier", "--strategy", "none")
    run("predict", "classifier", table, "-o", "scores.csv")
    run("audit", table, *of_label, "--source", "smote", "--runs", 2)
    print("Command line: describe, compare, resample, assess, fit, generate, train, predict, audit")


def with_extras(folder: Path) -> None:
    """Use the optional packages that are installed; without them, an error says what to install."""
    X, y = rows()
    found: list[str] = []
    if importlib.util.find_spec("pandas"):
        import pandas as pd

        from imbgan import GANOverSampler

        frame = pd.DataFrame(X, columns=["a", "b", "c"]).assign(kind=pd.Categorical(np.where(X[:, 0] > 0, "x", "y")))
        resampled, _ = GANOverSampler(max_iter=50, random_state=0).fit_resample(frame, pd.Series(y, name="label"))
        assert resampled.dtypes.equals(frame.dtypes)
        found.append("pandas")
    if importlib.util.find_spec("pyarrow"):
        import polars as pl

        pl.DataFrame(X, schema=["a", "b", "c"]).with_columns(pl.Series("label", y)).write_parquet(folder / "t.parquet")
        command = [sys.executable, "-m", "imbgan", "describe", "t.parquet", "--target", "label"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
        found.append("Parquet")
    if importlib.util.find_spec("lightgbm"):
        from lightgbm import LGBMClassifier

        from imbgan import GANBaggingClassifier

        GANBaggingClassifier(LGBMClassifier(verbose=-1, n_jobs=1), n_estimators=2, random_state=0).fit(X, y)
        found.append("LightGBM")
    if importlib.util.find_spec("matplotlib"):
        import matplotlib

        matplotlib.use("Agg")
        from imbgan import TabularGAN, plot_history

        plot_history(TabularGAN(max_iter=200, random_state=0).fit(X, y))
        found.append("pictures")
    print(f"Extras: {', '.join(found) or 'none installed'}")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()

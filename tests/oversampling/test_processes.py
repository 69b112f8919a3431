"""JAX and fork: a worker that was forked after a fit says so at once; workers of every other kind do the work.

Each script runs in a session of its own, and a worker that hangs after all ends with it.
"""

import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")

# Long enough for a loaded machine to compile; only a failure waits for it.
LIMIT = 300

PREAMBLE = """
import multiprocessing, os, pickle, sys, warnings
warnings.simplefilter("ignore")
import numpy as np
from sklearn.linear_model import LogisticRegression
from imbgan import ForkedProcessError, GANOverSampler, ImbganError, TabularGAN, compare

OPTIONS = {"chunk_size": 2, "generator_hidden": (4,), "discriminator_hidden": (4,), "latent_dim": 2}
PARAMETERS = dict(max_iter=2, n_generators=1, random_state=0, train_options=OPTIONS)
y = np.repeat([0, 1], [30, 12])
X = np.random.default_rng(0).normal(size=(42, 2)) + y[:, None]


def fit(_=None):
    return TabularGAN(**PARAMETERS).fit(X, y)


def rows(gan):
    return gan.sample(3, label=1).tolist()


def rows_of_a_pickle(saved):
    return rows(pickle.loads(saved))


def compared():
    return compare(X, y, estimator=LogisticRegression(), strategies=["none", "gan"], random_state=0)


def answer(task, *arguments):
    # What the task gives, or the kind and the text of its error.
    try:
        return task(*arguments)
    except Exception as error:
        assert isinstance(error, ImbganError) and isinstance(error, RuntimeError), repr(error)
        return type(error).__name__, str(error)


def forked(task, *arguments):
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply_async(answer, (task, *arguments)).get(timeout=120)
"""


def run(script, tmp_path):
    """Run a script that ends by printing "done"; end it with all its children when it takes too long."""
    path = tmp_path / "script.py"
    path.write_text(PREAMBLE + script)
    process = subprocess.Popen(
        [sys.executable, str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, errors = process.communicate()
        pytest.fail(f"The script hangs: {output}{errors}")
    assert output.splitlines()[-1:] == ["done"], errors


def test_a_worker_that_was_forked_after_a_fit_is_refused_at_once(tmp_path):
    script = """
def refused(result):
    assert result[0] == "ForkedProcessError", result
    assert "'spawn'" in result[1] and "'loky'" in result[1], result


if __name__ == "__main__":
    gan = fit()
    sampler = GANOverSampler(**PARAMETERS)
    for task, *arguments in (
        (fit,),
        (rows, gan),
        (gan.discriminate, X, y),
        (sampler.fit_resample, X, y),
        (compared,),
    ):
        refused(forked(task, *arguments))
    refused(forked(rows_of_a_pickle, pickle.dumps(gan)))

    # A process forked by one that was forked itself.
    reading, writing = os.pipe()
    if os.fork() == 0:
        if os.fork() == 0:
            os.write(writing, repr(answer(fit)[0]).encode())
            os._exit(0)
        os._exit(0)
    assert os.read(reading, 100) == b"'ForkedProcessError'"

    # joblib's backend "multiprocessing" forks; the error reaches the caller as it is.
    import joblib
    try:
        joblib.Parallel(n_jobs=2, backend="multiprocessing")(joblib.delayed(fit)(i) for i in range(2))
    except ForkedProcessError as error:
        assert "'loky'" in str(error)
    else:
        raise AssertionError("no error")
    # The parent itself goes on.
    assert rows(fit()) == rows(gan)
    print("done")
"""
    run(script, tmp_path)


def test_workers_of_every_other_kind_give_the_rows_of_the_parent(tmp_path):
    script = """
if __name__ == "__main__":
    # Imported, but not yet started: a worker that is forked now has all it needs.
    import imbgan.gan.model
    early = forked(fit)
    gan = fit()
    expected = rows(gan)
    assert rows(early) == expected
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(rows, (gan,)) == expected
    import joblib
    assert joblib.Parallel(n_jobs=2)(joblib.delayed(rows)(gan) for _ in range(2)) == [expected] * 2
    print("done")
"""
    run(script, tmp_path)


def test_a_process_that_was_forked_after_the_caller_used_jax_is_refused(tmp_path):
    script = """
if __name__ == "__main__":
    import jax
    jax.devices()
    assert forked(fit)[0] == "ForkedProcessError"
    print("done")
"""
    run(script, tmp_path)

"""Generative adversarial networks in pure JAX; knows matrices and class codes, nothing of tables."""

import numpy as np

# Importing JAX draws from NumPy's global random state; a user's numbers must not depend on whether we were imported.
_state = np.random.get_state(legacy=False)  # noqa: NPY002
import jax  # noqa: E402, F401  # pyright: ignore[reportUnusedImport] - imported for its effect

np.random.set_state(_state)  # noqa: NPY002

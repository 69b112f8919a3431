"""Generative adversarial networks in pure JAX. This room knows arrays of rows and class codes, but no tables."""

import numpy as np

# Importing JAX draws from NumPy's global random state. The user's random numbers must not depend on this import.
_state = np.random.get_state(legacy=False)  # noqa: NPY002
import jax  # noqa: E402, F401  # pyright: ignore[reportUnusedImport] - imported for its effect

np.random.set_state(_state)  # noqa: NPY002

from imbgan.gan.devices import on_devices as on_devices  # noqa: E402

"""The check suites of scikit-learn and imbalanced-learn."""

import pytest
from imblearn.utils import estimator_checks as imblearn_checks
from sklearn.utils import estimator_checks as sklearn_checks

from imbgan import GANOverSampler, TabularGAN

PARAMETERS = {
    "max_iter": 10,
    "n_generators": 1,
    "random_state": 0,
    "train_options": {
        "chunk_size": 10,
        "generator_hidden": (16,),
        "discriminator_hidden": (16,),
        "latent_dim": 8,
    },
}
pytestmark = [
    pytest.mark.global_random,  # the suites seed and draw from NumPy's global state
    pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning"),
    # Some tables of the suites hold the labels as a column.
    pytest.mark.filterwarnings("ignore::imbgan.TargetLeakWarning"),
]


@sklearn_checks.parametrize_with_checks([GANOverSampler(**PARAMETERS), TabularGAN(**PARAMETERS)])
def test_scikit_learn(estimator, check):
    check(estimator)


IMBLEARN_SUITE = imblearn_checks.parametrize_with_checks([GANOverSampler(**PARAMETERS)]).mark


# imbalanced-learn hands pytest a generator, which pytest 9 warns of.
@pytest.mark.parametrize(IMBLEARN_SUITE.args[0], list(IMBLEARN_SUITE.args[1]), **IMBLEARN_SUITE.kwargs)
def test_imbalanced_learn(estimator, check):
    check(estimator)

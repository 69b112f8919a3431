"""Tables of many columns: what is judged stays the same, and its cost grows no faster than they do."""

import numpy as np
import pytest
import scipy.linalg
from sklearn.ensemble import HistGradientBoostingClassifier

from imbgan.quality import assess
from imbgan.quality.classifier import MAX_COLUMNS, telling_columns
from imbgan.quality.embedding import MAX_EXACT, _axes, _axes_by_products, _principal_axes


def test_the_two_widest_axes_do_not_depend_on_how_they_are_found(rng):
    real = rng.normal(size=(120, 150)) * np.linspace(4, 1, 150)
    centered = real - real.mean(axis=0)
    expected = np.linalg.svd(centered)[2][:2]
    for axes in (_axes(real), _axes(real[:, :100]), _axes_by_products(centered)):
        assert axes.shape[1] == 2
        np.testing.assert_allclose(np.linalg.norm(axes, axis=0), 1.0)
    for axes in (_axes(real), _axes_by_products(centered)):
        np.testing.assert_allclose(np.abs(expected @ axes), np.eye(2), atol=1e-5)


def test_no_matrix_of_all_pairs_of_many_columns_is_decomposed(monkeypatch, rng):
    sizes: list[int] = []
    eigh = scipy.linalg.eigh

    def counted(matrix, **options):
        sizes.append(len(matrix))
        return eigh(matrix, **options)

    monkeypatch.setattr(scipy.linalg, "eigh", counted)
    for shape in ((40, 2000), (MAX_EXACT + 100, 40), (MAX_EXACT + 100, MAX_EXACT + 50)):
        assert _principal_axes(rng.normal(size=shape), shape[0]).shape == (shape[0], 2)
    assert max(sizes) == 40


def test_all_of_few_columns_tell_and_planted_ones_among_many(rng):
    y = np.repeat([0, 1], 100)
    few = rng.normal(size=(200, MAX_COLUMNS))
    np.testing.assert_array_equal(telling_columns(few, y), np.arange(MAX_COLUMNS))
    many = rng.normal(size=(200, 1000))
    many[y == 1, 700] += 1.5  # another mean
    many[y == 1, 800] *= 3.0  # another spread
    many[:, 900] = 7.0  # a constant
    chosen = telling_columns(many, y)
    assert len(chosen) == MAX_COLUMNS
    assert {700, 800} <= set(chosen.tolist())
    assert (np.diff(chosen) > 0).all()


def test_the_classifier_gets_no_more_columns_than_its_trees_can_use(monkeypatch, rng):
    widths: list[int] = []
    fit = HistGradientBoostingClassifier.fit

    def counted(self, X, y):
        widths.append(X.shape[1])
        return fit(self, X, y)

    monkeypatch.setattr(HistGradientBoostingClassifier, "fit", counted)
    real, synthetic = rng.normal(size=(60, 300)), rng.normal(size=(60, 300))
    synthetic[:, 150] += 3.0
    measures = {measure.name: measure for measure in assess(real, synthetic).classes[0].measures}
    assert set(widths) == {MAX_COLUMNS}
    assert measures["two_sample_auc"].value == pytest.approx(1.0, abs=0.1)
    assert measures["two_sample_auc"].baseline < 0.7

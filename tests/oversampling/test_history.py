"""The history of training: a mapping as ever, and a small table with a plot."""

import pickle

import numpy as np
import pytest

from imbgan import TabularGAN, plot_history

pytestmark = pytest.mark.filterwarnings("ignore::imbgan.GenerationQualityWarning")


@pytest.fixture
def fitted(quick_gan, three_classes):
    return quick_gan(max_iter=30).fit(*three_classes)


def test_history_is_a_mapping_of_arrays(fitted):
    history = fitted.history_
    assert history["step"].tolist() == [10, 20, 30]
    assert {len(values) for values in history.values()} == {3}
    assert "score" in history
    assert history.get("no such measure") is None
    assert repr(history).startswith("History(3 chunks: step,")


def test_history_is_a_table(fitted):
    frame, other = fitted.history_.to_pandas(), fitted.history_.to_polars()
    assert list(frame) == other.columns == list(fitted.history_)
    for name, values in fitted.history_.items():
        np.testing.assert_array_equal(frame[name], values)
        np.testing.assert_array_equal(other[name].to_numpy(), values)
    html = fitted.history_._repr_html_()
    assert html.count("<tr>") == 4
    assert "<th>score</th>" in html


def test_the_plot_is_that_of_plot_history(fitted):
    own, same = fitted.history_.plot(), plot_history(fitted)
    assert own.get_legend_handles_labels()[1] == same.get_legend_handles_labels()[1]
    for line, other in zip(own.lines, same.lines, strict=True):
        np.testing.assert_array_equal(line.get_xydata(), other.get_xydata())
    assert fitted.history_.plot(ax=own) is own


def test_history_is_saved_and_pickled(fitted, tmp_path):
    fitted.save(tmp_path / "model")
    for again in (TabularGAN.load(tmp_path / "model").history_, pickle.loads(pickle.dumps(fitted)).history_):
        assert list(again) == list(fitted.history_) or set(again) == set(fitted.history_)
        np.testing.assert_array_equal(again["score"], fitted.history_["score"])
        assert again.plot().get_legend_handles_labels()[1] == fitted.history_.plot().get_legend_handles_labels()[1]

"""Plots are drawn on the user's axes, or on new ones that no state of pyplot knows."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from imbgan import GANOverSampler, plot_history, plot_rows
from imbgan.exceptions import DataTypeError, ParameterError


@pytest.fixture(autouse=True)
def no_pyplot(monkeypatch):
    monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_history_shows_distances_the_kept_step_and_events(assessment):
    axes = plot_history(assessment)
    assert "matplotlib.pyplot" not in sys.modules
    assert axes.get_ylabel() == "distance to real rows"
    scores, best, ideal, kept, event = axes.get_lines()
    history = assessment.training.history
    np.testing.assert_allclose(scores.get_ydata(), history["score"])
    np.testing.assert_allclose(best.get_xdata(), history["step"])
    assert set(ideal.get_ydata()) == {1.0}
    assert set(kept.get_xdata()) == {1500}
    assert set(event.get_xdata()) == {1900}
    assert legend(axes)[-2:] == ["kept: step 1,500", "early stopping"]


def test_history_of_another_network_is_another_line(assessment):
    history = {"step": (100, 200, 100), "score": (3.0, 2.0, 60.0), "best_score": (3.0, 2.0, 60.0)}
    axes = plot_history(replace(assessment, training=replace(assessment.training, history=history, events=())))
    np.testing.assert_array_equal(np.isnan(axes.get_lines()[0].get_xdata()), [False, False, True, False])
    assert axes.get_yscale() == "log"


def test_rows_of_the_rarest_class_are_drawn(assessment, comparison):
    own = Figure().subplots()
    axes = plot_rows(comparison, ax=own)
    assert axes is own
    assert axes.get_title() == "Rows of class 1"
    assert [len(points.get_offsets()) for points in axes.collections] == [600, 600, 197]
    assert legend(axes) == ["other classes (600)", "generated (600)", "real (197)"]
    assert plot_rows(assessment, label=1).get_title() == "Rows of class 1"


def test_figures_can_be_written_without_pyplot(assessment, tmp_path):
    for plot in (plot_history, plot_rows):
        plot(assessment).figure.savefig(tmp_path / f"{plot.__name__}.png")
    assert len(list(tmp_path.iterdir())) == 2
    assert "matplotlib.pyplot" not in sys.modules


def test_a_program_with_pyplot_sees_the_figure(assessment):
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure = plot_rows(assessment).figure
    assert plt.gcf() is figure
    plt.close(figure)


def test_what_cannot_be_drawn_is_named(assessment, bare):
    with pytest.raises(ParameterError, match=r"label must be a class with generated rows: '1'\. Got 'one'"):
        plot_rows(assessment, label="one")
    for thing in (bare, 3, GANOverSampler(), replace(assessment, map=())):
        with pytest.raises(DataTypeError, match="plot_rows needs"):
            plot_rows(thing)
    for thing in (bare, 3, GANOverSampler(), replace(assessment, training=None)):
        with pytest.raises(DataTypeError, match="plot_history needs"):
            plot_history(thing)

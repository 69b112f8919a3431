from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest

from benchmarks.quality import peers


class TestPeers:
    @pytest.fixture
    def table(self):
        return pd.DataFrame(
            {
                "number": [1.5, np.nan, 3.5, 4.5],
                "count": [10, 20, 30, 40],
                "flag": [True, False, True, True],
                "city": pd.Categorical(["Bern", None, "Lima", "Bern"]),
                "other": [np.nan, 2.0, 7.0, 9.0],
                "twin": [5.0, np.nan, 6.0, 7.0],
            }
        )

    def test_a_table_comes_back_as_it_was(self, table):
        known = peers.PeerTable(table)
        pd.testing.assert_frame_equal(known.restore(known.frame), table)

    def test_peers_see_neither_gaps_nor_other_types_than_floats_and_strings(self, table):
        known = peers.PeerTable(table)
        assert not known.frame.isna().any(axis=None)
        # Gaps of the same rows are one column.
        assert known.discrete == ["x2", "x3", "missing0", "missing1"]
        assert all(isinstance(value, str) for name in known.discrete for value in known.frame[name])
        assert known.frame.drop(columns=known.discrete).dtypes.eq(np.float64).all()

    def test_codes_stand_for_levels(self, table):
        known = peers.PeerTable(table)
        matrix, places, levels = known.codes()
        for place, found in zip(places, levels, strict=True):
            column = known.frame.iloc[:, place]
            assert found[matrix[:, place].astype(int)].tolist() == column.tolist()

    @pytest.fixture
    def labelled(self, monkeypatch):
        class Model:
            def __init__(self, share):
                self.share = share

            def fit(self, frame, discrete):
                assert frame.columns[0] == discrete[0] == "label"
                self.frame = frame

            def sample(self, n):
                every = self.frame.groupby("label").head(1)
                picked = [1 if i < self.share * n else 0 for i in range(n)]
                return every.set_index(every["label"].rank().astype(int) - 1).loc[picked].reset_index(drop=True)

        class Sampler(peers.TVAESampler):
            share = 0.1

            def _model(self):
                return Model(self.share)

        monkeypatch.setattr(peers, "alone", lambda seed: nullcontext())
        return Sampler

    def test_rows_are_drawn_until_enough_have_the_label(self, labelled):
        X = pd.DataFrame({"x": np.arange(40.0)})
        y = np.repeat([0, 1], [30, 10])
        sampler = labelled()
        X_new, y_new = sampler.fit_resample(X, y)
        assert (np.bincount(y_new).tolist(), sampler.n_repeated_) == ([30, 30], 0)
        pd.testing.assert_frame_equal(X_new.iloc[:40], X)
        assert set(X_new["x"][40:]) == {30.0}

    def test_a_label_that_never_comes_is_filled_with_repeats(self, labelled):
        X = pd.DataFrame({"x": np.arange(40.0)})
        y = np.repeat(["a", "b"], [30, 10])
        labelled.share = 0.0
        sampler = labelled(sampling_strategy=0.5)
        X_new, y_new = sampler.fit_resample(X, y)
        assert (len(X_new), sampler.n_repeated_, set(y_new[40:])) == (45, 5, {"b"})
        assert X_new["x"][40:].between(30, 39).all()

"""Other packages as samplers of tables: CTGAN and TVAE (ctgan), ctdGAN (DeepCoreML), and smote-variants.

They run in an environment of their own (``README.md``), so each is imported where it is used. All are used at
their defaults. What they cannot take of a table is translated for them, and rows are translated back.
"""

import contextlib
import io
import logging
import warnings
from collections.abc import Generator, Mapping
from typing import Any, Self

import joblib
import numpy as np
import pandas as pd
from imblearn.utils import check_sampling_strategy
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

LABEL = "label"
# Conditions make a label likelier, not certain: a sampler draws this many times what is wanted, at most, and never
# more rows than this.
MAX_ROUNDS = 20
MAX_DRAWN = 200_000
LEAST_DRAWN = 1000

Labels = NDArray[np.generic]


class PeerTable:
    """A table as packages want it that know only floats without gaps and strings.

    Numbers with a gap are filled with their median; one more discrete column for each pattern of gaps says where
    they were, so that generated rows can have gaps again. Numbers of at most two values are discrete.

    Parameters
    ----------
    X : DataFrame

    Attributes
    ----------
    frame : DataFrame
        Columns ``x0``, ``x1``, ... and ``missing0``, ...
    discrete : list of str
        Those of its columns that hold strings.
    """

    def __init__(self, X: pd.DataFrame) -> None:
        self._columns = X.columns
        self._dtypes = X.dtypes
        self._levels: dict[str, NDArray[np.object_]] = {}
        self._gaps: dict[str, str] = {}
        columns: dict[str, Any] = {}
        patterns: dict[bytes, str] = {}
        for i in range(X.shape[1]):
            name, column = f"x{i}", X.iloc[:, i]
            is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
            if not is_number or column.nunique() <= 2:
                codes, levels = pd.factorize(column)
                # A gap has code -1: the last of these.
                self._levels[name] = np.append(levels.to_numpy(object), None)
                columns[name] = codes.astype(str)
                continue
            values = column.to_numpy(np.float64, na_value=np.nan)
            missing = np.isnan(values)
            if missing.any():
                self._gaps[name] = patterns.setdefault(missing.tobytes(), f"missing{len(patterns)}")
                columns[self._gaps[name]] = missing.astype(int).astype(str)
                values = np.where(missing, np.nanmedian(values), values)
            columns[name] = values
        self.frame = pd.DataFrame(columns)
        self.discrete = [*self._levels, *patterns.values()]

    def codes(self) -> tuple[NDArray[np.float64], list[int], list[pd.Index]]:
        """Return the frame as numbers, the places of its discrete columns, and what their codes stand for."""
        matrix, places, levels = np.empty(self.frame.shape), [], []
        for i, name in enumerate(self.frame.columns):
            if name not in self.discrete:
                matrix[:, i] = self.frame[name]
                continue
            matrix[:, i], found = pd.factorize(self.frame[name])
            places.append(i)
            levels.append(found)
        return matrix, places, levels

    def restore(self, made: pd.DataFrame) -> pd.DataFrame:
        """Return rows of the kind of :attr:`frame` as rows of the table."""
        columns: list[pd.Series] = []
        for i, dtype in enumerate(self._dtypes):
            name = f"x{i}"
            if name in self._levels:
                codes = made[name].astype(int).to_numpy()
                values = pd.Series(self._levels[name][codes])
            else:
                values = made[name].astype(np.float64).reset_index(drop=True)
                if pd.api.types.is_integer_dtype(dtype):
                    values = values.round()
                if name in self._gaps:
                    values = values.mask(made[self._gaps[name]].to_numpy() == "1")
            columns.append(values.astype(dtype))
        return pd.concat(columns, axis=1, keys=range(len(columns))).set_axis(self._columns, axis=1)


class PeerSampler(BaseEstimator):
    """Train a generator on the whole table, and add rows of the classes that lack some.

    Parameters
    ----------
    sampling_strategy : as in imbalanced-learn, default="auto"
    epochs : int
    random_state : int, default=0

    Attributes
    ----------
    n_repeated_ : int
        Rows that the generator did not come up with, replaced by random repeats of real rows.
    """

    def __init__(self, *, sampling_strategy: Any = "auto", epochs: int = 300, random_state: int = 0) -> None:  # noqa: ANN401
        self.sampling_strategy = sampling_strategy
        self.epochs = epochs
        self.random_state = random_state

    def fit(self, X: object, y: object) -> Self:
        """Do nothing: the generator learns in :meth:`fit_resample`; pipelines ask for this method."""
        del X, y
        return self

    def fit_resample(self, X: pd.DataFrame, y: object) -> tuple[pd.DataFrame, Labels]:
        """Return the table and its labels, original rows first."""
        labels = np.asarray(y)
        strategy = check_sampling_strategy(self.sampling_strategy, labels, "over-sampling")
        wanted = {label: int(n) for label, n in strategy.items() if n > 0}
        table = PeerTable(X)
        rng = np.random.default_rng(self.random_state)
        with alone(self.random_state):
            made = self._make(table, labels, wanted)
        self.n_repeated_ = 0
        tables, new_labels = [X], [labels]
        for label, n in wanted.items():
            rows = table.restore(made[label].iloc[:n])
            n_repeats = n - len(rows)
            repeats = X.iloc[rng.choice(np.flatnonzero(labels == label), n_repeats)]
            self.n_repeated_ += n_repeats
            tables += [part for part in (rows, repeats) if len(part)]
            new_labels.append(np.full(n, label, labels.dtype))
        return pd.concat(tables, ignore_index=True), np.concatenate(new_labels)

    def _make(self, table: PeerTable, labels: Labels, wanted: Mapping[Any, int]) -> dict[Any, pd.DataFrame]:
        """Return up to as many rows as are wanted of each label."""
        raise NotImplementedError


class LabelledSampler(PeerSampler):
    """A generator of rows with their label: rows are drawn until enough have the right one."""

    def _model(self) -> Any:  # noqa: ANN401 - a foreign class
        raise NotImplementedError

    def _draw(self, model: Any, label: str, n: int) -> pd.DataFrame:  # noqa: ANN401
        raise NotImplementedError

    def _make(self, table: PeerTable, labels: Labels, wanted: Mapping[Any, int]) -> dict[Any, pd.DataFrame]:
        names = {label: f"class {i}" for i, label in enumerate(np.unique(labels))}
        frame = table.frame.copy()
        # CTGAN looks the condition up in another column unless the label comes first of the discrete ones.
        frame.insert(0, LABEL, [names[label] for label in labels])
        model = self._model()
        model.fit(frame, [LABEL, *table.discrete])
        return {label: self._collect(model, names[label], n, frame) for label, n in wanted.items()}

    def _collect(self, model: Any, name: str, n: int, frame: pd.DataFrame) -> pd.DataFrame:  # noqa: ANN401
        kept, n_kept, n_drawn = [frame.iloc[:0]], 0, 0
        for _ in range(MAX_ROUNDS):
            if n_kept >= n or n_drawn >= MAX_DRAWN:
                break
            # As many as the share of hits so far asks for.
            share = max(n_kept, 1) / max(n_drawn, 1)
            size = int(np.clip((n - n_kept) / share, LEAST_DRAWN, MAX_DRAWN - n_drawn + LEAST_DRAWN))
            drawn = self._draw(model, name, size)
            hits = drawn[drawn[LABEL] == name]
            kept.append(hits)
            n_kept, n_drawn = n_kept + len(hits), n_drawn + size
        return pd.concat([part for part in kept if len(part)] or kept, ignore_index=True).drop(columns=LABEL)


class CTGANSampler(LabelledSampler):
    """``ctgan.CTGAN`` at its defaults, conditioned on the label (Xu et al. 2019).

    Parameters
    ----------
    sampling_strategy : as in imbalanced-learn, default="auto"
    epochs : int, default=300
    random_state : int, default=0
    """

    def _model(self) -> Any:  # noqa: ANN401
        from ctgan import CTGAN

        return CTGAN(epochs=self.epochs, enable_gpu=False)

    def _draw(self, model: Any, label: str, n: int) -> pd.DataFrame:  # noqa: ANN401
        return model.sample(n, LABEL, label)


class TVAESampler(LabelledSampler):
    """``ctgan.TVAE`` at its defaults (Xu et al. 2019); it takes no condition, so rows of other labels are dropped.

    Parameters
    ----------
    sampling_strategy : as in imbalanced-learn, default="auto"
    epochs : int, default=300
    random_state : int, default=0
    """

    def _model(self) -> Any:  # noqa: ANN401
        from ctgan import TVAE

        return TVAE(epochs=self.epochs, enable_gpu=False)

    def _draw(self, model: Any, label: str, n: int) -> pd.DataFrame:  # noqa: ANN401
        del label
        return model.sample(n)


class CTDGANSampler(PeerSampler):
    """``DeepCoreML.generators.ctd_gan.ctdGAN`` at its defaults, which is conditioned on class and cluster.

    Parameters
    ----------
    sampling_strategy : as in imbalanced-learn, default="auto"
    epochs : int, default=300
    random_state : int, default=0
    """

    def _make(self, table: PeerTable, labels: Labels, wanted: Mapping[Any, int]) -> dict[Any, pd.DataFrame]:
        from DeepCoreML.generators.ctd_gan import ctdGAN

        classes, y = np.unique(labels, return_inverse=True)
        code = {label: i for i, label in enumerate(classes)}
        matrix, places, levels = table.codes()
        # Its dictionary counts twice the rows that it makes.
        doubled = {code[label]: 2 * n for label, n in wanted.items()}
        model = ctdGAN(epochs=self.epochs, sampling_strategy=doubled, random_state=self.random_state)
        rows, codes = model.fit_resample(matrix, y, categorical_columns=tuple(places))
        made, made_codes = rows[len(y) :], codes[len(y) :]
        frame = pd.DataFrame(made, columns=table.frame.columns)
        for place, found in zip(places, levels, strict=True):
            frame[frame.columns[place]] = found[made[:, place].astype(int)]
        return {label: frame[made_codes == code[label]] for label in wanted}


class SmoteVariants(BaseEstimator):
    """An oversampler of the package smote-variants (Kovács 2019), on numbers and one-hot categories; two classes.

    Parameters
    ----------
    name : str, default="polynom_fit_SMOTE_star"
        Of its class. The two best of that paper's study are this one and ``"ProWSyn"``.
    sampling_strategy : as in imbalanced-learn, default="auto"
    random_state : int, default=0
    """

    def __init__(
        self,
        name: str = "polynom_fit_SMOTE_star",
        *,
        sampling_strategy: Any = "auto",  # noqa: ANN401
        random_state: int = 0,
    ) -> None:
        self.name = name
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def fit(self, X: object, y: object) -> Self:
        """Do nothing: the sampler learns in :meth:`fit_resample`; pipelines ask for this method."""
        del X, y
        return self

    def fit_resample(self, X: pd.DataFrame, y: object) -> tuple[pd.DataFrame, Labels]:
        """Return the table and its labels, original rows first."""
        from imbgan.ensemble.samplers import TableSampler

        matrix_sampler = _MatrixVariant(self.name, self.sampling_strategy, self.random_state)
        with alone(self.random_state):
            return TableSampler(matrix_sampler, random_state=self.random_state).fit_resample(X, y)


class _MatrixVariant(BaseEstimator):
    """The oversampler on a matrix; ``proportion`` is what it calls the share of the lacking rows to be made."""

    def __init__(self, name: str, sampling_strategy: Any, random_state: int) -> None:  # noqa: ANN401
        self.name = name
        self.sampling_strategy = sampling_strategy
        self.random_state = random_state

    def fit_resample(self, X: NDArray[np.floating], y: NDArray[np.intp]) -> tuple[NDArray[np.floating], Labels]:
        import smote_variants

        counts = np.bincount(y)
        if len(counts) != 2:
            raise ValueError(f"smote-variants takes two classes here. Got {len(counts)}.")
        strategy = check_sampling_strategy(self.sampling_strategy, y, "over-sampling")
        proportion = sum(strategy.values()) / np.ptp(counts)
        sampler = getattr(smote_variants, self.name)(proportion=proportion, random_state=self.random_state)
        return sampler.sample(X.astype(np.float64), y)


@contextlib.contextmanager
def alone(seed: int) -> Generator[None]:
    """Seed what peers draw from, keep them to one thread and silent, and put everything back afterwards."""
    import torch
    from threadpoolctl import threadpool_limits

    n_threads, state = torch.get_num_threads(), np.random.get_state()  # noqa: NPY002 - peers draw from the global state
    level = logging.root.manager.disable
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),  # progress bars
        threadpool_limits(1),
        joblib.parallel_config(backend="sequential"),  # ctgan would start one process per core
        torch.random.fork_rng(devices=[]),
    ):
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        np.random.seed(seed)  # noqa: NPY002
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(n_threads)
            np.random.set_state(state)  # noqa: NPY002
            logging.disable(level)

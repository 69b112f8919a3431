"""What was tried, each group against its first arm, on a few development cases."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from imblearn.pipeline import Pipeline
from imblearn.under_sampling import EditedNearestNeighbours, RandomUnderSampler, TomekLinks
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import StratifiedKFold

from benchmarks.quality import oracle
from benchmarks.quality.methods import LEARNERS, Method, resampled
from benchmarks.quality.peers import TVAESampler
from benchmarks.quality.tables import NATIVE, Case
from benchmarks.quality.tree_generators import ARFSampler, ForestDiffusionSampler
from benchmarks.quality.variants.bags import OutOfBagWeightedBagging, ProbabilityBagging
from benchmarks.quality.variants.filters import MatchedPoolSampler, RejectionSampler
from benchmarks.quality.variants.generators import AnchoredGAN, SmoteInputGAN, TranslationGAN
from benchmarks.quality.variants.oracle import OracleSampler
from benchmarks.quality.variants.pools import MungeSampler
from imbgan.ensemble import DistilledClassifier, GANBaggingClassifier, PriorCorrectedClassifier
from imbgan.ensemble.samplers import LocalGaussianSampler, TableSampler, TableSMOTE
from imbgan.strategies import STRATEGIES, SharedGANOverSampler, Sharing
from imbgan.strategies.candidates import N_BAGS, ReachRatio

# One of each kind, and quick to fit: enough to see what rows are like.
STUDENTS = ("readable_tree", "lightgbm", "hist_gradient_boosting", "random_forest")
QUICK_LEARNERS = ("logistic_regression", "k_neighbors", "decision_tree", "lightgbm")


@dataclass(frozen=True)
class Group:
    """Arms that differ in one thing; the first is what they are compared with.

    A group that is ``reported_in`` another one has arms of packages that only the environment of the benchmark has.
    """

    name: str
    cases: tuple[Case, ...]
    methods: tuple[Method, ...]
    learners: tuple[str, ...] = LEARNERS
    reported_in: str = ""

    @property
    def label(self) -> str:
        """The group that its lines belong to."""
        return self.reported_in or self.name


def _cases(tables: Iterable[str], rare: Iterable[int | str]) -> tuple[Case, ...]:
    return tuple(Case(table, "binary", n) for n in rare for table in tables)


def _gan(name: str, make_sampler: Callable[..., Any] | None = None, **parameters: Any) -> Method:  # noqa: ANN401
    def make(seed: int, sharing: Sharing | None) -> SharedGANOverSampler:
        return SharedGANOverSampler(random_state=seed, **parameters).within(sharing)

    return Method(name, resampled(make_sampler or make))


def _shared(seed: int, sharing: Sharing | None) -> SharedGANOverSampler:
    return SharedGANOverSampler(random_state=seed).within(sharing)


def _training(name: str, **options: Any) -> Method:  # noqa: ANN401 - fields of TrainConfig
    return _gan(name, train_options=options)


def _bags(name: str, kind: type[GANBaggingClassifier] = GANBaggingClassifier, **parameters: Any) -> Method:  # noqa: ANN401
    def make(estimator: Any, seed: int, sharing: Sharing | None) -> GANBaggingClassifier:  # noqa: ANN401
        n_generators = parameters.get("n_generators", "auto")
        sampler = SharedGANOverSampler(random_state=seed, n_generators=n_generators).within(sharing)
        return kind(estimator, sampler, random_state=seed, **parameters)

    return Method(name, make)


def _amount(name: str, ratio: float | None, make: Callable[..., Any] | None = None) -> Method:
    strategy: Any = "auto" if ratio is None else ReachRatio(ratio)
    return _gan(name, make, sampling_strategy=strategy)


_NETWORKS = (
    _gan("the default"),
    _training("width 48", generator_hidden=(48, 48, 48), discriminator_hidden=(48, 48)),
    _training("width 192", generator_hidden=(192, 192, 192), discriminator_hidden=(192, 192)),
    _training("generator of 2 layers", generator_hidden=(96, 96)),
    _training("discriminator of 3 layers", discriminator_hidden=(96, 96, 96)),
    _training("noise of length 16", latent_dim=16),
    _training("class embedding of length 4", embedding_dim=4),
    _training("class embedding of length 64", embedding_dim=64),
    _training("soft categories", straight_through=False),
    _gan("numbers scaled to [0, 1]", numbers="minmax", train_options={"number_output": "sigmoid"}),
    _gan("one generator", n_generators=1),
)
_RECIPE = (
    _gan("the default"),
    _training("gamma 0.01", gamma=0.01),
    _training("gamma 1", gamma=1.0),
    _training("gamma 10", gamma=10.0),
    _training("class tempering 0.5", class_tempering=0.5),
    _training("class tempering 1", class_tempering=1.0),
    _training("average forgets in 20 steps", ema_half_life=20.0),
    _training("average forgets in 500 steps", ema_half_life=500.0),
    _training("no instance noise", instance_noise=0.0),
    _gan("500 steps", max_iter=500),
    _gan("4,500 steps", max_iter=4500),
    _gan("all 1,500 steps", early_stopping=False),
    _gan("non-saturating loss", loss="non_saturating"),
    _gan("hinge loss", loss="hinge"),
    _gan("Wasserstein loss with gradient penalty", loss="wasserstein"),
)
_STEPS = (
    _gan("the default: batches of 96, level by single scores"),
    _gan("batches of 64", batch_size=64),
    _gan("batches of 128", batch_size=128),
    _gan("all 1,500 steps", early_stopping=False),
)
_CURVES = (
    _gan("all classes in one network"),
    _gan("the rare class alone", condition="minority"),
    Method("SMOTE", STRATEGIES["smote"].make),
    Method("nothing", STRATEGIES["none"].make),
)
_ROWS = (
    _gan("unfiltered rows of the GAN"),
    _gan("anchored generator", lambda seed, sharing: AnchoredGAN(random_state=seed)),
    _gan("anchored generator, untrained", lambda seed, sharing: AnchoredGAN.untrained(random_state=seed)),
    _gan("SMOTE rows as input", lambda seed, sharing: SmoteInputGAN(random_state=seed)),
    _gan("common rows translated", lambda seed, sharing: TranslationGAN(random_state=seed)),
    _gan("pool of 5, matched", lambda seed, sharing: MatchedPoolSampler(_shared(seed, sharing))),
    _gan("rejection by the discriminator", lambda seed, sharing: RejectionSampler(_shared(seed, sharing))),
    Method("SMOTE", STRATEGIES["smote"].make),
    Method("local Gaussian", STRATEGIES["local_gaussian"].make),
)
_AMOUNT = (
    Method("nothing", STRATEGIES["none"].make),
    _amount("to 5 % of the largest class", 0.05),
    _amount("to 10 %", 0.1),
    _amount("to 30 %", 0.3),
    _amount("to 100 %", None),
    _amount("to 300 %", 3.0),
    Method("to 100 %, weighted by realism", STRATEGIES["gan_weighted"].make),
)


def _mix() -> tuple[Method, ...]:
    def with_rows(make_sampler: Callable[[int], Any]) -> Callable[..., Any]:
        return lambda estimator, seed: GANBaggingClassifier(estimator, make_sampler(seed), random_state=seed)

    return (
        _bags("the default"),
        Method("nothing", STRATEGIES["none"].make),
        _bags("no generated rows", generated=0.0),
        _bags("no generated rows, whole bootstrap samples", generated=0.0, under_sampling=None),
        _bags("generated rows in all bags", generated=1.0),
        _bags("generated rows in three of four bags", generated=0.75),
        _bags("generated rows in one of four bags", generated=0.25),
        _bags("natural bags whole", under_sampling=None),
        _bags("natural bags cut to 1 to 1", under_sampling=1.0),
        _bags("natural bags cut to 1 to 10", under_sampling=10.0),
        _bags("rare class raised to 10 %", ratio=0.1),
        _bags("rare class raised to 100 %", ratio=1.0),
        _bags("4 bags", n_estimators=4),
        _bags("8 bags", n_estimators=8),
        _bags("32 bags", n_estimators=32),
        _bags("one generator", n_generators=1),
        _bags("six generators", n_generators=6),
        _bags("probabilities averaged", ProbabilityBagging),
        _bags("halves weighted out of bag", OutOfBagWeightedBagging),
        Method("SMOTE rows", with_rows(lambda seed: TableSMOTE(random_state=seed))),
        Method("local-Gaussian rows", with_rows(_local_gaussian)),
    )


def _then(name: str, *steps: Callable[..., Any], sample_weight: str | None = None) -> Method:
    """Return a method whose samplers follow one another."""

    def make(seed: int, sharing: Sharing | None) -> Any:  # noqa: ANN401 - a sampler or a pipeline of them
        made = [step(seed, sharing) for step in steps]
        return made[0] if len(made) == 1 else Pipeline([(f"step{i}", sampler) for i, sampler in enumerate(made)])

    return Method(name, resampled(make, sample_weight))


def _hybrids() -> tuple[Method, ...]:
    def gan(seed: int, sharing: Sharing | None) -> SharedGANOverSampler:
        return SharedGANOverSampler(sampling_strategy=ReachRatio(0.3), random_state=seed).within(sharing)

    def cleaned_by(cleaner: Any) -> Callable[..., TableSampler]:  # noqa: ANN401 - any cleaning sampler
        return lambda seed, sharing: TableSampler(cleaner, random_state=seed)

    def ten_to_one(y: Any) -> dict[Any, int]:  # noqa: ANN401 - labels
        counts = Counter(y)
        return {label: min(n, 10 * min(counts.values())) for label, n in counts.items()}

    def cut(seed: int, sharing: Sharing | None) -> RandomUnderSampler:
        del sharing
        return RandomUnderSampler(sampling_strategy=ten_to_one, random_state=seed)

    return (
        Method("nothing", STRATEGIES["none"].make),
        _then("GAN to 30 %", gan),
        _then("GAN to 30 %, then Tomek links", gan, cleaned_by(TomekLinks(sampling_strategy="all"))),
        _then("GAN to 30 %, then ENN", gan, cleaned_by(EditedNearestNeighbours(sampling_strategy="all"))),
        _then("GAN to 30 %, with class weights", gan, sample_weight="balanced"),
        _then("common class cut to 10 to 1, then GAN to 30 %", cut, gan),
        Method("GAN bagging", STRATEGIES["gan_bagging"].make),
    )


def _taught(
    name: str,
    teacher: Callable[..., Any] | None = None,
    pool: Callable[[int], Any] | None = None,
    **parameters: Any,  # noqa: ANN401 - of DistilledClassifier
) -> Method:
    """Return a method in which a teacher teaches the learner on a pool; by default, the mixture on GAN rows."""

    def make(estimator: Any, seed: int, sharing: Sharing | None) -> DistilledClassifier:  # noqa: ANN401
        own = None if teacher is None else teacher(None, seed, sharing)
        sampler = SharedGANOverSampler(random_state=seed, identifiers="keep").within(sharing)
        sampler = sampler if pool is None else pool(seed)
        return DistilledClassifier(estimator, own, sampler, random_state=seed, **parameters).within(sharing)

    return Method(name, make)


def _mixture(**parameters: Any) -> Callable[..., GANBaggingClassifier]:  # noqa: ANN401
    settings = {"n_estimators": N_BAGS, "untouched": True, **parameters}

    def make(estimator: Any, seed: int, sharing: Sharing | None) -> GANBaggingClassifier:  # noqa: ANN401
        del estimator
        sampler = SharedGANOverSampler(random_state=seed, identifiers="keep").within(sharing)
        return GANBaggingClassifier(None, sampler, oob_score=True, random_state=seed, **settings)

    return make


def _munge(seed: int) -> TableSampler:
    return TableSampler(MungeSampler(random_state=seed), random_state=seed)


def _local_gaussian(seed: int) -> TableSampler:
    return TableSampler(LocalGaussianSampler(random_state=seed), random_state=seed)


_TEACHERS = {
    "mixture": _mixture(n_estimators=0),
    "mixture with bags of real rows": _mixture(generated=0.0),
    "mixture with bags, half with GAN rows": _mixture(),
}
_DISTILLATION = (
    Method("nothing", STRATEGIES["none"].make),
    Method("class weights", STRATEGIES["class_weight"].make),
    _taught("taught on GAN rows"),
    *(Method(name, make, has_own_learner=True) for name, make in _TEACHERS.items()),
    _taught("taught on real rows only", n_rows=0),
    _taught("taught on local-Gaussian rows", pool=_local_gaussian),
    _taught("taught on MUNGE rows", pool=_munge),
    _taught("taught on GAN rows alone", real_rows=False),
    _taught("taught on GAN rows by the mixture with bags", teacher=_TEACHERS["mixture with bags, half with GAN rows"]),
)
_PEER_POOLS = (
    _taught("taught on ARF rows", pool=lambda seed: ARFSampler(random_state=seed)),
    _taught("taught on TVAE rows", pool=lambda seed: TVAESampler(random_state=seed)),
    _taught("taught on ForestDiffusion rows", pool=lambda seed: ForestDiffusionSampler(random_state=seed)),
)


def _oracle(estimator: Any, seed: int, *, spare: pd.DataFrame) -> GANBaggingClassifier:  # noqa: ANN401
    return GANBaggingClassifier(estimator, OracleSampler(spare), random_state=seed)


def _with_local_gaussian(estimator: Any, seed: int) -> GANBaggingClassifier:  # noqa: ANN401
    return GANBaggingClassifier(estimator, _local_gaussian(seed), random_state=seed)


def _calibrated(name: str, sampled: bool, calibration: str | None, method: str | None = None) -> Method:
    """Return a calibrated learner: by our maps, or by scikit-learn's ``CalibratedClassifierCV`` around the same."""

    def make(estimator: Any, seed: int) -> Any:  # noqa: ANN401 - any classifier
        sampler = TableSMOTE(random_state=seed) if sampled else None
        folds = StratifiedKFold(5, shuffle=True, random_state=seed)
        corrected = PriorCorrectedClassifier(estimator, sampler, calibration=calibration, cv=folds)
        return corrected if method is None else CalibratedClassifierCV(corrected, method=method, cv=folds)

    return Method(name, make)


_CALIBRATION = (
    Method("nothing", STRATEGIES["none"].make),
    *(_calibrated(name, False, name) for name in ("platt", "beta")),
    *(_calibrated(f"CalibratedClassifierCV, {name}", False, None, name) for name in ("sigmoid", "isotonic")),
    _calibrated("SMOTE", True, None),
    *(_calibrated(f"SMOTE, {name}", True, name) for name in ("platt", "beta")),
    *(_calibrated(f"SMOTE, CalibratedClassifierCV, {name}", True, None, name) for name in ("sigmoid", "isotonic")),
)
_ORACLE = (
    Method(oracle.NOTHING, STRATEGIES["none"].make),
    Method(oracle.GAN_ROWS, STRATEGIES["gan_bagging"].make),
    Method(oracle.LOCAL_GAUSSIAN_ROWS, _with_local_gaussian),
    Method(oracle.NO_ROWS, STRATEGIES["bagging"].make),
    Method(oracle.TRUE_ROWS, _oracle, is_oracle=True),
)


_THREE = ("stroke", "give_me_some_credit", "fraud_oracle")
_SIX = ("stroke", "give_me_some_credit", "fraud_oracle", "creditcard_sample", "adult", "mammography")
_SEVEN = (*_SIX, "credit_default")
_STEPS_CASES = (
    *_cases(("haberman", "adult", "oil_spill", "stroke"), ("natural",)),
    *_cases(("breast_cancer",), (20,)),
)
# Ten tables of the development half, and ten of the validation half that no setting was chosen on.
_TAUGHT = (*_cases(_SEVEN, (50,)), *_cases(("haberman", "oil_spill", "iris"), ("natural",)))
_FURTHER = (
    "coil2000_caravan",
    "digits",
    "kdd99_dedup",
    "nursery",
    "ohlsson_motorcycle",
    "ozone_8hr",
    "page_blocks",
    "polish_bankruptcy_1y",
)
# Tables with at least twice as many rare rows as are kept.
_WITH_SPARE = ("coil2000_caravan", "digits", "kdd99_dedup", "nursery", "ohlsson_motorcycle", "polish_bankruptcy_1y")
_TAUGHT_FURTHER = (*_cases(_FURTHER, (50,)), *_cases(("abalone19", "wine"), ("natural",)))
_TAUGHT_NATIVE = tuple(Case(table, "native", "natural") for table in NATIVE)

GROUPS: dict[str, Group] = {
    group.name: group
    for group in (
        Group("networks", _cases(_THREE, (50,)), _NETWORKS, QUICK_LEARNERS),
        Group("recipe", _cases(_THREE, (50,)), _RECIPE, QUICK_LEARNERS),
        Group("steps", (*_cases(_SIX, (50,)), *_STEPS_CASES), _STEPS, QUICK_LEARNERS),
        Group("rare rows", _cases(_THREE, (10, 20, 50, 100)), _CURVES, QUICK_LEARNERS),
        Group("rows", _cases(_SIX, (50,)), _ROWS, QUICK_LEARNERS),
        Group("amount", _cases(_SIX, (50, "natural")), _AMOUNT, QUICK_LEARNERS),
        Group("mix", _cases(("stroke", "give_me_some_credit", "adult"), (20, 50)), _mix()),
        Group("distillation", (*_TAUGHT, *_TAUGHT_FURTHER), _DISTILLATION, STUDENTS),
        Group("peer pools", (*_TAUGHT, *_TAUGHT_FURTHER), _PEER_POOLS, STUDENTS, reported_in="distillation"),
        Group("native distillation", _TAUGHT_NATIVE, _DISTILLATION, STUDENTS),
        Group(
            "calibration",
            _cases(_SEVEN, (50, "natural")),
            _CALIBRATION,
            ("logistic_regression", "decision_tree", "lightgbm"),
        ),
        Group(oracle.GROUP, (*_cases(_SEVEN, (50,)), *_cases(_WITH_SPARE, (50,))), _ORACLE),
        Group("hybrids", _cases(_SIX, (50,)), _hybrids()),
    )
}

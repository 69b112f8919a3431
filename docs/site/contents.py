"""What stands where on the site: sections, the order of their pages, and the groups of the public names."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PUBLISHED_RESULTS = DOCS / "gallery_results"
EXAMPLES = ROOT / "examples" / "gallery"
BUILD = ROOT / "build" / "docs"
LANGUAGES = ("en", "zh")
# What marks a Chinese page, and a line that only leads from one language to the other.
CHINESE = ".zh-CN"


@dataclass(frozen=True)
class Group:
    """Pages or names that answer one need, under a heading in both languages."""

    english: str
    chinese: str
    members: tuple[str, ...]

    def heading(self, language: str) -> str:
        """Return the heading in a language."""
        return self.chinese if language == "zh" else self.english


@dataclass(frozen=True)
class Section:
    """One folder of pages: its title and the groups of its pages. Pages that no group names follow at the end."""

    folder: str
    english: str
    chinese: str
    groups: tuple[Group, ...]

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.chinese if language == "zh" else self.english


SECTIONS = (
    Section(
        "tutorials",
        "Tutorials",
        "教程",
        (
            Group(
                "The whole way, step by step",
                "从头到尾，一步一步",
                ("rare-disease", "rare-faults", "text-column", "long-tailed-images"),
            ),
        ),
    ),
    Section(
        "how-to",
        "How to",
        "操作指南",
        (
            Group("Find out", "先弄清楚", ("describe", "compare", "costs")),
            Group("Train classifiers", "训练分类器", ("classify", "train", "distill", "hybrids", "follow-training")),
            Group("Generate rows", "生成样本", ("conditions", "rules", "identifiers", "audit")),
            Group("Texts, images, vectors", "文本、图像、向量", ("texts", "images", "vectors")),
            Group("Files and scale", "文件与规模", ("files", "faster", "larger-than-memory", "past-one-machine")),
            Group(
                "Coming from another library",
                "从其他库转来",
                ("coming-from-imbalanced-learn", "coming-from-ctgan-sdv", "coming-from-tabgan"),
            ),
        ),
    ),
    Section(
        "explanation",
        "Explanation",
        "原理",
        (
            Group("Imbalance", "类别不平衡", ("what-imbalance-does", "why-average-precision", "thresholds")),
            Group("Networks", "网络", ("losses",)),
            Group("What was measured", "测量结果", ("when-not", "what-the-benchmark-found", "comparison", "privacy")),
            Group("The package", "软件包", ("architecture",)),
        ),
    ),
    Section(
        "reference",
        "Reference",
        "参考",
        (
            Group("Names and commands", "名称与命令", ("api/index", "commands/index")),
            Group(
                "Words, findings, files",
                "词汇、诊断、文件",
                ("glossary", "diagnostics", "files", "stability", "api/parts"),
            ),
        ),
    ),
)

# Benchmarks in the order of their importance for a reader; what none of these names follows.
BENCHMARKS = ("quality", "public", "images", "text", "rules", "scale", "speed")

NAMES = (
    Group("Look at a table", "查看表格", ("describe", "open_data_set")),
    Group("Find out", "比较", ("compare", "compare_images", "Comparison", "report", "plot_rows", "plot_history")),
    Group(
        "Samplers and generators",
        "采样器与生成器",
        ("GANOverSampler", "TabularGAN", "TextGANOverSampler", "ImageGANOverSampler", "ImageGAN"),
    ),
    Group(
        "Classifiers",
        "分类器",
        (
            "AutoBalancedClassifier",
            "GANBaggingClassifier",
            "TextGANClassifier",
            "DistilledClassifier",
            "PriorCorrectedClassifier",
            "DeployableClassifier",
        ),
    ),
    Group("Rules of a table", "表格的规则", ("less", "adds_up", "between", "unique", "only_together")),
    Group(
        "Judge generated rows",
        "评价生成样本",
        ("assess", "Assessment", "assess_images", "audit", "Audit", "audit_images"),
    ),
    Group("Training", "训练", ("TensorBoardCallback", "MLflowCallback", "on_devices")),
)
ERRORS = Group("Errors and warnings", "错误与警告", ())

# What docstrings of public names lead to: what a parameter accepts or a callback receives, and what does the work.
# It is experimental: docs/reference/stability.md says what that means.
PARTS = (
    Group(
        "Settings of training",
        "训练设置",
        (
            "imbgan.gan.config.TrainConfig",
            "imbgan.gan.networks.perceptrons.PerceptronConfig",
            "imbgan.gan.networks.convolutions.ConvolutionConfig",
            "imbgan.gan.spaces.columns.ColumnOptions",
            "imbgan.gan.spaces.images.ImageOptions",
            "imbgan.gan.records.ChunkSummary",
            "imbgan.gan.losses",
            "imbgan.gan.penalties",
        ),
    ),
    Group(
        "Strategies and estimators",
        "策略与分类器",
        (
            "imbgan.strategies.Strategy",
            "imbgan.strategies.Sharing",
            "imbgan.strategies.Costs",
            "imbgan.comparison.STRATEGIES",
            "imbgan.strategies.CANDIDATES",
            "imbgan.strategies.auto.DEFAULT_CANDIDATES",
            "imbgan.strategies.texts.text_strategies",
            "imbgan.strategies.images.image_strategies",
            "imbgan.learners.ESTIMATORS",
            "imbgan.learners.make_estimator",
            "imbgan.learners.TablePreprocessor",
            "imbgan.engines.RayEngine",
        ),
    ),
    Group(
        "Probabilities and rules of a tree",
        "概率与树的规则",
        (
            "imbgan.ensemble.prior.correct_prior",
            "imbgan.ensemble.calibration.learn_calibrator",
            "imbgan.ensemble.pool.LogOddsPool",
            "imbgan.rules.RuleSet",
            "imbgan.rules.read_rules",
            "imbgan.rules.leaf_probabilities",
        ),
    ),
    Group(
        "Tables, labels, texts, files",
        "表格、标签、文本、文件",
        (
            "imbgan.tabular.schema.Table",
            "imbgan.tabular.schema.TableSchema",
            "imbgan.tabular.TableEncoder",
            "imbgan.tabular.labels.read_labels",
            "imbgan.tabular.survey.Survey",
            "imbgan.oversampling.streaming.survey_seed",
            "imbgan.text.read_texts",
            "imbgan.text.resolve_encoder",
            "imbgan.text.WordEncoder",
            "imbgan.text.ReducedEncoder",
            "imbgan.text.PretrainedEncoder",
            "imbgan.text.Texts",
            "imbgan.text.changed_texts",
            "imbgan.text.script_of",
            "imbgan.quality.find_too_close",
            "imbgan.oversampling.files.save",
            "imbgan.oversampling.files.load",
        ),
    ),
)

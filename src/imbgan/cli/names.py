"""The names that options take. They are repeated here because the registries that define them load NumPy and JAX."""

STRATEGIES = (
    "none",
    "class_weight",
    "random_over",
    "random_under",
    "smote",
    "borderline_smote",
    "adasyn",
    "smote_tomek",
    "smote_enn",
    "local_gaussian",
    "gan",
    "gan_0.1",
    "gan_0.3",
    "gan_tomek",
    "gan_weighted",
    "bagging",
    "gan_bagging",
    "mixture",
    "gan_mixture",
    "distilled",
    "auto",
)
#: The strategies for folders of images.
IMAGE_STRATEGIES = ("none", "class_weight", "smote", "copies", "image_gan", "image_gan_fill")
#: Further ones for tables with columns of text.
TEXT_STRATEGIES = ("words", "texts", "changed_words")
#: All of them.
ALL_STRATEGIES = (*STRATEGIES, *TEXT_STRATEGIES, *(name for name in IMAGE_STRATEGIES if name not in STRATEGIES))
#: The strategies and estimators that a comparison takes by default.
DEFAULT_STRATEGIES = ("none", "class_weight", "smote", "gan", "gan_0.3", "bagging", "gan_bagging", "auto")
DEFAULT_ESTIMATORS = ("logistic_regression", "hist_gradient_boosting")
METRICS = (
    "average_precision",
    "log_loss",
    "brier",
    "roc_auc",
    "mcc",
    "g_mean",
    "f1",
    "balanced_accuracy",
    "recall_at_fpr",
    "cost",
    "recall_at_alerts",
    "precision_at_alerts",
)
ESTIMATORS = (
    "logistic_regression",
    "hist_gradient_boosting",
    "random_forest",
    "decision_tree",
    "readable_tree",
    "k_neighbors",
    "mlp",
    "small_mlp",
    "lightgbm",
    "xgboost",
    "catboost",
)
#: Where the rows of an audit come from.
SOURCES = ("gan", "smote", "local_gaussian", "bootstrap", "independent")
#: Where the images of an audit come from.
IMAGE_SOURCES = ("image_gan", "copies", "smote", "bootstrap", "independent")
#: Those of tables and of images.
ALL_SOURCES = (*SOURCES, *(name for name in IMAGE_SOURCES if name not in SOURCES))
LANGUAGES = ("en", "zh")
